"""The chapter "time" agrees with oracles that count hour by hour."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, SLAPolicy, Target
from escalate.core.workcalendar import WorkCalendar
from escalate.offline import Case, Log, Row, study
from escalate.offline.figures import Share
from tests.offline.logs import TIERS
from tests.offline.studying.desks import (
    cases_of,
    desk_rows,
    first_done,
    hourly,
    kind_of,
    read_desk,
)
from tests.offline.studying.test_flow import value
from tests.offline.test_figures import check_spread, is_office_hour

OFFICE = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
PENDING, HELD = "waiting for the customer", "waiting for a third party"
QUEUE, WORK = "in a queue", "in work"


def chapter(rows, *, assignee=False, **how):
    """The figures of the chapter."""
    return study(read_desk(rows, assignee=assignee), **how)["time"].figures


def state(row, *, assignee):
    """What a case is in from a row on."""
    match row.word:
        case "Received":
            return QUEUE
        case "In work":
            return QUEUE if assignee and not row.assignee else WORK
        case "Asked":
            return PENDING
        case "Parked":
            return HELD
        case "Odd":
            return "unknown"
    return None


def tells_status(rows):
    """Whether any status word means anything."""
    return any(row.word != "Odd" for case in cases_of(rows) for row in case)


@given(rows=desk_rows(), assignee=st.booleans())
def test_all_time_is_spent_on_something(rows, assignee):
    """What the time is spent on is told hour by hour, and adds up to all time outside Completed."""
    cases = cases_of(rows)
    hours = [state(row, assignee=assignee) for case in cases for row in hourly(case)]
    figures = chapter(rows, assignee=assignee)
    found = value(figures, "hours_by_state")
    if not tells_status(rows):
        assert found is None
        return
    assert found.get(PENDING) == hours.count(PENDING)
    assert found.get(HELD) == hours.count(HELD)
    assert found["unknown"] == hours.count("unknown")
    if QUEUE in found:
        assert (found[QUEUE], found[WORK]) == (hours.count(QUEUE), hours.count(WORK))
    else:
        assert found["in a queue or in work"] == hours.count(QUEUE) + hours.count(WORK)
    assert sum(found.values()) == sum(each is not None for each in hours)
    whole = sum(found.values())
    assert value(figures, "customer_wait_hours") == Share(hours.count(PENDING), whole)
    assert value(figures, "third_party_wait_hours") == Share(hours.count(HELD), whole)
    in_queue = value(figures, "in_queue_hours")
    assert in_queue is None or in_queue == Share(hours.count(QUEUE), whole)


@given(rows=desk_rows(), assignee=st.booleans())
def test_a_queue_is_only_told_where_the_log_tells_one(rows, assignee):
    """Without a status that means new, and without assignees, a queue looks like work."""
    tells = assignee or any(row.word == "Received" for case in cases_of(rows) for row in case)
    figures = chapter(rows, assignee=assignee)
    left_out = {each.key for each in figures.left_out}
    if tells_status(rows):
        for key in ("in_queue", "in_queue_hours", "in_work", "in_work_hours"):
            assert (key in left_out) == (not tells)


@given(rows=desk_rows(), assignee=st.booleans())
def test_each_case_counts_with_all_its_waits(rows, assignee):
    """Spreads have a case's hours of one kind together; a case without any is not in them."""
    figures = chapter(rows, assignee=assignee)
    kinds = {"customer_wait": PENDING, "third_party_wait": HELD, "in_queue": QUEUE, "in_work": WORK}
    for key, kind in kinds.items():
        found = value(figures, key)
        if found is not None:
            each = [
                sum(state(row, assignee=assignee) == kind for row in hourly(case))
                for case in cases_of(rows)
            ]
            check_spread(found, [hours for hours in each if hours])


@given(rows=desk_rows())
def test_from_resolved_to_closed(rows):
    """From the first resolved row of a run to the first closed one behind it, in the same run."""
    taken = []
    for case in cases_of(rows):
        runs = [[]]
        for row in case:
            if row.done:
                runs[-1].append(row)
            elif runs[-1]:
                runs.append([])
        for run in runs:
            begun = next((row.hour for row in run if row.word == "Solved"), None)
            if begun is not None:
                ended = [row.hour for row in run if row.word == "Closed" and row.hour > begun]
                taken += [ended[0] - begun] if ended else []
    found = value(chapter(rows), "resolved_to_closed")
    assert (found is None) == (not taken)
    if taken:
        check_spread(found, taken)


def test_closed_twice_is_closed_once():
    """Only the first closed row behind a resolved one ends the wait for closing."""
    words = ["Solved", "Solved", "Closed", "Closed", "In work", "Closed"]
    rows = [("1", f"2026-03-02T{9 + i:02}:00Z", word, *[""] * 6) for i, word in enumerate(words)]
    found = chapter(rows)["resolved_to_closed"].value
    assert (found.cases, found.mean_hours) == (1, 2.0)


@given(rows=desk_rows())
def test_open_time_is_counted_in_open_hours(rows):
    """Hours of the office, one by one, from the first row to the first completed one."""
    cases = [case for case in cases_of(rows) if first_done(case)]
    hours = [sum(map(is_office_hour, range(case[0].hour, first_done(case).hour))) for case in cases]
    found = value(chapter(rows, hours=OFFICE), "open_to_first_completed")
    if found is not None:
        check_spread(found, hours)


NAMES = {
    "line": lambda row, _: row.line,
    "team": lambda row, _: row.team,
    "priority": lambda row, _: row.priority,
    "request": lambda _, case: kind_of(case),
}


def spent_in(case, name_of, *, assignee):
    """Return a case's hours by name and measure, told hour by hour."""
    spent = Counter()
    for row in hourly(case):
        if name_of(row, case) and not row.done:
            spent[name_of(row, case), "outside completed"] += 1
            spent[name_of(row, case), state(row, assignee=assignee)] += 1
    return spent


def measured(rows, name_of, *, assignee):
    """Return the hours of every case by name and measure; how many have the name, as ``cases``."""
    found = {}
    for case in cases_of(rows):
        for name in {name_of(row, case) for row in case} - {None, ""}:
            found.setdefault((name, "cases"), []).append(1)
        done = first_done(case)
        if done and name_of(done, case):
            taken = range(case[0].hour, done.hour)
            name = name_of(done, case)
            found.setdefault((name, "to first completed"), []).append(len(taken))
            opened = sum(map(is_office_hour, taken))
            found.setdefault((name, "to first completed, open time"), []).append(opened)
        for key, hours in spent_in(case, name_of, assignee=assignee).items():
            found.setdefault(key, []).append(hours)
    return found


@given(rows=desk_rows(), assignee=st.booleans(), group=st.sampled_from(sorted(NAMES)))
def test_times_by_what_a_row_says(rows, assignee, group):
    """By line, team, priority and type of request: every measure, told hour by hour."""
    expected = measured(rows, NAMES[group], assignee=assignee)
    figures = chapter(rows, assignee=assignee, hours=OFFICE)
    found = value(figures, f"by_{group}")
    if found is None:
        assert not expected or not tells_status(rows)
        return
    untold = {"unknown", *((QUEUE, WORK) if value(figures, "in_queue") is None else ())}
    expected = {key: hours for key, hours in expected.items() if key[1] not in untold}
    flat = {(name, measure): each for name, row in found.items() for measure, each in row.items()}
    for (name, measure), each in flat.items():
        if measure == "cases":
            assert each == len(expected.pop((name, measure), []))
        elif measure != "resolved to closed":
            check_spread(each, expected.pop((name, measure)))
    assert not expected


@given(rows=desk_rows(), limit=st.integers(0, 40))
def test_the_promise_of_the_first_line(rows, limit):
    """With a policy, whether the first line solved or passed on in time, by either clock."""
    policy = a_policy(within=f"{limit}h") if limit else None
    figures = chapter(rows, policy=policy)
    wall, opened = (value(figures, f"first_line_within_{how}") for how in ("wall", "open"))
    tells_line = any(row.line for case in cases_of(rows) for row in case)
    if policy is None or not tells_status(rows) or not tells_line:
        assert wall is opened is None
        return
    starting = [case for case in cases_of(rows) if case[0].line == "N1"]
    spans = []
    for case in starting:
        ends = [row.hour for row in case if row.done or row.line not in (None, "N1")]
        spans += [range(case[0].hour, ends[0])] if ends else []
    assert wall == Share(sum(len(span) <= limit for span in spans), len(starting))
    in_time = sum(sum(map(is_office_hour, span)) <= limit for span in spans)
    assert opened == Share(in_time, len(starting))


def a_policy(within="2h", calendar=OFFICE):
    """A policy that promises something in the first line."""
    return EscalationPolicy(
        "p",
        TIERS,
        [Path("N1", "N2"), Path("N2", "N3")],
        sla=SLAPolicy([Target("ownership", within, default=True)]),
        calendars={"office": calendar},
    )


class TestDoubts:
    def test_cases_outside_the_calendar_are_counted_and_told(self):
        """One row of a year that the calendar does not cover does not end the study."""
        short = WorkCalendar(
            timezone="UTC",
            hours={"mon-fri": ["09:00-17:00"]},
            holidays=[date(2026, 12, 25)],
        )
        far = [Row(-60_000_000_000_000_000, "N1", meaning="new"), Row(0, "N1", meaning="closed")]
        log = Log((Case("1", tuple(far)),))
        figure = study(log, policy=a_policy(calendar=short))["time"].figures[
            "open_to_first_completed"
        ]
        assert figure.value.cases == 0
        assert "1 of 1 cases lie outside the years of the calendar" in figure.doubt

    def test_waits_that_never_occur_are_doubted(self):
        """A log without a word for waiting says nothing about waiting, and the figure says so."""
        rows = [("1", "2026-03-02T09:00Z", "Received", "desk a", *[""] * 5)]
        rows += [("1", "2026-03-02T10:00Z", "Solved", "desk a", *[""] * 5)]
        figure = chapter(rows)["customer_wait_hours"]
        assert figure.value == Share(0, 1)
        assert "No status of the log means pending" in figure.doubt

    def test_cases_that_are_cut_are_told_beside_the_times_that_lack_them(self):
        """If many cases are not completed at their end, the slowest are missing."""
        rows = [("1", "2026-03-02T09:00Z", "Received", "desk a", *[""] * 5)]
        rows += [("2", "2026-03-02T09:00Z", "Solved", "desk a", *[""] * 5)]
        doubt = chapter(rows)["to_first_completed"].doubt
        assert "1 of 2 cases are not completed at their end" in doubt

    @pytest.mark.parametrize(("word", "doubted"), [("Received", False), ("In work", True)])
    def test_a_queue_that_the_log_hides_is_told(self, word, doubted):
        """Where no case is new again in a later line, waiting there counts as work."""
        rows = [
            ("1", "2026-03-02T09:00Z", "Received", "desk a", *[""] * 5),
            ("1", "2026-03-02T10:00Z", word, "product x", *[""] * 5),
        ]
        assert bool(chapter(rows)["in_queue"].doubt) == doubted


def test_a_log_without_status_says_so():
    """Times need a status; each figure that does is left out by name."""
    log = Log((Case("1", (Row(0, "N1"), Row(5, "N1"))),), TIERS)
    figures = study(log)["time"].figures
    assert figures.figures == ()
    assert {each.why for each in figures.left_out} == {
        "no status of the log means anything: map a status column and its words"
    }
