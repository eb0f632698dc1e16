"""How good verdicts are, by what it costs a desk."""

from __future__ import annotations

import json
import random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from escalate import ABSTAIN, Verdict
from escalate.errors import BadInput
from escalate.offline import evaluate
from escalate.offline.intervals import bootstrap, wilson
from escalate.offline.learning.evaluating import quadratic_kappa
from escalate.offline.learning.picture import Curve, Panel, picture

TIERS = ["N1", "N2", "N3"]
pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)
cases = st.lists(
    st.tuples(
        st.one_of(
            st.just(ABSTAIN("?")),
            st.builds(
                Verdict,
                st.sampled_from(TIERS),
                st.sampled_from([None, 0.2, 0.5, 0.9]),
            ),
        ),
        st.sampled_from(TIERS),
    ),
    min_size=1,
    max_size=30,
)


@given(pairs)
def test_kappa_is_that_of_scikit_learn(seen: list[tuple[int, int]]) -> None:
    """Held against another implementation, wherever kappa is defined."""
    chosen, right = [a for a, _ in seen], [b for _, b in seen]
    assume(len({*chosen, *right}) > 1)
    oracle = cohen_kappa_score(chosen, right, weights="quadratic", labels=[0, 1, 2, 3])
    assert quadratic_kappa(seen) == pytest.approx(oracle)


def test_kappa_is_not_defined_where_all_is_one_tier() -> None:
    """Where chance alone agrees in all, there is no agreement beyond chance."""
    result = evaluate([Verdict("N1")] * 3, ["N1"] * 3, TIERS)
    assert result.kappa.value is None
    assert "not defined" in str(result)


@given(cases)
@settings(max_examples=60)
def test_each_figure_is_what_its_definition_says(seen: list[tuple[Verdict, str]]) -> None:
    """Cost, tickets too low, too high and right, from their definitions."""
    said, labels = zip(*seen, strict=True)
    result = evaluate(said, labels, TIERS, under=5, over=2, samples=2)
    starts = [TIERS.index(each.tier or "N1") for each in said]
    rights = [TIERS.index(label) for label in labels]
    gaps = [a - b for a, b in zip(starts, rights, strict=True)]
    assert result.cost.value == pytest.approx(
        sum(2 * g if g > 0 else -5 * g for g in gaps) / len(gaps)
    )
    assert result.under.value == pytest.approx(sum(g < 0 for g in gaps) / len(gaps))
    assert result.over.value == pytest.approx(sum(g > 0 for g in gaps) / len(gaps))
    assert result.accuracy.value == pytest.approx(gaps.count(0) / len(gaps))
    assert result.answered.value == pytest.approx(
        sum(each.tier is not None for each in said) / len(said)
    )


@given(cases)
@settings(max_examples=60)
def test_the_curve_is_the_risk_above_each_confidence(seen: list[tuple[Verdict, str]]) -> None:
    """Each point is what a desk gets that places from that confidence on."""
    said, labels = zip(*seen, strict=True)
    result = evaluate(said, labels, TIERS, samples=2)
    points = []
    for bound in (1.0, 0.9, 0.5, 0.2):
        kept = [
            v.tier == label
            for v, label in seen
            if v.tier is not None and (1.0 if v.confidence is None else v.confidence) >= bound
        ]
        if kept:
            points.append((len(kept) / len(seen), 1 - sum(kept) / len(kept)))
    unique = [p for place, p in enumerate(points) if place == 0 or p[0] != points[place - 1][0]]
    assert [pytest.approx(p) for p in unique] == list(result.risk_coverage)


def test_abstentions_start_in_the_entry_tier_as_on_a_desk() -> None:
    """And so do verdicts that are less sure than the policy's ``place_at``."""
    said = [ABSTAIN("?"), Verdict("N3", 0.5), Verdict("N3", 0.9)]
    result = evaluate(said, ["N2", "N2", "N3"], TIERS, entry="N2", place_at=0.8)
    assert (result.accuracy.value, result.cost.value) == (1.0, 0.0)


def test_calibration_is_how_far_confidence_and_being_right_lie_apart() -> None:
    """Nine of ten at 0.9 is perfect; at 0.7 it is 0.2 too shy."""
    labels = ["N1"] * 9 + ["N2"]
    for confidence, error in ((0.9, 0.0), (0.7, 0.2)):
        result = evaluate([Verdict("N1", confidence)] * 10, labels, TIERS)
        assert result.ece.value == pytest.approx(error)
        assert [each.count for each in result.bins] == [10]


def test_intervals_are_the_same_for_the_same_seed() -> None:
    """A report made twice says the same twice."""
    dice = random.Random(5)  # noqa: S311 - no secret
    said = [Verdict(dice.choice(TIERS), dice.random()) for _ in range(60)]
    labels = [dice.choice(TIERS) for _ in range(60)]
    first, again = (evaluate(said, labels, TIERS, seed=3) for _ in range(2))
    assert first == again
    assert first.cost != evaluate(said, labels, TIERS, seed=4).cost
    for name in ("kappa", "cost", "under", "over", "accuracy"):
        figure = getattr(first, name)
        assert figure.low <= figure.value <= figure.high


@pytest.mark.parametrize(("part", "whole"), [(0, 10), (10, 10), (3, 10), (81, 263)])
def test_wilson_solves_its_equation(part: int, whole: int) -> None:
    """Its ends are the shares that lie 1.96 of their own standard deviations from what was seen."""
    seen = wilson(part, whole)
    for end in (seen.low, seen.high):
        if 1e-9 < end < 1 - 1e-9:
            away = abs(seen.value - end) / (end * (1 - end) / whole) ** 0.5
            assert away == pytest.approx(1.959964, abs=1e-5)


def test_a_bootstrap_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of 200 intervals at 90 %, some 180 hold the mean that the samples were drawn from."""
    dice = random.Random(11)  # noqa: S311 - no secret
    held = 0
    for seed in range(200):
        drawn = [dice.gauss(0, 1) for _ in range(60)]
        span = bootstrap(
            drawn, lambda each: sum(each) / len(each), samples=100, seed=seed, level=0.9
        )
        held += span.low <= 0 <= span.high
    assert 160 <= held <= 195


def test_accuracy_comes_last() -> None:
    """What is read first is what it costs."""
    page = str(evaluate([Verdict("N1", 0.9), Verdict("N2", 0.8)], ["N1", "N3"], TIERS))
    assert page.splitlines()[-1].startswith("accuracy")
    assert page.index("kappa") < page.index("cost") < page.index("accuracy")


def test_all_of_it_goes_into_a_file() -> None:
    """As JSON, and as a picture that a browser shows."""
    result = evaluate([Verdict("N1", 0.9), Verdict("N2", 0.8)], ["N1", "N3"], TIERS)
    assert json.loads(json.dumps(result.to_json()))["tickets"] == 2
    root = ET.fromstring(result.to_svg("March"))  # noqa: S314 - our own picture
    assert root.tag.endswith("svg")
    assert "March" in {each.text for each in root.iter()}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30))
def test_whatever_a_title_says_the_picture_stays_a_picture(title: str) -> None:
    """A title with angle brackets and quotes is shown, not obeyed."""
    hostile = f"{title}</title><script>alert(1)</script>\"'&"
    svg = picture(hostile, [Panel(hostile, hostile, hostile, [Curve(hostile, ((0.0, 1.0),))])])
    root = ET.fromstring(svg)  # noqa: S314 - our own picture
    assert not [each for each in root.iter() if "script" in each.tag]
    assert {each.text for each in root.iter() if each.text and "script" in each.text} == {hostile}


def test_what_does_not_fit_together_is_refused() -> None:
    """As many labels as verdicts, at least one, and names of tiers only."""
    with pytest.raises(BadInput, match=r"got '1 labels', wanted one for each of 2 verdicts"):
        evaluate([Verdict("N1")] * 2, ["N1"], TIERS)
    with pytest.raises(BadInput, match=r"evaluate: got 'N7'; known: N1, N2, N3"):
        evaluate([Verdict("N1")], ["N7"], TIERS)
    with pytest.raises(BadInput):
        evaluate([], [], TIERS)
