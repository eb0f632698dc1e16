"""A tick goes by instants across all tickets, as if somebody had been there at each of them.

Where the desk owns its tickets it goes in batches: what is due first is claimed, visited by instants and
committed together. A ticket that is due again before the last of its batch has its turn in between, so the
batches do not show in any journal. What goes wrong with one ticket leaves out that ticket; if a batch cannot
be kept as a whole, its tickets are visited again one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from heapq import heappop, heappush
from typing import Final

import attrs

from escalate.errors import BadInput, StoreFailed, TicketBusy
from escalate.runtime.errands import Errands
from escalate.runtime.undone import Job
from escalate.runtime.visiting import Visit
from escalate.stores.base import Due, Store

LookAfter = Callable[[str, int], Visit]
Together = Callable[[], AbstractContextManager[tuple[Store, LookAfter]]]
"""Gives a store for a batch, and what visits a ticket in it."""

_AT_ONCE: Final = 500
_LONGEST_S: Final = 0.25  # for so long others may have to wait for a batch


@attrs.frozen
class Ticked:
    """What a tick did.

    Attributes:
        tickets: The tickets to which something happened, each once, in the order of what was due.
        failed: Those that could not be worked on; ``desk.failures()`` says why.
    """

    tickets: tuple[str, ...]
    failed: tuple[str, ...]


@attrs.frozen
class _Visited:
    """What came of a visit: the visit, an error, or nothing because somebody else has the ticket."""

    due: Due
    visit: Visit | None = None
    error: Exception | None = None


@attrs.frozen
class _Timers:
    """What is due before *now_us*: one instant of one ticket, then whatever is the earliest."""

    now_us: int

    def page(self, store: Store, desk: str, after: Due | None, limit: int) -> tuple[Due, ...]:
        return store.due(desk, before_us=self.now_us, after=after, limit=limit)

    def before_us(self, due: Due) -> int:
        return due.at_us + 1

    def again(self, visit: Visit) -> int | None:
        due_us = None if visit.ticket is None or not visit.events else visit.ticket.due_us
        return None if due_us is None or due_us >= self.now_us else due_us


@attrs.frozen
class _Errands:
    """Tickets with errands for *now_us* or before."""

    now_us: int

    def page(self, store: Store, desk: str, after: Due | None, limit: int) -> tuple[Due, ...]:
        return store.due_errands(desk, until_us=self.now_us, after=after, limit=limit)

    def before_us(self, due: Due) -> int:
        return self.now_us

    def again(self, visit: Visit) -> int | None:
        return None


class Round:
    """One tick: visits what is due, and at the end does what the visits leave to do in the world.

    Args:
        errands: Does it.
        look_after: Visits a ticket and lets what lies before an instant happen, without waiting for
            somebody who works on it.
        limit: How many visits at most; none means as many as it takes.
        together: Visits tickets in one transaction; none visits each in one of its own.

    Raises:
        BadInput: *limit* is no positive number.
    """

    def __init__(
        self,
        errands: Errands,
        look_after: LookAfter,
        limit: int | None,
        together: Together | None = None,
    ) -> None:
        if limit is not None and (type(limit) is not int or limit < 1):
            raise BadInput("tick(limit)", limit, "1 or more, or none for no limit")
        self._errands = errands
        self._look_after = look_after
        self._together = together
        self._left = limit
        self._moved: dict[str, None] = {}
        self._failed: dict[str, None] = {}
        self._jobs: list[Job] = []

    def go(self, now_us: int) -> Ticked:
        """Fire every timer that lies before *now_us* and do every errand that is due."""
        began_s = time.monotonic()
        # Facts that are on their way may still change what happened since.
        settled_us = now_us - self._errands.around.settle_us
        for what in (_Timers(settled_us), _Errands(now_us)):
            last: Due | None = None
            while self._goes_on and (visited := self._some(what, last)):
                # Later in time than all that was visited: what fails is not tried again by this tick.
                last = visited[-1].due
        # Last, so that no receiver who takes his time holds up the timers of another ticket.
        self._errands.run(self._jobs)
        ticked = Ticked(tuple(self._moved), tuple(self._failed))
        took_s = time.monotonic() - began_s
        self._errands.reports.ticked(ticked.tickets, ticked.failed, took_s)
        return ticked

    @property
    def _goes_on(self) -> bool:
        return self._left is None or self._left > 0

    def _some(self, what: _Timers | _Errands, after: Due | None) -> list[_Visited]:
        """Visit some of what is due after *after*, the earliest first; nothing if nothing is."""
        around = self._errands.around
        first = what.page(around.store, around.desk, after, 1)  # a look, which claims nothing
        if self._together is None or not first:
            return self._one_by_one(what, first)
        most = _AT_ONCE if self._left is None else min(_AT_ONCE, self._left)
        page: tuple[Due, ...] = ()
        visited: list[_Visited] = []
        until_s = time.monotonic() + _LONGEST_S
        try:
            with self._together() as (store, look_after):
                page = what.page(store, around.desk, after, most)
                if not page:
                    return visited  # others were faster
                for each in self._visits(what, page, look_after, stop_for=(StoreFailed,)):
                    visited.append(each)
                    if time.monotonic() > until_s or len(visited) == most:
                        break
        except Exception as why:
            if not page:
                raise
            self._errands.reports.failed(
                "", "keeping a batch, whose tickets are now visited one by one", why
            )
            return self._one_by_one(what, page)
        for each in visited:
            self._hear(each)
        return visited

    def _one_by_one(self, what: _Timers | _Errands, page: tuple[Due, ...]) -> list[_Visited]:
        visited: list[_Visited] = []
        if not page:
            return visited
        for each in self._visits(what, page, self._look_after):
            self._hear(each)
            visited.append(each)
            if not self._goes_on:
                break
        return visited

    def _visits(
        self,
        what: _Timers | _Errands,
        page: tuple[Due, ...],
        look_after: LookAfter,
        stop_for: tuple[type[Exception], ...] = (),
    ) -> Iterator[_Visited]:
        """Visit the tickets of *page* by instants, and again those that are due again before its last."""
        queue = [(due.at_us, due.ticket_id) for due in page]  # in order, and so a heap already
        last = queue[-1]
        while queue:
            due = Due(*heappop(queue))
            try:
                visit = look_after(due.ticket_id, what.before_us(due))
            except TicketBusy:
                yield _Visited(due)  # whoever holds it lets its timers fire, or a later tick does
            except stop_for:
                raise
            except Exception as why:  # noqa: BLE001 - one broken ticket holds up no other; recorded
                yield _Visited(due, error=why)
            else:
                again_us = what.again(visit)
                if again_us is not None and (again_us, due.ticket_id) <= last:
                    heappush(queue, (again_us, due.ticket_id))
                yield _Visited(due, visit)

    def _hear(self, visited: _Visited) -> None:
        """Tell of a visit that was stored, and of one that failed."""
        ticket_id, visit = visited.due.ticket_id, visited.visit
        if self._left is not None:
            self._left -= 1
        if visited.error is not None:
            self._errands.failed(ticket_id, "tick", visited.error)
            self._failed[ticket_id] = None
        if visit is not None:
            self._errands.tell(ticket_id, visit)
            self._jobs += visit.jobs
            if visit.events:
                self._moved[ticket_id] = None
