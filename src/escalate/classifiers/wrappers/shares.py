"""What a verdict gives each tier, as shares of 1, however much or little its classifier said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp, fsum, isfinite, log
from typing import Final

from escalate.core.model import Tier, Verdict

LEAST: Final = 1e-12
"""What a tier is given at least where logarithms are taken: a classifier's 0 is no proof."""


def shares_of(verdict: Verdict, tiers: Sequence[Tier]) -> dict[str, float] | None:
    """Return what *verdict* gives each of *tiers*, adding up to 1, or none if it says nothing.

    Scores are taken in proportion. Where there are none, the tier named has the confidence, or all if
    none is stated, and the others share the rest.

    >>> shares_of(Verdict("N1", 0.8), [Tier("N1"), Tier("N2"), Tier("N3")])["N1"]
    0.8
    """
    names = [tier.name for tier in tiers]
    if verdict.tier not in names:
        return None
    if not verdict.scores:
        sure = 1.0 if verdict.confidence is None or len(names) == 1 else verdict.confidence
        rest = (1.0 - sure) / max(1, len(names) - 1)
        return {name: sure if name == verdict.tier else rest for name in names}
    given = {name: float(verdict.scores.get(name, 0.0)) for name in names}
    if not all(isfinite(each) and each >= 0 for each in given.values()):
        return None
    whole = fsum(given.values())
    return {name: each / whole for name, each in given.items()} if whole > 0 else None


def logs_of(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the natural logarithms of *shares*."""
    return {name: log(max(each, LEAST)) for name, each in shares.items()}


def softmax(logs: Mapping[str, float], sharpness: float = 1.0) -> dict[str, float]:
    """Return the shares that are in proportion to ``exp(sharpness * log)``.

    >>> softmax({"N1": 0.0, "N2": 0.0})
    {'N1': 0.5, 'N2': 0.5}
    """
    most = max(logs.values())
    raised = {name: exp(sharpness * (each - most)) for name, each in logs.items()}
    whole = fsum(raised.values())
    return {name: each / whole for name, each in raised.items()}


def tiers_of(labels: Iterable[str]) -> tuple[Tier, ...]:
    """Return the tiers that *labels* name, by name."""
    return tuple(Tier(name) for name in sorted(set(labels)))
