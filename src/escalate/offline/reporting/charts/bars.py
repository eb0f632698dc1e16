"""A bar for each name: counts and hours against the longest, shares and estimates against the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from escalate.offline.figures.values import Share, Spread
from escalate.offline.figures.words import count, duration, short, width
from escalate.offline.intervals import Estimate
from escalate.offline.reporting.cells import Leaf, Names, kind, marks, size, told
from escalate.offline.reporting.charts.ladder import TALL, ladder
from escalate.offline.reporting.charts.svg import dot, line, picture, rect, text, together

Named = tuple[Names, Leaf]
_Place = Callable[[float], float]
MOST: Final = 30
"""Bars in one picture; what is beyond stands in the table."""
_TALL: Final = 40
_LINE: Final = 17
_FITS: Final = 46
"""What fits side by side on a phone, in halves of a letter's height; bold letters take a quarter more."""


def bars(title: str, found: Sequence[Named]) -> str:
    """Return a picture of *found*, or nothing if there is nothing to draw in one scale."""
    one = kind(list(found))
    sizes = [size(leaf) for _, leaf in found]
    if one is None or all(each is None for each in sizes):
        return ""
    drawn = found[:MOST]
    low, high = _scale([leaf for _, leaf in drawn], one)
    labels = [_labels(path, leaf) for path, leaf in drawn]
    stacked = any(width(name) + width(said) + 1 > _FITS for name, said in labels)
    inside: list[str] = []
    above: Names = ()
    y = 0
    for (path, leaf), (name, said) in zip(drawn, labels, strict=True):
        if path[:-1] and path[:-1] != above:
            above = path[:-1]
            inside.append(text(0, y + 18, short(" > ".join(above), _FITS * 0.8), "head"))
            y += 26
        parts = [
            *_lettered(name, said, y, stacked=stacked),
            *_bar(leaf, y + stacked * _LINE, low, high),
        ]
        inside.append(together(f"{' > '.join(path) or title}: {told(leaf)}", parts))
        y += _TALL + stacked * _LINE
    leaf = found[0][1]
    if isinstance(leaf, Spread) and not found[0][0] and (columns := list(ladder(leaf, y))):
        inside += columns
        y += TALL
    return picture(y, title, _told(found), inside)


def _scale(drawn: Sequence[Leaf], one: type) -> tuple[float, float]:
    """Return what lies at the left and the right end."""
    ends = [end for leaf in drawn for end in _ends(leaf)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    if one is Share or all(isinstance(leaf, Estimate) and leaf.unit == "share" for leaf in drawn):
        low, high = (0.0 if low >= 0 else -1.0), max(1.0, high)
        if low < 0 and max(map(abs, ends)) < 0.2:
            low, high = -0.2, 0.2  # differences are small, and around nought
    return (low, high) if high > low else (0.0, 1.0)


def _ends(leaf: Leaf) -> Iterator[float]:
    each: tuple[float | None, ...]
    match leaf:
        case Spread():
            each = (leaf.mean_hours, leaf.p90_hours)
        case Estimate():
            each = (leaf.value, leaf.low, leaf.high)
        case _:
            each = (size(leaf),)
    return (number for number in each if number is not None)


def _labels(path: Names, leaf: Leaf) -> tuple[str, str]:
    """Return what stands above a bar, left and right; a single one has its value in its heading."""
    if path:
        return path[-1], told(leaf)
    if isinstance(leaf, Spread):
        return f"mean {duration(leaf.mean_hours)}", f"90 % below {duration(leaf.p90_hours)}"
    return "", ""


def _lettered(name: str, said: str, y: int, *, stacked: bool) -> Iterator[str]:
    if stacked:
        yield text(0, y + 14, short(name, _FITS * 0.9))
        yield text(0, y + _LINE + 13, said, "small")
    else:
        yield text(0, y + 14, name)
        yield text(1, y + 14, said, "end")


def _bar(leaf: Leaf, y: int, low: float, high: float) -> Iterator[str]:
    def place(number: float) -> float:
        return min(1.0, max(0.0, (number - low) / (high - low)))

    yield rect(0, y + 21, 1, 10, "track")
    match leaf:
        case Spread():
            yield from _spread(leaf, y, place)
        case Estimate():
            yield from _estimate(leaf, y, place)
        case _:
            number = size(leaf)
            if number:
                start, end = sorted((place(0), place(number)))
                yield rect(start, y + 21, end - start, 10, "mark")
    if low < 0:
        yield line(place(0), y + 18, place(0), y + 34, "axis")
    if isinstance(leaf, Share) and high > 1:
        yield line(place(1), y + 18, place(1), y + 34, "axis")


def _spread(leaf: Spread, y: int, place: _Place) -> Iterator[str]:
    hours = {name: place(each) for name, each in marks(leaf) if each is not None}
    if "median" not in hours:
        return
    low, high = hours.get("p10", hours["median"]), hours.get("p90", hours["median"])
    begin, end = hours.get("p25", hours["median"]), hours.get("p75", high)
    yield line(low, y + 26, high, y + 26, "whisker")
    yield line(high, y + 22, high, y + 30, "whisker")
    yield rect(begin, y + 21, max(end - begin, 0), 10, "part")
    yield line(hours["median"], y + 19, hours["median"], y + 33, "median")
    if "mean" in hours:
        yield dot(hours["mean"], y + 26, 4, "point")


def _estimate(leaf: Estimate, y: int, place: _Place) -> Iterator[str]:
    if leaf.low is not None and leaf.high is not None:
        low, high = place(leaf.low), place(leaf.high)
        yield line(low, y + 26, high, y + 26, "whisker")
        yield line(low, y + 21, low, y + 31, "whisker")
        yield line(high, y + 21, high, y + 31, "whisker")
    if leaf.value is not None:
        yield dot(place(leaf.value), y + 26, 4.5, "point")


def _told(found: Sequence[Named]) -> str:
    if len(found) == 1 and not found[0][0]:
        return told(found[0][1])
    known = [(number, path, leaf) for path, leaf in found if (number := size(leaf)) is not None]
    most, least = max(known, key=_number), min(known, key=_number)
    names = [f"{' > '.join(path)} with {told(leaf)}" for _, path, leaf in (most, least)]
    more = f", of which the first {MOST} are drawn" if len(found) > MOST else ""
    return f"{count(len(found))} bars{more}. Longest: {names[0]}. Shortest: {names[1]}."


def _number(known: tuple[float, Names, Leaf]) -> float:
    return known[0]
