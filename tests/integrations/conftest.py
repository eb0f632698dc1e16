"""Django is set up before the modules of its tests are read: models need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations import django_project

django_project.start()


@pytest.fixture(autouse=True)
def no_tickets() -> Iterator[None]:
    """Every test begins with an empty database."""
    django_project.empty()
    yield
    from django.db import connections

    connections.close_all()
