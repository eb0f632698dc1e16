"""The suite of the desk runs on what it says that it runs on."""

from __future__ import annotations

import escalate.runtime.desk
from escalate import MemoryStore, SQLiteStore
from escalate.stores import PostgresStore


def test_a_desk_without_a_store_named_is_on_the_one_under_test(kept_in: str) -> None:
    """Each store that ships has its turn, also where a test names none."""
    kind = {"memory": MemoryStore, "sqlite": SQLiteStore, "postgres": PostgresStore}[kept_in]
    assert isinstance(MemoryStore(), kind)
    assert isinstance(escalate.runtime.desk.MemoryStore(), kind)
