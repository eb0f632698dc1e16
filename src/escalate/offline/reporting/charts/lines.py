"""Values along time, as a line; several series one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from escalate.offline.figures.words import count, short
from escalate.offline.reporting.cells import Leaf, Names, brief, size, told
from escalate.offline.reporting.charts.svg import dot, line, picture, text, together

Named = tuple[Names, Leaf]
_TALL: Final = 150
_PLOT: Final = 110
_TOP: Final = 22
_FEW: Final = 31
_MOST: Final = 12


def lines(title: str, found: Sequence[Named]) -> str:
    """Return a picture of *found*, values by date or by (series, date); nothing if there are none."""
    series: dict[Names, list[tuple[str, Leaf]]] = {}
    for path, leaf in found:
        if not path:
            return ""
        series.setdefault(path[:-1], []).append((path[-1], leaf))
    # One scale for all series, so that they can be compared.
    levels = {number: _level(leaf) for _, leaf in found if (number := size(leaf)) is not None}
    if not levels:
        return ""
    low, high = min(0.0, *levels), max(0.0, *levels)
    ticks = {0.0: "0", **{each: levels[each] for each in (low, high) if each}}
    drawn = dict(list(series.items())[:_MOST])
    inside: list[str] = []
    y = 0
    for path, values in drawn.items():
        if path:
            inside.append(text(0, y + 18, short(" > ".join(path), 37), "head"))
            y += 24
        inside += _series(values, y, ticks)
        y += _TALL
    return picture(y, title, _told(series), inside)


def _level(leaf: Leaf) -> str:
    """Return what a single value is on the scale, without what it is computed from."""
    return brief(leaf)


def _series(values: list[tuple[str, Leaf]], y: int, ticks: Mapping[float, str]) -> Iterator[str]:
    places = _places([day for day, _ in values])
    known = [(x, size(leaf)) for x, (_, leaf) in zip(places, values, strict=True)]
    low, high = min(ticks), max(*ticks, min(ticks) + 1e-9)

    def height(number: float) -> float:
        return round(y + _TOP + _PLOT * (1 - (number - low) / (high - low)), 2)

    for level, said in ticks.items():
        yield line(0, height(level), 1, height(level), "axis" if level == 0 else "grid")
        yield text(1, height(level) - 4, said, "small end")
    most = max((each for each in values if size(each[1]) is not None), key=_number, default=None)
    if most is not None:
        yield text(0, y + 14, f"most: {told(most[1])} on {most[0]}", "small")
    alone = set()
    for run in _runs(known):
        if len(run) > 1:
            yield _polyline([(x, height(number)) for x, number in run])
        else:
            alone.add(run[0][0])  # between two gaps there is nothing to draw a line to
    for (day, leaf), (x, number) in zip(values, known, strict=True):
        if number is not None and (len(values) <= _FEW or x in alone):
            yield together(f"{day}: {told(leaf)}", [dot(x, height(number), 3.5, "mark")])
    yield text(0, y + _TOP + _PLOT + 15, values[0][0], "small")
    if len(values) > 1:
        yield text(1, y + _TOP + _PLOT + 15, values[-1][0], "small end")


def _places(days: Sequence[str]) -> list[float]:
    """Return where each of *days* lies, as shares of the width: by the calendar, or evenly if it is none."""
    try:
        numbers = [float(date.fromisoformat(day).toordinal()) for day in days]
    except ValueError:
        numbers = [float(number) for number in range(len(days))]
    first, last = min(numbers), max(numbers)
    return [(number - first) / (last - first) if last > first else 0.5 for number in numbers]


def _runs(known: Sequence[tuple[float, float | None]]) -> Iterator[list[tuple[float, float]]]:
    """Yield stretches without a gap: a line across one would claim what nobody knows."""
    run: list[tuple[float, float]] = []
    for x, number in known:
        if number is not None:
            run.append((x, number))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    # Points know no percent, so the line has a field of its own that is stretched to the width.
    top = min(y for _, y in points)
    bottom = max(*(y for _, y in points), top + 1)
    inside = " ".join(f"{round(x * 10_000):d},{round((y - top) * 100):d}" for x, y in points)
    return (
        f'<svg x="0" y="{top:g}" width="100%" height="{bottom - top:g}" overflow="visible" '
        f'viewBox="0 0 10000 {round((bottom - top) * 100):d}" preserveAspectRatio="none">'
        f'<polyline class="curve" points="{inside}"/></svg>'
    )


def _number(value: tuple[str, Leaf]) -> float:
    number = size(value[1])
    return float("-inf") if number is None else number


def _told(series: dict[Names, list[tuple[str, Leaf]]]) -> str:
    said = []
    for path, values in list(series.items())[:_MOST]:
        most = max(values, key=_number)
        name = f"{' > '.join(path)}: " if path else ""
        (first, start), (last, end) = values[0], values[-1]
        span = f"from {first} ({told(start)}) to {last} ({told(end)})"
        said.append(
            f"{name}{count(len(values))} values {span}, most on {most[0]} ({told(most[1])})"
        )
    more = (
        f". {count(len(series) - _MOST)} more series are in the table"
        if len(series) > _MOST
        else ""
    )
    return f"{'. '.join(said)}{more}."
