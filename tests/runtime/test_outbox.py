"""What a desk still has to do in the world: joined, tried again, given up, and sent after all."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from escalate import Rule
from escalate.core import commands as c
from escalate.errors import NoSuchLetter
from escalate.runtime import Notice
from tests.runtime.hosting import hosted
from tests.runtime.shop import POLICY, names, shop


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What fails here fails on purpose."""
    with caplog.at_level(logging.CRITICAL, logger="escalate"):
        yield


def test_what_one_receiver_is_told_at_one_instant_is_one_notice() -> None:
    """Two rules that tell the lead of one thing send one mail that says both, and keep one key."""
    policy = POLICY.with_rule(Rule("again", on="human_requested", notify=["lead", "boss"]))
    told: list[Notice] = []
    desk, _ = shop(policy, notify=told.append)
    ticket = desk.open(id="T-1")
    desk.handle(ticket.id, c.RequestHuman())
    assert [(each.event.receiver, len(each.events)) for each in told] == [("boss", 1), ("lead", 2)]
    assert {event.about for event in told[1].events} == {"call", "again"}
    numbers = [event.seq for event in told[1].events]
    assert told[1].key == f"main/T-1/{numbers[0]}+{numbers[1]}"
    assert names(desk.history("T-1")).count("NotifyAsked") == 3
    assert desk.outbox() == ()


def test_two_instants_are_two_notices() -> None:
    """A warning and an escalation that both wait for a tick are told apart."""
    told: list[Notice] = []
    desk, clock = shop(notify=told.append)
    desk.open(id="T-1")
    clock.advance(hours=5)
    desk.tick()
    assert [len(each.events) for each in told] == [1, 1]


def test_what_was_given_up_can_be_read_and_sent_again() -> None:
    """A mail server that was down for a week loses nothing that somebody asks for."""
    down, told = [True], []

    def mail(notice: Notice) -> None:
        if down:
            raise ConnectionError("no mail server")
        told.append(notice.event.about)

    desk, clock = shop(notify=mail)
    desk.open(id="T-1")
    desk.handle("T-1", c.RequestHuman())
    (waiting,) = desk.outbox()
    assert (waiting.receiver, waiting.about, waiting.tries) == ("lead", "call", 1)
    for _ in range(30):
        clock.advance(hours=2)
        desk.tick()
    dead = [each for each in desk.outbox(dead=True) if each.about == "call"]
    assert [(each.tries, each.at, each.is_dead) for each in dead] == [(12, None, True)]
    assert all(each.about != "call" for each in desk.outbox())
    down.clear()
    clock.advance(hours=2)
    desk.tick()
    assert "call" not in told
    desk.resend("T-1", dead[0].number)
    assert "call" in told
    assert all(each.about != "call" for each in (*desk.outbox(), *desk.outbox(dead=True)))


def test_only_what_waits_can_be_sent_again() -> None:
    """A wrong number says which there are."""
    desk, _ = shop()
    desk.open(id="T-1")
    with pytest.raises(NoSuchLetter, match="of that ticket it holds: none"):
        desk.resend("T-1", 7)


def test_a_receiver_that_hangs_holds_up_nobody() -> None:
    """One that never answers is left behind; others are told, timers fire, and it is tried again."""
    free, told = threading.Event(), []

    def mail(notice: Notice) -> None:
        if notice.event.receiver == "lead" and notice.ticket.id == "T-1":
            free.wait(30)
        told.append((notice.ticket.id, notice.event.receiver))

    policy = POLICY.with_rule(Rule("boss too", on="human_requested", notify="boss"))
    desk, clock = shop(policy, notify=mail, notify_within_s=0.05)
    for ticket_id in ("T-1", "T-2", "T-3"):
        desk.open(id=ticket_id)
    try:
        for ticket_id in ("T-1", "T-2", "T-3"):
            desk.handle(ticket_id, c.RequestHuman())
        assert {each for each, receiver in told if receiver == "boss"} == {"T-1", "T-2", "T-3"}
        assert [each.why for each in desk.failures()] == [
            "TimeoutError: not carried in 0.05 s",
            "TimeoutError: an earlier notice to 'lead' still hangs",
            "TimeoutError: an earlier notice to 'lead' still hangs",
        ]
        clock.advance(hours=5)
        assert set(desk.tick().tickets) == {"T-1", "T-2", "T-3"}
        assert {desk.ticket(each).tier for each in ("T-1", "T-2", "T-3")} == {"N2"}
    finally:
        free.set()
    for thread in threading.enumerate():
        if thread.name == "escalate-notice":
            thread.join()
    clock.advance(hours=1)
    desk.tick()
    assert ("T-2", "lead") in told
    assert ("T-3", "lead") in told
    assert desk.outbox() == ()


def test_timers_of_others_fire_before_anybody_is_told() -> None:
    """A tick does what reaches out last: all tickets are where they belong by then."""
    tiers: list[set[str]] = []
    desk, clock = shop(notify=lambda notice: tiers.append({t.tier for t in desk.live()}))
    desk.open(id="T-1")
    desk.open(id="T-2")
    clock.advance(hours=5)
    desk.tick()
    assert tiers
    assert all(each == {"N2"} for each in tiers)


def test_a_hosted_desk_has_an_outbox_too() -> None:
    """What could not be carried is there, and can be sent again in the host's transaction."""
    down, told = [True], []

    def mail(notice: Notice) -> None:
        if down:
            raise ConnectionError("no mail server")
        told.append(notice.key)

    desk, host, _ = hosted(notify=mail)
    host.save("T-1", status="new")
    desk.handle("T-1", c.RequestHuman())
    (letter,) = desk.outbox()
    down.clear()
    with host.transaction():
        desk.resend("T-1", letter.number)
        assert told == []
    assert told == [f"main/T-1/{letter.number}"]
    assert desk.outbox() == ()
