"""How long a promise can last on the wall: the worst start of an amount of open time, or of working days.

Opening hours are looked at for :data:`YEARS` years; holidays are written down a few years ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

import attrs

from escalate.core.instants import DAY_US, as_instant, as_us
from escalate.core.opentime.calendarforms import Calendar
from escalate.core.opentime.timeline import OpenTime, Timeline
from escalate.core.opentime.zonedays import ZoneDays, day_of, find_zone
from escalate.errors import HorizonTooShort

FIRST_YEAR: Final = 2026
YEARS: Final = 10
FIRST_US: Final = 1_767_225_600_000_000
"""2026-01-01 00:00 UTC, the first start that is looked at."""
LAST_US: Final = 2_082_758_400_000_000
"""2036-01-01 00:00 UTC, before which the last start lies."""


@attrs.frozen
class Longest:
    """The longest that something lasts, in microseconds.

    Attributes:
        wall_us: How long, on the wall.
        start_us: When it begins, then; the first of several.
        end_us: When it is used up.
    """

    wall_us: int
    start_us: int
    end_us: int


def longest_wall(hours: OpenTime, amount_us: int) -> Longest | None:
    """Return the longest that *amount_us* of open time can last on the wall.

    None for calendars that cannot show their windows, and where an answer lies beyond 2100.

    While a start moves through closed time towards the past, what is due stays where it is and the span
    grows; while it moves on through open time, what is due moves along or jumps over a closed span. So
    each longest span begins where a window closes, or at the first start if nothing ever closes.

    >>> from escalate import WorkCalendar
    >>> office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})
    >>> [longest_wall(office, n * 3_600_000_000).wall_us // 3_600_000_000 for n in (1, 4, 8, 12, 40)]
    [64, 67, 71, 90, 163]
    """
    line = hours if isinstance(hours, Timeline) else getattr(hours, "line", None)
    if not isinstance(line, Timeline):
        return None
    try:
        return _longest(line, amount_us)
    except HorizonTooShort:
        return None


@lru_cache(maxsize=512)
def _longest(line: Timeline, amount_us: int) -> Longest:
    closings = (end for _, end in line.windows_us(FIRST_US, LAST_US) if end < LAST_US)
    return _best((FIRST_US, *closings), lambda start_us: line.deadline_us(start_us, amount_us))


def longest_days(hours: OpenTime, days: int) -> Longest | None:
    """Return the longest that *days* working days can last on the wall; under the terms of `longest_wall`.

    The due instant has the start's time of day, or is the next opening after it. So each longest span
    begins at midnight, or at a time of day at which some window closes.

    >>> from escalate import WorkCalendar
    >>> office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})
    >>> longest_days(office, 1).wall_us // 3_600_000_000
    87
    """
    if not isinstance(hours, Calendar) or hours.zone is None:
        return None
    try:
        return _longest_days(hours, hours.zone, days)
    except HorizonTooShort:
        return None


@lru_cache(maxsize=64)
def _longest_days(hours: Calendar, zone: str, days: int) -> Longest:
    def due_us(start_us: int) -> int:
        return as_us(hours.deadline_days(as_instant(start_us), days))

    return _best(_days_starts(hours.line, ZoneDays(find_zone(zone))), due_us)


def _days_starts(line: Timeline, zone: ZoneDays) -> Iterator[int]:
    closings = (end for _, end in line.windows_us(FIRST_US, LAST_US) if end < LAST_US)
    walls = sorted({0, *(zone.wall_time(end)[1] for end in closings)})
    first = day_of(as_instant(FIRST_US).date()) + 1
    for day in range(first, first + (LAST_US - FIRST_US) // DAY_US - 2):
        yield from (zone.instant_us(day, wall) for wall in walls)


def _best(starts: Iterator[int] | tuple[int, ...], due_us: Callable[[int], int]) -> Longest:
    best = Longest(-1, FIRST_US, FIRST_US)
    for start_us in starts:
        end_us = due_us(start_us)
        if end_us - start_us > best.wall_us:
            best = Longest(end_us - start_us, start_us, end_us)
    return best
