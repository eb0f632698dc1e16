"""How a store in SQL is kept in order: making tickets again from their events, deleting what is over."""

from __future__ import annotations

from typing import Final

from escalate.core.engine import fold
from escalate.errors import BrokenDocument, InvalidJournal, NewerDocument
from escalate.stores.appending import COLUMNS, Appending, columns_of
from escalate.stores.base import Rebuilt
from escalate.stores.reading import Reading

_OF_TICKETS: Final = (
    "escalate_events",
    "escalate_texts",
    "escalate_commands",
    "escalate_errands",
    "escalate_held",
    "escalate_refusals",
    "escalate_failures",
    "escalate_shown",
    "escalate_tickets",
)
_OVER: Final = (
    "desk = ? AND done = 1 AND changed_us < ? AND NOT EXISTS (SELECT 1 FROM escalate_held"
    " WHERE desk = kept.desk AND ticket = kept.ticket)"
)


class Housekeeping(Appending, Reading):
    """Rebuilds and purges, ticket by ticket, so that nobody waits for long."""

    def rebuild(self, desk: str) -> Rebuilt:
        """Make every ticket, and when it is due, again from its events."""
        rows = self._rows(
            "SELECT DISTINCT ticket FROM escalate_events WHERE desk = ? ORDER BY ticket", desk
        )
        changed, failed = [], {}
        for (ticket_id,) in rows:
            try:
                if self._rebuild(desk, ticket_id):
                    changed.append(ticket_id)
            except (BrokenDocument, NewerDocument, InvalidJournal) as why:
                failed[ticket_id] = str(why)
        return Rebuilt(tuple(changed), failed)

    def _rebuild(self, desk: str, ticket_id: str) -> bool:
        with self._whole():
            row = self._row_of(desk, ticket_id)
            ticket = fold(None, self.events(desk, ticket_id))
            wanted = (*columns_of(ticket), self._first_errand(desk, ticket_id))
            if row is not None:
                found = self._rows(
                    f"SELECT {', '.join(COLUMNS)}, errand_us FROM escalate_tickets"  # noqa: S608
                    " WHERE desk = ? AND ticket = ?",
                    desk,
                    ticket_id,
                )
                if tuple(found[0]) == wanted:
                    return False
                self._run(
                    "DELETE FROM escalate_tickets WHERE desk = ? AND ticket = ?", desk, ticket_id
                )
            # A new version, so that whoever has read the old row decides again.
            version = ticket.seq if row is None else row[0] + 1
            self._insert_ticket(desk, ticket_id, version, wanted)
            return True

    def purge(self, desk: str, *, before_us: int) -> tuple[str, ...]:
        """Delete what is older than *before_us* and over."""
        gone = []
        rows = self._rows(
            f"SELECT ticket FROM escalate_tickets kept WHERE {_OVER} ORDER BY ticket",  # noqa: S608
            desk,
            before_us,
        )
        for (ticket_id,) in rows:
            with self._whole():
                row = self._row_of(desk, ticket_id)
                still = self._rows(
                    f"SELECT 1 FROM escalate_tickets kept WHERE {_OVER} AND ticket = ?",  # noqa: S608
                    desk,
                    before_us,
                    ticket_id,
                )
                if row is None or not still:
                    continue
                for table in _OF_TICKETS:
                    self._run(
                        f"DELETE FROM {table} WHERE desk = ? AND ticket = ?",  # noqa: S608 - ours
                        desk,
                        ticket_id,
                    )
            gone.append(ticket_id)
        for table in ("escalate_refusals", "escalate_failures"):
            self._run(f"DELETE FROM {table} WHERE desk = ? AND at_us < ?", desk, before_us)  # noqa: S608
        return tuple(gone)
