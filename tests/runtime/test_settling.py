"""Facts that come late: timers wait for them, so that a reply on its way is no breach (SEMANTICS 5.10)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Desk, EscalationPolicy, MemoryStore, SQLiteStore
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.facts import Did, Fact, FieldIs, PriorityIs, StatusIs, TierIs
from escalate.core.instants import as_us
from escalate.errors import BadInput, NoSuchLetter, Refused
from escalate.stores import SqlStore, Store
from escalate.testing import START, ManualClock
from tests.core.busy_desk import busy_policies
from tests.runtime.hosting import hosted
from tests.runtime.shop import ANA, MONDAY, POLICY, names, shop

SETTLE: Final = timedelta(minutes=5)
NOW: Final = timedelta(0)
FACTS = st.sampled_from(
    [
        lambda at, key: StatusIs("pending", occurred_at=at),
        lambda at, key: StatusIs("open", occurred_at=at),
        lambda at, key: StatusIs("resolved", occurred_at=at),
        lambda at, key: PriorityIs("high", occurred_at=at),
        lambda at, key: PriorityIs("low", occurred_at=at),
        lambda at, key: FieldIs("size", 5, occurred_at=at),
        lambda at, key: Did(c.Reply(f"hi {key}", by=ANA, id=key), occurred_at=at),
        lambda at, key: Did(c.CustomerReply(f"and {key}?", id=key), occurred_at=at),
    ]
)


Told = tuple[timedelta, Any, timedelta]
"""When something happened, what, and how much later it is told."""


@st.composite
def days(draw: st.DrawFn) -> list[Told]:
    """What happens to a ticket, in order, some of it at one instant; each is told within the window."""
    found, at = [], timedelta(seconds=draw(st.integers(0, 60)))
    for number in range(draw(st.integers(1, 7))):
        late = timedelta(seconds=draw(st.integers(0, int(SETTLE.total_seconds()))))
        found.append((at, draw(FACTS)(START + at, f"k-{number}"), late))
        at += timedelta(seconds=draw(st.sampled_from([0, 1, 30, 120, 299, 600])))
    return found


def told_at(told: Told) -> timedelta:
    """When somebody comes to tell of it."""
    return told[0] + told[2]


def lived(desk: Desk, clock: ManualClock, steps: list[tuple[timedelta, Any]]) -> None:
    """Open a ticket, and do what is to be done at each instant, in this order; then all is over."""
    desk.open(id="T-1")
    for at, do in steps:
        clock.set(max(clock(), START + at))
        do(desk)
    clock.set(START + timedelta(hours=4))
    desk.tick()


def telling(fact: Fact) -> Any:
    """Tell of it."""
    return lambda desk: desk.observe("T-1", fact)


def in_a_database() -> Store:
    """A store in SQL that costs no disk."""
    store = SqlStore(sqlite3.connect(":memory:", check_same_thread=False).execute)
    store.prepare()
    return store


@pytest.mark.parametrize("make", [MemoryStore, in_a_database])
@settings(max_examples=25)
@given(data=st.data(), policy=busy_policies(), day=days())
def test_in_which_order_facts_come_does_not_matter(
    make: Any, data: st.DataObject, policy: EscalationPolicy, day: list[Told]
) -> None:
    """5.10: any order of arrival within the window, and any ticks, leave the journal of their instants."""
    # A linked ticket is opened when somebody comes to hear of it, and the link is dated so.
    policy = attrs.evolve(policy, reopen_within=None)
    # Those of one instant come in their order: nobody can tell in which they happened.
    late = sorted(day, key=told_at)
    at_once: dict[timedelta, list[Told]] = {}
    for each in day:
        at_once.setdefault(each[0], []).append(each)
    coming = [(told_at(each), telling(at_once[each[0]].pop(0)[1])) for each in late]
    twice = data.draw(st.lists(st.sampled_from(late), max_size=2))
    coming += [(told_at(each), telling(each[1])) for each in twice if isinstance(each[1], Did)]
    ticks = data.draw(st.lists(st.integers(0, 3600), max_size=6))
    coming += [(timedelta(seconds=at), Desk.tick) for at in ticks]
    coming.sort(key=lambda step: step[0])
    journals = []
    in_order = [(at, telling(fact)) for at, fact, _ in day]
    plans = [(SETTLE, in_order), (NOW, in_order), (SETTLE, coming)]
    for settle, steps in plans:
        clock, store = ManualClock(START), make()
        desk = Desk(policy, store, clock=clock, settle=settle)
        lived(desk, clock, steps)
        journals.append((desk.history("T-1"), dict(desk.texts("T-1"))))
        assert (desk.failures(), store.held("main")) == ((), ())
    assert journals[0] == journals[1]
    assert journals[2] == journals[0]


def test_a_reply_on_its_way_is_no_breach() -> None:
    """It was given before the promise ran out, and is known after; nobody escalates."""
    for wait, happened in ((SETTLE, False), (timedelta(0), True)):
        desk, clock = shop(settle=wait)
        desk.open(id="T-1")
        clock.advance(hours=4, minutes=1)
        desk.tick()
        replied = MONDAY + timedelta(hours=3, minutes=59)
        desk.observe("T-1", Did(c.Reply("Done", then="wait", by=ANA), occurred_at=replied))
        clock.advance(hours=1)
        desk.tick()
        assert ("Breached" in names(desk.history("T-1"))) is happened
        assert desk.ticket("T-1").tier == ("N2" if happened else "N1")


def test_timers_wait_and_then_fire_as_of_their_instants() -> None:
    """Nothing is lost by waiting: the journal has the instant at which it was due."""
    desk, clock = shop(settle=SETTLE)
    desk.open(id="T-1")
    clock.advance(hours=2, minutes=4)
    assert desk.tick().tickets == ()
    clock.advance(minutes=2)
    desk.tick()
    reached = desk.history("T-1")[1]
    assert isinstance(reached, e.StepReached)
    assert reached.at == MONDAY + timedelta(hours=2)


def test_a_command_waits_for_nothing() -> None:
    """Who acts, acts now: what was due before fires first."""
    desk, clock = shop(settle=SETTLE)
    desk.open(id="T-1")
    clock.advance(hours=2, minutes=1)
    assert names(desk.handle("T-1", c.Take(by=ANA))) == ["StepReached", "NotifyAsked", "Taken"]


def test_a_hosted_desk_settles_too() -> None:
    """What a webhook tells it stands where it belongs."""
    desk, host, clock = hosted(settle=SETTLE)
    host.save("T-1", status="new", priority="normal", tier="N1")
    clock.advance(hours=4, minutes=1)
    desk.tick()
    replied = MONDAY + timedelta(hours=3, minutes=59)
    desk.observe("T-1", Did(c.Reply("Done", then="wait", by=ANA), occurred_at=replied))
    clock.advance(hours=1)
    desk.tick()
    assert "Breached" not in names(desk.history("T-1"))
    assert host.rows["T-1"]["tier"] == "N1"


@pytest.mark.parametrize("settle", [5, None, -SETTLE])
def test_a_span_is_a_span(settle: Any) -> None:
    """A number says no unit, and nobody waits for less than nothing."""
    for make in (shop, hosted):
        with pytest.raises(BadInput, match="settle"):
            make(settle=settle)


# -- what is held


def told(text: str, *, minutes: int, **more: Any) -> Did:
    """A customer's message, so many minutes after nine."""
    return Did(c.CustomerReply(text, **more), occurred_at=MONDAY + timedelta(minutes=minutes))


def opened(**more: Any) -> tuple[Desk, ManualClock]:
    """A desk with one ticket, ten minutes after that was opened."""
    desk, clock = shop(settle=SETTLE, **more)
    desk.open(id="T-1")
    clock.advance(minutes=10)
    return desk, clock


def said(desk: Desk) -> list[str]:
    """What customers wrote, in the order of the journal."""
    texts = desk.texts("T-1")
    return [texts[key] for key in sorted(texts) if key[1] == "text"]


def test_facts_that_overtake_each_other_are_followed_in_order() -> None:
    """What happened first stands first, whichever is told first; nothing is disputed."""
    desk, clock = opened()
    assert desk.observe("T-1", told("second", minutes=9)) == ()
    assert desk.observe("T-1", told("first", minutes=8)) == ()
    assert said(desk) == []
    clock.advance(minutes=4)
    desk.tick()
    assert said(desk) == ["first", "second"]
    assert [each.said_us for each in desk.history("T-1")] == [None] * 3


def test_they_are_followed_once_they_have_settled_and_not_before() -> None:
    """A tick a moment too early leaves them; at the instant, one of that instant may not come any more."""
    desk, clock = opened()
    desk.observe("T-1", told("hello", minutes=8))
    clock.set(MONDAY + timedelta(minutes=13, microseconds=-1))
    assert desk.tick().tickets == ()
    clock.set(MONDAY + timedelta(minutes=13))
    assert desk.tick().tickets == ("T-1",)
    assert desk.history("T-1")[-1].at == MONDAY + timedelta(minutes=8)


def test_a_person_who_acts_has_what_is_held_followed_first() -> None:
    """A command is the act of somebody who is there: what occurred before it stands before it."""
    desk, _ = opened()
    desk.observe("T-1", told("second", minutes=9))
    desk.observe("T-1", told("first", minutes=8))
    happened = desk.handle("T-1", c.Take(by=ANA))
    assert names(happened) == ["CustomerReplied", "CustomerReplied", "Taken"]
    assert said(desk) == ["first", "second"]
    late = desk.observe("T-1", told("third", minutes=5))  # older, and it settles: it stands after
    assert [each.at for each in late] == [MONDAY + timedelta(minutes=10)]


def test_a_fact_that_says_no_instant_waits_for_nothing() -> None:
    """It is so now; what is held was so before."""
    desk, _ = opened()
    desk.observe("T-1", told("first", minutes=8))
    happened = desk.observe("T-1", PriorityIs("high"))
    assert names(happened) == ["CustomerReplied", "PrioritySet"]


def test_a_refused_command_leaves_what_was_followed_before_it() -> None:
    """What is held is not lost with the refusal."""
    desk, _ = opened()
    desk.observe("T-1", told("first", minutes=8))
    with pytest.raises(Refused) as caught:
        desk.handle("T-1", c.Reopen(by=ANA))
    assert names(caught.value.fired) == ["CustomerReplied"]
    assert said(desk) == ["first"]


def test_a_fact_that_is_told_twice_is_held_once() -> None:
    """Its command's id is known from the moment it is told, and stays so."""
    desk, clock = opened()
    for _ in range(2):
        desk.observe("T-1", told("hello", minutes=8, id="mail-7"))
    assert len(desk.export("T-1")["held"]) == 1
    clock.advance(minutes=5)
    desk.tick()
    desk.observe("T-1", told("hello", minutes=8, id="mail-7"))
    clock.advance(minutes=5)
    desk.tick()
    assert said(desk) == ["hello"]


def test_a_fact_that_claims_to_lie_ahead_is_held_no_longer_than_others() -> None:
    """A clock that is wrong elsewhere holds nothing up for a year."""
    desk, clock = opened()
    desk.observe("T-1", told("hello", minutes=600_000))
    clock.advance(minutes=5)
    desk.tick()
    event = desk.history("T-1")[-1]
    assert (event.at, event.said_at) == (
        MONDAY + timedelta(minutes=10),
        MONDAY + timedelta(minutes=600_000),
    )


def test_what_is_held_is_exported_erased_and_no_errand_of_the_outbox() -> None:
    """It is kept, so who asks what is kept is told; and what was written in it goes with the rest."""
    desk, clock = opened()
    desk.observe("T-1", told("I am Jo", minutes=8))
    (held,) = desk.export("T-1")["held"]
    assert held["fact"]["command"]["text"] == "I am Jo"
    assert desk.outbox() == desk.outbox(dead=True) == ()
    with pytest.raises(NoSuchLetter):
        desk.resend("T-1", -1)
    happened = desk.erase("T-1", by=ANA)
    assert names(happened) == ["CustomerReplied", "Erased"]
    assert "Jo" not in json.dumps(desk.export("T-1"))
    clock.set(MONDAY + timedelta(minutes=7))  # the clock runs back
    desk.observe("T-1", told("I am Jo", minutes=6))
    clock.set(MONDAY + timedelta(minutes=5))
    desk.erase("T-1", by=ANA)
    assert "Jo" not in json.dumps(desk.export("T-1"))


def test_one_call_may_follow_a_fact_and_hold_another() -> None:
    """Who tells of the next one finds that the last one has settled."""
    desk, clock = opened(store=in_a_database())
    desk.observe("T-1", told("first", minutes=8))
    clock.advance(minutes=4)
    assert names(desk.observe("T-1", told("second", minutes=13))) == ["CustomerReplied"]
    clock.advance(minutes=4)
    desk.tick()
    assert said(desk) == ["first", "second"]


def test_a_fact_of_the_instant_of_a_timer_comes_before_it() -> None:
    """As whoever acts at the very instant does (3.4), also if it was told long after."""
    desk, clock = opened()
    clock.set(MONDAY + timedelta(hours=2, minutes=4))
    desk.observe("T-1", told("just now", minutes=120))
    clock.advance(minutes=9)
    desk.tick()
    happened = [event for event in desk.history("T-1") if event.at == MONDAY + timedelta(hours=2)]
    assert names(happened)[:2] == ["CustomerReplied", "StepReached"]


def test_a_desk_that_does_not_settle_any_more_follows_what_was_held() -> None:
    """Nothing stays behind when somebody takes the setting away."""
    store = MemoryStore()
    desk, clock = opened(store=store)
    desk.observe("T-1", told("hello", minutes=9))
    clock.advance(minutes=5)
    plain = Desk(POLICY, store, clock=clock)
    plain.tick()
    assert said(plain) == ["hello"]


def test_who_is_killed_in_between_loses_nothing(tmp_path: Path) -> None:
    """What was told is on the disk when the call returns; another process follows it, once."""
    with SQLiteStore(tmp_path / "desk.db") as store:
        desk, clock = opened(store=store)
        desk.observe("T-1", told("second", minutes=9, id="2"))
        desk.observe("T-1", told("first", minutes=8, id="1"))
        clock.advance(minutes=5)
        with suppress(ZeroDivisionError), store.batch("main") as batch:
            batch.due_errands("main", until_us=as_us(clock()), limit=9)
            Desk(POLICY, batch, clock=clock, settle=SETTLE).tick()
            raise ZeroDivisionError  # killed before it has committed
    with SQLiteStore(tmp_path / "desk.db") as store:
        desk = Desk(POLICY, store, clock=clock, settle=SETTLE)
        assert said(desk) == []
        assert desk.tick().tickets == ("T-1",)
        assert said(desk) == ["first", "second"]
        assert desk.tick().tickets == ()


# -- what is shown meanwhile


def test_queues_show_what_a_tick_would_leave() -> None:
    """Neither a timer that still waits counts as fired, nor a fact that has settled as untold."""
    desk, clock = shop(settle=SETTLE)
    desk.open(id="T-1")
    clock.advance(hours=4, minutes=1)
    assert [each.id for each in desk.queue("N1")] == ["T-1"]
    assert desk.explain("T-1").ticket.tier == "N1"
    replied = Did(c.Reply("Done", then="wait", by=ANA), occurred_at=clock() - timedelta(minutes=2))
    desk.observe("T-1", replied)
    clock.advance(minutes=3)
    (shown,) = desk.queue("N1")
    assert desk.explain("T-1").ticket == shown
    desk.tick()
    assert shown == desk.ticket("T-1")
    assert shown.status.value == "pending"


def test_a_queue_shows_what_is_about_to_be_reopened() -> None:
    """A customer has written to a resolved ticket, and that has settled."""
    desk, clock = opened()
    desk.handle("T-1", c.Resolve(by=ANA))
    clock.advance(minutes=2)
    desk.observe("T-1", told("No", minutes=11))
    assert desk.queue("N1") == ()
    clock.advance(minutes=4)
    assert [each.id for each in desk.queue("N1")] == ["T-1"]


def test_a_preview_knows_what_is_held() -> None:
    """What a change of policy would do is told of the ticket as the change would find it."""
    desk, _ = opened()
    other = attrs.evolve(POLICY, version="2")
    desk.publish(other, by=ANA, despite=["nobody-told", "forgotten", "silent-pause"])
    away = TierIs("N2", occurred_at=MONDAY + timedelta(minutes=8))
    desk.observe("T-1", away)
    pages = [
        desk.rebase(["T-1"], to=("shop", "2"), by=ANA, preview=preview) for preview in (True, False)
    ]
    assert [page.tickets[0].tier_was for page in pages] == ["N2", "N2"]


# -- the desk that is embedded


def test_what_a_host_shows_waits_for_nothing_and_comes_after_what_is_held() -> None:
    """It is so now: what was told before, and happened before, is followed first; a guard knows it too."""
    for sweeps in (False, True):
        desk, host, clock = hosted(settle=SETTLE)
        host.save("T-1", status="new", priority="normal", tier="N1")
        clock.advance(minutes=10)
        desk.observe("T-1", told("hello", minutes=9))
        host.rows["T-1"]["priority"] = "high"
        if sweeps:
            desk.reconcile_all(["T-1"])
        else:
            desk.reconcile("T-1")
        assert names(desk.history("T-1")) == ["Opened", "CustomerReplied", "PrioritySet"]


def test_a_guard_knows_what_is_held() -> None:
    """A command would have it followed first, so that is what may happen to the ticket."""
    desk, host, clock = hosted(settle=SETTLE)
    host.save("T-1", status="new", priority="normal", tier="N1")
    clock.advance(minutes=10)
    assert not desk.guard("T-1", c.Reopen(by=ANA))
    desk.observe("T-1", Did(c.Resolve(by=ANA), occurred_at=clock() - timedelta(minutes=1)))
    assert desk.guard("T-1", c.Reopen(by=ANA))


def test_a_hosted_desk_follows_in_order_and_writes_it() -> None:
    """Its tick hands over, and the host is told what came of it."""
    desk, host, clock = hosted(settle=SETTLE)
    host.save("T-1", status="new", priority="normal", tier="N1")
    clock.advance(minutes=10)
    for tier, minutes in (("N1", 9), ("N2", 8)):
        desk.observe("T-1", TierIs(tier, occurred_at=MONDAY + timedelta(minutes=minutes)))
    clock.advance(minutes=5)
    desk.tick()
    assert desk.ticket("T-1").moves == 2
    assert host.rows["T-1"]["tier"] == desk.ticket("T-1").tier == "N1"


@pytest.mark.parametrize("tags", [5, None, [5]])
def test_tags_that_are_no_words(tags: Any) -> None:
    """A desk says what would work."""
    desk, _ = shop()
    with pytest.raises(BadInput, match="tags"):
        desk.open(tags=tags)
    assert desk.open(tags="vip").tags == {"vip"}
