"""How good verdicts are, by what it costs a desk; how many are right comes last.

A classifier that sends all to N1 is right as often as N1 is. So the first figures are those that it cannot
win that way: agreement beyond chance, with tiers far apart weighing more; cost; tickets started too low.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from math import fsum
from typing import Any

import attrs

from escalate.classifiers.wrappers.prices import Prices
from escalate.core.model import Tier, Verdict, as_tier
from escalate.errors import BadInput, nearest
from escalate.offline.intervals import Estimate, bootstrap, wilson
from escalate.offline.learning.picture import Curve, Panel, picture

Pair = tuple[int, int]
"""Where a ticket starts and where it belongs, counted from the lowest tier."""
Sure = tuple[float, bool]
"""A confidence, and whether the verdict was right."""


@attrs.frozen
class Bin:
    """Verdicts of about the same confidence.

    Attributes:
        count: How many there are.
        confidence: Their mean confidence.
        right: Which share of them was right.
    """

    count: int
    confidence: float
    right: float


@attrs.frozen(kw_only=True)
class Evaluation:
    """How good verdicts are. ``str()`` makes a page of it, ``to_svg()`` a picture.

    Attributes:
        tickets: How many tickets there are.
        answered: Which share of them the classifier named a tier for.
        kappa: Agreement beyond chance with where tickets belong, from -1 to 1, weighed by the squared
            distance of the tiers (Cohen 1968); not defined where all are of one tier and start there.
        cost: What a ticket costs on average, at the prices given.
        under: Which share of the tickets would start too low.
        over: Which share would start too high.
        risk_coverage: For the surest verdicts, as (share of all tickets, share of those that is wrong),
            from the surest on; verdicts of equal confidence come together.
        area: The area under that curve, up to the share answered, over that share: the mean risk.
        ece: The expected calibration error: how far confidence and being right lie apart on average.
        bins: The verdicts by confidence, in ten bins of equal width; empty ones are left out.
        accuracy: Which share of the tickets would start where they belong.
    """

    tickets: int
    answered: Estimate
    kappa: Estimate
    cost: Estimate
    under: Estimate
    over: Estimate
    risk_coverage: tuple[tuple[float, float], ...]
    area: float | None
    ece: Estimate
    bins: tuple[Bin, ...]
    accuracy: Estimate

    def risk_at(self, coverage: float) -> float | None:
        """Return which share of the surest verdicts is wrong, where they are *coverage* of all tickets.

        It is that of the fewest that are as many; none if not so many were answered.
        """
        return next((risk for share, risk in self.risk_coverage if share >= coverage), None)

    def __str__(self) -> str:
        area = "not defined" if self.area is None else f"{self.area:.3f}"
        lines = [
            ("tickets", str(self.tickets)),
            ("answered", str(self.answered)),
            ("quadratic weighted kappa", str(self.kappa)),
            ("expected cost", str(self.cost)),
            ("started too low", str(self.under)),
            ("started too high", str(self.over)),
            ("mean risk over coverage", area),
            ("expected calibration error", str(self.ece)),
            ("accuracy", str(self.accuracy)),
        ]
        return "\n".join(f"{title:<27}{value}" for title, value in lines)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return attrs.asdict(self)

    def to_svg(self, title: str = "") -> str:
        """Return a picture: how wrong the surest are, and whether confidence means what it says."""
        risk = Curve("wrong", self.risk_coverage)
        right = Curve(
            "right", tuple((each.confidence, each.right) for each in self.bins), dots=True
        )
        even = Curve("as stated", ((0.0, 0.0), (1.0, 1.0)), dashed=True)
        return picture(
            title,
            (
                Panel("Risk and coverage", "share of tickets, surest first", "wrong", (risk,)),
                Panel("Calibration", "confidence", "right", (even, right)),
            ),
        )


def evaluate(  # noqa: PLR0913  one keyword for each thing that a desk may price or set
    verdicts: Sequence[Verdict],
    labels: Sequence[str],
    tiers: Sequence[Tier | str],
    *,
    under: float = 3.0,
    over: float = 1.0,
    entry: str | None = None,
    place_at: float = 0.0,
    samples: int = 400,
    seed: int = 0,
    level: float = 0.95,
) -> Evaluation:
    """Return how good *verdicts* are, held against where tickets belong.

    A ticket starts where its verdict says; where the classifier abstains, or is less sure than *place_at*,
    in the entry tier, as on a desk.

    Args:
        verdicts: One for each ticket.
        labels: The name of the tier where it belongs.
        tiers: All tiers, lowest first.
        under: What each tier too low costs.
        over: What each tier too high costs.
        entry: The tier where tickets start otherwise; none means the first.
        place_at: How sure a verdict must be to place; one that states no confidence is sure.
        samples: How many samples the intervals of kappa, cost and calibration are drawn from.
        seed: For drawing them.
        level: How often an interval holds the true figure, from 0 to 1.

    Raises:
        BadInput: There are not as many labels as verdicts, none at all, or a name that is no tier.

    >>> said = [Verdict("N1", 0.9), Verdict("N2", 0.8), Verdict("N1", 0.6), Verdict("N2", 0.6)]
    >>> result = evaluate(said, ["N1", "N2", "N2", "N2"], ["N1", "N2"])
    >>> result.kappa.value, result.cost.value, result.risk_at(0.5)
    (0.5, 0.75, 0.0)
    """
    ranks = {as_tier(tier).name: rank for rank, tier in enumerate(tiers)}
    if not labels or len(verdicts) != len(labels):
        wanted = f"one for each of {len(verdicts)} verdicts"
        raise BadInput("evaluate.labels", f"{len(labels)} labels", wanted)
    start = entry or next(iter(ranks), "")
    for name in {start, *labels, *(each.tier for each in verdicts if each.tier is not None)}:
        if name not in ranks:
            raise BadInput("evaluate", name, nearest(name, ranks))

    def starts(said: Verdict) -> str:
        sure = said.confidence is None or said.confidence >= place_at
        return said.tier if said.tier is not None and sure else start

    pairs = [
        (ranks[starts(said)], ranks[label]) for said, label in zip(verdicts, labels, strict=True)
    ]
    sure = [
        (said.confidence, said.tier == label)
        for said, label in zip(verdicts, labels, strict=True)
        if said.tier is not None and said.confidence is not None
    ]
    count, draw = len(pairs), partial(bootstrap, samples=samples, seed=seed, level=level)
    curve = risk_coverage(verdicts, labels)
    return Evaluation(
        tickets=count,
        answered=wilson(sum(each.tier is not None for each in verdicts), count, level),
        kappa=draw(pairs, quadratic_kappa),
        cost=draw(pairs, partial(_mean_cost, Prices(under, over))),
        under=wilson(sum(chosen < right for chosen, right in pairs), count, level),
        over=wilson(sum(chosen > right for chosen, right in pairs), count, level),
        risk_coverage=curve,
        area=_area(curve),
        ece=draw(sure, calibration_error),
        bins=_bins(sure),
        accuracy=wilson(sum(chosen == right for chosen, right in pairs), count, level),
    )


def quadratic_kappa(pairs: Sequence[Pair]) -> float | None:
    """Return Cohen's kappa with quadratic weights; none where chance alone would agree in all.

    >>> quadratic_kappa([(0, 0), (1, 1), (2, 2)])
    1.0
    """
    seen = Counter(pairs)
    chosen, right = Counter(pair[0] for pair in pairs), Counter(pair[1] for pair in pairs)
    apart = sum(times * (a - b) ** 2 for (a, b), times in seen.items())
    by_chance = sum(n * m * (a - b) ** 2 for a, n in chosen.items() for b, m in right.items())
    return None if not by_chance else 1 - apart * len(pairs) / by_chance


def _mean_cost(prices: Prices, pairs: Sequence[Pair]) -> float:
    seen = Counter(pairs)
    return fsum(times * prices.of(*pair) for pair, times in seen.items()) / len(pairs)


def risk_coverage(
    verdicts: Sequence[Verdict], labels: Sequence[str]
) -> tuple[tuple[float, float], ...]:
    """Return what :attr:`Evaluation.risk_coverage` holds; a verdict that states no confidence is sure."""
    answered = sorted(
        (
            (1.0 if said.confidence is None else said.confidence, said.tier != label)
            for said, label in zip(verdicts, labels, strict=True)
            if said.tier is not None
        ),
        reverse=True,
    )
    points = []
    wrong = 0
    for place, (confidence, is_wrong) in enumerate(answered, 1):
        wrong += is_wrong
        # Among equals nobody is surer, so a curve through the midst of them would be made up.
        if place == len(answered) or answered[place][0] != confidence:
            points.append((place / len(labels), wrong / place))
    return tuple(points)


def _area(curve: Sequence[tuple[float, float]]) -> float | None:
    before, parts = 0.0, []
    for coverage, risk in curve:
        parts.append((coverage - before) * risk)
        before = coverage
    return fsum(parts) / before if before else None


def _bins(sure: Sequence[Sure], count: int = 10) -> tuple[Bin, ...]:
    sums: dict[int, list[float]] = {}
    for confidence, right in sure:
        found = sums.setdefault(min(count - 1, int(confidence * count)), [0, 0.0, 0])
        found[0] += 1
        found[1] += confidence
        found[2] += right
    return tuple(Bin(int(n), total / n, right / n) for _, (n, total, right) in sorted(sums.items()))


def calibration_error(sure: Sequence[Sure]) -> float:
    """Return how far confidence and being right lie apart, on average over verdicts, in ten bins."""
    apart = fsum(each.count * abs(each.confidence - each.right) for each in _bins(sure))
    return apart / len(sure)
