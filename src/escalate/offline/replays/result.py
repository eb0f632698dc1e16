"""What a replay found."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.offline.figures.values import Chapter
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.replays.deeds import Advice
from escalate.offline.replays.promises import Breach, Decided, Promises
from escalate.offline.replays.rows import Rows
from escalate.offline.replays.tallies import Tally
from escalate.offline.reporting.notebooks import Chaptered

WORST = 20


@attrs.frozen
class Replay(Chaptered):
    """What the engine made of a log.

    Attributes:
        policy: The policy, whose rules and steps only advise here.
        cases: Tickets replayed.
        events: Events in all their journals.
        moves: How often a ticket went from one tier to another, by (source, target).
        violations: What the policy does not allow and was followed all the same, by
            (why, source, target).
        started_elsewhere: Cases that began in another tier than the policy's entry, by tier.
        promises: Every cycle by where it was decided, every breach, and what steps would have warned of.
        advised: What steps and rules would have done, by (kind, name): every step and rule of the
            policy in declared order, those that would never have acted included.
        quality: What the log could not say.
    """

    policy: EscalationPolicy
    cases: int
    events: int
    moves: Mapping[tuple[str, str], int]
    violations: Mapping[tuple[str, str, str], Tally]
    started_elsewhere: Mapping[str, Tally]
    promises: Promises
    advised: Mapping[tuple[str, str], Advice]
    quality: DataQuality

    @cached_property
    def cycles(self) -> Mapping[tuple[str, str], int]:
        """Cycles of clocks, by (target, verdict): met, breached, cancelled, or running at the last row."""
        found: dict[tuple[str, str], int] = {}
        for key, count in self.decided.items():
            found[key.target, key.verdict] = found.get((key.target, key.verdict), 0) + count
        return found

    @cached_property
    def decided(self) -> Mapping[Decided, int]:
        """The same, also by tier, priority and month."""
        return {Decided(*key): count for key, count in sorted(self.promises.cycles.items())}

    @property
    def breaches(self) -> Rows[Breach]:
        """Every promise that was broken, by the instant at which it was."""
        return self.promises.breaches

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets as the policy declares them, then clocks that ran without one."""
        declared = [target.name for target in self.policy.sla.targets]
        return tuple(dict.fromkeys([*declared, *sorted({target for target, _ in self.cycles})]))

    def kept(self, target: str) -> float | None:
        """Return the share of cycles of *target* that were met, of those met or breached; none of none."""
        met, breached = (self.cycles.get((target, verdict), 0) for verdict in ("met", "breached"))
        return met / (met + breached) if met + breached else None

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """The same as figures with their definitions: promises, warnings, deeds, what is not allowed."""
        from escalate.offline.replays.chapters import chapters_of

        return chapters_of(self)

    def story(self, case: Case) -> str:
        """Return what happened to *case*, line by line: its clocks, and what the policy would have done."""
        from escalate.offline.replays.stories import story

        return story(case, self.policy)

    def to_json(self) -> dict[str, Any]:
        """Return counts, chapters, violations, deeds and the longest breaches, as plain values."""
        return {
            "policy": {"name": self.policy.name, "version": self.policy.version},
            "cases": self.cases,
            "events": self.events,
            "chapters": {chapter.key: chapter.to_json() for chapter in self.chapters},
            "violations": [
                {"why": why, "from": source, "to": target, **tally.to_json()}
                for (why, source, target), tally in self.violations.items()
            ],
            "advised": [each.to_json() for each in self.advised.values()],
            "started_elsewhere": {
                tier: tally.to_json() for tier, tally in self.started_elsewhere.items()
            },
            "breaches": {
                "count": len(self.breaches),
                "longest": [each._asdict() for each in self.longest(WORST)],
            },
        }

    def longest(self, count: int) -> list[Breach]:
        """Return the *count* breaches after which it took longest, those that never ended first."""
        from heapq import nsmallest

        return nsmallest(count, self.breaches, key=_by_lateness)


def _by_lateness(breach: Breach) -> tuple[bool, int, int, str, str, int]:
    late = 0 if breach.ended_us is None else breach.ended_us - breach.broken_us
    open_ = breach.ended_us is None
    return not open_, breach.broken_us if open_ else -late, breach.broken_us, *breach[:3]
