"""``escalate demo``: a few days at a small desk."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from escalate import EscalationPolicy, Path, Refused
from escalate.cli.app import app
from escalate.cli.demo import Days
from escalate.cli.demo_desk import policy
from escalate.cli.demo_story import END, SUBJECTS
from escalate.cli.flowchart import flowchart
from escalate.core import advance, evolve
from escalate.core.events import Event
from escalate.errors import ChecksLeft, HandoffIncomplete, PathNotAllowed


def shown(columns: int) -> str:
    """What the demo prints on a terminal that wide."""
    result = CliRunner().invoke(app, ["demo"], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def told() -> str:
    """What the demo prints where nothing needs a second line."""
    return shown(300)


@pytest.fixture(scope="module")
def desk() -> Days:
    """The desk after its days."""
    desk = Days(policy())
    desk.live()
    return desk


def test_it_says_that_it_is_made_up(told: str) -> None:
    """Nobody takes the demo for data."""
    first = told.splitlines()[0]
    assert "made up" in first
    assert "nobody in it is real" in first


def test_tickets_climb_and_come_back(told: str) -> None:
    """The demo shows tickets arriving, going up N1 > N2 > N3 and back."""
    for words in ("arrives by chat in N1", "N1 > N2", "N2 > N3", "returns it, N2 > N1"):
        assert words in told


def test_clocks_are_seen_at_work(told: str) -> None:
    """Deadlines, waits for the customer, a kept and a broken promise are all there."""
    for words in ("starts, due", "resolution pauses at", ": met, ", "is broken", ": breached"):
        assert words in told


def test_steps_warn_and_take_over(told: str) -> None:
    """At 75 % of N1's 12 h its lead is told; at 100 % the ticket goes to N2 by itself, told of too."""
    warned = told.index("tier_lead is told, about 'ownership 12h in N1: 75%'")
    broken = told.index("the promise 'ownership 12h in N1' is broken")
    moved = told.index("the step 'ownership 12h in N1: 100%' escalates it, N1 > N2")
    assert warned < broken < moved
    assert "duty_manager is told, about 'ownership 12h in N1: 100%'" in told


def test_rules_act(told: str) -> None:
    """A login whose checks are done moves up by itself, and so does a VIP's ticket when it arrives."""
    for rule in ("not a simple login", "vip starts higher"):
        assert f"the rule '{rule}' escalates it, N1 > N2" in told


def test_each_refusal_says_what_would_work(told: str, desk: Days) -> None:
    """Checks left, a path that is not there and an empty handoff are refused, with the way out."""
    refusals = [type(what) for _, _, what in desk.happened if isinstance(what, Refused)]
    assert refusals == [ChecksLeft, PathNotAllowed, HandoffIncomplete]
    assert "left: password_verified, network_ok" in told
    assert "refused: ticket 'export' cannot go from N1 to N3; paths from N1: N2" in told
    assert "refused: ticket 'export' goes to N2 with a handoff; fill in: summary" in told


def test_what_n2_was_given_is_shown(told: str) -> None:
    """The packet holds what the first line wrote and tried; a rule's says what nobody recorded."""
    packet = told[told.index("What N2 was given") : told.index("Where the tickets")]
    lines = [re.split(r"\s{2,}", line.strip()) for line in packet.splitlines() if line.strip()]
    rows = {cells[0]: cells[1:] for cells in lines}
    assert rows["summary"][0] == "none recorded"
    assert rows["summary"][1].startswith("The export of the parts list stops")
    assert rows["tried"] == [
        "password reset (in vain)",
        "smaller export (worked), other browser (in vain)",
    ]
    assert rows["checked"][0] == "network_ok, password_verified"
    assert rows["required, missing"] == ["summary", "nothing"]


def test_it_is_told_in_order_of_time(told: str) -> None:
    """A timer stands where it was due, not where it was noticed."""
    story = told[told.index("What happened") : told.index("What N2 was given")]
    whens = re.findall(r"^(?:Mon|Tue|Wed|Thu|Fri) (\d\d \d\d:\d\d) ", story, re.MULTILINE)
    assert len(whens) > 20
    assert whens == sorted(whens)


def test_the_order_is_the_one_it_was_lived_in(desk: Days) -> None:
    """Timers run at every scene, so nothing is noticed later than it was due."""
    whens = [at for at, _, _ in desk.happened]
    assert whens == sorted(whens)


def test_timers_run_to_the_end(desk: Days) -> None:
    """At the end of the demo nothing is left that should have fired."""
    for ticket in desk.tickets.values():
        assert not advance(ticket, desk.policy, before=END).events


def test_every_ticket_is_the_fold_of_what_is_told(desk: Days) -> None:
    """The story leaves nothing out: the tickets can be made again from it."""
    for key, ticket in desk.tickets.items():
        again = None
        for _, about, what in desk.happened:
            if about == key and isinstance(what, Event):
                again = evolve(again, what)
        assert again == ticket


def test_every_ticket_is_accounted_for(told: str) -> None:
    """The closing table has every ticket that arrived, and the flowchart every tier."""
    closing = told[told.index("Where the tickets") :]
    assert all(ticket in closing for ticket in SUBJECTS)
    assert all(f"[ {tier} ]" in closing for tier in ("N1", "N2", "N3"))


def test_it_fits_a_terminal_of_100_columns() -> None:
    """Nothing runs over the edge, and no word is broken in two."""
    lines = shown(100).splitlines()
    assert max(map(len, lines)) <= 100
    assert any("Ana escalates it, N1 > N2" in line for line in lines)


def test_it_takes_less_than_five_seconds() -> None:
    """Whoever tries it does not wait: start of Python and all imports included."""
    subprocess.run(
        [sys.executable, "-m", "escalate", "demo"], timeout=5, check=True, capture_output=True
    )


def test_a_move_without_a_path_is_drawn_apart() -> None:
    """What a log shows and the policy lacks is drawn with exclamation marks."""
    policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    assert flowchart(policy, {("N2", "N1"): 7}).splitlines()[-1].strip() == "|<!!! 7 !!!!|"
