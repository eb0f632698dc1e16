"""How many cases took how long, as columns: the shape that a mean and a median hide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from escalate.offline.figures.values import Spread
from escalate.offline.figures.words import count
from escalate.offline.reporting.charts.svg import line, rect, text, together

TALL: Final = 92
_PLOT: Final = 58


def ladder(spread: Spread, y: int) -> Iterator[str]:
    """Yield the columns of *spread* from *y* down; nothing if it tells no distribution."""
    rungs = spread.rungs
    most = max(rungs.values())
    if not most:
        return
    step, bottom = 1 / len(rungs), y + 14 + _PLOT
    for number, (name, cases) in enumerate(rungs.items()):
        tall = round(_PLOT * cases / most, 2)
        column = rect(number * step, bottom - tall, step * 0.9, tall, "mark")
        ground = rect(number * step, y + 14, step * 0.9, _PLOT, "track")
        yield together(f"{name}: {count(cases)}", [ground, column])
        yield text((number + 0.45) * step, bottom + 15, _short(name), "mid tiny")
    yield line(0, bottom, 1, bottom, "axis")


def _short(name: str) -> str:
    """Return the name of a rung so that it fits below its column.

    >>> _short("up to 15 min"), _short("up to 1 day"), _short("more")
    ('15m', '1d', 'more')
    """
    number, _, unit = name.removeprefix("up to ").partition(" ")
    return f"{number}{unit[:1]}"
