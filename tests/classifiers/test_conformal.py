"""Sets of tiers that hold the right one as often as promised."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from math import exp, lgamma, log

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Check, Desk, EscalationPolicy, Path, RequestType, Rule, Tier, Verdict
from escalate.classifiers import Conformal, TicketText
from escalate.classifiers.wrappers.conformal import quantile_rank
from escalate.core import commands as c
from escalate.errors import BadInput
from escalate.testing import ManualClock
from tests.classifiers.saying import TIERS, Fields, scored


def example(dice: random.Random) -> tuple[TicketText, str]:
    """A ticket, and a label drawn from chances that the scores only half reflect."""
    truth = [dice.random() ** 3 for _ in TIERS]
    guess = [0.5 * each + 0.5 * dice.random() for each in truth]
    label = dice.choices([tier.name for tier in TIERS], truth)[0]
    return scored(*(each / sum(guess) for each in guess)), label


def band(examples: int, asked: int, alpha: float, level: float) -> tuple[int, int]:
    """The central span of the beta-binomial that the number covered of *asked* follows, exactly.

    Given the examples, the share covered is Beta(k, n + 1 - k), k the rank of the quantile.
    """
    a = quantile_rank(examples, alpha)
    b = examples + 1 - a

    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    def chance(k: int) -> float:
        ways = lgamma(asked + 1) - lgamma(k + 1) - lgamma(asked - k + 1)
        return exp(ways + beta(k + a, asked - k + b) - beta(a, b))

    total, low, high = 0.0, None, None
    for k in range(asked + 1):
        total += chance(k)
        if low is None and total > level / 2:
            low = k
        if high is None and total >= 1 - level / 2:
            high = k
    assert low is not None
    return low, asked if high is None else high


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.sampled_from([0.02, 0.05, 0.1, 0.3]))
def test_what_is_covered_lies_in_its_exact_band(seed: int, alpha: float) -> None:
    """On tickets like those it was fitted on, sets miss as often as promised, not more seldom."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    held_out, asked = [example(dice) for _ in range(300)], [example(dice) for _ in range(300)]
    fitted = Conformal(Fields(), alpha).fit(*zip(*held_out, strict=True), TIERS)
    covered = sum(label in fitted.set_of(ticket, TIERS) for ticket, label in asked)
    # One in a billion: many draws, again at every run, must not fail by chance.
    low, high = band(300, 300, alpha, 1e-9)
    assert low <= covered <= high


def test_the_promise_is_kept_on_average_and_not_outdone() -> None:
    """Over many desks, the share of tickets covered is the rank of the quantile over n + 1."""
    dice = random.Random(7)  # noqa: S311 - no secret
    covered = 0
    for _ in range(800):
        held_out = [example(dice) for _ in range(19)]
        fitted = Conformal(Fields(), 0.1).fit(*zip(*held_out, strict=True), TIERS)
        ticket, label = example(dice)
        covered += label in fitted.set_of(ticket, TIERS)
    # 18 of 20; four standard deviations of 800 draws are 0.043.
    assert abs(covered / 800 - 18 / 20) < 0.043


@pytest.mark.parametrize(
    ("examples", "alpha", "rank"),
    [(9, 0.1, 9), (8, 0.1, 9), (19, 0.05, 19), (99, 0.1, 90), (999, 0.3, 700), (0, 0.5, 1)],
)
def test_the_quantile_is_exact(examples: int, alpha: float, rank: int) -> None:
    """A promise of 30 % on 999 examples is the 700th, though 1000 * (1 - 0.3) may not be 700 in floats."""
    assert quantile_rank(examples, alpha) == rank


def test_with_too_few_examples_nothing_is_ruled_out() -> None:
    """Eight examples cannot carry a promise of one in ten, so every tier stays possible."""
    fitted = Conformal(Fields(), 0.1).fit([scored(1.0, 0, 0)] * 8, ["N1"] * 8, TIERS)
    assert fitted.set_of(scored(1.0, 0, 0), TIERS) == ("N1", "N2", "N3")


def test_a_classifier_that_does_not_know_rules_nothing_out() -> None:
    """An abstention inside stays an abstention, with its reason, and covers every tier."""
    fitted = Conformal(Fields(), 0.1).fit([scored(1.0, 0, 0)] * 20, ["N1"] * 20, TIERS)
    assert fitted.set_of(scored(), TIERS) == ("N1", "N2", "N3")
    assert fitted.classify(scored(), TIERS).reason == "no scores"


SURE = Conformal(Fields(), 0.1, scores=[0.75] * 20)
LOGIN = RequestType("login", checklist=(Check("password_ok", "Is it right?"), Check("network_ok")))
ASKING = attrs.evolve(SURE, checks=[LOGIN])


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ((0.9, 0.05, 0.05), "N1"),
        ((0.5, 0.4, 0.1), "N1 or N2: ask password_ok"),
        ((0.1, 0.4, 0.5), "N2 or N3: ask password_ok"),
        ((0.45, 0.1, 0.45), "N1 or N3"),
        ((0.34, 0.33, 0.33), "N1, N2 or N3"),
    ],
)
def test_what_becomes_of_each_set(scores: tuple[float, ...], says: str) -> None:
    """One tier routes; two neighbours ask the next check; anything wider goes to a person."""
    said = ASKING.classify(scored(*scores, request_type="login"), TIERS)
    assert (said.tier or said.reason) == says
    assert said.why[0][0].startswith("may be N")
    assert said.confidence is None


def test_a_ticket_unlike_all_examples_goes_to_a_person() -> None:
    """Where every tier is ruled out, the promise is void for this ticket, and the reason says so."""
    strict = attrs.evolve(SURE, scores=[0.2] * 20)
    said = strict.classify(scored(0.4, 0.3, 0.3), TIERS)
    assert (said.tier, said.reason) == (None, "unlike the examples: not N1, N2 or N3")


def test_without_a_check_left_two_tiers_are_for_a_person() -> None:
    """There is nothing more to ask: the request type is unknown, or all has been asked."""
    for ticket in (
        scored(0.5, 0.4, 0.1),
        scored(0.5, 0.4, 0.1, request_type="login", milestones={"password_ok", "network_ok"}),
    ):
        assert ASKING.classify(ticket, TIERS).reason == "N1 or N2"


def test_the_check_reaches_the_agent_and_its_answer_the_classifier() -> None:
    """The desk asks what the verdict names; once it is answered, a rule has the classifier look again."""

    class Listens:
        name, version = "listens", "1"

        def classify(self, ticket: TicketText, tiers: list[Tier]) -> Verdict:
            known = "password_ok" in ticket.milestones
            return Verdict(
                "N2", scores={"N1": 0.05 if known else 0.5, "N2": 0.95 if known else 0.5}
            )

    policy = EscalationPolicy(
        "support",
        ["N1", "N2"],
        [Path("N1", "N2")],
        request_types=[LOGIN],
        rules=[Rule("look again", on="milestone", classify=True)],
    )
    asking = Conformal(Listens(), 0.1, scores=[0.6] * 20, checks=policy.request_types)
    desk = Desk(policy, classifier=asking, clock=ManualClock(datetime(2026, 3, 2, tzinfo=UTC)))
    ticket = desk.open(subject="I cannot log in", request_type="login")
    assert (ticket.tier, ticket.classification.reason) == ("N1", "N1 or N2: ask password_ok")
    assert desk.next_checks(ticket)[0].milestone == "password_ok"
    desk.handle(ticket.id, c.ReachMilestone("password_ok"))
    assert desk.ticket(ticket.id).classification.tier == desk.ticket(ticket.id).tier == "N2"


@pytest.mark.parametrize("alpha", [0, 1, -0.1, float("nan")])
def test_a_promise_lies_between_none_and_all(alpha: float) -> None:
    """A share of tickets that may be missed is above 0 and below 1."""
    with pytest.raises(BadInput, match=r"Conformal.alpha"):
        Conformal(Fields(), alpha)


def test_a_label_that_is_no_tier_makes_the_promise_wider() -> None:
    """Examples of a tier that is gone count as missed; leaving them out would promise too much."""
    fitted = Conformal(Fields(), 0.1).fit([scored(1.0, 0, 0)] * 20, ["N1"] * 17 + ["N9"] * 3, TIERS)
    assert fitted.set_of(scored(1.0, 0, 0), TIERS) == ("N1", "N2", "N3")
    assert log(fitted.limit) > 0
