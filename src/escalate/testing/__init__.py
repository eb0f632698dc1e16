"""Shipped for tests: strategies, small calendars, and the walks that hold the laws."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.testing.shifts import Shifts as Shifts
    from escalate.testing.walks import START as START
    from escalate.testing.walks import Stride as Stride
    from escalate.testing.walks import Walk as Walk
    from escalate.testing.walks import walk as walk

__all__ = ["START", "Shifts", "Stride", "Walk", "walk"]

__getattr__ = exports(
    __name__,
    dict.fromkeys(__all__, "escalate.testing.walks") | {"Shifts": "escalate.testing.shifts"},
)
