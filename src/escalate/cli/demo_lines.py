"""What happened at the desk of the demo as lines of a story; the words are those of its events.

Why something happened is what the policy says of the rule, step or promise behind it, and what people gave as
a reason; nothing is known here of what the story is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from textwrap import wrap

from escalate.cli.demo_days import Deed
from escalate.cli.reasons import causes
from escalate.cli.text import printable
from escalate.core import events as e
from escalate.core.events import Change, Event
from escalate.core.instants import as_instant
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.offline.telling import tell

Texts = Mapping[tuple[int, str], str]

_QUOTED = ("subject", "text", "reason")
_LEAST = 40
_A_WEEK = timedelta(days=7)
_BEGINS = (Change.START, Change.RESUME)


def chapter(day: datetime) -> str:
    """Return the heading of a day.

    >>> chapter(datetime(2026, 11, 23))
    'Monday 23 November'
    """
    return f"{day:%A} {day.day} {day:%B}"


def lines_of(
    deed: Deed, policy: EscalationPolicy, texts: Texts, zone: tzinfo, width: int
) -> list[str]:
    """Return the lines that tell *deed*, each at most *width* letters: when, which ticket, what, and why."""
    head = f"{deed.at.astimezone(zone):%H:%M} {deed.ticket:<8}"
    told = printable(" ".join(_told(deed, policy, texts, zone)))
    return wrap(told, max(width, _LEAST), initial_indent=head, subsequent_indent=" " * 8)


def _told(deed: Deed, policy: EscalationPolicy, texts: Texts, zone: tzinfo) -> Iterator[str]:
    if deed.refusal is not None:
        yield f"{deed.by.id if deed.by else 'somebody'} is refused: {deed.refusal}"
        return
    fired = [event for event in deed.events if isinstance(event, e.RuleFired)]
    told = "; ".join(_sentence(event, texts) for event in deed.events if event not in fired)
    why = "; ".join(cause for event in fired for cause in causes(event, policy))
    yield f"{told}, because {why}" if why else told
    if clock := _clock(deed.events, zone):
        yield f"[{clock}]"


def _sentence(event: Event, texts: Texts) -> str:
    quoted = [text for field in _QUOTED if (text := texts.get((event.seq, field)))]
    return tell(event) + "".join(f': "{text}"' for text in quoted)


def _clock(happened: Iterable[Event], zone: tzinfo) -> str:
    """Return what is owed first after *happened*, or how what was owed ended; one clock of either."""
    after = {
        clock.name: (change, clock, event.at)
        for event in happened
        for change, clock in event.clocks
    }
    due = [
        (as_instant(clock.due_us), at)
        for change, clock, at in after.values()
        if change in _BEGINS and clock.due_us is not None
    ]
    if due:
        due_at, at = min(due)
        day = "%a" if due_at - at < _A_WEEK else "%a %d %b"
        return f"due {due_at.astimezone(zone):{day} %H:%M}"
    ended = [clock for change, clock, _ in after.values() if change is Change.STOP]
    clock = max(ended, key=lambda each: each.within_us or 0, default=None)
    if clock is None or clock.within is None:
        return ""
    verdict = "breached" if clock.breached else clock.state.value
    return f"{verdict} in {WorkTime(clock.used_us)}"
