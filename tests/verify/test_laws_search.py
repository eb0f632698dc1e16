"""The law that proofs stand on: whatever a real ticket does, the search has been there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from escalate import (
    Actor,
    EscalationPolicy,
    Path,
    Receiver,
    Rule,
    SLAPolicy,
    Step,
    Target,
    Ticket,
    Tier,
)
from escalate.core import advance, step
from escalate.core import commands as c
from escalate.core.instants import as_instant
from escalate.testing import START, strategies
from escalate.verify.alphabet import says_nothing_new
from escalate.verify.search import Budget, Space, explore

SMALL: Final = Budget(states=900, seconds=8)
TICK: Final = timedelta(microseconds=1)
SOMEBODY: Final = Actor("zoe", roles={"lead", "manager"})


@st.composite
def narrow(draw: st.DrawFn) -> EscalationPolicy:
    """Policies of two tiers in which time decides: clocks that change terms, steps that move, ages, rests."""
    modes = st.sampled_from(["keep_start", "carry_fraction", "restart"])
    ats = st.lists(st.sampled_from(["50%", "100%", "150%"]), unique=True, max_size=3)
    doing = st.sampled_from(
        [{"escalate_to": "N2"}, {"tag": "seen"}, {"set_priority": "urgent"}, {"notify": "lead"}]
    )

    def target(clock: str, minutes: int, when: str | None, calendar: str) -> Target:
        steps = [Step(at, **draw(doing)) for at in draw(ats)]
        return Target(
            clock,
            f"{minutes}m",
            when=when,
            calendar=calendar,
            steps=steps,
            on_change=draw(modes),
            default=when is None,
        )

    approval = draw(st.sampled_from([None, "lead"]))
    clocks = ["ownership", "resolution", "first_response", *(["approval"] if approval else ())]
    clock = draw(st.sampled_from(clocks))
    hours = st.sampled_from(["day", "night", "always"])
    when = draw(st.sampled_from(['priority == "urgent"', '"seen" in tags', 'status == "pending"']))
    wait = draw(st.sampled_from([None, 'age > "3m"', 'in_tier_for < "4m"', "reopens > 0"]))
    alarm = Rule("alarm", on="alarm", when=wait, times=2, cooldown="3m", **draw(doing))
    idle = Rule("idle", on="idle", after="5m", **draw(doing))
    return EscalationPolicy(
        "narrow",
        [Tier("N1", calendar="day"), Tier("N2", calendar="night")],
        [Path("N1", "N2", approval=approval), Path("N2", "N1", "return")],
        sla=SLAPolicy([target(clock, 3, when, draw(hours)), target(clock, 8, None, draw(hours))]),
        rules=draw(st.sampled_from([[], [alarm], [idle]])),
        receivers=[Receiver("lead", "day")],
        fallback="lead",
        calendars={"day": draw(strategies.shifts()), "night": draw(strategies.shifts())},
        priorities=("normal", "urgent"),
        max_bounces=draw(st.integers(0, 1)),
        reopen_within=draw(st.sampled_from([None, "6m"])),
        on_reopen=draw(st.sampled_from(["resume", "new_cycle", "frozen"])),
    )


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(policy=narrow(), seed=st.integers(0, 2**32))
def test_every_real_life_stays_inside_what_was_searched(
    policy: EscalationPolicy, seed: int
) -> None:
    """Lives of any policy, in real hours, at any instants, go no way that was not explored."""
    space = explore(policy, budget=SMALL)
    assume(not space.stopped)
    dice = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(12):
        ticket, now, told = _opened(space, policy, dice), START, []
        for _ in range(14):
            was = space.index[space.outliner.of(ticket)]
            ticket, now, what = _live_on(space, policy, ticket, now, dice)
            told.append((now, what))
            assert space.outliner.of(ticket) in space.index, told
            assert _leads(space, was, space.index[space.outliner.of(ticket)]), told


def _leads(space: Space, source: int, target: int) -> bool:
    """Whether a few acts lead from one outline to another: timers, and the command that they come before."""
    reached = {source}
    for _ in range(8):
        if target in reached:
            return True
        nearer = {n for each in reached for _, targets in space.edges[each] for n in targets}
        reached |= nearer
    return False


def _opened(space: Space, policy: EscalationPolicy, dice: random.Random) -> Ticket:
    opening = dice.choice(list(space.alphabet.openings()))
    ticket = step(None, opening, policy, now=START).ticket
    assert ticket is not None
    return ticket


def _live_on(
    space: Space, policy: EscalationPolicy, ticket: Ticket, now: datetime, dice: random.Random
) -> tuple[Ticket, datetime, object]:
    """Do something at some instant: at a timer, around it, or minutes later."""
    later = now + timedelta(minutes=dice.choice([0, 0, 1, 2, 3, 5, 8, 30]))
    if ticket.due_us is not None and dice.random() < 0.5:
        later = max(now, as_instant(ticket.due_us) + dice.choice([-1, 0, 1]) * TICK)
    if dice.random() < 0.3:
        outcome = advance(ticket, policy, before=later)
        assert outcome.ticket is not None
        return outcome.ticket, later, "looked"
    command = dice.choice(list(_commands(space, policy, ticket)))
    outcome = step(ticket, command, policy, now=later)
    assert outcome.ticket is not None
    return outcome.ticket, later, command


def _commands(space: Space, policy: EscalationPolicy, ticket: Ticket) -> Iterator[c.Command]:
    """What the search asks, and much that it leaves out because nothing can notice it."""
    yield from space.alphabet.anywhere
    yield from space.alphabet.moves[ticket.tier]
    yield from (c.SetPriority(priority) for priority in policy.priorities)
    yield from (c.Tag("unheard of"), c.Untag("vip"), c.Tag("vip"), c.Rate(3), c.Feedback("it"))
    yield from (c.SetField("size", size) for size in (2, 3, 4, 100, "large", None))
    yield from (
        c.Note(),
        c.Take(),
        c.Take(by=SOMEBODY),
        c.Assign("zoe"),
        c.CustomerReply(automatic=True),
    )
    yield from (c.Reply(by=SOMEBODY, then=then) for then in ("stay", "wait", "resolve"))  # type: ignore[arg-type]
    yield from (c.Escalate(), c.Return(by=SOMEBODY), c.RequestHuman(), c.Accept())
    yield from (c.RecordAttempt("reset"), c.RecordAttempt("else"), c.Link("problem", "T-9"))
    yield from (c.ReachMilestone(name) for name in policy.milestones)
    for request in ticket.requests:
        yield c.Approve(request.number, by=space.alphabet.chief)
        yield c.Decline(request.number, by=space.alphabet.chief)
        yield c.Withdraw(request.number)
    for tier in ticket.invited:
        yield from (c.Accept(tier), c.Withdraw(tier))


@settings(max_examples=20)
@given(policy=narrow(), seed=st.integers(0, 2**32))
def test_what_says_nothing_new_comes_to_nothing(policy: EscalationPolicy, seed: int) -> None:
    """A command that the search does not ask, since it says what is so already, changes no ticket."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    ticket = step(None, c.Open("T-1"), policy, now=START).ticket
    for minutes in range(12):
        assert ticket is not None
        now = START + timedelta(minutes=minutes)
        looked = advance(ticket, policy, before=now).ticket
        assert looked is not None
        for command in (
            *(c.SetPriority(each) for each in policy.priorities),
            *(make(tag) for make in (c.Tag, c.Untag) for tag in ("seen", "vip")),
            *(c.ReachMilestone(name) for name in policy.milestones),
        ):
            if says_nothing_new(command, looked):
                assert step(looked, command, policy, now=now).events == ()
        doings = [
            c.Tag("seen"),
            c.Tag("vip"),
            c.Untag("vip"),
            c.Escalate(),
            c.SetPriority("urgent"),
        ]
        ticket = step(looked, dice.choice(doings), policy, now=now).ticket


def test_a_request_whose_time_is_up_may_have_a_twin() -> None:
    """Of two requests for one move the older comes to its step first: that is a way of the search, too."""
    policy = EscalationPolicy(
        "twins",
        ["N1", "N2"],
        [Path("N1", "N2", approval="lead")],
        sla=SLAPolicy([Target("approval", "1h", default=True, steps=[Step("100%", tag="late")])]),
        receivers=[Receiver("lead")],
        fallback="lead",
    )
    space = explore(policy)
    ask = c.Escalate(by=space.alphabet.person)
    opened = step(None, c.Open("T-1"), policy, now=START).ticket
    once = step(opened, ask, policy, now=START).ticket
    twice = step(once, ask, policy, now=START + timedelta(minutes=30)).ticket
    assert twice is not None
    ticket = advance(twice, policy, before=START + timedelta(minutes=61)).ticket
    assert ticket is not None
    before, after = (space.index[space.outliner.of(each)] for each in (twice, ticket))
    assert before != after
    assert any(after in targets for _, targets in space.edges[before])
