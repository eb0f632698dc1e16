"""Figures of what a classifier said, held against what is so."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import exp, lgamma
from statistics import fmean as mean

import attrs

from escalate import Verdict
from escalate.classifiers.wrappers.conformal import quantile_rank
from escalate.offline.learning.evaluating import calibration_error


@attrs.frozen
class Sureness:
    """How often a classifier is right, and whether it knows when.

    Attributes:
        accuracy: The share that is right; an abstention is not.
        error: The expected calibration error of those answered, in ten bins.
        surest: The share right of the surest 80 %.
    """

    accuracy: float
    error: float
    surest: float


def sureness(said: Sequence[tuple[str | None, float]], labels: Sequence[str]) -> Sureness:
    """Return the figures of labels and confidences *said*."""
    pairs = [(sure, each == label) for (each, sure), label in zip(said, labels, strict=True)]
    surest = sorted(pairs, key=lambda pair: -pair[0])[: round(0.8 * len(pairs))]
    return Sureness(
        sum(right for _, right in pairs) / len(pairs),
        calibration_error(pairs),
        sum(right for _, right in surest) / len(surest),
    )


def told(verdicts: Sequence[Verdict]) -> list[tuple[str | None, float]]:
    """Return the tier and the confidence of each verdict."""
    return [(said.tier, said.confidence or 0.0) for said in verdicts]


def partitions(scores: Sequence[float], alpha: float, times: int) -> tuple[float, float]:
    """Part *scores* at random into one half that bounds the sets and one that is counted, many times.

    Returns:
        The mean share covered, and the share of the partitions whose coverage lies in the band of 99 %.
    """
    dice, mixed, half = random.Random(0), list(scores), len(scores) // 2  # noqa: S311 - no secret
    low, high = coverage_band(half, len(scores) - half, alpha)
    found = []
    for _ in range(times):
        dice.shuffle(mixed)
        limit = sorted(mixed[:half])[quantile_rank(half, alpha) - 1]
        found.append(mean(score <= limit for score in mixed[half:]))
    return mean(found), mean(low <= share <= high for share in found)


def coverage_band(
    calibrated: int, tested: int, alpha: float, level: float = 0.99
) -> tuple[float, float]:
    """Return between which shares coverage lies with that probability, if all rows come alike.

    How many of *tested* sets hold the label is distributed as a Beta-binomial (Angelopoulos, Bates,
    arXiv:2107.07511, section 3.2); this is its central part.
    """
    rank = quantile_rank(calibrated, alpha)
    a, b = rank, calibrated + 1 - rank

    def log_beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    def probability(k: int) -> float:
        ways = lgamma(tested + 1) - lgamma(k + 1) - lgamma(tested - k + 1)
        return exp(ways + log_beta(k + a, tested - k + b) - log_beta(a, b))

    below, low, high = 0.0, 0, tested
    for k in range(tested + 1):
        before, below = below, below + probability(k)
        if before < (1 - level) / 2 <= below:
            low = k
        if before < (1 + level) / 2 <= below:
            high = k
    return low / tested, high / tested
