"""What goes wrong at other desks, and must not here (SEMANTICS 7)."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from escalate import Attempt, Desk, Handoff, MemoryStore, Refused, Rule, SLAPolicy, Step, Target
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.errors import BotSilent
from escalate.runtime import Notice, Person, RoundRobin, Staff
from tests.runtime.shop import ANA, EVE, MONDAY, POLICY, ROBOT, STAFF, names, shop


def test_a_listener_that_fails_loses_no_event_and_skips_nobody() -> None:
    """An error in one listener costs no row, no other listener, no other ticket; it can be read."""
    heard: list[str] = []

    def broken(ticket: object, events: object) -> None:
        raise RuntimeError("no line")

    def fine(ticket: object, events: tuple[e.Event, ...]) -> None:
        heard.extend(names(events))

    desk, clock = shop(listeners=[broken, fine])
    one, two = desk.open(), desk.open()
    clock.advance(hours=3)
    assert set(desk.tick().tickets) == {one.id, two.id}
    assert heard == ["Opened"] * 2 + ["StepReached", "NotifyAsked"] * 2
    for ticket in (one, two):
        assert names(desk.history(ticket.id)) == ["Opened", "StepReached", "NotifyAsked"]
    assert [(each.where, each.why) for each in desk.failures()] == [
        ("listener 'broken'", "RuntimeError: no line")
    ] * 4
    assert [each.ticket_id for each in desk.failures()][:2] == [one.id, two.id]


def test_a_mail_that_fails_loses_no_event_and_is_sent_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A mail server that is down costs neither the audit row nor the next ticket's mail, nor the mail."""
    sent: list[str] = []
    down = True

    def mail(notice: Notice) -> None:
        if down and notice.ticket.id == "T-1":
            raise ConnectionError("mail server is down")
        sent.append(notice.key)

    desk, clock = shop(notify=mail, directory=STAFF)
    desk.open(id="T-1")
    desk.open(id="T-2")
    clock.advance(hours=3)
    with caplog.at_level(logging.CRITICAL, logger="escalate"):
        desk.tick()
    assert names(desk.history("T-1")) == ["Opened", "StepReached", "NotifyAsked"]
    assert sent == ["main/T-2/3"]
    assert desk.failures()[0].where == "notify for event 3"
    down = False
    desk.tick()
    assert sent == ["main/T-2/3"]  # not at once, lest a server that is down is asked all the time
    clock.advance(minutes=2)
    desk.tick()
    desk.tick()
    assert sent == ["main/T-2/3", "main/T-1/3"]


def test_a_mail_that_never_goes_through_is_given_up_and_said_so() -> None:
    """After a dozen tries nobody tries on; what came of it can be read."""

    def mail(notice: Notice) -> None:
        raise ConnectionError("unknown host")

    desk, clock = shop(notify=mail)
    desk.open()
    clock.advance(hours=3)
    for _ in range(20):
        desk.tick()
        clock.advance(hours=2)
    tries = [each for each in desk.failures() if "unknown host" in each.why]
    assert len(tries) >= 12
    assert any("given up" in each.why for each in desk.failures())


def test_warnings_do_not_repeat_on_every_tick() -> None:
    """A warning goes out once, however often somebody ticks."""
    sent: list[str] = []
    desk, clock = shop(notify=lambda notice: sent.append(notice.event.about), directory=STAFF)
    desk.open()
    for _ in range(50):
        clock.advance(minutes=3)
        desk.tick()
    assert sent == ["ownership 4h in N1: 50%"]


def test_timers_survive_a_restart() -> None:
    """A new process with the same store fires what the old one would have."""
    store = MemoryStore()
    old, clock = shop(store=store)
    ticket = old.open()
    clock.advance(hours=30)
    new = Desk(POLICY, store, clock=clock)
    assert new.tick().tickets == (ticket.id,)
    assert new.ticket(ticket.id).tier == "N2"
    moved = next(event for event in new.history(ticket.id) if isinstance(event, e.Moved))
    assert moved.at == MONDAY + timedelta(hours=4)


def test_the_turn_goes_on_across_processes_and_restarts() -> None:
    """Round robin does not begin again with the first in line in every process."""
    store = MemoryStore()
    given = []
    for _ in range(6):  # each time another process
        desk, _ = shop(store=store, directory=STAFF, assigner=RoundRobin())
        given.append(desk.open().assignee)
    assert given == ["ana", "ben"] * 3


def test_somebody_new_gets_a_turn_and_nobody_loses_theirs() -> None:
    """Whoever joins is next; the others go on in the order they were in."""
    staff = Staff([Person("ana", tiers=["N1"]), Person("ben", tiers=["N1"])])
    desk, _ = shop(directory=staff, assigner=RoundRobin())
    assert [desk.open().assignee for _ in range(3)] == ["ana", "ben", "ana"]
    staff.put(Person("cem", tiers=["N1"]))
    assert [desk.open().assignee for _ in range(4)] == ["cem", "ben", "ana", "cem"]


def test_no_ticket_starves_behind_a_batch() -> None:
    """One tick gets through all that is due, also behind tickets that cannot be worked on."""

    def broken(ticket: object) -> bool:
        if getattr(ticket, "priority", "") == "urgent":
            raise RuntimeError("no answer")
        return True

    checked = Step("50%", notify="lead", when=broken)
    policy = POLICY.without(*POLICY.sla.targets).with_target(
        Target("resolution", "4h", calendar="office", default=True, steps=(checked,))
    )
    desk, clock = shop(policy)
    bad = [desk.open(priority="urgent").id for _ in range(120)]
    good = [desk.open().id for _ in range(120)]
    clock.advance(hours=3)
    ticked = desk.tick()
    assert set(ticked.tickets) == set(good)
    assert set(ticked.failed) == set(bad)
    assert len(desk.failures()) == 120


def test_nobody_behind_a_step_does_not_wait_its_delay() -> None:
    """If nobody has the role, the fallback is told at the very same instant."""
    told: list[tuple[str, tuple[str, ...]]] = []
    desk, clock = shop(
        directory=Staff([Person("kim", roles=["boss"])]),
        notify=lambda notice: told.append((notice.event.receiver, notice.people)),
    )
    ticket = desk.open()
    clock.advance(hours=3)
    desk.tick()
    *_, asked, missed, instead = desk.history(ticket.id)
    assert isinstance(asked, e.NotifyAsked)
    assert isinstance(missed, e.ReceiverMissed)
    assert isinstance(instead, e.NotifyAsked)
    assert (instead.receiver, instead.instead_of) == ("boss", "lead")
    assert asked.at == missed.at == instead.at == MONDAY + timedelta(hours=2)
    assert told == [("boss", ("kim",))]


def test_nobody_anywhere_ends_the_search() -> None:
    """If the fallback cannot be reached either, that is journalled, and nobody asks for ever."""
    desk, _ = shop(directory=Staff())
    ticket = desk.open()
    events = desk.handle(ticket.id, c.RequestHuman())
    assert names(events)[-4:] == ["NotifyAsked", "ReceiverMissed", "NotifyAsked", "ReceiverMissed"]
    desk.tick()
    assert len(desk.history(ticket.id)) == 1 + len(events)


def test_a_bot_is_silent_after_it_handed_over() -> None:
    """An answer that a bot was still thinking about does not interrupt the person who took over."""
    desk, _ = shop()
    ticket = desk.open(tier="bot")
    desk.handle(ticket.id, c.Reply("Have you tried to log in again?", by=ROBOT))
    desk.handle(ticket.id, c.Escalate(to="N1", by=ROBOT))
    for late in (c.Reply("Try again.", by=ROBOT), c.Reply("Try again.", bot=True)):
        with pytest.raises(BotSilent, match="handed over to N1"):
            desk.handle(ticket.id, late)
    assert [each.code for each in desk.refusals(ticket.id)] == ["bot-silent"] * 2
    assert desk.handle(ticket.id, c.Note("The form says error 7.", by=ROBOT))
    assert desk.handle(ticket.id, c.Reply("I am here.", by=ANA))
    desk.handle(ticket.id, c.Return("a routine question", to="bot", by=ANA))
    assert desk.handle(ticket.id, c.Reply("Me again.", by=ROBOT))


def test_context_is_not_lost_at_a_handoff() -> None:
    """After two handovers the packet has all that was said, tried, checked and promised before."""
    desk, clock = shop()
    ticket = desk.open(subject="The login fails", request_type="login")
    promised = clock() + timedelta(hours=30)
    for command in (
        c.Reply("Which browser?", by=ANA),
        c.CustomerReply("All of them"),
        c.ReachMilestone("password_verified", by=ANA),
        c.RecordAttempt("new password", worked=False, by=ANA),
        c.Promise("resolution", promised, by=ANA),
        c.Escalate(
            handoff=Handoff(summary="No browser works", ask="Is the account locked?"),
            reason="beyond us",
            override="the line is dead",
            by=ANA,
        ),
        c.Note("The directory is slow", by=EVE),
        c.Return("Is it one office only?", by=EVE),
        c.Escalate(
            handoff=Handoff(summary="One office only", tried=[Attempt("phone", worked=True)]),
            override="asked",
            by=ANA,
        ),
    ):
        desk.handle(ticket.id, command)
    packet = desk.handoff(ticket.id)
    for form in (packet.text(), packet.markdown(), packet.html()):
        for text in desk.texts(ticket.id).values():
            assert text in form
        for word in (
            "new password: in vain",
            "phone: worked",
            "Is the password right?",
            "last promised",
        ):
            assert word in form.replace("\\", "")
    assert [check.milestone for check in packet.left] == ["network_ok"]
    assert packet.promised == ("resolution", promised)


def test_results_do_not_depend_on_when_anybody_ticks() -> None:
    """A tick a minute, or none until somebody acts three days later: the journal is the same."""
    policy = POLICY.with_rule(Rule("hello", on="entered", notify="lead"))
    journals = []
    for every in (1, 7, 600, None):
        desk, clock = shop(policy, directory=Staff([Person("kim", roles=["boss"])]))
        desk.open(id="T-1")
        for _ in range(2):
            end = clock() + timedelta(hours=36)
            while every is not None and clock() + timedelta(minutes=every) < end:
                clock.advance(minutes=every)
                desk.tick()
            clock.set(end)
            desk.handle("T-1", c.Reply("We are at it", by=EVE))
        journals.append(desk.history("T-1"))
    assert len(journals[0]) > 15
    assert all(journal == journals[0] for journal in journals[1:])


def test_turns_do_not_depend_on_when_anybody_ticks() -> None:
    """Who gets which ticket is settled by when things were due, not by which ticket was looked at first."""
    given = []
    for minutes in (1, 60 * 30):
        staff = Staff([Person(name, tiers=["N2"]) for name in ("eve", "fay", "gus")])
        desk, clock = shop(directory=staff, assigner=RoundRobin())
        for number in range(5):
            desk.open(id=f"T-{9 - number}", tier="N1")
            clock.advance(minutes=number % 3)
        for _ in range(60 * 30 // minutes):
            clock.advance(minutes=minutes)
            desk.tick()
        given.append({ticket.id: ticket.assignee for ticket in desk.queue("N2")})
    assert given[0] == given[1]
    assert set(given[0].values()) == {"eve", "fay", "gus"}


def test_a_refusal_keeps_the_timers_that_fired_before_it() -> None:
    """What time had done by then is in the journal although the command was refused."""
    desk, clock = shop()
    ticket = desk.open()
    clock.advance(hours=30)
    with pytest.raises(Refused) as refused:
        desk.handle(ticket.id, c.Escalate(by=ANA))
    fired = desk.history(ticket.id)[1:]
    assert names(fired)[-1] == "Escalated"
    assert refused.value.fired == fired
    assert fold(None, desk.history(ticket.id)) == desk.ticket(ticket.id)
    (kept,) = desk.refusals(ticket.id)
    assert (kept.asked, kept.by, kept.code) == ("Escalate", ANA, "path-not-allowed")


def test_a_resolved_ticket_is_never_escalated_later() -> None:
    """Once it is resolved nothing is due, however late the tick."""
    desk, clock = shop()
    ticket = desk.open()
    desk.handle(ticket.id, c.Resolve(by=ANA))
    clock.advance(days=30)
    assert desk.tick().tickets == ()


def test_a_deferred_notice_finds_who_is_there_when_it_goes_out() -> None:
    """A notice for the next opening asks who has the role then, not when it was written."""
    told: list[tuple[str, tuple[str, ...]]] = []
    staff = Staff([Person("kim", roles=["boss"])])
    overnight = Target(
        "resolution",
        "10h",
        calendar="always",
        default=True,
        steps=(Step("100%", notify="lead", deliver="opening"),),
    )
    policy = POLICY.without(*POLICY.sla.targets).with_target(overnight)
    desk, clock = shop(
        policy,
        directory=staff,
        notify=lambda notice: told.append((notice.event.receiver, notice.people)),
    )
    desk.open()
    clock.advance(hours=12)  # 21:00; what is due at 19:00 goes out at 9:00
    desk.tick()
    assert told == []
    staff.put(Person("eve", roles=["lead"]))
    clock.advance(hours=12)
    desk.tick()
    assert told == [("lead", ("eve",))]


def test_sla_policies_may_be_empty() -> None:
    """A desk that promises nothing has nothing to tick."""
    desk, clock = shop(POLICY.without(*POLICY.sla.targets))
    desk.open()
    clock.advance(days=300)
    assert POLICY.sla != SLAPolicy()
    assert desk.tick().tickets == ()
