"""Events as sentences that a support lead reads."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import singledispatch
from typing import Final

from escalate.core import events as e
from escalate.core.clocks import Clock
from escalate.core.events import Change, Event
from escalate.core.instants import as_instant
from escalate.core.worktime import WorkTime

CLOCK_WORDS: Final = {
    Change.STOP: "stops",
    Change.CANCEL: "is cancelled",
    Change.PAUSE: "pauses",
    Change.RESUME: "goes on",
    Change.START: "starts",
    Change.RETARGET: "has another target",
}


def local(at: datetime, zone: tzinfo) -> str:
    """Return *at* as people in *zone* would say it."""
    return f"{at.astimezone(zone):%a %d %b %H:%M}"


@singledispatch
def tell(event: Event) -> str:
    """Return what happened, as a sentence."""
    return f"{_who(event)}: {type(event).__name__}"


@tell.register
def _opened(event: e.Opened) -> str:
    return f"arrives by {event.channel or 'hand'} in {event.tier}, priority {event.priority}"


@tell.register
def _taken(event: e.Taken) -> str:
    return f"{_who(event)} takes it"


@tell.register
def _replied(event: e.Replied) -> str:
    then = {"pending": " and waits for the customer", "resolved": " and resolves it"}
    changed = event.status is not event.source
    return f"{_who(event)} answers{then.get(event.status, '') if changed else ''}"


@tell.register
def _customer_replied(event: e.CustomerReplied) -> str:
    what = {"resolved": ", which reopens it", "pending": ", which ends the wait"}
    return f"the customer writes{what.get(event.source, '')}"


@tell.register
def _status(event: e.StatusChanged) -> str:
    return f"{_who(event)}: {event.source} > {event.status}"


@tell.register
def _moved(event: e.Moved) -> str:
    verb = {"escalate": "escalates", "return": "returns", "transfer": "transfers"}[event.kind]
    return f"{_who(event)} {verb} it, {event.source} > {event.target}"


@tell.register
def _breached(event: e.Breached) -> str:
    return f"the promise {event.target!r} is broken"


def tell_clock(change: Change, clock: Clock, zone: tzinfo) -> str:
    """Return what happened to a clock, or nothing if it is not worth a word."""
    if change not in CLOCK_WORDS:
        return ""
    text = f"{clock.name} {CLOCK_WORDS[change]}"
    if change in (Change.STOP, Change.CANCEL):
        verdict = "breached" if clock.breached else clock.state.value
        return f"{text}: {verdict}, {WorkTime(clock.used_us)} used"
    if change is Change.PAUSE:
        return f"{text} at {WorkTime(clock.used_us)}"
    return text if clock.due_us is None else f"{text}, due {local(as_instant(clock.due_us), zone)}"


def _who(event: Event) -> str:
    return event.by.id or {"customer": "the customer", "system": "the clock"}.get(
        event.by.kind, f"an {event.by.kind}"
    )
