"""What goes wrong elsewhere (SEMANTICS 7), and must not here: one test for each pitfall of the engine."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from escalate import (
    Actor,
    EscalationPolicy,
    Path,
    SLAPolicy,
    Status,
    Step,
    Target,
    Tier,
    WorkCalendar,
)
from escalate.core import advance, events, facts, fold, next_due, observe, step
from escalate.core import commands as c
from escalate.core.model import Attempt, Handoff, Ticket
from escalate.core.protocol import Receiver
from escalate.core.rules import Rule
from escalate.errors import InvalidPolicy, NaiveInstant, Refused
from escalate.testing import START, Stride, walk

ANN: Final = Actor("ann")
WEEK: Final = ("mon", "tue", "wed", "thu", "fri")
FRIDAY_15: Final = datetime(2026, 3, 13, 15, tzinfo=UTC)


def office(zone: str = "UTC", *holidays: date) -> WorkCalendar:
    """Monday to Friday, nine to five."""
    return WorkCalendar(zone, {day: ["09:00-17:00"] for day in WEEK}, holidays=holidays)


def desk(*targets: Target, calendar: WorkCalendar | None = None, **more: Any) -> EscalationPolicy:
    """Two tiers in one calendar; somebody can be told."""
    parts: dict[str, Any] = {
        "calendars": {"office": calendar or WorkCalendar.always("UTC")},
        "receivers": [Receiver("lead"), Receiver("manager")],
        "fallback": "manager",
        "sla": SLAPolicy(targets),
    }
    return EscalationPolicy(
        "desk",
        [Tier("N1", calendar="office"), Tier("N2", calendar="office")],
        [Path("N1", "N2"), Path("N2", "N1", "return")],
        **parts | more,
    )


def opened(policy: EscalationPolicy, at: datetime = START) -> Ticket:
    """A ticket that has just come in."""
    ticket = step(None, c.Open("T-1"), policy, now=at).ticket
    assert ticket is not None
    return ticket


def due(policy: EscalationPolicy, at: datetime) -> datetime:
    """When a ticket that comes in *at* is due on its resolution."""
    due_at = opened(policy, at).clocks["resolution"].due_at
    assert due_at is not None
    return due_at


PROMISE: Final = Target("resolution", "8h", default=True)
MONDAY: Final = date(2026, 3, 16)


def test_a_day_off_makes_the_customer_wait_longer_never_shorter() -> None:
    """Elsewhere an excluded day is taken off the wait; here a holiday puts the deadline a day later."""
    usual = due(desk(PROMISE, calendar=office()), FRIDAY_15)
    with_holiday = due(desk(PROMISE, calendar=office("UTC", MONDAY)), FRIDAY_15)
    assert usual == datetime(2026, 3, 16, 15, tzinfo=UTC)
    assert with_holiday == usual + timedelta(days=1)


def test_a_holiday_is_a_date_not_a_day_of_the_month() -> None:
    """Elsewhere the 16th is off in every month; here only the one that was given."""
    calendar = office("UTC", MONDAY)
    other_month = datetime(2026, 4, 16, 9, tzinfo=UTC)  # a Thursday
    assert due(desk(PROMISE, calendar=calendar), other_month) == other_month + timedelta(hours=8)


def test_a_promise_over_the_end_of_the_month_is_no_shorter() -> None:
    """Elsewhere the 31st lies after the 2nd; here Tuesday the 31st is two days before Thursday the 2nd."""
    days = Target("resolution", days=2, default=True)
    policy = desk(days, calendar=office())
    tuesday = datetime(2026, 3, 31, 10, tzinfo=UTC)
    assert due(policy, tuesday) == datetime(2026, 4, 2, 10, tzinfo=UTC)


def test_the_time_zone_that_is_configured_is_the_one_that_counts() -> None:
    """Elsewhere the zone is a setting that nobody reads; here nine o'clock is nine o'clock in Lisbon."""
    before_work = datetime(2026, 7, 6, 5, tzinfo=UTC)
    lisbon = due(desk(PROMISE, calendar=office("Europe/Lisbon")), before_work)
    tokyo = due(desk(PROMISE, calendar=office("Asia/Tokyo")), before_work)
    assert lisbon == datetime(2026, 7, 6, 16, tzinfo=UTC)  # 17:00 in Lisbon, in summer
    assert tokyo == datetime(
        2026, 7, 7, 5, tzinfo=UTC
    )  # 14:00 there: three hours today, five tomorrow


def test_local_time_is_never_taken_for_utc() -> None:
    """Elsewhere a datetime without a zone is guessed at; here it is refused, and zones do not matter."""
    policy = desk(PROMISE, calendar=office())
    with pytest.raises(NaiveInstant):
        step(None, c.Open("T-1"), policy, now=FRIDAY_15.replace(tzinfo=None))
    in_madrid = FRIDAY_15.astimezone(ZoneInfo("Europe/Madrid"))
    assert opened(policy, in_madrid) == opened(policy, FRIDAY_15)


def test_a_misspelt_word_is_an_error_not_a_rule_that_never_fires() -> None:
    """Elsewhere a typo in a key is ignored; here the rule that would never fire does not load."""
    with pytest.raises(InvalidPolicy, match="customer_replied"):
        desk(rules=[Rule("typo", on="customer_repleid", notify="lead")])


WARNED: Final = Target(
    "resolution",
    "60m",
    steps=[Step("50%", notify="lead"), Step("100%", notify="manager")],
    default=True,
)


def test_a_notice_does_not_touch_the_ticket() -> None:
    """Elsewhere "notify only" changes status or owner; here the ticket is the same but for what fired."""
    policy = desk(WARNED)
    before = opened(policy)
    outcome = advance(before, policy, before=START + timedelta(minutes=31))
    told = [event for event in outcome.events if isinstance(event, events.NotifyAsked)]
    assert [event.receiver for event in told] == ["lead"]
    after = outcome.ticket
    assert after is not None
    unchanged = ("tier", "status", "assignee", "priority", "tags", "fields", "counts", "messages")
    for name in (*unchanged, "automatic", "senders", "handoff", "opened_us", "entered_us"):
        assert getattr(after, name) == getattr(before, name)
    assert after.clocks["resolution"].due_at == before.clocks["resolution"].due_at


def test_a_warning_goes_out_once_however_often_somebody_looks() -> None:
    """Elsewhere each run of the job warns again; here a hundred looks find one warning of each kind."""
    policy = desk(WARNED)
    ticket, told = opened(policy), []
    for minute in range(0, 200, 2):
        outcome = advance(ticket, policy, before=START + timedelta(minutes=minute))
        assert outcome.ticket is not None
        ticket = outcome.ticket
        told += [each.receiver for each in outcome.events if isinstance(each, events.NotifyAsked)]
    assert told == ["lead", "manager"]


def test_a_warning_does_not_repeat_after_a_pause_or_a_reopening() -> None:
    """Elsewhere whatever moves the deadline warns anew; here a step is reached once in a cycle."""
    late = START + timedelta(minutes=40)
    deeds = [c.Take(by=ANN), c.Wait(), c.Resume(), c.Resolve(), c.Reopen(), c.SetPriority("high")]
    policy = desk(WARNED)
    ticket, told = opened(policy), 0
    for number, deed in enumerate(deeds):
        outcome = step(ticket, deed, policy, now=late + timedelta(minutes=number))
        assert outcome.ticket is not None
        ticket = outcome.ticket
        told += sum(isinstance(event, events.NotifyAsked) for event in outcome.events)
    assert told == 1


def test_two_rules_that_send_a_ticket_to_each_other_come_to_rest() -> None:
    """Elsewhere A > B and B > A bounce a ticket for ever; here it stops, says so, and waits for a person."""
    policy = desk(
        rules=[
            Rule("up", on="entered", at=["N1"], escalate_to="N2", times=9),
            Rule("down", on="entered", at=["N2"], return_to="N1", times=9),
        ],
        max_automatic=5,
        max_bounces=99,
    )
    outcome = step(opened(policy), c.Escalate(by=ANN), policy, now=START)
    moved = [event for event in outcome.events if isinstance(event, events.Moved)]
    refused = [event for event in outcome.events if isinstance(event, events.MoveRefused)]
    assert [event.by.kind for event in moved] == ["agent"] + ["rule"] * 5
    assert [event.why for event in refused] == ["max_automatic"]
    told = [event.about for event in outcome.events if isinstance(event, events.NotifyAsked)]
    assert told == ["max_automatic"]


@pytest.mark.parametrize("minutes", [1, 7, 30, 600])
def test_a_verdict_does_not_depend_on_how_often_the_job_runs(minutes: int) -> None:
    """Elsewhere a breach is as late as the job; here it is dated when it was due, at any interval."""
    policy = desk(WARNED)
    ticket, journal = opened(policy), []
    now = START
    while now < START + timedelta(hours=10):
        now += timedelta(minutes=minutes)
        outcome = advance(ticket, policy, before=now)
        assert outcome.ticket is not None
        ticket, journal = outcome.ticket, [*journal, *outcome.events]
    dated = [(type(event).__name__, event.at - START) for event in journal]
    assert dated == [
        ("StepReached", timedelta(minutes=30)),
        ("NotifyAsked", timedelta(minutes=30)),
        ("Breached", timedelta(minutes=60)),
        ("StepReached", timedelta(minutes=60)),
        ("NotifyAsked", timedelta(minutes=60)),
    ]


def test_a_timer_survives_whatever_restarts() -> None:
    """Elsewhere timers are lost with the broker; here the next one can be read off the journal."""
    policy = desk(WARNED)
    result = walk(policy, [Stride(c.Take(by=ANN), minutes=5)])
    again = fold(None, pickle.loads(pickle.dumps(result.journal)))  # noqa: S301 - our own bytes
    assert next_due(again) == START + timedelta(minutes=30)
    end = START + timedelta(hours=2)
    assert advance(again, policy, before=end) == advance(result.ticket, policy, before=end)


def test_one_look_fires_all_that_is_due_however_much_it_is() -> None:
    """Elsewhere a batch has a fixed size and the rest waits; here nothing is left behind."""
    steps = [Step(f"{minute}m after", notify="lead") for minute in range(1, 400)]
    policy = desk(Target("resolution", "1m", steps=steps, default=True))
    outcome = advance(opened(policy), policy, before=START + timedelta(days=1))
    reached = [event for event in outcome.events if isinstance(event, events.StepReached)]
    assert len(reached) == len(steps)
    assert outcome.due_at is None


@pytest.mark.parametrize("into", [None, "T-0"])
def test_a_merged_or_closed_ticket_is_never_escalated(into: str | None) -> None:
    """Elsewhere merged tickets climb to the managing director; here nothing moves or warns any more."""
    policy = desk(
        Target("resolution", "60m", steps=[Step("50%", escalate_to="N2")], default=True),
        rules=[Rule("asleep", on="idle", after="20m", escalate_to="N2")],
    )
    closed = step(opened(policy), c.Cancel(into=into), policy, now=START + timedelta(minutes=5))
    assert closed.ticket is not None
    assert closed.ticket.status is Status.CLOSED
    assert next_due(closed.ticket) is None
    assert advance(closed.ticket, policy, before=START + timedelta(days=99)).events == ()
    asked = step(closed.ticket, c.Escalate(), policy, now=START + timedelta(days=1))
    assert isinstance(asked.refusal, Refused)


def test_a_step_is_known_by_its_name_and_not_by_its_place() -> None:
    """Elsewhere a step put in before the others shifts them all; here what fired stays fired."""
    first = Step("50%", notify="lead", name="warn the lead")
    last = Step("75%", notify="manager", name="warn the manager")
    before = desk(Target("resolution", "60m", steps=[first, last], default=True))
    early = Step("25%", tag="watched", name="mark it")
    after = desk(Target("resolution", "60m", steps=[early, last, first], default=True))
    ticket = advance(opened(before), before, before=START + timedelta(minutes=40)).ticket
    assert ticket is not None
    later = advance(ticket, after, before=START + timedelta(minutes=59)).events
    reached = [event.step for event in later if isinstance(event, events.StepReached)]
    assert "warn the lead" not in reached
    assert "warn the manager" in reached


def test_nobody_waits_for_somebody_who_is_not_there() -> None:
    """Elsewhere a step with nobody behind it waits out its delay; here the fallback is told at once."""
    policy = desk(WARNED)
    missing = facts.ReceiverMissing("lead")
    now = START + timedelta(minutes=31)
    ticket = advance(opened(policy), policy, before=now).ticket
    told = observe(ticket, missing, policy, now=now).events[-1]
    assert isinstance(told, events.NotifyAsked)
    assert (told.receiver, told.instead_of, told.at) == ("manager", "lead", now)
    assert told.deliver_us == told.at_us


def test_a_bot_that_keeps_talking_answers_nobody() -> None:
    """Elsewhere a bot talks on after it handed over and stops the clock; here people still owe an answer."""
    policy = desk(Target("first_response", "60m", default=True), PROMISE)
    bot = Actor("helper", "bot")
    ticket: Ticket | None = opened(policy)
    for deed in (
        c.Escalate(by=bot),
        c.Reply("one moment", bot=True),
        c.Reply("still here", by=bot),
    ):
        outcome = step(ticket, deed, policy, now=START + timedelta(minutes=5))
        assert outcome.refusal is None
        ticket = outcome.ticket
    assert ticket is not None
    assert ticket.clocks["first_response"].is_live
    assert (ticket.assignee, ticket.status, ticket.accepted) == (None, Status.NEW, False)


def test_what_was_said_and_tried_is_there_after_any_number_of_handoffs() -> None:
    """Elsewhere each tier asks the customer anew; here the last handoff holds all that any before it held."""
    policy = desk(max_bounces=9)
    told = Handoff(summary="no network", tried=[Attempt("cable", worked=False)], ask="look")
    life = [
        Stride(c.RecordAttempt("restart", worked=False)),
        Stride(c.Reply("have you tried the cable?", by=ANN)),
        Stride(c.Escalate(handoff=told)),
        Stride(c.Return(reason="which room?")),
        Stride(c.CustomerReply("room 12")),
        Stride(c.Escalate(handoff=Handoff(summary="room 12"))),
    ]
    result = walk(policy, life)
    last = result.ticket.handoff
    assert last is not None
    assert [attempt.what for attempt in last.tried] == ["restart", "cable"]
    assert last.messages == len(result.ticket.messages) == 3
    written = {key: text for _, each in result.outcomes for key, text in each.texts.items()}
    handed = [written[key] for key in last.texts]
    assert handed == ["no network", "look", "which room?", "room 12"]
