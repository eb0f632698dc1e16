"""The door to every format: what a source is shows in what it holds, not in how it is called."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from escalate.errors import InvalidFile
from escalate.offline.formats.csv import csv_table
from escalate.offline.formats.frames import frame_table
from escalate.offline.formats.jsonl import jsonl_table
from escalate.offline.formats.packed import GZIP, in_our_words, unpacked
from escalate.offline.formats.parquet import PARQUET, parquet_table
from escalate.offline.formats.rows import rows_table
from escalate.offline.formats.table import Table
from escalate.offline.formats.xes import xes_table
from escalate.offline.recognising import JOURNAL_COLUMNS

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    Source = str | os.PathLike[str] | IO[bytes] | Sequence[Mapping[str, Any]] | IntoFrame

_LOOKED_AT: Final = 256
# What is often taken for a log, and what to do about it.
_OTHERS: Final = {
    b"PK\x03\x04": ("a zip archive", "the file in it, unpacked or packed with gzip"),
    b"[": ("a JSON list", "JSON lines: one object a line"),
    b"SQLite format 3": ("an SQLite database", "an export of it, such as CSV"),
}


@contextmanager
def opened(source: Source, delimiter: str) -> Iterator[Table]:
    """Open *source*: a path or binary file, gzip or not, a list of rows, or a dataframe.

    Raises:
        InvalidFile: the file is empty, broken, or of none of the formats.
        BadInput: *source* is none of these.
        OSError: the file cannot be opened.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        with path.open("rb") as binary, _file_table(binary, path.name, delimiter) as table:
            yield table
    elif isinstance(source, io.IOBase):
        name = Path(str(getattr(source, "name", "the log"))).name
        with _file_table(source, name, delimiter) as table:
            yield table
    elif isinstance(source, Sequence):
        yield rows_table(source, JOURNAL_COLUMNS)
    else:
        yield frame_table(source)


@contextmanager
def _file_table(binary: Any, name: str, delimiter: str) -> Iterator[Table]:
    begins = _beginning(binary, name)
    start = begins.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, (got, wanted) in _OTHERS.items():
        if start.startswith(magic):
            raise InvalidFile(name, got, wanted)
    if begins.startswith(PARQUET):
        if binary.read(2) == GZIP:
            raise InvalidFile(name, "Parquet inside of gzip", "Parquet as it is: it packs itself")
        binary.seek(-2, os.SEEK_CUR)
        yield parquet_table(binary, name)
    elif start.startswith(b"<"):
        with xes_table(binary, name) as table:
            yield table
    elif start.startswith(b"{"):
        with jsonl_table(binary, name) as table:
            yield table
    else:
        with csv_table(binary, name, delimiter) as table:
            yield table


def _beginning(binary: Any, name: str) -> bytes:
    begin = binary.tell()
    with unpacked(binary) as content, in_our_words(name, lambda: 0):
        found: bytes = content.read(_LOOKED_AT)
    binary.seek(begin)
    return found
