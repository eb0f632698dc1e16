"""Questions about opening hours as wholes: do they cover others, how long can an amount last on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import attrs

from escalate.core.explained import local, zone_of
from escalate.core.instants import DAY_US, as_instant
from escalate.core.opentime.longest import FIRST_US, longest_wall
from escalate.core.opentime.timeline import OpenTime, Timeline
from escalate.core.opentime.zonedays import find_zone
from escalate.core.workcalendar import Calendar
from escalate.errors import HorizonTooShort

YEARS: Final = 5  # as far as edges are compared: holidays are written down a few years ahead
_LAST_US: Final = FIRST_US + YEARS * 366 * DAY_US


def line_of(hours: OpenTime) -> Timeline | None:
    """Return the line of windows behind *hours*; none for calendars of others, which have none to show."""
    if isinstance(hours, Timeline):
        return hours
    return hours.line if isinstance(hours, Calendar) else None


def first_uncovered(hours: OpenTime, others: Sequence[OpenTime]) -> str | None:
    """Return an instant, as it reads on the wall, at which *hours* are open and none of *others* is.

    None if there is none in the years that are looked at, or if one of *others* is *hours*. Hours that
    cannot show their windows are taken to be covered by nothing but themselves.
    """
    if any(other is hours or other == hours for other in others):
        return None
    line = line_of(hours)
    lines = [line_of(other) for other in others]
    if line is None or None in lines:
        return "some hour"
    known = [each for each in lines if each is not None]
    for start_us, end_us in line.windows_us(FIRST_US, _LAST_US):
        at_us = start_us
        while at_us < end_us:
            beyond = max((_open_until(each, at_us) for each in known), default=at_us)
            if beyond == at_us:
                return local(as_instant(at_us), find_zone(zone_of(hours)))
            at_us = beyond
    return None


def _open_until(line: Timeline, at_us: int) -> int:
    """Return when *line* closes if it is open at *at_us*, else *at_us* itself."""
    if not line.is_open_us(at_us):
        return at_us
    spans = line.windows_us(at_us, at_us + 8 * DAY_US)
    return spans[0][1]


@attrs.frozen
class Worst:
    """How long an amount of open time can last on the wall.

    Attributes:
        wall_us: The longest, in microseconds.
        start_us: When it begins, then; the first of several.
        end_us: When it is used up.
        timezone: The zone of the hours.
    """

    wall_us: int
    start_us: int
    end_us: int
    timezone: str

    def __str__(self) -> str:
        zone = find_zone(self.timezone)
        start, end = (local(as_instant(us), zone) for us in (self.start_us, self.end_us))
        hours, rest = divmod(self.wall_us, 3_600_000_000)
        minutes = f" {rest // 60_000_000} min" if rest >= 60_000_000 else ""
        return f"{hours} h{minutes}, from {start} to {end}"


def worst_wall(hours: OpenTime, amount_us: int) -> Worst | None:
    """Return how long *amount_us* of open time can last on the wall; none where that cannot be told.

    >>> from escalate import WorkCalendar
    >>> office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})
    >>> worst_wall(office, 12 * 3_600_000_000).wall_us // 3_600_000_000
    90
    """
    found = longest_wall(hours, amount_us)
    if found is None:
        return None
    return Worst(found.wall_us, found.start_us, found.end_us, zone_of(hours))


def later_start(hours: OpenTime, amount_us: int, other: OpenTime, other_us: int) -> int | None:
    """Return a start from which *amount_us* of *hours* is used up later than *other_us* of *other*.

    None if there is none in the years that are looked at; also where the hours show no windows and
    differ, so that nothing can be said.
    """
    if hours is other or hours == other:
        return FIRST_US if amount_us > other_us else None
    lines = line_of(hours), line_of(other)
    if lines[0] is None or lines[1] is None:
        return None
    return _later_start(lines[0], amount_us, lines[1], other_us)


@lru_cache(maxsize=512)
def _later_start(line: Timeline, amount_us: int, other: Timeline, other_us: int) -> int | None:
    """Look at every start where the difference of the two can peak.

    Between two edges of windows, and between two starts whose amount ends at one, both due instants move
    evenly or stand still; so their difference is largest at such a start, or just before or after it.
    """
    try:
        starts = {FIRST_US}
        for each, us in ((line, amount_us), (other, other_us)):
            for span in each.windows_us(FIRST_US, _LAST_US):
                for edge_us in span:
                    if FIRST_US < edge_us < _LAST_US:
                        starts |= {edge_us, each.start_for_us(edge_us, us)}
        for start_us in sorted(starts):
            for at_us in (start_us - 1, start_us, start_us + 1):
                if line.deadline_us(at_us, amount_us) > other.deadline_us(at_us, other_us):
                    return at_us
    except HorizonTooShort:
        return None  # one of them is not due in any year that calendars know
    return None
