"""``python -m benchmarks kit``: how long the checks of a fast classifier take, wall clock."""

from __future__ import annotations

import time

from benchmarks.harness import human, show_table, show_versions
from escalate import ABSTAIN, Tier, Verdict
from escalate.classifiers import TicketText
from escalate.testing import ClassifierBench, classifier_checks


class Fast:
    """Looks for one word."""

    name, version = "fast", "1"

    def classify(self, ticket: TicketText, tiers: list[Tier]) -> Verdict:
        """Say the highest tier if something is down."""
        return Verdict(tiers[-1].name) if "down" in ticket.text else ABSTAIN("nothing is down")


def main() -> None:
    """Print the time of each check, the longest first, and of all."""
    show_versions("pytest")
    bench = ClassifierBench(make=Fast)
    took = {}
    for check in classifier_checks(bench):
        began = time.monotonic()
        check(bench)
        took[check.name] = time.monotonic() - began
    longest = sorted(took.items(), key=lambda pair: -pair[1])
    rows = [[name, human(seconds)] for name, seconds in longest[:8]]
    rows.append([f"all {len(took)} checks", human(sum(took.values()))])
    show_table("The checks of a fast classifier", ["check", "takes"], rows)
