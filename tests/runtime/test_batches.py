"""A tick in batches leaves what a tick ticket by ticket leaves, whatever fails in between."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Desk, MemoryStore, SQLiteStore
from escalate.core import events as e
from escalate.errors import StoreFailed
from escalate.runtime import Person, RoundRobin, Staff, ticking
from escalate.testing import ManualClock
from tests.runtime.shop import MONDAY, POLICY

STAFF = Staff([Person(name, tiers=["N2"], roles=["lead"]) for name in ("eve", "fay", "gus")])
COMINGS = st.lists(st.integers(0, 90), min_size=1, max_size=8)


class OneByOne(MemoryStore):
    """A store whose batches cannot be kept, so that each ticket is visited by itself."""

    @contextmanager
    def batch(self, desk: str) -> Iterator[Any]:
        """Fail before anything is done."""
        yield _Refusing(self)


class _Refusing:
    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Any:
        raise StoreFailed("COMMIT", "disk full")


def lived(store: Any, minutes: list[int], late_h: int) -> tuple[Any, ...]:
    """Let tickets come, nobody tick for hours, and then one tick; return all that is left."""
    clock = ManualClock(MONDAY)
    told: list[str] = []
    desk = Desk(
        POLICY,
        store,
        clock=clock,
        directory=STAFF,
        assigner=RoundRobin(),
        notify=lambda notice: told.append(notice.key),
        notify_within_s=None,
    )
    for number, after in enumerate(minutes):
        clock.advance(minutes=after)
        desk.open(id=f"T-{9 - number}", tier="N1")
    clock.advance(hours=late_h)
    ticked = desk.tick()
    assert desk.tick().tickets == ()
    journals = {name: desk.history(name) for name in store.ids("main")}
    errands = [store.errands("main", name) for name in journals]
    return ticked, journals, sorted(told), errands, desk.failures(), dict(store.turns("main", "N2"))


@settings(max_examples=15, deadline=None)
@given(minutes=COMINGS, late_h=st.integers(1, 40), at_once=st.sampled_from([2, 3, 500]))
def test_batches_do_not_show(minutes: list[int], late_h: int, at_once: int) -> None:
    """Journals, turns, notices and the order of a tick are the same in batches of any size, or in none."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(ticking, "_AT_ONCE", 1)
        wanted = lived(MemoryStore(), minutes, late_h)
        patch.setattr(ticking, "_AT_ONCE", at_once)
        assert lived(OneByOne(), minutes, late_h) == wanted
        assert lived(MemoryStore(), minutes, late_h) == wanted
        with SQLiteStore(Path(folder) / "desk.db") as store:
            assert lived(store, minutes, late_h) == wanted
        patch.setattr(ticking, "_LONGEST_S", 0.0)  # a batch that took long ends after one visit
        with SQLiteStore(Path(folder) / "slow.db") as store:
            assert lived(store, minutes, late_h) == wanted


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[..., tuple[Desk, ManualClock, SQLiteStore]]]:
    """Opens five tickets in a file, of which steps are due."""
    stores = []

    def make(**more: Any) -> tuple[Desk, ManualClock, SQLiteStore]:
        store = SQLiteStore(tmp_path / "desk.db", wait_s=1)
        stores.append(store)
        clock = ManualClock(MONDAY)
        desk = Desk(POLICY, store, clock=clock, **more)
        for number in range(5):
            desk.open(id=f"T-{number}")
        clock.advance(hours=3)
        return desk, clock, store

    yield make
    for store in stores:
        store.close()


def test_a_batch_that_cannot_be_committed_is_done_one_by_one(
    desk_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the database refuses many rows at once, each ticket has its own try, and nobody hears twice."""
    heard: list[tuple[str, int]] = []
    desk, _, _ = desk_of(
        listeners=[lambda ticket, events: heard.extend((ticket.id, each.seq) for each in events)]
    )
    heard.clear()
    insert = SQLiteStore._values

    def small(self: SQLiteStore, columns: Any, rows: Any) -> Any:
        if len(rows) > 3:
            raise StoreFailed("INSERT", "too many rows")
        return insert(self, columns, rows)

    monkeypatch.setattr(SQLiteStore, "_values", small)
    ticked = desk.tick()
    assert (len(ticked.tickets), ticked.failed) == (5, ())
    assert sorted(heard) == sorted({(f"T-{n}", seq) for n in range(5) for seq in (2, 3)})
    for number in range(5):
        kinds = [type(each) for each in desk.history(f"T-{number}")]
        assert kinds == [e.Opened, e.StepReached, e.NotifyAsked]


def test_one_ticket_that_cannot_be_read_costs_its_batch_nothing(
    desk_of: Callable[..., Any],
) -> None:
    """The others of its batch are kept, and the failure names the one."""
    desk, _, store = desk_of()
    store._run("UPDATE escalate_tickets SET document = '{' WHERE ticket = 'T-2'")
    ticked = desk.tick()
    assert ticked.tickets == ("T-0", "T-1", "T-3", "T-4")
    assert ticked.failed == ("T-2",)
    assert [each.ticket_id for each in desk.failures()] == ["T-2"]
    assert desk.tick().tickets == ()


def test_listeners_hear_only_what_is_committed(desk_of: Callable[..., Any]) -> None:
    """A listener that looks into the store from another connection finds what it was told of."""
    seen: list[int] = []

    def listen(ticket: Any, events: Any) -> None:
        with SQLiteStore(path[0]) as other:
            seen.append(len(other.events("main", ticket.id)))

    path: list[str] = []
    desk, _, store = desk_of(listeners=[lambda ticket, events: path and listen(ticket, events)])
    path.append(store._path)
    desk.tick()
    assert seen == [3] * 5


def test_a_limit_ends_a_tick_within_a_batch(desk_of: Callable[..., Any]) -> None:
    """The next tick goes on where the limit was."""
    desk, clock, _ = desk_of()
    clock.set(MONDAY + timedelta(hours=3))
    assert [desk.tick(limit=2).tickets for _ in range(4)] == [
        ("T-0", "T-1"),
        ("T-2", "T-3"),
        ("T-4",),
        (),
    ]
