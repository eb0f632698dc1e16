"""``escalate test`` and ``escalate explain``: cases without a line of Python."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate.cli import main
from escalate.cli.junit import junit
from escalate.policies import load_policy
from escalate.policies.tables import Place
from escalate.testing import run_case
from escalate.testing.cases.reading import read_case

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "policies"
CLASSIC, CASES = str(FOLDER / "classic.toml"), str(FOLDER / "classic.cases.toml")
DESK = load_policy(CLASSIC)


@pytest.fixture
def failing(tmp_path):
    """A file with one case that holds and one that does not."""
    path = tmp_path / "mine.cases.toml"
    path.write_text(
        '[[cases]]\nname = "it starts in N1"\nopened = "Mon 09:00"\nexpect = { tier = "N1" }\n'
        '[[cases]]\nname = "odd \\u001b[31m <name> & \\"quotes\\""\nopened = "Mon 09:00"\n'
        'subject = "red \\u001b[31m"\nexpect = { tier = "N3" }\n',
        encoding="utf-8",
    )
    return str(path)


def test_a_line_for_each_case(capsys):
    """All is well: one line per case, a count, and exit code 0."""
    assert main(["test", CLASSIC, CASES]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0] == "ok    an unanswered ticket is warned about, and goes up when its time is over"
    )
    assert lines[-1] == f"{len(lines) - 1} cases, 0 failed"


def test_a_failing_case_says_what_was_expected_what_came_and_why(failing, capsys):
    """Exit code 1, and under the line all that one needs to know; nothing steers the terminal."""
    assert main(["test", CLASSIC, failing]) == 1
    out = capsys.readouterr().out
    assert r"FAIL  odd \x1b[31m <name>" in out
    assert "tier: expected N3, got N1" in out
    assert "12h promised by 'ownership 12h in N1'" in out
    assert out.endswith("2 cases, 1 failed\n")
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("policy", "cases", "message"),
    [
        ("none.toml", CASES, "none.toml"),
        (CLASSIC, CLASSIC, "cases"),
        (CASES, CASES, "cases: got 'cases', wanted a key known there"),
        (CLASSIC, str(FOLDER / "on-call.cases.toml"), "wanted a tier that the policy has"),
    ],
)
@pytest.mark.parametrize("command", ["test", "explain"])
def test_files_that_do_not_read(command, policy, cases, message, capsys):
    """Exit code 2 and one readable message, as everywhere."""
    assert main([command, policy, cases]) == 2
    assert message in capsys.readouterr().err


def test_junit_for_ci(failing, tmp_path, capsys):
    """CI servers show which case failed and why; names come out as they are, controls written out."""
    target = tmp_path / "results.xml"
    assert main(["test", CLASSIC, failing, "--junit", str(target)]) == 1
    root = ElementTree.parse(target).getroot()  # noqa: S314 - we wrote it
    (suite,) = root
    assert (root.tag, suite.get("tests"), suite.get("failures")) == ("testsuites", "2", "1")
    good, bad = suite
    assert (good.get("name"), list(good)) == ("it starts in N1", [])
    assert bad.get("name") == 'odd \\x1b[31m <name> & "quotes"'
    (failure,) = bad
    assert failure.get("message") == "tier: expected N3, got N1"
    assert failure.text is not None
    assert "what happened until then:" in failure.text
    capsys.readouterr()
    assert main(["test", CLASSIC, failing, "--junit", "-"]) == 1
    assert capsys.readouterr().out == target.read_text(encoding="utf-8")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1) | st.sampled_from(["]]>", "\x00", "\ud800", "<!--", "&#x0;", "\ufffe"]))
def test_no_name_breaks_the_xml(name):
    """Whatever a case is called, the document can be read, with its name in it."""
    case = read_case({"name": name, "opened": "Mon 09:00", "expect": {"tier": "N3"}}, Place("case"))
    document = junit([run_case(DESK, case)], policy=name, file=name)
    found = ElementTree.fromstring(document.encode())  # noqa: S314 - we wrote it
    assert found[0][0].get("name") == found[0].get("name") == found[0][0].get("classname")


def test_explain_tells_a_story(capsys):
    """What happened, which rule or step did it, which target applies and why not the others."""
    assert main(["explain", CLASSIC, CASES]) == 0
    out = capsys.readouterr().out
    for part in (
        "Mon 2026-03-02 09:00 -03  arrives by hand in N1, priority normal",
        "12h promised by 'ownership 12h in N1', in the hours of office",
        'not \'ownership 2h in N1\': it is for priority == "urgent" (priority is "normal")',
        "because target 'ownership 12h in N1', step 100%: escalate to N2, notify duty_manager",
        "the handoff lacks: summary, tried",
        "because rule 'vip starts higher', on opened in N1 when \"vip\" in tags: escalate to N2",
        "refused (checks-left): ticket 'T-1' stays in N1 until its checks are done",
        "'silent pause' on idle",
    ):
        assert part in out
    assert "may do" not in out


@pytest.fixture
def night(tmp_path):
    """A desk in Berlin whose first line never closes and whose vendor sits in Chicago, and a case of it."""
    policy, cases = tmp_path / "night.toml", tmp_path / "night.cases.toml"
    policy.write_text(
        """name = "night"
calendars.day = { timezone = "Europe/Berlin", hours = { mon-fri = ["07:00-19:00"] } }
calendars.far = { timezone = "America/Chicago", hours = { mon-fri = ["08:00-17:00"] } }
tiers = [{ name = "N1", calendar = "always" }, { name = "V", kind = "vendor", calendar = "far" }]
paths = [{ from = "N1", to = "V", kind = "transfer" }]
targets = [{ clock = "ownership", within = "2h", default = true }]
""",
        encoding="utf-8",
    )
    cases.write_text(
        """[[cases]]
name = "a night"
opened = "Tue 03:10"
steps = [{ at = "+5m", do = "transfer", to = "V", expect = { tier = "N1" } }]
""",
        encoding="utf-8",
    )
    return str(policy), str(cases)


@pytest.mark.parametrize("command", ["test", "explain"])
def test_one_story_is_told_in_one_zone(night, command, capsys):
    """Whatever calendar a clock counts in, its instants read as those of the case around it."""
    main([command, *night])
    out = capsys.readouterr().out
    assert "due Tue 2026-03-03 17:00 CET" in out
    assert "UTC" not in out
    assert "CST" not in out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('timezone = "Berlin"', "cases[0].timezone: got 'Berlin', wanted a zone"),
        ('opened = "2100-12-31 23:00"', "cases[0]: got '2100-12-31T22:00:00+00:00 and 2h', wanted"),
    ],
)
def test_what_a_case_cannot_be_run_with_names_the_case(night, change, says, capsys):
    """A zone that is misspelt or a year that no calendar reaches is found in its file."""
    policy, cases = night
    text = Path(cases).read_text(encoding="utf-8")
    changed = text.replace('opened = "Tue 03:10"', "") if "opened" in change else text
    Path(cases).write_text(changed.replace('"a night"', f'"a night"\n{change}'), encoding="utf-8")
    assert main(["test", policy, cases]) == 2
    shown = capsys.readouterr().err
    assert f"{cases}:" in shown
    assert says in shown


def test_explain_tells_one_case_alone(failing, capsys):
    """A case can be picked by its name; what came otherwise than expected is marked."""
    assert main(["explain", CLASSIC, failing, "--case", 'odd \x1b[31m <name> & "quotes"']) == 0
    out = capsys.readouterr().out
    assert "it starts in N1" not in out
    assert "not as the case expects: tier: expected N3, got N1" in out
    assert r"'red \x1b[31m'" in out.replace("\\\\", "\\")
    assert "\x1b" not in out
    assert main(["explain", CLASSIC, failing, "--case", "none"]) == 2
    assert "no case is called 'none'" in capsys.readouterr().err
