"""Promises kept and broken: every cycle counted by where it was decided, every breach kept as a row."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Final, NamedTuple

import attrs

from escalate.core.clocks import Clock
from escalate.core.instants import DAY_US, as_instant
from escalate.offline.replays.courses import Course, Reading
from escalate.offline.replays.rows import Rows

VERDICTS: Final = ("met", "breached", "cancelled", "running")
DECIDED: Final = ("met", "breached")


class Decided(NamedTuple):
    """Where and when cycles were decided; a running one is where the rows end, in no month."""

    target: str
    verdict: str
    tier: str
    priority: str
    month: str


class Breach(NamedTuple):
    """A promise that was broken. Instants are microseconds since the epoch.

    Attributes:
        case: The ticket.
        clock: Which clock, and ``cycle`` which time it ran on this ticket, from 1.
        target: The target that was broken.
        tier: Where the ticket was then, and ``priority`` how urgent.
        began_us: When the cycle began.
        due_us: The deadline that people were shown.
        broken_us: The instant after which it was broken: the deadline, or the next opening after it.
        ended_us: When what was promised was done after all; none if the rows end before.
        ended_by: By what, in a word.
        paused_us: The wall time of the pauses until then, which moved the deadline.
        warned_us: When the first step before the breach was reached; none if there was none.
        on_change: 1 if the clock became late because another target began to apply, else 0.
    """

    case: str
    clock: str
    cycle: int
    target: str
    tier: str
    priority: str
    began_us: int
    due_us: int | None
    broken_us: int
    ended_us: int | None
    ended_by: str
    paused_us: int
    warned_us: int | None
    on_change: int


_WORDS: Final = {"case", "clock", "target", "tier", "priority", "ended_by"}


def no_breaches() -> Rows[Breach]:
    """Return an empty table of breaches."""
    return Rows(Breach, words=_WORDS)


@attrs.define
class Alarm:
    """What became of the cycles in which a step was reached before they were decided.

    Attributes:
        verdicts: How many came to which verdict.
        before_us: How long before the breach it was reached, in each that was broken.
    """

    verdicts: Counter[str] = attrs.field(factory=Counter)
    before_us: array[int] = attrs.field(factory=lambda: array("q"))


@attrs.define
class Promises:
    """What was promised over a log, and what came of it.

    Attributes:
        cycles: How many cycles were decided where, by what :class:`Decided` names.
        breaches: Each breach.
        alarms: What steps would have warned of, by target and step.
    """

    cycles: Counter[tuple[str, str, str, str, str]] = attrs.field(factory=Counter)
    breaches: Rows[Breach] = attrs.field(factory=no_breaches)
    alarms: dict[str, Alarm] = attrs.field(factory=dict)
    _months: dict[int, str] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    def add(self, reading: Reading) -> None:
        """Count the cycles of one case."""
        for course in reading.courses:
            decided_us = course.decided_us
            month = "" if decided_us is None else self._month(decided_us)
            verdict = course.verdict
            self.cycles[course.target, verdict, course.tier, course.priority, month] += 1
            if course.broken is not None:
                self.breaches.append(_breach(reading.case[1], course))
            for at_us, name in course.warnings if course.steps else ():
                alarm = self.alarms.setdefault(name, Alarm())
                alarm.verdicts[verdict] += 1
                if course.broken is not None:
                    assert decided_us is not None  # its breach has an instant
                    alarm.before_us.append(decided_us - at_us)

    def merge(self, other: Promises) -> None:
        """Add what was counted over other cases."""
        self.cycles.update(other.cycles)
        self.breaches.extend(other.breaches)
        for name, alarm in other.alarms.items():
            mine = self.alarms.setdefault(name, Alarm())
            mine.verdicts.update(alarm.verdicts)
            mine.before_us.extend(alarm.before_us)

    def _month(self, at_us: int) -> str:
        day = at_us // DAY_US
        month = self._months.get(day)
        if month is None:
            month = self._months[day] = f"{as_instant(at_us):%Y-%m}"
        return month


def _breach(case: str, course: Course) -> Breach:
    late, now = course.broken, course.clock
    assert late is not None
    assert late.breached_us is not None
    warnings = course.warnings
    return Breach(
        case,
        late.name,
        late.cycle,
        course.target,
        course.tier,
        course.priority,
        late.started_us,
        late.due_us,
        late.breached_us,
        now.ended_us,
        now.ended_by,
        paused_until_breach_us(late),
        warnings[0][0] if warnings else None,
        course.on_change,
    )


def paused_until_breach_us(late: Clock) -> int:
    """Return the wall time of the pauses of a cycle until its breach fired.

    A clock that becomes late because another target applies may stand still at that instant.
    """
    assert late.breached_us is not None
    return sum(
        (late.breached_us if span.until_us is None else span.until_us) - span.since_us
        for span in late.pauses
    )
