"""``escalate check`` as a proof: what it says, writes and exits with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from escalate.cli import main
from tests.verify.desks import BAD, GOOD

CLASSIC = Path(__file__).resolve().parents[2] / "examples" / "policies" / "classic.toml"
LOOP = BAD["to and fro by timers"][1]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good policy and one that bounces tickets for ever."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    Path("good.toml").write_text(GOOD["plain"].to_toml(), encoding="utf-8")
    Path("loop.toml").write_text(LOOP.to_toml(), encoding="utf-8")
    return tmp_path


def test_a_good_policy_is_proved(capsys) -> None:
    """A lead reads that every property holds, and a pipeline goes on."""
    assert main(["check", "good.toml"]) == 0
    told = capsys.readouterr().out
    assert "proved    1. Every ticket can still be resolved by a person, and closed" in told
    assert re.search(r"What is proved: (\d+) of \1 properties\n", told)
    assert "refuted" not in told


def test_a_refuted_policy_stops_a_pipeline_with_its_story(capsys) -> None:
    """Exit code 1, the sentence, the story and what would mend it."""
    assert main(["check", "loop.toml"]) == 1
    told = capsys.readouterr().out
    assert "properties; refuted: 3" in told
    assert "refuted   3. Rules and timers move a ticket only so often" in told
    assert "Mon 2026-03-02 09:00 CET: a ticket comes in: normal" in told
    assert "what would mend it" in told


def test_the_stories_are_cases(capsys) -> None:
    """What was found can be gone through again, by the command that runs cases."""
    assert main(["check", "loop.toml", "--cases", "found.cases.toml"]) == 1
    assert main(["test", "loop.toml", "found.cases.toml"]) == 0
    assert "0 failed" in capsys.readouterr().out


def test_a_pull_request_shows_it_at_its_line(capsys) -> None:
    """GitHub's annotations name the file and the line of the step."""
    assert main(["check", "loop.toml", "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    (loop,) = [line for line in lines if "title=endless-moves" in line]
    rows = Path("loop.toml").read_text(encoding="utf-8").splitlines()
    line = int(loop.partition("line=")[2].partition(",")[0])
    assert "escalate_to" in "".join(rows[line - 1 : line + 3])


def test_programs_get_all_of_it(capsys) -> None:
    """JSON for programs, SARIF for code scanning; neither has a word beside it."""
    assert main(["check", "loop.toml", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["verification"]["ok"]) == (False, False)
    assert main(["check", "loop.toml", "--format", "sarif"]) == 1
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_a_mistake_in_the_file_comes_first(capsys) -> None:
    """A file that does not read is exit code 2, whatever the format."""
    Path("bad.toml").write_text("name = 1\n", encoding="utf-8")
    assert main(["check", "bad.toml", "--format", "github"]) == 2
    assert main(["check", "good.toml", "--against", "bad.toml"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_short_budget_proves_nothing_and_says_so(capsys) -> None:
    """What was not found out is no failure, unless one asks for that."""
    assert main(["check", str(CLASSIC), "--seconds", "0.01"]) == 0
    assert "budget: the search ran out of seconds" in capsys.readouterr().out
    assert main(["check", str(CLASSIC), "--seconds", "0.01", "--strict"]) == 1


def test_what_changed_is_shown_and_is_nothing_wrong(capsys) -> None:
    """A stricter version passes; the ticket that tells them apart is shown."""
    text = Path("good.toml").read_text(encoding="utf-8")
    Path("new.toml").write_text(text.replace('"8h"', '"7h"'), encoding="utf-8")
    assert main(["check", "new.toml", "--against", "good.toml"]) == 0
    assert "the new version is stricter" in capsys.readouterr().out
