"""What people did with tickets says where those belonged; what nobody looked at says nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escalate import (
    Actor,
    Desk,
    EscalationPolicy,
    Handoff,
    Path,
    Rule,
    SLAPolicy,
    Step,
    Target,
    Verdict,
    WorkCalendar,
    WorkTime,
)
from escalate.classifiers import TicketText
from escalate.core import commands as c
from escalate.core import events as e
from escalate.errors import InvalidJournal
from escalate.offline import Correction, as_seen, corrections
from escalate.testing import ManualClock

ANA, BO = Actor("ana"), Actor("bo")
BOT = Actor("helper", "bot")
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
OFFICE = WorkCalendar("UTC", {"mon-fri": ["09:00-17:00"]})
PATHS = [Path("N1", "N2"), Path("N2", "N3"), Path("N2", "N1", kind="return")]


class Says:
    """Says what the subject says first: a tier, or nothing."""

    name, version = "says", "1"

    def classify(self, ticket: TicketText, tiers: object) -> Verdict:
        """Return the first word as the verdict."""
        first = ticket.text.split()[0]
        return Verdict(first, 0.9) if first.startswith("N") else Verdict(None, reason="no idea")


def a_desk(**more: object) -> tuple[Desk, ManualClock]:
    """A desk of three tiers."""
    policy = EscalationPolicy(
        "support", ["N1", "N2", "N3"], PATHS, calendars={"office": OFFICE}, **more
    )
    clock = ManualClock(FRIDAY)
    return Desk(policy, classifier=Says(), clock=clock), clock


def said(desk: Desk, ticket_id: str, **more: object) -> list[Correction]:
    """The corrections of one ticket."""
    return list(corrections(desk.history(ticket_id), OFFICE, **more))


def test_a_person_who_moves_a_ticket_corrects_the_classifier() -> None:
    """With who, when, why, and how long it took, in open time and by the wall clock."""
    desk, clock = a_desk(reasons=["skill"])
    ticket = desk.open(subject="N1 please")
    clock.advance(days=3)  # to Monday at four
    desk.handle(ticket.id, c.Escalate(by=ANA, handoff=Handoff(reason="skill")))
    (one,) = said(desk, ticket.id)
    assert (one.tier, one.how, one.said, one.classifier) == ("N2", "moved", "N1", "says")
    assert (one.by.id, one.reason, one.confirms) == ("ana", "skill", False)
    assert one.wall_us == 3 * 24 * 3600 * 1_000_000
    assert one.open == WorkTime.of(hours=8)
    moved = desk.history(ticket.id)[one.number - 1]
    assert isinstance(moved, e.Escalated)


def test_a_person_who_resolves_a_ticket_where_it_was_placed_confirms() -> None:
    """The classifier was right, and a person stood by it."""
    desk, _ = a_desk()
    ticket = desk.open(subject="N3 please")
    desk.handle(ticket.id, c.Resolve(by=ANA, summary="done"))
    (one,) = said(desk, ticket.id)
    assert (one.tier, one.how, one.confirms) == ("N3", "resolved", True)


def test_an_answer_that_nobody_looked_at_is_no_label() -> None:
    """A ticket that was placed and left, or closed by a bot or the customer, teaches nothing."""
    desk, _ = a_desk()
    left = desk.open(subject="N2 please")
    by_bot = desk.open(subject="N2 please")
    desk.handle(by_bot.id, c.Reply("solved?", then="resolve", by=BOT))
    assert desk.ticket(by_bot.id).status.is_done
    by_customer = desk.open(subject="N2 please")
    desk.handle(by_customer.id, c.Resolve(by=Actor("cust", "customer"), summary="never mind"))
    for ticket in (left, by_bot, by_customer):
        assert said(desk, ticket.id) == []


def test_a_timer_that_moves_a_ticket_corrects_nobody() -> None:
    """It was late, not misplaced; whoever resolves it in the next tier stood in for the first one."""
    late = Target("ownership", "1h", default=True, steps=(Step("100%", escalate_to="N2"),))
    desk, clock = a_desk(sla=SLAPolicy([late]))
    ticket = desk.open(subject="N1 please")
    clock.advance(days=3, hours=2)
    desk.tick()
    assert desk.ticket(ticket.id).tier != "N1"
    desk.handle(ticket.id, c.Resolve(by=ANA, summary="done"))
    assert said(desk, ticket.id) == []


def test_a_rule_that_follows_the_verdict_is_a_placing() -> None:
    """A ticket that a rule on ``classified`` moved and a person resolved there is confirmed."""
    sort = Rule("sort", on="classified", when='classification.tier == "N2"', escalate_to="N2")
    desk, _ = a_desk(rules=[sort], place_at=0.95)
    ticket = desk.open(subject="N2 please")
    assert desk.ticket(ticket.id).tier == "N2"
    assert said(desk, ticket.id) == []
    desk.handle(ticket.id, c.Resolve(by=BO, summary="done"))
    (one,) = said(desk, ticket.id)
    assert (one.tier, one.how, one.confirms) == ("N2", "resolved", True)


def test_a_rule_for_another_reason_is_not() -> None:
    """A rule that moves every ticket of a customer has not read what it is about."""
    vip = Rule("vip", on="field_changed", when='"vip" in tags', escalate_to="N2")
    desk, _ = a_desk(rules=[vip])
    ticket = desk.open(subject="N1 please")
    desk.handle(ticket.id, c.Tag("vip", by=ANA))
    desk.handle(ticket.id, c.Resolve(by=BO, summary="done"))
    assert said(desk, ticket.id) == []


def test_the_last_word_counts() -> None:
    """Up, and back: each is a correction, and who resolves it confirms the last."""
    desk, _ = a_desk()
    ticket = desk.open(subject="N1 please")
    desk.handle(ticket.id, c.Escalate(by=ANA))
    desk.handle(ticket.id, c.Return("not ours", by=BO))
    desk.handle(ticket.id, c.Resolve(by=ANA, summary="done"))
    told = [(each.tier, each.how, each.confirms) for each in said(desk, ticket.id)]
    assert told == [("N2", "moved", False), ("N1", "moved", True), ("N1", "resolved", True)]


def test_a_resolution_that_did_not_hold_confirms_nothing() -> None:
    """The customer came back: until it is resolved again, nobody has said where it belongs."""
    desk, _ = a_desk()
    ticket = desk.open(subject="N1 please")
    desk.handle(ticket.id, c.Resolve(by=ANA, summary="done"))
    desk.handle(ticket.id, c.CustomerReply("still broken"))
    assert said(desk, ticket.id) == []
    desk.handle(ticket.id, c.Reply("now?", then="resolve", by=BO))
    assert [(each.tier, each.by.id) for each in said(desk, ticket.id)] == [("N1", "bo")]


def test_a_move_for_want_of_people_can_be_left_out() -> None:
    """A reason code that speaks of the desk and not of the ticket is no label, nor what follows from it."""
    desk, _ = a_desk(reasons=["overload"])
    ticket = desk.open(subject="N1 please")
    desk.handle(ticket.id, c.Escalate(by=ANA, handoff=Handoff(reason="overload")))
    desk.handle(ticket.id, c.Resolve(by=BO, summary="done"))
    assert [each.how for each in said(desk, ticket.id)] == ["moved", "resolved"]
    assert said(desk, ticket.id, ignore={"overload"}) == []


def test_an_abstention_is_answered_by_what_people_do() -> None:
    """A ticket that the classifier did not know is the best of examples."""
    desk, _ = a_desk()
    ticket = desk.open(subject="it does not work")
    desk.handle(ticket.id, c.Escalate(by=ANA))
    (one,) = said(desk, ticket.id)
    assert (one.said, one.classifier, one.tier) == (None, "says", "N2")


def test_an_example_is_the_ticket_as_the_classifier_saw_it() -> None:
    """Not the verdict, nor what was written and found out later, which would give the answer away."""
    desk, _ = a_desk()
    ticket = desk.open(subject="N1 please", tags=["vip"])
    desk.handle(ticket.id, c.CustomerReply("The database is down"))
    desk.handle(ticket.id, c.Escalate(by=ANA))
    (one,) = said(desk, ticket.id)
    seen = as_seen(one, desk.history(ticket.id), desk.texts(ticket.id))
    assert (seen.text, seen.tier, seen.tags) == ("N1 please", "N1", {"vip"})
    assert (seen.classification, len(seen.messages), seen.seq) == (None, 1, one.seen)


def test_half_a_journal_is_refused() -> None:
    """A journal that does not begin at the opening, or is another ticket's, says so."""
    desk, _ = a_desk()
    ticket, other = desk.open(subject="N1"), desk.open(subject="N1")
    desk.handle(ticket.id, c.Escalate(by=ANA))
    with pytest.raises(InvalidJournal, match="from its opening"):
        list(corrections(desk.history(ticket.id)[1:]))
    (one,) = said(desk, ticket.id)
    with pytest.raises(InvalidJournal, match=f"the journal of ticket '{ticket.id}'"):
        as_seen(one, desk.history(other.id), {})
    assert list(corrections([])) == []


def test_without_a_calendar_there_is_no_open_time() -> None:
    """Open time needs to know when the desk is open."""
    desk, _ = a_desk()
    ticket = desk.open(subject="N1 please")
    desk.handle(ticket.id, c.Escalate(by=ANA))
    assert [each.open for each in corrections(desk.history(ticket.id))] == [None]
