"""Looking into a store from outside, without changing anything: for commands that an operator gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from escalate.errors import BadInput, EscalateError, NewerSchema, StoreFailed
from escalate.stores import documents as d
from escalate.stores import schema
from escalate.stores.asking import Execute, ParamStyle
from escalate.stores.base import Failure
from escalate.stores.owning import OwningStore
from escalate.stores.postgres import PostgresStore
from escalate.stores.sql import SqlStore
from escalate.stores.sqlite import SQLiteStore

_ARGUMENT: Final = "STORE"
_WANTED: Final = "the SQLite file of a desk, or where its PostgreSQL is, e.g. service=desk"
_CONNECT_S: Final = 10


class LookedAt(SqlStore):
    """A store that somebody else writes: it claims nothing, and its connection writes nothing."""

    def __init__(
        self, execute: Execute, *, paramstyle: ParamStyle, dialect: schema.Dialect
    ) -> None:
        super().__init__(execute, paramstyle=paramstyle, dialect=dialect)
        self._claims = False

    def desks(self) -> tuple[str, ...]:
        """Return the names of the desks that have anything in their outboxes."""
        rows = self._rows("SELECT DISTINCT desk FROM escalate_errands ORDER BY desk")
        return tuple(desk for (desk,) in rows)

    def last_failure(self, desk: str, ticket_id: str, where: str) -> str:
        """Return how something of a ticket failed last, in words; empty if it never did."""
        rows = self._rows(
            "SELECT document FROM escalate_failures WHERE desk = ? AND ticket = ?"
            " ORDER BY number DESC",
            desk,
            ticket_id,
        )
        for (text,) in rows:
            failure = d.read_plain(Failure, text, "a failure")
            if failure.where == where:
                return failure.why
        return ""

    def version(self) -> int | None:
        """Return the version of its tables; none if it has no tables of ours."""
        known = {
            "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'escalate_schema'",
            "postgresql": "SELECT 1 WHERE to_regclass('escalate_schema') IS NOT NULL",
        }
        if not self._rows(known[self._dialect]):
            return None
        rows = self._rows("SELECT version FROM escalate_schema")
        return int(rows[0][0]) if rows else None


def is_database(where: str) -> bool:
    """Whether *where* names a PostgreSQL database and not a file.

    >>> is_database("service=desk"), is_database("postgresql:"), is_database("desk.db")
    (True, True, False)
    """
    if where.startswith(("postgresql:", "postgres:")):
        return True
    return "=" in where and not Path(where).exists()


@contextmanager
def looking_into(where: str) -> Iterator[LookedAt]:
    """Let the store at *where* be looked at for the length of a ``with``; nothing is made or changed.

    Args:
        where: A SQLite file; or words for libpq, such as ``"service=desk"``; or ``"postgresql:"`` for
            what libpq finds in its environment.

    Raises:
        BadInput: It is no store of a desk, or has a password in it.
        NewerSchema: A later release made its tables.
        StoreFailed: It cannot be opened.
    """
    opened = _database(where) if is_database(where) else _file(Path(where))
    with opened as store:
        _check(where, store)
        yield store


def opened_at(where: str) -> OwningStore:
    """Open the store at *where*, which must be there, for writing.

    Raises:
        BadInput: As for :func:`looking_into`.
        NewerSchema: As for :func:`looking_into`.
        StoreFailed: As for :func:`looking_into`.
    """
    with looking_into(where):  # so that nothing is made where nothing was
        pass
    return PostgresStore(_conninfo(where)) if is_database(where) else SQLiteStore(where)


def _check(where: str, store: LookedAt) -> None:
    try:
        version = store.version()
    except StoreFailed as why:
        raise _no_store(where, why) from why
    if version is None:
        raise BadInput(_ARGUMENT, _shown(where), f"{_WANTED}; this has no tables of escalate")
    if version > len(schema.STEPS):
        raise NewerSchema(version, len(schema.STEPS))
    if version < len(schema.STEPS):
        wanted = "tables of this release; start the desk once, it brings them up to date"
        raise BadInput(_ARGUMENT, f"tables of version {version}", wanted)


def _no_store(where: str, why: StoreFailed) -> EscalateError:
    if isinstance(why.__cause__, sqlite3.DatabaseError) and "not a database" in why.why:
        return BadInput(_ARGUMENT, _shown(where), f"{_WANTED}; this is another kind of file")
    return why


def _shown(where: str) -> str:
    return "that database" if is_database(where) else where


@contextmanager
def _file(path: Path) -> Iterator[LookedAt]:
    if not path.is_file():
        what = "a folder" if path.is_dir() else f"{path}, which is not there"
        raise BadInput(_ARGUMENT, what, _WANTED)
    if not path.stat().st_size:
        raise BadInput(_ARGUMENT, str(path), f"{_WANTED}; this file is empty")
    # With nobody at work there is no log beside the file, and even a reader would make one, unless it
    # is told that the file does not change.
    still = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=ro{still}", uri=True, isolation_level=None
        )
    except sqlite3.Error as why:
        raise StoreFailed(f"open {path}", str(why)) from why
    with closing(connection):
        yield LookedAt(connection.execute, paramstyle="qmark", dialect="sqlite")


@contextmanager
def _database(where: str) -> Iterator[LookedAt]:
    conninfo = _conninfo(where)
    import psycopg

    try:
        connection = psycopg.connect(conninfo)
    except psycopg.Error as why:
        raise StoreFailed("connect", " ".join(str(why).split())) from why
    with closing(connection):
        connection.read_only = True

        def execute(sql: str, values: Any) -> Any:
            return connection.execute(sql, values)

        yield LookedAt(execute, paramstyle="format", dialect="postgresql")


def _conninfo(where: str) -> str:
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
    except ModuleNotFoundError as missing:
        wanted = 'a SQLite file; PostgreSQL needs: pip install "escalate-tiers[postgres]"'
        raise BadInput(_ARGUMENT, "a database", wanted) from missing
    words = "" if where in ("postgresql:", "postgres:") else where
    try:
        given = conninfo_to_dict(words)
    except psycopg.Error:
        # Without what was given: there may be a password in it, and errors end up in logs.
        raise BadInput(_ARGUMENT, "words that libpq does not understand", _WANTED) from None
    if given.get("password"):
        wanted = (
            "none on a command line, where others see it; use PGPASSWORD, ~/.pgpass or a service"
        )
        raise BadInput(_ARGUMENT, "a password", wanted)
    known = {name: str(value) for name, value in given.items() if value is not None}
    return make_conninfo("", **{"connect_timeout": str(_CONNECT_S), **known})
