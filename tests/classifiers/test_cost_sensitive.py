"""The tier that costs least, where too low and too high are not equally bad."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import Tier
from escalate.classifiers import CostSensitive
from escalate.errors import BadInput
from tests.classifiers.saying import TIERS, Fields, scored

FIVE = tuple(Tier(f"N{number}") for number in range(1, 6))
chances = st.lists(st.integers(0, 100), min_size=5, max_size=5).filter(any)
prices = st.floats(0, 50)


def of_least_cost(shares: list[float], under: float, over: float) -> tuple[float, list[float]]:
    """The least expected cost, and that of each tier, by the definition."""
    costs = [
        sum(
            p * (over * (chosen - right) if chosen > right else under * (right - chosen))
            for right, p in enumerate(shares)
        )
        for chosen in range(len(shares))
    ]
    return min(costs), costs


@given(chances, prices, prices)
def test_no_tier_costs_less_than_the_one_chosen(
    weights: list[int], under: float, over: float
) -> None:
    """Held against trying every tier."""
    shares = [each / sum(weights) for each in weights]
    said = CostSensitive(Fields(), under, over).classify(scored(*shares), FIVE)
    least, costs = of_least_cost(shares, under, over)
    assert costs[[tier.name for tier in FIVE].index(said.tier)] == pytest.approx(least, abs=1e-9)


@given(chances)
def test_where_both_cost_the_same_it_is_the_median(weights: list[int]) -> None:
    """With symmetric prices, half of the chances lie on either side of the tier chosen."""
    said = CostSensitive(Fields(), 1, 1).classify(
        scored(*(w / sum(weights) for w in weights)), FIVE
    )
    at = [tier.name for tier in FIVE].index(said.tier)
    assert 2 * sum(weights[:at]) <= sum(weights) + 1e-9
    assert 2 * sum(weights[at + 1 :]) <= sum(weights) + 1e-9


@given(chances)
def test_the_dearer_too_low_is_the_higher_a_ticket_starts(weights: list[int]) -> None:
    """Raising the price of starting too low never lowers a tier."""
    ticket = scored(*(each / sum(weights) for each in weights))
    said = [
        CostSensitive(Fields(), under, 1).classify(ticket, FIVE).tier for under in (0, 1, 3, 9, 99)
    ]
    assert all(low <= high for low, high in pairwise(said))


def test_a_change_says_what_it_saves() -> None:
    """An agent sees that a ticket started higher than likeliest, and why."""
    said = CostSensitive(Fields(), under=3, over=1).classify(scored(0.6, 0.4, 0.0), TIERS)
    assert (said.tier, said.confidence) == ("N2", 0.4)
    assert said.why[0] == ("cheaper than N1", pytest.approx(0.6))


def test_nothing_changes_where_the_likeliest_is_cheapest_or_nobody_knows() -> None:
    """A verdict that is right stays the same object of thought, and an abstention too."""
    for ticket in (scored(0.9, 0.1, 0.0), scored()):
        assert CostSensitive(Fields()).classify(ticket, TIERS) == Fields().classify(ticket, TIERS)


def test_a_price_is_not_negative() -> None:
    """Nobody earns by a wrong tier."""
    with pytest.raises(BadInput, match=r"CostSensitive.under: got -1, wanted a number, 0 or more"):
        CostSensitive(Fields(), under=-1)
