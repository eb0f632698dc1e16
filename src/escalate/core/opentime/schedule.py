"""Which spans each date is open, and so which instants: holidays, breaks, overrides, weekly hours.

A schedule turns hours as they were written into open spans of instants. It keeps nothing it has worked
out; :mod:`escalate.core.opentime.timeline` asks it once for each stretch of the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal, Protocol, TypeAlias

import attrs

from escalate.core.instants import DAY_US
from escalate.core.opentime.openinghours import (
    DatedHours,
    Hours,
    show_span,
    spans_by_day,
    spans_by_weekday,
)
from escalate.core.opentime.spans import Span, clipped, difference, intersection, union
from escalate.core.opentime.zonedays import ZoneDays, date_of, day_of

Reason: TypeAlias = Literal["holiday", "break", "override", "no hours", "no such date"]

_THURSDAY: Final = 3  # the weekday of 1970-01-01


@attrs.frozen
class DateNote:
    """Why a date has other hours than its week would give it, or none.

    Attributes:
        on: The local date.
        reason: What applies; ``"no such date"`` is one that the zone skipped.
        detail: The hours of a break or an override, ``"closed"``, or nothing.
    """

    on: date
    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.on} {self.reason}" + (f" {self.detail}" if self.detail else "")


class Schedule(Protocol):
    """Where a calendar's open spans come from."""

    @property
    def days(self) -> ZoneDays | None:
        """The zone that dates are read in; none where calendars of two zones are combined."""

    def spans_us(self, first_us: int, last_us: int, /) -> list[Span]:
        """Return the open spans inside ``[first_us, last_us)``, clipped to it, sorted and apart."""

    def day_spans_us(self, day: int, /) -> list[Span]:
        """Return the open spans that belong to a date: those that start on it, tails included."""

    def notes(self, day: int, /) -> tuple[DateNote, ...]:
        """Return what is special about a date; nothing for an ordinary open one."""

    @property
    def never_closes(self) -> bool:
        """Whether it is known to be open at every instant, without looking at each."""


class WeekSchedule:
    """Weekly hours in one zone with holidays, breaks and overrides.

    Precedence, on each date: a holiday leaves it no windows of its own; else an override replaces the
    weekly hours. Breaks then cut whatever is open, the tail of the day before included. Every edge becomes
    an instant first and the sets are made of instants, so that a break can never open anything, not even
    where the clocks jump.
    """

    __slots__ = ("_breaks", "_dated", "_days", "_holidays", "_overrides", "_week")

    def __init__(
        self,
        days: ZoneDays,
        hours: Hours,
        holidays: Iterable[date],
        breaks: DatedHours,
        overrides: DatedHours,
    ) -> None:
        self._days = days
        self._week = spans_by_weekday(hours)
        self._holidays = frozenset(map(day_of, holidays))
        self._breaks = spans_by_day(breaks)
        self._overrides = spans_by_day(overrides)
        self._dated = self._overrides | dict.fromkeys(self._holidays, ())

    @property
    def days(self) -> ZoneDays:
        """The zone that dates are read in."""
        return self._days

    @property
    def never_closes(self) -> bool:
        """Whether the weekly hours leave no gap and nothing is taken out of them."""
        if self._dated or self._breaks:
            return False
        return all(_is_whole_day(spans) for spans in self._week)

    @property
    def override_days(self) -> Iterable[int]:
        """The dates with hours of their own."""
        return self._overrides

    def spans_us(self, first_us: int, last_us: int) -> list[Span]:
        """Return the open spans inside ``[first_us, last_us)``, clipped to it."""
        # Windows and breaks reach two dates on at most, and a zone's date is one off UTC's at most.
        first, last = first_us // DAY_US - 3, last_us // DAY_US + 2
        offsets = self._days.midnight_offsets_us(first, last + 2)
        week, dated = self._week, self._dated
        found: list[Span] = []
        for day, offset, next_offset, after in zip(
            range(first, last + 1), offsets, offsets[1:], offsets[2:], strict=False
        ):
            spans = dated.get(day, week[(day + _THURSDAY) % 7])
            if offset == next_offset == after:  # no transition is near: one offset serves all edges
                midnight = day * DAY_US - offset
                for start, end in spans:  # a list built aside would cost twice as much
                    found.append((midnight + start, midnight + end))
            else:
                found += self._days.resolved(day, spans)
        return clipped(difference(union(found), self._cuts(first, last)), first_us, last_us)

    def day_spans_us(self, day: int) -> list[Span]:
        """Return the open spans of the windows that start on a date, breaks taken out."""
        own = union(self._days.resolved(day, self._wall_spans(day)))
        return difference(own, self._cuts(day - 2, day + 2)) if own else own

    def notes(self, day: int) -> tuple[DateNote, ...]:
        """Return what is special about a date."""
        on = date_of(day)
        cut = [DateNote(on, "break", show_span(span)) for span in self._breaks.get(day, ())]
        if self._days.is_skipped(day):
            return (DateNote(on, "no such date"),)
        if day in self._holidays:
            return (DateNote(on, "holiday"), *cut)
        if day in self._overrides:
            hours = ", ".join(map(show_span, self._overrides[day])) or "closed"
            return (DateNote(on, "override", hours), *cut)
        if not self._wall_spans(day):
            return (DateNote(on, "no hours"), *cut)
        return tuple(cut)

    def findings(self) -> Iterator[str]:
        """Yield the overrides and breaks that change nothing, oldest first."""
        for day in sorted(self._overrides.keys() | self._breaks.keys()):
            where = f"on {date_of(day)} has no effect"
            if self._days.is_skipped(day):
                kinds = [("override", self._overrides), ("break", self._breaks)]
                yield from (
                    f"{kind} {where}: the zone skipped that date" for kind, of in kinds if day in of
                )
                continue
            if day in self._overrides and day in self._holidays:
                yield f"override {where}: that date is a holiday"
            nearby = range(day - 2, day + 3)
            open_then = union(
                span
                for near in nearby
                for span in self._days.resolved(near, self._wall_spans(near))
            )
            for span in self._breaks.get(day, ()):
                if not intersection(open_then, self._days.resolved(day, [span])):
                    yield f"break {show_span(span)} {where}: nothing is open then"

    def _wall_spans(self, day: int) -> tuple[Span, ...]:
        return self._dated.get(day, self._week[(day + _THURSDAY) % 7])

    def _cuts(self, first: int, last: int) -> list[Span]:
        if not self._breaks:
            return []
        near = [day for day in range(first, last + 1) if day in self._breaks]
        return union(span for day in near for span in self._days.resolved(day, self._breaks[day]))


def _is_whole_day(spans: tuple[Span, ...]) -> bool:
    # Spans must meet edge to edge: of two that overlap, one edge may fall into a gap of the clocks and
    # move past the other. Missing an odd way to write 24x7 only costs speed.
    reached = 0
    for start, end in spans:
        if (start, end) == (0, DAY_US):
            return True
        if start == reached:
            reached = end
    return reached == DAY_US
