"""What is kept of tickets, and for how long: exporting, erasing, purging, making again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import TYPE_CHECKING, Any

from escalate.core.events import Event
from escalate.core.instants import as_us
from escalate.core.model import Actor, Ticket
from escalate.runtime.doors import known_actor
from escalate.stores.base import Rebuilt, Store
from escalate.stores.exporting import export

if TYPE_CHECKING:
    from escalate.runtime.visiting import Deed, Visit


class Keeping(ABC):
    """How every desk keeps house, whoever owns its tickets."""

    name: str
    _store: Store

    def export(self, ticket_id: str) -> dict[str, Any]:
        """Return all that is kept of a ticket, texts included, as tables that ``json.dumps`` takes.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        self.ticket(ticket_id)
        return export(self._store, self.name, ticket_id)

    def erase(self, ticket_id: str, *, by: Actor) -> tuple[Event, ...]:
        """Delete all that was written on a ticket, and journal it; what was decided stays as it is.

        Returns what happened: timers that fired first, and ``Erased``.

        Raises:
            UnknownTicket: The desk has no such ticket.
            BadInput: *by* is nobody in particular.
        """
        known_actor("erase.by", by)
        self.ticket(ticket_id)
        return tuple(self._visit(ticket_id, lambda visit: visit.erase(by)).events)

    def purge(self, before: datetime) -> tuple[str, ...]:
        """Delete the tickets that are resolved or closed and unchanged since *before*, without a trace.

        Refusals and failures of before go as well. Returns the tickets that are gone.

        Raises:
            NaiveInstant: *before* has no time zone.
        """
        return self._store.purge(self.name, before_us=as_us(before, "before"))

    def rebuild(self) -> Rebuilt:
        """Make every ticket, and when it is due, again from its journal; returns what was wrong."""
        return self._store.rebuild(self.name)

    @abstractmethod
    def ticket(self, ticket_id: str) -> Ticket:
        """Return the ticket as it is stored."""

    @abstractmethod
    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        """Visit a ticket: load it, let the deed happen, keep what came of it."""
