"""What happened to a ticket's clocks, in a few words."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from escalate.core.clocks import Clock
from escalate.core.events import Change, Event
from escalate.core.explained import local
from escalate.core.instants import as_instant
from escalate.core.worktime import WorkTime

CLOCK_WORDS: Final = {
    Change.STOP: "stops",
    Change.RESET: "begins again",
    Change.CANCEL: "is cancelled",
    Change.PAUSE: "pauses",
    Change.RESUME: "goes on",
    Change.START: "starts",
    Change.RETARGET: "has another target",
}


def tell_clocks(event: Event, zone: tzinfo) -> str:
    """Return what *event* did to clocks, or nothing if that is not worth a word."""
    told = (_tell_clock(change, clock, zone) for change, clock in event.clocks)
    return "; ".join(filter(None, told))


def _tell_clock(change: Change, clock: Clock, zone: tzinfo) -> str:
    if change not in CLOCK_WORDS:
        return ""
    text = f"{clock.name} {CLOCK_WORDS[change]}"
    if change in (Change.STOP, Change.CANCEL):
        verdict = "breached" if clock.breached else clock.state.value
        return f"{text}: {verdict}, {WorkTime(clock.used_us)} used"
    if change is Change.PAUSE:
        return f"{text} at {WorkTime(clock.used_us)}"
    if clock.due_us is None:
        return text
    return f"{text}, due {local(as_instant(clock.due_us), zone)}"
