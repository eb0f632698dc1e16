"""``escalate check``, ``init`` and ``schema``: from nothing to a policy that holds."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import load_policy
from escalate.cli import main
from escalate.cli.first_policy import Answers, first_policy
from escalate.cli.policy_words import tell_rule, tell_target, tell_tier
from escalate.errors import BadInput
from escalate.policies.schema import FILE
from escalate.testing.strategies import policies
from tests.policies.test_keys import PYTHON

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CLASSIC = EXAMPLES / "policies" / "classic.toml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no line is broken."""
    monkeypatch.setenv("COLUMNS", "300")


class TestCheck:
    def test_it_says_what_is_promised(self, capsys, monkeypatch):
        """A support lead reads what the desk promises without reading TOML."""
        wide(monkeypatch)
        assert main(["check", str(CLASSIC), "--no-proof"]) == 0
        told = capsys.readouterr().out
        assert 'Policy "support", version 2026-11: no mistakes' in told
        assert (
            "N1, First line: mon-fri 09:00-12:00 13:00-18:00 America/Sao_Paulo, closed on 1 date;"
            in told
        )
        assert (
            "Answered or handed over within 12h of opening hours, in N1\n  at 75%: tier_lead told"
            in told
        )
        assert 'Solved within 4h, around the clock, when priority == "urgent"' in told
        assert "silent pause: when nothing happens for 3d, if status in" in told
        assert "login: Is the password right? (agent)" in told

    def test_a_promise_beyond_all_calendars_is_told(self, capsys, folder, monkeypatch):
        """A desk that is open for a minute a week learns before its first ticket that 80 h never come."""
        wide(monkeypatch)
        Path("rare.toml").write_text(
            """name = "rare"
calendars.rare = { timezone = "UTC", hours = { mon = ["00:00-00:01"] } }
tiers = [{ name = "N1" }, { name = "V", kind = "vendor" }]
targets = [
  { clock = "resolution", within = "80h", default = true },
  { clock = "ownership", within = "1h", default = true },
]
""",
            encoding="utf-8",
        )
        assert main(["check", "rare.toml", "--no-proof"]) == 0
        told = capsys.readouterr().out
        assert "resolution 80h: rare is not open for 80h before 2101" in told
        assert "ownership 1h: rare" not in told
        assert "V (vendor): mon 00:00-00:01 UTC" in told

    def test_it_tells_all_mistakes_with_their_lines(self, capsys, folder):
        """Whoever breaks a file in three places reads three lines, and exit code 2 stops a pipeline."""
        text = CLASSIC.read_text(encoding="utf-8")
        for was, becomes in (("max_bounces = 2", "max_bounces = -2"), ("title", "titel")):
            text = text.replace(was, becomes, 1)
        text = text.replace('"vip" in tags', '"vip" in tasg')
        Path("desk.toml").write_text(text, encoding="utf-8")
        assert main(["check", "desk.toml"]) == 2
        shown = capsys.readouterr()
        first, *mistakes = shown.err.splitlines()
        assert (shown.out, first) == ("", "escalate: desk.toml: 3 problems")
        rows = text.split("\n")
        for word in ("max_bounces", "titel", "tasg"):
            line = next(number for number, row in enumerate(rows, 1) if word in row)
            assert any(mistake.startswith(f"  desk.toml:{line}: ") for mistake in mistakes)
        assert mistakes[-2:] == ['    "vip" in tasg', "    ^"]

    def test_programs_get_the_mistakes_as_json(self, capsys, folder):
        """An editor or a pipeline gets file, line, place and code of each mistake."""
        Path("desk.toml").write_text(
            'name = "d"\nentry = "N2"\n[[tiers]]\nname = "N1"\n', encoding="utf-8"
        )
        assert main(["check", "desk.toml", "--json", "-"]) == 2
        found = json.loads(capsys.readouterr().out)
        assert found["ok"] is False
        (problem,) = found["problems"]
        assert problem.pop("message").startswith("desk.toml:2: entry: got 'N2'")
        assert problem == {
            "file": "desk.toml",
            "line": 2,
            "place": "entry",
            "code": "invalid-policy",
        }

    def test_programs_get_the_answer_as_json(self, capsys):
        """A policy that is right is so for programs too."""
        assert main(["check", str(CLASSIC), "--json", "-", "--no-proof"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["ok"], found["policy"], found["tiers"]) == (True, "support", 3)

    @pytest.mark.parametrize("name", [".", "nothing.toml"])
    def test_what_is_no_file_is_said_in_a_line(self, capsys, folder, name):
        """A folder, or a name that is not there."""
        assert main(["check", name]) == 2
        assert "Traceback" not in capsys.readouterr().err

    def test_text_of_a_policy_cannot_steer_a_terminal(self, capsys, folder, monkeypatch):
        """A title with an escape sequence is shown, not obeyed."""
        wide(monkeypatch)
        text = 'name = "d\\u001b[31m"\n[[tiers]]\nname = "N1"\ntitle = "\\u001b[2J[red]"\n'
        Path("desk.toml").write_text(text, encoding="utf-8")
        assert main(["check", "desk.toml"]) == 1
        shown = capsys.readouterr().out
        assert "\x1b" not in shown
        assert r"\x1b[2J[red]" in shown

    @given(policies())
    def test_any_policy_can_be_told(self, policy):
        """Whatever a policy says, there are words for it, each on a line."""
        lines = [tell_tier(tier, policy) for tier in policy.tiers]
        lines += [line for target in policy.sla.targets for line in tell_target(target, policy)]
        lines += [tell_rule(rule) for rule in policy.rules]
        assert all(line.isprintable() and not line.endswith(": ") for line in lines)

    def test_every_deed_has_its_words(self):
        """A step or rule that does several things says each."""
        told = "\n".join(
            [*(line for target in PYTHON.sla.targets for line in tell_target(target, PYTHON))]
            + [tell_rule(rule) for rule in PYTHON.rules]
        )
        for words in (
            "it goes up to N2",
            "it goes back to N1",
            "it goes to N2",
            "N2 asked to help",
            "tagged slow",
            "priority becomes high",
            "boss asked to approve",
            "the classifier looks again",
            'Clock "travel" within 2 working days of opening hours',
            "lead and boss told",
        ):
            assert words in told


class TestInit:
    def test_without_a_terminal_it_asks_nothing(self, capsys, folder):
        """A script gets a policy that passes the check, and a schema beside it for editors."""
        assert main(["init"]) == 0
        assert "Wrote policy.toml: 3 lines, 3 promises." in capsys.readouterr().out
        assert main(["check", "policy.toml"]) == 0
        text = Path("policy.toml").read_text(encoding="utf-8")
        assert text.startswith("#:schema ./policy.schema.json\n")
        assert Path("policy.schema.json").read_bytes() == FILE.read_bytes()
        jsonschema.validate(tomllib.loads(text), json.loads(FILE.read_text(encoding="utf-8")))

    def test_flags_answer_the_questions(self, folder):
        """Country, zone, hours, lines and promises all arrive."""
        flags = ["--country", "br-sp", "--timezone", "America/Sao_Paulo", "--years", "1"]
        flags += ["--hours", "mon-thu 08:00-17:00; fri 08:00-12:00, 13:00-15:00"]
        flags += ["--tiers", "First, Second", "--promises", "First=4h, solved=20h"]
        assert main(["init", "desk.toml", "--no-schema", *flags]) == 0
        assert [path.name for path in folder.iterdir()] == ["desk.toml"]
        policy = load_policy("desk.toml")
        assert policy.tier_names == ("First", "Second")
        assert [str(target.within) for target in policy.sla.targets] == ["4h", "20h"]
        office = policy.calendars["office"]
        assert office.hours["fri"] == ("08:00-12:00", "13:00-15:00")
        assert {(day.month, day.day) for day in office.holidays} >= {(12, 25), (7, 9)}
        assert "# Christmas Day" in Path("desk.toml").read_text(encoding="utf-8")

    def test_in_a_terminal_it_asks_five_questions(self, capsys, folder, monkeypatch):
        """Each question has an answer that return takes, and promises fit the lines that were named."""
        asked = []
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr(
            "click.prompt",
            lambda question, default, value_proc: (
                asked.append(default) or value_proc("A, B" if "Lines" in question else default)
            ),
        )
        assert main(["init"]) == 0
        assert len(asked) == 5
        assert asked[-1] == "A=8h, solved=40h"
        assert load_policy("policy.toml").tier_names == ("A", "B")

    def test_a_wrong_answer_is_asked_for_again(self, capsys, folder, monkeypatch):
        """One slip in a terminal costs one question, not all five."""
        answers = iter(["none", "Berlin", "Europe/Berlin", "9-17", "24/7", "A, A", "A, B", "A", ""])
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
        assert main(["init"]) == 0
        told = capsys.readouterr().out
        for said in ("did you mean 'Europe/Berlin'?", "got '9-17'", "a name for each", "got 'A'"):
            assert said in told
        policy = load_policy("policy.toml")
        assert policy.calendars["office"].hours["sun"] == ("00:00-24:00",)
        assert policy.tier_names == ("A", "B")

    def test_a_file_that_is_there_is_said_before_the_questions(self, capsys, folder, monkeypatch):
        """Nobody answers five questions for nothing."""
        Path("policy.toml").write_text("mine", encoding="utf-8")
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("click.prompt", None)
        assert main(["init"]) == 2
        assert "--force" in capsys.readouterr().err

    def test_it_writes_over_nothing_unless_told(self, capsys, folder):
        """A policy that is there stays, until --force."""
        Path("policy.toml").write_text("mine", encoding="utf-8")
        assert main(["init"]) == 2
        assert "--force" in capsys.readouterr().err
        assert Path("policy.toml").read_text(encoding="utf-8") == "mine"
        assert main(["init", "--force"]) == 0
        assert load_policy("policy.toml")

    @pytest.mark.parametrize(
        ("flags", "says"),
        [
            (["--country", "XX"], "country: got 'XX', wanted an ISO 3166 code"),
            (["--country", "BR-ZZ"], "subdivision: got 'ZZ', wanted a part of BR"),
            (["--timezone", "Mars"], "timezone: got 'Mars'"),
            (["--hours", "often"], "hours: got 'often', wanted days and spans"),
            (["--hours", "mon-fry 09:00-12:00"], "hours"),
            (["--tiers", ","], "tiers: got ',', wanted names"),
            (["--tiers", "A, A"], "wanted a name for each"),
            (["--promises", "N1"], "promises: got 'N1', wanted a line and an amount"),
            (["--promises", "N9=2h"], "promises: got 'N9'"),
            (["--promises", "N1=soon"], "got 'soon', wanted open time"),
        ],
    )
    def test_an_answer_that_cannot_be_is_told_and_nothing_is_written(
        self, capsys, folder, flags, says
    ):
        """A wrong flag leaves no half of a file behind."""
        assert main(["init", *flags]) == 2
        shown = capsys.readouterr().err
        assert says in shown
        assert "Traceback" not in shown
        assert not list(folder.iterdir())

    def test_without_the_holidays_package_it_says_what_to_install(
        self, capsys, folder, monkeypatch
    ):
        """Who has not installed the extra is told its name."""
        monkeypatch.setitem(sys.modules, "holidays", None)
        assert main(["init", "--country", "BR"]) == 2
        assert 'pip install "escalate-tiers[holidays]"' in capsys.readouterr().err
        assert main(["init"]) == 0

    @given(st.text(max_size=12), st.text(max_size=30), st.text(max_size=12))
    def test_whatever_is_answered_the_file_reads_or_the_answer_is_refused(
        self, tiers, promises, zone
    ):
        """No answer breaks out of its quotes into the file."""
        try:
            text = first_policy(
                Answers(tiers=tiers, promises=promises, timezone=zone), [], schema=True
            )
        except BadInput:
            return
        assert tomllib.loads(text)["calendars"]["office"]["timezone"] == zone


def test_the_schema_is_printed(capsys):
    """``escalate schema > policy.schema.json`` is all an editor needs."""
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == FILE.read_text(encoding="utf-8")
