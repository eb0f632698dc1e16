"""A desk in the transactions of Django, as a program of its own: Django has one configuration a process."""

from __future__ import annotations

import json
import sys
from typing import Any

from escalate import Actor, Desk
from escalate.core import commands as c
from escalate.stores import SqlStore
from escalate.testing import ManualClock
from tests.runtime.shop import MONDAY, POLICY


def main(sqlite: str, words: str) -> None:
    """Let a desk live on both of Django's databases, rolled back and committed with Django.

    Args:
        sqlite: The path of a file.
        words: How psycopg finds PostgreSQL, as JSON.
    """
    import django  # here, as what collects tests looks at whatever a module has
    from django.conf import settings

    found = json.loads(words)
    postgres = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.pop("dbname", ""),
        "OPTIONS": found,
    }
    databases = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite},
        "other": postgres,
    }
    settings.configure(DATABASES=databases, USE_TZ=True)
    django.setup()
    for alias, dialect in (("default", "sqlite"), ("other", "postgresql")):
        live(alias, dialect)


def live(alias: str, dialect: Any) -> None:
    """Roll a ticket back with an order, and commit one."""
    from django.db import connections, transaction

    def execute(sql: str, values: Any) -> Any:
        cursor = connections[alias].cursor()
        cursor.execute(sql, values)
        return cursor

    store = SqlStore(execute, paramstyle="format", dialect=dialect)
    clock = ManualClock(MONDAY)
    with transaction.atomic(alias):
        execute("CREATE TABLE orders (number INTEGER)", ())
        store.prepare()
        desk = Desk(POLICY, store, clock=clock)
    with transaction.atomic(alias):
        execute("INSERT INTO orders VALUES (1)", ())
        desk.open(id="T-1", subject="100 %s ?")
        transaction.set_rollback(True, alias)
    with transaction.atomic(alias):
        assert desk.log() == ()
        execute("INSERT INTO orders VALUES (2)", ())
        desk.open(id="T-2", subject="100 %s ?")
        with transaction.atomic(alias):
            desk.handle("T-2", c.Take(by=Actor("ana")))
    clock.advance(hours=3)
    with transaction.atomic(alias):
        assert desk.tick().tickets == ("T-2",)
        assert desk.texts("T-2") == {(1, "subject"): "100 %s ?"}
        assert execute("SELECT number FROM orders", ()).fetchall() == [(2,)]
        assert desk.failures() == ()
    connections[alias].close()


if __name__ == "__main__":
    main(*sys.argv[1:])
