"""Every single value of a report as a row: what it is, where it stands, its number and its unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike, fspath
from typing import Any, Final

import attrs

from escalate.errors import BadInput
from escalate.offline.figures.values import Share, Spread
from escalate.offline.figures.words import shown
from escalate.offline.intervals import Estimate
from escalate.offline.reporting.cells import Leaf, is_time, leaves, marks
from escalate.offline.reporting.parts import Part, chapters_of

_FORMULAS: Final = frozenset(
    "=+-@\t\r\n＝＋－＠'"
)  # with the guard itself, so that it can be undone
_JOIN: Final = " > "


@attrs.frozen
class FigureRow:
    """One single value.

    Attributes:
        chapter: The key of its chapter.
        figure: The key of its figure.
        path: The names that lead to it in the figure; none where the figure is one value.
        field: Which part of it: ``value`` of a count, of hours or of an estimate; ``part``, ``whole`` and
            ``share``; ``low`` and ``high``; ``cases``, ``mean``, ``median``, ``p90`` and other marks of a
            spread, and how many cases lie on each rung of its ladder, such as ``up to 1 h``.
        value: The number; none where the figure is not defined.
        unit: ``count``, ``hours`` or ``share`` (of 1).
        doubt: Why it may mean little on this log; empty if nothing is known against it.
    """

    chapter: str
    figure: str
    path: tuple[str, ...]
    field: str
    value: float | None
    unit: str
    doubt: str = ""


_HEAD: Final = tuple(field.name for field in attrs.fields(FigureRow))


def export_rows(parts: Sequence[Part]) -> Iterator[FigureRow]:
    """Yield every single value of *parts*, in the order in which people read them.

    Raises:
        BadInput: there is no part, or one of them has no chapters.

    >>> from escalate.offline.figures import Figure, Figures
    >>> from escalate.offline.figures.values import Chapter
    >>> from escalate.offline.reporting import Found
    >>> kept = Figure("kept", "Kept", {"N1": Share(3, 4)}, "Kept promises, of all.")
    >>> for row in export_rows([Found([Chapter("time", "Time", Figures((kept,)))])]):
    ...     print(row.path, row.field, row.value, row.unit)
    ('N1',) part 3 count
    ('N1',) whole 4 count
    ('N1',) share 0.75 share
    """
    for chapter in chapters_of(parts):
        for figure in chapter.figures:
            for path, leaf in leaves(figure.value):
                for field, value, unit in _fields(leaf):
                    yield FigureRow(chapter.key, figure.key, path, field, value, unit, figure.doubt)


def _fields(leaf: Leaf) -> Iterator[tuple[str, float | None, str]]:
    match leaf:
        case Share():
            unit = "hours" if is_time(leaf) else "count"
            yield "part", leaf.part, unit
            yield "whole", leaf.whole, unit
            yield "share", leaf.share, "share"
        case Spread():
            yield "cases", leaf.cases, "count"
            yield from ((name, hours, "hours") for name, hours in marks(leaf))
            yield from ((name, cases, "count") for name, cases in leaf.rungs.items())
        case Estimate():
            yield "value", leaf.value, "share"
            yield "low", leaf.low, "share"
            yield "high", leaf.high, "share"
        case int():
            yield "value", leaf, "count"
        case _:
            yield "value", leaf, "hours"


def guarded(text: str) -> str:
    """Return *text* as a cell that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("-N1"), guarded("N1")
    ("'=1+1", "'-N1", 'N1')
    """
    begins = {text[:1], text.lstrip()[:1]}  # some programs skip spaces first
    return f"'{text}" if begins & _FORMULAS else text


def unguarded(cell: str) -> str:
    """Return the text that :func:`guarded` made *cell* of.

    >>> unguarded("'=1+1"), unguarded(guarded("'quoted'"))
    ('=1+1', "'quoted'")
    """
    return cell.removeprefix("'")


def write_csv(rows: Iterable[FigureRow]) -> str:
    """Return *rows* as CSV; the names of a path are joined by ``>``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in _HEAD])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = _JOIN.join(value)
    return guarded(shown(value)) if isinstance(value, str) else value


def write_parquet(rows: Iterable[FigureRow], path: str | PathLike[str]) -> None:
    """Write *rows* to a Parquet file.

    Raises:
        BadInput: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        wanted = (
            'with pip install "escalate-tiers[analytics]" a Parquet file, or one of CSV or JSON'
        )
        raise BadInput("report.to_parquet(path)", fspath(path), wanted) from None
    kinds = {"path": pa.list_(pa.string()), "value": pa.float64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in _HEAD])
    columns: dict[str, list[Any]] = {name: [] for name in _HEAD}
    for row in rows:
        for name, column in columns.items():
            column.append(_whole(getattr(row, name)))
    parquet.write_table(pa.table(columns, schema=schema), fspath(path))


def _whole(value: Any) -> Any:
    """Return *value* so that UTF-8 can hold it: half a letter, as broken JSON may have, is written out."""
    if isinstance(value, tuple):
        return [_whole(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value
