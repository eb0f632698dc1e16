"""Shipped for tests: strategies, walks that hold the laws, a clock moved by hand, checks of stores."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.testing.clocks import ManualClock as ManualClock
    from escalate.testing.rare import RARITIES as RARITIES
    from escalate.testing.rare import rarities as rarities
    from escalate.testing.shifts import Shifts as Shifts
    from escalate.testing.stores import check_store as check_store
    from escalate.testing.stores import store_checks as store_checks
    from escalate.testing.walks import START as START
    from escalate.testing.walks import Stride as Stride
    from escalate.testing.walks import Walk as Walk
    from escalate.testing.walks import walk as walk

_HOMES = {
    "ManualClock": "clocks",
    "RARITIES": "rare",
    "START": "walks",
    "Shifts": "shifts",
    "Stride": "walks",
    "Walk": "walks",
    "check_store": "stores",
    "rarities": "rare",
    "store_checks": "stores",
    "walk": "walks",
}

__all__ = [
    "RARITIES",
    "START",
    "ManualClock",
    "Shifts",
    "Stride",
    "Walk",
    "check_store",
    "rarities",
    "store_checks",
    "walk",
]

__getattr__ = exports(
    __name__, {name: f"escalate.testing.{module}" for name, module in _HOMES.items()}
)
