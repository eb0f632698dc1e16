"""Connections as hosts have them, each with what a store needs to work on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import attrs
import psycopg
import sqlalchemy

from escalate.stores import SqlStore
from escalate.stores.schema import Dialect
from escalate.stores.sql import ParamStyle


@attrs.frozen
class HostConnection:
    """A host's connection in a transaction of the host's."""

    execute: Callable[[str, Any], Any]
    style: ParamStyle
    dialect: Dialect
    commit: Callable[[], Any]
    rollback: Callable[[], Any]

    def store(self) -> SqlStore:
        """Return a store on this connection."""
        return SqlStore(self.execute, paramstyle=self.style, dialect=self.dialect)


@contextmanager
def plain_sqlite(path: str) -> Iterator[HostConnection]:
    """Python's sqlite3 as it comes: it begins transactions by itself."""
    with closing(sqlite3.connect(path)) as connection:
        yield HostConnection(
            connection.execute, "qmark", "sqlite", connection.commit, connection.rollback
        )


@contextmanager
def explicit_sqlite(path: str) -> Iterator[HostConnection]:
    """A host that says BEGIN itself, and names its parameters."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:

        def over(word: str) -> None:
            connection.execute(word)
            connection.execute("BEGIN")

        connection.execute("BEGIN")
        yield HostConnection(
            connection.execute,
            "named",
            "sqlite",
            lambda: over("COMMIT"),
            lambda: over("ROLLBACK"),
        )


@contextmanager
def plain_psycopg(conninfo: str) -> Iterator[HostConnection]:
    """The psycopg of a host."""
    with closing(psycopg.connect(conninfo)) as connection:
        yield HostConnection(
            connection.execute, "format", "postgresql", connection.commit, connection.rollback
        )


@contextmanager
def named_psycopg(conninfo: str) -> Iterator[HostConnection]:
    """A host that names its parameters, and uses a cursor of its own."""
    with closing(psycopg.connect(conninfo)) as connection:
        yield HostConnection(
            lambda sql, values: connection.cursor().execute(sql, values),
            "pyformat",
            "postgresql",
            connection.commit,
            connection.rollback,
        )


@contextmanager
def _session(
    url: str, style: ParamStyle, dialect: Dialect, **more: Any
) -> Iterator[HostConnection]:
    from sqlalchemy.orm import Session

    engine = sqlalchemy.create_engine(url, **more)
    with Session(engine) as session:
        yield HostConnection(
            lambda sql, values: session.connection().exec_driver_sql(sql, values),
            style,
            dialect,
            session.commit,
            session.rollback,
        )
    engine.dispose()


@contextmanager
def sqlalchemy_sqlite(path: str) -> Iterator[HostConnection]:
    """A session of SQLAlchemy on SQLite."""
    with _session(f"sqlite:///{path}", "qmark", "sqlite") as host:
        yield host


@contextmanager
def sqlalchemy_postgres(conninfo: str) -> Iterator[HostConnection]:
    """A session of SQLAlchemy on PostgreSQL."""
    creator = {"creator": lambda: psycopg.connect(conninfo)}
    with _session("postgresql+psycopg://", "format", "postgresql", **creator) as host:
        yield host


ON_SQLITE = (plain_sqlite, explicit_sqlite, sqlalchemy_sqlite)
ON_POSTGRES = (plain_psycopg, named_psycopg, sqlalchemy_postgres)
