"""One Django project for the tests: the desk of the examples and django-helpdesk, in one SQLite file."""

from __future__ import annotations

import os
import tempfile
import warnings
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
        from django.core.management import call_command

        call_command("migrate", verbosity=0)


def empty() -> None:
    """Delete every row, so that the next test finds a desk without tickets."""
    from django.db import connection

    kept = {"django_migrations", "django_content_type", "escalate_schema"}
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in kept:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of tables
