"""The mutation kit: what is wrong with a policy is found under its name, and nothing is found in good ones.

A run asks a fair share, drawn anew each day: some mutants of every operator. All of them are asked by
``python -m tests.verify.kit``; ``MUTANTS=5`` asks five of each operator here, ``MUTANTS_SEED=2026-03-02``
draws those of that day.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.verify.kit.mutants import Mutant, good, judge, mutants, named_quick, share
from tests.verify.kit.operators import DIFFERENT, OPERATORS
from tests.verify.kit.tables import files

EACH: Final = int(os.environ.get("MUTANTS", "2"))
SEED: Final = os.environ.get("MUTANTS_SEED", f"{datetime.now(UTC):%Y-%m-%d}")


@pytest.mark.parametrize("name", named_quick())
def test_nothing_is_found_in_a_good_policy(name: str) -> None:
    """A policy with which nothing is wrong has no error and no warning."""
    report = good(name).verify()
    assert not report.findings, report.findings
    assert {verdict.code for verdict in report.unknown} <= {"worst-time"}, report.unknown


@pytest.mark.parametrize("mutant", share(EACH, SEED), ids=str)
def test_a_slip_comes_to_light_under_its_name(mutant: Mutant) -> None:
    """Whoever makes this slip is told what is wrong, with a story that the engine tells the same way."""
    outcome = judge(mutant)
    assert not outcome.wrong, f"{outcome.wrong}; drawn by {SEED}"


def test_the_kit_is_as_large_as_it_says() -> None:
    """At least 20 good policies, 12 kinds of slips and 200 mutants that break something."""
    breaking = [each for each in mutants() if each.code != DIFFERENT]
    assert len(files()) >= 20
    assert len({each.policy for each in breaking}) >= 20
    assert len({each.operator for each in breaking}) >= 12
    assert len(breaking) >= 200
    assert {each.operator for each in mutants()} == OPERATORS.keys()


def test_no_two_mutants_are_the_same_policy() -> None:
    """Two slips of one policy differ, from each other and from the policy."""
    texts = Counter((each.policy, repr(each.tables)) for each in mutants())
    assert max(texts.values()) == 1
