"""Two policies over one log: which tickets they judge differently, why, and how sure that is.

Both only advise, so the tickets do the same under both: each is its own pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import cached_property
from typing import Any, Final, NamedTuple

import attrs

from escalate.core.deciding.clockwork import base_name
from escalate.core.policy import EscalationPolicy
from escalate.offline.figures.values import Chapter
from escalate.offline.gathering import Progress, Source, gather
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.replays.courses import Course, Reading
from escalate.offline.replays.gathering import Judge
from escalate.offline.replays.reasons import reason
from escalate.offline.replays.rows import Rows
from escalate.offline.replays.stories import story
from escalate.offline.reporting.notebooks import Chaptered

KEPT: Final = "kept"
BROKEN: Final = "broken"
OPEN: Final = "undecided"
ABSENT: Final = "none"
_WORST_FIRST: Final = (BROKEN, KEPT, OPEN, ABSENT)
_SHOWN: Final = 20
_VERDICTS: Final = {"met": KEPT, "breached": BROKEN, "cancelled": OPEN, "running": OPEN}


class Change(NamedTuple):
    """A cycle of a clock that the two policies judge differently.

    Attributes:
        case: The ticket.
        clock: Which clock, and ``cycle`` which time it ran on this ticket, from 1.
        was: The verdict under the first: kept, broken, undecided (cancelled, or still running), or none
            where no such cycle runs or no target applies.
        now: The verdict under the second.
        first: The target that applied under the first; empty if there was no cycle.
        second: The target that applied under the second.
        first_due_us: The deadline under the first, in microseconds since the epoch; none if it had none.
        second_due_us: The deadline under the second.
        why: The terms in which they differ, as ``what: first > second``.
    """

    case: str
    clock: str
    cycle: int
    was: str
    now: str
    first: str
    second: str
    first_due_us: int | None
    second_due_us: int | None
    why: str


_WORDS: Final = {"case", "clock", "was", "now", "first", "second", "why"}
Pair = tuple[str, str]
"""The verdict under the first policy, and under the second."""


@attrs.frozen
class Comparison(Chaptered):
    """What two policies make of one log.

    Attributes:
        first: The first policy, and ``second`` the one that it is compared with.
        cases: Tickets that were followed under both.
        tickets: For each clock, how many tickets came to which pair of verdicts; a ticket's verdict is the
            worst of its cycles, and a broken promise the worst of all.
        targets: For each pair of targets, how many cycles came to which pair of verdicts.
        changes: Every cycle that they judge differently, by ticket.
        quality: What the log could not say.
    """

    first: EscalationPolicy
    second: EscalationPolicy
    cases: int
    tickets: Mapping[str, Mapping[Pair, int]]
    targets: Mapping[tuple[str, str], Mapping[Pair, int]]
    changes: Rows[Change]
    quality: DataQuality

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """The same as a chapter of figures, each with its definition."""
        from escalate.offline.replays.comparison import chapters_of

        return chapters_of(self)

    def story(self, case: Case) -> str:
        """Return what each of the policies makes of *case*, line by line."""
        return "\n\n".join(story(case, policy) for policy in (self.first, self.second))

    def to_json(self) -> dict[str, Any]:
        """Return the figures, and the first changes, as plain values."""
        return {
            "first": {"name": self.first.name, "version": self.first.version},
            "second": {"name": self.second.name, "version": self.second.version},
            "cases": self.cases,
            "chapters": {chapter.key: chapter.to_json() for chapter in self.chapters},
            "changes": {
                "count": len(self.changes),
                "first": [each._asdict() for each in self.changes[:_SHOWN]],
            },
        }


def compare(
    source: Source,
    a: EscalationPolicy,
    b: EscalationPolicy,
    *,
    executor: Executor | None = None,
    progress: Progress = iter,
) -> Comparison:
    """Run every case of *source* through the engine under *a* and under *b*, and return where they differ.

    Args:
        source: What happened: a log in memory, or all shards of one.
        a: The first policy, such as the one of today.
        b: The one that it is compared with.
        executor: Where shards are read and replayed; under the terms of :func:`~escalate.offline.replay`.
        progress: Wraps the cases of a log in memory as they are replayed.

    Raises:
        InvalidMapping: The log has a priority that one of the policies does not know.
        BadInput: An executor was given with a log in memory, or shards are missing.

    >>> from escalate import EscalationPolicy, SLAPolicy, Target
    >>> from escalate.offline.log import Case, Log, Row
    >>> log = Log((Case("17", (Row(0, "N1"), Row(7_200_000_000, "N1"))),))
    >>> slow, quick = (
    ...     EscalationPolicy("desk", ["N1"], sla=SLAPolicy([Target("resolution", within, default=True)]))
    ...     for within in ("3h", "1h")
    ... )
    >>> [change] = compare(log, slow, quick).changes
    >>> change.was, change.now, change.why
    ('undecided', 'broken', 'within: 3h > 1h')
    """
    empty = ComparisonGatherer(Judge(a), Judge(b))
    whole, quality = gather(source, empty, executor=executor, progress=progress)
    return whole.result(quality)


def _no_changes() -> Rows[Change]:
    return Rows(Change, words=_WORDS)


@attrs.define
class ComparisonGatherer:
    """What :class:`Comparison` tells, so far."""

    first: Judge
    second: Judge
    cases: int = 0
    tickets: Counter[tuple[str, Pair]] = attrs.field(factory=Counter)
    targets: Counter[tuple[tuple[str, str], Pair]] = attrs.field(factory=Counter)
    changes: Rows[Change] = attrs.field(factory=_no_changes)

    def add(self, case: Case) -> None:
        """Follow one case under both.

        Raises:
            InvalidMapping: it has a priority that one of them does not know.
        """
        self.cases += 1
        ones, others = (_by_cycle(judge.read(case)) for judge in (self.first, self.second))
        worst: dict[str, Pair] = {}
        for key in dict.fromkeys([*ones, *others]):
            one, other = ones.get(key), others.get(key)
            pair = _verdict(one), _verdict(other)
            if pair == (ABSENT, ABSENT):
                continue
            course = one or other
            assert course is not None  # one of them has it
            clock = base_name(course.clock)
            was = worst.get(clock, (ABSENT, ABSENT))
            worst[clock] = (_worse(was[0], pair[0]), _worse(was[1], pair[1]))
            names = _target(one), _target(other)
            self.targets[names, pair] += 1
            if pair[0] != pair[1]:
                why = reason(self.first.policy, self.second.policy, one, other)
                change = Change(case.id, *key, *pair, *names, _due_us(one), _due_us(other), why)
                self.changes.append(change)
        for clock, pair in worst.items():
            self.tickets[clock, pair] += 1

    def merge(self, other: ComparisonGatherer) -> None:
        """Add what was gathered over other cases."""
        self.cases += other.cases
        self.tickets.update(other.tickets)
        self.targets.update(other.targets)
        self.changes.extend(other.changes)

    def result(self, quality: DataQuality) -> Comparison:
        """Return what was found, in an order of its own, whatever order the cases came in."""
        tickets: dict[str, dict[Pair, int]] = {}
        for (clock, pair), count in sorted(self.tickets.items()):
            tickets.setdefault(clock, {})[pair] = count
        targets: dict[tuple[str, str], dict[Pair, int]] = {}
        for (names, pair), count in sorted(self.targets.items()):
            targets.setdefault(names, {})[pair] = count
        changes = self.changes.ordered(lambda change: change[:3])
        first, second = self.first.policy, self.second.policy
        return Comparison(first, second, self.cases, tickets, targets, changes, quality)


def _by_cycle(reading: Reading) -> dict[tuple[str, int], Course]:
    return {(course.clock.name, course.clock.cycle): course for course in reading.courses}


def _verdict(course: Course | None) -> str:
    """Return the verdict in the words of a comparison; a clock that nothing is promised on has none."""
    if course is None or (course.broken is None and course.clock.target is None):
        return ABSENT
    return _VERDICTS[course.verdict]


def _worse(one: str, other: str) -> str:
    return min(one, other, key=_WORST_FIRST.index)


def _due_us(course: Course | None) -> int | None:
    return None if course is None else course.due_us


def _target(course: Course | None) -> str:
    return "" if course is None else course.target
