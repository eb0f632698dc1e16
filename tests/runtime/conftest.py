"""The suite of the desk runs on every store that ships: whatever the desk promises, each keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

import escalate.runtime.desk
from escalate import SQLiteStore
from escalate.stores import PostgresStore
from tests.postgres import schema_in

_ON: dict[str, list[str]] = {
    "test_desk": ["memory", "sqlite", "postgres"],
    "test_desk_pitfalls": ["memory", "sqlite", "postgres"],
    "test_desk_laws": ["memory", "sqlite"],
    "test_kept_in": ["memory", "sqlite", "postgres"],
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of the desk once for each store."""
    kinds = _ON.get(metafunc.module.__name__.rpartition(".")[2])
    if kinds:
        metafunc.parametrize("kept_in", kinds, indirect=True)


@pytest.fixture(autouse=True)  # a name that is only added to what a test asks for is never set up
def kept_in(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """What a test means by a MemoryStore() is the store that it runs on, a new one each time."""
    kind = getattr(request, "param", "memory")
    numbers = count()
    with ExitStack() as stack:

        class InFile(SQLiteStore):
            def __init__(self) -> None:
                super().__init__(tmp_path / f"{next(numbers)}.db")
                stack.callback(self.close)

        class InDatabase(PostgresStore):
            def __init__(self) -> None:
                server = request.getfixturevalue("postgres_server")
                super().__init__(stack.enter_context(schema_in(server)))
                stack.callback(self.close)

        made = {"sqlite": InFile, "postgres": InDatabase}.get(kind)
        for module in (escalate.runtime.desk, request.module):
            if made is not None and hasattr(module, "MemoryStore"):
                monkeypatch.setattr(module, "MemoryStore", made)
        yield kind
