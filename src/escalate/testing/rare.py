"""What is rare in a walk, so that a test can say how often its examples come upon it.

A law that was never asked at a timer's own instant has not been tested. ``hypothesis.event`` takes the
words that :func:`rarities` returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from escalate.core.clocks import Clock
from escalate.core.events import (
    Breached,
    Change,
    Event,
    IdleReached,
    Moved,
    MoveRefused,
    Promised,
    StatusChanged,
    StepReached,
)
from escalate.core.policy import EscalationPolicy
from escalate.testing.walks import Walk

RARITIES: Final = (
    "a deed at a timer's very instant",
    "two timers at one instant",
    "another target on a running clock",
    "a pause across closing time",
    "a reopening",
    "a late fact",
    "a move by a step or a rule",
    "a breach by a change",
    "a bounce",
    "an automatic move refused",
)
_TIMERS: Final = (Breached, StepReached, IdleReached)


def rarities(walk: Walk, policy: EscalationPolicy) -> tuple[str, ...]:
    """Return which of :data:`RARITIES` came about in *walk*, in their order.

    >>> from escalate.testing import walk
    >>> policy = EscalationPolicy("desk", ["N1", "N2"])
    >>> rarities(walk(policy, []), policy)
    ()
    """
    found = set(_of_strides(walk))
    for before, event in zip([None, *walk.journal], walk.journal, strict=False):
        found.update(_of_event(event, before, policy))
    return tuple(each for each in RARITIES if each in found)


def _of_strides(walk: Walk) -> Iterator[str]:
    for (_, before), (at, _) in zip(walk.outcomes, walk.outcomes[1:], strict=False):
        if before.due_at == at:
            yield "a deed at a timer's very instant"


def _of_event(event: Event, before: Event | None, policy: EscalationPolicy) -> Iterator[str]:
    if isinstance(event, Moved):
        yield from _of_move(event)
    elif isinstance(event, MoveRefused):
        yield "an automatic move refused"
    elif isinstance(event, StatusChanged) and event.source.is_done and not event.status.is_done:
        yield "a reopening"
    elif isinstance(event, Breached) and event.on_change:
        yield "a breach by a change"
    if event.said_us is not None and event.said_us < event.at_us:
        yield "a late fact"
    if isinstance(event, _TIMERS) and isinstance(before, _TIMERS) and event.at_us == before.at_us:
        yield "two timers at one instant"
    yield from _of_clocks(event, policy)


def _of_move(event: Moved) -> Iterator[str]:
    if event.by.kind in ("rule", "system"):
        yield "a move by a step or a rule"
    if event.bounce:
        yield "a bounce"


def _of_clocks(event: Event, policy: EscalationPolicy) -> Iterator[str]:
    for change, clock in event.clocks:
        if change is Change.RETARGET and not isinstance(event, Promised):
            yield "another target on a running clock"
        if change is Change.RESUME and _closes_meanwhile(clock, policy):
            yield "a pause across closing time"


def _closes_meanwhile(clock: Clock, policy: EscalationPolicy) -> bool:
    """Whether the desk was open for a part of the last pause that is over."""
    hours = policy.calendar(clock.calendar)
    spans = [(span.since_us, span.until_us) for span in clock.pauses if span.until_us is not None]
    return bool(spans) and 0 < hours.elapsed_us(*spans[-1]) < spans[-1][1] - spans[-1][0]
