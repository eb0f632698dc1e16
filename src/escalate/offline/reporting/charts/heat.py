"""A field of rows and columns: the more, the larger and the stronger the square."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from escalate.offline.figures.words import count, short, width
from escalate.offline.reporting.cells import Leaf, Names, brief, columns_of, size, told
from escalate.offline.reporting.charts.svg import at, picture, rect, text, together

Named = tuple[Names, Leaf]
_TALL = 26
_LARGEST = 22
_HEAD = 20
_NAME = 22
_NUMBER = 18
_FEW = 5
"""Columns so few that each square has room for its number."""
_STEPS = 4
_MOST_ROWS, _MOST_COLUMNS = 60, 60


def heat(title: str, found: Sequence[Named]) -> str:
    """Return a picture of *found*, pairs of (row, column) and value; nothing if it is no such field."""
    if any(len(path) != 2 for path, _ in found):
        return ""
    rows = list(dict.fromkeys(path[0] for path, _ in found))[:_MOST_ROWS]
    columns = columns_of(list(found))[:_MOST_COLUMNS]
    cells = {path: leaf for path, leaf in found if path[0] in rows and path[1] in columns}
    sizes = {path: number for path, leaf in cells.items() if (number := size(leaf)) is not None}
    if not sizes:
        return ""
    most = max(sizes.values())
    left = _left(rows)
    step = (1 - left) / len(columns)
    numbered = len(columns) <= _FEW
    above = (0 if left else _NAME) + (_NUMBER if numbered else 0)
    tall = _TALL + above
    inside = [*_columns(columns, left, step), *_rows(rows, tall, above if left else 0)]
    for (row, column), leaf in cells.items():
        x, y = left + columns.index(column) * step, _HEAD + above + rows.index(row) * tall
        number = sizes.get((row, column))
        parts = _cell(x, y, step, number / most if number and most > 0 else 0, number is None)
        if numbered:
            parts = _numbered(x, y, step, brief(leaf), parts)
        inside.append(together(f"{row} {column}: {told(leaf)}", parts))
    height = _HEAD + len(rows) * tall
    # A square shrinks with its column, so a wide field is not squeezed below what an eye can tell apart.
    return picture(
        height, title, _told(rows, columns, cells, sizes), inside, least=len(columns) * 13
    )


def _left(rows: Sequence[str]) -> float:
    """Return the share of the width that the names of the rows take; none if they stand above their rows."""
    widest = max(map(width, rows))
    return 0.12 if widest <= 5 else 0.2 if widest <= 9 else 0.0


def _columns(columns: Sequence[str], left: float, step: float) -> Iterator[str]:
    every = 1 if len(columns) <= 8 else 3 if len(columns) <= 24 else 6
    room = 46 * (1 - left) / len(columns) * every
    for number, name in enumerate(columns):
        if number % every == 0:
            yield text(left + (number + 0.5) * step, 13, short(name, max(3, room)), "mid small")


def _rows(rows: Sequence[str], tall: int, above: int) -> Iterator[str]:
    for number, name in enumerate(rows):
        yield text(0, _HEAD + above + number * tall + 17, short(name, 42))


def _cell(x: float, y: float, step: float, share: float, unknown: bool) -> Iterator[str]:
    yield rect(x, y + 1, step * 0.94, _TALL - 2, "none" if unknown else "track")
    if share > 0:
        look = f"heat{min(_STEPS, int(share * _STEPS) + 1)}"
        side = sqrt(share)
        tall = max(2.0, round(_LARGEST * side, 2))
        wide = max(0.12, side) * step * 0.94
        yield (
            f'<rect class="{look}" x="{at(x + (step * 0.94 - wide) / 2)}" '
            f'y="{y + _TALL / 2 - tall / 2:g}" width="{at(wide)}" height="{tall:g}"/>'
        )


def _numbered(x: float, y: float, step: float, said: str, parts: Iterator[str]) -> Iterator[str]:
    """Yield a cell with its number above its square."""
    yield from parts
    yield text(x + step * 0.47, y - 4, said, "mid small")


def _told(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: dict[Names, Leaf],
    sizes: dict[Names, float],
) -> str:
    most, least = max(sizes, key=lambda path: sizes[path]), min(sizes, key=lambda path: sizes[path])
    places = [f"{' '.join(path)} with {told(cells[path])}" for path in (most, least)]
    return (
        f"{count(len(rows))} rows ({rows[0]} to {rows[-1]}) by {count(len(columns))} columns "
        f"({columns[0]} to {columns[-1]}). Most: {places[0]}. Least: {places[1]}."
    )
