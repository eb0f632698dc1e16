"""What every calendar answers, in integers, in datetimes and in numpy arrays.

The formulas are in :mod:`escalate.core.opentime.timeline`, once; here their arguments and
answers change form. Where open time comes from is for the subclasses to say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from escalate.core.instants import DAY_US, as_instant, as_us
from escalate.core.opentime.explanation import Explanation, explain
from escalate.core.opentime.schedule import Schedule
from escalate.core.opentime.spans import Span, clipped, union
from escalate.core.opentime.timeline import Horizon, Timeline
from escalate.core.opentime.zonedays import FIRST_DAY, LAST_DAY
from escalate.core.worktime import WorkTime, as_worktime
from escalate.errors import BadInput, HorizonTooShort, InvalidCalendar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from escalate.core.opentime.combinedcalendar import CombinedCalendar


class Calendar(ABC):
    """When a desk is open.

    Instants are aware datetimes of any zone; answers come in UTC. An amount of open time is a
    :class:`WorkTime` or its text (``"12h"``). Every question and answer must lie from 1970-01-01 to
    2100-12-31, both included, in the calendar's zone; outside, :class:`HorizonTooShort` names these dates,
    also for a calendar that never closes. A datetime without a zone raises :class:`NaiveInstant`.

    The forms that end in ``_us`` take and give whole microseconds: since 1970-01-01 00:00 UTC for instants,
    of open time for amounts. They check bounds but not types, and the other forms delegate to them.

    >>> from datetime import UTC
    >>> from escalate.core.workcalendar import WorkCalendar
    >>> office = WorkCalendar("UTC", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
    >>> friday_5pm = datetime(2026, 3, 6, 17, tzinfo=UTC)
    >>> show = lambda at: f"{at:%a %d %H:%M}"
    >>> show(office.deadline(friday_5pm, "4h")), show(office.due_open(friday_5pm, "4h"))
    ('Mon 09 12:00', 'Mon 09 13:00')
    >>> show(office.start_for(friday_5pm, "8h")), show(office.deadline_days(friday_5pm, 2))
    ('Thu 05 17:00', 'Tue 10 17:00')
    >>> show(office.next_close(friday_5pm)), office.is_open(friday_5pm)
    ('Fri 06 18:00', True)
    >>> monday_10am = office.deadline(friday_5pm, "2h")
    >>> office.elapsed(friday_5pm, monday_10am)
    WorkTime.parse('2h')
    >>> [(show(opens), show(closes)) for opens, closes in office.windows(friday_5pm, monday_10am)]
    [('Fri 06 17:00', 'Fri 06 18:00'), ('Mon 09 09:00', 'Mon 09 10:00')]
    """

    __slots__ = ()

    _line: Timeline
    _schedule: Schedule
    _work_days: Timeline

    @property
    @abstractmethod
    def zone(self) -> str | None:
        """The zone in which this calendar reads dates; none where two are combined."""

    @property
    def horizon(self) -> Horizon:
        """The instants that this calendar can speak about."""
        return self._line.horizon

    @property
    def schedule(self) -> Schedule:
        """Where its open spans come from; for combining calendars."""
        return self._schedule

    @property
    def line(self) -> Timeline:
        """The formulas themselves, for whoever asks them by the million."""
        return self._line

    def elapsed_us(self, start_us: int, end_us: int) -> int:
        """Return :meth:`elapsed` in whole microseconds."""
        return self._line.elapsed_us(start_us, end_us)

    def deadline_us(self, start_us: int, amount_us: int) -> int:
        """Return :meth:`deadline` in whole microseconds."""
        return self._line.deadline_us(start_us, amount_us)

    def due_open_us(self, start_us: int, amount_us: int) -> int:
        """Return :meth:`due_open` in whole microseconds."""
        return self._line.due_open_us(start_us, amount_us)

    def start_for_us(self, end_us: int, amount_us: int) -> int:
        """Return :meth:`start_for` in whole microseconds."""
        return self._line.start_for_us(end_us, amount_us)

    def next_open_us(self, at_us: int) -> int:
        """Return :meth:`next_open` in whole microseconds."""
        return self._line.next_open_us(at_us)

    def next_close_us(self, at_us: int) -> int:
        """Return :meth:`next_close` in whole microseconds."""
        return self._line.next_close_us(at_us)

    def is_open_us(self, at_us: int) -> bool:
        """Return :meth:`is_open` for whole microseconds."""
        return self._line.is_open_us(at_us)

    def deadline(self, start: datetime, amount: WorkTime | str) -> datetime:
        """Return the earliest instant at which *amount* of open time has elapsed since *start*.

        Work used up exactly at closing is due at closing. No amount at all is due at the next open
        instant, which is *start* itself while open.

        Raises:
            NaiveInstant: *start* has no zone.
            InvalidWorkTime: *amount* is unreadable.
            HorizonTooShort: *start* or the answer lies outside 1970 to 2100.
        """
        return as_instant(self._line.deadline_us(as_us(start, "start"), as_worktime(amount).us))

    def due_open(self, start: datetime, amount: WorkTime | str) -> datetime:
        """Return :meth:`deadline`, rolled to the next open instant: when somebody can act on it.

        Raises:
            NaiveInstant: *start* has no zone.
            InvalidWorkTime: *amount* is unreadable.
            HorizonTooShort: *start* or the answer lies outside 1970 to 2100.
        """
        return as_instant(self._line.due_open_us(as_us(start, "start"), as_worktime(amount).us))

    def start_for(self, end: datetime, amount: WorkTime | str) -> datetime:
        """Return the latest instant from which *amount* of open time elapses until *end*.

        For no amount at all it is *end* itself while open, else the last closing edge.

        Raises:
            NaiveInstant: *end* has no zone.
            InvalidWorkTime: *amount* is unreadable.
            HorizonTooShort: *end* or the answer lies outside 1970 to 2100.
        """
        return as_instant(self._line.start_for_us(as_us(end, "end"), as_worktime(amount).us))

    def elapsed(self, start: datetime, end: datetime) -> WorkTime:
        """Return the open time between two instants, exact to the microsecond.

        Raises:
            NaiveInstant: One of them has no zone.
            EndBeforeStart: *end* lies before *start*.
            HorizonTooShort: One of them lies outside 1970 to 2100.
        """
        return WorkTime(self._line.elapsed_us(as_us(start, "start"), as_us(end, "end")))

    def is_open(self, at: datetime) -> bool:
        """Return whether the desk is open at an instant; at a closing edge it no longer is.

        Raises:
            NaiveInstant: *at* has no zone.
            HorizonTooShort: *at* lies outside 1970 to 2100.
        """
        return self._line.is_open_us(as_us(at))

    def next_open(self, at: datetime) -> datetime:
        """Return *at* itself while open, else the next opening.

        Raises:
            NaiveInstant: *at* has no zone.
            HorizonTooShort: *at* or the answer lies outside 1970 to 2100.
        """
        return as_instant(self._line.next_open_us(as_us(at)))

    def next_close(self, at: datetime) -> datetime:
        """Return the first closing edge after *at*; windows that touch, over midnight too, are one.

        Raises:
            NaiveInstant: *at* has no zone.
            HorizonTooShort: *at* lies outside 1970 to 2100, or nothing closes before 2101.
        """
        return as_instant(self._line.next_close_us(as_us(at)))

    def windows(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Return the open spans between two instants, clipped to them, oldest first.

        Raises:
            NaiveInstant: One of them has no zone.
            EndBeforeStart: *end* lies before *start*.
            HorizonTooShort: One of them lies outside 1970 to 2100.
        """
        spans = self._line.windows_us(as_us(start, "start"), as_us(end, "end"))
        return [(as_instant(opens), as_instant(closes)) for opens, closes in spans]

    def deadline_days(self, start: datetime, days: int, *, end_of_day: bool = False) -> datetime:
        """Return the instant *days* working days later.

        A working day is a local date with hours of its own once holidays, overrides and breaks are
        applied. The answer is the same wall time on the *days*-th such date after the local date of
        *start*, moved forward into open time; with *end_of_day* it is when that date's last window closes,
        which for a night shift is on the next morning.

        Raises:
            NaiveInstant: *start* has no zone.
            BadInput: *days* is no whole number from 1 up.
            InvalidCalendar: The calendar combines two zones, so a date is not the same day in both.
            HorizonTooShort: *start* or the answer lies outside 1970 to 2100.
        """
        if isinstance(days, bool) or not isinstance(days, int) or days < 1:
            raise BadInput(
                "deadline_days(days)", days, "a whole number of working days, at least 1"
            )
        zone_days = self._schedule.days
        if zone_days is None:
            raise InvalidCalendar("deadline_days", self, "a calendar whose parts share one zone")
        start_us = as_us(start, "start")
        self._line.covering("deadline_days", start_us, start_us)
        today, wall_us = zone_days.wall_time(start_us)
        try:
            # On the line of days each working day is one unit of open time.
            day = self._work_days.deadline_us(today + 1, days) - 1
        except HorizonTooShort:
            raise self._too_far(start, days) from None
        if not end_of_day:
            return as_instant(self._line.next_open_us(zone_days.instant_us(day, wall_us)))
        closes_us = max(end for _, end in self._schedule.day_spans_us(day))
        if closes_us >= self.horizon.last_us:
            raise self._too_far(start, days)
        return as_instant(closes_us)

    def _too_far(self, start: datetime, days: int) -> HorizonTooShort:
        got = f"{start.isoformat()} and {days} working days"
        return HorizonTooShort("deadline_days", got, f"an answer from {self.horizon.text}")

    def explain(self, start: datetime, amount: WorkTime | str) -> Explanation:
        """Return how ``deadline(start, amount)`` comes about: windows used, dates passed over.

        Raises:
            NaiveInstant: *start* has no zone.
            InvalidWorkTime: *amount* is unreadable.
            HorizonTooShort: *start* or the answer lies outside 1970 to 2100.
        """
        start_us = as_us(start, "start")
        return explain(self._line, self._schedule, self.zone, start_us, as_worktime(amount))

    def deadlines(self, starts_us: ArrayLike, amounts_us: ArrayLike) -> NDArray[np.int64]:
        """Return :meth:`deadline_us` of every pair; bit for bit what a loop would give. Needs numpy.

        Args:
            starts_us: Whole microseconds since 1970-01-01 00:00 UTC; any integer dtype.
            amounts_us: Whole open microseconds. The two shapes broadcast.

        Raises:
            BadInput: One holds no whole numbers, or the shapes do not fit.
            InvalidWorkTime: An amount is negative; the first is named.
            HorizonTooShort: A start or an answer lies outside 1970 to 2100; the first is named.
        """
        from escalate.core.opentime.vectors import deadlines

        return deadlines(self._line, starts_us, amounts_us)

    def elapsed_many(self, starts_us: ArrayLike, ends_us: ArrayLike) -> NDArray[np.int64]:
        """Return :meth:`elapsed_us` of every pair; bit for bit what a loop would give. Needs numpy.

        Args:
            starts_us: Whole microseconds since 1970-01-01 00:00 UTC; any integer dtype.
            ends_us: The same. The two shapes broadcast.

        Raises:
            BadInput: One holds no whole numbers, or the shapes do not fit.
            EndBeforeStart: An end lies before its start; the first is named.
            HorizonTooShort: A start or an end lies outside 1970 to 2100; the first is named.
        """
        from escalate.core.opentime.vectors import elapsed_many

        return elapsed_many(self._line, starts_us, ends_us)

    def __or__(self, other: Calendar) -> CombinedCalendar:
        if not isinstance(other, Calendar):
            return NotImplemented
        from escalate.core.opentime.combinedcalendar import CombinedCalendar

        return CombinedCalendar("|", self, other)

    def __and__(self, other: Calendar) -> CombinedCalendar:
        if not isinstance(other, Calendar):
            return NotImplemented
        from escalate.core.opentime.combinedcalendar import CombinedCalendar

        return CombinedCalendar("&", self, other)


def line_of(schedule: Schedule, horizon: Horizon, *, likely_open: Iterable[int] = ()) -> Timeline:
    """Return the line of open time of *schedule*.

    Args:
        schedule: Where open spans come from.
        horizon: How far the line may reach.
        likely_open: Dates to look at first for an open instant, which a calendar must have.

    Raises:
        InvalidCalendar: It is never open inside *horizon*.
    """
    if schedule.never_closes:
        return Timeline.never_closing(horizon)
    first, last = horizon.first_us, horizon.last_us
    # Most calendars are open within the first days looked at; only a doubtful one is gone through.
    places = chain(
        ((day * DAY_US - DAY_US, day * DAY_US + 2 * DAY_US) for day in likely_open),
        ((at, at + 8 * DAY_US) for at in range(first, first + 32 * DAY_US, 8 * DAY_US)),
        ((at, at + 366 * DAY_US) for at in range(first, last, 366 * DAY_US)),
    )
    if not any(clipped(schedule.spans_us(start, end), first, last) for start, end in places):
        raise InvalidCalendar("hours", "no open time at all", f"some open time from {horizon.text}")
    return Timeline(schedule.spans_us, horizon)


def work_days_of(schedule: Schedule) -> Timeline:
    """Return a line whose unit is the date, open on dates that have hours."""

    def spans(first: int, last: int) -> list[Span]:
        days = range(first, min(last, LAST_DAY + 1))
        return union((day, day + 1) for day in days if schedule.day_spans_us(day))

    # One past the last date, where the last working day may end.
    return Timeline(spans, Horizon(FIRST_DAY, LAST_DAY + 2, "1970-01-01 to 2100-12-31"), step=366)
