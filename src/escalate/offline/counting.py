"""Counts of a replay, each with a few cases to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal

import attrs

from escalate.core.clockkinds import IDLE
from escalate.core.clocks import Clock
from escalate.core.doing import Doing
from escalate.core.events import Advised, Breached, Event, Moved, Opened, PathViolated
from escalate.core.policy import EscalationPolicy

EXAMPLES: Final = 5
DeedKind = Literal["step", "rule", "limit"]
_COUNTED: Final = (Moved, PathViolated, Advised, Opened)
_OTHERS: Final = ("invite", "set_priority", "tag", "ask_approval", "classify")


@attrs.define
class Tally:
    """How often something was seen, on how many tickets, and the first of these."""

    times: int = 0
    tickets: int = 0
    cases: list[str] = attrs.field(factory=list)
    _last: str | None = attrs.field(default=None, init=False, repr=False, eq=False)

    def add(self, case_id: str) -> None:
        """Count one more, in this case; cases come one after the other."""
        self.times += 1
        if case_id != self._last:
            self._last = case_id
            self.tickets += 1
            if self.tickets <= EXAMPLES:
                self.cases.append(case_id)


@attrs.define
class Advice(Tally):
    """How often a step or rule would have acted.

    Attributes:
        kind: A step of a target, a rule, or a limit of the policy that was reached.
        name: What journals call it.
        does: What it would have done, in a few words.
    """

    kind: DeedKind = attrs.field(default="step", kw_only=True)
    name: str = attrs.field(default="", kw_only=True)
    does: str = attrs.field(default="", kw_only=True)


@attrs.frozen
class Replay:
    """What the engine made of a log.

    Attributes:
        cases: Tickets replayed.
        events: Events in all their journals.
        moves: How often a ticket went from one tier to another, by (source, target).
        violations: What the policy does not allow and was followed all the same, by
            (why, source, target).
        started_elsewhere: Cases that began in another tier than the policy's entry, by tier.
        cycles: Cycles of clocks, by (target, verdict): met, breached, cancelled, or running when the
            log ends.
        advised: What steps and rules would have done, by (kind, name): every step and rule of the
            policy in declared order, those that would never have acted included.
    """

    cases: int
    events: int
    moves: Mapping[tuple[str, str], int]
    violations: Mapping[tuple[str, str, str], Tally]
    started_elsewhere: Mapping[str, Tally]
    cycles: Mapping[tuple[str, str], int]
    advised: Mapping[tuple[str, str], Advice]

    def kept(self, target: str) -> float | None:
        """Return the share of cycles of *target* that were met, of those met or breached; none of none."""
        met, breached = (self.cycles.get((target, verdict), 0) for verdict in ("met", "breached"))
        return met / (met + breached) if met + breached else None


@attrs.define
class Counts:
    """The counts of a replay while it runs."""

    entry: str
    advised: dict[tuple[str, str], Advice]
    cases: int = 0
    events: int = 0
    moves: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    violations: dict[tuple[str, str, str], Tally] = attrs.field(factory=dict)
    started_elsewhere: dict[str, Tally] = attrs.field(factory=dict)
    cycles: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    @classmethod
    def under(cls, policy: EscalationPolicy) -> Counts:
        """Return counts at nought, with a line for each step and rule of *policy*."""
        return cls(policy.entry_tier, {(each.kind, each.name): each for each in _deeds(policy)})

    def add(self, case_id: str, journal: Iterable[Event]) -> None:
        """Count one case by its journal."""
        self.cases += 1
        cycles: dict[tuple[str, int], Clock] = {}
        broken: dict[tuple[str, int], str] = {}
        for event in journal:
            self.events += 1
            for _, clock in event.clocks:
                cycles[clock.name, clock.cycle] = clock
            if isinstance(event, Breached):
                _, late = event.clocks[0]
                broken[late.name, late.cycle] = event.target
            elif isinstance(event, _COUNTED):
                self._count(event, case_id)
        # A reopening withdraws a verdict, so only the last word on each cycle counts; but a promise
        # that was broken stays broken, whatever target its clock comes to later.
        for key, clock in cycles.items():
            if clock.name != IDLE:
                target = broken.get(key) or clock.target or f"{clock.name}, no target"
                self.cycles[target, _verdict(clock)] += 1

    def _count(self, event: Event, case_id: str) -> None:
        if isinstance(event, Moved):
            self.moves[event.source, event.target] += 1
        elif isinstance(event, PathViolated):
            key = (event.why, event.source, event.target)
            self.violations.setdefault(key, Tally()).add(case_id)
        elif isinstance(event, Advised):
            self._advice(event).add(case_id)
        elif isinstance(event, Opened) and event.tier != self.entry:
            self.started_elsewhere.setdefault(event.tier, Tally()).add(case_id)

    def _advice(self, event: Advised) -> Advice:
        known = self.advised.get(("rule" if event.is_rule else "step", event.name))
        if known is not None:
            return known
        does = f"notify {', '.join(event.notify)}"
        limit = Advice(kind="limit", name=event.name, does=does)
        return self.advised.setdefault((limit.kind, limit.name), limit)

    def result(self) -> Replay:
        """Return the counts."""
        counts = attrs.asdict(self, recurse=False)
        del counts["entry"]
        return Replay(**counts)


def _deeds(policy: EscalationPolicy) -> Iterable[Advice]:
    for target in policy.sla.targets:
        for step in target.steps:
            yield Advice(kind="step", name=f"{target.name}: {step.name}", does=_told(step))
    for rule in policy.rules:
        yield Advice(kind="rule", name=rule.name, does=_told(rule))


def _told(doing: Doing) -> str:
    """Say in a few words what *doing* does.

    >>> _told(Doing(escalate_to="N2", notify="tier_lead", classify=True))
    'escalate to N2, notify tier_lead, classify'
    """
    parts = [] if doing.move is None else [f"{doing.move[0]} to {doing.move[1]}"]
    parts += [f"notify {receiver}" for receiver in doing.notify]
    for name in _OTHERS:
        value = getattr(doing, name)
        words = " and ".join(value) if isinstance(value, tuple) else str(value)
        if value:
            parts.append(name.replace("_", " ") + ("" if value is True else f" {words}"))
    return ", ".join(parts)


def _verdict(clock: Clock) -> str:
    if clock.breached:
        return "breached"
    return "running" if clock.is_live else clock.state.value
