"""How far a figure may be off by chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Literal, TypeVar

import attrs

Item = TypeVar("Item")


@attrs.frozen
class Estimate:
    """A figure and its confidence interval. All are none where the figure is not defined.

    Attributes:
        value: The figure on what was seen.
        low: The lower end of the interval.
        high: The upper end.
        unit: What it is in: a share of 1, which reads as a percentage, or any other number.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    unit: Literal["share", "number"] = "share"

    def __str__(self) -> str:
        if self.value is None:
            return "not defined"
        span = "" if self.low is None else f"  ({self.low:.3f} to {self.high:.3f})"
        return f"{self.value:.3f}{span}"


def wilson(part: float, whole: int, level: float = 0.95) -> Estimate:
    """Return the share *part* of *whole* with Wilson's score interval, which holds near 0 and 1 too.

    Where *part* sums up amounts from 0 to 1 instead of counting, the interval is rather too wide than too
    narrow: nothing between 0 and 1 spreads more than what is either.

    >>> print(wilson(0, 20))
    0.000  (0.000 to 0.161)
    """
    if not whole:
        return Estimate(None)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    # The share lies inside by the formula; clamped, since rounding may put it a hair outside.
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def bootstrap(
    items: Sequence[Item],
    figure: Callable[[Sequence[Item]], float | None],
    *,
    samples: int,
    seed: int,
    level: float = 0.95,
) -> Estimate:
    """Return *figure* of *items* with the percentile interval over *samples* drawn with replacement.

    The same seed gives the same interval. Samples in which the figure is not defined are left out.
    """
    value = figure(items) if items else None
    if value is None:
        return Estimate(None)
    dice = random.Random(seed)  # noqa: S311 - chance for a figure, not for a secret
    drawn = (figure(dice.choices(items, k=len(items))) for _ in range(samples))
    found = sorted(each for each in drawn if each is not None)
    if not found:
        return Estimate(value)
    out = (1 - level) / 2
    at = [min(len(found) - 1, int(share * len(found))) for share in (out, 1 - out)]
    return Estimate(value, found[at[0]], found[at[1]])


def paired_difference(
    both: int, only_first: int, only_second: int, neither: int, level: float = 0.95
) -> Estimate:
    """Return by how much the second share exceeds the first, where the same things were judged twice.

    The interval is the one of R. G. Newcombe, "Improved confidence intervals for the difference between
    binomial proportions based on paired data", Statistics in Medicine 17 (1998), 2635-2650, method 10:
    Wilson's intervals of the two shares, squared and added, less what their correlation accounts for.

    Args:
        both: How many have it both times.
        only_first: How many have it the first time only.
        only_second: How many have it the second time only.
        neither: How many never have it.
        level: The share of such intervals that hold.

    >>> print(paired_difference(36, 12, 2, 0))
    -0.200  (-0.340 to -0.057)
    """
    whole = both + only_first + only_second + neither
    if not whole:
        return Estimate(None)
    first = wilson(both + only_first, whole, level)
    second = wilson(both + only_second, whole, level)
    phi = _correlation(both, only_first, only_second, neither)
    assert first.value is not None
    assert first.low is not None
    assert first.high is not None
    assert second.value is not None
    assert second.low is not None
    assert second.high is not None
    down = _joined(second.value - second.low, first.high - first.value, phi)
    up = _joined(second.high - second.value, first.value - first.low, phi)
    # From the counts: to subtract the two shares would leave a rest of rounding.
    value = (only_second - only_first) / whole
    return Estimate(value, max(-1.0, value - down), min(1.0, value + up))


def _joined(one: float, other: float, phi: float) -> float:
    return sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Return Newcombe's correlation, corrected for continuity where it is positive."""
    sides = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    if not sides:
        return 0.0
    cross = both * neither - only_first * only_second
    whole = both + only_first + only_second + neither
    return (max(0.0, cross - whole / 2) if cross > 0 else cross) / sqrt(sides)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return how likely so uneven a split of changes is by chance, if each way is as likely.

    The exact test of Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12 (1947), 153-157: twice the smaller tail of a binomial
    distribution with a half.

    >>> round(mcnemar(12, 2), 4)
    0.0129
    """
    changed, fewer = only_first + only_second, min(only_first, only_second)
    # In logarithms, from the largest term down: the powers of a million changes fit no float.
    term = lgamma(changed + 1) - lgamma(fewer + 1) - lgamma(changed - fewer + 1) - changed * log(2)
    tail = part = exp(term)
    for count in range(fewer, 0, -1):
        part *= count / (changed - count + 1)
        tail += part
        if part < tail * 1e-17:
            break
    return min(1.0, 2 * tail)
