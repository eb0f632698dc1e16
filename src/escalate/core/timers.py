"""Timers: what fires by itself, in which order, dated when it was due."""

from __future__ import annotations

from escalate.core.clocks import Clock
from escalate.core.working import Working


def catch_up(working: Working, before_us: int) -> None:
    """Fire every timer that lies before *before_us*, one at a time, the earliest first.

    One that lies at that very instant does not fire: an act at a timer's own instant wins.
    """
    while True:
        draft = working.draft
        if draft is None or draft.due_us is None or draft.due_us >= before_us:
            return
        clock = _next(working, draft.due_us)
        working.breach(clock.name, draft.due_us)


def _next(working: Working, at_us: int) -> Clock:
    """Return the clock whose timer fires first at *at_us*: by the declared order of targets."""
    assert working.draft is not None  # it has a timer
    due = [clock for clock in working.draft.clocks.values() if clock.next_us == at_us]
    if len(due) == 1:
        return due[0]
    return min(due, key=lambda clock: working.tables.order[clock.target])
