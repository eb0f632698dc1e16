"""The policies that people copy: each loads, does what its cases say, and has what a good one needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalate import EscalationPolicy, load_policy
from escalate.testing import Case, load_cases, policy_case

FOLDER = Path(__file__).parents[2] / "examples" / "policies"
POLICIES = sorted(path for path in FOLDER.glob("*.toml") if not path.name.endswith(".cases.toml"))
CASES = [
    (load_policy(path), case)
    for path in POLICIES
    for case in load_cases(path.with_suffix(".cases.toml"))
]


@pytest.mark.parametrize(("policy", "case"), CASES, ids=str)
def test_it_does_what_its_cases_say(policy: EscalationPolicy, case: Case) -> None:
    """Every example policy comes with cases, and they hold."""
    policy_case(policy, case)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_it_is_one_to_be_proud_of(path: Path) -> None:
    """No promise breaks in silence, somebody can always be told, and nothing goes round in circles."""
    policy = load_policy(path)
    assert policy.fallback
    assert policy.on_exhausted
    assert policy.max_bounces <= 4
    assert all(calendar.holidays for calendar in policy.calendars.values())
    for target in policy.sla.targets:
        assert target.steps, target.name
        assert any(step.notify or step.move for step in target.steps), target.name
    assert any(rule.on == "idle" for rule in policy.rules), (
        "nobody asks what a silent ticket waits for"
    )
    # Whatever moves a ticket by itself never leads back to where another such move came from.
    moves = {
        (source, doing.move[1])
        for doing, where in [
            *((rule, rule.at) for rule in policy.rules if rule.on != "closing"),
            *((step, target.tiers) for target in policy.sla.targets for step in target.steps),
        ]
        if doing.move
        for source in where or policy.tier_names
    }
    assert not {(target, source) for source, target in moves} & moves


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_its_page_names_it(path: Path) -> None:
    """Who looks for a policy to copy finds it in the list."""
    assert f"]({path.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_there_are_no_cases_without_a_policy() -> None:
    """Cases that nobody runs would say nothing."""
    of = {path.name.removesuffix(".cases.toml") for path in FOLDER.glob("*.cases.toml")}
    assert of == {path.stem for path in POLICIES}
