"""Changing the policy of tickets in flight: looked at, done, taken back; journalled, and never by half."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from escalate import Actor, SLAPolicy, SQLiteStore, Target
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.errors import BadInput, InsideApply, NoPlace, UnknownPolicy, UnknownTicket
from tests.runtime.hosting import hosted
from tests.runtime.shop import ANA, EVE, MONDAY, POLICY, names, shop

STRICT = attrs.evolve(
    POLICY,
    sla=SLAPolicy(
        [*POLICY.sla.targets[:1], Target("resolution", "2h", calendar="office", default=True)]
    ),
    version="2",
)
RENAMED = attrs.evolve(
    STRICT,
    tiers=[attrs.evolve(each, name=each.name.replace("N", "L")) for each in POLICY.tiers],
    paths=[],
    entry="L1",
    request_types=[],
    sla=SLAPolicy(),
    version="3",
)
TO = ("shop", "2")


def changed(**more: Any) -> Any:
    """A desk with a ticket three hours old, a new edition in its book, and its clock."""
    desk, clock = shop(**more)
    desk.open(id="T-1")
    desk.publish(STRICT, by=EVE, proof=False)
    clock.advance(hours=3)
    return desk, clock


def test_a_preview_says_all_and_does_nothing() -> None:
    """Which tickets, which due instants, what would happen at once; the journal is as it was."""
    desk, _ = changed()
    history = desk.history("T-1")
    page = desk.rebase(["T-1"], to=TO, by=EVE, preview=True)
    assert desk.history("T-1") == history
    (one,) = page.tickets
    assert not page.done
    (move,) = one.clocks
    assert (move.clock, move.due_was, move.due_now) == (
        "resolution",
        MONDAY + timedelta(days=1, hours=8),
        MONDAY + timedelta(hours=2),
    )
    assert names(one.at_once) == ["Breached"]
    assert "1 of 1 tickets would move, 0 stay" in str(page)
    assert "T-1: shop draft > shop 2" in str(page)
    assert "at once: resolution breaches" in str(page)
    done = desk.rebase(["T-1"], to=TO, by=EVE)
    assert attrs.evolve(done, done=False) == page


def test_what_is_done_is_journalled_and_lasts() -> None:
    """Who did it stands in the journal, timers of before fired first, and later acts go by the new one."""
    desk, clock = changed()
    desk.rebase(["T-1"], to=TO, by=EVE)
    assert names(desk.history("T-1")) == [
        "Opened",
        "StepReached",
        "NotifyAsked",
        "Rebased",
        "Breached",
    ]
    rebased = desk.history("T-1")[3]
    assert (rebased.by, rebased.source, rebased.policy) == (EVE, ("shop", "draft"), TO)
    assert desk.ticket("T-1").policy == TO
    assert fold(None, desk.history("T-1")) == desk.ticket("T-1")
    assert desk.rebase(["T-1"], to=TO, by=EVE).moved == ()
    clock.advance(hours=3)
    desk.tick()
    assert desk.ticket("T-1").tier == "N2"
    assert desk.explain("T-1")


def test_a_change_is_taken_back() -> None:
    """Due instants are what they were; what fired stays; taking back twice changes nothing more."""
    desk, clock = changed()
    before = desk.ticket("T-1").clocks["resolution"].due_us
    desk.rebase(["T-1"], to=TO, by=EVE)
    clock.advance(hours=1)
    assert "would move" in str(desk.undo_rebase(["T-1"], by=ANA, preview=True))
    back = desk.undo_rebase(["T-1"], by=ANA)
    assert back.moved == ("T-1",)
    ticket, last = desk.ticket("T-1"), desk.history("T-1")[-1]
    assert ticket.policy == ("shop", "draft")
    assert ticket.clocks["resolution"].due_us == before
    assert ticket.clocks["resolution"].breached
    assert isinstance(last, e.Rebased)
    assert (last.by, last.undoes) == (ANA, 4)
    assert desk.undo_rebase(["T-1"], by=ANA).tickets == ()
    desk.rebase(["T-1"], to=TO, by=EVE)
    assert desk.undo_rebase(["T-1"], by=ANA).moved == ("T-1",)


def test_two_changes_are_taken_back_one_by_one() -> None:
    """The last one first."""
    desk, _ = changed()
    desk.publish(attrs.evolve(STRICT, version="4"), by=EVE, proof=False)
    desk.rebase(["T-1"], to=TO, by=EVE)
    desk.rebase(["T-1"], to=("shop", "4"), by=EVE)
    versions = []
    while desk.undo_rebase(["T-1"], by=EVE).moved:
        versions.append(desk.ticket("T-1").policy[1])
    assert versions == ["2", "draft"]


def test_tickets_without_a_place_are_named_and_hold_up_no_other() -> None:
    """A tier that is gone needs a word for it; whoever has one moves, and goes back to where it was."""
    desk, _ = shop()
    for number, tier in enumerate(["N1", "N2", "bot"]):
        desk.open(id=f"T-{number}", tier=tier)
    desk.publish(RENAMED, by=EVE, proof=False)
    to = ("shop", "3")
    page = desk.rebase(lambda ticket: True, to=to, by=EVE, tiers={"N1": "L1"})
    assert page.moved == ("T-0", "T-2")
    assert set(page.refused) == {"T-1"}
    assert isinstance(page.refused["T-1"], NoPlace)
    assert "'T-1' has tier 'N2'" in str(page)
    assert names(desk.history("T-1")) == ["Opened"]
    assert desk.ticket("T-0").tier == "L1"
    with pytest.raises(BadInput, match="did you mean 'L2'"):
        desk.rebase(["T-1"], to=to, by=EVE, tiers={"N2": "L22"})
    both = {"N2": "L1"}
    assert desk.rebase(["T-1"], to=to, by=EVE, tiers=both).moved == ("T-1",)
    assert desk.undo_rebase(lambda ticket: ticket.tier == "L1", by=EVE).moved == ("T-0", "T-1")
    assert [desk.ticket(f"T-{number}").tier for number in range(3)] == ["N1", "N2", "bot"]


def test_what_cannot_be_meant_is_refused_at_the_door() -> None:
    """Nobody in particular, an edition that is not there, a ticket that is not there."""
    desk, _ = changed()
    for by in (None, Actor(), "eve"):
        for ask in (desk.undo_rebase, lambda ids, by: desk.rebase(ids, to=TO, by=by)):
            with pytest.raises(BadInput, match="who has it so"):
                ask(["T-1"], by=by)
        with pytest.raises(BadInput, match="who has it so"):
            desk.publish(attrs.evolve(STRICT, version="9"), by=by)
    with pytest.raises(UnknownPolicy, match="shop 2"):
        desk.rebase(["T-1"], to=("shop", "7"), by=EVE)
    with pytest.raises(BadInput, match="name and version"):
        desk.rebase(["T-1"], to="2", by=EVE)
    with pytest.raises(BadInput, match=r"\['T-1'\]"):
        desk.rebase("T-1", to=TO, by=EVE)
    with pytest.raises(BadInput, match="a function of a ticket"):
        desk.rebase(None, to=TO, by=EVE)
    with pytest.raises(BadInput, match="what tiers are called"):
        desk.rebase(["T-1"], to=TO, by=EVE, tiers=["N1"])
    page = desk.rebase(["T-9", "T-1"], to=TO, by=EVE)
    assert isinstance(page.refused["T-9"], UnknownTicket)
    assert page.moved == ("T-1",)


def test_who_a_change_makes_late_is_told_of() -> None:
    """What happens at once goes the way of all notices."""
    sent: list[Any] = []
    desk, clock = shop(notify=sent.append)
    desk.open(id="T-1")
    sooner = attrs.evolve(
        POLICY,
        sla=SLAPolicy([attrs.evolve(POLICY.sla.targets[0], within="2h", name="")]),
        version="2",
    )
    desk.publish(sooner, by=EVE, proof=False)
    clock.advance(hours=1, minutes=30)
    desk.rebase(["T-1"], to=TO, by=EVE)
    assert [notice.event.receiver for notice in sent] == ["lead"]
    assert names(desk.history("T-1")) == ["Opened", "Rebased", "StepReached", "NotifyAsked"]


def test_a_hosted_desk_changes_policies_too(tmp_path: Any) -> None:
    """The host is written to where a tier is called otherwise, and its rows say so."""
    desk, host, clock = hosted()
    host.save("T-1", status="new", priority="normal", tier="N1")
    desk.publish(RENAMED, by=EVE, proof=False)
    clock.advance(hours=1)
    page = desk.rebase(["T-1"], to=("shop", "3"), by=EVE, tiers={"N1": "L1"})
    assert page.moved == ("T-1",)
    assert host.rows["T-1"]["tier"] == "L1"
    assert desk.undo_rebase(["T-1"], by=EVE).moved == ("T-1",)
    assert host.rows["T-1"]["tier"] == "N1"
    assert "PathViolated" not in names(desk.history("T-1"))


def test_a_ticket_that_fails_holds_up_no_other() -> None:
    """What the host cannot write stays as it was and is named; within apply nobody asks for more."""
    desk, host, _ = hosted()
    for number in range(2):
        host.save(f"T-{number}", status="new", priority="normal", tier="N1")
    desk.publish(RENAMED, by=EVE, proof=False)
    wrote = host.apply

    def breaks(ticket_id: str, events: Any) -> None:
        if ticket_id == "T-0":
            raise RuntimeError("no")
        wrote(ticket_id, events)

    host.apply = breaks  # type: ignore[method-assign]
    how: Any = {"to": ("shop", "3"), "by": EVE, "tiers": {"N1": "L1"}}
    page = desk.rebase(["T-0", "T-1"], **how)
    assert page.moved == ("T-1",)
    assert "T-0: stays, no" in str(page)
    assert [(each.ticket_id, each.where) for each in desk.failures()] == [("T-0", "rebase")]
    assert desk.ticket("T-0").policy == ("shop", "draft")
    host.apply = lambda *_: desk.rebase(["T-1"], **how)  # type: ignore[method-assign]
    with pytest.raises(InsideApply):
        desk.handle("T-1", c.Take(by=ANA))


def test_a_change_outlives_the_process(tmp_path: Any) -> None:
    """A desk that opens the file later goes by the edition of the journal, and can take it back."""
    path = tmp_path / "desk.db"
    with SQLiteStore(path) as store:
        desk, _ = changed(store=store)
        desk.rebase(["T-1"], to=TO, by=EVE)
        due = desk.ticket("T-1").due_us
    with SQLiteStore(path) as store:
        desk, clock = shop(STRICT, store=store)
        clock.advance(hours=3)
        assert (desk.ticket("T-1").policy, desk.ticket("T-1").due_us) == (TO, due)
        assert desk.rebuild().changed == ()
        assert desk.undo_rebase(["T-1"], by=EVE).moved == ("T-1",)
        desk.handle("T-1", c.Take(by=ANA))
        assert desk.ticket("T-1").policy == ("shop", "draft")
