"""Work calendars: when a desk is open, and so when an amount of open time is used up.

A calendar is a value made of what people write: a zone, weekly hours, holidays, breaks, overrides. How
hours are read is in :mod:`escalate.core.opentime.openinghours`, which of them wins in
:mod:`escalate.core.opentime.schedule`, the arithmetic in :mod:`escalate.core.opentime.timeline`. Amounts are
:class:`WorkTime`; what is promised within them is unknown here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import attrs

from escalate.core.opentime.calendarforms import Calendar, line_of, work_days_of
from escalate.core.opentime.openinghours import (
    DatedHours,
    DatedHoursInput,
    Hours,
    read_dated_hours,
    read_holidays,
    read_hours,
    show_hours,
)
from escalate.core.opentime.schedule import Schedule, WeekSchedule
from escalate.core.opentime.timeline import Horizon, OpenTime, Timeline
from escalate.core.opentime.zonedays import FIRST_DAY, LAST_DAY, ZoneDays, find_zone

__all__ = ["Calendar", "OpenTime", "WorkCalendar"]


def _read_breaks(given: DatedHoursInput) -> DatedHours:
    read = read_dated_hours(given, "breaks")
    return MappingProxyType({when: spans for when, spans in read.items() if spans})


def _read_overrides(given: DatedHoursInput) -> DatedHours:
    return read_dated_hours(given, "overrides")


def _items(mapping: Mapping[Any, Any]) -> Hashable:
    return tuple(mapping.items())


@attrs.frozen(repr=False, cache_hash=True)
class WorkCalendar(Calendar):
    """The opening hours of a desk in one zone; equal and hashed by what they say.

    Windows are half-open. One that ends at or before its start runs into the next day and belongs to the
    day it starts on; ``"00:00-00:00"`` is a whole day, and so is ``"00:00-24:00"``. On a date, a holiday
    wins over an override and that over the weekly hours; breaks cut whatever is left, tails of the eve
    included. A wall time that the zone skips moves to the same distance after the gap; one that occurs
    twice means its first occurrence.

    Attributes:
        timezone: A zone of the IANA database.
        hours: Spans of wall time by day: ``"mon"``, ``"mon-fri"``, ``"sun-thu"``, ``"mon,wed"``. Kept by
            single day.
        holidays: Dates without windows of their own. Any container of dates, copied: a list, or an object
            that answers ``date in it``, like those of the ``holidays`` package.
        breaks: Closed spans by date.
        overrides: Spans by date that replace its weekly hours; an empty list closes it.

    Raises:
        InvalidCalendar: Something is unreadable, the zone is unknown, or it would never be open.
        HorizonTooShort: A date lies outside 1970 to 2100.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> office = WorkCalendar(
    ...     timezone="America/Sao_Paulo",
    ...     hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]},
    ...     holidays=["2026-12-25"],
    ... )
    >>> thursday_5pm = datetime(2026, 12, 24, 17, tzinfo=ZoneInfo("America/Sao_Paulo"))
    >>> office.deadline(thursday_5pm, "2h").astimezone(thursday_5pm.tzinfo).isoformat()
    '2026-12-28T10:00:00-03:00'
    >>> WorkCalendar(timezone="UTC", hours={"mon": ["09:00-17:00"], "tue,wed": ["09:00-17:00"]})
    WorkCalendar(timezone='UTC', hours={'mon-wed': ['09:00-17:00']})
    """

    timezone: str
    hours: Hours = attrs.field(converter=read_hours, eq=_items)
    holidays: frozenset[date] = attrs.field(default=(), converter=read_holidays)
    breaks: DatedHours = attrs.field(factory=dict, converter=_read_breaks, eq=_items)
    overrides: DatedHours = attrs.field(factory=dict, converter=_read_overrides, eq=_items)
    _schedule: Schedule = attrs.field(init=False, eq=False)
    _line: Timeline = attrs.field(init=False, eq=False)
    _work_days: Timeline = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        days = ZoneDays(find_zone(self.timezone))
        schedule = WeekSchedule(days, self.hours, self.holidays, self.breaks, self.overrides)
        horizon = Horizon(
            days.instant_us(FIRST_DAY, 0),
            days.instant_us(LAST_DAY + 1, 0),
            f"1970-01-01 to 2100-12-31 in {self.timezone}",
        )
        line = line_of(schedule, horizon, likely_open=schedule.override_days)
        object.__setattr__(self, "_schedule", schedule)
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_work_days", work_days_of(schedule))

    @classmethod
    def always(cls, timezone: str = "UTC") -> WorkCalendar:
        """Return the calendar that never closes; *timezone* says where its dates begin.

        >>> WorkCalendar.always("UTC").deadline_us(1_000, 500)
        1500
        """
        return cls(timezone, {"mon-sun": ["00:00-24:00"]})

    @property
    def zone(self) -> str:
        """The zone in which dates are read."""
        return self.timezone

    @property
    def findings(self) -> tuple[str, ...]:
        """What was given and changes nothing: overrides on holidays, breaks while closed.

        Worked out on each call.

        >>> WorkCalendar("UTC", {"mon-fri": ["09:00-17:00"]}, breaks={"2026-03-01": ["10:00-11:00"]}).findings
        ('break 10:00-11:00 on 2026-03-01 has no effect: nothing is open then',)
        """
        assert isinstance(self._schedule, WeekSchedule)  # attrs fields carry the base's type
        return tuple(self._schedule.findings())

    def __reduce__(self) -> tuple[type[WorkCalendar], tuple[Any, ...]]:
        # What was compiled stays behind; the zone may have other rules where this is read.
        hours, breaks, overrides = dict(self.hours), dict(self.breaks), dict(self.overrides)
        return WorkCalendar, (self.timezone, hours, self.holidays, breaks, overrides)

    def __repr__(self) -> str:
        parts = [f"timezone={self.timezone!r}", f"hours={show_hours(self.hours)}"]
        if self.holidays:
            parts.append(f"holidays={[day.isoformat() for day in sorted(self.holidays)]}")
        for name, dated in (("breaks", self.breaks), ("overrides", self.overrides)):
            if dated:
                parts.append(
                    f"{name}={ {day.isoformat(): list(spans) for day, spans in dated.items()} }"
                )
        return f"WorkCalendar({', '.join(parts)})"
