"""Many visits in one transaction of a store in SQL: one statement reads them all, and few write them.

What is due is claimed with all that a visit reads. What visits leave behind is gathered, and written when
the batch ends, or before anything is asked that might see it. A visit that fails has gathered nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, Final

import attrs

from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.errors import StoreFailed
from escalate.stores import documents as d
from escalate.stores.appending import (
    COLUMNS,
    check_follows,
    columns_of,
    event_rows,
    text_rows,
)
from escalate.stores.asking import Asking, Columns, Row
from escalate.stores.base import Due, Entry, Errand, Stored
from escalate.stores.claiming import Claiming
from escalate.stores.housekeeping import Housekeeping
from escalate.stores.policies import Policies

_ERRAND_US: Final = "errand_us"
_TICKET: Final = ("version", *COLUMNS)
_READ: Final = (
    ", (SELECT document FROM escalate_shown WHERE desk = kept.desk AND ticket = kept.ticket), "  # noqa: S608
    + ", ".join((_ERRAND_US, *_TICKET))
)
_ROW: Final = ("desk", "ticket", _ERRAND_US, *_TICKET)
_TAIL: Final = " ON CONFLICT (desk, ticket) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in (_ERRAND_US, *_TICKET)
)
Hold = Callable[[str, str], AbstractContextManager[object]]
"""Holds a ticket against others who work on the same store; one that is busy is a ``TicketBusy``."""


@attrs.define
class _Held:
    """A ticket that is claimed, as the visits so far have left it."""

    shown: str | None
    version: int
    columns: Row
    errands: dict[int, Errand] = attrs.field(factory=dict)
    ticket: Ticket | None = None
    is_held: bool = False

    @property
    def seq(self) -> int:
        """The number of its last event."""
        number: int = self.columns[0]
        return number

    def stored(self, ticket_id: str) -> Stored:
        """Return the ticket as visits see it; it is read only now, for it may be one that cannot be."""
        text = self.columns[-1]
        if self.ticket is None and text is not None:
            self.ticket = d.read_ticket(text, f"ticket {ticket_id!r}")
        return Stored(self.ticket, self.version, self.shown)

    def keep(self, entry: Entry, columns: Row) -> None:
        """Take over what a visit has left behind."""
        self.version += 1
        self.ticket, self.columns = entry.ticket, columns
        for number, errand in entry.errands.items():
            if errand is None:
                self.errands.pop(number, None)
            else:
                self.errands[number] = errand

    def row(self, desk: str, ticket_id: str) -> Row:
        """Return the ticket as it is to be written."""
        errand_us = min((each.at_us for each in self.errands.values()), default=None)
        return (desk, ticket_id, errand_us, self.version, *self.columns)


class Batch(Claiming, Policies, Housekeeping):
    """A store in the transaction that *owner* has begun; see :meth:`~escalate.stores.Store.batch`."""

    def __init__(self, owner: Asking, desk: str, hold: Hold) -> None:
        super().__init__(owner._execute, paramstyle=owner._style, dialect=owner._dialect)
        self._owner = owner
        self._desk = desk
        self._hold = hold
        self._holding = ExitStack()
        self._held: dict[str, _Held] = {}
        self._asking: dict[tuple[str, int], str] = {}
        self._changed: dict[str, None] = {}
        self._events: list[Row] = []
        self._texts: list[Row] = []
        self._errands: dict[tuple[str, int], Errand | None] = {}
        self._failed: StoreFailed | None = None

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        with self._holding:
            if kind is None:
                self._write()
                if self._failed is not None:  # whoever caught it must not commit the rest
                    raise StoreFailed("COMMIT", "a statement before it failed") from self._failed

    # -- what visits read

    def batch(self, desk: str) -> AbstractContextManager[Batch]:
        """Go on in this one."""
        return nullcontext(self)

    def due(
        self, desk: str, *, before_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Claim the tickets whose next timer lies before *before_us*."""
        return self._claimed("due_us", desk, before_us, after, limit)

    def due_errands(
        self, desk: str, *, until_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Claim the tickets with an errand for *until_us* or before."""
        return self._claimed(_ERRAND_US, desk, until_us + 1, after, limit)

    def _claimed(
        self, column: str, desk: str, before_us: int, after: Due | None, limit: int
    ) -> tuple[Due, ...]:
        rows = self._page(column, _READ, desk, before_us, after, limit)
        found = {row[1]: _Held(row[2], row[4], row[5:]) for row in rows}
        with_errands = [row[1] for row in rows if row[3] is not None]
        for ticket_id, *errand in self._errands_of(desk, with_errands):
            found[ticket_id].errands[errand[0]] = Errand(*errand)
        self._held.update(found)
        self._read_events(desk, found)
        # PostgreSQL may give a row that was changed a moment ago out of order.
        return tuple(Due(*key) for key in sorted((row[0], row[1]) for row in rows))

    def _read_events(self, desk: str, found: Mapping[str, _Held]) -> None:
        """Read the events that ask for errands: whoever does one looks at its event."""
        keys = [(ticket_id, number) for ticket_id, held in found.items() for number in held.errands]
        for these, values in self._among(("ticket", "number"), keys):
            rows = self._rows(
                f"SELECT ticket, number, document FROM escalate_events WHERE desk = ? AND {these}",  # noqa: S608
                desk,
                *values,
            )
            self._asking.update({(ticket_id, number): text for ticket_id, number, text in rows})

    def _errands_of(self, desk: str, ticket_ids: Sequence[str]) -> Iterator[Row]:
        for these, values in self._among(("ticket",), [(each,) for each in ticket_ids]):
            yield from self._rows(
                "SELECT ticket, number, kind, at_us, tries FROM escalate_errands"  # noqa: S608
                f" WHERE desk = ? AND {these} ORDER BY ticket, number",
                desk,
                *values,
            )

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        """Hold a ticket to the end of the batch, without waiting for it, whatever *wait* says."""
        held = self._held.get(ticket_id)
        if held is None:
            # Not claimed by a page: it is the owner's way then, and statement by statement.
            self._write()
            self._holding.enter_context(self._hold(desk, ticket_id))
            yield self._lock(desk, ticket_id, wait=False)
            return
        if not held.is_held:
            self._holding.enter_context(self._hold(desk, ticket_id))
            held.is_held = True
        yield held.stored(ticket_id)

    def errands(self, desk: str, ticket_id: str) -> tuple[Errand, ...]:
        """Return what is still to be done for a ticket."""
        held = self._held.get(ticket_id)
        if held is None:
            return super().errands(desk, ticket_id)
        return tuple(held.errands[number] for number in sorted(held.errands))

    def events(
        self, desk: str, ticket_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Event, ...]:
        """Return the journal of a ticket."""
        text = self._asking.get((ticket_id, after + 1)) if limit == 1 else None
        if text is None:
            return super().events(desk, ticket_id, after=after, limit=limit)
        return (d.read_event(text, f"ticket {ticket_id!r}, event {after + 1}"),)

    # -- what visits leave behind

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        """Gather *entry*, or write it at once if it has more than timers leave behind."""
        held = self._held.get(ticket_id)
        more = (entry.turns, entry.refusal, entry.shown, entry.command_id, entry.held)
        if held is None or any(more):
            self._write()
            self._held.pop(ticket_id, None)
            return super().append(desk, ticket_id, entry, expected_version=expected_version)
        check_follows(ticket_id, entry, (held.version, held.seq), expected_version)
        # All that may be wrong with it is found before the first of it is gathered.
        columns = held.columns if entry.ticket is held.ticket else columns_of(entry.ticket)
        events, texts = event_rows(desk, ticket_id, entry), text_rows(desk, ticket_id, entry)
        held.keep(entry, columns)
        self._changed[ticket_id] = None
        self._events += events
        self._texts += texts
        for number, errand in entry.errands.items():
            self._errands[ticket_id, number] = errand
        return held.version

    def _write(self) -> None:
        """Write what was gathered."""
        changed, events, texts = self._changed, self._events, self._texts
        errands = [(*key, errand) for key, errand in self._errands.items()]
        self._changed, self._events, self._texts, self._errands = {}, [], [], {}
        if changed:
            rows = [self._held[ticket_id].row(self._desk, ticket_id) for ticket_id in changed]
            self._insert("escalate_tickets", _ROW, rows, _TAIL)
        self._put_events(events)
        self._put_texts(texts)
        self._put_errands(self._desk, errands)

    def _ask(self, sql: str, values: Row, then: Callable[[Any], Any]) -> Any:
        if self._changed:  # whatever is asked sees what was kept
            self._write()
        try:
            return self._owner._ask(sql, values, then)
        except StoreFailed as why:
            self._failed = why
            raise

    def _values(self, columns: Columns, rows: Sequence[Row]) -> tuple[str, Row]:
        return self._owner._values(columns, rows)

    def _shares(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        return self._owner._shares(rows)
