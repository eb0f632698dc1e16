"""The checks for classifiers: passed by those that are right, failed by each that is wrong in one way."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from classifier_zoo import BROKEN, GOOD, Bayes, Mute, SharedText, Words

from escalate import BadInput
from escalate.testing import (
    Check,
    ClassifierBench,
    check_classifier,
    classifier_checks,
    classifier_checks_generator,
    parametrize_with_checks,
)

CHECKS = {check.name: check for check in classifier_checks()}


@pytest.fixture(autouse=True)
def _leave_the_process_alone() -> Iterator[None]:
    """Some of the zoo seed what is random and set what is in the environment."""
    state = random.getstate()
    with patch.dict(os.environ):
        yield
    random.setstate(state)


@parametrize_with_checks(GOOD)
def test_a_classifier_that_is_right_raises_no_alarm(classifier: Any, check: Check) -> None:
    """Whatever it declares, as long as it is so."""
    check(classifier)


@pytest.mark.parametrize(
    ("broken", "check", "says"),
    BROKEN,
    ids=lambda value: getattr(value, "make", value).__name__ if not isinstance(value, str) else "",
)
def test_a_classifier_that_is_wrong_in_one_way_is_found_out(
    broken: Any, check: str, says: str
) -> None:
    """By the check that is meant for it, in words that tell its author what to mend."""
    assert not CHECKS[check].not_applicable(broken)
    with pytest.raises(AssertionError, match=says):
        CHECKS[check](broken)


def test_every_check_finds_somebody() -> None:
    """A check that nobody ever failed might check nothing."""
    assert set(CHECKS) == {check for _, check, _ in BROKEN}


def test_the_reference_lists_every_check() -> None:
    """In the order in which they are run."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "classifier-contract.md"
    table = page.read_text(encoding="utf-8").partition("| check | promise |")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(CHECKS)


@pytest.mark.parametrize("check", classifier_checks(), ids=lambda check: check.__name__)
def test_each_check_says_what_is_promised(check: Check) -> None:
    """In a sentence, for whoever reads the list."""
    assert check.promise.split("\n")[0].endswith(".") or "\n" in check.promise


class TestTheKit:
    def test_what_is_not_declared_is_not_collected(self) -> None:
        """No skip, no pass: it is not there, and the check says why."""
        names = {check.name for _, check, _ in classifier_checks_generator(Words)}
        assert "repeats_itself" in names
        assert "learns_by_fit" not in names
        assert CHECKS["learns_by_fit"].not_applicable(Words) == "no fit"
        CHECKS["learns_by_fit"](Words)
        assert "learns_by_fit" in {check.name for check in classifier_checks(Bayes)}

    def test_an_expected_failure_is_a_strict_one(self) -> None:
        """It has its reason, fails the run once it passes, and excuses no other error."""

        def test_contract(classifier: Any, check: Check) -> None: ...

        parametrize_with_checks(
            [Mute, SharedText],
            expected_failed_checks=lambda bench: (
                {"says_why_it_abstains": "not written yet"} if bench.make is Mute else {}
            ),
        )(test_contract)
        (mark,) = test_contract.pytestmark  # type: ignore[attr-defined]
        marked = [param for param in mark.args[1] if param.marks]
        assert [param.id for param in marked] == ["words-says_why_it_abstains"]
        (xfail,) = marked[0].marks
        assert xfail.name == "xfail"
        assert xfail.kwargs == {
            "reason": "not written yet",
            "strict": True,
            "raises": AssertionError,
        }

    @pytest.mark.parametrize(
        ("expected", "says"),
        [
            ({"says_why_it_abstain": "a slip"}, "did you mean 'says_why_it_abstains'"),
            ({"learns_by_fit": "it cannot"}, "does not: no fit"),
            ({"repeats_itself": ""}, "the reason"),
        ],
    )
    def test_an_expectation_that_cannot_be_is_refused(
        self, expected: dict[str, str], says: str
    ) -> None:
        """An excuse for a check that is not run would hide nothing, and look as if it did."""
        with pytest.raises(BadInput, match=says):
            parametrize_with_checks([Words], expected_failed_checks=expected)

    def test_a_lone_class_in_place_of_a_list_is_told(self) -> None:
        """The slip that everybody makes once."""
        with pytest.raises(BadInput, match=r"a list of them"):
            parametrize_with_checks(Words)  # type: ignore[arg-type]

    def test_a_notebook_gets_a_report(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What passed, what failed and why, what was expected, what does not apply."""
        some = ["says_who_it_is", "says_why_it_abstains", "learns_by_fit"]
        monkeypatch.setattr(
            "escalate.testing.classifiers.kit.CHECKS", tuple(CHECKS[name] for name in some)
        )
        report = check_classifier(Mute, on_fail="report")
        assert [result.status for result in report.results] == [
            "passed",
            "failed",
            "not applicable",
        ]
        assert "gives no reason" in str(report)
        with pytest.raises(AssertionError, match="words: 2 of 3 checks are as they should be"):
            check_classifier(Mute)
        excused = {"says_why_it_abstains": "not yet"}
        assert check_classifier(Mute, expected_failed_checks=excused).results[1].status == "xfail"
        late = check_classifier(Words, expected_failed_checks=excused, on_fail="report")
        assert late.results[1].status == "xpass"
        assert not late.is_good

    def test_a_bench_that_cannot_work_is_refused(self) -> None:
        """One tier leaves nothing to choose; no classifier leaves nothing to check."""
        with pytest.raises(BadInput, match="two tiers"):
            ClassifierBench(make=Words, tiers=["N1"])
        with pytest.raises(BadInput, match="a ticket"):
            ClassifierBench(make=Words, tickets=[])
        with pytest.raises(BadInput, match="name, version and classify"):
            ClassifierBench(make=7)

    def test_a_classifier_stands_for_copies_of_itself(self) -> None:
        """Whoever has one ready may hand it in as it is."""
        ready = Words()
        bench = ClassifierBench(make=ready)
        assert isinstance(bench.new(), Words)
        assert bench.new() is not ready
