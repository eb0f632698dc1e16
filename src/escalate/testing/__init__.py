"""Shipped for tests: cases for a policy, strategies and walks, a clock, checks of stores and hosts."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.testing.cases.reading import load_cases as load_cases
    from escalate.testing.cases.running import CaseRun as CaseRun
    from escalate.testing.cases.running import run_case as run_case
    from escalate.testing.cases.values import Case as Case
    from escalate.testing.clocks import ManualClock as ManualClock
    from escalate.testing.hosts import HostBench as HostBench
    from escalate.testing.hosts import check_host as check_host
    from escalate.testing.hosts import host_checks as host_checks
    from escalate.testing.policycases import policy_case as policy_case
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
    "Case": "cases.values",
    "CaseRun": "cases.running",
    "HostBench": "hosts",
    "ManualClock": "clocks",
    "RARITIES": "rare",
    "START": "walks",
    "Shifts": "shifts",
    "Stride": "walks",
    "Walk": "walks",
    "check_host": "hosts",
    "check_store": "stores",
    "host_checks": "hosts",
    "load_cases": "cases.reading",
    "policy_case": "policycases",
    "rarities": "rare",
    "run_case": "cases.running",
    "store_checks": "stores",
    "walk": "walks",
}

__all__ = [
    "RARITIES",
    "START",
    "Case",
    "CaseRun",
    "HostBench",
    "ManualClock",
    "Shifts",
    "Stride",
    "Walk",
    "check_host",
    "check_store",
    "host_checks",
    "load_cases",
    "policy_case",
    "rarities",
    "run_case",
    "store_checks",
    "walk",
]

__getattr__ = exports(
    __name__, {name: f"escalate.testing.{module}" for name, module in _HOMES.items()}
)
