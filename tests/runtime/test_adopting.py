"""Taking over tickets that lived in the host before: caught up, journalled, and nobody surprised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Actor, EscalationPolicy
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.errors import BadInput, InsideApply, NaiveInstant
from escalate.testing.strategies import policies
from tests.runtime.hosting import hosted
from tests.runtime.shop import EVE, MONDAY, STAFF, names

ROWS = st.fixed_dictionaries(
    {"tier": st.sampled_from(["N1", "N2"])},
    optional={
        "status": st.sampled_from(["new", "open", "pending", "on_hold"]),
        "priority": st.sampled_from(["low", "normal", "urgent"]),
        "tags": st.sets(st.sampled_from(["vip", "vpn"])),
        "fields": st.dictionaries(st.just("size"), st.integers(0, 9)),
        "assignee": st.sampled_from([None, "ann", "bob"]),
    },
)


def late(*, hours: float = 30, policy: Any = None, **more: Any) -> Any:
    """A desk that comes long after the tickets of its host."""
    desk, host, clock = hosted(**({"policy": policy} if policy else {}), **more)
    host.hooks = []
    clock.advance(hours=hours)
    return desk, host, clock


class TestWhatGoesOut:
    @settings(max_examples=60)
    @given(policy=policies(), row=ROWS, minutes=st.integers(0, 300))
    def test_silence_is_silent(
        self, policy: EscalationPolicy, row: dict[str, Any], minutes: int
    ) -> None:
        """6.2: whatever the policy: neither taking over nor the first tick sends or keeps a notice."""
        sent: list[Any] = []
        desk, host, clock = late(policy=policy, notify=sent.append, hours=0)
        clock.advance(minutes=minutes)
        host.rows["T-1"] = row
        page = desk.adopt(["T-1"], MONDAY, by=EVE)
        assert page.adopted == ("T-1",)
        assert page.failed == {}
        desk.tick()
        assert sent == []
        assert desk.outbox() == ()
        asked = [each for each in desk.history("T-1") if isinstance(each, e.NotifyAsked)]
        assert page.unsent == len(asked)
        assert fold(None, desk.history("T-1")) == desk.ticket("T-1")

    @settings(max_examples=60)
    @given(
        policy=policies(),
        row=ROWS,
        minutes=st.integers(0, 300),
        catch_up=st.sampled_from(["all", "latest", "silent"]),
    )
    def test_the_journal_is_that_of_a_desk_that_was_there(
        self, policy: EscalationPolicy, row: dict[str, Any], minutes: int, catch_up: Any
    ) -> None:
        """6.2: whatever still goes out, the journal and the host are as if the desk had always been there."""
        there, first, clock = late(policy=policy, hours=0)
        first.rows["T-1"] = dict(row)
        there.reconcile("T-1")
        clock.advance(minutes=minutes)
        there.tick()
        comes, second, clock = late(policy=policy, hours=0)
        second.rows["T-1"] = dict(row)
        clock.advance(minutes=minutes)
        comes.adopt(["T-1"], MONDAY, by=EVE, catch_up=catch_up)
        *journal, taken = comes.history("T-1")
        assert tuple(journal) == there.history("T-1")
        assert isinstance(taken, e.Adopted)
        assert (taken.by, taken.catch_up, taken.at) == (EVE, catch_up, clock())
        assert first.rows == second.rows

    def test_all_latest_and_what_is_not_late(self) -> None:
        """All sends each, latest the last to each receiver, and what is not stale goes out in any case."""

        def carried(**how: Any) -> list[str]:
            sent: list[Any] = []
            desk, host, _ = late(hours=5, notify=sent.append)
            host.rows["T-1"] = {"status": "new", "tier": "N1"}
            desk.adopt(["T-1"], MONDAY, by=EVE, **how)
            return [each.event.about for each in sent]

        half, whole = "ownership 4h in N1: 50%", "ownership 4h in N1: 100%"
        assert carried(catch_up="all") == [half, whole]
        assert carried(catch_up="latest") == [whole]
        assert carried() == []
        assert carried(stale_after=timedelta(hours=2)) == [whole]
        assert carried(catch_up="latest", stale_after=timedelta(hours=9)) == [half, whole]

    def test_nobody_is_sorted_anew(self) -> None:
        """A classifier is not asked about tickets that people have had."""
        desk, host, _ = late(classifier=lambda ticket: "N2")
        host.rows["T-1"] = {"status": "new", "tier": "N1"}
        desk.adopt(["T-1"], MONDAY + timedelta(hours=29), by=EVE)
        assert desk.ticket("T-1").classification is None


class TestMany:
    def test_each_stands_for_itself(self) -> None:
        """Known, done, left out and broken ones are named; asked again, only the broken one is tried."""
        desk, host, clock = late(share=0.9, directory=STAFF)
        host.rows = {f"T-{number}": {"status": "open", "tier": "N1"} for number in range(40)}
        host.rows["T-1"]["status"] = "closed"
        host.rows["T-2"]["fields"] = {"x": object()}

        def since(ticket_id: str) -> datetime:
            return clock() + timedelta(hours=1) if ticket_id == "T-3" else MONDAY

        page = desk.adopt([*host.rows, "T-99", "", "T-4"], since, by=EVE)
        kinds = (page.adopted, page.known, page.done, page.left_out, tuple(page.failed))
        assert sorted(each for kind in kinds for each in kind) == sorted([*host.rows, "T-99", ""])
        assert page.done == ("T-1",)
        assert set(page.failed) == {"T-2", "T-3", "T-99", ""}
        assert "an instant that is over" in page.failed["T-3"]
        assert "4 failed:" in str(page)
        assert {each.ticket_id for each in desk.failures()} == set(page.failed)
        journals = [desk.history(each) for each in page.adopted]
        again = desk.adopt(host.rows, MONDAY, by=EVE)
        assert again.known == page.adopted
        assert again.adopted == ("T-3",)
        assert [desk.history(each) for each in page.adopted] == journals

    def test_what_fails_leaves_nothing(self) -> None:
        """A host that cannot write keeps its row, and the desk has no such ticket."""
        desk, host, _ = late()
        host.rows["T-1"] = {"status": "new", "tier": "N1"}
        host.apply = _broken
        assert desk.adopt(["T-1"], MONDAY, by=EVE).failed == {"T-1": "RuntimeError: no"}
        assert host.rows["T-1"] == {"status": "new", "tier": "N1"}
        assert desk.live() == ()
        del host.apply
        assert desk.adopt(["T-1"], MONDAY, by=EVE).adopted == ("T-1",)

    def test_life_goes_on(self) -> None:
        """What comes after taking over is as on any ticket: notices of today go out."""
        sent: list[Any] = []
        desk, host, clock = late(hours=1, notify=sent.append)
        host.rows["T-1"] = {"status": "new", "tier": "N1"}
        desk.adopt(["T-1"], MONDAY, by=EVE)
        clock.advance(hours=2)
        desk.tick()
        assert [each.event.about for each in sent] == ["ownership 4h in N1: 50%"]
        assert names(desk.history("T-1"))[:3] == ["Opened", "Adopted", "StepReached"]


class TestAtTheDoor:
    def test_what_cannot_be_meant(self) -> None:
        """Nobody in particular, no such way, no instant, one id where several are wanted."""
        desk, host, _ = late()
        for by in (None, Actor(), "eve"):
            with pytest.raises(BadInput, match="who has it so"):
                desk.adopt([], MONDAY, by=by)
        with pytest.raises(BadInput, match="known: all, latest, silent"):
            desk.adopt([], MONDAY, by=EVE, catch_up="some")
        with pytest.raises(BadInput, match="timedelta"):
            desk.adopt([], MONDAY, by=EVE, stale_after=-timedelta(1))
        with pytest.raises(NaiveInstant):
            desk.adopt([], datetime(2026, 3, 2), by=EVE)  # noqa: DTZ001 - that is the point
        with pytest.raises(BadInput, match=r"\['T-1'\]"):
            desk.adopt("T-1", MONDAY, by=EVE)
        host.rows["T-1"] = {"status": "new", "tier": "N1"}
        desk.adopt(["T-1"], MONDAY + timedelta(hours=29), by=EVE)
        host.hooks = [lambda _: desk.adopt(["T-2"], MONDAY, by=EVE)]
        with pytest.raises(InsideApply):
            desk.handle("T-1", c.SetPriority("high"))


def _broken(ticket_id: str, events: Any) -> None:
    raise RuntimeError("no")
