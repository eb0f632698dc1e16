"""What docs say about policies and cases, done as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from escalate import load_policy
from escalate.cli import main
from escalate.errors import nearest
from escalate.policies.tables import Place
from escalate.testing import load_cases
from escalate.testing.cases.reading import read_case
from escalate.testing.cases.values import Expected, ExpectedClock, ExpectedHandoff
from escalate.testing.cases.verbs import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = (DOCS / "tutorials" / "first-policy.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "test-a-policy.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The blocks of *language* on a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def test_the_tutorial_works_as_it_stands(tmp_path, monkeypatch, capsys):
    """Who follows it sees what it says, first the failure and then the success."""
    monkeypatch.chdir(tmp_path)
    policy, cases, promise, pause = blocks(TUTORIAL, "toml")
    failing, passing, finding = blocks(TUTORIAL, "text")
    Path("desk.toml").write_text(policy, encoding="utf-8")
    Path("desk.cases.toml").write_text(cases, encoding="utf-8")
    assert main(["test", "desk.toml", "desk.cases.toml"]) == 1
    out = capsys.readouterr().out
    assert out.startswith(failing)
    assert "ok    who hands over says what was tried" in out
    Path("desk.toml").write_text(policy + promise, encoding="utf-8")
    assert main(["test", "desk.toml", "desk.cases.toml"]) == 0
    assert capsys.readouterr().out == passing
    assert main(["check", "desk.toml"]) == 1
    assert finding.strip() in " ".join(capsys.readouterr().out.split())
    Path("desk.toml").write_text(policy + promise + pause, encoding="utf-8")
    assert main(["check", "desk.toml"]) == 0
    for command in (["explain", "desk.toml", "desk.cases.toml"], ["diagram", "desk.toml"]):
        assert main(command) == 0


@pytest.mark.parametrize("block", blocks(HOW_TO, "toml"))
def test_every_table_of_the_how_to_reads(block, tmp_path):
    """What is shown is what can be written."""
    path = tmp_path / "shown.cases.toml"
    if not block.startswith("[[cases]]"):
        block = '[[cases]]\nname = "shown"\nopened = "Mon 09:00"\n' + block
    path.write_text(block, encoding="utf-8")
    assert load_cases(path)


def test_the_how_to_names_everything_that_a_case_can_say():
    """No verb and no expectation has to be guessed."""
    words = set(re.findall(r"`(\w+)`", HOW_TO))
    names = {"from" if name == "source" else name for kind in (Expected, ExpectedClock, ExpectedHandoff)
             for name in kind.__annotations__}  # fmt: skip
    assert not (set(COMMANDS) | names) - words, nearest("", (set(COMMANDS) | names) - words)


def test_its_first_cases_hold_under_the_policy_they_speak_of(tmp_path):
    """The cases at the top of the page are true."""
    path = tmp_path / "top.cases.toml"
    path.write_text(blocks(HOW_TO, "toml")[0], encoding="utf-8")
    classic = DOCS.parent / "examples" / "policies" / "classic.toml"
    assert load_policy(classic)
    assert main(["test", str(classic), str(path)]) == 0


def test_a_case_that_says_nothing_is_still_a_case():
    """The least that can be written: a name and an instant."""
    assert read_case({"name": "n", "opened": "Mon 09:00"}, Place("case")).steps == ()
