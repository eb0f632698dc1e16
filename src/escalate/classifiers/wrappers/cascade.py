"""First the cheap ones, then the costly ones, then a person: as long as asking on is worth its price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, inf
from typing import Any, Self

import attrs

from escalate.classifiers.base import (
    Classifier,
    TicketText,
    as_classifier,
    cost_of,
    meaning_of,
    verdict_of,
)
from escalate.classifiers.wrappers.around import HELD, Holding, at_least, with_why
from escalate.classifiers.wrappers.prices import Prices
from escalate.classifiers.wrappers.shares import shares_of
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.errors import BadInput


@attrs.frozen
class Stage:
    """One classifier of a cascade.

    Attributes:
        classifier: The classifier, or a function of a ticket.
        cost: What asking it costs, in the unit of the prices; none means what it declares.
        leaves: Which share of the cost that was to be expected before is still to be expected after its
            answer, from 0 (it is always right) to 1 (it helps nothing). ``Cascade.measured`` measures it.
    """

    classifier: Classifier = attrs.field(converter=as_classifier)
    cost: float | None = attrs.field(default=None, validator=attrs.validators.optional(at_least(0)))
    leaves: float = attrs.field(default=0.0, validator=at_least(0))

    @property
    def price(self) -> float:
        """What asking it costs."""
        return cost_of(self.classifier) if self.cost is None else self.cost


def _stages(given: Iterable[Stage | object]) -> tuple[Stage, ...]:
    return tuple(each if isinstance(each, Stage) else Stage(each) for each in given)


@attrs.frozen
class Cascade(Holding):
    """Asks classifiers in turn until the next one is not worth its price.

    To stop costs what the best tier is expected to cost, or a person, if that is less. The next one is
    asked if its price and what it leaves of the expected cost are less than that; if not, the one after it
    is looked at. A classifier that abstains or fails leaves what was known, and a ticket of which nothing is
    known could be of any tier with equal chance. Put calibrated classifiers inside.

    The verdict's ``why`` opens with who was asked, numbered in order, and who failed; an abstention says
    ``"a person is cheaper"``, or gives the reason of the last one asked.

    Attributes:
        stages: The classifiers, cheapest first.
        under: What each tier too low costs, in any unit.
        over: What each tier too high costs.
        person: What it costs to leave the ticket to a person; infinite if there is none.

    Raises:
        BadInput: There is no stage, or a price is below 0.

    >>> from escalate.classifiers import ticket_of
    >>> def rules(ticket):
    ...     return "N2" if "VPN" in ticket.text else None
    >>> def costly(ticket):
    ...     return Verdict("N1", 0.9)
    >>> both = Cascade([rules, Stage(costly, cost=0.25)])
    >>> tiers = [Tier("N1"), Tier("N2")]
    >>> [both.classify(ticket_of(text), tiers).why for text in ("VPN down", "Hello")]
    [(('asked rules', 1.0),), (('asked rules', 1.0), ('asked costly', 2.0))]
    """

    called = "cascade"

    stages: tuple[Stage, ...] = attrs.field(converter=_stages, metadata=HELD)
    under: float = attrs.field(default=3.0, validator=at_least(0))
    over: float = attrs.field(default=1.0, validator=at_least(0))
    person: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(at_least(0))
    )

    @stages.validator
    def _check_stages(self, _: object, value: tuple[Stage, ...]) -> None:
        if not value:
            raise BadInput("Cascade.stages", value, "at least one classifier")

    @property
    def held(self) -> tuple[Classifier, ...]:
        """The classifiers, in the order in which they are asked."""
        return tuple(stage.classifier for stage in self.stages)

    @property
    def settings(self) -> dict[str, Any]:
        """The prices, and what each stage costs and leaves."""
        stages = [[stage.cost, stage.leaves] for stage in self.stages]
        return {"under": self.under, "over": self.over, "person": self.person, "stages": stages}

    @classmethod
    def holding(cls, inners: Sequence[Classifier], settings: dict[str, Any]) -> Self:
        """Return one that holds *inners* and is set as *settings* say."""
        figures = settings.pop("stages")
        stages = [Stage(inner, *each) for inner, each in zip(inners, figures, strict=True)]
        return cls(stages, **settings)

    @property
    def cost(self) -> float:
        """What an answer costs at most: every stage."""
        return fsum(stage.price for stage in self.stages)

    @property
    def meaning(self) -> str:
        """What it means inside, if it means the same everywhere; else a score, if it means anything."""
        meanings = {meaning_of(inner) for inner in self.held}
        return meanings.pop() if len(meanings) == 1 else "score"

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the verdict of the last one asked, moved to the tier that costs least."""
        knows = _Knows(Prices(self.under, self.over), tiers)
        at = self._next(knows, 0)
        while at < len(self.stages):
            stage = self.stages[at]
            knows.hear(stage, _answer(stage.classifier, ticket, tiers))
            at = self._next(knows, at + 1)
        said = knows.verdict(self._human)
        return said if said.tier is None else attrs.evolve(said, meaning=self.meaning)

    @property
    def _human(self) -> float:
        return inf if self.person is None else self.person

    def _next(self, knows: _Knows, at: int) -> int:
        """Return which stage to ask next, from *at* on; the number of stages if none is worth it."""
        stopping = min(knows.expected, self._human)
        for number in range(at, len(self.stages)):
            stage = self.stages[number]
            if stage.price + stage.leaves * knows.expected < stopping:
                return number
        return len(self.stages)

    def measured(
        self, tickets: Sequence[TicketText], labels: Sequence[str], tiers: Sequence[Tier]
    ) -> Self:
        """Return one that has measured what each stage leaves of the cost to be expected before it.

        Every stage is asked about every ticket once, whatever it costs.

        Args:
            tickets: Examples that no classifier inside was fitted on.
            labels: The tier of each.
            tiers: All tiers, lowest first.
        """
        prices = Prices(self.under, self.over)
        ranks = {tier.name: rank for rank, tier in enumerate(tiers)}
        known = [_Knows(prices, tiers) for _ in tickets]
        fitted = []
        for stage in self.stages:
            before = fsum(knows.expected for knows in known)
            after = 0.0
            for knows, ticket, label in zip(known, tickets, labels, strict=True):
                knows.hear(stage, _answer(stage.classifier, ticket, tiers))
                after += prices.of(ranks[knows.best], ranks[label])
            leaves = min(1.0, after / before) if before > 0 else 1.0
            fitted.append(attrs.evolve(stage, leaves=leaves))
        return attrs.evolve(self, stages=tuple(fitted))


def _answer(classifier: Classifier, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
    """Return what *classifier* says; one that fails says nothing, and the next may be asked."""
    try:
        return verdict_of(classifier, ticket, tiers)
    except Exception as why:  # noqa: BLE001 - any classifier may fail in any way; the verdict tells
        # Only the kind of the error: its words may quote the ticket.
        return with_why(ABSTAIN("failed"), (f"{classifier.name} failed: {type(why).__name__}", 1.0))


class _Knows:
    """What is known of one ticket so far."""

    def __init__(self, prices: Prices, tiers: Sequence[Tier]) -> None:
        self._prices, self._tiers = prices, tiers
        even = {tier.name: 1 / len(tiers) for tier in tiers}
        self._costs = prices.expected(even, tiers)
        self._shares = even
        self._said: Verdict | None = None
        self._last = ABSTAIN("nobody asked")
        self._asked: list[tuple[str, float]] = []

    def hear(self, stage: Stage, said: Verdict) -> None:
        self._asked.append((f"asked {stage.classifier.name}", len(self._asked) + 1.0))
        self._last = said
        shares = shares_of(said, self._tiers)
        if shares is not None and said.tier is not None:
            self._said, self._shares = said, shares
            self._costs = self._prices.expected(shares, self._tiers)
        elif said.reason == "failed":
            self._asked.extend(said.why)

    @property
    def best(self) -> str:
        """The tier that costs least; of equals the likelier one, then the lower one."""
        return min(self._costs, key=lambda name: (self._costs[name], -self._shares[name]))

    @property
    def expected(self) -> float:
        """What that tier is expected to cost."""
        return self._costs[self.best]

    def verdict(self, person: float) -> Verdict:
        """Return what the cascade says, where *person* is the price of leaving it to one."""
        if self._said is None:
            abstained = ABSTAIN(self._last.reason or "no opinion")
        elif person < self.expected:
            abstained = attrs.evolve(ABSTAIN("a person is cheaper"), scores=self._said.scores)
        elif self.best == self._said.tier:
            return with_why(self._said, *self._asked)
        else:
            best = self.best
            other = attrs.evolve(self._said, tier=best, confidence=self._shares[best])
            return with_why(other, *self._asked)
        return with_why(abstained, *self._asked)
