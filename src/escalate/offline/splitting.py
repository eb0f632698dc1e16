"""A log cut into files, so that many shards of it cost about one pass.

:func:`~escalate.offline.shards` describes parts of a file, each of which goes through it as a whole. That is
cheap for a few; here one pass puts each row aside for its shard, in a folder that goes when the work is done.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zlib import crc32

import attrs

from escalate.offline.formats.opening import opened
from escalate.offline.formats.spilled import SpillWriter
from escalate.offline.mapping import Mapping
from escalate.offline.quality import Tally
from escalate.offline.rowreading import RowReader, picker, wanted_of
from escalate.offline.sharding import Shard, shards

_ROWS_A_FLUSH: Final = 200_000  # some tens of megabytes


@contextmanager
def split(
    path: str | os.PathLike[str],
    count: int,
    *,
    mapping: Mapping | str | os.PathLike[str] | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Iterator[tuple[Shard, ...]]:
    r"""Cut the log at *path* into *count* shards, each with its rows in a file of its own, and give them.

    They are read like the shards of :func:`~escalate.offline.shards` and are of the same cases; the files go
    when the block ends. A Parquet file is not cut: it is read by column, and only those that are wanted, so
    its shards read the file itself.

    Args:
        path: A file that :func:`~escalate.offline.read` can read.
        count: How many, from 1 to 10,000.
        mapping: A :class:`Mapping` or the path of a mapping file; without one the columns go by
            standard names.
        folder: Where the files are put, which take about as much room as the columns that are wanted; else
            where temporary files go. Workers on other machines must find it under the same path.

    Raises:
        BadInput: *path* is no path, or *count* no such number.
        InvalidMapping: the mapping leaves out what has no standard name there.
        InvalidFile: the file is empty, broken, or of another format.
        OSError: the file cannot be opened, or there is no room.

    >>> from escalate.offline import merged
    >>> with TemporaryDirectory() as inside:
    ...     file = Path(inside) / "log.csv"
    ...     _ = file.write_text("case_id,timestamp\n1,2026-01-01T00Z\n2,2026-01-01T00Z\n")
    ...     with split(file, 2) as parts:
    ...         merged([part.read() for part in parts])
    Log(cases=2, events=2)
    """
    described = shards(path, count, mapping=mapping)
    if not described[0].can_be_cut:
        yield described
        return
    with TemporaryDirectory(prefix="escalate-", dir=folder) as inside:
        files = [Path(inside) / f"{shard.number}.csv" for shard in described]
        _cut(described, [SpillWriter(file) for file in files])
        yield tuple(
            attrs.evolve(shard, part=str(file), size=file.stat().st_size)
            for shard, file in zip(described, files, strict=True)
        )


def _cut(described: Sequence[Shard], writers: Sequence[SpillWriter]) -> None:
    plan = described[0].mapping
    wanted = wanted_of(plan)
    nobodys = next(each.number for each in described if each.holds(""))
    with opened(described[0].path, plan.delimiter) as table:
        RowReader(plan, table, Tally())  # says now what is wrong with the columns
        layout = table.layout(wanted)
        picked = picker([layout.index(column) for column in wanted])
        case_at = wanted.index(plan.case or "")
        put = [writer.row for writer in writers]
        last, writer = None, put[0]
        left = _ROWS_A_FLUSH
        for line, cells in table.start(wanted, writers[nobodys].broken):
            row = picked(cells)
            case = row[case_at]
            if case != last:  # rows of a case often stand together
                last = case
                writer = put[crc32(case.strip().encode("utf-8", "surrogatepass")) % len(put)]
            writer(line, row)
            left -= 1
            if not left:
                _flush(writers)
                left = _ROWS_A_FLUSH
    _flush(writers)


def _flush(writers: Sequence[SpillWriter]) -> None:
    for writer in writers:
        writer.flush()
