"""Figures about what the first line promises: to solve a case or pass it on within an amount."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from escalate.core.opentime.timeline import OpenTime
from escalate.core.worktime import WorkTime
from escalate.offline.figures.values import Figure, Share
from escalate.offline.log import Case, Log

_Elapsed = Callable[[int, int], int]
_EVENT: Final = (
    "have, no more than {within} of {clock} after their first row, a completed row (status means "
    "resolved or closed) or a row in another line"
)


def first_line_within_wall(log: Log, first: str, within: WorkTime) -> Figure:
    """Return how many cases are solved or leave *first* in time, by the clock on the wall."""
    value = _in_time(log, first, within, lambda start_us, end_us: end_us - start_us)
    title = f"Solved or passed on by the first line within {within} of wall clock"
    return Figure("first_line_within_wall", title, value, _define(first, within, "wall clock"))


def first_line_within_open(log: Log, first: str, within: WorkTime, calendar: OpenTime) -> Figure:
    """Return how many cases are solved or leave *first* in time, while *calendar* is open."""
    value = _in_time(log, first, within, calendar.elapsed_us)
    title = f"Solved or passed on by the first line within {within} of open time"
    return Figure("first_line_within_open", title, value, _define(first, within, "open time"))


def _define(first: str, within: WorkTime, clock: str) -> str:
    event = _EVENT.format(within=within, clock=clock)
    return f"Of the cases whose first row lies in the first line ({first}): those that {event}."


def _in_time(log: Log, first: str, within: WorkTime, elapsed_us: _Elapsed) -> Share:
    starting = [case for case in log.cases if case.rows[0].tier == first]
    ends = ((case.rows[0].at_us, _done_us(case, first)) for case in starting)
    return Share(
        sum(end is not None and elapsed_us(start, end) <= within.us for start, end in ends),
        len(starting),
    )


def _done_us(case: Case, first: str) -> int | None:
    """Return when *case* was first completed or in another known line, if ever."""
    for row in case.rows:
        if row.is_completed or row.tier not in (first, None):
            return row.at_us
    return None
