"""What a store in SQL reads: one ticket, and many of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.sealing import FrozenDict
from escalate.errors import BrokenDocument, NewerDocument
from escalate.stores import documents as d
from escalate.stores.asking import Asking
from escalate.stores.base import Errand, Held, Stored, Texts

_log: Final = logging.getLogger("escalate")


class Reading(Asking):
    """Reads and changes nothing; :class:`~escalate.stores.base.Store` says what each call gives."""

    def load(self, desk: str, ticket_id: str) -> Stored:
        """Return the ticket as it is."""
        return self._load(desk, ticket_id) or Stored()

    def events(
        self, desk: str, ticket_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Event, ...]:
        """Return the journal of a ticket."""
        first, only = ("", ()) if limit is None else (" LIMIT ?", (limit,))
        rows = self._rows(
            "SELECT number, document FROM escalate_events"  # noqa: S608 - words of ours
            f" WHERE desk = ? AND ticket = ? AND number > ? ORDER BY number{first}",
            desk,
            ticket_id,
            after,
            *only,
        )
        return tuple(
            d.read_event(text, f"ticket {ticket_id!r}, event {number}") for number, text in rows
        )

    def texts(self, desk: str, ticket_id: str) -> Texts:
        """Return the free texts of a ticket."""
        rows = self._rows(
            "SELECT number, field, document FROM escalate_texts WHERE desk = ? AND ticket = ?"
            " ORDER BY number, field",
            desk,
            ticket_id,
        )
        return FrozenDict(
            {
                (number, field): d.read_text(text, f"ticket {ticket_id!r}, {field} of {number}")
                for number, field, text in rows
            }
        )

    def errands(self, desk: str, ticket_id: str) -> tuple[Errand, ...]:
        """Return what is still to be done for a ticket."""
        rows = self._rows(
            "SELECT number, kind, at_us, tries FROM escalate_errands"
            " WHERE desk = ? AND ticket = ? ORDER BY number",
            desk,
            ticket_id,
        )
        return tuple(Errand(*row) for row in rows)

    def held(self, desk: str, ticket_id: str | None = None) -> tuple[Held, ...]:
        """Return the facts that are held."""
        which, values = ("", ()) if ticket_id is None else (" AND ticket = ?", (ticket_id,))
        rows = self._rows(
            f"SELECT ticket, number, at_us, document FROM escalate_held WHERE desk = ?{which}"  # noqa: S608
            " ORDER BY ticket, number DESC",
            desk,
            *values,
        )
        return tuple(
            Held(key, number, at_us, d.read_fact(text, f"ticket {key!r}, held fact {number}"))
            for key, number, at_us, text in rows
        )

    def knows_command(self, desk: str, ticket_id: str, command_id: str) -> bool:
        """Whether a command of that id was carried out before."""
        found = self._rows(
            "SELECT 1 FROM escalate_commands WHERE desk = ? AND ticket = ? AND command = ?",
            desk,
            ticket_id,
            command_id,
        )
        return bool(found)

    # -- many tickets

    def ids(self, desk: str) -> tuple[str, ...]:
        """Return the ids of all tickets."""
        rows = self._rows(
            "SELECT ticket FROM escalate_tickets WHERE desk = ? AND opened_us IS NOT NULL"
            " ORDER BY opened_us, ticket",
            desk,
        )
        return tuple(ticket_id for (ticket_id,) in rows)

    def live(self, desk: str) -> tuple[Ticket, ...]:
        """Return the tickets that are neither resolved nor closed; those that cannot be read are logged."""
        rows = self._rows(
            "SELECT ticket, document FROM escalate_tickets WHERE desk = ? AND done = 0", desk
        )
        found = []
        for ticket_id, text in rows:
            try:
                found.append(d.read_ticket(text, f"ticket {ticket_id!r}"))
            except (BrokenDocument, NewerDocument) as why:
                _log.error("%s", why)
        return tuple(found)

    def loads(self, desk: str) -> Mapping[str, int]:
        """Return how many live tickets each assignee has."""
        return dict(
            self._pairs(
                "SELECT assignee, COUNT(*) FROM escalate_tickets"
                " WHERE desk = ? AND done = 0 AND assignee IS NOT NULL GROUP BY assignee",
                desk,
            )
        )

    def turns(self, desk: str, tier: str) -> Mapping[str, int]:
        """Return the number of each agent's last turn in *tier*."""
        return dict(
            self._pairs(
                "SELECT agent, number FROM escalate_turns WHERE desk = ? AND tier = ?", desk, tier
            )
        )

    def _load(self, desk: str, ticket_id: str, claim: str = "") -> Stored | None:
        rows = self._rows(
            "SELECT version, document, (SELECT document FROM escalate_shown"  # noqa: S608 - ours
            " WHERE desk = kept.desk AND ticket = kept.ticket)"
            f" FROM escalate_tickets kept WHERE desk = ? AND ticket = ?{claim}",
            desk,
            ticket_id,
        )
        if not rows:
            return None
        version, text, shown = rows[0]
        ticket = None if text is None else d.read_ticket(text, f"ticket {ticket_id!r}")
        return Stored(ticket, version, shown)
