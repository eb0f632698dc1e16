"""How long it takes to prove the example policies, and what a situation costs in time and memory."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.harness import show_table
from escalate import EscalationPolicy, Rule, load_policy
from escalate import Path as Way
from escalate.verify.properties.base import Inquiry
from escalate.verify.properties.shadowed import Shadowed
from escalate.verify.search import Budget, explore

POLICIES = Path(__file__).resolve().parents[1] / "examples" / "policies"


def main() -> None:
    """Print the figures of docs/reference/verification.md."""
    rows = []
    for file in sorted(POLICIES.glob("*.toml")):
        if file.name.endswith(".cases.toml"):
            continue
        policy = load_policy(file)
        began = time.process_time()
        report = policy.verify(budget=Budget(seconds=600))
        whole = time.process_time() - began
        unknown = ", ".join(each.code for each in report.unknown) or "none"
        rows.append(
            [
                policy.name,
                f"{report.states:,}",
                f"{report.steps:,}",
                f"{report.seconds:.1f}",
                f"{whole:.1f}",
                f"{report.steps / report.seconds:,.0f}",
                f"{report.states / report.seconds:,.0f}",
                f"{report.memory_mb * 1000 / report.states:.1f}",
                unknown,
            ]
        )
    header = ["policy", "situations", "steps", "search s", "all s", "steps/s", "situations/s"]
    show_table("Proofs of the example policies", [*header, "kB each", "unknown"], rows)
    _conditions()


def _conditions() -> None:
    """Analyse the conditions of 200 rules over six attributes."""
    names = ["region", "plan", "size", "lang", "site", "kind"]
    rules = [
        Rule(
            f"r{i}",
            on="alarm",
            when=f'fields.{names[i % 6]} == "v{i}" and fields.{names[(i + 1) % 6]} != "w{i}"',
            escalate_to="N2",
        )
        for i in range(200)
    ]
    policy = EscalationPolicy("wide", ["N1", "N2"], [Way("N1", "N2")], rules=rules)
    small = EscalationPolicy("small", ["N1"])
    space = explore(small)
    began = time.process_time()
    verdict = Shadowed().judge(Inquiry(policy, space))
    print(f"\n200 rules over 6 attributes: {time.process_time() - began:.2f} s, {verdict.answer}")


if __name__ == "__main__":
    main()
