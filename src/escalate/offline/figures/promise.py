"""Figures about what the first line promises: to solve a case or pass it on within an amount."""

from __future__ import annotations

from typing import Final

import attrs

from escalate.core.opentime.timeline import OpenTime
from escalate.core.worktime import WorkTime
from escalate.offline.figures.values import Figure, Share
from escalate.offline.log import Case
from escalate.offline.sums import merge_sums

_EVENT: Final = (
    "have, no more than {within} of {clock} after their first row, a completed row (status means "
    "resolved or closed) or a row in another line"
)


@attrs.define
class InTime:
    """How many of the cases that were added so far the first line solved or passed on in time.

    Attributes:
        first: The first line.
        within: How long it may keep a case.
        calendar: When it is open; without one only the clock on the wall is looked at.
    """

    first: str
    within: WorkTime
    calendar: OpenTime | None = None
    starting: int = 0
    by_wall: int = 0
    by_calendar: int = 0

    def add(self, case: Case) -> None:
        """Take in one case.

        Raises:
            HorizonTooShort: the case lies outside the years that the calendar covers; it is not taken in.
        """
        start = case.rows[0]
        if start.tier != self.first:
            return
        end_us = done_us(case, self.first)
        if end_us is not None:
            if self.calendar is not None:
                open_us = self.calendar.elapsed_us(start.at_us, end_us)
                self.by_calendar += open_us <= self.within.us
            self.by_wall += end_us - start.at_us <= self.within.us
        self.starting += 1

    def merge(self, other: InTime) -> None:
        """Take in what *other* has seen."""
        merge_sums(self, other)


def first_line_within_wall(seen: InTime) -> Figure:
    """Return how many cases are solved or leave the first line in time, by the clock on the wall."""
    title = f"Solved or passed on by the first line within {seen.within} of wall clock"
    value = Share(seen.by_wall, seen.starting)
    return Figure("first_line_within_wall", title, value, _define(seen, "wall clock"))


def first_line_within_open(seen: InTime) -> Figure:
    """Return how many cases are solved or leave the first line in time, while its calendar is open."""
    title = f"Solved or passed on by the first line within {seen.within} of open time"
    value = Share(seen.by_calendar, seen.starting)
    return Figure("first_line_within_open", title, value, _define(seen, "open time"))


def done_us(case: Case, first: str) -> int | None:
    """Return when *case* was first completed or in another known line than *first*, if ever."""
    for row in case.rows:
        if row.is_completed or row.tier not in (first, None):
            return row.at_us
    return None


def _define(seen: InTime, clock: str) -> str:
    event = _EVENT.format(within=seen.within, clock=clock)
    return (
        f"Of the cases whose first row lies in the first line ({seen.first}): those that {event}."
    )
