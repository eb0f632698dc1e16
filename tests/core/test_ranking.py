"""Which ticket next: the order in examples, and that it is one."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, SLAPolicy, Target
from escalate.core import advance, fold, observe, step
from escalate.core import commands as c
from escalate.core import facts as f
from escalate.core.model import Ticket
from escalate.core.ranking import rank
from escalate.core.sla import Step
from escalate.errors import NaiveInstant
from escalate.testing import START, walk
from escalate.testing.strategies import policies, walks

POLICY = EscalationPolicy(
    "desk",
    ["N1", "N2"],
    [Path("N1", "N2")],
    sla=SLAPolicy(
        [
            Target("resolution", "10m", when='"short" in tags'),
            Target("resolution", "60m", when='"long" in tags'),
            Target(
                "ownership",
                "5m",
                tiers=["N1"],
                when='"passed on" in tags',
                steps=[Step("80%", escalate_to="N2")],
            ),
        ]
    ),
)


def minutes(number: float) -> datetime:
    """An instant so many minutes after the first ticket was opened."""
    return START + timedelta(minutes=number)


def a_ticket(name: str, *tags: str, priority: str = "normal", opened: float = 0) -> Ticket:
    """A ticket with these tags, which decide what is promised."""
    command = c.Open(name, tags=frozenset(tags), priority=priority)
    ticket = step(None, command, POLICY, now=minutes(opened)).ticket
    assert ticket is not None
    return ticket


def order(*tickets: Ticket, at: float = 5) -> list[str]:
    """The ids in the order in which they come; it must not matter how they are given."""
    forth, back = rank(tickets, POLICY, minutes(at)), rank(tickets[::-1], POLICY, minutes(at))
    assert forth == back
    return [ticket.id for ticket in forth]


class TestOrder:
    def test_what_has_breached_comes_first(self) -> None:
        """A late ticket of low priority goes before an urgent one that is still in time."""
        late = a_ticket("late", "short", priority="low")
        soon = a_ticket("soon", "short", priority="urgent", opened=2)
        assert order(soon, late, at=11) == ["late", "soon"]

    def test_a_breach_counts_though_nobody_has_looked(self) -> None:
        """5.3: a ticket that was last touched in time is late all the same, once its time is up."""
        unseen = a_ticket("unseen", "short")
        assert not unseen.clocks["resolution"].breached
        seen = advance(a_ticket("seen", "short", opened=1), POLICY, before=minutes(30)).ticket
        assert seen is not None
        assert seen.clocks["resolution"].breached
        assert order(seen, unseen, at=30) == ["unseen", "seen"]

    def test_at_the_due_instant_it_is_in_time(self) -> None:
        """3.4: who acts at that very instant has kept the promise, so nothing is late yet."""
        late = advance(a_ticket("late", "short", opened=-9), POLICY, before=minutes(2)).ticket
        waits = step(late, c.Wait(), POLICY, now=minutes(2)).ticket
        assert waits is not None
        edge = a_ticket("edge", "short")
        assert order(edge, waits, at=10) == ["late", "edge"]
        assert order(edge, waits, at=10.001) == ["edge", "late"]

    def test_what_is_due_sooner_comes_first(self) -> None:
        """Of two in time, the one with less time left; what has no deadline comes after both."""
        tickets = a_ticket("long", "long"), a_ticket("none"), a_ticket("short", "short")
        assert order(*tickets) == ["short", "long", "none"]

    def test_a_paused_clock_is_not_due(self) -> None:
        """A ticket that waits for its customer comes after one that has a deadline."""
        waits = step(a_ticket("waits", "short"), c.Wait(), POLICY, now=minutes(1)).ticket
        assert waits is not None
        assert order(waits, a_ticket("works", "long")) == ["works", "waits"]

    def test_a_late_ticket_that_waits_is_still_late(self) -> None:
        """A pause takes no breach back."""
        late = advance(a_ticket("late", "short"), POLICY, before=minutes(15)).ticket
        waits = step(late, c.Wait(), POLICY, now=minutes(15)).ticket
        assert waits is not None
        assert order(waits, a_ticket("works", "long"), at=16) == ["late", "works"]

    def test_then_priority_then_age_then_id(self) -> None:
        """Without deadlines the most important comes first, then the oldest, then the lower id."""
        tickets = (
            a_ticket("b"),
            a_ticket("a"),
            a_ticket("older", opened=-1),
            a_ticket("urgent", priority="urgent", opened=3),
            a_ticket("low", priority="low", opened=-9),
        )
        assert order(*tickets) == ["urgent", "older", "a", "b", "low"]

    def test_an_unknown_priority_comes_after_all_known_ones(self) -> None:
        """A host's word that the policy never heard of cannot jump the queue."""
        odd = observe(a_ticket("odd", opened=-9), f.PriorityIs("p0"), POLICY, now=START).ticket
        assert odd is not None
        assert order(odd, a_ticket("low", priority="low")) == ["low", "odd"]

    def test_done_tickets_come_last(self) -> None:
        """Nobody owes a resolved ticket anything, however late it was."""
        late = advance(a_ticket("late", "short"), POLICY, before=minutes(15)).ticket
        done = step(late, c.Resolve(), POLICY, now=minutes(16)).ticket
        assert done is not None
        assert order(done, a_ticket("low", priority="low"), at=20) == ["low", "late"]

    def test_a_step_that_moves_a_ticket_ends_its_clock_also_unseen(self) -> None:
        """5.3: a ticket that a timer has passed on meanwhile is not late where it no longer is."""
        moved, works = a_ticket("moved", "passed on"), a_ticket("works", "long")
        assert order(moved, works, at=3) == ["moved", "works"]
        assert order(moved, works, at=20) == ["works", "moved"]

    def test_the_instant_has_a_zone(self) -> None:
        """A naive instant is an error, also where no ticket has a timer."""
        with pytest.raises(NaiveInstant):
            rank([a_ticket("none")], POLICY, datetime(2026, 3, 2, 9))  # noqa: DTZ001 - it is the case

    def test_no_tickets_have_an_order_too(self) -> None:
        """An empty queue is an empty answer."""
        assert rank([], POLICY, START) == ()


def looked_at(ticket: Ticket, policy: EscalationPolicy, now: datetime) -> Ticket:
    """The ticket after all timers before *now*."""
    seen = advance(ticket, policy, before=now).ticket
    assert seen is not None
    return seen


def goes_before(one: Ticket, two: Ticket, policy: EscalationPolicy) -> bool:
    """The sentence of ``rank``'s docstring, one clause after the other, for tickets looked at."""
    if one.status.is_done is not two.status.is_done:
        return two.status.is_done
    lives = [[each for each in t.clocks.values() if each.is_live] for t in (one, two)]
    late = [any(clock.breached for clock in live) for live in lives]
    if late[0] is not late[1]:
        return late[0]
    dues = [[clock.due_at for clock in live if clock.due_at] for live in lives]
    if dues[0] and dues[1] and min(dues[0]) != min(dues[1]):
        return min(dues[0]) < min(dues[1])
    if bool(dues[0]) is not bool(dues[1]):
        return bool(dues[0])
    words = [*policy.priorities]
    heights = [words.index(t.priority) if t.priority in words else -1 for t in (one, two)]
    if heights[0] != heights[1]:
        return heights[0] > heights[1]
    if one.opened_at != two.opened_at:
        return one.opened_at < two.opened_at
    return one.id < two.id


# Made once: to build and check strategies of this size costs more than to draw from them.
POLICIES, LIVES = policies(), walks(max_size=6)


@st.composite
def queues(draw: st.DrawFn) -> tuple[EscalationPolicy, list[Ticket], datetime]:
    """A policy, a few tickets under it and an instant: one life, left off after each of its strides."""
    policy: EscalationPolicy = draw(POLICIES)
    life = walk(policy, draw(LIVES))
    tickets, events = [], 0
    for number, (_, outcome) in enumerate(life.outcomes):
        events += len(outcome.events)
        opened = attrs.evolve(life.journal[0], id=f"T-{number}")
        tickets.append(fold(None, [opened, *life.journal[1:events]]))
    return policy, tickets, minutes(draw(st.integers(0, 40)))


@given(queues(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_tickets_come_in(
    queue: tuple[EscalationPolicy, list[Ticket], datetime], dice: object
) -> None:
    """Any permutation of a queue has the same order, and nothing is lost or made."""
    policy, tickets, now = queue
    ranked = rank(tickets, policy, now)
    shuffled = list(tickets)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types its dice as an object
    assert rank(shuffled, policy, now) == ranked
    assert sorted(each.id for each in ranked) == sorted(each.id for each in tickets)
    assert all(any(each is given for given in tickets) for each in ranked)


@given(queues())
def test_every_pair_stands_as_the_docstring_says(
    queue: tuple[EscalationPolicy, list[Ticket], datetime],
) -> None:
    """Not only neighbours: of any two tickets the one that goes before stands before."""
    policy, tickets, now = queue
    ranked = [looked_at(each, policy, now) for each in rank(tickets, policy, now)]
    for place, one in enumerate(ranked):
        for two in ranked[place + 1 :]:
            assert goes_before(one, two, policy)
            assert not goes_before(two, one, policy)


@given(queues(), st.lists(st.integers(0, 40)))
def test_it_does_not_matter_who_has_looked_before(
    queue: tuple[EscalationPolicy, list[Ticket], datetime], looks: list[int]
) -> None:
    """5.3: a queue of which some tickets were ticked meanwhile has the same order."""
    policy, tickets, now = queue
    some = [
        looked_at(each, policy, min(now, minutes(looks[place]))) if place < len(looks) else each
        for place, each in enumerate(tickets)
    ]
    ids = [each.id for each in rank(tickets, policy, now)]
    assert [each.id for each in rank(some, policy, now)] == ids
