"""Clocks: what a promise counts, from start to met or cancelled, pauses left out.

A clock is a value; the functions here return its next value. When a clock starts, pauses or ends is
decided in :mod:`escalate.core.deciding.clockwork`; what it promises comes from :mod:`escalate.core.sla`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Final

import attrs

from escalate.core.amounts import When
from escalate.core.conditions import Condition, Opaque
from escalate.core.instants import as_instant, as_us, show_instant
from escalate.core.opentime.timeline import OpenTime
from escalate.core.sealing import Sealed, seal
from escalate.core.worktime import WorkTime

BREACH: Final = "breach"


class ClockState(StrEnum):
    """Where a clock is in its life. A breach is no state: a late reply still ends the clock."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


@attrs.frozen
class Pause:
    """A span that does not count. ``until_us`` is none while it lasts."""

    since_us: int = attrs.field(repr=show_instant)
    until_us: int | None = attrs.field(repr=show_instant)
    reason: str


@attrs.frozen
class Entry:
    """What a plan does once so much open time is used: the breach, or a deed, by name."""

    amount_us: int
    name: str


def in_order(within_us: int, steps: Iterable[tuple[When, str]]) -> tuple[Entry, ...]:
    """Return the plan of a promise: by amount, at equal amounts the breach first, then as declared.

    A step lies later than the start, however short the promise turns out to be.
    """
    entries = [Entry(max(1, at.amount_us(within_us)), name) for at, name in steps]
    return tuple(sorted([Entry(within_us, BREACH), *entries], key=lambda entry: entry.amount_us))


@attrs.frozen(kw_only=True, eq=False)
class Terms:
    """What a target says to a clock in one tier, ready to count with.

    Attributes:
        target: The target's name; none where no target matches and the clock only counts.
        calendar: The name of ``hours``.
        hours: When the clock's time runs.
        when: For which tickets they hold.
        within_us: Open microseconds promised.
        days: Working days promised instead; how much open time they are is known at the start.
        dates: The calendar that counts them.
        steps: The steps on the way, as (where, name).
        plan: The breach and the steps, by amount.
        pauses_in: The statuses in which the clock stands still.
        on_change: What becomes of the time used when a running clock comes to these terms.
        bots: Whether a bot's reply counts.
        reassign: Whether another assignee ends a cycle.
        passed_over: The targets that were tried before and did not match.
    """

    target: str | None
    calendar: str
    hours: OpenTime
    when: Condition | Opaque | None = None
    within_us: int | None = None
    days: int | None = None
    dates: OpenTime | None = None
    steps: tuple[tuple[When, str], ...] = ()
    plan: tuple[Entry, ...] = ()
    pauses_in: frozenset[str] = frozenset()
    on_change: str = "keep_start"
    bots: bool = False
    reassign: bool = False
    passed_over: tuple[str, ...] = ()

    def promise_us(self, start_us: int) -> int | None:
        """Return the open microseconds promised to a cycle that starts at *start_us*."""
        if self.days is None:
            return self.within_us
        # Only calendars that know dates come here; the policy has checked it.
        due = self.dates.deadline_days(as_instant(start_us), self.days)  # type: ignore[union-attr]
        return self.hours.elapsed_us(start_us, as_us(due))

    def plan_for(self, within_us: int | None) -> tuple[Entry, ...]:
        """Return the plan of a cycle that was promised *within_us*."""
        if within_us is None or within_us == self.within_us:
            return self.plan
        return in_order(within_us, self.steps)


@attrs.define
class OpenClock:
    """A clock while its next value is being worked out; :class:`Clock` tells the fields."""

    name: str
    cycle: int
    started_us: int = attrs.field(repr=show_instant)
    state: ClockState = ClockState.RUNNING
    calendar: str = ""
    target: str | None = None
    within_us: int | None = None
    used_us: int = 0
    since_us: int | None = attrs.field(default=None, repr=show_instant)
    due_us: int | None = attrs.field(default=None, repr=show_instant)
    next_us: int | None = attrs.field(default=None, repr=show_instant)
    next_name: str = ""
    fired: tuple[str, ...] = ()
    breached_us: int | None = attrs.field(default=None, repr=show_instant)
    ended_us: int | None = attrs.field(default=None, repr=show_instant)
    ended_by: str = ""
    pauses: tuple[Pause, ...] = ()
    answered: bool = False
    counted_us: int = attrs.field(default=0, repr=show_instant)
    carried_us: int = 0
    promised: bool = False
    told_to_pause: str = ""
    passed_over: tuple[str, ...] = ()
    disputed: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it runs or is paused."""
        return self.ended_us is None

    @property
    def breached(self) -> bool:
        """Whether it breached, whatever happened afterwards."""
        return self.breached_us is not None

    @property
    def within(self) -> WorkTime | None:
        """Open time promised, if a target applies."""
        return None if self.within_us is None else WorkTime(self.within_us)

    @property
    def started_at(self) -> datetime:
        """When this cycle began, in UTC."""
        return as_instant(self.started_us)

    @property
    def due_at(self) -> datetime | None:
        """The deadline that people are shown, in UTC."""
        return None if self.due_us is None else as_instant(self.due_us)

    @property
    def ended_at(self) -> datetime | None:
        """When this cycle was met or cancelled, in UTC."""
        return None if self.ended_us is None else as_instant(self.ended_us)


class Clock(Sealed, OpenClock):
    """One cycle of one clock.

    Attributes:
        name: Which clock, such as ``"ownership"``.
        cycle: Which time it runs on this ticket, from 1.
        state: See :class:`ClockState`.
        calendar: The name of the calendar that it counts in.
        target: The name of the target that applies; none while no target matches.
        within_us: Open microseconds promised; none without a target.
        used_us: Open microseconds used up to ``since_us``, or in all once it stands still.
        since_us: When the present run began; none while it stands still.
        due_us: The deadline that people are shown; none while paused or without a target.
        next_us: The instant after which ``next_name``, the next entry of its plan, fires.
        fired: The entries of its plan that have fired, by name.
        breached_us: When its breach fired, if it did.
        ended_us: When it was met or cancelled, and ``ended_by`` the word for what did it.
        pauses: The spans of this cycle that do not count, oldest first.
        answered: Whether the desk has replied in public in this cycle.
        counted_us: The instant from which its time counts: its start, unless another target began to
            apply that says otherwise; ``carried_us`` is what it brought along then.
        promised: Whether its due instant is a date that was promised, which no pause moves.
        told_to_pause: The word by which it was told to stand still, until it is told to go on.
        passed_over: The targets that were tried before and did not match.
        disputed: Whether something turned out later that would have changed it.
    """

    __slots__ = ()


_values = attrgetter(*(field.name for field in attrs.fields(OpenClock)))


def _schedule(clock: OpenClock, terms: Terms) -> None:
    """Set the due instant and the next timer of a clock that runs since ``since_us``."""
    assert clock.since_us is not None  # it runs
    if clock.promised and clock.due_us is not None:
        # The date stands, so what is left until then is what makes up the promise.
        left = _between_us(clock.since_us, clock.due_us, terms)
        clock.within_us = max(0, clock.used_us + left)
    elif clock.within_us is None:
        clock.due_us = None
    else:
        left = clock.within_us - clock.used_us
        if left >= 0 and terms.days is None:
            clock.due_us = terms.hours.deadline_us(clock.since_us, left)
        else:
            clock.due_us = _late_or_days_us(clock.since_us, left, terms)
    _schedule_next(clock, terms)


def _between_us(start_us: int, end_us: int, terms: Terms) -> int:
    """Return the open microseconds from one instant to another, negative if that lies before."""
    if end_us < start_us:
        return -terms.hours.elapsed_us(end_us, start_us)
    return terms.hours.elapsed_us(start_us, end_us)


def _late_or_days_us(since_us: int, left: int, terms: Terms) -> int:
    if left < 0:  # late on its new terms: its deadline lies in the past
        return terms.hours.start_for_us(since_us, -left)
    # A working day ends where the next one opens at the latest.
    return terms.hours.due_open_us(since_us, left)


def _schedule_next(clock: OpenClock, terms: Terms) -> None:
    """Set the next timer: the first entry of the plan that has not fired."""
    assert clock.since_us is not None  # only a running clock has a timer
    within_us, due_us = clock.within_us, clock.due_us
    for entry in terms.plan if within_us == terms.within_us else terms.plan_for(within_us):
        name = entry.name
        if name not in clock.fired:
            left = entry.amount_us - clock.used_us
            if name == BREACH and left > 0 and due_us is not None and not clock.promised:
                # As due_open_us, half the work.
                clock.next_us = terms.hours.next_open_us(due_us)
            else:
                clock.next_us = terms.hours.due_open_us(clock.since_us, max(0, left))
            clock.next_name = name
            return
    clock.next_us = None
    clock.next_name = ""


def begin(name: str, cycle: int, at_us: int, terms: Terms) -> Clock:
    """Return a clock that starts to run at *at_us* on *terms*."""
    clock = OpenClock(name, cycle, at_us)
    clock.calendar = terms.calendar
    clock.target = terms.target
    clock.within_us = terms.within_us if terms.days is None else terms.promise_us(at_us)
    clock.since_us = clock.counted_us = at_us
    clock.passed_over = terms.passed_over
    _schedule(clock, terms)
    return seal(clock, Clock)


def _stand_still(clock: OpenClock, at_us: int, terms: Terms) -> None:
    if clock.since_us is not None:
        clock.used_us += terms.hours.elapsed_us(clock.since_us, at_us)
        clock.since_us = None
    elif clock.pauses and clock.pauses[-1].until_us is None:
        last = clock.pauses[-1]
        clock.pauses = (*clock.pauses[:-1], Pause(last.since_us, at_us, last.reason))
    clock.next_us = None
    clock.next_name = ""


def pause(clock: Clock, at_us: int, reason: str, terms: Terms) -> Clock:
    """Return *clock* standing still from *at_us*: it has no due instant and cannot breach."""
    now = OpenClock(*_values(clock))
    _stand_still(now, at_us, terms)
    now.state = ClockState.PAUSED
    now.due_us = None
    now.pauses = (*now.pauses, Pause(at_us, None, reason))
    return seal(now, Clock)


def resume(clock: Clock, at_us: int, terms: Terms) -> Clock:
    """Return *clock* running again from *at_us*, due later by the open time of the pause."""
    now = OpenClock(*_values(clock))
    _stand_still(now, at_us, terms)
    now.state = ClockState.RUNNING
    now.since_us = at_us
    _schedule(now, terms)
    return seal(now, Clock)


def end(clock: Clock, at_us: int, state: ClockState, by: str, terms: Terms) -> Clock:
    """Return *clock* met or cancelled at *at_us*; it keeps the deadline it had."""
    now = OpenClock(*_values(clock))
    _stand_still(now, at_us, terms)
    now.state = state
    now.ended_us = at_us
    now.ended_by = by
    return seal(now, Clock)


def revive(clock: Clock, at_us: int, reason: str, terms: Terms) -> Clock:
    """Return an ended *clock* running again from *at_us*; the time since its end is a pause."""
    now = OpenClock(*_values(clock))
    assert now.ended_us is not None  # only ended clocks are revived
    now.pauses = (*now.pauses, Pause(now.ended_us, at_us, reason))
    now.state = ClockState.RUNNING
    now.ended_us = None
    now.ended_by = ""
    now.since_us = at_us
    _schedule(now, terms)
    return seal(now, Clock)


def retarget(clock: Clock, at_us: int, old: Terms, terms: Terms) -> Clock:
    """Return a live *clock* on other *terms* from *at_us*; what fired stays fired.

    ``keep_start`` counts as if it had run on them from its start, its pauses left out in the new
    calendar; ``carry_fraction`` brings along the share that was used; ``restart`` nothing.
    """
    now = OpenClock(*_values(clock))
    used_us = clock.used_us
    if clock.since_us is not None:
        used_us += old.hours.elapsed_us(clock.since_us, at_us)
    now.target = terms.target
    now.calendar = terms.calendar
    now.passed_over = terms.passed_over
    now.promised = False
    anew = terms.on_change == "restart"
    now.within_us = terms.promise_us(at_us if anew else clock.started_us)
    if anew:
        now.counted_us, now.carried_us, now.used_us = at_us, 0, 0
    elif terms.on_change == "carry_fraction" and clock.within_us and now.within_us is not None:
        now.counted_us = at_us
        now.carried_us = now.used_us = used_us * now.within_us // clock.within_us
    else:
        now.counted_us, now.carried_us = clock.started_us, 0
        paused = paused_us(now, at_us, terms)
        now.used_us = terms.hours.elapsed_us(clock.started_us, at_us) - paused
    _pass_by_all_but_the_highest(now, terms)
    if clock.since_us is not None:
        now.since_us = at_us
        _schedule(now, terms)
    return seal(now, Clock)


def carry_over(clock: Clock, at_us: int, old: Terms, terms: Terms) -> Clock:
    """Return a live *clock* on other *terms* from *at_us* with all it has used; a promised date stands."""
    now = OpenClock(*_values(clock))
    if now.since_us is not None:
        now.used_us += old.hours.elapsed_us(now.since_us, at_us)
        now.since_us = at_us
    now.target = terms.target
    now.calendar = terms.calendar
    now.passed_over = terms.passed_over
    if now.since_us is not None:
        _schedule(now, terms)
        if now.promised:
            _pass_by_all_but_the_highest(now, terms)
            _schedule_next(now, terms)
    return seal(now, Clock)


def restore(clock: Clock, was: Clock, left_us: int, at_us: int, terms: Terms) -> Clock:
    """Return *clock* at *at_us* as if it had never left, at *left_us*, the *terms* on which it *was*.

    Its pauses since then do not count; if it was ended for as long, that is one of them. What has fired
    stays fired.
    """
    now = OpenClock(*_values(clock))
    if now.ended_us is not None:
        if now.ended_us < at_us:
            now.pauses = (*now.pauses, Pause(now.ended_us, at_us, now.ended_by))
        now.state, now.ended_us, now.ended_by = ClockState.RUNNING, None, ""
    now.target, now.calendar, now.within_us = was.target, was.calendar, was.within_us
    now.counted_us, now.carried_us = was.counted_us, was.carried_us
    now.promised, now.due_us, now.passed_over = was.promised, was.due_us, was.passed_over
    now.fired = (*was.fired, *(name for name in clock.fired if name not in was.fired))
    since_us = left_us if was.since_us is None else was.since_us
    paused_us = sum(
        terms.hours.elapsed_us(
            max(span.since_us, since_us),
            max(at_us if span.until_us is None else span.until_us, since_us),
        )
        for span in now.pauses
    )
    now.used_us = was.used_us + terms.hours.elapsed_us(since_us, at_us) - paused_us
    _pass_by_all_but_the_highest(now, terms)
    if now.state is ClockState.RUNNING:
        now.since_us = at_us
        _schedule(now, terms)
        if not paused_us and was.due_us is not None:
            now.due_us = was.due_us  # a deadline that is over lies at the same edge of the day
    else:
        now.since_us = now.due_us = now.next_us = None
        now.next_name = ""
    return seal(now, Clock)


def paused_us(clock: OpenClock, until_us: int, terms: Terms) -> int:
    """Return the open microseconds of the pauses of *clock* since ``counted_us``, up to *until_us*."""
    return sum(
        terms.hours.elapsed_us(
            max(span.since_us, clock.counted_us),
            max(until_us if span.until_us is None else span.until_us, clock.counted_us),
        )
        for span in clock.pauses
    )


def promise(clock: Clock, at_us: int, due_us: int, terms: Terms) -> Clock:
    """Return a live *clock* that is due at the date *due_us*, promised at *at_us*; no pause moves it."""
    now = OpenClock(*_values(clock))
    _stand_still(now, at_us, terms)
    now.state = ClockState.RUNNING
    now.promised = True
    now.since_us = at_us
    now.due_us = due_us
    _schedule(now, terms)
    _pass_by_all_but_the_highest(now, terms)
    _schedule_next(now, terms)
    return seal(now, Clock)


def _pass_by_all_but_the_highest(clock: OpenClock, terms: Terms) -> None:
    """Of the steps that new terms have already passed, let only the highest run."""
    passed = [name for name in overdue(clock, terms) if name != BREACH]
    clock.fired = (*clock.fired, *passed[:-1])


def overdue(clock: OpenClock, terms: Terms) -> tuple[str, ...]:
    """Return the entries of its plan that *clock* has passed without their firing, in plan order.

    Time passing brings no clock there, but other terms can.
    """
    return tuple(
        entry.name
        for entry in terms.plan_for(clock.within_us)
        if entry.amount_us < clock.used_us and entry.name not in clock.fired
    )


def fire(clock: Clock, name: str, at_us: int, terms: Terms) -> Clock:
    """Return *clock* after the entry *name* of its plan has fired at *at_us*."""
    now = OpenClock(*_values(clock))
    if name == BREACH:
        now.breached_us = at_us
    now.fired = (*now.fired, name)
    if now.since_us is not None:
        _schedule_next(now, terms)
    return seal(now, Clock)


def answer(clock: Clock) -> Clock:
    """Return *clock* knowing that the desk has replied in its cycle."""
    now = OpenClock(*_values(clock))
    now.answered = True
    return seal(now, Clock)


def told(clock: Clock, word: str) -> Clock:
    """Return *clock* told to stand still by *word*, or told to go on by none."""
    now = OpenClock(*_values(clock))
    now.told_to_pause = word
    return seal(now, Clock)


def dispute(clock: Clock) -> Clock:
    """Return *clock* marked as one that something seen too late would have changed."""
    now = OpenClock(*_values(clock))
    now.disputed = True
    return seal(now, Clock)
