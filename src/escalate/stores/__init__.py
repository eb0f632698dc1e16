"""Where tickets are kept: the contract, and one file per kind of store."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.stores.base import Due as Due
    from escalate.stores.base import Edition as Edition
    from escalate.stores.base import Entry as Entry
    from escalate.stores.base import Errand as Errand
    from escalate.stores.base import Failure as Failure
    from escalate.stores.base import Refusal as Refusal
    from escalate.stores.base import Store as Store
    from escalate.stores.base import Stored as Stored
    from escalate.stores.base import Turn as Turn
    from escalate.stores.memory import MemoryStore as MemoryStore

__all__ = [
    "Due",
    "Edition",
    "Entry",
    "Errand",
    "Failure",
    "MemoryStore",
    "Refusal",
    "Store",
    "Stored",
    "Turn",
]

__getattr__ = exports(
    __name__,
    dict.fromkeys(__all__, "escalate.stores.base") | {"MemoryStore": "escalate.stores.memory"},
)
