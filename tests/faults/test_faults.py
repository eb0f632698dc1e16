"""What breaks under a desk: named errors, nothing lost, nothing twice, and the work goes on."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from escalate import Desk, SQLiteStore
from escalate.core import commands as c
from escalate.core import fold
from escalate.errors import NewerDocument, StoreFailed
from escalate.stores import PostgresStore
from escalate.testing import ManualClock
from tests.faults.breaking import BREAKS, ONLY
from tests.runtime.shop import ANA, MONDAY, POLICY, names, shop

ROOT = Path(__file__).resolve().parents[2]


def test_a_small_part_of_the_figures(tmp_path: Path) -> None:
    """Whatever is killed, raced, cut, filled or set wrong: journals and notices are those of a quiet day."""
    report = tmp_path / "figures.md"
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "0.005", "--report", str(report)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    written = report.read_text(encoding="utf-8")
    rows = [line for line in written.splitlines() if line.startswith(("| SQLite", "| PostgreSQL"))]
    assert len(rows) == 2 * (2 + len(BREAKS)) - len(ONLY)
    assert all("as if nothing had happened" in row for row in rows)
    assert written.count("each fired once") == 2


class Small(SQLiteStore):
    """A file that may have so many pages and no more, like one on a disk that is full."""

    pages = 60

    def _connect(self) -> Any:
        connection = super()._connect()
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        return connection


def test_a_full_disk_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When the disk is full, what is asked fails by name and whole; with room again, all goes on."""
    clock = ManualClock(MONDAY)
    with Small(tmp_path / "desk.db") as store:
        desk = Desk(POLICY, store, clock=clock)
        opened: list[str] = []

        def open_on() -> None:
            for number in range(10_000):
                opened.append(desk.open(id=f"T-{number}", subject="x" * 200).id)  # noqa: PERF401 - until it fails

        with pytest.raises(StoreFailed, match=r"the database did not take .*full"):
            open_on()
        assert opened
        lost = f"T-{len(opened)}"
        assert store.events("main", lost) == ()
        assert store.texts("main", lost) == {}
        assert {each.id for each in desk.queue("N1")} == set(opened)
        clock.advance(hours=30)
        with caplog.at_level(logging.CRITICAL, logger="escalate"):
            ticked = desk.tick()
        assert set(ticked.tickets) | set(ticked.failed) == set(opened)
        assert ticked.failed
        for name in opened:
            assert fold(None, desk.history(name)) == desk.ticket(name)
        store.close()
        Small.pages = 10_000
        try:
            desk.tick()
            assert desk.open(id=lost).id == lost
        finally:
            Small.pages = 60
        calm, calm_clock = shop()
        for name in opened:
            calm.open(id=name, subject="x" * 200, priority=None)
        calm_clock.advance(hours=30)
        calm.tick()
        assert [desk.history(name) for name in opened] == [calm.history(name) for name in opened]


def test_a_file_that_others_hold_is_named(tmp_path: Path) -> None:
    """Who waits for a writer that never ends is told so after a while, and may ask again."""
    path = tmp_path / "desk.db"
    with SQLiteStore(path, wait_s=0.05) as store:
        desk, _ = shop(store=store)
        desk.open(id="T-1")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailed, match=r"BEGIN IMMEDIATE.*locked"):
            desk.handle("T-1", c.Take(by=ANA))
        assert desk.ticket("T-1").assignee is None  # readers never wait
        other.execute("COMMIT")
        other.close()
        assert names(desk.handle("T-1", c.Take(by=ANA))) == ["Taken"]


def test_dropped_connections(postgres: str) -> None:
    """A server that cuts every connection costs the visits of that moment, and nothing else."""
    with PostgresStore(postgres) as store:
        desk, clock = shop(store=store)
        desk.open(id="T-1")

        def cut() -> None:
            with psycopg.connect(postgres, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )

        cut()
        with pytest.raises(StoreFailed):
            desk.handle("T-1", c.Take(by=ANA))
        assert names(desk.handle("T-1", c.Take(by=ANA))) == ["Taken"]

        def visit() -> None:
            with store.locked("main", "T-1"):
                cut()
                store.refuse("main", _refusal())

        with pytest.raises(StoreFailed):
            visit()
        clock.advance(hours=3)
        assert desk.ticket("T-1").assignee == "ana"
        cut()
        with pytest.raises(StoreFailed):
            desk.tick()
        assert desk.tick().tickets == ("T-1",)
        assert desk.refusals() == ()
        assert fold(None, desk.history("T-1")) == desk.ticket("T-1")


def _refusal() -> Any:
    from escalate.stores import Refusal

    return Refusal(ticket_id="T-1", at_us=0, by=None, asked="Take", code="x", why="no")


def test_who_catches_an_error_commits_nothing_by_half(tmp_path: Path) -> None:
    """A visit in which a statement failed is undone also if somebody swallowed the error."""
    with Small(tmp_path / "desk.db") as store:
        desk, _ = shop(store=store)
        desk.open(id="T-1")

        def visit() -> None:
            with store.locked("main", "T-1"), store._whole():
                store.refuse("main", _refusal())
                with suppress(StoreFailed):
                    store._run("INSERT INTO nowhere VALUES (1)")

        with pytest.raises(StoreFailed, match="before it failed"):
            visit()
        assert store.refusals("main") == ()
        assert desk.handle("T-1", c.Take(by=ANA))


@pytest.mark.parametrize(
    "jump", [timedelta(days=-400), timedelta(days=400)], ids=["back", "forward"]
)
def test_a_clock_that_jumps(jump: timedelta, tmp_path: Path) -> None:
    """A machine whose clock is wrong for a while doubles nothing and spins on nothing."""
    with SQLiteStore(tmp_path / "desk.db") as store:
        desk, clock = shop(store=store)
        for number in range(3):
            desk.open(id=f"T-{number}")
        clock.advance(hours=3)
        right = clock()
        clock.set(right + jump)
        desk.tick()
        desk.handle("T-0", c.Note("when?", by=ANA))
        clock.set(right)
        desk.tick()
        assert desk.tick().tickets == ()
        for number in range(3):
            history = desk.history(f"T-{number}")
            assert [event.at for event in history] == sorted(event.at for event in history)
            assert names(history).count("StepReached") == (1 if jump.days < 0 else 2)


def test_an_event_of_a_newer_release_stops_its_ticket(tmp_path: Path) -> None:
    """6.3: the journal that cannot be read is named; every other ticket lives on."""
    path = tmp_path / "desk.db"
    with SQLiteStore(path) as store:
        desk, clock = shop(store=store)
        for name in ("T-1", "T-2"):
            desk.open(id=name)
        store._run(
            "UPDATE escalate_events SET document = ? WHERE ticket = 'T-1'",
            '{"format":1,"event":"Teleported"}',
        )
        with pytest.raises(NewerDocument, match="ticket 'T-1', event 1 has event 'Teleported'"):
            desk.history("T-1")
        assert desk.rebuild().failed.keys() == {"T-1"}
        store._run("UPDATE escalate_tickets SET document = '{\"format\":2}' WHERE ticket = 'T-1'")
        clock.advance(hours=3)
        for _ in range(2):
            ticked = desk.tick()
            assert ticked.failed == ("T-1",)
        assert names(desk.history("T-2")) == ["Opened", "StepReached", "NotifyAsked"]


def test_threads_and_files_race(tmp_path: Path) -> None:
    """Two stores on one file, as in two processes: what both want to append is there once, in order."""
    path = tmp_path / "desk.db"
    with SQLiteStore(path) as one, SQLiteStore(path) as two:
        desks = [Desk(POLICY, each, clock=lambda: MONDAY) for each in (one, two)]
        desks[0].open(id="T-1")
        wrong: list[BaseException] = []

        def write(number: int) -> None:
            try:
                for turn in range(20):
                    desks[number % 2].handle("T-1", c.Note(f"{number}/{turn}", by=ANA))
            except BaseException as why:  # noqa: BLE001 - told to the test
                wrong.append(why)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
        history = desks[0].history("T-1")
        assert len(history) == 1 + 4 * 20
        assert fold(None, history) == desks[1].ticket("T-1")
