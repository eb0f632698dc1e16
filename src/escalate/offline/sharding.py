"""Logs larger than memory: read a part of the cases at a time, in any process, and put parts together.

What travels to another process is a :class:`Shard`, which says where the log is and which cases are meant;
the rows are read where they are needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

import attrs

from escalate.errors import BadInput, InvalidFile
from escalate.offline.formats.opening import opened
from escalate.offline.formats.parquet import PARQUET
from escalate.offline.log import Log
from escalate.offline.mapping import Mapping
from escalate.offline.quality import DataQuality, Tally
from escalate.offline.reading import in_the_order_of_logs, plan_of, read_part, read_spilled
from escalate.offline.recognising import Recognised, completed

MOST_SHARDS = 10_000


@attrs.frozen
class Shard:
    """Which cases of which file.

    A case is in the shard that the CRC-32 of its id says, in every process and release. Each shard goes
    through the whole file and keeps its own cases: what it saves is memory, and what it costs is to split
    all rows into cells once more. Where that is too much, :func:`~escalate.offline.split` has put the rows
    of each shard into a file of its own.

    Attributes:
        path: The file, as this machine finds it.
        mapping: What its columns mean; complete.
        recognised: What of *mapping* was taken from standard names.
        number: Which shard it is, from 0.
        of: How many there are.
        size: The bytes of the file when the shards were made.
        part: The file with the rows of this shard alone, if there is one; ``size`` is that of it then.
    """

    path: str
    mapping: Mapping
    recognised: Recognised
    number: int
    of: int
    size: int
    part: str | None = None

    def holds(self, case: str) -> bool:
        """Return whether the case of this id belongs to it."""
        return crc32(case.encode("utf-8", "surrogatepass")) % self.of == self.number

    def read(self) -> Log:
        """Read its cases.

        Raises:
            InvalidFile: the file has changed in size since the shards were made, or cannot be read.
            OSError: the file cannot be opened.
        """
        where = self.part or self.path
        size = Path(where).stat().st_size
        if size != self.size:
            wanted = f"the {self.size:,} bytes that it had when the shards were made"
            raise InvalidFile(Path(where).name, f"{size:,} bytes", wanted)
        if self.part is None:
            log = read_part(self.path, self.mapping, self.holds)
        else:
            log = read_spilled(self.part, Path(self.path).name, self.mapping)
        return attrs.evolve(log, quality=attrs.evolve(log.quality, recognised=self.recognised))

    @property
    def can_be_cut(self) -> bool:
        """Whether all its cells are text, so that they can be put aside and read back the same."""
        with Path(self.path).open("rb") as file:
            return file.read(len(PARQUET)) != PARQUET


def shards(
    path: str | os.PathLike[str],
    count: int,
    *,
    mapping: Mapping | str | os.PathLike[str] | None = None,
) -> tuple[Shard, ...]:
    r"""Return *count* shards of the log at *path*, each with the whole of some cases.

    Args:
        path: A file that :func:`~escalate.offline.read` can read.
        count: How many, from 1 to 10,000.
        mapping: A :class:`Mapping` or the path of a mapping file; without one the columns go by
            standard names.

    Raises:
        BadInput: *path* is no path, or *count* no such number.
        InvalidMapping: the mapping leaves out what has no standard name there.
        InvalidFile: the file is empty, broken, or of another format.
        OSError: the file cannot be opened.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "log.csv"
    ...     _ = file.write_text("case_id,timestamp\n1,2026-01-01T00Z\n2,2026-01-01T00Z\n")
    ...     merged([shard.read() for shard in shards(file, 2)])
    Log(cases=2, events=2)
    """
    if not isinstance(path, str | os.PathLike):
        raise BadInput("shards(path)", type(path), "the path of a file: only that can travel")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_SHARDS:
        raise BadInput("shards(count)", count, f"a whole number from 1 to {MOST_SHARDS:,}")
    plan = plan_of(mapping, {})
    file = os.fspath(path)
    with opened(file, plan.delimiter) as table:
        plan, recognised = completed(plan, table.columns, table.name)
    size = Path(file).stat().st_size
    return tuple(Shard(file, plan, recognised, number, count, size) for number in range(count))


def merged(parts: Sequence[Log]) -> Log:
    """Return the whole log of which *parts* are the shards, the same as if it had been read at once.

    Raises:
        BadInput: there is no part, or a case is in several.
    """
    if not parts:
        raise BadInput("merged(parts)", parts, "at least one part of a log")
    cases = sorted((case for part in parts for case in part.cases), key=in_the_order_of_logs)
    if len({case.id for case in cases}) != len(cases):
        raise BadInput("merged(parts)", "parts with a case in common", "the shards of one log")
    orders = {part.tiers for part in parts}
    # Parts that were told an order have the same; the others have the tiers that occur in them.
    tiers = (
        orders.pop()
        if len(orders) == 1
        else tuple(sorted({tier for order in orders for tier in order}))
    )
    zones = {part.zone for part in parts}
    zone = zones.pop() if len(zones) == 1 else None
    return Log(tuple(cases), tiers, merged_quality(part.quality for part in parts), zone)


def merged_quality(parts: Iterable[DataQuality]) -> DataQuality:
    """Return the quality of the whole log of which *parts* are the shards.

    The parts' own can be kept while their rows are let go.

    >>> merged_quality([DataQuality(rows=3), DataQuality(rows=4)]).rows
    7
    """
    tally = Tally()
    for part in parts:
        tally.merge(part)
    return tally.result()
