"""Facts that come late: timers wait for them, so that a reply on its way is no breach (SEMANTICS 5.10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Desk, EscalationPolicy
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.facts import Did, FieldIs, PriorityIs, StatusIs
from escalate.errors import BadInput
from escalate.testing import START, ManualClock
from tests.core.busy_desk import busy_policies
from tests.runtime.hosting import hosted
from tests.runtime.shop import ANA, MONDAY, names, shop

SETTLE = timedelta(minutes=5)
FACTS = st.sampled_from(
    [
        lambda at: StatusIs("pending", occurred_at=at),
        lambda at: StatusIs("open", occurred_at=at),
        lambda at: PriorityIs("high", occurred_at=at),
        lambda at: PriorityIs("low", occurred_at=at),
        lambda at: FieldIs("size", 5, occurred_at=at),
        lambda at: Did(c.Reply("hi", by=ANA), occurred_at=at),
        lambda at: Did(c.CustomerReply("and?"), occurred_at=at),
    ]
)


@settings(max_examples=60)
@given(
    policy=busy_policies(),
    script=st.lists(
        st.tuples(FACTS, st.integers(0, 240), st.integers(0, 299), st.booleans()), max_size=8
    ),
)
def test_how_late_a_fact_comes_does_not_matter(policy: EscalationPolicy, script: Any) -> None:
    """5.10: facts that come in order, each within the settling time, leave the journal of their instants."""
    journals = []
    for late in (False, True):
        clock = ManualClock(START)
        desk = Desk(policy, clock=clock, settle=SETTLE)
        desk.open(id="T-1")
        occurred = START
        for fact, seconds, delay, ticks in script:
            occurred += timedelta(seconds=seconds)
            comes = occurred + timedelta(seconds=delay if late else 0)
            clock.set(max(clock(), comes))
            if ticks and late:
                desk.tick()
            if clock() - occurred > SETTLE:
                clock.set(occurred + SETTLE)  # it came behind a later one; no longer than that
            desk.observe("T-1", fact(occurred))
        clock.set(START + timedelta(hours=2))
        desk.tick()
        journals.append(desk.history("T-1"))
    assert journals[0] == journals[1]


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
