"""One case of a log through the engine: what its rows tell anew are facts that the ticket follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from escalate.core import advance, commands, facts, observe
from escalate.core.engine import Outcome
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.offline.log import Case, Row


def follow_case(case: Case, policy: EscalationPolicy) -> Iterator[tuple[Ticket, Event]]:
    """Yield the journal of *case* under *policy*, each event with the ticket after what caused it.

    The ticket goes where the log goes only if *policy* is advisory; rules and steps of another act.
    Timers run up to the last row: what comes after it the log does not say.
    """
    for outcome in _outcomes(case, policy):
        assert outcome.ticket is not None  # it was opened first
        for event in outcome.events:
            yield outcome.ticket, event


def journal_of(case: Case, policy: EscalationPolicy) -> list[Event]:
    """Return the events of :func:`follow_case`."""
    journal: list[Event] = []
    for outcome in _outcomes(case, policy):
        journal += outcome.events
    return journal


def _outcomes(case: Case, policy: EscalationPolicy) -> Iterator[Outcome]:
    first, last = case.rows[0], case.rows[-1]
    opened = commands.Open(case.id, tier=first.tier, priority=first.priority)
    outcome = observe(None, facts.Did(opened), policy, now=first.at)
    yield outcome
    ticket = outcome.ticket
    assert ticket is not None  # it was opened just now
    for row in case.rows:
        news = _news(row, ticket)
        # A row without news needs no look: timers are dated when they were due, whoever looks when.
        if news is not None:
            outcome = observe(ticket, news, policy, now=row.at)
            ticket = outcome.ticket or ticket
            yield outcome
    yield advance(ticket, policy, before=last.at)


def _news(row: Row, ticket: Ticket) -> facts.Seen | None:
    """Return what *row* shows and *ticket* does not know yet, if anything."""
    shown: dict[str, Any] = {}
    if row.meaning is not None and row.meaning is not ticket.status:
        shown["status"] = row.meaning
    if row.tier is not None and row.tier != ticket.tier:
        shown["tier"] = row.tier
    if row.priority is not None and row.priority != ticket.priority:
        shown["priority"] = row.priority
    return facts.Seen(**shown) if shown else None
