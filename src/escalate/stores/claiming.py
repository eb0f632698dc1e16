"""How a store in SQL takes what it works on: a ticket's lock, and what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from escalate.errors import TicketBusy
from escalate.stores.asking import Row
from escalate.stores.base import Due, Stored
from escalate.stores.reading import Reading


class Claiming(Reading):
    """Locks tickets, and finds those that are due and that nobody else has claimed."""

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        """Hold the ticket's lock; the host's transaction holds it until it ends."""
        yield self._lock(desk, ticket_id, wait=wait)

    def due(
        self, desk: str, *, before_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return the tickets whose next timer lies before *before_us*, but those somebody has claimed."""
        self._look_up()
        rows = self._page("due_us", "", desk, before_us, after, limit)
        return tuple(Due(*row) for row in rows)

    def due_errands(
        self, desk: str, *, until_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return the tickets with an errand for *until_us* or before, but those somebody has claimed."""
        rows = self._page("errand_us", "", desk, until_us + 1, after, limit)
        return tuple(Due(*row) for row in rows)

    def _look_up(self) -> None:
        """Do what waits for somebody to come by; nothing, here."""

    def _page(
        self, column: str, more: str, desk: str, before_us: int, after: Due | None, limit: int
    ) -> Sequence[Row]:
        """Return *column*, the id and *more* of tickets for which *column* lies before an instant."""
        values: list[Any] = [desk, before_us]
        beyond = ""
        if after is not None:
            beyond = f" AND ({column}, ticket) > (?, ?)"
            values += [after.at_us, after.ticket_id]
        # Workers ask at the same time: each gets what no other holds, and none waits.
        claim = " FOR UPDATE SKIP LOCKED" if self._claims else ""
        return self._rows(
            f"SELECT {column}, ticket{more} FROM escalate_tickets kept"  # noqa: S608 - names of ours
            f" WHERE desk = ? AND {column} < ?{beyond} ORDER BY {column}, ticket LIMIT ?{claim}",
            *values,
            limit,
        )

    def _lock(self, desk: str, ticket_id: str, *, wait: bool) -> Stored:
        if self._dialect == "sqlite":
            self._claim_file()
            return self.load(desk, ticket_id)
        claim = " FOR UPDATE" if wait else " FOR UPDATE SKIP LOCKED"
        stored = self._load(desk, ticket_id, claim)
        if stored is None:
            # No row to lock: a lock on its name, which the transaction's end frees as well.
            name = f"{desk}/{ticket_id}"
            if wait:
                self._rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 7239))", name)
            elif not self._rows(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 7239))", name
            )[0][0]:
                raise TicketBusy(ticket_id)
            stored = self._load(desk, ticket_id, claim)
            if stored is None and not wait and self._load(desk, ticket_id) is not None:
                raise TicketBusy(ticket_id)
        return stored or Stored()
