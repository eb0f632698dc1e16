"""Figures about how long things take, in wall-clock hours.

An interval lies between two rows of a case and belongs to the earlier one; what comes after the
last row of a case is unknown and counts nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from escalate.offline.figures.values import Figure, Share, Spread, hours
from escalate.offline.log import Case, Log

_FROM_TO = (
    "Over the cases with a completed row (status means resolved or closed): hours of wall clock "
    "from the first row to the first completed one"
)
_QUANTILES = "Median and 90th percentile interpolate linearly."


def to_first_completed(log: Log) -> Figure:
    """Return how long cases take to their first completed row."""
    spans = [_until_completed(case)[0] for case in _completing(log)]
    definition = f"{_FROM_TO}. {_QUANTILES}"
    return Figure("to_first_completed", "To the first Completed", Spread.of(spans), definition)


def to_first_completed_without_waits(log: Log) -> Figure:
    """Return how long cases take to their first completed row, less waits for the customer."""
    spans = [total - waited for total, waited in map(_until_completed, _completing(log))]
    definition = (
        f"{_FROM_TO}, less the intervals before it that begin at a row that waits for the customer "
        f"(status means pending). {_QUANTILES}"
    )
    title = "To the first Completed, customer waits taken out"
    return Figure("to_first_completed_without_waits", title, Spread.of(spans), definition)


def hours_by_line(log: Log, tiers: Sequence[str]) -> Figure:
    """Return the hours that cases spend in each line."""
    spent: dict[str | None, int] = dict.fromkeys(tiers, 0)
    for case in log.cases:
        for row, us in case.intervals():
            if not row.is_completed:
                spent[row.tier] = spent.get(row.tier, 0) + us
    unknown = spent.pop(None, 0)
    value = {tier: hours(us) for tier, us in spent.items() if tier is not None}
    if unknown:
        value["unknown"] = hours(unknown)
    definition = (
        "Hours of wall clock by line: an interval between two rows of a case belongs to the line "
        "of the earlier row; intervals that begin at a completed row are left out."
    )
    return Figure("hours_by_line", "Time in each line", value, definition)


def customer_wait(log: Log) -> Figure:
    """Return the hours of waiting for customers, of all hours that cases were not completed."""
    waited = total = 0
    for case in log.cases:
        for row, us in case.intervals():
            if not row.is_completed:
                total += us
                waited += us if row.waits_for_customer else 0
    definition = (
        "Hours of wall clock ('part') in intervals that begin at a row that waits for the customer "
        "(status means pending), of the hours ('whole') in all intervals but those that begin at a "
        "completed row."
    )
    value = Share(hours(waited), hours(total))
    return Figure("customer_wait_hours", "Waiting for the customer", value, definition)


def _completing(log: Log) -> list[Case]:
    return [case for case in log.cases if case.first_completed is not None]


def _until_completed(case: Case) -> tuple[int, int]:
    """Return the time to the first completed row, and how much of it waited for the customer."""
    total = waited = 0
    for row, us in case.intervals():
        if row.is_completed:
            break
        total += us
        waited += us if row.waits_for_customer else 0
    return total, waited
