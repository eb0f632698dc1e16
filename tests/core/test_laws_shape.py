"""Law 5.13 in small: every life of a few strides under one policy that notices much."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

from escalate import (
    Actor,
    EscalationPolicy,
    Path,
    SLAPolicy,
    Step,
    Target,
)
from escalate.core import advance, step
from escalate.core import commands as c
from escalate.core.model import Ticket
from escalate.core.protocol import Receiver
from escalate.core.rules import Rule
from escalate.testing import START, Stride, walk
from tests.core.busy_desk import (
    ANN,
    TIERS,
)

NOTICING: Final = EscalationPolicy(
    "noticing",
    TIERS,
    [
        Path("N1", "N2"),
        Path("N1", "N3"),
        Path("N2", "N3"),
        Path("N2", "N1", "return"),
        Path("N3", "N2", "return"),
        Path("N3", "N1", "return"),
        Path("N2", "N1", "transfer"),
    ],
    sla=SLAPolicy(
        [
            Target("ownership", "2m", when='priority >= "high"', steps=[Step("150%", tag="vip")]),
            Target("ownership", "4m", steps=[Step("50%", notify="lead")], default=True),
            Target("first_response", "3m", default=True),
            Target("resolution", "9m", steps=[Step("1m after", notify="lead")], default=True),
        ]
    ),
    rules=[
        Rule("once", on="outage", tag="vip", when='moves >= 1 and "vip" not in tags'),
        Rule("twice", on="outage", notify="lead", times=2),
        Rule("up", on="customer_replied", at=["N1"], escalate_to="N2", when="bounces < 1"),
        Rule("away", on="outage", at=["N2"], escalate_to="N3"),
        Rule("sleepy", on="idle", after="5m", notify="lead"),
    ],
    receivers=[Receiver("lead")],
    fallback="lead",
    max_bounces=1,
    max_automatic=1,
    reopen_within="8m",
)
WATCH: Final = Actor("watch", "bot")
SHORT: Final[tuple[c.Command | None, ...]] = (
    None,
    c.Take(by=ANN),
    c.Reply(by=ANN),
    c.Wait(by=ANN),
    c.CustomerReply(),
    c.Resolve(by=ANN),
    c.Escalate("N2", by=ANN),
    c.Escalate("N3", by=ANN),
    c.Return(by=ANN),
    c.SetPriority("high", by=ANN),
    c.Signal("outage", by=WATCH),
    c.Accept(by=ANN),
)
ASKED: Final = (*SHORT[1:], c.Transfer("N1", by=ANN))


def test_law_13_in_every_short_life_equal_shapes_have_equal_futures() -> None:
    """5.13: of all lives of three strides, those that end in one shape answer every input alike."""
    opened = step(None, c.Open("T-1"), NOTICING, now=START).ticket
    assert opened is not None
    alike: dict[Hashable, dict[Hashable, tuple[Ticket, datetime]]] = {}
    for life in product(SHORT, repeat=3):
        ticket, now = opened, START
        for command in life:
            now += timedelta(minutes=2)
            ticket = _live_on(ticket, command, now)
        same = alike.setdefault(ticket.shape(NOTICING, now=now), {})
        same.setdefault(_marks(ticket), (ticket, now))
    together = [each for each in alike.values() if len(each) > 1]
    assert len(together) > 20
    for (first, now), *others in map(dict.values, together):
        expected = _answers(first, now)
        for ticket, later in others:
            for answer, wanted in zip(_answers(ticket, later), expected, strict=True):
                assert answer == wanted


def test_law_13_a_tag_that_only_a_rule_puts_on_is_noticed_too() -> None:
    """5.13: with a tag already there, a rule that puts it on journals nothing; so the shapes differ."""
    policy = EscalationPolicy("tagging", ["N1"], rules=[Rule("mark", on="outage", tag="seen")])
    plain = walk(policy, []).ticket
    tagged = walk(policy, [Stride(c.Tag("seen"))]).ticket
    answers = [
        [type(event) for event in step(ticket, c.Signal("outage"), policy, now=START).events]
        for ticket in (plain, tagged)
    ]
    shapes = [ticket.shape(policy, now=START) for ticket in (plain, tagged)]
    assert (answers[0] == answers[1]) == (shapes[0] == shapes[1])


def test_law_13_a_frozen_clock_is_noticed_after_the_ticket_reopened() -> None:
    """5.13: frozen, the clock that resolving ended keeps a new cycle from beginning; so the shapes differ."""
    targets = SLAPolicy([Target("ownership", "8m", default=True)])
    policy = EscalationPolicy("frozen", ["N1"], sla=targets, on_reopen="frozen")
    waits = Stride(c.Reply(then="wait"))
    plain = walk(policy, [waits]).ticket
    frozen = walk(policy, [Stride(c.Resolve()), Stride(c.Reopen()), waits]).ticket
    begun = [step(each, c.Resume(), policy, now=START).events[0].clocks for each in (plain, frozen)]
    assert [len(clocks) for clocks in begun] == [1, 0]
    assert plain.shape(policy, now=START) != frozen.shape(policy, now=START)


def _marks(ticket: Ticket) -> Hashable:
    """What could make a difference, so that of lives that left the same marks one is enough."""
    clocks = tuple((clock.name, clock.state, clock.answered) for clock in ticket.clocks.values())
    counts = (
        ticket.counts,
        ticket.seq,
        ticket.automatic,
        len(ticket.fired),
        ticket.accepted,
        ticket.responded,
    )
    return *counts, ticket.senders, ticket.assignee, clocks


def _live_on(ticket: Ticket, command: c.Command | None, now: datetime) -> Ticket:
    outcome = (
        advance(ticket, NOTICING, before=now)
        if command is None
        else step(ticket, command, NOTICING, now=now)
    )
    assert outcome.ticket is not None
    return outcome.ticket


def _answers(ticket: Ticket, now: datetime) -> list[Hashable]:
    """What each input comes to: what is done, when after *now*, and who is told."""
    found: list[Hashable] = []
    for command in ASKED:
        assert command is not None
        outcome = step(ticket, command, NOTICING, now=now)
        assert outcome.ticket is not None
        end = advance(outcome.ticket, NOTICING, before=now + timedelta(minutes=9))
        said = [_said(event, now) for event in (*outcome.events, *end.events)]
        found.append((str(command), outcome.refusal and outcome.refusal.code, *said))
    return found


def _said(event: Any, now: datetime) -> Hashable:
    names = ("source", "target", "status", "bounce", "held", "clock", "step", "rule", "receiver")
    values = (str(getattr(event, name, "")) for name in (*names, "about", "why", "on_change"))
    return type(event).__name__, event.at - now, event.by, *values
