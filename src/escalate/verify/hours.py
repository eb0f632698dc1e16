"""Questions about opening hours as wholes: do they cover others, how long can an amount last on the wall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import attrs

from escalate.core.explained import local, zone_of
from escalate.core.instants import DAY_US, as_instant, as_us
from escalate.core.opentime.longest import FIRST_US, longest_days, longest_wall
from escalate.core.opentime.timeline import OpenTime, Timeline
from escalate.core.opentime.zonedays import ZoneDays, day_of, find_zone
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


@attrs.frozen
class Promise:
    """An amount of open time, or working days, in some hours.

    Attributes:
        hours: The calendar that counts.
        amount_us: The open microseconds; not looked at where *days* are given.
        days: The working days.
    """

    hours: OpenTime
    amount_us: int = 0
    days: int | None = None

    @property
    def zone(self) -> str | None:
        """The zone by whose dates the days count; none of hours that know no dates."""
        return self.hours.zone if isinstance(self.hours, Calendar) else None

    @property
    def shows_itself(self) -> bool:
        """Whether every due instant can be told from edges of windows and midnights."""
        return line_of(self.hours) is not None and (self.days is None or self.zone is not None)

    def due_us(self, start_us: int) -> int:
        """Return when it is due, begun at *start_us*."""
        if self.days is None:
            return self.hours.deadline_us(start_us, self.amount_us)
        assert isinstance(self.hours, Calendar)
        return as_us(self.hours.deadline_days(as_instant(start_us), self.days))

    def turns(self) -> Iterator[int]:
        """Yield the starts at which the due instant may stop, jump or begin to move again."""
        line = line_of(self.hours)
        assert line is not None
        edges = [us for span in line.windows_us(FIRST_US, _LAST_US) for us in span]
        edges = [us for us in edges if FIRST_US < us < _LAST_US]
        if self.days is None:
            yield from edges
            yield from (line.start_for_us(us, self.amount_us) for us in edges)
            return
        zone = ZoneDays(find_zone(self.zone or ""))
        walls = sorted({0, *(zone.wall_time(us)[1] for us in edges)})
        first = day_of(as_instant(FIRST_US).date()) + 1
        for day in range(first, first + (_LAST_US - FIRST_US) // DAY_US - 2):
            yield from (zone.instant_us(day, wall) for wall in walls)


def worst_wall(promise: Promise) -> Worst | None:
    """Return how long *promise* can last on the wall; none where that cannot be told.

    >>> from escalate import WorkCalendar
    >>> office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})
    >>> worst_wall(Promise(office, 12 * 3_600_000_000)).wall_us // 3_600_000_000
    90
    """
    if promise.days is None:
        found = longest_wall(promise.hours, promise.amount_us)
    else:
        found = longest_days(promise.hours, promise.days)
    if found is None:
        return None
    return Worst(found.wall_us, found.start_us, found.end_us, zone_of(promise.hours))


def comparable(one: Promise, other: Promise) -> bool:
    """Whether it can be told if one is ever due later than the other."""
    alike = (one.days is None) == (other.days is None) and one.hours == other.hours
    return alike or (one.shows_itself and other.shows_itself)


def later_start(one: Promise, other: Promise) -> int | None:
    """Return a start from which *one* is due later than *other*, which it can be compared with.

    None if there is none in the years that are looked at.
    """
    if (one.days is None) == (other.days is None) and one.hours == other.hours:
        more = one.amount_us > other.amount_us if one.days is None else one.days > (other.days or 0)
        return FIRST_US if more else None
    return _later_start(one, other)


@lru_cache(maxsize=512)
def _later_start(one: Promise, other: Promise) -> int | None:
    """Look at every start where the difference of the two can peak.

    Between two turns both due instants move evenly or stand still; so their difference is largest at a turn,
    or just before or after it.
    """
    try:
        for start_us in sorted({FIRST_US, *one.turns(), *other.turns()}):
            for at_us in (start_us - 1, start_us, start_us + 1):
                if one.due_us(at_us) > other.due_us(at_us):
                    return at_us
    except HorizonTooShort:
        return None  # one of them is not due in any year that calendars know
    return None
