"""The tier that costs least, not the likeliest one: too low and too high are not equally bad."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from escalate.classifiers.base import TicketText
from escalate.classifiers.wrappers.around import Adjusting, at_least, with_why
from escalate.classifiers.wrappers.prices import Prices
from escalate.classifiers.wrappers.shares import shares_of
from escalate.core.model import Tier, Verdict


@attrs.frozen
class CostSensitive(Adjusting):
    """Chooses the tier of least expected cost. Put a calibrated classifier inside.

    The tiers are in order, lowest first, and the price grows with every tier between the one chosen and
    the right one. Of tiers that cost the same, the likelier one is chosen, then the lower one. The
    confidence becomes that of the tier chosen. An abstention stays what it is.

    Attributes:
        under: What each tier too low costs, in any unit.
        over: What each tier too high costs.

    Raises:
        BadInput: A price is below 0.

    >>> from escalate.classifiers import ticket_of
    >>> careful = CostSensitive(lambda ticket: Verdict("N1", 0.7), under=3, over=1)
    >>> careful.classify(ticket_of(), [Tier("N1"), Tier("N2")]).tier
    'N2'
    """

    called = "cost-sensitive"

    under: float = attrs.field(default=3.0, validator=at_least(0))
    over: float = attrs.field(default=1.0, validator=at_least(0))

    def adjust(self, said: Verdict, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the verdict for the tier of least expected cost."""
        shares = shares_of(said, tiers)
        if shares is None or said.tier is None:
            return said
        costs = Prices(self.under, self.over).expected(shares, tiers)
        chosen = min(costs, key=lambda name: (costs[name], -shares[name]))
        if chosen == said.tier:
            return said
        saved = costs[said.tier] - costs[chosen]
        other = attrs.evolve(said, tier=chosen, confidence=shares[chosen])
        return with_why(other, (f"cheaper than {said.tier}", saved))
