"""What a desk tells of its work: the reports that an :class:`Observer` hears, and the fields of log lines.

Both say what was kept, never what was only tried. An observer gets whole values, in this process. A log
line goes anywhere, so it holds no text that a person wrote, nobody's name, and no words of an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

import attrs

from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.instants import as_instant, show_instant
from escalate.core.model import Ticket
from escalate.runtime.notices import Notice
from escalate.stores.base import Refusal

FIELDS: Final[Mapping[str, str]] = {
    "what": "decided, fired, refused, delivered, failed, ticked or observer",
    "desk": "the name of the desk",
    "ticket_id": "the ticket it is about; empty if none",
    "tier": "the tier of the ticket afterwards",
    "event": "the name of what happened, such as Escalated",
    "number": "the number of that event in the ticket's journal",
    "at": "when it took effect, ISO 8601 in UTC",
    "by_kind": "who acted or asked: agent, customer, bot, rule or system; never who it is",
    "due_at": "when the timer or the notice was due, ISO 8601 in UTC",
    "late_s": "how many seconds after that it fired or was delivered",
    "clock": "the clock of a timer that fired",
    "target": "the target of a timer that fired",
    "step": "the step of a timer that fired; no field for the due instant itself",
    "rule": "the rule whose waiting was over",
    "asked": "the command that was refused, such as Escalate",
    "code": "the stable code of the refusal or the error; empty for an error that is not ours",
    "receiver": "the role that was told",
    "key": "the key of the notice, the same at every try",
    "tries": "how often it had failed before",
    "took_s": "how many seconds it took",
    "where": "what failed, such as listener 'sms'",
    "error": "the class of the error",
    "raised_at": "where in the code it was raised: file, line and function",
    "tickets": "to how many tickets something happened in a tick",
    "failed": "how many tickets a tick could not work on",
    "observer": "the observer that failed, hangs or has missed something",
    "missed": "how many reports it has missed",
}
"""The fields of log lines, which keep their names and meanings across releases. No line has them all."""

TIMERS: Final = (e.Breached, e.StepReached, e.IdleReached)


@attrs.frozen(kw_only=True)
class Decision:
    """Something happened to a ticket, and is journalled.

    Attributes:
        desk: The name of the desk.
        ticket: The ticket afterwards.
        events: What happened in one visit, oldest first.
        at_us: When the desk visited it, in microseconds since 1970 in UTC.
    """

    desk: str
    ticket: Ticket
    events: tuple[Event, ...]
    at_us: int = attrs.field(repr=show_instant)


@attrs.frozen(kw_only=True)
class Firing:
    """A timer fired: a due instant, a step of a target, or the end of a rule's waiting.

    Attributes:
        desk: The name of the desk.
        ticket: The ticket after the visit in which it fired.
        event: What is journalled, dated when it was due.
        late_s: How many seconds after that somebody came by; 0 or more.
    """

    desk: str
    ticket: Ticket
    event: e.Breached | e.StepReached | e.IdleReached
    late_s: float

    @property
    def due_at(self) -> datetime:
        """When it was due, in UTC."""
        return as_instant(due_us_of(self.event))


@attrs.frozen(kw_only=True)
class Rejection:
    """A command was refused.

    Attributes:
        desk: The name of the desk.
        refusal: Which, and why.
    """

    desk: str
    refusal: Refusal


@attrs.frozen(kw_only=True)
class Delivery:
    """A notice was carried, and is struck off the outbox.

    Attributes:
        desk: The name of the desk.
        notice: The notice.
        tries: How often it had failed before.
        late_s: How many seconds after its instant it went out; 0 or more.
        took_s: How many seconds carrying it took.
    """

    desk: str
    notice: Notice
    tries: int
    late_s: float
    took_s: float


@attrs.frozen(kw_only=True)
class Trouble:
    """Something failed, of the host or of the store, and cost no event.

    Attributes:
        desk: The name of the desk.
        ticket_id: The ticket it was about; empty if none.
        where: What failed, such as ``"listener 'sms'"``.
        error: With what. :class:`~escalate.errors.GivenUp` is a dead letter.
    """

    desk: str
    ticket_id: str
    where: str
    error: BaseException


@attrs.frozen(kw_only=True)
class Tick:
    """A tick came to its end.

    Attributes:
        desk: The name of the desk.
        tickets: The tickets to which something happened.
        failed: Those that could not be worked on.
        took_s: How many seconds it took.
    """

    desk: str
    tickets: tuple[str, ...]
    failed: tuple[str, ...]
    took_s: float


class Observer(Protocol):
    """Hears what a desk has done, once it is kept; inherit from it, and hear what you like.

    It runs in a thread of its own and hears one report after the other, in order. One that raises is
    logged; one that takes too long is left behind, and misses what does not fit into its queue. Neither
    costs an event or stops a tick. A host without ``on_commit`` may still roll back what it heard.

    >>> class Count(Observer):
    ...     late_s = 0.0
    ...
    ...     def fired(self, firing: Firing) -> None:
    ...         self.late_s = max(self.late_s, firing.late_s)
    """

    def decided(self, decision: Decision) -> None:
        """Something happened to a ticket: once for each visit that journalled anything."""

    def fired(self, firing: Firing) -> None:
        """A timer fired: once for each, after the decision that it is part of."""

    def refused(self, rejection: Rejection) -> None:
        """A command was refused."""

    def delivered(self, delivery: Delivery) -> None:
        """A notice was carried."""

    def failed(self, trouble: Trouble) -> None:
        """Something failed: a listener, a mail, a directory, a classifier, a ticket in a tick."""

    def ticked(self, tick: Tick) -> None:
        """A tick came to its end."""


def due_us_of(event: Event) -> int:
    """Return when the timer behind *event* was due, also if the journal had gone past that already."""
    return event.at_us if event.said_us is None else event.said_us
