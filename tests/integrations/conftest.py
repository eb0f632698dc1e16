"""Django is set up before the modules of its tests are read: models need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.integrations import django_project
from tests.postgres import schema_in

django_project.start()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of a Django host once for each database."""
    if "test_django" in metafunc.module.__name__:
        metafunc.parametrize("database", ["sqlite", "postgres"], indirect=True)


@pytest.fixture(scope="session")
def django_schema(postgres_server: str) -> Iterator[str]:
    """A schema with the tables of the Django hosts, as psycopg finds it."""
    with schema_in(postgres_server) as conninfo:
        with django_project.on_postgres(conninfo):
            django_project.migrate()
        yield conninfo


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """An empty database of Django, with the desks of the examples on it; nothing for other hosts."""
    from django.db import connections

    kind = getattr(request, "param", None)
    if kind is None:
        yield
        return
    with ExitStack() as stack:
        if kind == "postgres":
            conninfo = request.getfixturevalue("django_schema")
            stack.enter_context(django_project.on_postgres(conninfo))
            stack.enter_context(django_project.desks_again())
        django_project.empty()
        yield
        connections.close_all()
