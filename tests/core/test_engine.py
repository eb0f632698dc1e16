"""What the engine does with one ticket, told in examples; the laws are in test_laws_*.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from escalate import Actor, EscalationPolicy, Path, SLAPolicy, Status, Target, Tier, WorkCalendar
from escalate.core import Outcome, advance, decide, evolve, facts, fold, next_due, observe, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.model import ABSTAIN, Attempt, Handoff, Ticket, Verdict
from escalate.core.protocol import Check, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import Step
from escalate.errors import (
    BadInput,
    BouncesExhausted,
    ChecksLeft,
    HandoffIncomplete,
    InvalidJournal,
    NaiveInstant,
    NoTicket,
    NotPermitted,
    PathNotAllowed,
    PromiseRefused,
    Refused,
    StatusNotAllowed,
    UnknownWord,
)
from escalate.testing import START, Shifts

ANN = Actor("ann")
POLICY = EscalationPolicy(
    "three lines",
    [Tier("N1", calendar="day"), Tier("N2", calendar="day"), Tier("N3", calendar="always")],
    [
        Path("N1", "N2"),
        Path("N2", "N3"),
        Path("N2", "N1", kind="return"),
        Path("N3", "N2", kind="return"),
        Path("N2", "N1", kind="transfer"),
    ],
    sla=SLAPolicy(
        [
            Target("ownership", "3m", tiers=("N1",)),
            Target("ownership", "6m", default=True),
            Target("resolution", "20m", calendar="day", default=True),
        ]
    ),
    calendars={"day": Shifts(open_minutes=4, closed_minutes=2), "night": Shifts(1, 5)},
)


def minutes(number: float) -> datetime:
    """An instant so many minutes after the ticket was opened."""
    return START + timedelta(minutes=number)


def after(*asked: tuple[float, c.Command]) -> Ticket:
    """The ticket after these commands at these minutes; none of them is refused."""
    ticket = step(None, c.Open("T-1"), POLICY, now=START).ticket
    for minute, command in asked:
        outcome = step(ticket, command, POLICY, now=minutes(minute))
        assert outcome.refusal is None, outcome.refusal
        ticket = outcome.ticket
    assert ticket is not None
    return ticket


class TestStatus:
    def test_taking_a_new_ticket_opens_it(self) -> None:
        """1.3: who takes a new ticket becomes its assignee, and it is open."""
        ticket = after((1, c.Take(by=ANN)))
        assert (ticket.status, ticket.assignee) == (Status.OPEN, "ann")

    def test_assigning_leaves_the_status(self) -> None:
        """1.3: to give a ticket to somebody is not to take it on."""
        ticket = after((1, c.Assign("ann")))
        assert (ticket.status, ticket.assignee) == (Status.NEW, "ann")

    def test_a_first_reply_does_what_taking_does(self) -> None:
        """1.3: an agent who answers has taken the ticket on."""
        ticket = after((1, c.Reply(by=ANN)))
        assert (ticket.status, ticket.assignee) == (Status.OPEN, "ann")

    def test_a_bot_s_reply_changes_only_what_it_says(self) -> None:
        """1.3: a bot takes nothing on."""
        ticket = after((1, c.Reply(bot=True)))
        assert (ticket.status, ticket.assignee) == (Status.NEW, None)

    def test_a_customer_ends_a_wait_and_reopens(self) -> None:
        """1.3: a reply resumes a pending ticket and reopens a resolved one."""
        assert after((1, c.Wait()), (2, c.CustomerReply())).status is Status.OPEN
        again = after((1, c.Resolve()), (2, c.CustomerReply()))
        assert (again.status, again.counts.reopens) == (Status.OPEN, 1)

    def test_an_out_of_office_message_sets_nothing_in_motion(self) -> None:
        """1.3: an automatic message neither resumes nor reopens."""
        asked = (1, c.Resolve()), (2, c.CustomerReply(automatic=True))
        assert after(*asked).status is Status.RESOLVED

    def test_a_customer_who_writes_on_a_closed_ticket_gets_another(self) -> None:
        """1.3: the message is kept, and the runtime is asked for a linked ticket."""
        ticket = after((1, c.Resolve()), (2, c.Close()))
        events = decide(ticket, c.CustomerReply(), POLICY, now=minutes(3))
        assert [type(event) for event in events] == [e.CustomerReplied, e.FollowUpWanted]

    def test_asking_for_what_is_so_changes_nothing(self) -> None:
        """1.3: a command that leaves the status as it is yields no event."""
        ticket = after((1, c.Wait()))
        assert decide(ticket, c.Wait(), POLICY, now=minutes(2)) == ()
        assert decide(ticket, c.Open("T-1"), POLICY, now=minutes(2)) == ()

    def test_a_refused_status_says_what_is_allowed(self) -> None:
        """An agent who asks for what the lifecycle lacks reads what it has."""
        with pytest.raises(StatusNotAllowed, match="is closed, which does not allow to reopen; it"):
            decide(after((1, c.Cancel())), c.Reopen(), POLICY, now=minutes(2))

    def test_cancelling_says_where_it_goes_on(self) -> None:
        """1.3: a duplicate is closed and names the ticket that goes on."""
        (event,) = decide(after(), c.Cancel(into="T-0"), POLICY, now=minutes(1))
        assert isinstance(event, e.Closed)
        assert (event.cancelled, event.into) == (True, "T-0")


class TestMoves:
    def test_a_move_clears_the_assignee_and_keeps_the_status(self) -> None:
        """1.5: the next tier finds an open ticket that nobody of theirs has yet."""
        ticket = after((1, c.Take(by=ANN)), (2, c.Escalate()))
        assert (ticket.tier, ticket.assignee, ticket.status) == ("N2", None, Status.OPEN)

    def test_refusal_lists_the_paths_that_exist(self) -> None:
        """A refused escalation tells the agent where the ticket can go instead."""
        with pytest.raises(PathNotAllowed, match="from N1 to N3; paths from N1: N2"):
            decide(after(), c.Escalate(to="N3"), POLICY, now=minutes(1))

    def test_a_return_goes_to_the_tier_that_sent_it(self) -> None:
        """1.4: without a target, back is where it came from."""
        up = (1, c.Escalate()), (1, c.Escalate())
        assert after(*up, (2, c.Return())).tier == "N2"
        assert after(*up, (2, c.Return()), (3, c.Return())).tier == "N1"

    def test_a_return_is_no_bounce_and_coming_again_is(self) -> None:
        """1.6: a bounce is an arrival in a tier that it had left, the return itself excepted."""
        back = (1, c.Escalate()), (2, c.Return())
        assert after(*back).counts.bounces == 0
        assert after(*back, (3, c.Escalate())).counts.bounces == 1

    def test_after_so_many_bounces_nothing_goes_back(self) -> None:
        """1.6: at max_bounces a further return, or transfer to a tier already left, is refused."""
        around = [(1, c.Escalate())] + [(1, c.Return()), (1, c.Escalate())] * 2
        for command in (c.Return(), c.Transfer("N1")):
            with pytest.raises(BouncesExhausted, match="bounced 2 times"):
                decide(after(*around), command, POLICY, now=minutes(2))

    def test_a_resolved_ticket_does_not_move(self) -> None:
        """1.4: whoever wants to pass a resolved ticket on reopens it first."""
        with pytest.raises(StatusNotAllowed, match="allows: reopen"):
            decide(after((1, c.Resolve())), c.Escalate(), POLICY, now=minutes(2))


class TestClocks:
    def test_a_deadline_used_up_at_closing_breaches_at_the_next_opening(self) -> None:
        """3.4: people see the closing hour; the breach is dated at the opening, and an act then wins."""
        ticket = step(None, c.Open("T-1", tier="N2"), POLICY, now=minutes(-1)).ticket
        assert ticket is not None
        clock = ticket.clocks["ownership"]
        assert clock.due_at is not None
        assert POLICY.calendar("day").elapsed_us(clock.started_us, clock.due_us or 0) == 360_000_000
        opening = next_due(ticket)
        assert opening is not None
        assert advance(ticket, POLICY, before=opening).events == ()
        (breach,) = advance(ticket, POLICY, before=opening + timedelta(microseconds=1)).events
        assert breach.at == opening

    def test_an_act_at_the_very_instant_is_in_time(self) -> None:
        """3.4: who escalates at the due instant has kept the promise."""
        due = next_due(after())
        assert due is not None
        (moved,) = decide(after(), c.Escalate(), POLICY, now=due)
        assert [clock.state for _, clock in moved.clocks] == ["met", "running"]

    def test_a_pause_moves_the_deadline_by_its_open_part(self) -> None:
        """3.3: waiting for the customer over a closed span costs nothing."""
        hours = POLICY.calendar("day")
        due = after().clocks["resolution"].due_us
        waited = after((1, c.Wait()), (9, c.Resume())).clocks["resolution"]
        assert due is not None
        assert waited.due_us is not None
        span = hours.elapsed_us(*(int(minutes(m).timestamp()) * 1_000_000 for m in (1, 9)))
        assert hours.elapsed_us(due, waited.due_us) == span

    def test_an_answer_and_a_wait_end_ownership_in_either_order(self) -> None:
        """3.2: the tier has answered once the ticket waits and a reply was made in this cycle."""
        for asked in ([c.Reply(), c.Wait()], [c.Wait(), c.Reply()], [c.Reply(then="wait")]):
            ticket = after(*((1, command) for command in asked))
            assert ticket.clocks["ownership"].state == "met"

    def test_waiting_without_an_answer_does_not(self) -> None:
        """3.2: a ticket that waits without a word to the customer is still owed one."""
        assert after((1, c.Wait())).clocks["ownership"].is_live

    def test_reopening_revives_what_resolving_ended(self) -> None:
        """3.5: the verdict is withdrawn and the resolved span is a pause."""
        clock = after((1, c.Resolve()), (3, c.Reopen())).clocks["resolution"]
        assert (clock.state, clock.cycle) == ("running", 1)
        assert [span.reason for span in clock.pauses] == ["resolved"]

    def test_a_new_cycle_begins_when_the_customer_comes_back(self) -> None:
        """3.2: the tier that answered owes the next answer too."""
        clock = after((1, c.Reply(then="wait")), (5, c.CustomerReply())).clocks["ownership"]
        assert (clock.state, clock.cycle) == ("running", 2)

    def test_a_ticket_that_moves_is_judged_where_it_is(self) -> None:
        """3.7: the target is chosen on the ticket as the act leaves it."""
        clock = after((1, c.Escalate())).clocks["ownership"]
        assert (clock.target, clock.within_us) == ("ownership 6m", 360_000_000)


class TestRetargeting:
    POLICY = EscalationPolicy(
        "tight upstairs",
        ["N1", "N2"],
        [Path("N1", "N2")],
        sla=SLAPolicy(
            [Target("resolution", "5m", tiers=("N2",)), Target("resolution", "30m", default=True)]
        ),
    )

    def moved(self, minute: float, *before: c.Command) -> tuple[e.Event, ...]:
        """What comes of an escalation to the tier with the tighter promise."""
        ticket = step(None, c.Open("T-1"), self.POLICY, now=START).ticket
        for command in before:
            ticket = step(ticket, command, self.POLICY, now=minutes(1)).ticket
        return decide(ticket, c.Escalate(), self.POLICY, now=minutes(minute))

    def test_another_target_counts_from_the_start(self) -> None:
        """3.8: under keep_start the time already used counts against the new promise."""
        (event,) = self.moved(2)
        ((change, clock),) = event.clocks
        assert change is e.Change.RETARGET
        assert clock.due_at == minutes(5)

    def test_a_clock_that_the_change_makes_late_breaches_at_the_change(self) -> None:
        """3.8: never before it, and marked as such."""
        _, breach = self.moved(12)
        assert isinstance(breach, e.Breached)
        assert (breach.at, breach.on_change) == (minutes(12), True)

    def test_so_does_one_that_is_paused(self) -> None:
        """3.8: time cannot bring a paused clock there, but another promise can."""
        ticket = step(None, c.Open("T-1"), self.POLICY, now=START).ticket
        ticket = step(ticket, c.Wait(), self.POLICY, now=minutes(8)).ticket
        _, breach = decide(ticket, c.Escalate(), self.POLICY, now=minutes(12))
        assert isinstance(breach, e.Breached)


class TestPromises:
    def test_a_copy_with_an_id_promises_the_same(self) -> None:
        """A host that stamps commands with ids before it sends them may do so with a promise too."""
        asked = c.Promise("resolution", minutes(50))
        assert attrs.evolve(asked, id="c-1").at_us == asked.at_us

    def test_a_promised_date_is_due_then_and_no_pause_moves_it(self) -> None:
        """3.7: a negotiated date stands, whatever the ticket waits for."""
        asked = (1, c.Promise("resolution", minutes(50))), (2, c.Wait()), (9, c.Resume())
        clock = after(*asked).clocks["resolution"]
        assert (clock.due_at, clock.promised) == (minutes(50), True)

    def test_a_date_in_the_past_is_refused(self) -> None:
        """Nobody can promise yesterday."""
        with pytest.raises(PromiseRefused, match="lies in the past"):
            decide(after(), c.Promise("resolution", minutes(1)), POLICY, now=minutes(2))

    def test_a_clock_that_does_not_run_is_refused(self) -> None:
        """The refusal names the clocks for which a date can be promised."""
        with pytest.raises(PromiseRefused, match="ownership, resolution"):
            decide(after(), c.Promise("update", minutes(9)), POLICY, now=minutes(2))

    def test_working_days_are_found_first(self) -> None:
        """3.7: due on the second working day at the same time; half of it is a step."""
        office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
        step_at_half = Step("50%", notify="lead")
        policy = EscalationPolicy(
            "days",
            ["N1"],
            sla=SLAPolicy([Target("resolution", days=2, default=True, steps=[step_at_half])]),
            receivers=[Receiver("lead")],
            fallback="lead",
            calendars={"office": office},
        )
        friday = datetime(2026, 3, 6, 11, tzinfo=UTC)
        ticket = step(None, c.Open("T-1"), policy, now=friday).ticket
        assert ticket is not None
        assert ticket.clocks["resolution"].due_at == datetime(2026, 3, 10, 11, tzinfo=UTC)
        assert next_due(ticket) == datetime(2026, 3, 9, 11, tzinfo=UTC)


class TestRules:
    @staticmethod
    def policy(*rules: Rule, **more: Any) -> EscalationPolicy:
        """Two tiers, both ways, and these rules."""
        return EscalationPolicy(
            "ruled",
            ["N1", "N2"],
            [Path("N1", "N2"), Path("N2", "N1", kind="return")],
            rules=rules,
            receivers=[Receiver("lead"), Receiver("boss")],
            fallback="boss",
            **more,
        )

    @staticmethod
    def opened(policy: EscalationPolicy, **more: Any) -> Outcome:
        """What comes of a ticket that is opened under *policy*."""
        return step(None, c.Open("T-1", **more), policy, now=START)

    def test_a_rule_moves_a_ticket_that_its_condition_describes(self) -> None:
        """4.1: vip starts higher, and nobody else."""
        policy = self.policy(Rule("vip", on="opened", when='"vip" in tags', escalate_to="N2"))
        assert self.opened(policy, tags=["vip"]).ticket.tier == "N2"
        assert self.opened(policy).ticket.tier == "N1"

    def test_all_rules_are_judged_before_any_acts(self) -> None:
        """4.3: a rule for N1 speaks although one declared above it moves the ticket away."""
        up = Rule("up", on="opened", at=["N1"], escalate_to="N2")
        policy = self.policy(up, Rule("tell", on="opened", at=["N1"], notify="lead"))
        fired = [each.rule for each in self.opened(policy).events if isinstance(each, e.RuleFired)]
        assert fired == ["tell", "up"]

    def test_a_rule_fires_once_a_stay(self) -> None:
        """4.3: it does not repeat itself until the ticket comes again."""
        policy = self.policy(Rule("again", on="customer_replied", notify="lead"))
        ticket = self.opened(policy).ticket
        told = []
        for command in (c.CustomerReply(), c.CustomerReply(), c.Escalate(), c.CustomerReply()):
            outcome = step(ticket, command, policy, now=minutes(1))
            ticket = outcome.ticket
            told.append(sum(isinstance(event, e.NotifyAsked) for event in outcome.events))
        assert told == [1, 0, 0, 1]

    def test_moves_without_a_person_come_to_an_end(self) -> None:
        """4.4: after max_automatic a person must act, and somebody is told."""
        bounce = (
            Rule("up", on="entered", at=["N1"], escalate_to="N2", times=9),
            Rule("start", on="opened", escalate_to="N2"),
            Rule("down", on="entered", at=["N2"], return_to="N1", times=9),
        )
        policy = self.policy(*bounce, max_automatic=3, max_bounces=99, on_exhausted="boss")
        outcome = self.opened(policy)
        assert outcome.ticket.counts.moves == 3
        refused, told = outcome.events[-2:]
        assert isinstance(refused, e.MoveRefused)
        assert refused.why == "max_automatic"
        assert isinstance(told, e.NotifyAsked)

    def test_nothing_happening_is_an_event_too(self) -> None:
        """4.1: idle counts wall time since anything was said or done."""
        policy = self.policy(Rule("silent", on="idle", after="5m", notify="lead"))
        ticket = step(self.opened(policy).ticket, c.Note(), policy, now=minutes(3)).ticket
        assert ticket is not None
        assert next_due(ticket) == minutes(8)
        events = advance(ticket, policy, before=minutes(9)).events
        assert [type(event) for event in events] == [e.IdleReached, e.RuleFired, e.NotifyAsked]

    def test_an_advisory_policy_only_advises(self) -> None:
        """5.11: it says what it would do and does nothing."""
        rule = Rule("vip", on="opened", escalate_to="N2", notify="lead")
        outcome = self.opened(self.policy(rule).advisory())
        assert outcome.ticket.tier == "N1"
        advised = outcome.events[-1]
        assert isinstance(advised, e.Advised)
        assert (advised.name, advised.move, advised.notify) == (
            "vip",
            ("escalate", "N2"),
            ("lead",),
        )

    def test_a_missing_receiver_is_replaced_at_once(self) -> None:
        """4.5: the fallback is told, and no delay is waited out."""
        policy = self.policy(Rule("tell", on="opened", notify="lead"))
        missing = facts.ReceiverMissing("lead")
        events = observe(self.opened(policy).ticket, missing, policy, now=minutes(1)).events
        assert isinstance(events[-1], e.NotifyAsked)
        assert (events[-1].receiver, events[-1].instead_of) == ("boss", "lead")


class TestHandoffs:
    POLICY = EscalationPolicy(
        "careful",
        ["N1", "N2", "N3"],
        [
            Path("N1", "N2", requires=["summary", "tried"], by=["agent"]),
            Path("N2", "N3", approval="boss"),
        ],
        request_types=[RequestType("login", checklist=[Check("password_verified")])],
        receivers=[Receiver("boss")],
        fallback="boss",
        rules=[Rule("lift", on="human_requested", escalate_to="N2")],
    )
    AGENT = Actor("ann", roles={"agent"})
    BOSS = Actor("eve", roles={"boss"})

    def at_n1(self, request_type: str | None = None) -> Ticket:
        """A ticket that was just opened."""
        opened = step(None, c.Open("T-1", request_type=request_type), self.POLICY, now=START).ticket
        assert opened is not None
        return opened

    def decide(self, ticket: Ticket | None, command: c.Command) -> tuple[e.Event, ...]:
        """The events of *command* a minute later."""
        return decide(ticket, command, self.POLICY, now=minutes(1))

    def test_missing_fields_are_named(self) -> None:
        """1.8: a person's handoff that lacks what the path requires is refused."""
        with pytest.raises(HandoffIncomplete, match="fill in: summary, tried"):
            self.decide(self.at_n1(), c.Escalate(by=self.AGENT))

    def test_what_was_said_travels_and_its_text_is_apart(self) -> None:
        """1.8: the event knows what was told, and the texts lie beside it."""
        told = Handoff(summary="no login", tried=[Attempt("reset")])
        command = c.Escalate(handoff=told, by=self.AGENT)
        outcome = step(self.at_n1(), command, self.POLICY, now=minutes(1))
        (moved,) = outcome.events
        assert isinstance(moved, e.Moved)
        assert moved.handoff.given == ("summary", "tried")
        assert outcome.texts == {(moved.seq, "summary"): "no login"}
        assert "no login" not in repr(moved)

    def test_a_rule_fills_in_what_is_on_record(self) -> None:
        """1.8: what the record lacks is "none recorded", and the handoff is marked automatic."""
        moved = self.decide(self.at_n1(), c.RequestHuman())[-1]
        assert isinstance(moved, e.Moved)
        assert (moved.handoff.automatic, moved.handoff.missing) == (True, ("summary", "tried"))

    def test_checks_come_first_unless_overridden(self) -> None:
        """1.10: a person's escalation with checks left is refused, naming them."""
        told = Handoff(summary="no login", tried=[Attempt("reset")])
        command = c.Escalate(handoff=told, by=self.AGENT)
        with pytest.raises(ChecksLeft, match="left: password_verified"):
            self.decide(self.at_n1("login"), command)
        (moved,) = self.decide(self.at_n1("login"), attrs.evolve(command, override="on fire"))
        assert isinstance(moved, e.Moved)
        assert (moved.handoff.checks_left, moved.handoff.overridden) == (
            ("password_verified",),
            True,
        )

    def test_a_path_is_for_those_it_names(self) -> None:
        """1.11: somebody without the role reads which roles it takes."""
        with pytest.raises(NotPermitted, match="it takes one of: agent; has: none"):
            self.decide(self.at_n1(), c.Escalate(by=ANN))

    def test_an_approval_is_given_by_somebody_else(self) -> None:
        """1.9: the ticket stays until it is approved; who asks cannot approve."""
        ticket = step(self.at_n1(), c.RequestHuman(), self.POLICY, now=START).ticket
        ticket = step(ticket, c.Escalate(by=ANN), self.POLICY, now=START).ticket
        assert ticket is not None
        assert ticket.tier == "N2"
        (request,) = ticket.requests
        with pytest.raises(NotPermitted, match="what they asked for themselves"):
            self.decide(ticket, c.Approve(request.number, by=ANN))
        with pytest.raises(NotPermitted, match="one of: boss"):
            self.decide(ticket, c.Approve(request.number, by=Actor("bob")))
        approved, moved = self.decide(ticket, c.Approve(request.number, by=self.BOSS))
        assert isinstance(approved, e.Approved)
        assert isinstance(moved, e.Escalated)

    def test_an_invitation_leaves_ownership_where_it_is(self) -> None:
        """1.7: to ask for help is not to pass on."""
        ticket = step(self.at_n1(), c.Invite("N3"), self.POLICY, now=START).ticket
        ticket = step(ticket, c.Accept("N3"), self.POLICY, now=START).ticket
        assert ticket is not None
        assert (ticket.tier, dict(ticket.invited)) == ("N1", {"N3": True})


class TestVerdicts:
    POLICY = EscalationPolicy("sorted", ["N1", "N2"], [Path("N1", "N2")], place_at=0.7)

    def classified(self, verdict: Verdict, *before: c.Command) -> e.Classified:
        """What comes of a verdict on a ticket after these commands."""
        ticket = step(None, c.Open("T-1"), self.POLICY, now=START).ticket
        for command in before:
            ticket = step(ticket, command, self.POLICY, now=START).ticket
        (event,) = decide(ticket, c.Classify(verdict), self.POLICY, now=minutes(1))
        assert isinstance(event, e.Classified)
        return event

    def test_a_sure_verdict_places_a_new_ticket(self) -> None:
        """4.7: no path is needed for where a ticket starts; none stated counts as sure."""
        assert self.classified(Verdict("N2", 0.7)).placed == "N2"
        assert self.classified(Verdict("N2")).placed == "N2"

    def test_doubt_and_late_verdicts_are_recorded_only(self) -> None:
        """4.7: below place_at, or once somebody has touched it, a verdict moves nothing."""
        assert self.classified(Verdict("N2", 0.6)).placed is None
        assert self.classified(Verdict("N2", 0.9), c.Take(by=ANN)).placed is None
        assert self.classified(ABSTAIN("too short")).placed is None

    def test_a_confidence_is_a_share(self) -> None:
        """A confidence outside 0 to 1, or none at all that compares, is an error."""
        for confidence in (1.5, -0.1, float("nan")):
            with pytest.raises(BadInput, match=r"Verdict\.confidence"):
                Verdict("N2", confidence)


class TestObserved:
    def test_a_move_that_the_policy_lacks_is_followed_and_journalled(self) -> None:
        """5.8: the host's word stands; the journal says what it breaks."""
        outcome = observe(after(), facts.TierIs("N3"), POLICY, now=minutes(1))
        violated, moved = outcome.events
        assert isinstance(violated, e.PathViolated)
        assert (violated.why, violated.source, violated.target) == ("path", "N1", "N3")
        assert isinstance(moved, e.Escalated)

    def test_a_tier_that_the_policy_never_heard_of_is_followed_too(self) -> None:
        """5.8: nothing that a host does can stop the journal."""
        outcome = observe(after(), facts.TierIs("vendor"), POLICY, now=minutes(1))
        assert outcome.ticket is not None
        assert outcome.ticket.tier == "vendor"
        assert outcome.ticket.clocks["ownership"].target == "ownership 6m"

    def test_seen_closed_means_resolved_and_closed(self) -> None:
        """A desk without "resolved" closes what it has answered: the promise was met."""
        outcome = observe(after(), facts.StatusIs("closed"), POLICY, now=minutes(1))
        assert [type(event) for event in outcome.events] == [e.Resolved, e.Closed]
        assert outcome.ticket is not None
        assert outcome.ticket.clocks["resolution"].state == "met"

    def test_leaving_closed_is_a_reopening(self) -> None:
        """5.8: a closed ticket that is seen open again was reopened, against the lifecycle."""
        closed = after((1, c.Resolve()), (2, c.Close()))
        outcome = observe(closed, facts.StatusIs("open"), POLICY, now=minutes(3))
        assert [type(event) for event in outcome.events] == [e.PathViolated, e.Reopened]

    def test_what_was_already_so_is_no_news(self) -> None:
        """A host that says the same thing three times is heard once."""
        for fact in (facts.TierIs("N1"), facts.StatusIs("new"), facts.AssigneeIs(None)):
            assert observe(after(), fact, POLICY, now=minutes(1)).events == ()

    def test_a_command_that_was_carried_out_elsewhere_is_followed(self) -> None:
        """5.8: ``Did`` says the verb; what the policy would have refused is a violation."""
        did = facts.Did(c.Escalate(to="N3"))
        events = observe(after(), did, POLICY, now=minutes(1)).events
        assert [type(event) for event in events] == [e.PathViolated, e.Escalated]

    def test_a_seen_move_must_say_where_to(self) -> None:
        """A fact has a place: "escalated somewhere" was never seen."""
        with pytest.raises(BadInput, match=r"Did\(Escalate\).to: got None"):
            facts.Did(c.Escalate())

    def test_a_late_fact_keeps_its_own_instant(self) -> None:
        """5.10: it is journalled after what stands there and says when it was so."""
        ticket = after((5, c.Take(by=ANN)))
        fact = facts.PriorityIs("high", occurred_at=minutes(2))
        (event,) = observe(ticket, fact, POLICY, now=minutes(8)).events
        assert (event.at, event.said_at) == (minutes(5), minutes(2))

    def test_a_late_fact_disputes_the_verdicts_it_would_have_changed(self) -> None:
        """5.10: what came out after a breach leaves the breach, and marks the cycle."""
        ticket = advance(after(), POLICY, before=minutes(60)).ticket
        assert ticket is not None
        assert ticket.clocks["ownership"].breached
        fact = facts.TierIs("N2", occurred_at=minutes(1))
        (moved,) = observe(ticket, fact, POLICY, now=minutes(61)).events
        assert [(clock.name, clock.cycle, clock.disputed) for _, clock in moved.clocks] == [
            ("ownership", 1, True),
            ("ownership", 2, False),
            ("resolution", 1, True),
        ]

    def test_a_late_note_disputes_nothing(self) -> None:
        """5.10: only what a clock could have heard matters to its verdict."""
        ticket = advance(after(), POLICY, before=minutes(60)).ticket
        fact = facts.Did(c.Note("saw it"), occurred_at=minutes(1))
        (noted,) = observe(ticket, fact, POLICY, now=minutes(61)).events
        assert noted.clocks == ()

    def test_a_clock_that_was_set_back_is_noted(self) -> None:
        """5.3: an earlier now is read as the ticket's last instant, and kept."""
        (event,) = decide(after(), c.Take(by=ANN), POLICY, now=minutes(-5))
        assert (event.at, event.said_at) == (START, minutes(-5))


class TestBorders:
    def test_a_naive_now_is_an_error(self) -> None:
        """2.1: a datetime without a zone names no instant."""
        with pytest.raises(NaiveInstant, match="now: got"):
            step(None, c.Open("T-1"), POLICY, now=datetime(2026, 1, 1))  # noqa: DTZ001 - on purpose

    def test_a_ticket_must_be_opened_first(self) -> None:
        """A command for a ticket that is not there says so."""
        with pytest.raises(NoTicket, match="Take needs a ticket"):
            decide(None, c.Take(), POLICY, now=START)
        with pytest.raises(NoTicket, match="TierIs needs a ticket"):
            observe(None, facts.TierIs("N1"), POLICY, now=START)

    @pytest.mark.parametrize(
        ("command", "says"),
        [
            (c.Open("T-2", tier="N22"), "no tier 'N22'; did you mean 'N2'"),
            (c.Open("T-2", priority="hihg"), "no priority 'hihg'; did you mean 'high'"),
        ],
    )
    def test_an_unknown_word_names_the_nearest(self, command: c.Command, says: str) -> None:
        """A misspelt tier or priority is refused with the word that was meant."""
        with pytest.raises(UnknownWord, match=says):
            decide(None, command, POLICY, now=START)

    def test_a_refusal_brings_what_fired_before_it(self) -> None:
        """5.3: timers that were due are facts, whatever came of the command."""
        with pytest.raises(Refused) as refusal:
            decide(after(), c.Escalate(to="N3"), POLICY, now=minutes(60))
        assert [type(event) for event in refusal.value.fired] == [e.Breached, e.Breached]

    def test_two_timers_of_one_instant_fire_in_declared_order(self) -> None:
        """3.4: by the order of targets, one at a time."""
        targets = [
            Target("resolution", "5m", default=True),
            Target("ownership", "5m", default=True),
        ]
        policy = EscalationPolicy("even", ["N1"], sla=SLAPolicy(targets))
        ticket = step(None, c.Open("T-1"), policy, now=START).ticket
        assert ticket is not None
        fired = advance(ticket, policy, before=minutes(9)).events
        assert [event.clock for event in fired if isinstance(event, e.Breached)] == [
            "resolution",
            "ownership",
        ]

    def test_evolve_is_one_step_of_fold(self) -> None:
        """5.2: a journal read event by event gives the same ticket."""
        journal = step(None, c.Open("T-1"), POLICY, now=START).events
        assert evolve(None, journal[0]) == fold(None, journal)

    def test_a_journal_begins_with_an_opening(self) -> None:
        """A journal that was cut says so."""
        (taken,) = decide(after(), c.Take(by=ANN), POLICY, now=minutes(1))
        for journal in ([], [taken]):
            with pytest.raises(InvalidJournal):
                fold(None, journal)

    def test_a_ticket_refuses_to_change(self) -> None:
        """A ticket is a value: nobody changes it behind the journal's back."""
        ticket = after()
        with pytest.raises(AttributeError):
            ticket.tier = "N3"
        with pytest.raises(AttributeError):
            ticket.clocks["ownership"] = ticket.clocks["resolution"]  # type: ignore[index]

    def test_instants_of_any_zone_are_one_instant(self) -> None:
        """2.1: the zone in which an instant is written does not matter."""
        elsewhere = START.astimezone(UTC).astimezone()
        assert step(None, c.Open("T-1"), POLICY, now=elsewhere) == step(
            None, c.Open("T-1"), POLICY, now=START
        )


class TestBadInput:
    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda: c.Take(by="ana"), "Take.by: got 'ana', wanted an Actor or none"),
            (lambda: c.Reply("x", then="explode"), "known: resolve, stay, wait"),
            (lambda: c.SetField("", 1), "wanted a name, not empty"),
            (lambda: c.SetField("x", float("nan")), "wanted a number, not NaN"),
            (lambda: c.Open("T-1", fields={"x": float("nan")}), "wanted a number, not NaN"),
            (lambda: c.Open(5), "Open.id: got 5, wanted a text"),
            (lambda: c.Open(" "), "wanted a name, not empty"),
            (lambda: c.Open("T-1", priority=5), "wanted a text or none"),
            (lambda: c.Open("T-1", tags=5), "words: got 5, wanted a list of words"),
            (lambda: c.Open("T-1", tags="vip"), "words: got 'vip', wanted a list of words"),
            (lambda: Handoff(tried=["it"]), "Handoff.tried: got ['it'], wanted attempts"),
            (lambda: c.Approve("3"), "wanted a whole number"),
            (lambda: c.Rate(True), "wanted a whole number or a number"),
        ],
    )
    def test_a_command_says_what_it_takes(self, make: Callable[[], object], said: str) -> None:
        """What is no name, no person or no number is told apart before it reaches a ticket."""
        with pytest.raises(BadInput, match=re.escape(said)):
            make()
