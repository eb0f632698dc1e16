"""18. What another version changes, shown on a ticket."""

from __future__ import annotations

import attrs
import pytest

from escalate import Path, Target, Tier
from escalate.verify.difference import compare
from escalate.verify.search import Budget
from tests.verify.desks import TARGETS, TOLD, UP, desk
from tests.verify.kit.mutants import Mutant, good, share
from tests.verify.kit.tables import policy_of

SLOWER = [Target("ownership", "9h", tiers=["N1"], steps=UP), *TARGETS[1:]]


def compared(new, old=None):
    """The verdict on *new*, held against *old* or the plain desk."""
    return new.verify(against=old or desk()).verdict("difference")


def test_titles_and_versions_make_no_difference() -> None:
    """To call a tier something else changes no ticket."""
    tiers = [Tier("N1", title="First"), Tier("N2", title="Second")]
    verdict = compared(attrs.evolve(desk(), version="2", tiers=tiers))
    assert (verdict.answer, verdict.figures["kind"]) == ("proved", "equal")


@pytest.mark.parametrize(
    ("old", "new", "kind"), [(TARGETS, SLOWER, "looser"), (SLOWER, TARGETS, "stricter")]
)
def test_amounts_make_it_stricter_or_looser(old, new, kind) -> None:
    """An hour more is looser; the shortest ticket shows it, and it is nothing wrong."""
    report = desk(targets=new).verify(against=desk(targets=old))
    verdict = report.verdict("difference")
    assert (verdict.answer, verdict.figures["kind"]) == ("refuted", kind)
    (found, *_) = verdict.findings
    assert "Mon 2026-03-02 1" in found.sentence  # 75 %, on the first afternoon
    assert verdict not in report.refuted


def test_a_path_more_is_told_by_what_was_refused() -> None:
    """The old version says no where the new one lets the ticket go with nothing said."""
    (found,) = compared(desk(paths=[Path("N1", "N2"), Path("N2", "N1", "return")])).findings
    assert "the old version does: no, " in found.sentence
    assert found.trace is not None
    assert found.trace.replay() == found.trace


@pytest.mark.parametrize("field", ["summary", "reason", "tried", "hypothesis", "ask"])
@pytest.mark.parametrize("kind", ["escalate", "transfer", "return"])
def test_one_field_that_is_required_no_more_is_told(field: str, kind: str) -> None:
    """Of several fields that a path requires one is dropped: a handoff that lacks it shows the difference."""
    every = ["summary", "reason", "tried", "hypothesis", "ask"]
    first = [Path("N1", "N2")] if kind == "return" else []
    ends = ("N2", "N1") if kind == "return" else ("N1", "N2")
    old = desk(paths=[*first, Path(*ends, kind, requires=every)], targets=[])
    fewer = [each for each in every if each != field]
    new = desk(paths=[*first, Path(*ends, kind, requires=fewer)], targets=[])
    verdict = compare(old, new, Budget(seconds=10))
    assert verdict.answer == "refuted"
    assert "no, " in verdict.findings[0].sentence


def test_tickets_in_flight_want_a_place() -> None:
    """A tier that is taken away still holds tickets."""
    old = desk(tiers=["N1", "N2", "N3"], paths=[Path("N1", "N2"), Path("N2", "N3")])
    new = desk(
        paths=[Path("N1", "N2")], targets=[Target("ownership", "8h", default=True, steps=TOLD)]
    )
    codes = {found.code for found in compared(new, old).findings}
    assert "no-place" in codes


@pytest.mark.parametrize("mutant", share(1, "difference")[::5], ids=str)
def test_a_mutant_is_told_from_what_it_was_made_of(mutant: Mutant) -> None:
    """No slip is called equal to the good policy that it was made in."""
    broken = policy_of(mutant.tables)
    assert compare(good(mutant.policy), broken, Budget(seconds=1)).answer != "proved"
