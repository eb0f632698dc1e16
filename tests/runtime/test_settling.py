"""Facts that come late: timers wait for them, so that a reply on its way is no breach (SEMANTICS 5.10)."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate import Desk, EscalationPolicy, MemoryStore, SQLiteStore
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.facts import Did, Fact, FieldIs, PriorityIs, StatusIs
from escalate.errors import BadInput
from escalate.stores import Store
from escalate.testing import START, ManualClock
from tests.core.busy_desk import busy_policies
from tests.runtime.hosting import hosted
from tests.runtime.shop import ANA, MONDAY, names, shop

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


MAKERS: Final = [
    pytest.param(lambda folder: MemoryStore(), id="memory"),
    pytest.param(lambda folder: SQLiteStore(Path(folder) / "desk.db"), id="SQLite"),
]


@pytest.mark.parametrize("make", MAKERS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), policy=busy_policies(), day=days())
def test_in_which_order_facts_come_does_not_matter(
    make: Any, tmp_path: Path, data: st.DataObject, policy: EscalationPolicy, day: list[Told]
) -> None:
    """5.10: any order of arrival within the window, and any ticks, leave the journal of their instants."""
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
    plans = [("calm", SETTLE, _in_order(day)), ("now", NOW, _in_order(day)), ("late", SETTLE, coming)]
    for _, settle, steps in plans:
        clock = ManualClock(START)
        with TemporaryDirectory(dir=tmp_path) as folder, closing(_Open(make(folder))) as opened:
            desk = Desk(policy, opened.store, clock=clock, settle=settle)
            lived(desk, clock, steps)
            journals.append((desk.history("T-1"), dict(desk.texts("T-1"))))
            assert desk.failures() == ()
            assert opened.store.held("main") == ()
    assert journals[0] == journals[1]
    assert journals[2] == journals[0]


def _in_order(day: list[Told]) -> list[tuple[timedelta, Any]]:
    return [(at, telling(fact)) for at, fact, _ in day]


@attrs.frozen
class _Open:
    """A store that can be closed, whether it needs to be or not."""

    store: Store

    def close(self) -> None:
        """Close it."""
        if isinstance(self.store, SQLiteStore):
            self.store.close()


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
