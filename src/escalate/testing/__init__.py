"""Shipped for tests: strategies, small calendars, and the walks that hold the laws."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.testing.rare import RARITIES as RARITIES
    from escalate.testing.rare import rarities as rarities
    from escalate.testing.shifts import Shifts as Shifts
    from escalate.testing.walks import START as START
    from escalate.testing.walks import Stride as Stride
    from escalate.testing.walks import Walk as Walk
    from escalate.testing.walks import walk as walk

__all__ = ["RARITIES", "START", "Shifts", "Stride", "Walk", "rarities", "walk"]

__getattr__ = exports(
    __name__,
    dict.fromkeys(__all__, "escalate.testing.walks")
    | dict.fromkeys(["RARITIES", "rarities"], "escalate.testing.rare")
    | {"Shifts": "escalate.testing.shifts"},
)
