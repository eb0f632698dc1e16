"""Every property both ways: a desk that has it, and one that lacks it, with the story that shows it."""

from __future__ import annotations

import json
from functools import cache
from xml.etree import ElementTree

import pytest

from escalate import EscalationPolicy, Path, Rule
from escalate.testing import load_cases, policy_case
from escalate.verify.findings import Report
from escalate.verify.search import Budget
from escalate.verify.showing import data_of, github_of, sarif_of
from escalate.verify.stories import story
from tests.verify.desks import BAD, GOOD, PAUSES, TARGETS, desk


@cache
def report_on(name: str) -> Report:
    """The report on one of the desks, made once."""
    return (GOOD[name] if name in GOOD else BAD[name][1]).verify()


@pytest.mark.parametrize("name", GOOD)
def test_a_good_desk_has_every_property(name: str) -> None:
    """Nothing is found where nothing is wrong."""
    report = report_on(name)
    assert not report.findings, str(report)
    assert {verdict.answer for verdict in report.verdicts} == {"proved"}, str(report)


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_found_by_its_name(name: str) -> None:
    """Each mistake is refuted under its own code, with a place in the file."""
    code, _ = BAD[name]
    verdict = report_on(name).verdict(code)
    assert verdict.answer == "refuted", str(report_on(name))
    assert all(finding.place for finding in verdict.findings if finding.severity != "note")


@pytest.mark.parametrize("name", BAD)
def test_every_story_happens_again(name: str, tmp_path) -> None:
    """A story replays in the engine to the same end, and so does the case that it is written as."""
    report = report_on(name)
    told = [each.trace for each in (*report.findings, *report.notes) if each.trace is not None]
    for trace in told:
        assert trace.replay() == trace
        assert story(trace)
    if told:
        file = tmp_path / "found.cases.toml"
        file.write_text(report.cases(), encoding="utf-8")
        cases = load_cases(file)
        assert len(cases) == len(told)
        for case in cases:
            policy_case(BAD[name][1], case)


def test_the_endless_loop_is_told_move_by_move() -> None:
    """A lead reads who moved the ticket, when, and what stopped it at last."""
    (finding,) = report_on("to and fro by timers").verdict("endless-moves").findings
    assert finding.trace is not None
    told = "\n".join(story(finding.trace))
    assert told.count("escalate from N1 to N2") == 3
    assert "because of its max_automatic" in told
    assert finding.place == "targets[1].steps[0]"


def test_the_longest_wait_is_told() -> None:
    """75 % of 16 h take from Friday evening to Tuesday at noon, and an hour more when clocks go back."""
    figures = report_on("plain").verdict("forgotten").figures
    assert figures["longest_h"] == 90 + 1
    assert report_on("plain").verdict("endless-moves").figures == {"automatic_moves": 1}


def test_a_search_without_budget_proves_nothing() -> None:
    """What was not looked at to the end is unknown, whatever was seen so far."""
    report = desk().verify(budget=Budget(states=5))
    answers = {verdict.code: verdict.answer for verdict in report.verdicts}
    assert answers["stranded"] == answers["endless-moves"] == "unknown"
    assert "states" in report.verdict("stranded").why
    assert report.ok
    assert not desk().verify(budget=Budget(states=5), strict=True).ok


def test_functions_answer_either_way() -> None:
    """A Python function may hold or not, so nothing that depends on it is taken for granted."""
    policy = desk(
        paths=[Path("N1", "N2"), Path("N2", "N1")],
        rules=[
            PAUSES,
            Rule("up", on="alarm", at=["N1"], when=lambda ticket: False, escalate_to="N2"),
            Rule("down", on="alarm", at=["N2"], escalate_to="N1"),
        ],
        targets=TARGETS[1:],
        max_automatic=3,
    )
    report = policy.verify()
    assert report.opaque == ("Rule('up')",)
    # The search finds a loop; the real function never lets it come about.
    assert report.verdict("endless-moves").answer == "unknown"
    assert "spurious" in report.verdict("endless-moves").why


class TestShowing:
    def test_programs_get_what_people_read(self) -> None:
        """JSON, SARIF and annotations say the same findings, at the same lines."""
        report = report_on("nobody looks after pauses")
        data = data_of(report, lambda _: 7)
        assert json.loads(json.dumps(data))["findings"][0]["line"] == 7
        sarif = json.loads(sarif_of(report, "desk.toml", lambda _: 7))
        results = sarif["runs"][0]["results"]
        assert len(results) == len(report.findings) + len(report.notes)
        assert results[0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
        first, *_ = github_of(report, "a,b.toml", lambda _: 7)
        assert first.startswith("::error file=a%2Cb.toml,line=7,title=silent-pause::")
        assert "\n" not in first

    def test_nothing_that_a_policy_says_is_obeyed(self) -> None:
        """A tier called like a tag of HTML is shown as it is called."""
        policy = EscalationPolicy("<b>x</b>", ["<script>alert(1)</script>"])
        report = policy.verify()
        shown = report._repr_html_()
        assert "<script>" not in shown
        assert "&lt;script&gt;" in shown

    def test_the_flowchart_shows_where_the_story_goes(self) -> None:
        """The paths that the story takes are drawn in red, and the tiers that they lead to."""
        report = report_on("to and fro by timers")
        (finding,) = report.verdict("endless-moves").findings
        assert finding.trace is not None
        drawn = finding.trace.policy.to_svg(through=[("N1", "N2"), ("N2", "N1")])
        assert drawn.count("#b3001b") == 4
        assert drawn in report._repr_html_()
        picture = ElementTree.fromstring(drawn)  # noqa: S314 - our own
        titles = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}title")]
        assert (
            titles[0]
            == "The tiers of desk and the paths between them; a ticket went N1 > N2, N2 > N1"
        )


def test_a_tier_is_out_of_reach_for_one_of_two_reasons() -> None:
    """No chain of paths leads to it, or one does and never opens: the finding says which."""
    cut_off = desk(tiers=["N1", "N2", "N3"], paths=[Path("N1", "N2"), Path("N3", "N2")])
    closed = desk(
        tiers=["N1", "N2", "N3"],
        paths=[Path("N1", "N2"), Path("N2", "N3", when='tier == "N1"')],
    )
    for policy, why in ((cut_off, "no chain of paths leads there"), (closed, "never happens")):
        findings = policy.verify().verdict("unreachable").findings
        (tier,) = [each for each in findings if "the tier N3" in each.sentence]
        assert why in tier.sentence
