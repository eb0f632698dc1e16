"""Sets of tiers that hold the right one as often as promised, whatever classifier is inside.

Split conformal prediction: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World" (Springer,
2005); the sets are those of Sadinle, Lei, Wasserman, "Least Ambiguous Set-Valued Classifiers With Bounded
Error Levels" (JASA 2019, https://arxiv.org/abs/1609.00451); the quantile and the exact distribution of
what is covered are in Angelopoulos, Bates, "A Gentle Introduction to Conformal Prediction"
(https://arxiv.org/abs/2107.07511), sections 1 and 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, inf
from typing import Any, Final, Self

import attrs

from escalate.classifiers.base import TicketText, classify_many, verdict_of
from escalate.classifiers.verdicts import LONGEST_WORD
from escalate.classifiers.wrappers.around import Adjusting, with_why
from escalate.classifiers.wrappers.shares import shares_of, tiers_of
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.core.protocol import RequestType
from escalate.core.sealing import NOTHING, FrozenDict
from escalate.errors import BadInput

_NOWHERE: Final = 2.0
"""What a label scores that is no tier: more than any tier can."""


def _in_order(scores: Iterable[float]) -> tuple[float, ...]:
    return tuple(sorted(scores))


def _checks(given: Iterable[RequestType] | Mapping[str, Iterable[str]]) -> Any:
    if isinstance(given, Mapping):
        return FrozenDict({name: tuple(milestones) for name, milestones in given.items()})
    return FrozenDict({each.name: tuple(c.milestone for c in each.checklist) for each in given})


def quantile_rank(examples: int, alpha: float) -> int:
    """Return which of *examples* scores, counted from the lowest, bounds the set; may be one too many.

    It is ``ceil((n + 1) * (1 - alpha))``, without a rounding error: *alpha* is taken as it is written.

    >>> quantile_rank(19, 0.05)
    19
    """
    return ceil((examples + 1) * (1 - Fraction(repr(alpha))))


@attrs.frozen
class Conformal(Adjusting):
    """Answers only when one tier is left, and otherwise says which are.

    For tickets that come as those it was fitted on, the set holds the right tier for at least ``1 - alpha``
    of them; with no example, every set holds every tier.

    - One tier: the verdict, without a confidence, so that it places whatever ``place_at`` is.
    - Two neighbours, and a check of the ticket's request type is left: an abstention that names the
      check, ``"N1 or N2: ask password_verified"``. It is the first of ``desk.next_checks(ticket)``.
    - Anything else: an abstention with the set as its reason, for a person to decide.

    Attributes:
        alpha: The share of tickets, above 0 and below 1, whose tier may be missing from the set.
        scores: What the examples scored that it was fitted on, lowest first: 1 less the share of
            the right tier.
        checks: The milestones of each request type, in order; or the policy's request types.

    Raises:
        BadInput: *alpha* does not lie between 0 and 1.
    """

    called = "conformal"

    alpha: float = attrs.field(default=0.1)
    scores: tuple[float, ...] = attrs.field(default=(), converter=_in_order, repr=False)
    checks: Mapping[str, tuple[str, ...]] = attrs.field(default=NOTHING, converter=_checks)

    @alpha.validator
    def _check_alpha(self, _: object, value: float) -> None:
        if not 0 < value < 1:
            raise BadInput("Conformal.alpha", value, "a number above 0 and below 1, such as 0.1")

    @property
    def meaning(self) -> str:
        """There is no confidence: the set says it all."""
        return "none"

    @property
    def version(self) -> str:
        """The version of the classifier inside, the promise, and what it stands on."""
        told = f"alpha={self.alpha!r}, limit={self.limit!r} of {len(self.scores)}"
        asks = [f"checks={dict(self.checks)!r}"] if self.checks else []
        return ", ".join([*([self.inner.version] if self.inner.version else []), told, *asks])

    @property
    def limit(self) -> float:
        """How much a tier may score and still be in the set; infinite with too few examples."""
        rank = quantile_rank(len(self.scores), self.alpha)
        return self.scores[rank - 1] if rank <= len(self.scores) else inf

    def set_of(self, ticket: TicketText, tiers: Sequence[Tier]) -> tuple[str, ...]:
        """Return the names of the tiers that cannot be ruled out, lowest first; possibly none."""
        return self._set(verdict_of(self.inner, ticket, tiers), tiers)

    def _set(self, said: Verdict, tiers: Sequence[Tier]) -> tuple[str, ...]:
        limit = self.limit
        scores = nonconformity(said, tiers)
        return tuple(tier.name for tier in tiers if scores[tier.name] <= limit)

    def adjust(self, said: Verdict, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the only tier that is left, or an abstention that names those that are."""
        if said.tier is None:
            return said
        names = [tier.name for tier in tiers]
        left = self._set(said, tiers)
        shares = shares_of(said, tiers) or {}
        why = tuple((f"may be {name}", shares.get(name, 0.0)) for name in left)
        if len(left) == 1:
            alone = attrs.evolve(said, tier=left[0], confidence=None, meaning="none")
            return with_why(alone, *why)
        check = self._next_check(ticket)
        neighbours = len(left) == 2 and names.index(left[1]) - names.index(left[0]) == 1
        if check is not None and neighbours:
            reason = f"{left[0]} or {left[1]}: ask {check}"
        else:
            reason = _or(left) if left else f"unlike the examples: not {_or(names)}"
        abstained = attrs.evolve(ABSTAIN(reason[:LONGEST_WORD]), scores=said.scores)
        return with_why(abstained, *why, *said.why)

    def _next_check(self, ticket: TicketText) -> str | None:
        for milestone in self.checks.get(ticket.request_type or "", ()):
            if milestone not in ticket.milestones:
                return milestone
        return None

    def fit(
        self,
        tickets: Sequence[TicketText],
        labels: Sequence[str],
        tiers: Sequence[Tier] | None = None,
    ) -> Self:
        """Return one whose promise stands on these examples.

        Args:
            tickets: Examples that the classifier inside was **not** fitted on.
            labels: The tier of each.
            tiers: All tiers; none means those that occur in *labels*.
        """
        tiers = tiers_of(labels) if tiers is None else tiers
        said = classify_many(self.inner, tickets, tiers)
        # A label that is no tier can be in no set; leaving it out would promise too much.
        scores = [
            nonconformity(each, tiers).get(label, _NOWHERE)
            for each, label in zip(said, labels, strict=True)
        ]
        return attrs.evolve(self, scores=scores)


def nonconformity(said: Verdict, tiers: Sequence[Tier]) -> dict[str, float]:
    """Return how little *said* speaks for each of *tiers*, from 0 to 1; 0 for all if it says nothing."""
    shares = shares_of(said, tiers)
    return {tier.name: 0.0 if shares is None else 1 - shares[tier.name] for tier in tiers}


def _or(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" or {names[-1]}" if len(names) > 1 else "".join(names)
