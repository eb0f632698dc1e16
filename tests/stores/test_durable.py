"""What outlives a process: tickets, timers, policies; and what is kept of them, and for how long."""

from __future__ import annotations

import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import attrs
import psycopg
import pytest

from escalate import Actor, Desk, EscalationPolicy, SQLiteStore, Target
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.core.engine import step
from escalate.errors import BadInput, NewerSchema, StoreFailed, UnknownPolicy, UnknownTicket
from escalate.stores import PostgresStore, Store, ddl, schema
from escalate.stores.owning import _FORKED
from escalate.testing import START, ManualClock
from tests.runtime.shop import ANA, EVE, MONDAY, POLICY, names, shop


def again(store: Store) -> Store:
    """The same tables, as another process opens them."""
    match store:
        case SQLiteStore():
            return SQLiteStore(store._path)
        case PostgresStore():
            return PostgresStore(store._conninfo)
    return store


class TestAnotherProcess:
    def test_finds_tickets_timers_texts_and_policies(self, store: Store) -> None:
        """A restart loses nothing, and needs nothing but the store."""
        desk, clock = shop(store=store)
        second = attrs.evolve(POLICY, version="2", max_bounces=5)
        desk.publish(second, by=EVE, proof=False)
        ticket = desk.open(
            id="T-1", subject="No paper", tags=["vip"], fields={"sizes": ("A4", 1.5)}
        )
        desk.handle("T-1", c.Reply("On our way", by=ANA, id="r-1"))
        with_history = desk.history("T-1")
        other = Desk(POLICY, again(store), clock=clock)
        assert other.policy == second
        assert [each.by.id for each in other.policies()] == ["desk", "eve"]
        assert other.history("T-1") == with_history
        assert other.texts("T-1") == {(1, "subject"): "No paper", (2, "text"): "On our way"}
        assert other.handle("T-1", c.Reply("On our way", by=ANA, id="r-1")) == ()
        assert other.ticket("T-1").fields == ticket.fields
        clock.advance(hours=30)
        assert other.tick().tickets == ("T-1",)
        assert other.ticket("T-1").tier == desk.ticket("T-1").tier == "N2"

    def test_needs_the_policy_that_no_text_can_say(self, store: Store) -> None:
        """A condition that is a Python function is not stored: each process brings it, or is told."""

        def slow(ticket: object) -> bool:
            return True

        def policy(version: str) -> EscalationPolicy:
            target = Target("resolution", "1h", when=slow)
            return EscalationPolicy("coded", ["N1"], version=version).with_target(target)

        desk = Desk(policy("1"), store, clock=ManualClock(MONDAY))
        desk.open(id="T-1")
        desk.publish(policy("2"), by=EVE, proof=False)
        fresh = again(store)
        if fresh is store:
            return  # a store in memory has the very policy
        with pytest.raises(UnknownPolicy, match="'coded' version '2'"):
            Desk(policy("1"), fresh).policy  # noqa: B018 - asking is the test
        other = Desk(policy("2"), fresh, clock=ManualClock(MONDAY))
        assert other.policy.version == "2"
        with pytest.raises(UnknownPolicy, match="'coded' version '1'"):
            other.handle("T-1", c.Take(by=ANA))
        other.publish(policy("1"), by=EVE, proof=False)
        assert other.handle("T-1", c.Take(by=ANA))


class TestErasing:
    def test_texts_are_gone_and_nothing_else(self, store: Store) -> None:
        """5.12: who asks to be forgotten is; what was decided, and is due, stays as it was."""
        desk, clock = shop(store=store)
        for name in ("T-1", "T-2"):
            desk.open(id=name, subject=f"I am Jo of {name}")
        desk.handle("T-1", c.Reply("Hello Jo", by=ANA))
        before = desk.ticket("T-1")
        clock.advance(hours=3)
        events = desk.erase("T-1", by=EVE)
        assert names(events) == ["StepReached", "NotifyAsked", "Erased"]
        assert (events[-1].by, events[-1].at) == (EVE, clock())
        assert desk.texts("T-1") == {}
        assert desk.texts("T-2") == {(1, "subject"): "I am Jo of T-2"}
        after = desk.ticket("T-1")
        assert (after.clocks["ownership"].due_us, after.messages) == (
            before.clocks["ownership"].due_us,
            before.messages,
        )
        assert fold(None, desk.history("T-1")) == after
        assert "Jo" not in desk.handoff("T-1").text()
        desk.handle("T-1", c.Note("about the printer", by=ANA))
        assert list(desk.texts("T-1").values()) == ["about the printer"]
        assert desk.rebuild().changed == ()

    def test_it_is_in_no_file_any_more(self, tmp_path: Path) -> None:
        """An erased text is not to be found in the file by those who look at its bytes."""
        path = tmp_path / "desk.db"
        with SQLiteStore(path) as store:
            desk, _ = shop(store=store)
            desk.open(id="T-1", subject="I am Johanna")
            desk.erase("T-1", by=EVE)
        assert b"Opened" in path.read_bytes()
        assert b"Johanna" not in path.read_bytes()

    def test_it_is_no_act_on_the_ticket(self) -> None:
        """5.12: what rules may still do by themselves does not depend on who was forgotten."""
        ticket = step(None, c.Open("T-1"), POLICY, now=START).ticket
        assert ticket is not None
        moved = attrs.evolve(ticket, automatic=3)  # type: ignore[arg-type]
        erased = e.Erased(at_us=ticket.changed_us, by=EVE, seq=2)
        assert fold(moved, [erased]).automatic == 3

    def test_nobody_erases_in_nobodys_name(self) -> None:
        """Deleting needs somebody, and a ticket."""
        desk, _ = shop()
        desk.open(id="T-1", subject="x")
        for nobody in (None, Actor()):
            with pytest.raises(BadInput, match="who has it so"):
                desk.erase("T-1", by=nobody)  # type: ignore[arg-type]
        with pytest.raises(UnknownTicket):
            desk.erase("T-9", by=EVE)
        assert desk.texts("T-1")


class TestKeeping:
    def test_purging_leaves_no_trace(self, store: Store) -> None:
        """Tickets that were over before a day are gone; those that live, and later ones, stay."""
        desk, clock = shop(store=store)
        for name in ("old", "living", "new"):
            desk.open(id=name, subject=name)
        desk.handle("old", c.Resolve(by=ANA))
        clock.advance(days=40)
        desk.handle("new", c.Resolve(by=ANA))
        assert desk.purge(clock() - (clock() - MONDAY) / 2) == ("old",)
        with pytest.raises(UnknownTicket):
            desk.texts("old")
        assert {row["ticket"] for row in desk.log()} == {"living", "new"}
        assert desk.open(id="old", subject="another").seq == 1

    def test_an_export_is_all_there_is(self, store: Store) -> None:
        """Whoever asks what is kept of them gets all of it, as JSON."""
        desk, _ = shop(store=store)
        desk.open(id="T-1", subject="I am Jo \U0001f6e0")
        with pytest.raises(Exception, match="N1"):
            desk.handle("T-1", c.Escalate(to="N1", by=ANA))
        found = json.loads(json.dumps(desk.export("T-1")))
        assert found["texts"] == [{"number": 1, "field": "subject", "text": "I am Jo \U0001f6e0"}]
        assert [each["event"] for each in found["events"]] == ["Opened"]
        assert (found["ticket"]["tier"], found["version"]) == ("N1", 2)
        assert [each["asked"] for each in found["refusals"]] == ["Escalate"]
        with pytest.raises(UnknownTicket):
            desk.export("T-9")

    def test_rebuilding_brings_lost_rows_back(self, tmp_path: Path) -> None:
        """The journal is the truth: without the table of tickets, all of them come back."""
        path = tmp_path / "desk.db"
        with SQLiteStore(path) as store:
            desk, clock = shop(store=store, notify=lambda notice: 1 / 0)
            for name in ("T-1", "T-2", "T-3"):
                desk.open(id=name)
            desk.handle("T-1", c.RequestHuman())
            before = {name: desk.ticket(name) for name in ("T-1", "T-2", "T-3")}
            due = store.due("main", before_us=2**60, limit=9)
            errands = store.due_errands("main", until_us=2**60, limit=9)
            assert errands
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("DELETE FROM escalate_tickets WHERE ticket <> 'T-2'")
                other.execute("UPDATE escalate_tickets SET due_us = 1, tier = 'N9'")
                other.execute("UPDATE escalate_events SET document = '{' WHERE ticket = 'T-3'")
            rebuilt = desk.rebuild()
            assert rebuilt.changed == ("T-1", "T-2")
            assert "event 1 cannot be read" in rebuilt.failed["T-3"]
            assert {name: desk.ticket(name) for name in ("T-1", "T-2")} == {
                name: before[name] for name in ("T-1", "T-2")
            }
            assert store.due("main", before_us=2**60, limit=9) == due[:2]
            assert store.due_errands("main", until_us=2**60, limit=9) == errands
            clock.advance(hours=3)
            assert set(desk.tick().tickets) == {"T-1", "T-2"}


class TestTables:
    def test_an_older_file_is_brought_up_to_date(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A release that needs another column adds it; what was there stays."""
        desk, clock = shop(store=store)
        desk.open(id="T-1", subject="kept")
        later = (
            "ALTER TABLE escalate_tickets ADD COLUMN region {text} DEFAULT 'EU';"
            " CREATE INDEX escalate_region ON escalate_tickets (region);"
        )
        monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, later))
        for _ in range(2):  # the second time there is nothing to do
            fresh = again(store)
            other = Desk(POLICY, fresh, clock=clock)
            assert other.texts("T-1") == {(1, "subject"): "kept"}
            if fresh is not store:
                assert fresh._rows("SELECT region FROM escalate_tickets")[0][0] == "EU"  # type: ignore[attr-defined]
                assert fresh._rows("SELECT version FROM escalate_schema") == [(len(schema.STEPS),)]  # type: ignore[attr-defined]

    def test_an_upgrade_that_fails_changes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Half an upgrade is none: the older release still works on the file."""
        path = tmp_path / "desk.db"
        SQLiteStore(path).close()
        steps = schema.STEPS
        monkeypatch.setattr(schema, "STEPS", (*steps, "CREATE TABLE x (y {int}); CREATE NONSENSE"))
        with pytest.raises(StoreFailed, match="CREATE NONSENSE"):
            SQLiteStore(path)
        monkeypatch.setattr(schema, "STEPS", steps)
        with SQLiteStore(path) as store:
            assert store._rows("SELECT name FROM sqlite_master WHERE name = 'x'") == []
            assert store._rows("SELECT version FROM escalate_schema") == [(len(steps),)]

    def test_a_newer_file_is_left_alone(self, store: Store) -> None:
        """An older release does not guess at tables that it does not know."""
        if again(store) is store:
            return  # memory has no tables
        store._run("UPDATE escalate_schema SET version = 99")  # type: ignore[attr-defined]
        with pytest.raises(NewerSchema, match=r"version 99.*upgrade"):
            again(store)

    def test_the_text_of_the_tables_makes_them(self, tmp_path: Path, postgres: str) -> None:
        """A host that keeps its own migrations pastes the text, and the store finds its tables."""
        path = tmp_path / "desk.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(ddl("sqlite"))
        with psycopg.connect(postgres) as other:
            other.execute(ddl("postgresql"))
        for store in (SQLiteStore(path), PostgresStore(postgres)):
            with store:
                desk, _ = shop(store=store)
                assert desk.open(id="T-1").seq == 1

    def test_keys_are_in_the_same_order_everywhere(self, postgres: str) -> None:
        """Pages of what is due do not depend on the language of the database: keys go by code point."""
        with PostgresStore(postgres) as store:
            rows = store._rows(
                "SELECT DISTINCT collation_name FROM information_schema.columns"
                " WHERE table_name LIKE 'escalate_%%' AND data_type = 'text'"
                " AND column_name NOT IN ('document', 'published_by', 'proof')"
            )
        assert rows == [("C",)]


class TestFiles:
    def test_what_is_no_file(self, tmp_path: Path) -> None:
        """Who wants memory is told so; a folder, a picture or a lost path is named."""
        for name in (":memory:", "", "file:x?mode=memory"):
            with pytest.raises(BadInput, match="MemoryStore"):
                SQLiteStore(name)
        picture = tmp_path / "cat.png"
        picture.write_bytes(b"PNG" * 999)
        for path in (tmp_path, picture, tmp_path / "no" / "where.db"):
            with pytest.raises(StoreFailed):
                SQLiteStore(path)
        assert picture.read_bytes() == b"PNG" * 999

    def test_all_may_open_a_new_file_at_once(self, tmp_path: Path) -> None:
        """A worker that meets another one at the very first opening waits, as at any other time."""
        path = tmp_path / "desk.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("CREATE TABLE first (x)")
            other.execute("BEGIN IMMEDIATE")  # SQLite itself does not wait for this one
            with pytest.raises(StoreFailed, match="locked"):
                SQLiteStore(path, wait_s=0.05)
            with ThreadPoolExecutor(1) as worker:
                opened = worker.submit(SQLiteStore, path)
                with pytest.raises(TimeoutError):
                    opened.result(0.1)
                other.execute("COMMIT")
                with opened.result() as store:
                    assert store.ids("main") == ()

    def test_a_program_may_change_its_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A relative name is the file that it was at first."""
        monkeypatch.chdir(tmp_path)
        with SQLiteStore("desk.db") as store:
            desk, _ = shop(store=store)
            desk.open(id="T-1")
            store.close()
            monkeypatch.chdir("/")
            assert desk.ticket("T-1")

    @pytest.mark.filterwarnings(
        "ignore:.*fork:DeprecationWarning"
    )  # other tests leave threads behind
    def test_a_process_that_forks_shares_nothing(self, tmp_path: Path) -> None:
        """A server that opens its desk first and forks its workers then loses and doubles nothing."""
        with SQLiteStore(tmp_path / "desk.db") as store:
            desk, _ = shop(store=store)
            desk.open(id="T-1")
            assert not _FORKED
            workers = []
            for number in range(3):
                pid = os.fork()
                if not pid:
                    status = 1
                    try:
                        for turn in range(10):
                            desk.handle("T-1", c.Note(f"{number}/{turn}", by=ANA))
                        # The parent's connection is put aside, with those of other tests if any are open.
                        status = 0 if _FORKED else 2
                    finally:
                        os._exit(status)
                workers.append(pid)
            assert [os.waitpid(pid, 0)[1] for pid in workers] == [0, 0, 0]
            said = sorted(text for (_, field), text in desk.texts("T-1").items() if field == "text")
            assert said == sorted(f"{number}/{turn}" for number in range(3) for turn in range(10))
            assert fold(None, desk.history("T-1")) == desk.ticket("T-1")

    def test_a_database_that_cannot_be_reached_is_named(self) -> None:
        """Where there is no server, the driver's words come as an error of ours."""
        with pytest.raises(StoreFailed, match="connect"):
            PostgresStore("host=/nowhere dbname=x connect_timeout=1")
