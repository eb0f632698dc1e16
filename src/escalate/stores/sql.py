"""A store in SQL, on a connection that somebody else has opened and commits.

The SQL of all stores in databases is in the modules beside this one, once: reading, claiming, appending,
refusing, policies, housekeeping. What differs between dialects is how a ticket is locked and how what is
due is claimed. :mod:`escalate.stores.owning` adds connections of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from escalate.errors import NewerSchema
from escalate.stores import schema
from escalate.stores.asking import Execute, ParamStyle
from escalate.stores.batching import Batch
from escalate.stores.claiming import Claiming
from escalate.stores.housekeeping import Housekeeping
from escalate.stores.policies import Policies
from escalate.stores.refusing import Apart


class SqlStore(Claiming, Policies, Housekeeping):
    """Keeps everything in a database, on the connection of a host, whose transactions are the host's own.

    What is kept here is committed and rolled back with what the host does besides. The host must have
    begun a transaction, and it is as safe from several threads as *execute* is.

    Args:
        execute: Runs one statement with its parameters and returns its cursor: an object with
            ``fetchall()`` and ``rowcount``.
        paramstyle: How *execute* wants parameters: ``"qmark"`` (?), ``"format"`` (%s) and ``"numeric"``
            (:1) in a tuple, ``"named"`` (:p1) and ``"pyformat"`` (%(p1)s) in a dict.
        dialect: ``"sqlite"`` or ``"postgresql"``.
        apart: Gives, for a ``with``, an *execute* of the same kind on another connection to the same
            database, and commits at its end: for refusals, which then outlive that the host rolls back.
            None keeps them in the host's transaction.

    Raises:
        BadInput: There is no such style or dialect.

    >>> import sqlite3
    >>> connection = sqlite3.connect(":memory:")
    >>> store = SqlStore(connection.execute)
    >>> store.prepare()
    >>> store.load("main", "T-1")
    Stored(ticket=None, version=0)
    >>> connection.close()
    """

    def __init__(
        self,
        execute: Execute,
        *,
        paramstyle: ParamStyle = "qmark",
        dialect: schema.Dialect = "sqlite",
        apart: Apart | None = None,
    ) -> None:
        super().__init__(execute, paramstyle=paramstyle, dialect=dialect, apart=apart)

    # -- many visits at once

    @contextmanager
    def batch(self, desk: str) -> Iterator[Batch]:
        """Give a store for many visits, whose statements are joined; the host commits them."""
        with self._all_of(), Batch(self, desk, self._hold) as batch:
            yield batch

    def _all_of(self) -> AbstractContextManager[None]:
        """Keep what a batch writes, or nothing of it."""
        return self._savepoint()

    def _look_up(self) -> None:
        self.settle()

    def _hold(self, desk: str, ticket_id: str) -> AbstractContextManager[object]:
        """Hold a ticket against those of this process who have it without a lock of the database."""
        return nullcontext()

    # -- the tables

    def prepare(self) -> None:
        """Make the tables, or bring those of an earlier release to what this one needs.

        Raises:
            NewerSchema: A later release made them.
            StoreFailed: The database did not take it.
        """
        if self._dialect == "sqlite" and self._version() == len(schema.STEPS):
            return  # a look takes no lock
        with self._whole():
            if self._dialect == "postgresql":  # two that make one table at once fail otherwise
                self._rows("SELECT pg_advisory_xact_lock(7239045181)")
            version = self._version()
            if version == len(schema.STEPS):
                return
            if version > len(schema.STEPS):
                raise NewerSchema(version, len(schema.STEPS))
            for step in schema.STEPS[version:]:
                for statement in schema.statements(step, self._dialect):
                    self._run(statement)
            self._run("DELETE FROM escalate_schema")
            self._run("INSERT INTO escalate_schema (version) VALUES (?)", len(schema.STEPS))

    def _version(self) -> int:
        for statement in schema.statements(schema.VERSIONS, self._dialect):
            self._run(statement)
        found = self._rows("SELECT version FROM escalate_schema")
        return int(found[0][0]) if found else 0
