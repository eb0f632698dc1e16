"""The scorecard: goals held against each week, and what the team says of which part of the policy."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import (
    Desk,
    EscalationPolicy,
    Goal,
    Path,
    SLAPolicy,
    Target,
    Tier,
    WorkCalendar,
)
from escalate.core import commands
from escalate.core.instants import as_us
from escalate.core.status import Status
from escalate.offline import Case, Log, Row, read
from escalate.offline.figures.values import Share
from escalate.offline.intervals import Estimate
from escalate.offline.replaying import replay
from escalate.offline.studying.goalmeasures import NAMES
from escalate.offline.studying.scorecard import Scorecard
from escalate.offline.studying.terms import Terms
from tests.offline.logs import START
from tests.offline.studying.parts import MINUTE, chapter_of, desks, in_parts, logs, said, shares

TIERS = ("N1", "N2", "N3")
DONE = (Status.RESOLVED, Status.CLOSED)


def a_policy(*goals, **more):
    """A policy with these goals, an ownership target of four hours and two priorities."""
    return EscalationPolicy(
        "desk",
        [Tier("N1", kind="bot"), "N2", "N3"],
        [Path("N1", "N2"), Path("N2", "N3")],
        sla=SLAPolicy([Target("ownership", "4h", default=True)]),
        priorities=("low", "high"),
        goals=goals,
        version="7",
        **more,
    )


EVERY = a_policy(*(Goal(name, at_least=0.5) for name in NAMES))
TERMS = Terms(tiers=TIERS, bots=frozenset({"N1"}), policy=EVERY)


def first_done(case):
    """The first completed row, or none."""
    return next((row for row in case.rows if row.meaning in DONE), None)


def monday(at_us):
    """The Monday of that instant's week, in UTC."""
    day = datetime.fromtimestamp(at_us / 1e6, UTC).date()
    return str(day - timedelta(days=day.weekday()))


def runs(case):
    """The lines one after the other."""
    found = []
    for row in case.rows:
        if row.tier and found[-1:] != [row.tier]:
            found.append(row.tier)
    return found


def number(text):
    """The rating that a text is, or none."""
    return float(text) if text in ("1", "4.5") else None


def ratings(case):
    """The last rating that was given, if it is a number."""
    given = [row.attribute("rating") for row in case.rows if row.attribute("rating")]
    return None if not given else number(given[-1])


ORACLES = {
    "stays_in_first_line": lambda case: all(row.tier == "N1" for row in case.rows),
    "reopened": lambda case: any(
        a.meaning in DONE and b.meaning not in DONE
        for a, b in zip(case.rows, case.rows[1:], strict=False)
    ),
    "deflection": lambda case: (
        case.rows[-1].meaning in DONE and {row.tier for row in case.rows} == {"N1"}
    ),
    "moves": lambda case: len(runs(case)) - 1 if runs(case) else None,
    "bounces": lambda case: (
        sum(a == b for a, b in zip(runs(case), runs(case)[2:], strict=False))
        if runs(case)
        else None
    ),
    "rating": ratings,
    "to_first_completed": lambda case: (first_done(case).at_us - case.rows[0].at_us) / 3.6e9,
}


@settings(max_examples=40)
@given(log=logs() | desks(most=15))
def test_weeks_are_told_from_the_cases_completed_in_them(log):
    """Each measure of each week, from a list of its cases, and whether that is good enough."""
    figures = chapter_of(Scorecard, log, TERMS).figures
    for name, oracle in ORACLES.items():
        weeks = {}
        for case in log.cases:
            if first_done(case) is not None and oracle(case) is not None:
                weeks.setdefault(monday(first_done(case).at_us), []).append(oracle(case))
        key = f"{name}_at_least"
        if not weeks:
            assert key in {each.key for each in figures.left_out}
            continue
        value = figures[key].value
        assert list(value) == sorted(weeks)
        for week, found in weeks.items():
            expected = (
                statistics.median(found) if name == "to_first_completed" else statistics.mean(found)
            )
            got = value[week]
            if isinstance(got, Share):
                assert (got.part, got.whole) == (sum(found), len(found))
            else:
                assert getattr(got, "value", got) == pytest.approx(float(expected))
            reached = figures["reached"].value[f"{name}: at least 0.5"][week]
            assert reached == (float(expected) >= 0.5)
        hits = figures["reached"].value[f"{name}: at least 0.5"].values()
        whole = figures["weeks_reached"].value[f"{name}: at least 0.5"]
        assert whole == Share(sum(hits), len(weeks))


@settings(max_examples=40)
@given(log=logs() | desks(most=15))
def test_promises_kept_are_those_of_a_replay(log):
    """What a replay counts over the whole log is what the weeks have together."""
    known = [
        Case(case.id, tuple(row._replace(tier=row.tier or "N1") for row in case.rows))
        for case in log.cases
    ]
    log = Log(tuple(known), TIERS)
    figures = chapter_of(Scorecard, log, TERMS).figures
    cycles = replay(log, EVERY).cycles
    met, broken = (
        sum(
            count
            for (target, verdict), count in cycles.items()
            if verdict == wanted and "no target" not in target
        )
        for wanted in ("met", "breached")
    )
    if not met + broken:
        assert "kept_at_least" in {each.key for each in figures.left_out}
        return
    weeks = figures["kept_at_least"].value.values()
    assert sum(week.part for week in weeks) == met
    assert sum(week.whole for week in weeks) == met + broken


@settings(max_examples=40)
@given(log=logs(), where=shares, order=st.randoms())
def test_parts_and_order_do_not_matter(log, where, order):
    """Gathered in parts and put together, the chapter is the same to the byte."""
    assert said(in_parts(Scorecard, log, TERMS, where, order)) == said(
        chapter_of(Scorecard, log, TERMS)
    )


def completed_at(name, *hours, tier="N1"):
    """A case that is opened at the start and completed after so many hours."""
    begin = as_us(START)
    rows = [Row(begin, tier, meaning=Status.OPEN)]
    rows += [Row(begin + hour * 60 * MINUTE, tier, meaning=Status.RESOLVED) for hour in hours]
    return Case(name, tuple(rows))


class TestGoals:
    def test_a_promise_is_kept_in_the_week_in_which_it_ends(self):
        """Answered in time counts for the week of the answer; too late, for the week it was broken in."""
        terms = Terms(tiers=TIERS, policy=a_policy(Goal("kept", at_least=0.9)))
        log = Log((completed_at("1", 2), completed_at("2", 200)))
        figure = chapter_of(Scorecard, log, terms).figures["kept_at_least"]
        assert figure.value == {"2026-03-02": Share(1, 2)}
        assert "engine" in figure.definition

    def test_at_most(self):
        """A goal may bound from above: nine of ten weeks are as good as they are short."""
        terms = Terms(tiers=TIERS, policy=a_policy(Goal("to_first_completed", at_most=5)))
        figures = chapter_of(
            Scorecard, Log((completed_at("1", 5), completed_at("2", 200))), terms
        ).figures
        assert figures["to_first_completed_at_most"].value == {
            "2026-03-02": 5.0,
            "2026-03-09": 200.0,
        }
        assert figures["reached"].value["to_first_completed: at most 5"] == {
            "2026-03-02": 1,
            "2026-03-09": 0,
        }

    def test_a_measure_that_nobody_knows_is_answered_with_the_nearest(self):
        """A misspelt measure does not pass for one that was never reached."""
        terms = Terms(policy=a_policy(Goal("reopend", at_most=0.1)))
        [why] = [
            each.why
            for each in chapter_of(Scorecard, Log((completed_at("1", 2),)), terms).figures.left_out
            if each.key == "reopend_at_most"
        ]
        assert "did you mean 'reopened'" in why

    def test_the_same_measure_may_have_two_goals(self):
        """A floor and another floor are two goals with keys of their own."""
        terms = Terms(policy=a_policy(Goal("reopened", at_most=0.1), Goal("reopened", at_most=0.2)))
        figures = chapter_of(Scorecard, Log((completed_at("1", 2),)), terms).figures
        assert {"reopened_at_most", "reopened_at_most_2"} <= {figure.key for figure in figures}

    def test_a_rating_is_a_mean(self):
        """Customers' ratings keep their scale."""
        [case] = [completed_at("1", 2)]
        rated = case.rows[-1]._replace(attributes=(("rating", " 4 "),))
        terms = Terms(policy=a_policy(Goal("rating", at_least=4)))
        log = Log((Case("1", (case.rows[0], rated)),))
        figures = chapter_of(Scorecard, log, terms).figures
        assert figures["rating_at_least"].value == {"2026-03-02": Estimate(4.0, unit="number")}
        assert figures["reached"].value["rating: at least 4"] == {"2026-03-02": 1}

    def test_a_case_that_came_back_is_not_deflected(self):
        """A bot that solved a case which came back, and is still open, has kept it from nobody."""
        again = completed_at("1", 2)
        again = Case(
            "1", (*again.rows, again.rows[0]._replace(at_us=again.rows[-1].at_us + MINUTE))
        )
        terms = Terms(bots=frozenset({"N1"}), policy=a_policy(Goal("deflection", at_least=0.5)))
        figures = chapter_of(Scorecard, Log((again, completed_at("2", 2))), terms).figures
        assert figures["deflection_at_least"].value == {"2026-03-02": Share(1, 2)}

    def test_a_clock_without_a_promise_keeps_none(self):
        """Where no target applies a clock only counts: that it ended is no promise kept."""
        policy = attrs.evolve(
            a_policy(Goal("kept", at_least=0.9)),
            sla=SLAPolicy([Target("ownership", "4h", tiers=("N2",))]),
        )
        log = Log((completed_at("1", 2), completed_at("2", 2, tier="N2")))
        figures = chapter_of(Scorecard, log, Terms(tiers=TIERS, policy=policy)).figures
        assert figures["kept_at_least"].value == {"2026-03-02": Share(1, 1)}

    def test_weeks_are_those_of_the_desk(self):
        """Sunday night in Greenwich is Monday morning in Shanghai."""
        office = WorkCalendar(timezone="Asia/Shanghai", hours={"mon-fri": ["09:00-17:00"]})
        sunday = as_us(datetime(2026, 3, 8, 20, tzinfo=UTC))
        log = Log((Case("1", (Row(sunday, "N1", meaning=Status.CLOSED),)),))
        policy = a_policy(Goal("reopened", at_most=0.1))
        for terms, week in (
            (Terms(policy=policy), "2026-03-02"),
            (Terms(policy=policy, hours=office), "2026-03-09"),
        ):
            figure = chapter_of(Scorecard, log, terms).figures["reopened_at_most"]
            assert list(figure.value) == [week]

    def test_a_priority_that_the_policy_does_not_know(self):
        """Promises by priority mean nothing where the priority is unknown; it is said and not guessed."""
        rows = (
            Row(0, "N1", meaning=Status.OPEN, priority="hihg"),
            Row(9, "N1", meaning=Status.CLOSED),
        )
        figures = chapter_of(Scorecard, Log((Case("1", rows),)), TERMS).figures
        whys = {each.key: each.why for each in figures.left_out}
        assert "did you mean 'high'" in whys["kept_at_least"]

    def test_cases_beyond_the_calendar_are_counted(self):
        """A case of the year 1 has no open time; the others keep their figure, with a doubt."""
        office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
        policy = a_policy(Goal("kept", at_least=0.9), calendars={"office": office})
        long_ago = Case("2", (Row(-(10**16), "N1", meaning=Status.OPEN), Row(-(10**16) + 9, "N1")))
        log = Log((long_ago, completed_at("1", 2)))
        figure = chapter_of(Scorecard, log, Terms(tiers=TIERS, policy=policy)).figures[
            "kept_at_least"
        ]
        assert figure.value == {"2026-03-02": Share(1, 1)}
        assert "1 of 2 cases" in figure.doubt


class TestFeedback:
    def test_is_grouped_by_what_it_is_about_and_by_version(self):
        """What the team says of a rule stays with the rule, for each version of the policy."""
        desk = Desk(a_policy())
        for about in ("vip", "vip", "N1 to N2"):
            ticket = desk.open(subject="x")
            desk.handle(ticket.id, commands.Feedback(about, "too early"))
        figures = chapter_of(Scorecard, read(desk.log()), Terms()).figures
        assert figures["feedback"].value == {"vip": {"desk 7": 2}, "N1 to N2": {"desk 7": 1}}

    def test_ratings_of_a_journal_count(self):
        """What customers said in a desk is what its goals are held against."""
        desk = Desk(a_policy(Goal("rating", at_least=4)))
        ticket = desk.open(subject="x")
        desk.handle(ticket.id, commands.Take())
        desk.handle(ticket.id, commands.Resolve())
        desk.handle(ticket.id, commands.Rate(5))
        terms = Terms(tiers=TIERS, policy=a_policy(Goal("rating", at_least=4)))
        [value] = (
            chapter_of(Scorecard, read(desk.log()), terms).figures["rating_at_least"].value.values()
        )
        assert value == Estimate(5.0, unit="number")

    def test_a_log_without_any(self):
        """Only a journal has feedback, and the scorecard says so."""
        figures = chapter_of(Scorecard, Log(()), Terms()).figures
        assert {each.key for each in figures.left_out} == {"goals", "feedback"}


class TestEdges:
    def test_no_case(self):
        """Of no case no goal is reached, and none is missed."""
        figures = chapter_of(Scorecard, Log(()), TERMS).figures
        assert list(figures) == []
        assert len(figures.left_out) == len(NAMES) + 1

    def test_a_policy_without_goals(self):
        """Nothing to reach is not the same as nothing reached."""
        whys = {
            each.key: each.why
            for each in chapter_of(Scorecard, Log(()), Terms(policy=a_policy())).figures.left_out
        }
        assert "[[goals]]" in whys["goals"]

    def test_no_status(self):
        """Where nothing is ever completed no week has a value."""
        figures = chapter_of(
            Scorecard, Log((Case("1", (Row(0, "N1"), Row(9, "N2"))),)), TERMS
        ).figures
        whys = {each.key: each.why for each in figures.left_out}
        assert "status" in whys["moves_at_least"]
