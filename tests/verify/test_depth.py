"""A defect far from the opening is found every time; ``python -m tests.verify.depth`` shows what else is."""

from __future__ import annotations

from escalate.core import events as e
from tests.verify.depth import DEPTH, deep, found_at_random, found_by_proof
from tests.verify.kit.witness import witnessed


def test_a_defect_at_depth_23_is_found() -> None:
    """Only after 22 moves and a wait is a promise broken in silence; the shortest story says just that."""
    finding = found_by_proof()
    assert finding is not None
    assert finding.trace is not None
    assert not witnessed(deep(), finding)
    assert len([moment for moment in finding.trace.moments if moment.command is None]) == 1
    assert len(finding.trace.moments) == 1 + DEPTH
    assert sum(isinstance(event, e.Moved) for event in finding.trace.journal) == DEPTH - 1


def test_lives_at_random_may_miss_it() -> None:
    """A hundred random lives of a run that is known to miss it: luck is no proof."""
    assert not found_at_random(0)
