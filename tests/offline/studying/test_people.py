"""The chapter "people" agrees with oracles that count the slow and simple way."""

from __future__ import annotations

import io
import json
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from escalate import Actor, Check, Desk, EscalationPolicy, Path, RequestType
from escalate.core import commands
from escalate.offline import Estimate, read, study
from escalate.offline.figures import Share
from escalate.testing import ManualClock
from tests.offline.logs import TIERS
from tests.offline.studying.desks import (
    cases_of,
    changes,
    csv_of,
    desk_rows,
    hourly,
    kind_of,
    mapping,
    read_desk,
    solved,
)
from tests.offline.studying.test_flow import check_spreads, stays_of, value

WHOSE = {"team": lambda row: row.team, "person": lambda row: row.who}
PLURAL = {"team": "teams", "person": "people"}


def chapter(rows, **how):
    """The figures of the chapter, people by name."""
    return study(read_desk(rows), names=True, **how)["people"].figures


def handled(case):
    """The rows at which somebody does something: no completed one right after a completed one."""
    return [row for i, row in enumerate(case) if i == 0 or not (row.done and case[i - 1].done)]


@given(rows=desk_rows(), what=st.sampled_from(sorted(WHOSE)))
def test_volume_and_time(rows, what):
    """Cases and hours of each team and person, told row by row and hour by hour."""
    cases, hours, whose = Counter(), {}, WHOSE[what]
    for case in cases_of(rows):
        cases.update({whose(row) for row in handled(case)} - {""})
        for name in {whose(row) for row in hourly(case) if not row.done} - {""}:
            mine = [row for row in hourly(case) if whose(row) == name and not row.done]
            hours.setdefault(name, []).append(len(mine))
    figures = chapter(rows)
    assert (value(figures, f"cases_by_{what}") or {}) == dict(cases)
    names = [name for name, _ in sorted(cases.items(), key=lambda item: (-item[1], item[0]))]
    assert list(value(figures, f"cases_by_{what}") or {}) == names
    check_spreads(value(figures, f"time_by_{what}") or {}, hours)


@given(rows=desk_rows(), what=st.sampled_from(sorted(WHOSE)))
def test_what_is_passed_on(rows, what):
    """Every change of hands is one transfer; who ever passed a case on did so in that case."""
    pairs, passing, cases = Counter(), Counter(), Counter()
    for case in cases_of(rows):
        names = changes([WHOSE[what](row) for row in handled(case)])
        moves = list(pairwise(names))
        pairs.update(f"{a} > {b}" for a, b in moves)
        passing.update({a for a, _ in moves})
        cases.update(set(names))
    figures = chapter(rows)
    assert (value(figures, f"transfers_between_{PLURAL[what]}") or {}) == dict(pairs)
    for name, estimate in (value(figures, f"passed_on_by_{what}") or {}).items():
        check_share(estimate, passing[name], cases[name])


@given(rows=desk_rows(), what=st.sampled_from(sorted(WHOSE)))
def test_what_comes_back_after_whom(rows, what):
    """Each completion belongs to who completed it, and so does what becomes of it."""
    done, undone = Counter(), Counter()
    for case in cases_of(rows):
        for row in handled(case):
            if row.done and WHOSE[what](row):
                done[WHOSE[what](row)] += 1
                undone[WHOSE[what](row)] += not all(r.done for r in case[case.index(row) :])
    figures = chapter(rows)
    for name, count in (value(figures, f"completed_by_{what}") or {}).items():
        assert count == done[name]
    for name, estimate in (value(figures, f"reopened_after_{what}") or {}).items():
        check_share(estimate, undone[name], done[name])


def check_share(estimate, part, whole):
    """A share lies in its interval, which solves Wilson's equation at both ends."""
    if not whole:
        assert estimate == Estimate(None)
        return
    share, z = part / whole, 1.959963984540054
    assert estimate.value == share
    assert 0 <= estimate.low <= share <= estimate.high <= 1
    for end in (estimate.low, estimate.high):
        assert abs(share - end) == pytest.approx(z * (end * (1 - end) / whole) ** 0.5, abs=1e-9)


@given(rows=desk_rows(), what=st.sampled_from(sorted(WHOSE)))
def test_satisfaction(rows, what):
    """The last rating of a case that is a number counts, for who solved the case for good."""
    numbers = {"1": Fraction(1), "5": Fraction(5), "3.5": Fraction(7, 2)}
    given_, by, unread = [], {}, 0
    for case in cases_of(rows):
        marks = [row.mark for row in case if row.mark]
        unread += bool(marks) and marks[-1] not in numbers
        if marks and marks[-1] in numbers:
            given_.append(numbers[marks[-1]])
            who = WHOSE[what](solved(case)) if solved(case) else ""
            by.setdefault(who, []).append(given_[-1])
    by.pop("", None)
    figures = chapter(rows)
    assert value(figures, "rated") == (Share(len(given_), len(cases_of(rows))) if given_ else None)
    if given_:
        assert (figures["rated"].doubt != "") == bool(unread)
        found = value(figures, f"satisfaction_by_{what}") or {}
        assert {name: each.value for name, each in found.items()} == {
            name: pytest.approx(float(sum(each) / len(each))) for name, each in by.items()
        }
        whole = value(figures, "satisfaction")
        assert whole.value == pytest.approx(float(sum(given_) / len(given_)))
        if len(set(given_)) > 1:
            assert min(given_) <= whole.low <= whole.value <= whole.high <= max(given_)


@given(rows=desk_rows())
def test_names_are_hidden_unless_asked_for(rows):
    """No name of a person is anywhere in a study, and the numbers go by volume."""
    named = [
        tuple(f"Zoë {cell}" if i == 5 and cell.strip() else cell for i, cell in enumerate(row))
        for row in rows
    ]
    log = read_desk(named)
    hidden, shown = study(log), study(log, names=True)
    assert "Zo" not in json.dumps(hidden.to_json()["chapters"])
    counts = value(hidden["people"].figures, "cases_by_person") or {}
    assert list(counts) == [f"person {i}" for i in range(1, len(counts) + 1)]
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    theirs = value(shown["people"].figures, "cases_by_person") or {}
    assert sorted(theirs.values()) == sorted(counts.values())


@given(rows=desk_rows())
def test_training_needs(rows):
    """Passed up, and completed for good in the very next stay with no wait: told stay by stay."""
    passed, alone, hours = Counter(), Counter(), {}
    for case in cases_of(rows):
        stays = stays_of(case)
        begins = [
            row for i, row in enumerate(case) if row.line and row.line != line_before(case, i)
        ]
        for i, ((a, _, _), (b, to, spent)) in enumerate(pairwise(stays)):
            if not kind_of(case) or TIERS.index(a) >= TIERS.index(b):
                continue
            kind = f"{kind_of(case)}: {a} > {b}"
            passed[kind] += 1
            here = [row for row in case if row.hour >= begins[i + 1].hour]
            words = [row.word for row in here]
            once = sorted(words, key=lambda word: word in ("Solved", "Closed")) == words
            waits = {"Asked", "Parked"} & set(words)
            if to is None and solved(case) in here and once and not waits:
                alone[kind] += 1
                hours.setdefault(kind, []).append(spent)
    figures = chapter(rows)
    found = value(figures, "training_needs")
    if found is not None:
        assert found == {kind: Share(alone[kind], passed[kind]) for kind in alone}
        check_spreads(value(figures, "training_hours"), hours)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["In work", "Solved", "Closed"], {"login: N1 > N2": Share(1, 1)}),
        (["Solved", "In work", "Solved"], {}),  # it was not so easy after all
        (["Asked", "In work", "Solved"], {}),
        (["Parked", "Solved"], {}),
        (["In work", "In work"], {}),
    ],
)
def test_what_the_next_line_solved_with_ease(words, expected):
    """At once, for good, and with no wait for anybody."""
    rows = [("1", "2026-03-02T08:00Z", "In work", "desk a", "low", "Ann", "login", "", "")]
    rows += [
        ("1", f"2026-03-02T{9 + i:02}:00Z", word, "product x", "low", "Bob", "login", "", "")
        for i, word in enumerate(words)
    ]
    assert chapter(rows)["training_needs"].value == expected


def line_before(case, i):
    """The last known line before a row."""
    return next((row.line for row in reversed(case[:i]) if row.line), None)


class TestJournal:
    """What a desk's own journal tells beyond other logs."""

    POLICY = EscalationPolicy(
        "p",
        ["N1", "N2"],
        [Path("N1", "N2", override_by=["agent"])],
        request_types=[RequestType("login", checklist=[Check("reset")])],
    )

    def studied(self, *tried, policy=POLICY, milestone="reset"):
        """Study a desk with one ticket that N1 passed on and N2 solved."""
        clock = ManualClock()
        desk = Desk(self.POLICY, clock=clock)
        ticket = desk.open(request_type="login").id
        asked = [
            commands.Escalate(to="N2", override="no time"),
            commands.Take(),
            *tried,
            commands.ReachMilestone(milestone),
            commands.Resolve(),
            commands.Rate(4),
        ]
        for command in asked:
            clock.advance(minutes=5)
            desk.handle(ticket, attributed(command))
        return study(read(desk.log()), policy=policy)

    def test_the_checklist_alone(self):
        """N2 went through the checks and tried nothing else: N1 could have."""
        figures = self.studied()["people"].figures
        assert figures["training_needs_by_checklist"].value == {"login: N1 > N2": Share(1, 1)}

    def test_something_else_was_tried(self):
        """An attempt beyond the checklist shows more skill than it asks for."""
        figures = self.studied(commands.RecordAttempt("reinstalled"))["people"].figures
        assert figures["training_needs"].value == {"login: N1 > N2": Share(1, 1)}
        assert figures["training_needs_by_checklist"].value == {}

    def test_another_check_than_the_types(self):
        """A policy says which checks are a type's; without one any check counts."""
        other = EscalationPolicy(
            "q", ["N1", "N2"], request_types=[RequestType("login", checklist=[Check("other")])]
        )
        figures = self.studied(policy=other)["people"].figures
        assert figures["training_needs_by_checklist"].value == {}
        figures = self.studied(policy=None)["people"].figures
        assert figures["training_needs_by_checklist"].value == {"login: N1 > N2": Share(1, 1)}

    def test_ratings_and_queues_are_told(self):
        """The journal tells the customer's rating, and when nobody was assigned."""
        found = self.studied()
        assert found["people"].figures["satisfaction"].value == Estimate(4.0, unit="number")
        assert "in_queue" not in {each.key for each in found["time"].figures.left_out}


def attributed(command):
    """Let somebody give the command."""
    return evolve(command, by=Actor("ann", roles=["agent"]))


def test_another_attribute_may_tell_who_did_it():
    """Whatever a log calls people, types of request and ratings can be named."""
    rows = [("1", "2026-03-02T09:00Z", "Solved", "desk a", "low", "Ann", "login", "5", "Bob")]
    log = read(io.BytesIO(csv_of(rows)), mapping=mapping(assignee=True))
    figures = study(log, person="assignee", names=True)["people"].figures
    assert figures["cases_by_person"].value == {"Bob": 1}
    figures = study(log, person="nobody", names=True)["people"].figures
    assert figures["cases_by_person"].value == {"Bob": 1}


def test_what_the_log_lacks_is_named():
    """Without teams, people, ratings and types of request, each figure says what to map."""
    file = io.BytesIO(b"case_id,timestamp\n1,2026-03-02T09:00Z\n")
    whys = {each.key: each.why for each in study(read(file))["people"].figures.left_out}
    assert "team" in whys["cases_by_team"]
    assert "resource" in whys["cases_by_person"]
    assert "rating" in whys["satisfaction"]
    assert "tier" in whys["training_needs"]
