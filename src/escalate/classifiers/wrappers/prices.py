"""What it costs to start a ticket in the wrong tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

import attrs

from escalate.classifiers.wrappers.around import at_least
from escalate.core.model import Tier


@attrs.frozen
class Prices:
    """The price of each tier by which a ticket starts too low or too high, in any unit.

    Too low costs the customer a transfer, and a second telling; too high costs the time of scarce people.

    Attributes:
        under: For each tier too low.
        over: For each tier too high.

    >>> Prices(under=3).of(0, 2), Prices(under=3).of(2, 1)
    (6.0, 1.0)
    """

    under: float = attrs.field(default=3.0, validator=at_least(0))
    over: float = attrs.field(default=1.0, validator=at_least(0))

    def of(self, chosen: int, right: int) -> float:
        """Return what tier *chosen* costs where *right* is right; both are counted from the lowest."""
        steps = chosen - right
        return float(self.over * steps if steps > 0 else self.under * -steps)

    def expected(self, shares: Mapping[str, float], tiers: Sequence[Tier]) -> dict[str, float]:
        """Return what each of *tiers*, lowest first, costs on average where *shares* are their chances."""
        return {
            tier.name: fsum(
                shares[other.name] * self.of(chosen, right) for right, other in enumerate(tiers)
            )
            for chosen, tier in enumerate(tiers)
        }
