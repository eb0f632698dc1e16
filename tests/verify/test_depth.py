"""A defect far from the opening is found every time; ``python -m tests.verify.depth`` compares."""

from __future__ import annotations

from escalate.core import events as e
from tests.verify.depth import DEPTH, deep, found_by_proof
from tests.verify.kit.witness import witnessed


def test_a_defect_at_depth_23_is_found() -> None:
    """Only after 22 moves and a wait a promise is broken in silence; the story says just that."""
    finding = found_by_proof()
    assert finding is not None
    assert finding.trace is not None
    assert not witnessed(deep(), finding)
    assert len([moment for moment in finding.trace.moments if moment.command is None]) == 1
    assert len(finding.trace.moments) == 1 + DEPTH
    assert sum(isinstance(event, e.Moved) for event in finding.trace.journal) == DEPTH - 1
