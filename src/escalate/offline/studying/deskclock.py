"""The clock on the desk's own wall: in whose zone days and weeks begin."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from escalate.core.instants import DAY_US, as_instant
from escalate.core.opentime.timeline import OpenTime
from escalate.core.workcalendar import WorkCalendar
from escalate.offline.studying.terms import Terms

UNKNOWN: Final = "by the clock of UTC, as nothing says the desk's own zone"
"""How the clock is called where neither a policy nor ``hours=`` nor the log's mapping says the zone."""
_NOBODYS: Final = frozenset({"UTC", "Etc/UTC"})
"""Zones that say how a log was written, and not where its desk is."""
_DAY_ZERO: Final = date(1970, 1, 1).toordinal()
_FIRST_US: Final = (date.min.toordinal() - _DAY_ZERO + 1) * DAY_US
_LAST_US: Final = (date.max.toordinal() - _DAY_ZERO - 1) * DAY_US
_ALWAYS: Final = WorkCalendar.always("UTC")  # stands in where nobody said when the desk is open


def zone_of(terms: Terms) -> tuple[ZoneInfo, str]:
    """Return the zone of the desk's clock, and how to call it."""
    calendars: list[OpenTime | None] = [terms.hours]
    if terms.policy is not None:
        name = terms.policy.calendar_name(terms.policy.entry_tier)
        calendars.append(terms.policy.calendars.get(name))  # "always" says no zone of its own
    for calendar in calendars:
        if isinstance(calendar, WorkCalendar) and calendar != _ALWAYS:
            return ZoneInfo(calendar.timezone), f"by the clock of {calendar.timezone}"
    if terms.zone is not None and terms.zone not in _NOBODYS:
        return ZoneInfo(terms.zone), f"by the clock of {terms.zone}, the zone of the log's mapping"
    return ZoneInfo("UTC"), UNKNOWN


def shown_us(at_us: int, zone: ZoneInfo) -> int:
    """Return what the clock of *zone* shows at that instant, as microseconds since 1970 began there."""
    # The first and last days that a date can name have no room for an offset.
    at_us = min(max(at_us, _FIRST_US), _LAST_US)
    offset = as_instant(at_us).astimezone(zone).utcoffset()
    assert offset is not None  # every zone has one
    return at_us + (offset.days * 86_400 + offset.seconds) * 1_000_000


def weekday_of(day: int) -> int:
    """Return the weekday of the day so many days after 1970 began; Monday is 0."""
    return (day + 3) % 7  # 1970 began on a Thursday


def iso(day: int) -> str:
    """Return the date of the day so many days after 1970 began.

    >>> iso(1)
    '1970-01-02'
    """
    return date.fromordinal(day + _DAY_ZERO).isoformat()
