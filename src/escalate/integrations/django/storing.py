"""The store on Django's own connection: what it keeps is committed and rolled back with the host."""

from __future__ import annotations

from typing import Any

from django.db import connections

from escalate.errors import BadInput
from escalate.stores.schema import Dialect
from escalate.stores.sql import SqlStore


class DjangoStore(SqlStore):
    """Keeps everything in the database of a Django project.

    Args:
        using: The alias of the database, as in ``DATABASES``: that of the host's tickets.

    Raises:
        BadInput: The database is neither SQLite nor PostgreSQL.
    """

    def __init__(self, using: str = "default") -> None:
        vendor = connections[using].vendor
        dialects: dict[str, Dialect] = {"sqlite": "sqlite", "postgresql": "postgresql"}
        if vendor not in dialects:
            raise BadInput(f"DATABASES[{using!r}]", vendor, "a database of SQLite or PostgreSQL")

        def execute(sql: str, values: Any) -> Any:
            # Asked each time: every thread has a connection of its own.
            cursor = connections[using].cursor()
            cursor.execute(sql, values)
            return cursor

        super().__init__(execute, paramstyle="format", dialect=dialects[vendor])
