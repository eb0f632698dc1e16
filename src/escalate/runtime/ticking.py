"""A tick goes by instants across all tickets, as if somebody had been there at each of them."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs

from escalate.errors import BadInput, TicketBusy
from escalate.runtime.errands import Errands
from escalate.runtime.visiting import Job, Visit
from escalate.stores.base import Due


@attrs.frozen
class Ticked:
    """What a tick did.

    Attributes:
        tickets: The tickets to which something happened, each once, in the order of what was due.
        failed: Those that could not be worked on; ``desk.failures()`` says why.
    """

    tickets: tuple[str, ...]
    failed: tuple[str, ...]


class Round:
    """One tick: visits what is due, and at the end does what the visits leave to do in the world.

    Args:
        errands: Does it.
        look_after: Visits a ticket and lets what lies before an instant happen, without waiting for
            somebody who works on it.
        limit: How many visits at most; none means as many as it takes.

    Raises:
        BadInput: *limit* is no positive number.
    """

    def __init__(
        self, errands: Errands, look_after: Callable[[str, int], Visit], limit: int | None
    ) -> None:
        if limit is not None and limit < 1:
            raise BadInput("tick(limit)", limit, "1 or more, or none for no limit")
        self._errands = errands
        self._look_after = look_after
        self._left = limit
        self._moved: dict[str, None] = {}
        self._failed: dict[str, None] = {}
        self._jobs: list[Job] = []

    def go(self, now_us: int) -> Ticked:
        """Fire every timer that lies before *now_us* and do every errand that is due."""
        store, desk = self._errands.around.store, self._errands.around.desk
        began_s = time.monotonic()
        after: Due | None = None
        while self._goes_on and (due := store.due(desk, before_us=now_us, after=after)):
            # One instant of one ticket, then whatever is the earliest.
            if not self._visits(due[0].ticket_id, due[0].at_us + 1):
                after = due[0]
        after = None
        while self._goes_on and (due := store.due_errands(desk, until_us=now_us, after=after)):
            after = due[0]
            self._visits(after.ticket_id, now_us)
        # Last, so that no receiver who takes his time holds up the timers of another ticket.
        self._errands.run(self._jobs)
        ticked = Ticked(tuple(self._moved), tuple(self._failed))
        took_s = time.monotonic() - began_s
        self._errands.reports.ticked(ticked.tickets, ticked.failed, took_s)
        return ticked

    @property
    def _goes_on(self) -> bool:
        return self._left is None or self._left > 0

    def _visits(self, ticket_id: str, before_us: int) -> bool:
        """Let what is due on a ticket happen; return whether anything did."""
        if self._left is not None:
            self._left -= 1
        try:
            visit = self._look_after(ticket_id, before_us)
        except TicketBusy:
            return False  # whoever holds it lets its timers fire, or a later tick does
        except Exception as why:  # noqa: BLE001 - one broken ticket holds up no other; recorded
            self._errands.failed(ticket_id, "tick", why)
            self._failed[ticket_id] = None
            return False
        self._errands.tell(ticket_id, visit)
        self._jobs += visit.jobs
        if visit.events:
            self._moved[ticket_id] = None
        return bool(visit.events)
