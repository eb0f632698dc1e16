"""Draws a policy as a Mermaid flowchart: its tiers, what leads from one to another, and the statuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from escalate.core.condition.types import show_wall_time
from escalate.core.doing import Doing
from escalate.core.lifecycle import status_table
from escalate.core.model import MoveKind, Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.rules import Rule
from escalate.core.sla import ConditionLike, Step, Target
from escalate.core.status import Status
from escalate.policies.mermaid import escaped, quoted

_FRAMES: Final = {"human": ("[", "]"), "bot": ("([", "])"), "vendor": ("[[", "]]")}


def to_mermaid(policy: EscalationPolicy, *, statuses: bool = True) -> str:
    """Return the text of a Mermaid flowchart of *policy*; :meth:`EscalationPolicy.to_mermaid` tells more."""
    return "\n".join(_lines(policy, statuses)) + "\n"


def _lines(policy: EscalationPolicy, statuses: bool) -> Iterator[str]:
    yield "flowchart TB"
    title = quoted(f"{escaped(policy.name)}, version {escaped(policy.version)}")
    yield f"  subgraph tiers[{title}]"
    ids = {tier.name: f"t{index}" for index, tier in enumerate(policy.tiers)}
    yield '    start(("opened"))'
    for tier in policy.tiers:
        yield f"    {ids[tier.name]}{_box(tier)}"
    for source, target, arrow, label in _edges(policy, ids):
        yield f"    {source} {arrow}|{label}| {target}"
    yield "  end"
    if statuses:
        yield from _statuses(policy)


def _box(tier: Tier) -> str:
    begin, end = _FRAMES[tier.kind]
    name, title = escaped(tier.name), escaped(tier.title)
    kind = "" if tier.kind == "human" else f"({tier.kind})"
    return f"{begin}{quoted(name, '' if title == name else title, kind)}{end}"


Edge = tuple[str, str, str, str]


def _edges(policy: EscalationPolicy, ids: Mapping[str, str]) -> Iterator[Edge]:
    for tier, label in _entries(policy):
        yield "start", ids[tier], "-->", label
    for path in policy.paths:
        if path.source in ids and path.target in ids:
            yield ids[path.source], ids[path.target], _arrow(path.kind), _path(path)
    for source, target, invites, label in _automatic(policy):
        yield ids[source], ids[target], "-.-o" if invites else "-.->", label


def _arrow(kind: MoveKind) -> str:
    # A transfer leads one way, like any path; what tells it apart is its word.
    return "==>" if kind == "escalate" else "-->"


def _entries(policy: EscalationPolicy) -> Iterator[tuple[str, str]]:
    starts: dict[str, list[str]] = {policy.entry_tier: []}
    for each in policy.request_types:
        starts.setdefault(each.tier or policy.entry_tier, []).append(each.name)
    for tier, names in starts.items():
        rest = "all else" if tier == policy.entry_tier else ""
        yield tier, quoted(*map(escaped, names), rest if names else "any request")


def _path(path: Path) -> str:
    said = [path.kind, _when(path.when)]
    if path.requires:
        said.append(f"with {escaped(', '.join(path.requires))}")
    if path.approval:
        said.append(f"approved by {escaped(path.approval)}")
    if path.by:
        said.append(f"by {escaped(', '.join(path.by))}")
    return quoted(*said)


def _when(when: ConditionLike) -> str:
    return "" if when is None else f"when {escaped(str(when))}"


def _automatic(policy: EscalationPolicy) -> Iterator[tuple[str, str, bool, str]]:
    """Yield what rules and steps move or invite, as (from, to, whether it invites, label)."""
    for rule in policy.rules:
        waits = show_wall_time(rule.after_us) if rule.after_us is not None else ""
        on = f"on {escaped(rule.on)}{f' for {waits}' if waits else ''}"
        label = (f"rule {escaped(rule.name)}", on, _when(rule.when))
        yield from _doing(policy, rule, rule.at, label)
    for target in policy.sla.targets:
        for step in target.steps:
            yield from _doing(policy, step, target.tiers, _step(target, step))


def _step(target: Target, step: Step) -> tuple[str, ...]:
    amount = f"{target.days} working days" if target.days else str(target.within)
    timer = f"{escaped(step.at.text)} of {amount} {escaped(target.clock)}"
    both = [_when(target.when), _when(step.when)]
    return (timer, *dict.fromkeys(both))


def _doing(
    policy: EscalationPolicy, doing: Rule | Step, at: Iterable[str], label: tuple[str, ...]
) -> Iterator[tuple[str, str, bool, str]]:
    where = tuple(at) or policy.tier_names
    for source in where:
        if doing.invite is not None and doing.invite != source:
            yield source, doing.invite, True, quoted("invites", *label)
        if _may_move(policy, doing, source):
            assert doing.move is not None  # what may move moves
            asks = f"approved by {escaped(doing.ask_approval)}" if doing.ask_approval else ""
            yield source, doing.move[1], False, quoted(doing.move[0], *label, asks)


def _may_move(policy: EscalationPolicy, doing: Doing, source: str) -> bool:
    """Whether there is a path that the move of *doing* can take from *source*."""
    if doing.move is None:
        return False
    wanted = (source, doing.move[1], doing.move[0])
    return any((path.source, path.target, path.kind) == wanted for path in policy.paths)


def _statuses(policy: EscalationPolicy) -> Iterator[str]:
    yield '  subgraph statuses["status, in every tier"]'
    yield from (f'    s_{status.value}("{status.value}")' for status in Status)
    verbs: dict[tuple[Status, Status], list[str]] = {}
    for (source, verb), target in status_table().items():
        if target is not source:
            verbs.setdefault((source, target), []).append(verb)
    for (source, target), names in verbs.items():
        within = policy.reopen_within_us
        late = within is not None and "reopen" in names
        note = f"by the customer within {show_wall_time(within)}" if late and within else ""
        yield f"    s_{source.value} -->|{quoted(', '.join(names), note)}| s_{target.value}"
    yield "  end"
