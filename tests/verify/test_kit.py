"""A part of the mutation kit; ``python -m tests.verify.kit`` runs all of it."""

from __future__ import annotations

import pytest

from escalate import EscalationPolicy
from tests.verify.kit import BREAKS, goods, mutants

SMALL = ("plain", "third", "bot")
PART = [each for each in mutants() if each[0].endswith(tuple(f" of {name}" for name in SMALL))]


def test_the_kit_is_as_large_as_it_says() -> None:
    """At least 20 good desks, 12 ways to break one, 200 mutants."""
    assert len(goods()) >= 20
    assert len(BREAKS) >= 12
    assert sum(1 for _ in mutants()) >= 200


@pytest.mark.parametrize("name", SMALL)
def test_nothing_is_found_on_a_good_desk(name: str) -> None:
    """A checker that cries wolf would be turned off."""
    assert not goods()[name].verify().findings


@pytest.mark.parametrize(("code", "policy"), [each[1:] for each in PART], ids=[e[0] for e in PART])
def test_a_broken_desk_is_refuted_by_name(code: str, policy: EscalationPolicy) -> None:
    """Each break is found under the name that it is made for, and every story replays."""
    report = policy.verify()
    assert report.verdict(code).answer == "refuted", str(report)
    for finding in report.findings:
        if finding.trace is not None:
            assert finding.trace.replay() == finding.trace
