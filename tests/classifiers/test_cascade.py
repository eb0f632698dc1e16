"""Cheap first, then costly, then a person: as long as asking on is worth its price."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import ABSTAIN, Tier, Verdict
from escalate.classifiers import Cascade, Stage, TicketText, verdict_of
from escalate.errors import BadInput
from tests.classifiers.saying import TIERS, Fields, scored


class Told:
    """Answers with the shares it was given, and counts how often it was asked."""

    version = "1"

    def __init__(self, name: str, *shares: float) -> None:
        self.name, self.shares, self.asked = name, shares, 0

    def classify(self, ticket: TicketText, tiers: list[Tier]) -> Verdict:
        """Return the tier with the largest share."""
        self.asked += 1
        if not self.shares:
            return ABSTAIN("no opinion")
        scores = dict(zip((tier.name for tier in tiers), self.shares, strict=True))
        return Verdict(max(scores, key=lambda name: scores[name]), max(self.shares), scores)


def test_a_sure_rule_asks_nobody_else() -> None:
    """What is certain is not asked about again, however cheap the next one is."""
    rules, model = Told("rules", 0, 1, 0), Told("model", 1, 0, 0)
    said = Cascade([rules, model]).classify(scored(), TIERS)
    assert (said.tier, model.asked, said.why) == ("N2", 0, (("asked rules", 1.0),))


@pytest.mark.parametrize(("price", "asked"), [(0.19, 1), (0.21, 0)])
def test_the_next_is_asked_as_long_as_it_is_worth_its_price(price: float, asked: int) -> None:
    """0.9 for N1 leaves 0.3 to be expected; one that leaves a third of that is worth 0.2."""
    model, llm = Told("model", 0.9, 0.1, 0), Told("llm", 0, 1, 0)
    Cascade([model, Stage(llm, cost=price, leaves=1 / 3)], under=3).classify(scored(), TIERS)
    assert llm.asked == asked


def test_a_person_is_asked_where_that_is_cheaper_than_a_guess() -> None:
    """An even doubt that nobody can lift goes to a person, with what is known."""
    said = Cascade([Told("model", 0.4, 0.3, 0.3)], person=0.5).classify(scored(), TIERS)
    assert (said.tier, said.reason) == (None, "a person is cheaper")
    assert said.scores == {"N1": 0.4, "N2": 0.3, "N3": 0.3}


def test_of_nothing_known_the_next_is_asked_and_at_the_end_it_abstains() -> None:
    """A rule without an opinion leaves it to the model; where none has one, so says the verdict."""
    rules, model = Told("rules"), Told("model", 1, 0, 0)
    assert Cascade([rules, Stage(model, cost=0.5)]).classify(scored(), TIERS).tier == "N1"
    assert Cascade([rules, Told("other")]).classify(scored(), TIERS).reason == "no opinion"


def test_a_stage_that_fails_is_told_and_passed_over() -> None:
    """An outage of one classifier costs its answer and nothing else."""

    def broken(ticket: TicketText) -> str:
        raise ConnectionError(ticket.text)

    said = Cascade([broken, Told("model", 1, 0, 0)]).classify(scored(), TIERS)
    assert said.tier == "N1"
    assert said.why[:2] == (("asked broken", 1.0), ("broken failed: ConnectionError", 1.0))
    assert Cascade([broken]).classify(scored(), TIERS).reason == "failed"


def test_a_stage_that_helps_nothing_is_skipped_for_one_that_does() -> None:
    """It need not be the next one: what matters is price and what is left."""
    useless, llm = Told("useless", 0.5, 0.5, 0), Told("llm", 0, 1, 0)
    stages = [Told("rules"), Stage(useless, 0.1, 1.0), Stage(llm, 0.2, 0.0)]
    said = Cascade(stages).classify(scored(), TIERS)
    assert (said.tier, useless.asked, llm.asked) == ("N2", 0, 1)


shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda each: [one / sum(each) for one in each]
)


@given(st.lists(st.tuples(shares, st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=4))
def test_it_never_asks_again_nor_pays_more_than_it_declares(
    stages: list[tuple[list[float], float, float]],
) -> None:
    """Each stage is asked once at most, in order, and all prices together are the declared cost."""
    tolds = [Told(f"s{number}", *each[0]) for number, each in enumerate(stages)]
    cascade = Cascade(
        [Stage(told, cost, leaves) for told, (_, cost, leaves) in zip(tolds, stages, strict=True)]
    )
    said = cascade.classify(scored(), TIERS)
    asked = [word for word, _ in said.why if word.startswith("asked")]
    assert asked == sorted(set(asked))
    assert all(told.asked <= 1 for told in tolds)
    prices = {told.name: cost for told, (_, cost, _) in zip(tolds, stages, strict=True)}
    paid = sum(prices[word.removeprefix("asked ")] for word in asked)
    assert paid <= cascade.cost + 1e-9


def test_fitting_measures_what_each_stage_leaves() -> None:
    """A stage that is always right leaves nothing; one that guesses leaves all there was."""
    dice = random.Random(3)  # noqa: S311 - no secret
    labels = [dice.choice(["N1", "N2", "N3"]) for _ in range(300)]
    tickets = [scored(*(float(tier.name == label) for tier in TIERS)) for label in labels]
    guess = Told("guess", 0.34, 0.33, 0.33)
    fitted = Cascade([Stage(guess, 0.1), Stage(Fields(), 0.4)]).measured(tickets, labels, TIERS)
    assert fitted.stages[0].leaves > 0.9
    assert fitted.stages[1].leaves == 0
    assert fitted.classify(tickets[0], TIERS).tier == labels[0]
    assert guess.asked == len(labels)  # from now on, the guess is not worth its price


def test_a_cascade_has_a_stage() -> None:
    """With nobody to ask there is no cascade."""
    with pytest.raises(BadInput, match="at least one classifier"):
        Cascade([])


def test_its_answers_hold_the_contract() -> None:
    """What it moved to a cheaper tier is still a verdict on one of the tiers."""
    said = verdict_of(Cascade([Told("model", 0.6, 0.4, 0)], under=3), scored(), TIERS)
    assert (said.tier, said.confidence) == ("N2", 0.4)
