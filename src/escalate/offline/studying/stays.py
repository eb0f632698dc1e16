"""Where a case was until it was solved: its stays in tiers, and how long each worked on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

import attrs

from escalate.offline.log import Case
from escalate.offline.studying.spending import is_work
from escalate.offline.studying.terms import Terms

Elapsed = Callable[[int, int], int]
"""Returns the time between two instants, all in microseconds."""

End = Literal["solved", "passed on", "cut"]

STAYS: Final = (
    "A stay is an unbroken run of a case's rows in one tier, up to the first completed row (status means "
    "resolved or closed); rows of unknown tier belong to the stay that they follow. It ends solved, at the "
    "completed row, or passed on, at the first row of the next tier, or is cut off by the end of the log"
)


@attrs.define
class Stay:
    """A case in one tier, from its arrival there until it leaves or is solved.

    Attributes:
        tier: Where.
        spent_us: How long, without the intervals that begin at a row that waits for the customer.
        work_us: How long of that somebody worked: the intervals in work.
        end: How it ended; by the end of the log, for all that is known, if it is cut.
    """

    tier: str
    spent_us: int = 0
    work_us: int = 0
    end: End = "cut"


def stays_of(case: Case, elapsed: Elapsed) -> tuple[Stay, ...]:
    """Return the stays of *case* until it was first completed, oldest first; none if no tier is known.

    >>> from escalate.core.status import Status
    >>> from escalate.offline.log import Row
    >>> rows = (Row(0, "N1", meaning=Status.OPEN), Row(5, "N2"), Row(9, "N2", meaning=Status.CLOSED))
    >>> [(stay.tier, stay.work_us, stay.end) for stay in stays_of(Case("7", rows), wall_clock)]
    [('N1', 5, 'passed on'), ('N2', 0, 'solved')]
    """
    stays: list[Stay] = []
    before = case.rows[0]
    for row in case.rows:
        if stays and not before.waits_for_customer:
            took_us = elapsed(before.at_us, row.at_us)
            stays[-1].spent_us += took_us
            stays[-1].work_us += took_us if is_work(before) else 0
        if row.tier is not None and (not stays or stays[-1].tier != row.tier):
            if stays:
                stays[-1].end = "passed on"
            stays.append(Stay(row.tier))
        if row.is_completed:
            if stays:
                stays[-1].end = "solved"
            break
        before = row
    return tuple(stays)


def wall_clock(start_us: int, end_us: int) -> int:
    """Return the time between two instants by the clock on the wall."""
    return end_us - start_us


def clock_of(terms: Terms) -> tuple[Elapsed, str]:
    """Return how the time of a study is counted, and how to call it."""
    if terms.hours is None:
        return wall_clock, "wall clock"
    return terms.hours.elapsed_us, "open time"


def in_order(tiers: Sequence[str], seen: Iterable[str]) -> tuple[str, ...]:
    """Return *tiers*, and behind them the others that were *seen*, by name.

    >>> in_order(("N1", "N2"), {"vendor", "N2", "lab"})
    ('N1', 'N2', 'lab', 'vendor')
    """
    return tuple(dict.fromkeys((*tiers, *sorted(seen))))
