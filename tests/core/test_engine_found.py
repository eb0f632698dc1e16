"""What hostile readers of the engine found, so that it stays found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from escalate import (
    Actor,
    Attempt,
    CustomClock,
    EscalationPolicy,
    Handoff,
    Path,
    Permission,
    Receiver,
    Rule,
    SLAPolicy,
    Step,
    Target,
    WorkCalendar,
)
from escalate.core import advance, facts, fold, next_due, observe, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.model import Ticket
from escalate.errors import InvalidPolicy, NotPermitted, WordTaken
from escalate.testing import START


def policy(
    targets: Sequence[Target] = (), rules: Sequence[Rule] = (), **more: Any
) -> EscalationPolicy:
    """Two tiers with paths up and back, and these targets and rules."""
    return EscalationPolicy(
        "found",
        ["N1", "N2"],
        [Path("N1", "N2"), Path("N2", "N1", kind="return")],
        sla=SLAPolicy(targets),
        rules=rules,
        receivers=[Receiver("lead")],
        fallback="lead",
        **more,
    )


def minutes(number: float) -> datetime:
    """An instant so many minutes after the ticket was opened."""
    return START + timedelta(minutes=number)


def after(rules: EscalationPolicy, *asked: tuple[float, c.Command]) -> Ticket:
    """The ticket after these commands at these minutes."""
    ticket = step(None, c.Open("T-1"), rules, now=START).ticket
    for minute, command in asked:
        outcome = step(ticket, command, rules, now=minutes(minute))
        assert outcome.refusal is None, outcome.refusal
        ticket = outcome.ticket
    assert ticket is not None
    return ticket


def test_a_clock_without_a_target_is_not_due() -> None:
    """3.7: a deadline goes with the target that gave it."""
    rules = policy([Target("resolution", "5m", when='priority == "normal"')])
    clock = after(rules, (1, c.SetPriority("low"))).clocks["resolution"]
    assert (clock.target, clock.due_us, clock.next_us) == (None, None, None)


def test_a_promised_date_stands_over_a_reopening() -> None:
    """3.7: nothing moves a negotiated date, and its breach is where it is."""
    rules = policy([Target("resolution", "30m", default=True)])
    asked = (1, c.Promise("resolution", minutes(10))), (2, c.Resolve()), (7, c.Reopen())
    ticket = after(rules, *asked)
    assert ticket.clocks["resolution"].due_at == minutes(10)
    (breach,) = advance(ticket, rules, before=minutes(40)).events
    assert breach.at == minutes(10)


def test_steps_are_remembered_with_their_target() -> None:
    """3.8: that one target warned is no reason for the next not to."""
    half = Step("50%", notify="lead")
    urgent = Target("resolution", "20m", when='priority == "urgent"', steps=[half])
    rules = policy([urgent, Target("resolution", "4m", default=True, steps=[half])])
    ticket = after(rules, (3, c.SetPriority("urgent")))
    fired = advance(ticket, rules, before=minutes(15)).events
    assert [event.target for event in fired if isinstance(event, e.StepReached)] == [
        "resolution 20m"
    ]


def test_what_a_handoff_says_was_tried_counts_for_targets() -> None:
    """3.7: a target is chosen on the ticket as the act leaves it, attempts included."""
    tried = Target("resolution", "9m", when='attempts("reset") >= 1')
    rules = policy([tried, Target("resolution", "30m", default=True)])
    told = c.Escalate(handoff=Handoff(tried=[Attempt("reset")]))
    assert after(rules, (1, told)).clocks["resolution"].target == "resolution 9m"


def test_a_function_is_asked_again_at_every_event() -> None:
    """4.2: nobody knows what it looks at, so it is asked whatever happened."""
    linked = Target("resolution", "9m", when=lambda ticket: bool(ticket.links))
    rules = policy([linked, Target("resolution", "30m", default=True)])
    assert (
        after(rules, (1, c.Link("problem", "T-0"))).clocks["resolution"].target == "resolution 9m"
    )


@pytest.mark.parametrize("name", ["replied", "resolved", "bot_replied", "idle"])
def test_a_signal_cannot_pass_for_something_else(name: str) -> None:
    """A signal called like a word of the engine would stop clocks without anybody having replied."""
    with pytest.raises(WordTaken, match="is a word of the engine itself"):
        raise_refusal(c.Signal(name))


def raise_refusal(command: c.Command) -> None:
    """Give *command* to a fresh ticket and raise why it may not be."""
    outcome = step(after(policy()), command, policy(), now=minutes(1))
    assert outcome.refusal is not None
    raise outcome.refusal


def test_frozen_clocks_stay_frozen() -> None:
    """3.5: after a reopening under "frozen", a wait and its end thaw nothing."""
    rules = policy([Target("ownership", "9m", default=True)], on_reopen="frozen")
    asked = (1, c.Resolve()), (2, c.Reopen()), (3, c.Wait()), (4, c.Resume())
    assert not after(rules, *asked).clocks["ownership"].is_live


def test_no_name_passes_for_a_breach() -> None:
    """A step or an idle rule called "breach" does what it says, and breaches nothing."""
    named = Step("50%", name="breach", notify="lead")
    rules = policy(
        [Target("resolution", "8m", default=True, steps=[named])],
        [Rule("breach", on="idle", after="2m", tag="quiet")],
    )
    fired = advance(after(rules), rules, before=minutes(6)).events
    assert not any(isinstance(event, e.Breached) for event in fired)
    assert sum(isinstance(event, e.NotifyAsked | e.Tagged) for event in fired) == 2


def test_steps_of_one_target_have_names_of_their_own() -> None:
    """A name that was given and one that was made up do not meet."""
    steps = [Step("70%", name="50% (2)", tag="c"), Step("50%", tag="a"), Step("50%", tag="b")]
    names = [each.name for each in Target("resolution", "8m", default=True, steps=steps).steps]
    assert names == ["50% (2)", "50%", "50% (3)"]
    with pytest.raises(InvalidPolicy, match="a name for each"):
        Target("resolution", "8m", default=True, steps=[steps[0], steps[0]])


def test_a_clock_of_one_s_own_has_a_plain_name() -> None:
    """What stands behind a colon says which invitation a clock times."""
    with pytest.raises(InvalidPolicy, match="a name without ':'"):
        CustomClock("a:b", ["opened"])


def test_an_invitation_is_moot_once_the_tier_owns_the_ticket() -> None:
    """3.2: nobody has to accept an invitation to their own ticket."""
    rules = policy([Target("accept", "3m", default=True)])
    ticket = after(rules, (1, c.Invite("N2")), (2, c.Escalate()), (3, c.Take()))
    assert not ticket.invited
    assert advance(ticket, rules, before=minutes(30)).events == ()


def test_an_invitation_follows_a_change_of_target() -> None:
    """3.8: a higher priority shortens the time to accept, too."""
    urgent = Target("accept", "2m", when='priority == "urgent"')
    rules = policy([urgent, Target("accept", "9m", default=True)])
    ticket = after(rules, (1, c.Invite("N2")), (2, c.SetPriority("urgent")))
    assert ticket.clocks["accept:N2"].target == "accept 2m"


def test_nothing_is_asked_of_a_closed_ticket() -> None:
    """3.5: a rule asks for no approval once there is nothing to approve."""
    rules = policy(rules=[Rule("ask", on="customer_replied", ask_approval="lead")])
    assert not after(rules, (1, c.Cancel()), (2, c.CustomerReply())).requests


def test_what_is_kept_of_a_policy_does_not_pile_up() -> None:
    """A host that sends a thousand signals of different names does not fill the memory."""
    rules = policy([Target("resolution", "9m", default=True)])
    ticket = after(rules)
    for number in range(2_500):
        step(ticket, c.Signal(f"signal {number}"), rules, now=minutes(1))
    kept = (rules.compiled._ears, rules.compiled._rules_by_words)
    assert all(len(cache) <= 1_000 for cache in kept)


def test_an_absent_receiver_is_nobody_s_act() -> None:
    """4.4: that a receiver is missing gives rules and timers no further moves."""
    rules = policy(rules=[Rule("up", on="opened", escalate_to="N2", notify="lead")])
    ticket = after(rules)
    outcome = observe(ticket, facts.ReceiverMissing("lead"), rules, now=minutes(1))
    assert outcome.ticket is not None
    assert (ticket.automatic, outcome.ticket.automatic) == (1, 1)


def test_each_arrival_counts_its_own_bounce() -> None:
    """1.6: who is told that a ticket bounced too often is told once, also in a chain of rules."""
    rules = EscalationPolicy(
        "chain",
        ["A", "B", "C"],
        [Path("A", "B"), Path("B", "C"), Path("C", "A"), Path("C", "B")],
        rules=[
            Rule("tag", on="entered", at=["A"], when="bounces == 1", tag="x"),
            Rule("on", on="entered", at=["A"], when="bounces == 1", escalate_to="B"),
            Rule("further", on="field_changed", at=["B"], escalate_to="C"),
        ],
        receivers=[Receiver("boss")],
        fallback="boss",
    )
    ticket = after(rules, (1, c.Escalate()), (2, c.Escalate()))
    events = step(ticket, c.Escalate(to="A"), rules, now=minutes(3)).events
    assert sum(isinstance(event, e.NotifyAsked) for event in events) == 1


@pytest.mark.parametrize("then", ["wait", "resolve"])
def test_a_reply_that_was_seen_is_kept(then: str) -> None:
    """5.8: what the lifecycle has no edge for was said all the same, and answers the customer."""
    rules = policy([Target("first_response", "9m", default=True)])
    ticket = after(rules, (1, c.Hold() if then == "wait" else c.Cancel()))
    did = facts.Did(c.Reply("the answer", then=then))  # type: ignore[arg-type]
    outcome = observe(ticket, did, rules, now=minutes(2))
    assert outcome.ticket is not None
    assert outcome.ticket.status == ("pending" if then == "wait" else "resolved")
    assert "the answer" in outcome.texts.values()
    assert isinstance(outcome.events[0], e.PathViolated)
    if then == "wait":
        assert outcome.ticket.clocks["first_response"].state == "met"


def test_what_was_done_without_the_right_is_followed() -> None:
    """5.8: an approval by the wrong person, a priority that the policy does not know, a take."""
    rules = policy().without(*policy().paths)
    rules = rules.with_path(Path("N1", "N2", approval="lead"))
    asked = after(rules, (1, c.Escalate(by=Actor("ann"))))
    (request,) = asked.requests
    did = facts.Did(c.Approve(request.number, by=Actor("bob")))
    assert [type(x) for x in observe(asked, did, rules, now=minutes(2)).events] == [
        e.PathViolated,
        e.Approved,
        e.Escalated,
    ]
    strange = observe(asked, facts.Did(c.SetPriority("P0")), rules, now=minutes(2)).ticket
    assert strange is not None
    assert strange.priority == "P0"
    taken = facts.Did(c.Take(by=Actor("ann")))
    again = observe(after(rules, (1, c.Resolve())), taken, rules, now=minutes(2)).ticket
    assert again is not None
    assert (again.status, again.assignee) == ("open", "ann")


def test_a_restart_counts_from_now_whatever_was_before() -> None:
    """3.8: also for a clock that had no target, and for working days."""
    high = Target("resolution", "10m", when='priority == "high"', on_change="restart")
    clock = after(policy([high]), (8, c.SetPriority("high"))).clocks["resolution"]
    assert clock.due_at == minutes(18)
    office = WorkCalendar(timezone="UTC", hours={"mon-sun": ["09:00-17:00"]})
    days = Target("resolution", days=1, when='priority == "high"', on_change="restart")
    rules = policy([days], calendars={"office": office})
    clock = after(rules, (60 * 24 * 2, c.SetPriority("high"))).clocks["resolution"]
    assert clock.due_at == START + timedelta(days=3)


def test_opening_is_a_command_too() -> None:
    """1.11: a permission may say who opens tickets; a misspelt command is an error."""
    rules = policy(permissions=[Permission("Open", ["lead"])])
    refused = step(None, c.Open("T-1", by=Actor("ann")), rules, now=START).refusal
    assert isinstance(refused, NotPermitted)
    with pytest.raises(InvalidPolicy, match="did you mean 'Resolve'"):
        policy(permissions=[Permission("Resolv", ["lead"])])


def test_a_clock_that_was_told_to_pause_waits_to_be_told_to_go_on() -> None:
    """3.1: neither a reopening nor the end of another pause is the word it waits for."""
    vendor = CustomClock("vendor", ["opened"], pause=["asked"], resume=["answered"])
    target = Target("vendor", "30m", default=True, pause_while=["pending"])
    rules = policy([target], clocks=[vendor])
    asked = (1, c.Signal("asked"))
    over_resolve = after(rules, asked, (2, c.Resolve()), (3, c.Reopen()))
    assert over_resolve.clocks["vendor"].state == "paused"
    over_wait = after(rules, (1, c.Wait()), (2, c.Signal("asked")), (3, c.Resume()))
    assert over_wait.clocks["vendor"].state == "paused"
    told = after(rules, asked, (2, c.Signal("answered")))
    assert told.clocks["vendor"].state == "running"


def test_an_out_of_office_message_is_no_sign_of_life() -> None:
    """1.3: the idle clock runs on over automatic messages."""
    rules = policy(rules=[Rule("silent", on="idle", after="5m", notify="lead")])
    ticket = after(rules, (3, c.CustomerReply(automatic=True)))
    assert next_due(ticket) == minutes(5)


def test_a_reopening_elsewhere_begins_a_stay_of_its_own() -> None:
    """1.5: a ticket that a host moved while it was resolved is not owed its old tier's answer."""
    rules = policy(
        [Target("ownership", "9m", tiers=["N1"]), Target("ownership", "5m", default=True)]
    )
    ticket: Ticket | None = after(rules, (1, c.Resolve()))
    for minute, fact in ((2, facts.TierIs("N2")), (3, facts.StatusIs("open"))):
        ticket = observe(ticket, fact, rules, now=minutes(minute)).ticket
    assert ticket is not None
    clock = ticket.clocks["ownership"]
    assert (clock.cycle, clock.target, clock.due_at) == (2, "ownership 5m", minutes(8))


def test_tickets_can_be_made_by_hand() -> None:
    """A plugin author's test writes down a ticket, and changes a copy of it."""
    ticket = Ticket("T-1", "N1", 0, ("desk", "1"), tags=frozenset({"vip"}))
    assert attrs.evolve(ticket, tier="N2").tier == "N2"
    assert ticket == after_nothing(ticket)


def after_nothing(ticket: Ticket) -> Ticket:
    """The ticket after no event at all."""
    return fold(ticket, ())


def test_working_days_are_a_number() -> None:
    """``days = true`` is no day."""
    with pytest.raises(InvalidPolicy, match="1 working day or more"):
        Target("resolution", days=True, default=True)
