"""Shipped for tests: cases for policies, strategies, walks, a clock; checks of classifiers, stores, hosts."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.testing.cases.reading import load_cases as load_cases
    from escalate.testing.cases.running import CaseRun as CaseRun
    from escalate.testing.cases.running import run_case as run_case
    from escalate.testing.cases.values import Case as Case
    from escalate.testing.classifiers.bench import ClassifierBench as ClassifierBench
    from escalate.testing.classifiers.checks import Check as Check
    from escalate.testing.classifiers.kit import CheckReport as CheckReport
    from escalate.testing.classifiers.kit import CheckResult as CheckResult
    from escalate.testing.classifiers.kit import check_classifier as check_classifier
    from escalate.testing.classifiers.kit import classifier_checks as classifier_checks
    from escalate.testing.classifiers.kit import (
        classifier_checks_generator as classifier_checks_generator,
    )
    from escalate.testing.classifiers.kit import parametrize_with_checks as parametrize_with_checks
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
    "Check": "classifiers.checks",
    "CheckReport": "classifiers.kit",
    "CheckResult": "classifiers.kit",
    "ClassifierBench": "classifiers.bench",
    "HostBench": "hosts",
    "ManualClock": "clocks",
    "RARITIES": "rare",
    "START": "walks",
    "Shifts": "shifts",
    "Stride": "walks",
    "Walk": "walks",
    "check_classifier": "classifiers.kit",
    "check_host": "hosts",
    "check_store": "stores",
    "classifier_checks": "classifiers.kit",
    "classifier_checks_generator": "classifiers.kit",
    "host_checks": "hosts",
    "load_cases": "cases.reading",
    "parametrize_with_checks": "classifiers.kit",
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
    "Check",
    "CheckReport",
    "CheckResult",
    "ClassifierBench",
    "HostBench",
    "ManualClock",
    "Shifts",
    "Stride",
    "Walk",
    "check_classifier",
    "check_host",
    "check_store",
    "classifier_checks",
    "classifier_checks_generator",
    "host_checks",
    "load_cases",
    "parametrize_with_checks",
    "policy_case",
    "rarities",
    "run_case",
    "store_checks",
    "walk",
]

__getattr__ = exports(
    __name__, {name: f"escalate.testing.{module}" for name, module in _HOMES.items()}
)
