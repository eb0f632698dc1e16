"""Where tickets are kept: the contract, and one file per kind of store."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.stores.base import Due as Due
    from escalate.stores.base import Entry as Entry
    from escalate.stores.base import Errand as Errand
    from escalate.stores.base import Failure as Failure
    from escalate.stores.base import Held as Held
    from escalate.stores.base import PolicyText as PolicyText
    from escalate.stores.base import Rebuilt as Rebuilt
    from escalate.stores.base import Refusal as Refusal
    from escalate.stores.base import Store as Store
    from escalate.stores.base import Stored as Stored
    from escalate.stores.base import Turn as Turn
    from escalate.stores.exporting import export as export
    from escalate.stores.memory import MemoryStore as MemoryStore
    from escalate.stores.postgres import PostgresStore as PostgresStore
    from escalate.stores.schema import ddl as ddl
    from escalate.stores.sql import SqlStore as SqlStore
    from escalate.stores.sqlite import SQLiteStore as SQLiteStore

_HOMES = {
    "MemoryStore": "memory",
    "PostgresStore": "postgres",
    "SQLiteStore": "sqlite",
    "SqlStore": "sql",
    "ddl": "schema",
    "export": "exporting",
}

__all__ = [
    "Due",
    "Entry",
    "Errand",
    "Failure",
    "Held",
    "MemoryStore",
    "PolicyText",
    "PostgresStore",
    "Rebuilt",
    "Refusal",
    "SQLiteStore",
    "SqlStore",
    "Store",
    "Stored",
    "Turn",
    "ddl",
    "export",
]

__getattr__ = exports(
    __name__, {name: f"escalate.stores.{_HOMES.get(name, 'base')}" for name in __all__}
)
