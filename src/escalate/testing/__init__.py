"""Shipped for tests: cases for one's own policy, strategies, small calendars, and walks."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.testing.cases.reading import load_cases as load_cases
    from escalate.testing.cases.running import CaseRun as CaseRun
    from escalate.testing.cases.running import run_case as run_case
    from escalate.testing.cases.values import Case as Case
    from escalate.testing.policycases import policy_case as policy_case
    from escalate.testing.shifts import Shifts as Shifts
    from escalate.testing.walks import START as START
    from escalate.testing.walks import Stride as Stride
    from escalate.testing.walks import Walk as Walk
    from escalate.testing.walks import walk as walk

__all__ = [
    "START",
    "Case",
    "CaseRun",
    "Shifts",
    "Stride",
    "Walk",
    "load_cases",
    "policy_case",
    "run_case",
    "walk",
]

__getattr__ = exports(
    __name__,
    {
        "Case": "escalate.testing.cases.values",
        "CaseRun": "escalate.testing.cases.running",
        "START": "escalate.testing.walks",
        "Shifts": "escalate.testing.shifts",
        "Stride": "escalate.testing.walks",
        "Walk": "escalate.testing.walks",
        "load_cases": "escalate.testing.cases.reading",
        "policy_case": "escalate.testing.policycases",
        "run_case": "escalate.testing.cases.running",
        "walk": "escalate.testing.walks",
    },
)
