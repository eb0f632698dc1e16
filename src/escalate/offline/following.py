"""One case of a log through the engine: what its rows tell anew are facts that the ticket follows."""

from __future__ import annotations

from collections.abc import Iterator

from escalate.core import advance, commands, facts, observe
from escalate.core.engine import Life, Outcome
from escalate.core.events import Event
from escalate.core.facts import UNKNOWN, Unknown
from escalate.core.model import Draft, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
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


def journal_of(case: Case, policy: EscalationPolicy) -> tuple[Event, ...]:
    """Return the events of :func:`follow_case`, in half the time: nobody looks at the ticket in between."""
    first, last = case.rows[0], case.rows[-1]
    life = Life(policy)
    life.observe_us(_opening(case), first.at_us)
    ticket = life.draft
    for row in case.rows:
        news = _news(row, ticket)
        if news is not None:
            life.observe_us(news, row.at_us)
    life.advance_us(last.at_us)
    return life.outcome().events


def _opening(case: Case) -> facts.Did:
    first = case.rows[0]
    return facts.Did(commands.Open(case.id, tier=first.tier, priority=first.priority))


def _outcomes(case: Case, policy: EscalationPolicy) -> Iterator[Outcome]:
    first, last = case.rows[0], case.rows[-1]
    outcome = observe(None, _opening(case), policy, now=first.at)
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


def _news(row: Row, ticket: Draft) -> facts.Seen | None:
    """Return what *row* shows and *ticket* does not know yet, if anything."""
    status: Status | Unknown = UNKNOWN
    tier: str | Unknown = UNKNOWN
    priority: str | Unknown = UNKNOWN
    if row.meaning is not None and row.meaning is not ticket.status:
        status = row.meaning
    if row.tier is not None and row.tier != ticket.tier:
        tier = row.tier
    if row.priority is not None and row.priority != ticket.priority:
        priority = row.priority
    if status is UNKNOWN and tier is UNKNOWN and priority is UNKNOWN:
        return None
    return facts.Seen(status=status, tier=tier, priority=priority)
