"""How far a figure may be off by chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import sqrt
from statistics import NormalDist
from typing import TypeVar

import attrs

Item = TypeVar("Item")


@attrs.frozen
class Estimate:
    """A figure and its confidence interval. All are none where the figure is not defined.

    Attributes:
        value: The figure on what was seen.
        low: The lower end of the interval.
        high: The upper end.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

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
