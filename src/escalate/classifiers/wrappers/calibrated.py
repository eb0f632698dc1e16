"""Confidence that means what it says: of a hundred verdicts at 0.8, eighty are right.

The temperature is that of Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks" (ICML
2017, https://arxiv.org/abs/1706.04599).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp, fsum, log
from typing import Final, Self

import attrs

from escalate.classifiers.base import TicketText, classify_many
from escalate.classifiers.wrappers.around import Adjusting, at_least
from escalate.classifiers.wrappers.shares import logs_of, shares_of, softmax, tiers_of
from escalate.core.model import Tier, Verdict
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput

_FURTHEST: Final = 50.0
"""How far from 1 the temperature is sought: with examples all answered right, it would sink for ever."""


@attrs.frozen
class Calibrated(Adjusting):
    """Makes probabilities of what a classifier gives each tier. It changes no tier.

    Each share is raised to the power of one over the temperature, and all are brought to 1 again: above 1
    the confidence sinks, below 1 it rises. An abstention stays what it is.

    Attributes:
        temperature: More than 0; 1 leaves all as it is.

    Raises:
        BadInput: The temperature is not above 0.

    >>> from escalate.classifiers import ticket_of
    >>> sure = Calibrated(lambda ticket: Verdict("N2", 0.9), temperature=2)
    >>> sure.classify(ticket_of(), [Tier("N1"), Tier("N2")]).confidence
    0.75
    """

    called = "calibrated"

    temperature: float = attrs.field(default=1.0, validator=at_least(0, above=True))

    @property
    def meaning(self) -> str:
        """A probability."""
        return "probability"

    def adjust(self, said: Verdict, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the verdict with shares and confidence as probabilities."""
        shares = shares_of(said, tiers)
        if said.tier is None:
            return said
        if shares is None:  # scores that are no shares: nothing can be said of how sure it is
            return attrs.evolve(said, confidence=None, scores=NOTHING, meaning="none")
        scores = softmax(logs_of(shares), 1 / self.temperature)
        return attrs.evolve(
            said, confidence=scores[said.tier], scores=scores, meaning="probability"
        )

    def fit(
        self,
        tickets: Sequence[TicketText],
        labels: Sequence[str],
        tiers: Sequence[Tier] | None = None,
    ) -> Self:
        """Return one with the temperature under which *labels* are most likely.

        Args:
            tickets: Examples that the classifier inside was **not** fitted on.
            labels: The tier of each.
            tiers: All tiers; none means those that occur in *labels*.

        Raises:
            BadInput: There is no example that the classifier inside answers.
        """
        tiers = tiers_of(labels) if tiers is None else tiers
        said = classify_many(self.inner, tickets, tiers)
        examples = []
        for verdict, label in zip(said, labels, strict=True):
            shares = shares_of(verdict, tiers)
            if shares is not None and label in shares:
                examples.append((logs_of(shares), label))
        if not examples:
            wanted = "examples that the classifier inside answers"
            raise BadInput(f"{type(self).__name__}.fit", f"{len(tickets)} tickets", wanted)
        return attrs.evolve(self, temperature=most_likely_temperature(examples))


def most_likely_temperature(examples: Iterable[tuple[Mapping[str, float], str]]) -> float:
    """Return the temperature that makes the labels of *examples* most likely, from 1/50 to 50.

    Args:
        examples: For each, the logarithm of what each tier was given, and the tier that was right.
    """
    known = list(examples)

    def slope(sharpness: float) -> float:
        """How the improbability grows with *sharpness*; it is convex in it, so the slope only grows."""
        found = []
        for logs, label in known:
            shares = softmax(logs, sharpness)
            found.append(fsum(shares[name] * logs[name] for name in logs) - logs[label])
        return fsum(found)

    low, high = -log(_FURTHEST), log(_FURTHEST)
    while high - low > 1e-6:
        middle = (low + high) / 2
        if slope(exp(middle)) > 0:
            high = middle
        else:
            low = middle
    return exp(-(low + high) / 2)
