"""Dates and wall times of one zone, as instants.

A date is an ``int``, the days since 1970-01-01; a wall time is an ``int``, the microseconds since that
date's 00:00, and may reach into the dates after it. Nothing is open or closed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Final

from escalate.core.instants import DAY_US, as_instant
from escalate.core.opentime.spans import Span
from escalate.errors import InvalidCalendar

FIRST_DAY: Final = 0  # 1970-01-01
LAST_DAY: Final = 47_846  # 2100-12-31

_EPOCH_DATE: Final = date(1970, 1, 1)
_EPOCH_WALL: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time, on purpose without a zone
_US: Final = timedelta(microseconds=1)


def day_of(when: date) -> int:
    """Return *when* as days since 1970-01-01.

    >>> day_of(date(1970, 1, 2))
    1
    """
    return (when - _EPOCH_DATE).days


def date_of(day: int) -> date:
    """Return the date *day* days after 1970-01-01."""
    return _EPOCH_DATE + timedelta(days=day)


def find_zone(name: object) -> tzinfo:
    """Return the zone that the IANA time zone database calls *name*.

    Raises:
        InvalidCalendar: There is none; the error names the nearest.
    """
    import pendulum  # a tenth of a second, which a process without calendars never pays

    if isinstance(name, str):
        try:
            return pendulum.timezone(name)
        except (ValueError, OSError):
            # Odd names reach the file system: "Europe" is a folder there, "../etc" is refused.
            pass
    raise InvalidCalendar("timezone", name, _nearest_zones(name))


def _nearest_zones(name: object) -> str:
    import pendulum

    known = {zone.lower(): zone for zone in pendulum.timezones()}
    asked = str(name).lower().replace(" ", "_")
    close = get_close_matches(asked, known, n=3)
    # "Berlin" is far from "Europe/Berlin" by letters, yet it is the commonest slip.
    cities = [zone for zone in sorted(known) if asked and zone.rpartition("/")[2] == asked]
    names = [known[zone] for zone in dict.fromkeys([*cities, *close])][:3]
    hint = f"; did you mean {' or '.join(map(repr, names))}?" if names else ""
    return f'a zone of the IANA database, e.g. "America/Sao_Paulo"{hint}'


class ZoneDays:
    """Turns the dates and wall times of one zone into instants and back.

    A wall time that the zone skips is moved to the same distance after the gap; one that occurs twice
    means its first occurrence. That is what PEP 495 calls fold=0.
    """

    __slots__ = ("zone",)

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone

    def instant_us(self, day: int, wall_us: int) -> int:
        """Return the instant at which clocks of the zone show *wall_us* on *day*."""
        wall = _EPOCH_WALL + timedelta(days=day, microseconds=wall_us)
        return day * DAY_US + wall_us - self._offset(wall) // _US

    def wall_time(self, at_us: int) -> tuple[int, int]:
        """Return the date that the zone has at *at_us*, and its wall time."""
        local = as_instant(at_us).astimezone(self.zone)
        since_midnight = timedelta(
            hours=local.hour,
            minutes=local.minute,
            seconds=local.second,
            microseconds=local.microsecond,
        )
        return day_of(local.date()), since_midnight // _US

    def midnight_offsets_us(self, first: int, last: int) -> list[int]:
        """Return the zone's distance from UTC at 00:00 of each date from *first* through *last*."""
        at = _EPOCH_WALL + timedelta(days=first)
        one_day = timedelta(days=1)
        found, known, known_us = [], timedelta(), 0
        for _ in range(last - first + 1):
            offset = self._offset(at)
            if offset != known:
                known, known_us = offset, offset // _US
            found.append(known_us)
            at += one_day
        return found

    def is_skipped(self, day: int) -> bool:
        """Return whether the zone had no such date, as Samoa had no 2011-12-30."""
        return self.instant_us(day, 0) >= self.instant_us(day, DAY_US)

    def resolved(self, day: int, spans: Iterable[Span]) -> list[Span]:
        """Return spans of wall time on *day* as spans of instants; those that vanish are left out.

        Each edge is resolved by itself. A date that the zone skipped has no spans at all.
        """
        if self.is_skipped(day):
            return []
        edges = ((self.instant_us(day, a), self.instant_us(day, b)) for a, b in spans)
        return [(start, end) for start, end in edges if start < end]

    def _offset(self, wall: datetime) -> timedelta:
        offset = self.zone.utcoffset(wall)
        assert offset is not None, "every zone of the IANA database has an offset at any time"
        return offset
