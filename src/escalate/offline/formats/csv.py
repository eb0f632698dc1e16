"""CSV in UTF-8 with a header line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from escalate.errors import InvalidFile
from escalate.offline.formats.packed import in_our_words, text_of
from escalate.offline.formats.table import MAX_COLUMNS, Broken, LineCells, Table


@contextmanager
def csv_table(binary: Any, name: str, delimiter: str) -> Iterator[Table]:
    """Open *binary*; rows that are no rows (broken quotes, too many or few cells) are broken.

    Raises:
        InvalidFile: there is no header line, or it is no UTF-8 or a broken gzip file.
    """
    with text_of(binary) as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        header = _header(reader, name)

        def start(_: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
            return _rows(reader, name, len(header), broken)

        yield Table(name, header, start, is_whole=True)


def _header(reader: Any, name: str) -> tuple[str, ...]:
    with in_our_words(name, lambda: reader.line_num):
        try:
            header = next(reader, None)
        except csv.Error as error:
            raise InvalidFile(f"{name}, line 1", str(error), "a header line") from None
    if not header:
        raise InvalidFile(name, "nothing", "a header line and rows")
    if len(header) > MAX_COLUMNS:
        wanted = f"at most {MAX_COLUMNS:,}"
        raise InvalidFile(f"{name}, line 1", f"{len(header):,} columns", wanted)
    return tuple(header)


def _rows(reader: Any, name: str, width: int, broken: Broken) -> Iterator[LineCells]:
    with in_our_words(name, lambda: reader.line_num):
        while True:
            try:
                for cells in reader:
                    if len(cells) == width:
                        yield reader.line_num, cells
                    elif cells:
                        broken(_misfit(len(cells), width), reader.line_num, ", ".join(cells))
            except csv.Error as error:  # the reader goes on with the next line
                broken(f"broken CSV: {error}", reader.line_num, "")
            else:
                return


def _misfit(cells: int, width: int) -> str:
    return f"{'more' if cells > width else 'fewer'} cells than the header has"
