"""What every format gives: a name, columns, and rows of cells with the place of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import attrs

from escalate.errors import InvalidFile
from escalate.offline.instants import Unreadable

MAX_CELL: Final = 131_072
"""Letters of a cell; a row with a longer one is unreadable. It is the limit of Python's own csv."""

MAX_COLUMNS: Final = 10_000
"""Columns of a log; more are no log, but a file made to fill the memory."""

LineCells = tuple[int, Sequence[Any]]
Broken = Callable[[str, int, str], None]
"""Told of each row that is no row: why not, on which line, and what stands there."""

Start = Callable[[tuple[str, ...], Broken], Iterator[LineCells]]


@attrs.frozen
class Table:
    """Rows about to be read.

    Attributes:
        name: How messages call it.
        columns: Every column, as it stands there; a name may stand there twice.
        start: Begins to read: given the columns that are wanted and who is told of broken rows, it
            yields line and cells. Cells are text; those of the first column that is wanted, the
            instants, may be datetimes or none.
        is_whole: Whether cells are those of all columns, and not only of those that are wanted.
    """

    name: str
    columns: tuple[str, ...]
    start: Start
    is_whole: bool = False

    def layout(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Return the column of each cell, where *wanted* are asked for."""
        return self.columns if self.is_whole else wanted


def as_text(value: Any) -> str:
    """Return a cell as a CSV file would have it; what is missing is empty.

    >>> as_text(None), as_text(7), as_text(True)
    ('', '7', 'true')

    Raises:
        Unreadable: *value* is bytes that are no UTF-8, or longer than a cell may be.
    """
    if isinstance(value, str):
        text = value
    elif value is None:
        return ""
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, bytes):
        text = _decoded(value)
    elif isinstance(value, date | datetime):
        text = value.isoformat()
    else:
        text = str(value)
    if len(text) > MAX_CELL:
        raise Unreadable(f"a cell of more than {MAX_CELL:,} letters")
    return text


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Unreadable("a cell of bytes that are no UTF-8") from None


def _instant(value: Any) -> Any:
    return value if value is None or isinstance(value, datetime) else as_text(value)


def picked(
    records: Iterable[tuple[int, Mapping[str, Any]]], wanted: tuple[str, ...], broken: Broken
) -> Iterator[LineCells]:
    """Yield line and the *wanted* cells of each record; one that lacks a column has it empty."""
    at, *others = wanted
    for line, record in records:
        found = record.get
        try:
            yield line, [_instant(found(at)), *(as_text(found(name)) for name in others)]
        except Unreadable as why:
            broken(str(why), line, "")


def columns_of(records: Iterable[tuple[int, Mapping[str, Any]]], name: str) -> tuple[str, ...]:
    """Return every key of *records*, in the order in which they first occur.

    Raises:
        InvalidFile: there are more than a log has.
    """
    seen: dict[str, None] = {}
    for line, record in records:
        if not record.keys() <= seen.keys():
            seen.update(dict.fromkeys(record))
            if len(seen) > MAX_COLUMNS:
                what = f"{name}, line {line}"
                raise InvalidFile(what, "one column more", f"at most {MAX_COLUMNS:,} columns")
    return tuple(seen)
