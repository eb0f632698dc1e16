"""5.13: what a policy can still notice of a ticket, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from datetime import datetime, timedelta
from itertools import combinations

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate import Actor, Check, RequestType, WorkCalendar
from escalate.core import advance, step
from escalate.core import commands as c
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.testing import START, Stride, walk
from escalate.testing.strategies import commands, policies, strides

LEAD = Actor("eve", roles={"lead"})
INPUTS: list[c.Command] = [
    c.Take(by=LEAD),
    c.Reply(by=LEAD),
    c.Reply(then="wait", by=LEAD),
    c.Reply(bot=True),
    c.CustomerReply(),
    c.Hold(),
    c.Resume(),
    c.Resolve(),
    c.Reopen(by=LEAD),
    c.Escalate(by=LEAD, override="now"),
    c.Return(by=LEAD),
    c.SetPriority("high"),
    c.SetPriority("low"),
    c.Tag("vip"),
    c.SetField("size", 5),
    c.ReachMilestone("password_verified"),
    c.RecordAttempt("reset", worked=False),
    c.SetRequestType("login"),
    c.Signal("outage"),
    c.RequestHuman(),
]
IN_TIME = {"at_us", "said_us", "command_id", "seq", "clocks", "handoff", "deliver_us"}


def essence(event: Event) -> Hashable:
    """What an event says, without when and without its number."""
    said = {
        field.name: repr(getattr(event, field.name))
        for field in attrs.fields(type(event))
        if field.name not in IN_TIME
    }
    clocks = tuple(
        (change, clock.name.partition(":")[0], clock.state) for change, clock in event.clocks
    )
    return type(event).__name__, tuple(sorted(said.items())), clocks


def without_closing(policy: EscalationPolicy) -> EscalationPolicy:
    """The policy with calendars that never close, as a proof uses it."""
    return policy.with_calendars(lambda _: WorkCalendar.always("UTC"))


def noticed(policy: EscalationPolicy) -> list[c.Command]:
    """The inputs that the policy can notice: a tag that no condition reads is none."""
    names = policy.reads.names
    unread = (c.Tag,) * ("tags" not in names) + (c.SetField,) * ("fields.size" not in names)
    return [command for command in INPUTS if not isinstance(command, unread)]


def outcomes(ticket: Ticket, policy: EscalationPolicy, now: datetime) -> list[Hashable]:
    """What each input, and the passing of time, comes to: events, and the shape afterwards."""
    found: list[Hashable] = []
    for minutes in (0, 2, 7):
        at = now + timedelta(minutes=minutes)
        for command in noticed(policy):
            outcome = step(ticket, command, policy, now=at)
            assert outcome.ticket is not None
            events = tuple(essence(event) for event in outcome.events)
            refused = outcome.refusal and outcome.refusal.code
            found.append((events, refused, outcome.ticket.shape(policy, now=at)))
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(policies(), st.lists(st.lists(strides(commands()), max_size=5), min_size=4, max_size=12))
def test_law_13_tickets_of_equal_shape_have_equal_futures(
    policy: EscalationPolicy, lives: list[list[Stride]]
) -> None:
    """Whatever the policy can still notice of two tickets being equal, so is all that follows."""
    policy = without_closing(policy)
    by_shape: dict[Hashable, list[tuple[Ticket, datetime]]] = defaultdict(list)
    for life in lives:
        result = walk(policy, life)
        now = result.end + timedelta(minutes=1)
        ticket = advance(result.ticket, policy, before=now).ticket
        assert ticket is not None
        by_shape[ticket.shape(policy, now=now)].append((ticket, now))
    for alike in by_shape.values():
        for (first, now), (second, later) in combinations(alike[:4], 2):
            assert outcomes(first, policy, now) == outcomes(second, policy, later)


@given(policies(), st.lists(strides(commands()), max_size=6))
def test_a_shape_forgets_what_only_the_journal_needs(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """A note, a link and feedback change the journal and nothing that a policy without idle rules sees."""
    policy = attrs.evolve(policy, rules=[rule for rule in policy.rules if rule.on != "idle"])
    result = walk(policy, life)
    now = result.end
    ticket = advance(result.ticket, policy, before=now).ticket
    assert ticket is not None
    shape = ticket.shape(policy, now=now)
    automatic = ticket.automatic
    for command in (c.Note(by=Actor("r", "bot")), c.Link("a", "b", by=Actor("r", "bot"))):
        ticket = step(ticket, command, policy, now=now).ticket
        assert ticket is not None
    assert automatic == ticket.automatic
    assert ticket.shape(policy, now=now) == shape


def test_a_shape_is_hashable_and_measured_now() -> None:
    """Time that passes changes the shape of a ticket whose clocks run."""
    policy = EscalationPolicy("desk", ["N1"], sla=_promise())
    ticket = walk(policy, []).ticket
    shapes = {ticket.shape(policy, now=START + timedelta(minutes=m)) for m in (0, 1, 1)}
    assert len(shapes) == 2


def test_the_channel_is_noticed_where_it_chooses_the_checks() -> None:
    """Two tickets that came by other ways differ if, and only if, other checks are asked of them."""
    by_phone = RequestType("login", channels=["phone"], checklist=[Check("called back")])
    for kinds, alike in (([by_phone], True), ([by_phone, RequestType("login")], False)):
        policy = EscalationPolicy("desk", ["N1"], request_types=kinds)
        opened = [
            step(None, c.Open("T", request_type="login", channel=way), policy, now=START).ticket
            for way in ("phone", "mail")
        ]
        shapes = {each.shape(policy, now=START) for each in opened if each is not None}
        assert (len(shapes) == 1) is alike


def _promise() -> object:
    from escalate import SLAPolicy, Target

    return SLAPolicy([Target("resolution", "9m", default=True)])
