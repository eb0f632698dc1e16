"""One case's journal, read once: the course of each cycle of a clock, and what would have been done.

Nothing is judged here: verdicts, instants and targets are those that the engine wrote down.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from escalate.core.clockkinds import IDLE
from escalate.core.clocks import Clock
from escalate.core.events import (
    Advised,
    Breached,
    Event,
    Moved,
    Opened,
    PathViolated,
    PrioritySet,
    StepReached,
)

PEOPLE: Final = frozenset({"agent", "customer"})


class Course:
    """The course of one cycle of one clock.

    Attributes:
        clock: The cycle as the journal leaves it.
        broken: The cycle as its breach fired; none if it never did.
        target: The target that was broken, else the one that the cycle came to last; a clock without one
            is called so.
        tier: Where the ticket was as the cycle was decided: when its breach fired, else right before it
            ended, else, if it still runs, at the last row.
        priority: The ticket's priority at that time.
        on_change: Whether it became late because another target began to apply.
        steps: The steps that were reached and whose condition held, as (instant, name), oldest first.
    """

    __slots__ = ("broken", "clock", "on_change", "priority", "steps", "target", "tier")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.broken: Clock | None = None
        self.target = ""
        self.tier = self.priority = ""
        self.on_change = False
        self.steps: list[tuple[int, str]] = []

    @property
    def verdict(self) -> str:
        """Met in time, breached, cancelled, or running at the last row.

        A reopening withdraws a verdict, so the last word counts; but a promise that was broken stays broken.
        """
        if self.broken is not None:
            return "breached"
        return "running" if self.clock.ended_us is None else self.clock.state.value

    @property
    def decided_us(self) -> int | None:
        """When the breach fired, else when the cycle ended; none while it runs."""
        return self.clock.ended_us if self.broken is None else self.broken.breached_us

    @property
    def due_us(self) -> int | None:
        """The deadline that people were shown as the cycle was decided; none without a target."""
        return (self.clock if self.broken is None else self.broken).due_us

    @property
    def warnings(self) -> list[tuple[int, str]]:
        """The steps that were reached before the breach; all of them if there is none."""
        if self.broken is None or self.broken.breached_us is None:
            return self.steps
        until_us = self.broken.breached_us
        return [(at_us, name) for at_us, name in self.steps if at_us < until_us]


class Reading:
    """What a journal says.

    Attributes:
        case: The case's first instant and id.
        events: How many events it has.
        moves: The moves, oldest first.
        violations: What the policy does not allow.
        advised: What rules and steps would have done, as (place in the journal, event).
        acts: What people did, as (place in the journal, instant, the tier that they moved it to).
        tier: Where the ticket is in the end; ``began_in`` where it was at first.
    """

    __slots__ = (
        "_cycles",
        "_priority",
        "acts",
        "advised",
        "began_in",
        "case",
        "events",
        "moves",
        "tier",
        "violations",
    )

    def __init__(self, case: tuple[int, str], journal: Iterable[Event]) -> None:
        self.case = case
        self.events = 0
        self.moves: list[Moved] = []
        self.violations: list[PathViolated] = []
        self.advised: list[tuple[int, Advised]] = []
        self.acts: list[tuple[int, int, str]] = []
        self.tier = self.began_in = self._priority = ""
        self._cycles: dict[tuple[str, int], Course] = {}
        for event in journal:
            self.events += 1
            for _, clock in event.clocks:
                if clock.name != IDLE:
                    self._changed(clock)
            note = _NOTES.get(type(event))
            if note is not None:
                note(self, event)
            elif event.by.kind in PEOPLE:
                self._acted(event)
        for course in self._cycles.values():
            clock = course.clock
            if course.broken is None:
                course.target = clock.target or f"{clock.name}, no target"
                if clock.ended_us is None:
                    course.tier, course.priority = self.tier, self._priority

    @property
    def courses(self) -> Collection[Course]:
        """The cycles of its clocks, in the order in which they began."""
        return self._cycles.values()

    def _changed(self, clock: Clock) -> None:
        key = clock.name, clock.cycle
        course = self._cycles.get(key)
        if course is None:
            course = self._cycles[key] = Course(clock)
        course.clock = clock
        if clock.ended_us is not None and course.broken is None:
            course.tier, course.priority = self.tier, self._priority

    def _opened(self, event: Opened) -> None:
        self.tier = self.began_in = event.tier
        self._priority = event.priority

    def _acted(self, event: Event) -> None:
        moved_to = ""
        if isinstance(event, Moved):
            self.moves.append(event)
            self.tier = moved_to = event.target
        elif isinstance(event, PrioritySet):
            self._priority = event.priority
        self.acts.append((self.events, event.at_us, moved_to))

    def _breached(self, event: Breached) -> None:
        late = event.clocks[0][1]
        course = self._cycles[late.name, late.cycle]
        course.broken, course.target, course.on_change = late, event.target, event.on_change
        course.tier, course.priority = self.tier, self._priority

    def _reached(self, event: StepReached) -> None:
        if event.held:
            clock = event.clocks[0][1]
            steps = self._cycles[clock.name, clock.cycle].steps
            steps.append((event.at_us, f"{event.target}: {event.step}"))

    def _violated(self, event: PathViolated) -> None:
        self.violations.append(event)

    def _advised(self, event: Advised) -> None:
        self.advised.append((self.events, event))


_NOTES: Final[dict[type[Event], Callable[[Reading, Any], None]]] = {
    Opened: Reading._opened,
    Breached: Reading._breached,
    StepReached: Reading._reached,
    PathViolated: Reading._violated,
    Advised: Reading._advised,
}
