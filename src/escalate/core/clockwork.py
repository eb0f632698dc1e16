"""When clocks start, pause, resume and end: what one event does to all clocks of its ticket.

The arithmetic of one clock is in :mod:`escalate.core.clocks`. A ticket is looked at as the event leaves
it, so the target that applies is the one for where the ticket is now.
"""

from __future__ import annotations

from escalate.core import clocks
from escalate.core.clocks import Clock, ClockState, Terms
from escalate.core.compiled import Compiled
from escalate.core.events import Change, ClockChange, Event
from escalate.core.model import Draft, Status
from escalate.core.sla import ClockKind


def react(tables: Compiled, draft: Draft, event: Event, before: Status) -> tuple[ClockChange, ...]:
    """Return what *event* does to the clocks of *draft*, which it has already changed.

    Args:
        tables: The policy's tables.
        draft: The ticket as the event leaves it, its clocks still as they were.
        event: What happened.
        before: The status before it.
    """
    if draft.status.is_done:
        return () if before.is_done else _end_all(tables, draft, event)
    changes: list[ClockChange] = []
    for name, kind in tables.clocks.items():
        clock = draft.clocks.get(name)
        changes += _changes(tables, draft, event, before, (name, kind, clock))
    if len(changes) > 1:
        changes.sort(key=_journal_order)
    return tuple(changes)


def pick(tables: Compiled, draft: Draft, name: str) -> Terms:
    """Return the terms of the first target that matches *draft* on this clock."""
    return tables.ways(name, draft.tier)[0]


def terms_of(tables: Compiled, clock: Clock) -> Terms:
    """Return the terms that *clock* counts on."""
    return tables.terms_by_name[clock.name, clock.target, clock.calendar]


def _journal_order(change: ClockChange) -> int:
    return change[0]


def _end_all(tables: Compiled, draft: Draft, event: Event) -> tuple[ClockChange, ...]:
    resolved = draft.status is Status.RESOLVED
    changes = []
    for name, clock in draft.clocks.items():
        if clock.is_live:
            met = resolved and tables.clocks[name].met_by_resolving
            state = ClockState.MET if met else ClockState.CANCELLED
            ended = clocks.end(clock, event.at_us, state, draft.status, terms_of(tables, clock))
            changes.append((Change.STOP if met else Change.CANCEL, ended))
    changes.sort(key=_journal_order)
    return tuple(changes)


def _changes(
    tables: Compiled,
    draft: Draft,
    event: Event,
    before: Status,
    which: tuple[str, ClockKind, Clock | None],
) -> list[ClockChange]:
    """Return what *event* does to one clock of a ticket that is not done: one cycle may end, one go on."""
    name, kind, was = which
    at_us = event.at_us
    ended: list[ClockChange] = []
    change, clock = None, was
    if was is not None and not was.is_live and before.is_done and was.ended_by == Status.RESOLVED:
        change = Change.RESUME
        clock = clocks.revive(was, at_us, Status.RESOLVED, terms_of(tables, was))
    if clock is not None and clock.is_live:
        clock = _answered(event, kind, clock)
        word = _stopping_word(draft, event, kind, clock)
        if word:
            clock = clocks.end(clock, at_us, ClockState.MET, word, terms_of(tables, clock))
            ended.append((Change.STOP, clock))
    if (clock is None or not clock.is_live) and _starts(draft, event, before, kind):
        cycle = 1 if clock is None else clock.cycle + 1
        change, clock = Change.START, clocks.begin(name, cycle, at_us, pick(tables, draft, name))
    elif clock is not None and clock.is_live and event.touches:
        terms = pick(tables, draft, name)
        if terms.target != clock.target or terms.calendar != clock.calendar:
            change, clock = change or Change.RETARGET, clocks.retarget(clock, at_us, terms)
    if clock is None or not clock.is_live:
        return ended
    paused_or_resumed, clock = _pause_or_resume(tables, draft, at_us, clock)
    if clock is was:
        return ended
    return [*ended, (change or paused_or_resumed or Change.MARK, clock)]


def _answered(event: Event, kind: ClockKind, clock: Clock) -> Clock:
    if kind.met_by_answer and "replied" in event.words and not clock.answered:
        return clocks.answer(clock)
    return clock


def _stopping_word(draft: Draft, event: Event, kind: ClockKind, clock: Clock) -> str:
    if kind.met_by_answer and clock.answered and draft.status is Status.PENDING:
        return "answered"
    return min(event.words & kind.stops_on, default="")


def _starts(draft: Draft, event: Event, before: Status, kind: ClockKind) -> bool:
    if event.words & kind.starts_on:
        return True
    became_active = draft.status.category == "active" and before.category != "active"
    return kind.starts_when_active and became_active


def _pause_or_resume(
    tables: Compiled, draft: Draft, at_us: int, clock: Clock
) -> tuple[Change | None, Clock]:
    terms = terms_of(tables, clock)
    should_pause = draft.status in terms.pauses_in
    if should_pause and clock.state is ClockState.RUNNING:
        return Change.PAUSE, clocks.pause(clock, at_us, draft.status, terms)
    if not should_pause and clock.state is ClockState.PAUSED:
        return Change.RESUME, clocks.resume(clock, at_us, terms)
    return None, clock
