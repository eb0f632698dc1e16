"""Parquet, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from escalate.errors import BadInput, InvalidFile
from escalate.offline.formats.table import Broken, LineCells, Table, picked

PARQUET: Final = b"PAR1"
_BATCH: Final = 16_384


def parquet_table(binary: Any, name: str) -> Table:
    """Return the table of *binary*.

    Raises:
        InvalidFile: it is no whole Parquet file.
        BadInput: pyarrow is not installed.
    """
    try:
        from pyarrow import parquet
    except ImportError:
        wanted = 'with pip install "escalate-tiers[analytics]" a Parquet file, or one of CSV'
        raise BadInput("read(source)", name, wanted) from None
    with _in_our_words(name, "the footer"):
        file = parquet.ParquetFile(binary)
        columns = tuple(file.schema_arrow.names)

    def start(wanted: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
        return picked(_records(file, name, wanted), wanted, broken)

    return Table(name, columns, start)


def _records(file: Any, name: str, wanted: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    # By position, since a dot in a name would lead pyarrow into a nested column.
    line = 0
    batches = file.iter_batches(_BATCH, columns=list(wanted), use_threads=False)
    while True:
        with _in_our_words(name, f"after row {line}"):
            batch = next(batches, None)
            if batch is None:
                return
            cells = [_plain(batch.column(column)).to_pylist() for column in wanted]
        for row in zip(*cells, strict=True):
            line += 1
            yield line, dict(zip(wanted, row, strict=True))


def _plain(column: Any) -> Any:
    """Return *column* with instants to the microsecond: Python has none that are finer."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        zone = "UTC" if column.type.tz else None
        return column.cast(pa.timestamp("us", zone), safe=False)
    return column


@contextmanager
def _in_our_words(name: str, place: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        first = str(error).partition("\n")[0]
        raise InvalidFile(f"{name}, {place}", first, "a whole Parquet file") from None
