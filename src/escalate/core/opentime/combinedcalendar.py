"""Union and intersection of calendars, by instants, across zones."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from escalate.core.opentime.calendarforms import Calendar, line_of, work_days_of
from escalate.core.opentime.schedule import DateNote, Schedule
from escalate.core.opentime.spans import Span, intersection, union
from escalate.core.opentime.timeline import Horizon, Timeline
from escalate.core.opentime.zonedays import ZoneDays

Kind: TypeAlias = Literal["|", "&"]


@attrs.frozen(cache_hash=True)
class CombinedCalendar(Calendar):
    """Open when either of two calendars is (``"|"``), or when both are (``"&"``). Write ``a | b``, ``a & b``.

    A window belongs to a date if it does so in either calendar, and working days are counted only where
    both read dates in one zone. Equal by its parts as they were given.

    Raises:
        InvalidCalendar: The two are never open together.

    >>> from datetime import UTC, datetime, timedelta
    >>> from escalate.core.workcalendar import WorkCalendar
    >>> day = WorkCalendar(timezone="UTC", hours={"mon-fri": ["08:00-16:00"]})
    >>> late = WorkCalendar(timezone="UTC", hours={"mon-sat": ["14:00-22:00"]})
    >>> start = datetime(2026, 3, 2, 15, tzinfo=UTC)
    >>> (day | late).elapsed(start, start + timedelta(days=1))
    WorkTime.parse('14h')
    >>> (day & late).elapsed(start, start + timedelta(days=1))
    WorkTime.parse('2h')
    """

    kind: Kind
    first: Calendar
    second: Calendar
    _schedule: Schedule = attrs.field(init=False, eq=False, repr=False)
    _line: Timeline = attrs.field(init=False, eq=False, repr=False)
    _work_days: Timeline = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        schedule = CombinedSchedule(self.kind, self.first, self.second)
        line = line_of(schedule, _common(self.first.horizon, self.second.horizon))
        object.__setattr__(self, "_schedule", schedule)
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_work_days", work_days_of(schedule))

    def __reduce__(self) -> tuple[type[CombinedCalendar], tuple[Kind, Calendar, Calendar]]:
        return CombinedCalendar, (self.kind, self.first, self.second)

    @property
    def zone(self) -> str | None:
        """The zone that both parts read dates in; none if they differ."""
        return self.first.zone if self.first.zone == self.second.zone else None


class CombinedSchedule:
    """The open spans of two calendars, made one."""

    __slots__ = ("_first", "_is_union", "_second", "_zone_days")

    def __init__(self, kind: Kind, first: Calendar, second: Calendar) -> None:
        self._is_union = kind == "|"
        self._first, self._second = first.schedule, second.schedule
        self._zone_days = self._first.days if first.zone == second.zone else None

    @property
    def days(self) -> ZoneDays | None:
        """The zone that both parts read dates in; none if they differ."""
        return self._zone_days

    @property
    def never_closes(self) -> bool:
        """Whether either part never closes, for a union; whether both never do, for an intersection."""
        if self._is_union:
            return self._first.never_closes or self._second.never_closes
        return self._first.never_closes and self._second.never_closes

    def spans_us(self, first_us: int, last_us: int) -> list[Span]:
        """Return the open spans inside ``[first_us, last_us)``, clipped to it."""
        one, two = self._first.spans_us(first_us, last_us), self._second.spans_us(first_us, last_us)
        return union([*one, *two]) if self._is_union else intersection(one, two)

    def day_spans_us(self, day: int) -> list[Span]:
        """Return the open spans that belong to a date in either part."""
        one, two = self._first.day_spans_us(day), self._second.day_spans_us(day)
        own = union([*one, *two])
        if self._is_union or not own:
            return own
        return intersection(own, self.spans_us(own[0][0], own[-1][1]))

    def notes(self, day: int) -> tuple[DateNote, ...]:
        """Return what either part notes on a date, where it has a bearing on the whole.

        That one part is closed all day says nothing while a union has hours by the other.
        """
        notes = tuple(dict.fromkeys([*self._first.notes(day), *self._second.notes(day)]))
        if not self._is_union or not self.day_spans_us(day):
            return notes
        return tuple(note for note in notes if note.reason not in ("holiday", "no hours"))


def _common(first: Horizon, second: Horizon) -> Horizon:
    if first == second:
        return first
    return Horizon(
        max(first.first_us, second.first_us),
        min(first.last_us, second.last_us),
        f"{first.text} and {second.text}",
    )
