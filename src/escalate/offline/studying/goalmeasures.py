"""What a goal of a policy may measure: each by name, with the sentence that defines it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, Literal

import attrs

from escalate.offline.figures.lines import NO_STATUS, NO_TIER, tier_runs
from escalate.offline.log import Case
from escalate.offline.studying.rating import as_rating
from escalate.offline.studying.stories import completions, there_and_back, was_one_contact
from escalate.offline.studying.telling import rating_of
from escalate.offline.studying.terms import Terms

KEPT: Final = "kept"
Unit = Literal["share", "hours", "mean"]


@attrs.frozen
class Measure:
    """A figure that a week has.

    Attributes:
        unit: A share of cases, the median of hours, or the mean of numbers.
        of: What of a completed case it is about; none if it tells nothing: for a share 1 or 0, for hours
            microseconds.
        means: Its definition, over the cases of a week.
        missing: What a log lacks that tells it of no case.
    """

    unit: Unit
    of: Callable[[Case, Terms], Fraction | int | None]
    means: str
    missing: str = NO_STATUS


def _stays(case: Case, terms: Terms) -> int | None:
    if not terms.tiers:
        return None
    return int(all(row.tier == terms.tiers[0] for row in case.rows))


def _is_one_contact(case: Case, terms: Terms) -> int | None:
    found = was_one_contact(case, terms)
    return None if found is None else int(found)


def _comes_back(case: Case, _: Terms) -> int:
    return int(any(again for _, again in completions(case)))


def _is_deflected(case: Case, terms: Terms) -> int | None:
    if not terms.bots:
        return None
    return int(case.rows[-1].is_completed and all(row.tier in terms.bots for row in case.rows))


def _us_to_completed(case: Case, _: Terms) -> int | None:
    at = case.first_completed
    return None if at is None else case.rows[at].at_us - case.rows[0].at_us


def _rating(case: Case, terms: Terms) -> Fraction | None:
    text = rating_of(case, terms)
    return None if text is None else as_rating(text)


def _moves(case: Case, _: Terms) -> int | None:
    runs = tier_runs(case)
    return len(runs) - 1 if runs else None


def _bounces(case: Case, _: Terms) -> int | None:
    runs = tier_runs(case)
    return sum(1 for _ in there_and_back(runs)) if runs else None


MEASURES: Final = {
    "stays_in_first_line": Measure(
        "share", _stays, "cases all of whose rows lie in the first line, of all", NO_TIER
    ),
    "first_contact_resolution": Measure(
        "share",
        _is_one_contact,
        "cases that never were reopened and, up to their first completed row, were in one line, one team and "
        "one person's hands, did not wait for the customer and had no further message of theirs, of all",
    ),
    "reopened": Measure(
        "share",
        _comes_back,
        "cases in which a row that is not completed follows a completed one, of all",
    ),
    "deflection": Measure(
        "share",
        _is_deflected,
        "cases all of whose rows lie in lines without humans and whose last row is completed, of all",
        "no line is known to be a bot's",
    ),
    "to_first_completed": Measure(
        "hours",
        _us_to_completed,
        "the median of the hours of wall clock from the first row to the first completed one",
    ),
    "rating": Measure(
        "mean",
        _rating,
        "the mean of the ratings, the last of each case that has one which is a number",
        "no rating of a completed case is a number",
    ),
    "bounces": Measure(
        "mean",
        _bounces,
        "the mean number of times a case goes from one line to another and right back (A, B, A)",
        NO_TIER,
    ),
    "moves": Measure(
        "mean", _moves, "the mean number of times a case goes from one line to another", NO_TIER
    ),
}
"""The measures over completed cases. Besides them there is :data:`KEPT`, over clocks."""

NAMES: Final = (KEPT, *MEASURES)
