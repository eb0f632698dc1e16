"""The mutation kit: good desks, ways to break them, and the name under which each break is to be found.

``python -m tests.verify.kit`` runs all of it and prints the figures of docs/reference/verification.md.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, Final

import attrs

from escalate import (
    Check,
    EscalationPolicy,
    Path,
    RequestType,
    Rule,
    SLAPolicy,
    Step,
    Target,
    Tier,
)
from tests.verify.desks import PATHS, PAUSES, TARGETS, TOLD, UP, desk

Break = Callable[[EscalationPolicy], EscalationPolicy | None]

_URGENT: Final = Target(
    "ownership", "2h", when='priority == "urgent"', calendar="office", steps=TOLD
)
_FIRST: Final = Target("first_response", "4h", default=True, steps=TOLD)
_VIP: Final = Rule("vip", on="opened", at=["N1"], when='"vip" in tags', escalate_to="N2")
_KNOWN: Final = Rule(
    "known",
    on="milestone",
    at=["N1"],
    when='request_type == "login" and reached("password_verified")',
    escalate_to="N2",
)
_HUMAN: Final = Rule("wants a person", on="human_requested", at=["bot"], escalate_to="N1")
_TYPES: Final = (
    RequestType("login", None, ["chat"], [Check("password_verified")]),
    RequestType("other"),
)


def goods() -> dict[str, EscalationPolicy]:
    """Return good desks: every choice of up to two of these features that go together."""
    features = ("urgent", "first", "vip", "checks", "bot", "third")
    names = [combo for n in range(3) for combo in combinations(features, n)]
    names.remove(("vip", "bot"))  # a rule of the first tier never sees what the bot opens
    return {" + ".join(combo) or "plain": _built(frozenset(combo)) for combo in names}


def _built(features: frozenset[str]) -> EscalationPolicy:
    targets: list[Target] = list(TARGETS)
    rules, tiers, paths = [PAUSES], ["N1", "N2"], list(PATHS)
    given: dict[str, Any] = {}
    if "urgent" in features:
        targets.insert(0, _URGENT)
    if "first" in features:
        targets.insert(0, _FIRST)
    if "vip" in features:
        rules.append(_VIP)
    if "checks" in features:
        given["request_types"] = _TYPES
        rules.append(_KNOWN)
    if "third" in features:
        tiers.append("N3")
        paths += [Path("N2", "N3"), Path("N3", "N2", "return")]
    made = [Tier(name, calendar="office") for name in tiers]
    if "bot" in features:
        made.insert(0, Tier("bot", kind="bot", calendar="office"))
        paths.insert(0, Path("bot", "N1"))
        rules.append(_HUMAN)
    return desk(tiers=made, paths=paths, targets=targets, rules=rules, **given)


def _with(policy: EscalationPolicy, **changes: Any) -> EscalationPolicy:
    targets = changes.pop("targets", None)
    if targets is not None:
        changes["sla"] = SLAPolicy([attrs.evolve(each, name="") for each in targets])
    return attrs.evolve(policy, **changes)


def _targets(policy: EscalationPolicy) -> list[Target]:
    return list(policy.sla.targets)


def _rule(policy: EscalationPolicy, name: str) -> Rule | None:
    return next((rule for rule in policy.rules if rule.name == name), None)


def _has(policy: EscalationPolicy, tier: str) -> bool:
    return tier in policy.tier_names


def drop_a_path(policy: EscalationPolicy) -> EscalationPolicy | None:
    """Nothing leads to the third tier any more."""
    if not _has(policy, "N3"):
        return None
    return _with(policy, paths=[path for path in policy.paths if path.target != "N3"])


def drop_the_way_out(policy: EscalationPolicy) -> EscalationPolicy | None:
    """The bot keeps what it has."""
    if not _has(policy, "bot"):
        return None
    rules = [rule for rule in policy.rules if rule.name != "wants a person"]
    return _with(policy, paths=[p for p in policy.paths if p.source != "bot"], rules=rules)


def drop_the_timers(policy: EscalationPolicy) -> EscalationPolicy:
    """The last promise does nothing when it is broken."""
    *others, last = _targets(policy)
    return _with(policy, targets=[*others, attrs.evolve(last, steps=())])


def remove_the_receivers(policy: EscalationPolicy) -> EscalationPolicy:
    """The steps of the last promise mark the ticket, and tell nobody."""
    *others, last = _targets(policy)
    marks = [Step(step.at, tag="late") for step in last.steps]
    return _with(policy, targets=[*others, attrs.evolve(last, steps=marks)])


def narrow_the_steps(policy: EscalationPolicy) -> EscalationPolicy:
    """The steps of the last promise speak of urgent tickets only."""
    *others, last = _targets(policy)
    steps = [attrs.evolve(step, when='priority == "urgent"') for step in last.steps]
    return _with(policy, targets=[*others, attrs.evolve(last, steps=steps)])


def put_all_to_sleep(policy: EscalationPolicy) -> EscalationPolicy:
    """Nobody can be reached at night, when the last promise may be broken."""
    *others, last = _targets(policy)
    asleep = [attrs.evolve(each, calendar="office") for each in policy.receivers]
    changed = attrs.evolve(last, calendar="always", within="400h")
    return _with(policy, receivers=asleep, targets=[*others, changed])


def drop_the_defaults(policy: EscalationPolicy) -> EscalationPolicy:
    """Only the first tier is promised anything, so the second can forget."""
    return _with(policy, targets=[each for each in _targets(policy) if not each.default])


def narrow_every_target(policy: EscalationPolicy) -> EscalationPolicy:
    """Nothing is promised to tickets that are not urgent."""
    urgent = [
        attrs.evolve(each, when='priority == "urgent"', default=False) for each in TARGETS[:2]
    ]
    return _with(policy, targets=urgent)


def drop_the_pause_rule(policy: EscalationPolicy) -> EscalationPolicy:
    """Nobody looks after pauses."""
    return _with(policy, rules=[rule for rule in policy.rules if rule is not PAUSES])


def narrow_the_pause_rule(policy: EscalationPolicy) -> EscalationPolicy:
    """Nobody looks after those who wait for a third party."""
    narrow = attrs.evolve(PAUSES, when='status == "pending"')
    return _with(policy, rules=[narrow if rule is PAUSES else rule for rule in policy.rules])


def move_the_pause_rule(policy: EscalationPolicy) -> EscalationPolicy:
    """Pauses are looked after in the first tier only."""
    narrow = attrs.evolve(PAUSES, at=["N1"])
    return _with(policy, rules=[narrow if rule is PAUSES else rule for rule in policy.rules])


def add_a_back_edge(policy: EscalationPolicy) -> EscalationPolicy:
    """The second tier hands back when its time is over, as the first hands up."""
    back = Target("ownership", "16h", tiers=["N2"], steps=[Step("100%", escalate_to="N1")])
    others = [each for each in _targets(policy) if each.when is None]
    paths = [*(p for p in policy.paths if p.target != "N1" or p.source == "bot"), Path("N2", "N1")]
    return _with(policy, targets=[back, *others], paths=paths, max_automatic=4)


def add_a_loop_of_rules(policy: EscalationPolicy) -> EscalationPolicy:
    """Two rules hand to and fro as often as a signal comes."""
    loop = [
        Rule("up", on="alarm", at=["N1"], escalate_to="N2"),
        Rule("down", on="alarm", at=["N2"], escalate_to="N1"),
    ]
    paths = [*(p for p in policy.paths if p.target != "N1" or p.source == "bot"), Path("N2", "N1")]
    return _with(policy, rules=[*policy.rules, *loop], paths=paths, max_automatic=4)


def remove_the_cap(policy: EscalationPolicy) -> EscalationPolicy:
    """A rule hands back by return as often as it likes, since bounces are not limited any more."""
    loop = [
        Rule("up", on="alarm", at=["N1"], escalate_to="N2"),
        Rule("down", on="alarm", at=["N2"], return_to="N1"),
    ]
    return _with(policy, rules=[*policy.rules, *loop], max_bounces=9, max_automatic=4)


def reorder_the_targets(policy: EscalationPolicy) -> EscalationPolicy | None:
    """The particular promise comes behind the general one."""
    general = Target("ownership", "30h", tiers=["N1"], steps=TOLD)
    return _with(policy, targets=[general, *_targets(policy)])


def reorder_the_rules(policy: EscalationPolicy) -> EscalationPolicy:
    """A rule for all comes before one for some."""
    rules = [
        Rule("all", on="alarm", at=["N1"], escalate_to="N2"),
        Rule("some", on="alarm", at=["N1"], when='"vip" in tags', escalate_to="N2"),
    ]
    return _with(policy, rules=[*policy.rules, *rules])


def repeat_a_path(policy: EscalationPolicy) -> EscalationPolicy:
    """A path is written twice."""
    return _with(policy, paths=[*policy.paths, Path("N1", "N2", when='priority == "urgent"')])


def raise_the_urgent(policy: EscalationPolicy) -> EscalationPolicy:
    """Urgent tickets wait longer than others."""
    slow = attrs.evolve(_URGENT, within="30h")
    rest = [each for each in _targets(policy) if each.when is None]
    return _with(policy, targets=[slow, *rest])


def raise_the_first_answer(policy: EscalationPolicy) -> EscalationPolicy:
    """The first answer may come after the solution."""
    rest = [each for each in _targets(policy) if each.clock != "first_response"]
    return _with(policy, targets=[attrs.evolve(_FIRST, within="60h"), *rest])


def lower_the_solution(policy: EscalationPolicy) -> EscalationPolicy:
    """The solution is due before the ticket goes up."""
    rest = [each for each in _targets(policy) if each.clock == "ownership"]
    fast = Target("resolution", "4h", default=True, steps=TOLD)
    first = Target("ownership", "8h", tiers=[policy.entry_tier], steps=_up_from(policy))
    return _with(policy, targets=[first, *rest, fast])


def _up_from(policy: EscalationPolicy) -> list[Step]:
    if policy.entry_tier == "N1":
        return list(UP)
    return [Step("100%", escalate_to="N1", notify="lead")]


def add_a_step_behind(policy: EscalationPolicy) -> EscalationPolicy | None:
    """A step stands behind the one that moves the ticket away."""
    if any(each.when for each in _targets(policy)):
        return None  # a change of priority can pass both at once, and then the last one runs
    targets = [
        attrs.evolve(each, steps=[*each.steps, Step("150%", notify="lead")])
        if each.steps == SLAPolicy([TARGETS[0]]).targets[0].steps
        else each
        for each in _targets(policy)
    ]
    return _with(policy, targets=targets)


def narrow_a_rule(policy: EscalationPolicy) -> EscalationPolicy:
    """A rule waits for what can never be."""
    never = Rule("never", on="reopened", when="reopens == 0", notify="lead")
    return _with(policy, rules=[*policy.rules, never])


def widen_a_rule(policy: EscalationPolicy) -> EscalationPolicy | None:
    """Two rules send what both fit to different tiers."""
    if not _has(policy, "N3"):
        return None
    paths = [*policy.paths, Path("N1", "N3")]
    rules = [
        Rule("up", on="alarm", at=["N1"], when='"vip" in tags', escalate_to="N2"),
        Rule("far", on="alarm", at=["N1"], when='"big" in tags', escalate_to="N3"),
    ]
    return _with(policy, paths=paths, rules=[*policy.rules, *rules])


def wait_for_another_check(policy: EscalationPolicy) -> EscalationPolicy | None:
    """A rule waits for a check of another request."""
    if _rule(policy, "known") is None:
        return None
    lost = attrs.evolve(_KNOWN, when='request_type == "other" and reached("password_verified")')
    return _with(policy, rules=[lost if r.name == "known" else r for r in policy.rules])


def ask_the_bot_for_words(policy: EscalationPolicy) -> EscalationPolicy | None:
    """A bot's rule should hand over a summary."""
    if not _has(policy, "bot"):
        return None
    wordy = Path("bot", "N1", requires=["summary"])
    return _with(policy, paths=[wordy if p.source == "bot" else p for p in policy.paths])


def name_a_request_twice(policy: EscalationPolicy) -> EscalationPolicy:
    """Two requests go by one name."""
    return _with(
        policy, request_types=[*policy.request_types, RequestType("Re-set"), RequestType("reset")]
    )


BREAKS: Final[dict[Break, str]] = {
    drop_a_path: "unreachable",
    drop_the_way_out: "stranded",
    drop_the_timers: "nobody-told",
    remove_the_receivers: "nobody-told",
    narrow_the_steps: "nobody-told",
    put_all_to_sleep: "nobody-told",
    drop_the_defaults: "forgotten",
    narrow_every_target: "no-promise",
    drop_the_pause_rule: "silent-pause",
    narrow_the_pause_rule: "silent-pause",
    move_the_pause_rule: "silent-pause",
    add_a_back_edge: "endless-moves",
    add_a_loop_of_rules: "endless-moves",
    remove_the_cap: "endless-moves",
    reorder_the_targets: "shadowed",
    reorder_the_rules: "shadowed",
    repeat_a_path: "shadowed",
    raise_the_urgent: "promises-out-of-order",
    raise_the_first_answer: "promises-out-of-order",
    lower_the_solution: "promises-out-of-order",
    add_a_step_behind: "never-fires",
    narrow_a_rule: "never-fires",
    widen_a_rule: "disagreeing-rules",
    wait_for_another_check: "milestone-out-of-reach",
    ask_the_bot_for_words: "handoff-never-given",
    name_a_request_twice: "request-unclear",
}
"""Each way to break a desk, with the code under which it is to be refuted."""


def mutants() -> Iterator[tuple[str, str, EscalationPolicy]]:
    """Yield each mutant: its name, the code that it is made to break, the policy."""
    for name, good in goods().items():
        for change, code in BREAKS.items():
            broken = change(good)
            if broken is not None:
                yield f"{change.__name__} of {name}", code, broken


def main() -> int:
    """Run the kit and print its figures."""
    began = time.process_time()
    wrong = [name for name, good in goods().items() if not good.verify().ok]
    found: Counter[str] = Counter()
    made: Counter[str] = Counter()
    stories = 0
    for name, code, policy in mutants():
        report = policy.verify()
        made[code] += 1
        if report.verdict(code).answer == "refuted":
            found[code] += 1
        else:
            _say(f"missed: {name} ({code}): {report.verdict(code).why}")
        traces = [each.trace for each in report.findings if each.trace is not None]
        stories += len(traces)
        assert all(trace.replay() == trace for trace in traces), name
    _say(f"good desks: {len(goods())}, with an error: {wrong or 'none'}")
    for code in sorted(made):
        _say(f"| {code} | {made[code]} | {found[code]} |")
    _say(f"{made.total()} mutants, {found.total()} found by name, {stories} stories replayed")
    _say(f"{time.process_time() - began:.0f} s of the processor")
    return 0 if not wrong and made == found else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
