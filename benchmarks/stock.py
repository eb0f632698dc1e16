"""Stores with many tickets in them: one is opened as usual, and its rows are copied in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import psycopg

from escalate import Desk, EscalationPolicy, Receiver, SLAPolicy, Step, Target
from escalate import Path as Way
from escalate.runtime import Notice
from escalate.stores import PostgresStore, SQLiteStore
from escalate.stores.appending import COLUMNS

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST_STEP = timedelta(hours=1)
POLICY = EscalationPolicy(
    "measured",
    ["N1", "N2"],
    [Way("N1", "N2")],
    sla=SLAPolicy(
        [
            Target("ownership", "2h", tiers=["N1"], steps=[Step("50%", notify="lead")]),
            Target("resolution", "40h", default=True),
        ]
    ),
    receivers=[Receiver("lead")],
    fallback="lead",
)
_TABLES = {
    "escalate_tickets": ("version", *COLUMNS, "errand_us"),
    "escalate_events": ("number", "at_us", "event", "document"),
    "escalate_texts": ("number", "field", "document"),
}


@attrs.frozen
class Place:
    """A database with a store in it, and a connection beside that of the store.

    Attributes:
        store: The store.
        run: Runs a statement in this database and returns its rows, if it gives any.
        mark: How parameters are written.
    """

    store: Any
    run: Callable[..., list[Any]]
    mark: str

    def desk(self, now: Callable[[], datetime]) -> Desk:
        """Return a desk whose notices are carried, by a function that does nothing."""
        return Desk(POLICY, self.store, clock=now, notify=carry, notify_within_s=None)

    def fill(self, name: str, opened_at: datetime, copies: int) -> None:
        """Open a ticket at an instant, and copy it so often; the first step comes an hour later."""
        self.desk(lambda: opened_at).open(id=name, subject="The printer is out of paper")
        for table, columns in _TABLES.items():
            # Only what names the ticket differs from copy to copy.
            new = f"""replace(document, '"id":"{name}"', '"id":"{name}-' || i || '"')"""
            values = [new if column == "document" else column for column in columns]
            self.run(
                f"INSERT INTO {table} (desk, ticket, {', '.join(columns)})"  # noqa: S608 - names of ours
                f" SELECT desk, '{name}-' || i, {', '.join(values)} FROM {table},"
                f" (WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})"
                f" SELECT i FROM n) AS numbers WHERE ticket = '{name}'"
            )


def carry(_notice: Notice) -> None:
    """Carry a notice nowhere."""


@contextmanager
def in_sqlite(folder: Path) -> Iterator[Place]:
    """A store in a file, as SQLiteStore makes it."""
    path = folder / "desk.db"
    with SQLiteStore(path) as store, closing(bare_sqlite(path)) as connection:
        yield Place(store, lambda sql, *values: connection.execute(sql, values).fetchall(), "?")


def bare_sqlite(path: Path) -> sqlite3.Connection:
    """Connect as SQLiteStore does."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection


@contextmanager
def in_postgres(conninfo: str) -> Iterator[Place]:
    """A store in a schema of a PostgreSQL server."""
    with PostgresStore(conninfo) as store, psycopg.connect(conninfo, autocommit=True) as connection:

        def run(sql: str, *values: Any) -> list[Any]:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

        yield Place(store, run, "%s")
