"""How content customers were: ratings as a log writes them, and their mean with an interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

import attrs

from escalate.offline.intervals import Estimate, wilson

SATISFACTION: Final = "Satisfaction"
"""What the mean of all ratings is called."""
_LONGEST: Final = 20


def as_rating(text: str) -> Fraction | None:
    """Return the number that *text* writes, exactly; none if it is none, or one of no sensible size.

    >>> as_rating("4.5"), as_rating("great"), as_rating("1e999999")
    (Fraction(9, 2), None, None)
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    is_sensible = (
        number.is_finite() and len(text) <= _LONGEST and abs(number.adjusted()) <= _LONGEST
    )
    return Fraction(number) if is_sensible else None


@attrs.frozen
class Scale:
    """The ratings of a log, each with how often it was given."""

    given: Mapping[Fraction, int]

    @property
    def count(self) -> int:
        """How many ratings there are."""
        return sum(self.given.values())

    def mean(self, ratings: Counter[Fraction]) -> Estimate:
        """Return the mean of *ratings*, with Wilson's interval on the scale from the lowest to the highest.

        Without an interval where all ratings of the log are the same: how far they spread is not known.

        >>> scale = Scale({Fraction(1): 1, Fraction(5): 3})
        >>> print(scale.mean(Counter({Fraction(5): 3})))
        5.000  (2.754 to 5.000)
        """
        count = ratings.total()
        if not count:
            return Estimate(None)
        mean = sum((rating * n for rating, n in ratings.items()), Fraction()) / count
        low, high = min(self.given), max(self.given)
        if low == high:
            return Estimate(float(mean), unit="number")
        span = wilson(float((mean - low) / (high - low) * count), count)
        least, most = (
            float(low + Fraction(end or 0) * (high - low)) for end in (span.low, span.high)
        )
        return Estimate(float(mean), least, most, unit="number")
