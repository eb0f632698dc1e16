"""Time-boxes: for how long a tier is more likely to solve a case than to pass it on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import attrs

from escalate.offline.figures.values import quantile
from escalate.offline.intervals import Estimate, wilson
from escalate.offline.studying.stays import Stay
from escalate.offline.sums import Spans, SpansBy

FEWEST_LEFT: Final = 20
"""A chance is looked at while so many stays still go on."""
SHARES: Final = tuple(place / 20 for place in range(20))
"""Of the stays of a tier, how many are over where its chance is looked at; 0 is at their beginning."""

Chances = Sequence["Chance"]


@attrs.frozen
class Chance:
    """How likely a stay that still goes on is to end solved.

    Attributes:
        over: Which share of the stays of the tier is over by then.
        us: When, in microseconds from their beginning.
        solved: The share of the others that ended solved.
    """

    over: float
    us: Fraction
    solved: Estimate


@attrs.define
class Ends:
    """How long stays took that ended, by tier and end."""

    solved: SpansBy[str] = attrs.field(factory=SpansBy)
    passed_on: SpansBy[str] = attrs.field(factory=SpansBy)

    def add(self, stay: Stay) -> None:
        """Take in one stay; one that the end of the log cuts says nothing."""
        if stay.end == "solved":
            self.solved.add(stay.tier, stay.spent_us)
        elif stay.end == "passed on":
            self.passed_on.add(stay.tier, stay.spent_us)

    def merge(self, other: Ends) -> None:
        """Take in what another has of other cases."""
        self.solved.merge(other.solved)
        self.passed_on.merge(other.passed_on)


@attrs.frozen
class Box:
    """A time-box in microseconds.

    Attributes:
        us: From here on the tier passes on more than it solves.
        low_us: From here on that may be so.
        high_us: From here on that is so but for chance; none if it never is.
    """

    us: Fraction
    low_us: Fraction
    high_us: Fraction | None


def still_solves(ends: Ends, tier: str) -> Chances:
    """Return how likely *tier* still solves a case, after ever longer times; empty if it has few stays."""
    solved = sorted(ends.solved.get(tier, Spans()))
    passed = sorted(ends.passed_on.get(tier, Spans()))
    every = sorted([*solved, *passed])
    found: dict[Fraction, Chance] = {}
    if not every:
        return ()
    for place in range(len(SHARES)):
        us = quantile(every, Fraction(place, len(SHARES))) if place else Fraction(0)
        left = [len(spans) - bisect_right(spans, us) for spans in (solved, passed)]
        # At the beginning all go on, those too that end at once.
        solves, passes = left if place else (len(solved), len(passed))
        if solves + passes >= FEWEST_LEFT:
            chance = wilson(solves, solves + passes)
            found.setdefault(us, Chance(SHARES[place], us, chance))
    return tuple(found.values())


def box_of(chances: Chances) -> Box | None:
    """Return the time-box that *chances* suggest; none if the tier solves more than half to the end."""
    box = _below_from([(each.us, each.solved.value or 0.0) for each in chances])
    if box is None:
        return None
    low_us = next(each.us for each in chances if (each.solved.low or 0.0) < 0.5)
    return Box(box, low_us, _below_from([(each.us, each.solved.high or 0.0) for each in chances]))


def _below_from(chances: Sequence[tuple[Fraction, float]]) -> Fraction | None:
    """Return the first time from which on all are below one half."""
    found = None
    for us, share in reversed(chances):
        if share >= 0.5:
            break
        found = us
    return found
