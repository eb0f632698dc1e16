"""A replay while it is gathered, over the cases of a log or of one of its shards."""

from __future__ import annotations

from collections import Counter
from typing import Self

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.errors import InvalidMapping, nearest
from escalate.offline.following import journal_of
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.replays.courses import Reading
from escalate.offline.replays.deeds import Deeds, count_deeds, deeds_of, in_order, merge_deeds
from escalate.offline.replays.promises import Breach, Promises
from escalate.offline.replays.result import Replay
from escalate.offline.replays.tallies import Tally


class Judge:
    """A policy that cases are followed under, and that travels to other processes.

    A policy pickles as what people wrote, without what was compiled from it: a few kilobytes, while its text
    as TOML could not say conditions that are Python functions. Compiling it again takes a few milliseconds a
    shard. Within a process it is shared and never copied.
    """

    __slots__ = ("_priorities", "policy")

    def __init__(self, policy: EscalationPolicy) -> None:
        self.policy = policy.advisory()
        self._priorities = frozenset((None, *policy.priorities))

    def read(self, case: Case) -> Reading:
        """Return what the journal of *case* under the policy says.

        Raises:
            InvalidMapping: it has a priority that the policy does not know. Conditions compare priorities
                by rank; one without a rank would quietly fail them all.
        """
        for row in case.rows:
            if row.priority not in self._priorities:
                hint = nearest(str(row.priority), self.policy.priorities)
                wanted = f"a priority of the policy; {hint}"
                raise InvalidMapping("priority.words", row.priority, wanted)
        return Reading((case.rows[0].at_us, case.id), journal_of(case, self.policy))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Judge], tuple[EscalationPolicy]]:
        return Judge, (self.policy,)


@attrs.define
class ReplayGatherer:
    """What :class:`~escalate.offline.replays.result.Replay` tells, so far."""

    judge: Judge
    deeds: Deeds
    cases: int = 0
    events: int = 0
    moves: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    violations: dict[tuple[str, str, str], Tally] = attrs.field(factory=dict)
    started_elsewhere: dict[str, Tally] = attrs.field(factory=dict)
    promises: Promises = attrs.field(factory=Promises)

    @classmethod
    def under(cls, policy: EscalationPolicy) -> ReplayGatherer:
        """Return one that has seen no case."""
        return cls(Judge(policy), deeds_of(policy))

    def add(self, case: Case) -> None:
        """Follow and count one case.

        Raises:
            InvalidMapping: it has a priority that the policy does not know.
        """
        reading = self.judge.read(case)
        self.cases += 1
        self.events += reading.events
        for move in reading.moves:
            self.moves[move.source, move.target] += 1
        for broken in reading.violations:
            key = (broken.why, broken.source, broken.target)
            self.violations.setdefault(key, Tally()).add(reading.case)
        if reading.began_in != self.judge.policy.entry_tier:
            self.started_elsewhere.setdefault(reading.began_in, Tally()).add(reading.case)
        self.promises.add(reading)
        if reading.advised:
            count_deeds(self.deeds, reading, case)

    def merge(self, other: ReplayGatherer) -> None:
        """Add what was gathered over other cases."""
        self.cases += other.cases
        self.events += other.events
        self.moves.update(other.moves)
        for key, tally in other.violations.items():
            self.violations.setdefault(key, Tally()).merge(tally)
        for tier, tally in other.started_elsewhere.items():
            self.started_elsewhere.setdefault(tier, Tally()).merge(tally)
        self.promises.merge(other.promises)
        merge_deeds(self.deeds, other.deeds)

    def result(self, quality: DataQuality) -> Replay:
        """Return what was found; everything in an order of its own, whatever order the cases came in."""
        promises = attrs.evolve(self.promises, breaches=self.promises.breaches.ordered(_by_instant))
        return Replay(
            self.judge.policy,
            self.cases,
            self.events,
            dict(sorted(self.moves.items())),
            dict(sorted(self.violations.items())),
            dict(sorted(self.started_elsewhere.items())),
            promises,
            in_order(self.deeds),
            quality,
        )


def _by_instant(breach: Breach) -> tuple[int, str, str, int]:
    return breach.broken_us, *breach[:3]
