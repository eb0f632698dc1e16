"""``python -m benchmarks verify``: what it costs to prove a policy, and to analyse many conditions."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from itertools import combinations
from pathlib import Path as FilePath
from statistics import median

from benchmarks.harness import human, show_table, show_versions
from escalate import EscalationPolicy, Path, Receiver, RequestType, Rule, load_policy
from escalate.core.conditions import Condition, implies, overlap, parse, within
from escalate.verify.properties.base import Inquiry
from escalate.verify.properties.shadowed import Disagreeing, Shadowed
from escalate.verify.search import Space, explore

EXAMPLES = FilePath(__file__).parents[1] / "examples" / "policies"
EXAMPLE = "classic"
ROUNDS = 3
RULES = 200


def main() -> None:
    """Print the tables."""
    show_versions("attrs", "python-statemachine")
    _show_example()
    _show_conditions()


def _show_example() -> None:
    policy = load_policy(EXAMPLES / f"{EXAMPLE}.toml")
    searched, whole = [], []
    for _ in range(ROUNDS):
        searched.append(_cpu_s(lambda: explore(policy)))
        whole.append(_cpu_s(policy.verify))
    space = explore(policy)
    search_s = median(searched)
    show_table(
        f"The example policy, {EXAMPLE}.toml; medians of {ROUNDS}, CPU time",
        ["what", "figure"],
        [
            ["states", f"{len(space.nodes):,}"],
            ["engine steps", f"{space.steps:,}"],
            ["search", human(search_s)],
            ["states a second", f"{len(space.nodes) / search_s:,.0f}"],
            ["engine steps a second", f"{space.steps / search_s:,.0f}"],
            ["search and all properties", human(median(whole))],
            ["memory a state", f"{_bytes_a_state(policy) / 1024:.1f} kB"],
        ],
    )


def _cpu_s(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _bytes_a_state(policy: EscalationPolicy) -> float:
    """Return what a state weighs: all that the search keeps, by what Python allocated for it."""
    _ = policy.compiled
    tracemalloc.start()
    space = explore(policy)
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(space.nodes)


def many_rules(count: int = RULES) -> EscalationPolicy:
    """Return a policy of *count* rules on one event, whose conditions look at six attributes."""
    attributes = (
        [f'priority >= "{name}"' for name in ("normal", "high", "urgent")],
        [f'channel == "{name}"' for name in ("mail", "chat", "phone", "web")],
        [f'request_type == "{name}"' for name in ("login", "printer", "order", "other")],
        [f"fields.seats >= {n}" for n in (10, 50, 100, 500)],
        [f'"{name}" in tags' for name in ("vip", "partner", "beta")],
        [f"bounces < {n}" for n in (1, 2, 3)],
    )
    conditions: list[str] = []
    for first, second, third in combinations(attributes, 3):
        for i, part in enumerate(first):
            for j, other in enumerate(second):
                rest = third[(i + j) % len(third)]
                conditions.append(f"{part} and ({other} or not {rest})")
    rules = [
        Rule(f"rule {n}", on="customer_replied", when=conditions[n], set_priority="high")
        if n % 2
        else Rule(
            f"rule {n}", on="customer_replied", at=["N1"], when=conditions[n], escalate_to="N2"
        )
        for n in range(count)
    ]
    return EscalationPolicy(
        "many rules",
        ["N1", "N2"],
        [Path("N1", "N2")],
        rules=rules,
        request_types=[RequestType(name) for name in ("login", "printer", "order", "other")],
        receivers=[Receiver("lead")],
        fallback="lead",
    )


def _show_conditions() -> None:
    policy = many_rules()
    read = [
        each
        for each in (parse(str(rule.when), policy.vocabulary) for rule in policy.rules)
        if isinstance(each, Condition)
    ]
    timed = {
        "properties 6 and 7, before any search": lambda: _properties(policy),
        "every pair: does one imply the other": lambda: [
            implies(one, other, policy.vocabulary) for one in read for other in read
        ],
        "every pair: can both hold": lambda: [
            within(overlap(one.ranges(), other.ranges()), policy.vocabulary)
            for one, other in combinations(read, 2)
        ],
    }
    rows = [[name, human(median(_cpu_s(c) for _ in range(ROUNDS)))] for name, c in timed.items()]
    show_table(f"The conditions of {len(read)} rules over 6 attributes", ["what", "CPU time"], rows)


def _properties(policy: EscalationPolicy) -> None:
    """Ask what stands behind what, and who could disagree, as a verification does."""
    space = _no_space(policy)
    Shadowed().judge(Inquiry(policy, space))
    Disagreeing().begin(space)


def _no_space(policy: EscalationPolicy) -> Space:
    from escalate.verify.abstracting import abstracted
    from escalate.verify.alphabet import alphabet_of
    from escalate.verify.noticing import noticed_by
    from escalate.verify.outline import Outliner

    seen = abstracted(policy)
    noticed = noticed_by(seen.policy)
    outliner = Outliner(noticed)
    return Space(seen, noticed, outliner, alphabet_of(noticed, outliner))
