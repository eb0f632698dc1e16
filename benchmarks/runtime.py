"""``python -m benchmarks runtime``: what a tick costs, by what is open and by what is due.

Times are seconds on the clock, because what a database does is done in other processes or by the disk.
What is compared takes turns, and a ratio is the median over rounds. ``runtime-small`` is the same with fewer
tickets.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.harness import human, show_table, show_versions
from benchmarks.stock import FIRST_STEP, MONDAY, Place, bare_sqlite, carry, in_postgres, in_sqlite
from benchmarks.stock import POLICY as MEASURED
from escalate import Desk, MemoryStore
from escalate.stores.appending import COLUMNS
from escalate.testing import ManualClock
from tests.postgres import NoPostgres, schema_in, server

_ROUNDS = 7
_FEW = 10_000
_LATER = MONDAY + timedelta(days=9)
_BATCH = 500
_PEERS = "ESCALATE_BENCH_PEERS"
_PACKAGES = ("packaging", "Django", "escalated-django", "django-helpdesk", "django-bootstrap4-form")


def main() -> None:
    """Print the tables."""
    _measure(many=1_000_000, swept=20_000, due=2_000, cycle=5_000)


def small() -> None:
    """Print the tables, after a shorter time."""
    _measure(many=100_000, swept=20_000, due=500, cycle=2_000)


def _measure(*, many: int, swept: int, due: int, cycle: int) -> None:
    show_versions("attrs", "psycopg")
    print(f"SQLite {sqlite3.sqlite_version}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            conninfo = stack.enter_context(server())
        except NoPostgres as why:
            print(f"without PostgreSQL: {why}")
            conninfo = ""
        _cycles(folder, conninfo, cycle)
        _against_peers(folder, swept, due)
        _few_due_among(folder, conninfo, many)


# -- a hundred due, among few and many


@contextmanager
def _places(folder: Path, conninfo: str, kind: str) -> Iterator[Place]:
    """Give an empty place for a store."""
    with tempfile.TemporaryDirectory(dir=folder) as inside, ExitStack() as stack:
        if kind == "SQLite":
            yield stack.enter_context(in_sqlite(Path(inside)))
        else:
            yield stack.enter_context(in_postgres(stack.enter_context(schema_in(conninfo))))


def _few_due_among(folder: Path, conninfo: str, many: int) -> None:
    rows = []
    for kind in ("SQLite", *(["PostgreSQL"] if conninfo else [])):
        with _places(folder, conninfo, kind) as one, _places(folder, conninfo, kind) as other:
            one.fill("far", _LATER, _FEW)
            other.fill("far", _LATER, many)
            for place in (one, other):
                for number in range(_ROUNDS + 1):
                    place.fill(f"due{number}", MONDAY + number * timedelta(minutes=1), 100)
                if kind == "PostgreSQL":
                    place.run("ANALYZE")
            times = [
                (_tick_of(one, number, 100), _tick_of(other, number, 100))
                for number in range(_ROUNDS + 1)
            ][1:]
        rows.append(
            (
                kind,
                human(median(few for few, _ in times)),
                human(median(lots for _, lots in times)),
                f"{median(lots / few for few, lots in times):.2f} x",
            )
        )
    show_table(
        "A tick with 100 tickets due, two events and a notice each",
        ("store", f"among {_FEW:,} open", f"among {many:,} open", "costs"),
        rows,
    )


def _tick_of(place: Place, number: int, tickets: int) -> float:
    """Tick when the tickets of that number are due, and nothing later."""
    now = MONDAY + number * timedelta(minutes=1) + FIRST_STEP + timedelta(seconds=30)
    return _ticked(place.desk(lambda: now), tickets)


def _ticked(desk: Desk, tickets: int) -> float:
    began = time.perf_counter()
    ticked = desk.tick()
    seconds = time.perf_counter() - began
    assert (len(ticked.tickets), ticked.failed) == (tickets, ()), ticked
    return seconds


# -- a full cycle


def _cycles(folder: Path, conninfo: str, tickets: int) -> None:
    rows = [("memory", f"{tickets / _in_memory(tickets):,.0f}", "", "")]
    for kind in ("SQLite", *(["PostgreSQL"] if conninfo else [])):
        found = []
        for _ in range(3):
            with _places(folder, conninfo, kind) as place:
                place.fill("due0", MONDAY, tickets)
                full_s = _tick_of(place, 0, tickets)
                found.append((full_s, _bare(folder, conninfo, kind, place, tickets)))
        full_s, bare_s = (median(each[place_] for each in found) for place_ in (0, 1))
        ratio = median(full / bare for full, bare in found)
        rows.append(
            (kind, f"{tickets / full_s:,.0f}", f"{tickets / bare_s:,.0f}", f"{ratio:.2f} x")
        )
    show_table(
        f"A full cycle of {tickets:,} due tickets, {_BATCH} at once: claimed, decided, two events appended, a"
        " notice in the outbox, committed, carried, struck off",
        ("store", "tickets a second", "a bare loop writes", "the cycle takes"),
        rows,
    )


def _in_memory(tickets: int) -> float:
    times = []
    for _ in range(5):
        clock = ManualClock(MONDAY)
        desk = Desk(MEASURED, MemoryStore(), clock=clock, notify=carry, notify_within_s=None)
        for number in range(tickets):
            desk.open(id=f"T-{number}")
        clock.set(MONDAY + FIRST_STEP + timedelta(seconds=30))
        times.append(_ticked(desk, tickets))
    return median(times)


def _bare(folder: Path, conninfo: str, kind: str, done: Place, tickets: int) -> float:
    """Return how long a loop takes that writes the same rows and decides nothing."""
    events = done.run("SELECT * FROM escalate_events WHERE number > 1 ORDER BY ticket, number")
    names = ("version", *COLUMNS)
    after = done.run(
        f"SELECT {', '.join(names)}, desk, ticket FROM escalate_tickets ORDER BY ticket"  # noqa: S608
    )
    with tempfile.TemporaryDirectory(dir=folder) as inside, ExitStack() as stack:
        if kind == "SQLite":
            place = stack.enter_context(in_sqlite(Path(inside)))
            connection: Any = bare_sqlite(Path(inside) / "desk.db")
        else:
            where = stack.enter_context(schema_in(conninfo))
            place = stack.enter_context(in_postgres(where))
            connection = psycopg.connect(where, autocommit=True)
        stack.callback(connection.close)
        place.fill("due0", MONDAY, tickets)
        mark = place.mark
        put = f"INSERT INTO escalate_events VALUES ({', '.join([mark] * 6)})"  # noqa: S608
        owe = f"INSERT INTO escalate_errands VALUES ({', '.join([mark] * 6)})"  # noqa: S608
        change = (
            f"UPDATE escalate_tickets SET {', '.join(f'{name} = {mark}' for name in names)}"  # noqa: S608
            f" WHERE desk = {mark} AND ticket = {mark}"
        )
        began = time.perf_counter()
        for start in range(0, tickets, _BATCH):
            connection.execute("BEGIN")
            for row in after[start : start + _BATCH]:
                connection.execute(change, row)
                connection.execute(owe, (*row[-2:], 3, "notify", 0, 1))
            for row in events[2 * start : 2 * (start + _BATCH)]:
                connection.execute(put, row)
            connection.execute("COMMIT")
        return time.perf_counter() - began


# -- what cron runs elsewhere


def _against_peers(folder: Path, open_: int, due: int) -> None:
    with _places(folder, "", "SQLite") as place:
        place.fill("far", _LATER, open_ - due)
        place.fill("due0", MONDAY, due)
        desk = place.desk(lambda: MONDAY)
        desk.tick()
        idle_s = median(_ticked(desk, 0) for _ in range(200))
        due_s = _tick_of(place, 0, due)
    rows = [("escalate: tick", human(idle_s), "", human(due_s), "")]
    python = _peers_python(folder)
    for name, what in (
        ("escalated-django", "check_sla, evaluate_escalations"),
        ("django-helpdesk", "escalate_tickets"),
    ):
        words = [python, "-m", "benchmarks.peers", name, str(open_), str(due)]
        said = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - ours
        peer = json.loads(said.stdout.splitlines()[-1])
        rows.append(
            (
                f"{name}: {what}",
                human(peer["idle_s"]),
                f"{peer['idle_s'] / idle_s:,.0f} x",
                human(peer["due_s"]),
                f"{peer['due_s'] / due_s:,.1f} x",
            )
        )
    show_table(
        f"{open_:,} open tickets in a file of SQLite, once with nothing due and once with {due:,} due",
        ("what", "nothing due", "takes", f"{due:,} due", "takes"),
        rows,
    )


def _peers_python(folder: Path) -> str:
    """Return a Python that has the peers: the one named, or a new one, for they need the network once."""
    named = os.environ.get(_PEERS)
    if named:
        return named
    # Apart from ours: the wheel of escalated-django brings a package called "tests" with it.
    venv.create(folder / "peers", with_pip=True)
    python = str(folder / "peers" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", *_PACKAGES], check=True)  # noqa: S603 - ours
    said = subprocess.run(  # noqa: S603 - ours
        [python, "-m", "pip", "list", "--format", "freeze"],
        check=True,
        capture_output=True,
        text=True,
    )
    print(*(each for each in said.stdout.split() if each.startswith(_PACKAGES)), sep=", ")
    return python
