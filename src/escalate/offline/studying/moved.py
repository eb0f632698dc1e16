"""Cases that moved against like ones that did not: how much longer they take, and how sure that is."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import fsum, sqrt
from statistics import NormalDist

import attrs

from escalate.offline.sums import merge_sums

Alike = tuple[str, str, str]
"""What like cases have in common: first tier, request type, priority."""


@attrs.frozen
class Cost:
    """How much longer cases take that move, in microseconds, with the ends of its interval.

    Attributes:
        moved: How many that moved have like ones that did not.
    """

    more_us: float
    low_us: float
    high_us: float
    moved: int


@attrs.define
class Moved:
    """Times of like cases, added up exactly: how many, their sum, the sum of their squares."""

    counts: Counter[tuple[Alike, bool]] = attrs.field(factory=Counter)
    sums: Counter[tuple[Alike, bool]] = attrs.field(factory=Counter)
    squares: Counter[tuple[Alike, bool]] = attrs.field(factory=Counter)

    def add(self, alike: Alike, has_moved: bool, us: int) -> None:
        """Take in the time of one case."""
        key = (alike, has_moved)
        self.counts[key] += 1
        self.sums[key] += us
        self.squares[key] += us * us

    def merge(self, other: Moved) -> None:
        """Take in what another has of other cases."""
        merge_sums(self, other)

    @property
    def cases(self) -> int:
        """How many cases moved."""
        return sum(count for (_, has_moved), count in self.counts.items() if has_moved)

    def cost(self, level: float = 0.95) -> Cost | None:
        """Return the difference, weighed by those that moved; none if none of them has its like.

        >>> moved = Moved()
        >>> for us in (10, 12):
        ...     moved.add(("N1", "login", ""), True, us)
        ...     moved.add(("N1", "login", ""), False, us - 9)
        >>> moved.cost().more_us
        9.0
        """
        both = sorted(
            alike
            for alike, has_moved in self.counts
            if has_moved and min(self.counts[alike, True], self.counts[alike, False]) > 1
        )
        whole = sum(self.counts[alike, True] for alike in both)
        if not whole:
            return None
        more, variance = [], []
        for alike in both:
            weight = Fraction(self.counts[alike, True], whole)
            difference = self._mean(alike, has_moved=True) - self._mean(alike, has_moved=False)
            more.append(float(weight * difference))
            spread = self._of_mean(alike, has_moved=True) + self._of_mean(alike, has_moved=False)
            variance.append(float(weight * weight * spread))
        middle = fsum(more)
        half = NormalDist().inv_cdf((1 + level) / 2) * sqrt(fsum(variance))
        return Cost(middle, middle - half, middle + half, whole)

    def _mean(self, alike: Alike, *, has_moved: bool) -> Fraction:
        return Fraction(self.sums[alike, has_moved], self.counts[alike, has_moved])

    def _of_mean(self, alike: Alike, *, has_moved: bool) -> Fraction:
        """Return the variance of the mean."""
        count, total = self.counts[alike, has_moved], self.sums[alike, has_moved]
        around = self.squares[alike, has_moved] - Fraction(total * total, count)
        return around / (count - 1) / count
