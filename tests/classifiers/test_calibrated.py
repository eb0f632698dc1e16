"""Calibration: confidence that means what it says."""

from __future__ import annotations

import random
from math import isclose, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Tier, Verdict
from escalate.classifiers import Calibrated
from escalate.classifiers.wrappers.calibrated import most_likely_temperature
from escalate.classifiers.wrappers.shares import logs_of, softmax
from escalate.errors import BadInput
from tests.classifiers.saying import TIERS, Fields, scored

weights = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda each: sum(each) > 1e-6)


@given(weights, st.floats(0.05, 20))
def test_it_changes_no_tier(given_weights: list[float], temperature: float) -> None:
    """Calibration changes how sure a verdict is, never where it points, nor which tier comes before which."""
    ticket = scored(*given_weights)
    before = Fields().classify(ticket, TIERS)
    after = Calibrated(Fields(), temperature).classify(ticket, TIERS)
    assert after.tier == before.tier
    assert isclose(sum(after.scores.values()), 1)
    assert after.confidence == after.scores[after.tier] == max(after.scores.values())
    order = sorted(before.scores, key=lambda name: before.scores[name])
    assert [after.scores[name] for name in order] == sorted(after.scores.values())


def test_a_temperature_of_one_leaves_shares_as_they_are() -> None:
    """A classifier that is calibrated already stays as it is."""
    said = Calibrated(Fields()).classify(scored(0.2, 0.3, 0.5), TIERS)
    assert all(
        isclose(said.scores[n], p) for n, p in zip(said.scores, (0.2, 0.3, 0.5), strict=True)
    )


def test_an_abstention_stays_one() -> None:
    """A classifier that does not know does not come to know by calibration."""
    assert Calibrated(Fields()).classify(scored(), TIERS).reason == "no scores"


@settings(max_examples=6)
@given(st.integers(0, 10**6), st.sampled_from([0.4, 1.0, 2.5]))
def test_the_temperature_that_spoilt_the_scores_is_found(seed: int, spoilt: float) -> None:
    """Labels drawn from true chances, and scores that exaggerate them: fitting finds by how much."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    examples = []
    for _ in range(1500):
        truth = [dice.random() ** 2 + 0.01 for _ in TIERS]
        logs = {tier.name: log(each / sum(truth)) for tier, each in zip(TIERS, truth, strict=True)}
        label = dice.choices(list(logs), truth)[0]
        examples.append(({name: spoilt * each for name, each in logs.items()}, label))
    assert 0.75 * spoilt < most_likely_temperature(examples) < 1.35 * spoilt


@settings(max_examples=40)
@given(st.lists(st.tuples(weights, st.integers(0, 2)), min_size=1, max_size=20))
def test_no_other_temperature_makes_the_labels_likelier(
    examples: list[tuple[list[float], int]],
) -> None:
    """It is the maximum of the likelihood, held against a grid."""
    known = [
        (logs_of({t.name: w / sum(ws) for t, w in zip(TIERS, ws, strict=True)}), TIERS[right].name)
        for ws, right in examples
    ]

    def likelihood(temperature: float) -> float:
        return sum(log(max(softmax(z, 1 / temperature)[y], 1e-300)) for z, y in known)

    best = likelihood(most_likely_temperature(known))
    assert all(likelihood(50 ** (step / 20)) <= best + 1e-4 for step in range(-20, 21))


def test_fitting_returns_a_new_one_and_leaves_out_what_was_not_answered() -> None:
    """A held-out ticket on which the classifier abstains says nothing about its confidence."""
    tickets = [scored(0.1, 0.9, 0.0)] * 10 + [scored()]
    raw = Calibrated(Fields())
    fitted = raw.fit(tickets, ["N2"] * 7 + ["N1"] * 3 + ["N3"], TIERS)
    assert raw.temperature == 1
    assert fitted.classify(tickets[0], TIERS).confidence == pytest.approx(0.7, abs=1e-3)
    assert fitted.version == f"1, temperature={fitted.temperature!r}"


def test_without_an_answer_there_is_nothing_to_fit() -> None:
    """An error says that it needs examples that the classifier answers."""
    with pytest.raises(BadInput, match=r"Calibrated.fit: got '1 tickets', wanted examples that"):
        Calibrated(Fields()).fit([scored()], ["N1"])
    with pytest.raises(BadInput, match=r"Calibrated.temperature: got 0, wanted a number above 0"):
        Calibrated(Fields(), 0)


def test_a_rule_that_is_always_sure_gets_the_confidence_that_it_deserves() -> None:
    """A classifier that states no confidence is given one by how often it was right."""
    rule = Calibrated(lambda ticket: Verdict("N2"))
    fitted = rule.fit([scored()] * 10, ["N2"] * 8 + ["N1"] * 2, [Tier("N1"), Tier("N2")])
    said = fitted.classify(scored(), [Tier("N1"), Tier("N2")])
    assert said.confidence == pytest.approx(0.8, abs=1e-3)
    assert said.meaning == "probability"
