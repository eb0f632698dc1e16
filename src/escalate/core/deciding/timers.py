"""Timers: what fires by itself, in which order, dated when it was due."""

from __future__ import annotations

from escalate.core.clockkinds import IDLE
from escalate.core.clocks import BREACH, Clock
from escalate.core.deciding.ruling import act_on_idle, act_on_step, settle
from escalate.core.deciding.working import SYSTEM, Working
from escalate.core.events import IdleReached


def catch_up(working: Working, before_us: int) -> None:
    """Fire every timer that lies before *before_us*, one at a time, the earliest first.

    Between two of them everything that the first sets off has its turn. One that lies at that very
    instant does not fire: an act at a timer's own instant wins.
    """
    while True:
        draft = working.draft
        if draft is None or draft.due_us is None or draft.due_us >= before_us:
            return
        _fire(working, _next(working, draft.due_us), draft.due_us)
        settle(working)


def _next(working: Working, at_us: int) -> Clock:
    """Return the clock whose timer fires first at *at_us*: by the declared order of targets."""
    due = [clock for clock in working.ticket.clocks.values() if clock.next_us == at_us]
    if len(due) == 1:
        return due[0]
    last = len(working.tables.order)
    return min(due, key=lambda clock: (working.tables.order.get(clock.target, last), clock.name))


def _fire(working: Working, clock: Clock, at_us: int) -> None:
    name = clock.next_name
    if name == BREACH:
        working.breach(clock, at_us)
    elif clock.name == IDLE:
        deed = working.tables.idle_rules[name]
        working.fire(clock, name, IdleReached(deed.name, at_us=at_us, by=SYSTEM))
        act_on_idle(working, deed, at_us)
    else:
        deed = working.tables.steps[name]
        if working.step_reached(clock, name, deed, at_us):
            act_on_step(working, deed, at_us)
