"""One Django project for the tests, the desk of the examples and django-helpdesk: in SQLite or PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="escalate-django-")
os.environ["DESK_DATABASE"] = str(Path(FOLDER.name) / "desk.sqlite3")


def start() -> None:
    """Set Django up and make the tables, once for all tests of this process."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    from examples.hosts.django_desk import settings as desk
    from examples.hosts.django_helpdesk import settings as helpdesk

    values: dict[str, Any] = {
        name: value for name, value in vars(helpdesk).items() if name.isupper()
    }
    apps = list(dict.fromkeys([*helpdesk.INSTALLED_APPS, *desk.INSTALLED_APPS]))
    values |= {"INSTALLED_APPS": apps, "ESCALATE_DESK": desk.ESCALATE_DESK}
    settings.configure(**values, ALLOWED_HOSTS=["testserver"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of django-helpdesk are not ours
        django.setup()
        migrate()


def migrate() -> None:
    """Make the tables in the default database; to make them twice does nothing."""
    from django.core.management import call_command

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call_command("migrate", verbosity=0)


def empty() -> None:
    """Delete every row, so that the next test finds a desk without tickets."""
    from django.db import connection, transaction

    kept = {"django_migrations", "django_content_type", "escalate_schema"}
    tables = [each for each in connection.introspection.table_names() if each not in kept]
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{table}"' for table in tables)
            cursor.execute(f"TRUNCATE {names} CASCADE")
            return
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of tables


@contextmanager
def on_postgres(conninfo: str) -> Iterator[None]:
    """Have the default database be that one within a ``with``, for every thread that begins meanwhile."""
    from django.conf import settings
    from django.db import connections
    from psycopg.conninfo import conninfo_to_dict

    found = conninfo_to_dict(conninfo)
    before = dict(settings.DATABASES["default"])

    def switch(wanted: dict[str, Any]) -> None:
        connections.close_all()
        settings.DATABASES["default"].clear()
        settings.DATABASES["default"].update(wanted)
        with suppress(AttributeError):  # this thread may have none yet
            del connections["default"]

    words = {"NAME": found.pop("dbname", ""), "OPTIONS": found}
    empty_words = dict.fromkeys(("HOST", "PORT", "USER", "PASSWORD"), "")
    rest = {name: value for name, value in before.items() if name not in words}
    engine = {"ENGINE": "django.db.backends.postgresql"}
    switch({**rest, **empty_words, **words, **engine})
    try:
        yield
    finally:
        switch(before)


@contextmanager
def desks_again() -> Iterator[None]:
    """Embed the desks of the examples anew within a ``with``, as they were when Django was set up."""
    from escalate import load_policy
    from examples.hosts.django_desk import escalation as desk
    from examples.hosts.django_helpdesk import escalation as helpdesk

    before = [(each, each.desk) for each in (desk, helpdesk)]
    for each, _ in before:
        each.desk = each.embed(load_policy(Path(each.__file__).with_name("policy.toml")))
    try:
        yield
    finally:
        for each, old in before:
            each.desk = old
            each.connect(old, each.Ticket)
