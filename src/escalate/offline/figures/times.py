"""Figures about how long things take, in wall-clock hours.

An interval lies between two rows of a case and belongs to the earlier one; what comes after the
last row of a case is unknown and counts nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import attrs

from escalate.offline.figures.values import Figure, Share, Spread, hours
from escalate.offline.log import Case, Row
from escalate.offline.sums import Spans, merge_sums

_FROM_TO: Final = (
    "Over the cases with a completed row (status means resolved or closed): hours of wall clock "
    "from the first row to the first completed one"
)
QUANTILES: Final = "Median and 90th percentile interpolate linearly."

# -- what one case tells


def unfinished(case: Case) -> Iterator[tuple[Row, int]]:
    """Yield the intervals of *case* but those that begin at a completed row."""
    for row, after in pairwise(case.rows):
        if not row.is_completed:
            yield row, after.at_us - row.at_us


def until_completed(case: Case) -> tuple[int, int] | None:
    """Return the time to the first completed row, and how much of it waited for the customer.

    None if *case* was never completed.
    """
    at = case.first_completed
    if at is None:
        return None
    rows = case.rows
    waits = (rows[i + 1].at_us - rows[i].at_us for i in range(at) if rows[i].waits_for_customer)
    return rows[at].at_us - rows[0].at_us, sum(waits)


# -- what many cases tell together


@attrs.define
class Durations:
    """How long things took in the cases that were added so far."""

    to_completed: Spans = attrs.field(factory=Spans)
    without_waits: Spans = attrs.field(factory=Spans)
    by_line: Counter[str | None] = attrs.field(factory=Counter)
    for_customer: int = 0
    unfinished: int = 0

    def add(self, case: Case) -> None:
        """Take in one case."""
        for row, us in unfinished(case):
            self.by_line[row.tier] += us
            self.unfinished += us
            if row.waits_for_customer:
                self.for_customer += us
        taken = until_completed(case)
        if taken is not None:
            total, waited = taken
            self.to_completed.add(total)
            self.without_waits.add(total - waited)

    def merge(self, other: Durations) -> None:
        """Take in what *other* has seen."""
        merge_sums(self, other)


def to_first_completed(taken: Durations) -> Figure:
    """Return how long cases take to their first completed row."""
    definition = f"{_FROM_TO}. {QUANTILES}"
    value = Spread.of(taken.to_completed)
    return Figure("to_first_completed", "To the first Completed", value, definition)


def to_first_completed_without_waits(taken: Durations) -> Figure:
    """Return how long cases take to their first completed row, less waits for the customer."""
    definition = (
        f"{_FROM_TO}, less the intervals before it that begin at a row that waits for the customer "
        f"(status means pending). {QUANTILES}"
    )
    title = "To the first Completed, customer waits taken out"
    value = Spread.of(taken.without_waits)
    return Figure("to_first_completed_without_waits", title, value, definition)


def hours_by_line(taken: Durations, tiers: Sequence[str]) -> Figure:
    """Return the hours that cases spend in each line."""
    value = {tier: hours(taken.by_line[tier]) for tier in tiers}
    if taken.by_line[None]:
        value["unknown"] = hours(taken.by_line[None])
    definition = (
        "Hours of wall clock by line: an interval between two rows of a case belongs to the line "
        "of the earlier row; intervals that begin at a completed row are left out."
    )
    return Figure("hours_by_line", "Time in each line", value, definition, "bars")


def customer_wait(taken: Durations) -> Figure:
    """Return the hours of waiting for customers, of all hours that cases were not completed."""
    definition = (
        "Hours of wall clock ('part') in intervals that begin at a row that waits for the customer "
        "(status means pending), of the hours ('whole') in all intervals but those that begin at a "
        "completed row."
    )
    value = Share(hours(taken.for_customer), hours(taken.unfinished))
    return Figure("customer_wait_hours", "Waiting for the customer", value, definition)
