"""A store on the connection of a host: what it keeps comes and goes with what the host does besides."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from escalate import Actor, Desk, EscalationPolicy, SLAPolicy, Step, Target
from escalate.core import commands as c
from escalate.core.engine import step
from escalate.errors import (
    AlreadyRefused,
    BadInput,
    NewerDocument,
    PathNotAllowed,
    StoreFailed,
    TicketBusy,
    VersionConflict,
)
from escalate.stores import Entry, SqlStore, Stored, Turn
from escalate.testing import START, ManualClock, store_checks
from tests.postgres import schema_in
from tests.stores.hosts import ON_POSTGRES, ON_SQLITE, HostConnection

POLICY = EscalationPolicy(
    "hosted",
    ["N1", "N2"],
    sla=SLAPolicy([Target("resolution", "1h", default=True, steps=[Step("50%", tag="late")])]),
)
THREADED = ("rolls_back_what_ends_in_an_error", "locks_a_ticket", "loses_nothing_to_threads")


@pytest.fixture(params=[*ON_SQLITE, *ON_POSTGRES], ids=lambda kind: kind.__name__)
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Any]:
    """Opens connections of one kind to one database."""
    if request.param in ON_SQLITE:
        return lambda: request.param(str(tmp_path / "host.db"))
    conninfo = request.getfixturevalue("postgres")
    return lambda: request.param(conninfo)


@pytest.fixture
def host(connect: Callable[[], Any]) -> Iterator[HostConnection]:
    """A host with a table of its own, and the tables of a store."""
    with connect() as connection:
        connection.execute("CREATE TABLE orders (number INTEGER)", ())
        connection.store().prepare()
        connection.commit()
        yield connection


def opened(ticket_id: str = "T-1") -> Entry:
    """What a visit that opens a ticket leaves behind."""
    outcome = step(None, c.Open(ticket_id, subject="no paper"), POLICY, now=START)
    return Entry(ticket=outcome.ticket, events=outcome.events, texts=outcome.texts)


def orders(host: HostConnection) -> int:
    """How many rows the host's own table has."""
    return int(host.execute("SELECT COUNT(*) FROM orders", ()).fetchall()[0][0])


@pytest.mark.parametrize(
    "check",
    [each for each in store_checks() if not each.__name__.startswith(THREADED)],
    ids=lambda check: check.__name__,
)
def test_keeps_the_store_contract_in_one_transaction(
    check: Callable[[Callable[[], SqlStore]], None], host: HostConnection
) -> None:
    """Whatever drives the connection, the store on it keeps its promises."""
    check(host.store)


def test_what_the_host_rolls_back_never_was(host: HostConnection) -> None:
    """A ticket, its timer and its text are gone with the order that they came with."""
    store = host.store()
    host.execute("INSERT INTO orders VALUES (1)", ())
    with store.locked("main", "T-1") as stored:
        store.append("main", "T-1", opened(), expected_version=stored.version)
    assert store.due("main", before_us=2**60)
    host.rollback()
    assert orders(host) == 0
    assert store.load("main", "T-1") == Stored()
    assert (store.events("main", "T-1"), store.texts("main", "T-1")) == ((), {})
    assert store.due("main", before_us=2**60) == ()
    host.rollback()  # a failed append first of all in a transaction is undone with it as well
    store.append("main", "T-1", opened(), expected_version=0)
    host.rollback()
    assert store.load("main", "T-1") == Stored()


def test_what_the_host_commits_is_seen_by_others(
    host: HostConnection, connect: Callable[[], Any]
) -> None:
    """Another connection sees the ticket and the order together, and not before."""
    store = host.store()
    host.execute("INSERT INTO orders VALUES (1)", ())
    store.append("main", "T-1", opened(), expected_version=0)
    with connect() as other:
        assert other.store().load("main", "T-1") == Stored()
        other.rollback()
        host.commit()
        assert other.store().load("main", "T-1").version == 1
        assert orders(other) == 1


def test_a_conflict_leaves_the_host_its_transaction(host: HostConnection) -> None:
    """Who was too late is told so, and may go on: what the host did before stays."""
    store = host.store()
    store.append("main", "T-1", opened(), expected_version=0)
    host.execute("INSERT INTO orders VALUES (1)", ())
    late = Entry(ticket=opened().ticket, command_id="k", turns=(Turn("N1", "ana", 7),))
    with pytest.raises(VersionConflict):
        store.append("main", "T-1", late, expected_version=1)
    with pytest.raises(VersionConflict):
        store.append("main", "T-1", opened(), expected_version=0)
    host.commit()
    assert orders(host) == 1
    assert store.load("main", "T-1").version == 1
    assert not store.knows_command("main", "T-1", "k")
    assert not store.turns("main", "N1")


def test_a_desk_works_in_the_transaction_of_its_host(host: HostConnection) -> None:
    """Three lines embed a desk: its tickets are there once the host commits, and not if it rolls back."""
    clock = ManualClock(START)
    desk = Desk(POLICY, host.store(), clock=clock)
    host.commit()
    ticket = desk.open(subject="no paper")
    host.rollback()
    assert desk.log() == ()
    ticket = desk.open(subject="no paper")
    desk.handle(ticket.id, c.Take(by=Actor("ana")))
    clock.advance(hours=2)
    assert desk.tick().tickets == (ticket.id,)
    host.commit()
    host.rollback()
    assert desk.ticket(ticket.id).tags == {"late"}
    assert desk.failures() == ()


def test_a_ticket_in_a_hosts_transaction_is_busy(postgres: str) -> None:
    """In PostgreSQL the lock lasts until the host is done; others are told, or pass by."""
    kind = ON_POSTGRES[0]
    with kind(postgres) as one, kind(postgres) as two:
        one.store().prepare()
        one.store().append("main", "T-1", opened(), expected_version=0)
        one.store().append("main", "T-2", opened("T-2"), expected_version=0)
        one.commit()
        store, other = one.store(), two.store()
        with store.locked("main", "T-1"), store.locked("main", "T-9"):
            pass
        for name in ("T-1", "T-9"):  # one that is there, and one that is not
            with pytest.raises(TicketBusy), other.locked("main", name, wait=False):
                pass
        two.rollback()
        assert [each.ticket_id for each in other.due("main", before_us=2**60, limit=9)] == ["T-2"]
        two.rollback()
        one.commit()
        with other.locked("main", "T-1", wait=False) as stored:
            assert stored.version == 1


def test_an_execute_that_fails_is_named(host: HostConnection) -> None:
    """What the database says comes with what was asked of it, and nothing of what was in it."""
    broken = True

    def execute(sql: str, values: Any) -> Any:
        if broken and sql.startswith("INSERT INTO escalate_texts"):
            raise ConnectionError("gone")
        return host.execute(sql, values)

    store = SqlStore(execute, paramstyle=host.style, dialect=host.dialect)
    with pytest.raises(
        StoreFailed, match=r"'INSERT INTO escalate_texts'.*ConnectionError: gone"
    ) as why:
        store.append("main", "T-1", opened(), expected_version=0)
    assert "no paper" not in str(why.value)
    assert isinstance(why.value.__cause__, ConnectionError)
    assert store.load("main", "T-1") == Stored()
    assert store.events("main", "T-1") == ()
    broken = False
    assert store.append("main", "T-1", opened(), expected_version=0) == 1


def test_a_newer_ticket_stops_alone(host: HostConnection) -> None:
    """6.3: what a later release wrote is named; other tickets, queues and ticks go on."""
    clock = ManualClock(START)
    desk = Desk(POLICY, host.store(), clock=clock)
    for name in ("T-1", "T-2", "T-3"):
        desk.open(id=name)
    later = """'{"format":2,"id":"T-2","soul":"old"}'"""
    host.execute(f"UPDATE escalate_tickets SET document = {later} WHERE ticket = 'T-2'", ())  # noqa: S608
    clock.advance(minutes=40)
    ticked = desk.tick()
    assert (ticked.tickets, ticked.failed) == (("T-1", "T-3"), ("T-2",))
    assert "ticket 'T-2' has format 2" in desk.failures()[0].why
    assert [each.id for each in desk.queue("N1")] == ["T-1", "T-3"]
    with pytest.raises(NewerDocument, match="upgrade escalate-tiers"):
        desk.ticket("T-2")
    assert desk._store.rebuild("main").changed == ("T-2",)
    assert desk.tick().tickets == ("T-2",)
    assert desk.ticket("T-2").changed_at == START + timedelta(minutes=30)


def test_a_desk_works_in_the_transactions_of_django(tmp_path: Path, postgres_server: str) -> None:
    """With Django's cursor and atomic(), on SQLite and PostgreSQL: kept and rolled back together."""
    with schema_in(postgres_server) as conninfo:
        where = [str(tmp_path / "django.db"), json.dumps(conninfo_to_dict(conninfo))]
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.stores.django_host", *where],
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr


def test_a_misspelt_style_or_dialect_is_told() -> None:
    """Who mistypes is told the nearest word that there is."""
    with pytest.raises(BadInput, match="did you mean 'format'"):
        SqlStore(print, paramstyle="formatt")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="did you mean 'postgresql'"):
        SqlStore(print, dialect="postgres")  # type: ignore[arg-type]


class TestRefusalsApart:
    """A host rolls back because of a refusal; that somebody asked is known all the same."""

    @pytest.fixture
    def store(self, host: HostConnection, connect: Callable[[], Any]) -> SqlStore:
        """A store on the host's connection, with another one for refusals."""

        @contextmanager
        def apart() -> Iterator[Any]:
            with connect() as other:
                yield other.execute
                other.commit()

        return SqlStore(host.execute, paramstyle=host.style, dialect=host.dialect, apart=apart)

    def test_a_refusal_outlives_the_rollback_that_it_causes(
        self, host: HostConnection, store: SqlStore, connect: Callable[[], Any]
    ) -> None:
        """What was refused is in the table once the transaction is over, and once only."""
        desk = Desk(POLICY, store, clock=ManualClock(START))
        desk.open(id="T-1")
        host.commit()
        escalate = c.Escalate(by=Actor("ana"), id="k")
        with pytest.raises(PathNotAllowed):
            desk.handle("T-1", escalate)
        assert [each.code for each in desk.refusals()] == ["path-not-allowed"]
        host.rollback()
        with pytest.raises(AlreadyRefused):
            desk.handle("T-1", escalate)
        host.rollback()
        desk.tick()
        host.rollback()
        with connect() as other:
            kept = other.store().refusals("main", "T-1")
        assert [each.command_id for each in kept] == ["k"]
        assert desk.refusals() == kept

    def test_a_second_connection_that_fails_loses_nothing(
        self, host: HostConnection, caplog: pytest.LogCaptureFixture
    ) -> None:
        """While it cannot be reached, refusals wait, and the command is refused as ever."""
        down = True

        @contextmanager
        def apart() -> Iterator[Any]:
            if down:
                raise ConnectionError("no more connections")
            yield host.execute

        store = SqlStore(host.execute, paramstyle=host.style, dialect=host.dialect, apart=apart)
        desk = Desk(POLICY, store, clock=ManualClock(START))
        desk.open(id="T-1")
        with caplog.at_level("INFO", logger="escalate"), pytest.raises(PathNotAllowed):
            desk.handle("T-1", c.Escalate(by=Actor("ana")))
        assert "1 refusals wait to be kept: no more connections" in caplog.text
        assert len(desk.refusals()) == 1
        down = False
        assert len(desk.refusals()) == 1
        assert len(host.store().refusals("main")) == 1
