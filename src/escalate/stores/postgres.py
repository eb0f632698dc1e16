"""A store in PostgreSQL on connections of its own: for a desk with many workers on many machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from escalate.errors import StoreFailed
from escalate.stores.asking import Columns, Row
from escalate.stores.base import Stored
from escalate.stores.owning import OwningStore
from escalate.stores.schema import WHOLE_NUMBERS


class PostgresStore(OwningStore):
    """Keeps everything in a PostgreSQL database, and shares no transaction with anybody.

    A host that has a connection and a transaction of its own uses :class:`~escalate.stores.SqlStore`
    with them. This one needs the ``postgres`` extra.

    Args:
        conninfo: Where the database is, as psycopg and libpq read it: ``"dbname=desk host=db.local"``.

    Raises:
        NewerSchema: A later release made the tables.
        StoreFailed: The database cannot be reached.
    """

    begin = "BEGIN"

    def __init__(self, conninfo: str) -> None:
        super().__init__(paramstyle="format", dialect="postgresql")
        self._conninfo = conninfo
        self.prepare()

    def _connect(self) -> Any:
        import psycopg

        try:
            return psycopg.connect(self._conninfo, autocommit=True)
        except psycopg.Error as why:
            raise StoreFailed("connect", str(why).strip()) from why

    def _values(self, columns: Columns, rows: Sequence[Row]) -> tuple[str, Row]:
        # As arrays: a statement of a few parameters is parsed once, one of thousands each time. In binary
        # form, as psycopg understands %b: in text each quote of a document would have to be escaped.
        kinds = ("bigint[]" if name in WHOLE_NUMBERS else "text[]" for name in columns)
        arrays = ", ".join(f"%b::{kind}" for kind in kinds)
        values = [list(column) for column in zip(*rows, strict=True)]
        return f"SELECT * FROM unnest({arrays})", values  # noqa: S608 - types of ours

    def _shares(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        yield from [rows] if rows else []

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        """Hold the ticket's lock, in a transaction that ends with the ``with``."""
        with self._begun():
            yield self._lock(desk, ticket_id, wait=wait)
