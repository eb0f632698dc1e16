"""What breaks under a desk while it lives through the story: at the end all is as if nothing had broken.

Whoever asks something that fails asks again, as a host or a worker does. Only errors with a name count as
such; any other one ends the run.
"""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import attrs
import psycopg

from escalate import Desk, SQLiteStore
from escalate.core import events as e
from escalate.core import fold
from escalate.errors import EscalateError, NewerDocument
from escalate.runtime import Notice, Ticked
from escalate.stores import MemoryStore, PostgresStore, SqlStore, Store
from tests.faults.story import Deed, difference, journals, store_at, story
from tests.runtime.shop import POLICY

Place = Callable[[], AbstractContextManager[str]]
_MOST_ATTEMPTS: Final = 1_000


@attrs.frozen
class Broken:
    """What came of it.

    Attributes:
        troubles: How often something broke.
        errors: How often somebody was told so by a named error, or a tick named a ticket.
        events: How many events the journals have.
        notices: How many notices there were.
        again: How many of them were carried more than once.
        wrong: What differs from a quiet run; nothing if all is the same.
    """

    troubles: int
    errors: int
    events: int
    notices: int
    again: int
    wrong: str


class Life:
    """A desk that lives through the story with a clock that others move, and keeps what it was told.

    Args:
        store: Where it keeps its tickets.
        more: What else the desk is made with.

    ``mend`` is called after each error, before it is asked again.
    """

    def __init__(self, store: Store, **more: Any) -> None:
        self.now = next(story(1)).at
        self.keys: list[str] = []
        self.errors = 0
        self.mend: Callable[[], None] = lambda: None
        given = {"notify": self._carry, "notify_within_s": None, **more}
        self.desk = Desk(POLICY, store, clock=lambda: self.now, **given)

    def _carry(self, notice: Notice) -> None:
        self.keys.append(notice.key)

    def do(self, deed: Deed, within: Callable[[], AbstractContextManager[None]]) -> None:
        """Do a deed, however often it takes; *within* is the host's transaction, if there is one."""
        for _ in range(_MOST_ATTEMPTS):
            try:
                with within():
                    came = deed.do(self.desk)
            except EscalateError:
                self.errors += 1
                self.mend()
                continue
            if isinstance(came, Ticked) and came.failed:
                self.errors += len(came.failed)
                self.mend()
                continue
            return
        raise RuntimeError(f"the deed of {deed.at} fails for ever")


@contextmanager
def nothing() -> Iterator[None]:
    """No transaction of a host's."""
    yield


def _quiet(deeds: list[Deed]) -> tuple[dict[str, list[str]], set[str]]:
    store = MemoryStore()
    life = Life(store)
    for deed in deeds:
        life.now = deed.at
        life.do(deed, nothing)
    return journals(store), set(life.keys)


def _judged(life: Life, store: Store, deeds: list[Deed], troubles: int) -> Broken:
    """Hold a life against a quiet one."""
    wanted, keys = _quiet(deeds)
    found = journals(store)
    wrong = difference(found, wanted)
    if set(life.keys) != keys:
        wrong = wrong or f"notices differ: {sorted(set(life.keys) ^ keys)[:3]}"
    if store.rebuild("main").changed:
        wrong = wrong or "a ticket is not the fold of its journal"
    if not troubles:
        wrong = wrong or "nothing broke"
    again = len(life.keys) - len(set(life.keys))
    return Broken(troubles, life.errors, sum(map(len, found.values())), len(keys), again, wrong)


# -- connections that are cut


def cut_connections(place: Place, tickets: int) -> Broken:
    """Cut every connection to PostgreSQL at random moments, also in the middle of a visit."""
    deeds = list(story(tickets))
    with place() as where:
        name = "escalate_faults"
        with PostgresStore(f"{where} application_name={name}") as store:
            life, over, cuts = Life(store), threading.Event(), [0]

            def cut() -> None:
                dice = random.Random(1)  # noqa: S311 - not for secrets
                with psycopg.connect(where, autocommit=True) as other:
                    while not over.wait(dice.uniform(0.01, 0.1)):
                        row = other.execute(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            " WHERE application_name = %s AND datname = current_database()",
                            [name],
                        ).fetchone()
                        assert row is not None
                        cuts[0] += row[0]

            cutter = threading.Thread(target=cut)
            cutter.start()
            try:
                for deed in deeds:
                    life.now = deed.at
                    life.do(deed, nothing)
            finally:
                over.set()
                cutter.join()
            return _judged(life, store, deeds, cuts[0])


# -- a database that is full


class _Small(SQLiteStore):
    """A file that may have so many pages and no more, like one on a disk that is full."""

    pages = 40

    def _connect(self) -> Any:
        connection = super()._connect()
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        return connection


def full(place: Place, tickets: int) -> Broken:
    """Let the disk be full again and again; each time somebody makes a little room."""
    deeds, filled = list(story(tickets)), 0
    with place() as where, _Small(where) as store:
        life = Life(store)

        def make_room() -> None:
            nonlocal filled
            filled += 1
            store.pages += 4
            store.close()  # those connections that are opened now may have more pages

        life.mend = make_room
        for deed in deeds:
            life.now = deed.at
            life.do(deed, nothing)
        return _judged(life, store, deeds, filled)


# -- statements that fail


def failing_statements(place: Place, tickets: int) -> Broken:
    """Let one in a few hundred statements fail on the connection of a host, who then rolls back."""
    deeds, failed = list(story(tickets)), 0
    dice = random.Random(2)  # noqa: S311 - not for secrets
    with place() as where, _host_connection(where) as (connection, style, dialect):

        def execute(sql: str, values: Any) -> Any:
            nonlocal failed
            if armed and dice.random() < 1 / 200:
                failed += 1
                raise ConnectionError("the network is not what it was")
            return connection.execute(sql, values)

        @contextmanager
        def transaction() -> Iterator[None]:
            connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

        armed = False
        store = SqlStore(execute, paramstyle=style, dialect=dialect)
        with transaction():
            store.prepare()
            life = Life(store)
        armed = True
        for deed in deeds:
            life.now = deed.at
            life.do(deed, transaction)
        armed = False
        with transaction():
            return _judged(life, store, deeds, failed)


@contextmanager
def _host_connection(where: str) -> Iterator[tuple[Any, Any, Any]]:
    if where.endswith(".db"):
        with closing(sqlite3.connect(where, isolation_level=None)) as file:
            yield file, "qmark", "sqlite"
    else:
        with psycopg.connect(where, autocommit=True) as connection:
            yield connection, "format", "postgresql"


# -- clocks that jump


def jumping_clock(place: Place, tickets: int) -> Broken:
    """Set the clock back and forward by up to three days, twenty times; then it is right again.

    What fires while it is ahead has fired. So a quiet run has the same clock, in memory; beside that,
    no timer fires twice and no journal runs back.
    """
    dice = random.Random(3)  # noqa: S311 - not for secrets
    deeds = list(story(tickets))
    jumps = dict.fromkeys(sorted(dice.sample(range(len(deeds) - 20), 20)))
    off, moved = timedelta(), []
    for number, deed in enumerate(deeds):
        if number in jumps:
            off = timedelta(hours=dice.randint(-72, 72)) if not off else timedelta()
        moved.append(Deed(deed.at + off, deed.do))
    with place() as where, closing(store_at(where)) as store:  # type: ignore[type-var]
        life = Life(store)
        for deed in moved:
            life.now = deed.at
            life.do(deed, nothing)
        judged = _judged(life, store, moved, len(jumps))
        wrong = next(filter(None, (_out_of_order(store, name) for name in store.ids("main"))), "")
        if life.desk.tick().tickets:
            wrong = wrong or "a tick with nothing due did something"
        return attrs.evolve(judged, wrong=judged.wrong or wrong)


def _out_of_order(store: Store, name: str) -> str:
    events = store.events("main", name)
    if any(later.at_us < earlier.at_us for earlier, later in pairwise(events)):
        return f"the journal of {name} runs back"
    fired = [
        (each.clock, each.step) if isinstance(each, e.StepReached) else each.clock
        for each in events
        if isinstance(each, e.StepReached | e.Breached) and each.clock == "resolution"
    ]
    if len(fired) != len(set(fired)):
        return f"a timer of {name} fired twice"
    return "" if fold(None, events) == store.load("main", name).ticket else f"{name} is another"


# -- receivers that hang


def hanging_receivers(place: Place, tickets: int) -> Broken:
    """Let every fifth mail hang until long after the desk has lost patience, and then go out after all."""
    deeds, hung = list(story(tickets)), 0
    free = [threading.Event()]
    keys: list[str] = []
    seen: set[str] = set()

    def mail(notice: Notice) -> None:
        nonlocal hung
        if notice.key not in seen:
            seen.add(notice.key)
            if len(seen) % 5 == 0:
                hung += 1
                free[0].wait(60)
        keys.append(notice.key)

    with place() as where, closing(store_at(where)) as store:  # type: ignore[type-var]
        life = Life(store, notify=mail, notify_within_s=0.01)
        for number, deed in enumerate(deeds):
            life.now = deed.at
            if number % 5 == 0 or number >= len(deeds) - 16:
                free[0].set()  # who hung so far goes on
                free[0] = threading.Event()
                for thread in threading.enumerate():
                    if thread.name == "escalate-notice":
                        thread.join(10)
            if number == len(deeds) - 1:
                hung_before, seen = hung, _All()
            life.do(deed, nothing)
        life.keys = keys
        life.errors = len(store.failures("main"))
        return _judged(life, store, deeds, hung_before)


class _All(set[str]):
    """A set that has everything: from now on nothing is seen for the first time."""

    def __contains__(self, _: object) -> bool:
        return True


# -- journals of a newer release


def newer_events(place: Place, tickets: int) -> Broken:
    """Let a newer release write to some tickets half-way; all others live on, and these after an upgrade."""
    deeds = list(story(tickets))
    # Tickets of which nobody asks anything any more: only their timers are to come.
    theirs = [f"T-{number}" for number in range(tickets // 2) if number % 12 in (0, 1, 3, 4)]
    with place() as where, closing(store_at(where)) as store:  # type: ignore[type-var]
        assert isinstance(store, SqlStore)
        life = Life(store)
        half = next(n for n, deed in enumerate(deeds) if deed.at > deeds[len(deeds) // 2].at)
        kept: dict[str, list[Any]] = {}
        for number, deed in enumerate(deeds):
            life.now = deed.at
            if number == half:
                kept = {name: _written_by_a_newer_release(store, name) for name in theirs}
            if number == len(deeds) - 5:
                _upgraded(store, kept)
            if half <= number < len(deeds) - 5:
                _do_beside(life, deed, set(theirs))
            else:
                life.do(deed, nothing)
        return _judged(life, store, deeds, len(theirs))


def _do_beside(life: Life, deed: Deed, theirs: set[str]) -> None:
    """Do a deed once: a tick names the tickets that it cannot read, and goes on with the others."""
    came = deed.do(life.desk)
    if isinstance(came, Ticked):
        life.errors += len(came.failed)
        if set(came.failed) - theirs:
            raise RuntimeError(f"others failed: {sorted(set(came.failed) - theirs)}")


def _written_by_a_newer_release(store: SqlStore, name: str) -> list[Any]:
    rows = store._rows(
        "SELECT number, document FROM escalate_events WHERE ticket = ? ORDER BY number", name
    )
    ticket = store._rows("SELECT document FROM escalate_tickets WHERE ticket = ?", name)[0][0]
    store._run(
        "UPDATE escalate_events SET document = ? WHERE ticket = ? AND number = ?",
        '{"format":1,"event":"Teleported"}',
        name,
        rows[-1][0],
    )
    store._run("UPDATE escalate_tickets SET document = '{\"format\":9}' WHERE ticket = ?", name)
    with suppress(NewerDocument):
        store.events("main", name)
        raise RuntimeError(f"{name} can be read")
    return [name, rows[-1][0], rows[-1][1], ticket]


def _upgraded(store: SqlStore, kept: dict[str, list[Any]]) -> None:
    for name, number, event, ticket in kept.values():
        store._run(
            "UPDATE escalate_events SET document = ? WHERE ticket = ? AND number = ?",
            event,
            name,
            number,
        )
        store._run("UPDATE escalate_tickets SET document = ? WHERE ticket = ?", ticket, name)


BREAKS: Final[dict[str, Callable[[Place, int], Broken]]] = {
    "connections cut at random moments": cut_connections,
    "a disk that is full again and again": full,
    "statements that fail, host rolls back": failing_statements,
    "a clock that jumps by up to 3 days": jumping_clock,
    "receivers that hang": hanging_receivers,
    "events of a newer release, then an upgrade": newer_events,
}
ONLY: Final = {cut_connections: "PostgreSQL", full: "SQLite"}
"""Where something can break, if not everywhere."""
