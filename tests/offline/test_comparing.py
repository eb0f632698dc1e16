"""Two policies over one log, held against each of them alone."""

from __future__ import annotations

from collections import Counter
from math import comb

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, SLAPolicy, Target, WorkCalendar
from escalate.core import events as e
from escalate.offline import compare
from escalate.offline.following import follow_case
from escalate.offline.intervals import mcnemar, paired_difference
from tests.offline import logs
from tests.offline.test_replaying import ADVISING, HOUR, POLICY, case
from tests.offline.test_replays import OFFICE

WORDS = {"met": "kept", "cancelled": "undecided", "running": "undecided", "paused": "undecided"}


def verdicts(each, policy):
    """Each cycle of a case with its verdict and deadline, from its journal."""
    found = {}
    for _, event in follow_case(each, policy.advisory()):
        for _, clock in event.clocks:
            if clock.name != "idle":
                was = found.get((clock.name, clock.cycle), ("", None))
                if was[0] != "broken":
                    word = WORDS[clock.state.value] if clock.target else "none"
                    found[clock.name, clock.cycle] = (word, clock.due_us)
                if isinstance(event, e.Breached):
                    found[clock.name, clock.cycle] = ("broken", clock.due_us)
    return found


@given(logs.csv_rows(ties=True), *[st.sampled_from([POLICY, ADVISING, OFFICE])] * 2)
def test_changes_are_what_the_journals_say(rows, a, b):
    """Every cycle that is judged differently is there, with both deadlines; no other is."""
    log = logs.read_rows(rows)
    found = compare(log, a, b)
    expected = []
    worst = Counter()
    for each in log.cases:
        ours, theirs = verdicts(each, a), verdicts(each, b)
        tickets = {}
        for key in ours.keys() | theirs.keys():
            (was, due), (now, other) = (
                ours.get(key, ("none", None)),
                theirs.get(key, ("none", None)),
            )
            if was != now:
                expected.append((each.id, *key, was, now, due, other))
            if (was, now) != ("none", "none"):
                tickets.setdefault(key[0], []).append((was, now))
        for clock, pairs in tickets.items():
            order = ["broken", "kept", "undecided", "none"]
            pair = tuple(min((pair[i] for pair in pairs), key=order.index) for i in (0, 1))
            worst[clock, pair] += 1
    assert [
        (one.case, one.clock, one.cycle, one.was, one.now, one.first_due_us, one.second_due_us)
        for one in found.changes
    ] == sorted(expected, key=lambda one: one[:3])
    assert {
        (clock, pair): count
        for clock, pairs in found.tickets.items()
        for pair, count in pairs.items()
    } == worst
    assert all(one.why for one in found.changes)


@given(logs.csv_rows(), st.sampled_from([POLICY, ADVISING, OFFICE]))
def test_a_policy_differs_in_nothing_from_itself(rows, policy):
    """The same policy twice changes no verdict, and the difference is nought."""
    found = compare(logs.read_rows(rows), policy, attrs.evolve(policy, version="again"))
    assert not found.changes
    for figure in found.chapters[0].figures:
        if figure.key == "difference":
            assert {each.value for each in figure.value.values()} <= {0.0, None}


def one_target(**terms) -> EscalationPolicy:
    """A policy that promises to resolve within 4 h, or as *terms* say."""
    given_ = {"within": "4h"} | terms
    policy = {name: given_.pop(name) for name in ("calendars", "on_reopen") if name in given_}
    target = Target("resolution", default=True, name="resolution", **given_)
    return EscalationPolicy("desk", ["N1", "N2", "N3"], sla=SLAPolicy([target]), **policy)


OFFICE_HOURS = WorkCalendar("UTC", {"mon-sun": ["09:00-10:00"]})
NIGHT_HOURS = WorkCalendar("UTC", {"mon-sun": ["00:00-09:00"]})


@pytest.mark.parametrize(
    ("last", "a", "b", "why"),
    [
        (9, {}, {"within": "9h"}, "within: 4h > 9h"),
        (7, {}, {"pause_while": []}, "pauses: on_hold, pending > none"),
        (
            9,
            {"calendars": {"hours": OFFICE_HOURS}},
            {"calendars": {"hours": NIGHT_HOURS}},
            "hours of the calendar hours",
        ),
        (9, {}, {"calendars": {"hours": OFFICE_HOURS}}, "calendar: always > hours"),
    ],
)
def test_why_names_the_terms_that_differ(last, a, b, why):
    """A verdict that changes comes with what is otherwise in the other policy."""
    log = case((0, "N1", "open"), (2, "N1", "pending"), (5, "N1", "open"), (last, "N1", "open"))
    found = compare(log, one_target(**a), one_target(**b))
    assert [one.why for one in found.changes] == [why]


def test_a_clock_that_only_one_has_is_said_so():
    """A promise that only one of the policies makes is judged under that one alone."""
    log = case((0, "N1", "open"), (9, "N1", "open"))
    [change] = compare(log, one_target(), EscalationPolicy("desk", ["N1", "N2", "N3"])).changes
    assert (change.was, change.now, change.second) == ("broken", "none", "")
    assert change.why == "no such clock under the second"
    assert change.first_due_us == 4 * HOUR


def test_both_stories_are_told():
    """One case under each of the two."""
    log = case((0, "N1", "open"), (5, "N1", "open"))
    story = compare(log, one_target(), one_target(within="9h")).story(log.cases[0])
    assert story.count("17 under desk draft") == 2
    assert story.count("the promise 'resolution' is broken") == 1


def test_newcombe_s_own_example():
    """The interval that was published for 36, 12, 2 and 0, first less second: 0.0569 to 0.3404."""
    found = paired_difference(36, 12, 2, 0)
    assert (-found.high, -found.low) == pytest.approx((0.0569, 0.3404), abs=5e-5)


@given(*[st.integers(0, 60)] * 4)
def test_an_interval_holds_its_share_and_turns_with_its_sides(both, first, second, neither):
    """The interval holds the value, lies within -1 and 1, and mirrors when the two change places."""
    found = paired_difference(both, first, second, neither)
    if found.value is None:
        assert not both + first + second + neither
        return
    assert -1 <= found.low <= found.value <= found.high <= 1
    turned = paired_difference(both, second, first, neither)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_s_test_is_exact(first, second):
    """Twice the tail of the binomial distribution, summed in whole numbers."""
    fewer, changed = min(first, second), first + second
    tail = sum(comb(changed, k) for k in range(fewer + 1))
    assert mcnemar(first, second) == pytest.approx(min(1.0, 2 * tail / 2**changed), rel=1e-9)


def test_many_changes_need_no_large_numbers():
    """A million tickets that changed are tested in a moment."""
    assert mcnemar(500_000, 500_000) == 1.0
    assert mcnemar(490_000, 510_000) < 1e-80
