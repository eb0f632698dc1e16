"""``escalate demo``: a few days at a small desk."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from escalate import EscalationPolicy, Path
from escalate.cli.app import app
from escalate.cli.demo_desk import SUBJECTS
from escalate.cli.flowchart import flowchart


@pytest.fixture(scope="module")
def told() -> str:
    """What the demo prints."""
    result = CliRunner().invoke(app, ["demo"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_tickets_climb_and_come_back(told: str) -> None:
    """The demo shows tickets arriving, going up N1 > N2 > N3 and back."""
    for words in ("arrives by chat in N1", "N1 > N2", "N2 > N3", "returns it, N3 > N2"):
        assert words in told


def test_clocks_are_seen_at_work(told: str) -> None:
    """Deadlines, waits for the customer, a kept and a broken promise are all there."""
    for words in (
        "ownership starts, due",
        "resolution pauses at",
        ": met, ",
        "is broken",
        ": breached",
    ):
        assert words in told


def test_a_refusal_says_what_would_work(told: str) -> None:
    """Somebody tries a path that is not there and reads which are."""
    assert "refused: ticket 'outage' cannot go from N1 to N3; paths from N1: N2" in told


def test_it_is_told_in_order_of_time(told: str) -> None:
    """A timer stands where it was due, not where it was noticed."""
    story = told[told.index("What happened") : told.index("Where the tickets")]
    days = [line[4:16] for line in story.splitlines() if " Nov " in line[:16]]
    assert days == sorted(days)


def test_every_ticket_is_accounted_for(told: str) -> None:
    """The closing table has every ticket that arrived, and the flowchart every tier."""
    closing = told[told.index("Where the tickets") :]
    assert all(ticket in closing for ticket in SUBJECTS)
    assert all(f"[ {tier} ]" in closing for tier in ("N1", "N2", "N3"))


def test_a_move_without_a_path_is_drawn_apart() -> None:
    """What a log shows and the policy lacks is drawn with exclamation marks."""
    policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    assert flowchart(policy, {("N2", "N1"): 7}).splitlines()[-1].strip() == "|<!!! 7 !!!!|"
