"""Journals as plain rows, one an event: what reports, studies and replays read.

Every row has the same keys, and every value is a text, a number, true, false or none, so that rows go
into a CSV file or a dataframe as they are. Instants are ISO 8601 in UTC. There are no texts of tickets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from escalate.core import events as e
from escalate.core.engine import evolve
from escalate.core.events import Event
from escalate.core.model import Ticket

Row = dict[str, Any]

COLUMNS: Final = {
    "ticket": "the ticket's id",
    "number": "the number of the event in its journal, from 1",
    "at": "when it took effect",
    "event": "what happened, such as Opened or Escalated",
    "by_kind": "who acted: agent, customer, bot, rule or system",
    "by": "the host's key for them, or the name of the rule or step; empty if it does not matter",
    "status": "the status afterwards",
    "tier": "the tier that owns the ticket afterwards",
    "priority": "its priority afterwards",
    "assignee": "who works on it afterwards; none if nobody",
    "request_type": "which request of the protocol it is, if known",
    "channel": "how it came in, if known",
    "policy": "name and version of its policy",
    "from_tier": "the tier that a move leaves; none if the event is no move",
    "clock": "the clock of a breach, step or promise",
    "target": "the target of a breach or step",
    "about": "what else: a step, rule, receiver, milestone, attempt, tag, field or reason",
    "worked": "whether an attempt worked",
    "classified": "the tier that a classifier named",
    "confidence": "how sure it was",
}
"""What each key of a row means, in the order of the keys."""

_ABOUT: Final = (
    "step",
    "rule",
    "receiver",
    "milestone",
    "tag",
    "name",
    "why",
    "other",
    "request",
    "score",
    "about",
)


def rows(journal: Iterable[Event]) -> Iterator[Row]:
    """Yield the rows of one ticket's whole journal, oldest first."""
    ticket: Ticket | None = None
    for event in journal:
        ticket = evolve(ticket, event)
        yield _row(ticket, event)


def _row(ticket: Ticket, event: Event) -> Row:
    verdict = event.verdict if isinstance(event, e.Classified) else None
    values = {
        "ticket": ticket.id,
        "number": event.seq,
        "at": event.at.isoformat(),
        "event": type(event).__name__,
        "by_kind": event.by.kind,
        "by": event.by.id,
        "status": ticket.status.value,
        "tier": ticket.tier,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "request_type": ticket.request_type,
        "channel": ticket.channel,
        "policy": " ".join(ticket.policy),
        "from_tier": event.source if isinstance(event, e.Moved) else None,
        "clock": getattr(event, "clock", None),
        "target": getattr(event, "target", None) if hasattr(event, "clock") else None,
        "about": _about(event),
        "worked": event.attempt.worked if isinstance(event, e.AttemptRecorded) else None,
        "classified": None if verdict is None else verdict.tier,
        "confidence": None if verdict is None else verdict.confidence,
    }
    return {key: values[key] for key in COLUMNS}


def _about(event: Event) -> str | None:
    if isinstance(event, e.AttemptRecorded):
        return event.attempt.what
    found = (getattr(event, name, None) for name in _ABOUT)
    return next((str(each) for each in found if each is not None), None)
