"""Laws on what was seen, said again, said late or only advised (SEMANTICS 5.4 to 5.11)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import timedelta
from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from escalate import (
    EscalationPolicy,
    SLAPolicy,
    Target,
)
from escalate.core import advance, observe, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.model import Ticket
from escalate.core.protocol import Permission
from escalate.core.rules import Rule
from escalate.testing import START, Stride, Walk, walk
from tests.core.busy_desk import (
    ANN,
    AUTOMATIC,
    CHANGES,
    COMMANDS,
    EDGES,
    EVE,
    EVERYTHING,
    HOLDS,
    MOVES,
    PLAIN,
    SEEN,
    STATUS,
    TALK,
    busy_lives,
    busy_policies,
    moments,
    ways_of,
)


@given(
    busy_policies() | busy_policies(permissions=[Permission("Hold", ["lead"])]),
    busy_lives((*SEEN, *[f.Did(c.Hold(by=ANN)), f.TierIs("N3")] * 4)),
)
def test_law_8_every_breach_of_the_policy_that_was_seen_is_journalled(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.8: no fact is refused; just before a move that the policy does not allow stands what it breaks."""
    result = walk(policy, life)
    assert not result.refusals
    last: e.Event | None = None
    for moment in moments(result.journal):
        event, before = moment.event, moment.before
        if isinstance(event, e.Moved) and event.by.kind == "agent":
            ways = ways_of(policy, event)
            open_ = [way for way in ways if HOLDS[way.when](before) and not way.approval]
            if before.status.is_done or not open_:
                assert isinstance(last, e.PathViolated)
                assert (last.source, last.target) == (event.source, event.target)
        if isinstance(event, e.StatusChanged) and event.source != event.status:
            edges = {target for sources, target in EDGES.values() if event.source in sources}
            if not isinstance(event, e.CustomerReplied | e.Replied) and event.status not in edges:
                assert isinstance(last, e.PathViolated)
                assert last.source == event.source
        last = event


@given(busy_policies(), busy_lives((*EVERYTHING, *STATUS, *STATUS)))
def test_law_6_a_done_ticket_of_a_busy_desk_has_no_timers(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """3.5, 5.6: once a ticket is resolved or closed, nothing runs, nobody is asked, and nothing fires."""
    for moment in moments(walk(policy, life).journal):
        ticket = moment.after
        if ticket.status.is_done:
            assert ticket.due_us is None
            assert not any(clock.is_live for clock in ticket.clocks.values())
            assert (ticket.requests, ticket.invited) == ((), {})
        if moment.before.status.is_done:
            assert not isinstance(moment.event, e.Breached | e.StepReached | e.IdleReached)


@given(
    busy_policies(),
    busy_lives(least=3, most=8),
    st.sampled_from((*MOVES, *TALK, *STATUS, *CHANGES)),
    st.integers(0, 9),
)
def test_law_4_a_command_that_was_seen_before_changes_nothing(
    policy: EscalationPolicy, life: list[Stride], command: Any, later: int
) -> None:
    """5.4: a desk may ask again with the same id; what it asked for happens once."""
    command = attrs.evolve(command, id="c-1", by=EVE)
    result = walk(policy, life)
    first = step(result.ticket, command, policy, now=result.end)
    assert first.ticket is not None
    acted = any(event.command_id == "c-1" for event in first.events)
    now = result.end + timedelta(minutes=later)
    again = step(first.ticket, command, policy, now=now)
    if acted:
        waited = advance(first.ticket, policy, before=now)
        assert (again.events, again.refusal) == (waited.events, None)
        assert again.ticket == waited.ticket


@given(busy_policies(), busy_lives(least=1, most=5), st.permutations([0, 1, 2, 3]))
def test_law_4_unrelated_commands_of_one_instant_may_come_in_any_order(
    policy: EscalationPolicy, life: list[Stride], order: list[int]
) -> None:
    """5.4: two people who do unrelated things at once need not be told who was first."""
    deeds: list[c.Command] = [
        c.Tag("blue", by=ANN),
        c.SetField("floor", 3, by=ANN),
        c.Link("problem", "P-1", by=ANN),
        c.Rate(5),
    ]
    rules = [rule for rule in policy.rules if rule.on != "field_changed"]
    policy = attrs.evolve(policy, rules=rules)
    result = walk(policy, life)
    ends = []
    for turn in ([0, 1, 2, 3], order):
        ticket: Ticket | None = result.ticket
        for number in turn:
            ticket = step(ticket, deeds[number], policy, now=result.end).ticket
        assert ticket is not None
        ends.append(ticket)
    assert ends[0] == ends[1]


@given(busy_policies(), busy_lives((*COMMANDS, *STATUS, *STATUS)))
def test_law_6_a_pause_never_makes_a_deadline_earlier(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.6: whoever waits for the customer has at least as much time afterwards as before."""
    due: dict[Hashable, int] = {}
    for event in walk(policy, life).journal:
        for _, clock in event.clocks:
            key = clock.name, clock.cycle, clock.target, clock.promised, clock.counted_us
            if clock.due_us is not None:
                assert clock.due_us >= due.get(key, 0)
                due[key] = clock.due_us


def _without_notices(policy: EscalationPolicy) -> EscalationPolicy:
    """The policy whose rules and steps tell nobody; those that do nothing else are gone."""
    targets = [
        attrs.evolve(
            target,
            steps=[attrs.evolve(s, notify=()) for s in target.steps if not _only_tells(s)],
        )
        for target in policy.sla.targets
    ]
    rules = [attrs.evolve(rule, notify=()) for rule in policy.rules if not _only_tells(rule)]
    return attrs.evolve(policy, sla=SLAPolicy(targets), rules=rules)


def _only_tells(doing: Any) -> bool:
    others = (doing.move, doing.tag, doing.set_priority, doing.invite, doing.ask_approval)
    return not any(others) and not doing.classify


NUMBERED: Final = (c.Approve, c.Decline, c.Withdraw)


ASLEEP: Final = [
    Rule("asleep", on="idle", after="4m", set_priority="high", times=9),
    Rule("told", on="outage", notify="lead", times=9),
    Rule("told too", on="idle", after="2m", notify="lead", times=9),
    Rule("up", on="priority_changed", escalate_to="N2", notify="manager", times=9),
]


@given(
    busy_policies() | busy_policies(rules=ASLEEP),
    busy_lives([each for each in EVERYTHING if not isinstance(each, NUMBERED)]).map(
        lambda life: [attrs.evolve(stride, aim="later") for stride in life]
    ),
)
def test_law_6_telling_people_changes_nothing(policy: EscalationPolicy, life: list[Stride]) -> None:
    """1.7, 5.6: a policy without its notices decides the same in everything else, at the same instants."""
    told, untold = walk(policy, life), walk(_without_notices(policy), life)
    only_tell = {rule.name for rule in policy.rules if _only_tells(rule)}
    assert list(_decisions(told, only_tell)) == list(_decisions(untold, set()))
    for ticket in (told.ticket, untold.ticket):
        assert ticket.status == told.ticket.status
    assert _facts_of(told.ticket) == _facts_of(untold.ticket)


def _facts_of(ticket: Ticket) -> Hashable:
    return (
        *(ticket.tier, ticket.status, ticket.priority, ticket.assignee, ticket.tags),
        *(ticket.counts, ticket.automatic, ticket.accepted, ticket.senders, ticket.left),
        tuple(sorted(ticket.invited.items())),
    )


def _decisions(result: Walk, only_tell: set[str]) -> Iterator[Hashable]:
    """What was decided, without numbers, notices and what only tells."""
    for event in result.journal:
        if isinstance(event, e.NotifyAsked | e.StepReached):
            continue
        if isinstance(event, e.RuleFired | e.IdleReached) and event.rule in only_tell:
            continue
        clocks = tuple(
            (change, clock.name, clock.cycle, clock.state, clock.due_us, clock.used_us)
            for change, clock in event.clocks
            if change is not e.Change.MARK and ":" not in clock.name and clock.name != "idle"
        )
        said = (
            repr(getattr(event, name, None))
            for name in ("source", "target", "status", "priority", "tag", "tier", "rule", "clock")
        )
        yield type(event).__name__, event.at_us, event.by, *said, clocks


LATE: Final = (*SEEN, f.Did(c.Reply(by=ANN)), f.Did(c.CustomerReply()))


@given(
    busy_policies(),
    busy_lives(least=2, most=8),
    st.sampled_from(LATE),
    st.integers(-3, 40),
    st.integers(0, 9),
)
def test_law_10_a_late_fact_keeps_its_own_instant(
    policy: EscalationPolicy, life: list[Stride], fact: f.Fact, minute: int, later: int
) -> None:
    """5.10: it is journalled no earlier than what stands there, and says when it was so."""
    result = walk(policy, life)
    occurred = START + timedelta(minutes=minute)
    now = max(result.end + timedelta(minutes=later), occurred)
    fact = attrs.evolve(fact, occurred_at=occurred)
    fired = advance(result.ticket, policy, before=now)
    assert fired.ticket is not None
    last = fired.ticket.changed_at
    outcome = observe(result.ticket, fact, policy, now=now)
    assert outcome.events[: len(fired.events)] == fired.events
    for event in outcome.events[len(fired.events) :]:
        assert event.at == max(occurred, last)
        assert event.said_at == (occurred if occurred < last else None)
    assert outcome.ticket is not None
    for name, was in fired.ticket.clocks.items():
        now_ = outcome.ticket.clocks.get(name)
        if now_ is not None and now_.cycle == was.cycle and was.breached:
            assert now_.breached_us == was.breached_us


@given(st.integers(0, 30), st.integers(1, 20), st.integers(0, 9))
def test_law_10_a_verdict_that_a_late_fact_contradicts_stays_and_is_disputed(
    said: int, within: int, later: int
) -> None:
    """5.10: a reply in time, at the due instant at the latest, that was seen too late undoes no breach."""
    assert _after_a_late_reply(said, within, later) == ("met", True, said <= within)


def _after_a_late_reply(said: int, within: int, later: int) -> tuple[str, bool, bool]:
    """State, breach and dispute of a first response due after *within* that came after *said* minutes."""
    policy = attrs.evolve(
        PLAIN, sla=SLAPolicy([Target("first_response", f"{within}m", default=True)])
    )
    reply = f.Did(c.Reply("hi", by=ANN), occurred_at=START + timedelta(minutes=said))
    now = START + timedelta(minutes=max(said, within) + later, seconds=1)
    ticket = observe(walk(policy, []).ticket, reply, policy, now=now).ticket
    assert ticket is not None
    clock = ticket.clocks["first_response"]
    return str(clock.state), clock.breached, clock.disputed


@given(
    busy_policies(),
    busy_lives((*[each for each in CHANGES if isinstance(each, c.Classify)] * 5, *EVERYTHING)),
)
def test_law_11_an_advisory_policy_does_nothing_by_itself(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.11: rules and steps say what they would do; tier and status change only by what people did."""
    for moment in moments(walk(policy.advisory(), life).journal):
        event = moment.event
        if event.by.kind in AUTOMATIC:
            quiet = e.Advised | e.StepReached | e.Breached | e.IdleReached | e.ReceiverMissed
            assert isinstance(event, quiet), event
            assert (moment.after.tier, moment.after.status) == (
                moment.before.tier,
                moment.before.status,
            )
        assert not isinstance(event, e.NotifyAsked)
        assert not getattr(event, "placed", None)


@given(busy_policies(), busy_lives(SEEN))
def test_law_11_under_advice_a_ticket_is_where_it_was_seen(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.11: after each fact about tier or status the ticket is just there, and stays until the next."""
    result = walk(policy.advisory(), life)
    tier, status = "N1", "new"
    for stride, (_, outcome) in zip(life, result.outcomes[1:], strict=True):
        ticket, fact = outcome.ticket, stride.deed
        assert ticket is not None
        if isinstance(fact, f.Did):
            tier, status = ticket.tier, ticket.status
        if isinstance(fact, f.TierIs):
            tier = fact.tier
        if isinstance(fact, f.StatusIs):
            status = fact.status
        if isinstance(fact, f.Seen):
            tier, status = str(fact.tier), str(fact.status)
        assert (ticket.tier, ticket.status) == (tier, status)
