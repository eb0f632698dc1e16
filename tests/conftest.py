"""What every test shares: Hypothesis profiles, the data that may be absent, and no silent skips."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from escalate import MemoryStore, SQLiteStore
from escalate.stores import PostgresStore, Store
from tests.postgres import NoPostgres, schema_in, server

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# How long examples take to make depends on what else the machine does: no test asserts a time.
UNTIMED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("ci", derandomize=True, print_blob=True, **UNTIMED)
settings.register_profile(
    "quick",  # says at once that something fails, and does not look for the smallest example
    derandomize=True,
    **UNTIMED,
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile(
    "deep",  # python -m tests.deep asks in rounds, with new examples each time
    max_examples=300,
    print_blob=True,
    **UNTIMED,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, by name, the tests whose data is not on this machine."""
    if SHARED_DATA.is_dir():
        return
    without = [item for item in items if item.get_closest_marker("shared_data")]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run on CI that skipped a test: what CI does not run, nobody runs."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and not exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def shared_data() -> Path:
    """The folder of real logs and texts."""
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server, as psycopg finds it."""
    with ExitStack() as stack:
        try:
            conninfo = stack.enter_context(server())
        except NoPostgres as why:
            pytest.skip(str(why))
        yield conninfo


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """An empty schema in PostgreSQL, as psycopg finds it."""
    with schema_in(postgres_server) as conninfo:
        yield conninfo


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Makes empty stores of each kind that ships."""
    numbers = count()
    with ExitStack() as stack:

        def make() -> Store:
            match request.param:
                case "sqlite":
                    path = tmp_path / f"{next(numbers)}.db"
                    return stack.enter_context(SQLiteStore(path))
                case "postgres":
                    server = request.getfixturevalue("postgres_server")
                    conninfo = stack.enter_context(schema_in(server))
                    return stack.enter_context(PostgresStore(conninfo))
            return MemoryStore()

        yield make


@pytest.fixture
def store(make_store: Callable[[], Store]) -> Store:
    """An empty store, of each kind that ships."""
    return make_store()
