"""``escalate demo``: a week at a small desk."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from click.testing import CliRunner

from escalate import EscalationPolicy, Path
from escalate.cli.app import app
from escalate.cli.demo_days import Days
from escalate.cli.demo_desk import policy
from escalate.cli.demo_lines import lines_of
from escalate.cli.demo_story import END, ZONE
from escalate.cli.flowchart import flowchart
from escalate.core import advance, events, fold
from escalate.offline.telling import tell


def shown(columns: int) -> str:
    """What the demo prints on a terminal that wide."""
    result = CliRunner().invoke(app, ["demo"], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def told() -> str:
    """What the demo prints where nothing needs a second line."""
    return shown(500)


@pytest.fixture(scope="module")
def days() -> Days:
    """The desk after its week."""
    days = Days(policy())
    days.live()
    return days


def test_it_says_that_it_is_made_up(told: str) -> None:
    """Nobody takes the demo for data."""
    first = told.splitlines()[0]
    assert "made up" in first
    assert "nobody in it is real" in first


def test_the_story_tells_what_the_engine_did(days: Days) -> None:
    """Each event of each journal is told, once and in order, in the words that explain uses too."""
    for ticket in days.tickets:
        deeds = [deed for deed in days.deeds if deed.ticket == ticket.id]
        lived = tuple(event for deed in deeds for event in deed.events)
        assert lived == days.desk.history(ticket.id)
        assert fold(None, lived) == ticket
        texts = days.desk.texts(ticket.id)
        for deed in deeds:
            line = " ".join(lines_of(deed, days.policy, texts, ZONE, 9999))
            for event in deed.events:
                fired = isinstance(event, events.RuleFired)
                assert (f"because rule {event.rule!r}, on " if fired else tell(event)) in line


def test_what_was_refused_is_told_too(days: Days, told: str) -> None:
    """A refusal stands where it happened, with who asked and what would work."""
    refusals = [deed for deed in days.deeds if deed.refusal is not None]
    assert len(refusals) == len(days.desk.refusals()) == 1
    assert f"Ana is refused: {refusals[0].refusal}" in told


def test_a_week_has_all_that_a_desk_knows(days: Days) -> None:
    """A bot hands over, tickets reach every line; one warning, one breach, one return, one reopening."""
    kinds = Counter(type(event) for deed in days.deeds for event in deed.events)
    assert kinds[events.Breached] == kinds[events.Returned] == 1
    assert sum(ticket.reopens for ticket in days.tickets) == 1
    reached = [e for deed in days.deeds for e in deed.events if isinstance(e, events.StepReached)]
    assert [(event.step, event.held) for event in reached] == [("75%", True), ("100%", True)]
    moves = {(move.source, move.target) for move, _ in days.given}
    assert moves == {("bot", "N1"), ("N1", "N2"), ("N2", "N3"), ("N2", "N1")}


def test_the_figures_are_those_of_the_log(days: Days, told: str) -> None:
    """The closing table counts what desk.log() counts, ticket by ticket."""
    rows = days.desk.log()
    table = told[told.index("The week in figures") :].splitlines()[2:]
    for ticket, line in zip(days.tickets, table, strict=False):
        mine = [row for row in rows if row["ticket"] == ticket.id]
        happened = Counter(row["event"] for row in mine)
        again = sum(
            b["status"] == "open" != a["status"]
            for a, b in pairwise(mine)
            if a["status"] in ("resolved", "closed")
        )
        cells = re.split(r"\s{2,}", line.strip())
        assert cells[:2] == [ticket.id, f"{mine[-1]['tier']}, {mine[-1]['status']}"]
        assert [int(cell) for cell in cells[2:7]] == [
            sum(row["from_tier"] is not None for row in mine),
            happened["NotifyAsked"],
            happened["Breached"],
            again,
            len(days.desk.refusals(ticket.id)),
        ]


def test_what_n2_was_given_is_shown(told: str) -> None:
    """The packet holds what the first line wrote and tried, what is promised, and what was said."""
    packet = told[told.index("What N2 was given with export by Ana") :]
    for words in ("summary", "Is there a limit", "other browser (in vain)", "ownership, 24h left"):
        assert words in packet


def test_days_are_chapters_in_the_zone_of_the_desk(told: str) -> None:
    """A timer stands on the day and at the time on the wall when it was due."""
    story = told[: told.index("What N2 was given")].splitlines()
    chapters = [line.split()[0] for line in story if re.match(r"\w+day \d", line)]
    assert chapters == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    wednesday = story.index("Wednesday 25 November")
    assert story[wednesday + 1].startswith("  11:00 invoice the promise '12h in N1' is broken; ")


def test_it_is_told_in_order_of_time(days: Days) -> None:
    """Timers run at every scene, so nothing is noticed later than it was due, and nothing is left over."""
    whens = [deed.at for deed in days.deeds]
    assert whens == sorted(whens)
    for ticket in days.tickets:
        assert not advance(ticket, days.policy, before=END).events


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_it_fits_the_terminal(columns: int) -> None:
    """Nothing runs over the edge, and no line is cut; a screen of 80 columns takes it in 65 lines."""
    lines = shown(columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert "…" not in "".join(lines[: lines.index("The week in figures")])
    if columns == 80:
        assert len(lines) <= 65


def test_piped_it_is_plain_text() -> None:
    """In a pipe there is no colour and nothing that a plain terminal lacks."""
    done = subprocess.run(
        [sys.executable, "-m", "escalate", "demo"], check=True, capture_output=True
    )
    assert b"\x1b" not in done.stdout
    assert done.stdout.isascii()


def test_a_move_without_a_path_is_drawn_apart() -> None:
    """What a log shows and the policy lacks is drawn with exclamation marks."""
    policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    assert flowchart(policy, {("N2", "N1"): 7}).splitlines()[-1].strip() == "|<!!! 7 !!!!|"
