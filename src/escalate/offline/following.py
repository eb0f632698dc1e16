"""One case of a log through the engine: each of its rows is a fact that the ticket follows."""

from __future__ import annotations

from collections.abc import Iterator

from escalate.core import commands, facts, observe
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.offline.log import Case, Row


def follow_case(case: Case, policy: EscalationPolicy) -> Iterator[tuple[Ticket, Event]]:
    """Yield the journal of *case* under *policy*, each event with the ticket after its row.

    The ticket goes where the log goes only if *policy* is advisory; rules and steps of another act.
    """
    ticket: Ticket | None = None
    for row in case.rows:
        at = row.at
        for fact in _facts(row, case, ticket):
            outcome = observe(ticket, fact, policy, now=at)
            ticket = outcome.ticket
            assert ticket is not None  # the first fact opens it
            for event in outcome.events:
                yield ticket, event


def _facts(row: Row, case: Case, ticket: Ticket | None) -> list[facts.Fact]:
    """Return what *row* says that *ticket* does not know yet."""
    status = facts.UNKNOWN if row.meaning is None else row.meaning
    tier = facts.UNKNOWN if row.tier is None else row.tier
    if ticket is None:
        opened = commands.Open(case.id, tier=row.tier, priority=row.priority)
        return [facts.Did(opened), facts.Seen(status=status, tier=tier)]
    changed = row.priority is not None and row.priority != ticket.priority
    priority = row.priority if changed else None
    if priority is None:
        return [facts.Seen(status=status, tier=tier)]
    return [facts.Seen(status=status, tier=tier, priority=priority)]
