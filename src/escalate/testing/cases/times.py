"""Instants as a case writes them: "Mon 09:30", "+2h", "+9h open", "2026-12-24 16:00".

What they mean depends on the zone and hours that a case counts in, and on what came before them; a
:class:`Zone` knows the former.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

import attrs

from escalate.core.conditions import wall_time_us
from escalate.core.explained import Explanation, local, zone_of
from escalate.core.instants import as_instant, as_us
from escalate.core.opentime.timeline import OpenTime
from escalate.core.opentime.zonedays import find_zone
from escalate.core.policy import ALWAYS, EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.errors import BadInput
from escalate.policies.tables import Place

WANTED: Final = (
    '"Mon 09:30", "09:30", "+2h", "+9h open" (of opening hours), '
    'or a date such as "2026-12-24 16:00"'
)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = r"(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?"
_TIME: Final = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
_ON_DAY: Final = re.compile(_DAY + _TIME, re.IGNORECASE)
_DATED: Final = re.compile(_DAY + r"([0-9]{4}-[0-9]{2}-[0-9]{2}[ T].+)", re.IGNORECASE)
_LATER: Final = re.compile(r"\+\s*([0-9.hmsdw ]+?)(\s+open)?", re.IGNORECASE)


@attrs.frozen
class Zone:
    """What the instants of a case are counted in.

    Attributes:
        zone: Where its clocks on the wall hang.
        hours: When the desk is open there.
    """

    zone: tzinfo
    hours: OpenTime = attrs.field(repr=False)

    @classmethod
    def of(cls, policy: EscalationPolicy, timezone: str | None = None) -> Zone:
        """Return the zone and hours of the tier in which tickets of *policy* start.

        If that tier never closes, those of the policy's first calendar. A *timezone* overrides the zone.

        Raises:
            InvalidCalendar: There is no such zone.
        """
        name = policy.calendar_name(policy.entry_tier)
        if name == ALWAYS:
            name = next(iter(policy.calendars), ALWAYS)
        hours = policy.calendar(name)
        return cls(find_zone(timezone or zone_of(hours)), hours)

    def show(self, at: datetime) -> str:
        """Return how *at* reads there."""
        return local(at, self.zone)

    def page(self, explanation: Explanation) -> Explanation:
        """Return *explanation* with all its instants shown there, whichever calendar a clock counts in."""
        # A story whose lines are told in one zone and its reasons in another says two times for one thing.
        there = str(self.zone)
        clocks = [attrs.evolve(clock, timezone=there) for clock in explanation.clocks]
        return attrs.evolve(explanation, timezone=there, clocks=tuple(clocks))


@attrs.frozen
class Time:
    """An instant as somebody wrote it, checked for how it reads.

    Attributes:
        text: How it was written.
        place: Where.
        wall_us: Wall-clock time after what came before.
        open_us: Open time after what came before.
        weekday: The day of the week, Monday being 0.
        clock: The time on the wall.
        dated: A date and time, with or without an offset from UTC.
    """

    text: str
    place: Place = attrs.field(eq=False, repr=False)
    wall_us: int | None = None
    open_us: int | None = None
    weekday: int | None = None
    clock: time | None = None
    dated: datetime | None = None

    def instant(self, zone: Zone, after: datetime) -> datetime:
        """Return what it means in *zone*: the first such instant that is not before *after*.

        Raises:
            InvalidFile: There is no such time on that day, because clocks go forward.
        """
        if self.wall_us is not None:
            return after + timedelta(microseconds=self.wall_us)
        if self.open_us is not None:
            return as_instant(zone.hours.due_open_us(as_us(after), self.open_us))
        if self.dated is not None:
            at = self.dated if self.dated.tzinfo else self._there(self.dated, zone)
            return at.astimezone(UTC)
        assert self.clock is not None  # reading it has made sure of one of the four
        today = after.astimezone(zone.zone).date()
        found = self._on(today, self.clock, zone, after)
        return found or self._there(
            datetime.combine(today + timedelta(7 if self.weekday is not None else 1), self.clock),
            zone,
        )

    def _on(self, today: date, clock: time, zone: Zone, after: datetime) -> datetime | None:
        """Return the first instant within a week of *today* that it can mean."""
        days = [today + timedelta(days) for days in range(7)]
        for day in days:
            if self.weekday in (None, day.weekday()):
                at = self._there(datetime.combine(day, clock), zone)
                if at >= after:
                    return at
        return None

    def _there(self, wall: datetime, zone: Zone) -> datetime:
        at = wall.replace(tzinfo=zone.zone).astimezone(UTC)
        if at.astimezone(zone.zone).replace(tzinfo=None) != wall:
            raise self.place.wrong(self.text, f"a time that exists in {zone.zone} on that day")
        return at


def read_time(value: object, place: Place) -> Time:
    """Return the instant that *value* writes.

    Raises:
        InvalidFile: It reads as none.
    """
    if isinstance(value, Time):
        return value
    if isinstance(value, datetime):
        return Time(value.isoformat(" "), place, dated=value)
    if not isinstance(value, str):
        raise place.wrong(value, WANTED)
    text = value.strip()
    try:
        found = _later(text, place) or _on_day(text, place) or _dated(text, place)
    except ValueError as why:
        detail = f"{WANTED} ({why.wanted if isinstance(why, BadInput) else why})"
        raise place.wrong(value, detail) from why
    if found is None:
        raise place.wrong(value, WANTED)
    return found


def _later(text: str, place: Place) -> Time | None:
    found = _LATER.fullmatch(text)
    if found is None:
        return None
    if found[2]:
        return Time(text, place, open_us=WorkTime.parse(found[1]).us)
    us = wall_time_us(found[1])
    return None if us is None else Time(text, place, wall_us=us)


def _on_day(text: str, place: Place) -> Time | None:
    found = _ON_DAY.fullmatch(text)
    if found is None:
        return None
    clock = time(int(found[2]), int(found[3]), int(found[4] or 0))
    return Time(text, place, weekday=_weekday(found[1]), clock=clock)


def _dated(text: str, place: Place) -> Time | None:
    found = _DATED.fullmatch(text)
    if found is None:
        return None
    dated = datetime.fromisoformat(found[2])
    if found[1] and _weekday(found[1]) != dated.weekday():
        raise ValueError(f"that day is a {_DAYS[dated.weekday()].capitalize()}")
    return Time(text, place, dated=dated)


def _weekday(name: str | None) -> int | None:
    return None if name is None else _DAYS.index(name.lower())
