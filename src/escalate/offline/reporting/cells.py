"""The values of a figure as tables of texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Final

import attrs

from escalate.offline.figures.values import Share, Spread, Value
from escalate.offline.figures.words import count, duration, estimated, percent, several
from escalate.offline.intervals import Estimate

Leaf = int | float | Share | Spread | Estimate
Names = tuple[str, ...]
LONGEST: Final = 400
"""Rows of a table that are shown; an export has them all."""
_WIDEST: Final = 31
_NAMES: Final = (("Name",), ("Group", "Name"), ("Group", "Part", "Name"))
_HEADS: Final[dict[type, Names]] = {
    int: ("Count",),
    float: ("Time",),
    Share: ("Part", "Whole", "Share"),
    Spread: ("Cases", "Mean", "Least", "10 %", "25 %", "Median", "75 %", "90 %", "95 %", "Most"),
    Estimate: ("Estimate", "Low", "High"),
}

_OF_MEAN: Final = ("Count", "Mean", "Times the mean")


@attrs.frozen
class Grid:
    """A table of texts.

    Texts may be those of a log: whoever shows them escapes them.

    Attributes:
        head: A text a column.
        rows: As many texts a row.
        named: How many columns at the left say what the row is about.
        more: Rows that were left out at the end.
    """

    head: Names
    rows: tuple[Names, ...]
    named: int
    more: int = 0


def leaves(value: Value, path: Names = ()) -> Iterator[tuple[Names, Leaf]]:
    """Yield each single value in *value* with the names that lead to it.

    >>> list(leaves({"N1": {"N2": 3}}))
    [(('N1', 'N2'), 3)]
    """
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    else:
        yield path, value


def told(leaf: Leaf) -> str:
    """Return a single value as people read it.

    >>> told(Share(3, 4)), told(1.5), told(Estimate(0.5, 0.25, 0.75))
    ('75.0 % (3 of 4)', '1.5 h', '50.0 % (25.0 % to 75.0 %)')
    >>> told(Spread(744, 2.0, 0.5, 6.0)), told(Share(55, 4.4))
    ('median 30 min, 744 cases', '55, 12.5 times the mean of 4.4')
    """
    return "".join(parted(leaf))


def parted(leaf: Leaf) -> tuple[str, str]:
    """Return a single value as people read it, and behind it what it is computed from.

    >>> parted(Share(3, 4)), parted(1.5)
    (('75.0 %', ' (3 of 4)'), ('1.5 h', ''))
    """
    match leaf:
        case Share() if is_of_mean(leaf):
            return of_share(leaf)[0], f", {times_mean(leaf)}"
        case Share():
            part, whole = of_share(leaf)
            return percent(leaf.share), f" ({part} of {whole})"
        case Spread() if not leaf.cases:
            return "no cases", ""
        case Spread():
            return f"median {duration(leaf.median_hours)}", f", {several(leaf.cases, 'case')}"
        case Estimate():
            number, opens, rest = estimated(leaf).partition(" (")
            return number, opens + rest
        case _:
            return amount(leaf), ""


def brief(leaf: Leaf) -> str:
    """Return a single value in the fewest letters.

    >>> brief(Share(3, 4)), brief(Spread(744, 2.0, 0.5, 6.0)), brief(1234)
    ('75.0 %', '30 min', '1,234')
    """
    return duration(leaf.median_hours) if isinstance(leaf, Spread) else parted(leaf)[0]


def amount(number: float) -> str:
    """Return a count, or hours in the unit that reads best."""
    return count(number) if isinstance(number, int) else duration(number)


def of_share(share: Share) -> tuple[str, str]:
    """Return part and whole as people read them; a count may be held against a mean of counts.

    >>> of_share(Share(42, 12.5)), of_share(Share(2, 2 / 168)), of_share(Share(1.5, 3.0))
    (('42', '12.5'), ('2', '0.012'), ('1.5 h', '3.0 h'))
    """
    if is_time(share):
        return duration(share.part), duration(share.whole)
    return _counted(share.part), _counted(share.whole)


def is_time(share: Share) -> bool:
    """Whether *share* is one of hours: counts are whole numbers, or held against one."""
    return isinstance(share.part, float) and isinstance(share.whole, float)


def is_of_mean(share: Share) -> bool:
    """Whether *share* holds a count against a mean of counts, so that it is no part of it."""
    return isinstance(share.part, int) and isinstance(share.whole, float)


def times_mean(share: Share) -> str:
    """Return how a count is to the mean that it is held against.

    >>> times_mean(Share(55, 4.4)), times_mean(Share(0, 0.0))
    ('12.5 times the mean of 4.4', 'where the mean is 0.0')
    """
    mean = of_share(share)[1]
    times = share.share
    return (
        f"where the mean is {mean}" if times is None else f"{times:,.1f} times the mean of {mean}"
    )


def _counted(number: float) -> str:
    if isinstance(number, int):
        return count(number)
    # A mean over the hours of a week may be small, and no count is so many times nothing.
    return f"{number:,.1f}" if number >= 1 or not number else f"{number:.2g}"


def size(leaf: Leaf) -> float | None:
    """Return the number by which a single value is drawn; none where there is nothing to draw."""
    match leaf:
        case Share():
            number = leaf.share
        case Spread():
            number = leaf.median_hours
        case Estimate():
            number = leaf.value
        case _:
            number = leaf
    return None if number is None or not isfinite(number) else float(number)


def kind(found: list[tuple[Names, Leaf]]) -> type | None:
    """Return the type that all single values of *found* share; none if they differ or there are none."""
    kinds = {type(leaf) for _, leaf in found}
    return kinds.pop() if len(kinds) == 1 else None


def marks(spread: Spread) -> tuple[tuple[str, float | None], ...]:
    """Return mean and marks of *spread*, in hours, by the names that they have in an export."""
    return (
        ("mean", spread.mean_hours),
        ("min", spread.min_hours),
        ("p10", spread.p10_hours),
        ("p25", spread.p25_hours),
        ("median", spread.median_hours),
        ("p75", spread.p75_hours),
        ("p90", spread.p90_hours),
        ("p95", spread.p95_hours),
        ("max", spread.max_hours),
    )


def grid(value: Value, *, flow: bool = False) -> Grid:
    """Return *value* as a table: rows by columns where that fits, else a row for each single value.

    >>> grid({"Mon": {"9": 1, "10": 2}, "Tue": {"9": 3}}).rows
    (('Mon', '1', '2'), ('Tue', '3', ''))
    >>> grid(Share(1, 2))
    Grid(head=('Part', 'Whole', 'Share'), rows=(('1', '2', '50.0 %'),), named=0, more=0)
    """
    found = list(leaves(value))
    if not flow and (across := _across(found)):
        return _matrix(found, across)
    deep = max((len(path) for path, _ in found), default=0)
    one = kind(found)
    heads = ("Value",) if one is None else _HEADS[one]
    if found and all(isinstance(leaf, Share) and is_of_mean(leaf) for _, leaf in found):
        heads = _OF_MEAN
    head = (*_names(deep, flow), *heads)
    rows = tuple(
        (*path, *("",) * (deep - len(path)), *((told(leaf),) if one is None else _fields(leaf)))
        for path, leaf in found[:LONGEST]
    )
    return Grid(head, rows, deep, max(0, len(found) - LONGEST))


def _names(deep: int, flow: bool) -> Names:
    if flow and deep == 2:
        return ("From", "To")
    return _NAMES[deep - 1] if 0 < deep <= 3 else tuple(f"Name {n + 1}" for n in range(deep))


def _fields(leaf: Leaf) -> Names:
    match leaf:
        case Share():
            times = "-" if leaf.share is None else f"{leaf.share:,.1f}"
            return (*of_share(leaf), times if is_of_mean(leaf) else percent(leaf.share))
        case Spread():
            return (count(leaf.cases), *(duration(hours) for _, hours in marks(leaf)))
        case Estimate():
            return tuple(
                estimated(Estimate(each, unit=leaf.unit))
                for each in (leaf.value, leaf.low, leaf.high)
            )
        case _:
            return (amount(leaf),)


def _across(found: list[tuple[Names, Leaf]]) -> Names:
    """Return the columns of a table of rows by columns; none where *found* does not fit one."""
    if not found or kind(found) is Spread or any(len(path) != 2 for path, _ in found):
        return ()
    columns = columns_of(found)
    return columns if len(columns) <= _WIDEST else ()


def columns_of(found: list[tuple[Names, Leaf]]) -> Names:
    """Return the columns of values by (row, column); names that are rows too come in the order of these."""
    rows, columns = ({path[place]: None for path, _ in found} for place in (0, 1))
    return tuple(dict.fromkeys([*(name for name in rows if name in columns), *columns]))


def _matrix(found: list[tuple[Names, Leaf]], columns: Names) -> Grid:
    rows: dict[str, dict[str, str]] = {}
    for (row, column), leaf in found:
        rows.setdefault(row, {})[column] = told(leaf)
    lines = [(row, *(cells.get(each, "") for each in columns)) for row, cells in rows.items()]
    if kind(found) is None:  # a column is then something measured, and called by its key
        columns = tuple(each.replace("_", " ") for each in columns)
    return Grid(("", *columns), tuple(lines[:LONGEST]), 1, max(0, len(lines) - LONGEST))
