"""How a store in SQL keeps what a visit leaves behind: one visit's, or that of many in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from escalate.core.events import Erased
from escalate.core.model import Ticket
from escalate.errors import InvalidJournal, VersionConflict
from escalate.stores import documents as d
from escalate.stores.asking import Asking, Row
from escalate.stores.base import Entry, Errand, Held, Turn
from escalate.stores.refusing import Refusing

COLUMNS: Final = (
    "seq",
    "opened_us",
    "changed_us",
    "due_us",
    "tier",
    "assignee",
    "done",
    "document",
)
"""What stands in the row of a ticket beside its key, version and next errand."""

_EVENT: Final = ("desk", "ticket", "number", "at_us", "event", "document")
_TEXT: Final = ("desk", "ticket", "number", "field", "document")
_HELD: Final = ("desk", "ticket", "number", "at_us", "document")
_ERRAND: Final = ("desk", "ticket", "number", "kind", "at_us", "tries")
_SET: Final = ", ".join(f"{name} = ?" for name in COLUMNS)
_FIRST_ERRAND: Final = "(SELECT MIN(at_us) FROM escalate_errands WHERE desk = ? AND ticket = ?)"
Errands = Sequence[tuple[str, int, Errand | None]]
"""Errands as they stand now, by ticket and event number; none once one is done."""


class Writing(Asking):
    """Writes rows of many tickets; whoever calls has checked that they may be written."""

    def _put_events(self, rows: Sequence[Row]) -> None:
        self._insert("escalate_events", _EVENT, rows)

    def _put_texts(self, rows: Sequence[Row]) -> None:
        self._insert(
            "escalate_texts",
            _TEXT,
            rows,
            " ON CONFLICT (desk, ticket, number, field) DO UPDATE SET document = excluded.document",
        )

    def _put_errands(self, desk: str, errands: Errands) -> None:
        self._drop_errands(desk, [each[:2] for each in errands if each[2] is None])
        self._insert(
            "escalate_errands",
            _ERRAND,
            [
                (desk, ticket_id, number, errand.kind, errand.at_us, errand.tries)
                for ticket_id, number, errand in errands
                if errand is not None
            ],
            " ON CONFLICT (desk, ticket, number) DO UPDATE"
            " SET kind = excluded.kind, at_us = excluded.at_us, tries = excluded.tries",
        )

    def _drop_errands(self, desk: str, keys: Sequence[tuple[str, int]]) -> None:
        for these, values in self._among(("ticket", "number"), keys):
            self._run(f"DELETE FROM escalate_errands WHERE desk = ? AND {these}", desk, *values)  # noqa: S608


class Appending(Refusing, Writing):
    """Appends what one visit leaves behind: all of it, or nothing."""

    def strike(self, desk: str, done: Sequence[tuple[str, int]]) -> None:
        """Strike errands off."""
        tickets = [(ticket_id,) for ticket_id in sorted({key[0] for key in done})]
        with self._whole():
            for these, values in self._among(("ticket",), tickets):
                if self._dialect == "postgresql":  # in one order, lest two wait for each other
                    self._rows(
                        f"SELECT 1 FROM escalate_tickets WHERE desk = ? AND {these}"  # noqa: S608
                        " ORDER BY ticket FOR UPDATE",
                        desk,
                        *values,
                    )
            self._drop_errands(desk, done)
            for these, values in self._among(("ticket",), tickets):
                self._run(
                    "UPDATE escalate_tickets SET version = version + 1, errand_us ="  # noqa: S608
                    " (SELECT MIN(at_us) FROM escalate_errands WHERE desk = escalate_tickets.desk"
                    f" AND ticket = escalate_tickets.ticket) WHERE desk = ? AND {these}",
                    desk,
                    *values,
                )

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        """Keep *entry* whole."""
        with self._whole():
            row = self._row_of(desk, ticket_id)
            check_follows(ticket_id, entry, row or (0, 0), expected_version)
            self._take_turns(desk, ticket_id, entry.turns, expected_version)
            self._put_errands(
                desk, [(ticket_id, number, errand) for number, errand in entry.errands.items()]
            )
            self._put_held(desk, ticket_id, entry.held)
            self._put_events(event_rows(desk, ticket_id, entry))
            self._erase(desk, ticket_id, entry)
            self._put_texts(text_rows(desk, ticket_id, entry))
            self._put_rest(desk, ticket_id, entry)
            self._put_ticket(desk, ticket_id, entry, expected_version)
        if entry.refusal is not None and self._apart is not None:
            self.refuse(desk, entry.refusal)  # only now: a visit that is made again is refused once
        return expected_version + 1

    def _row_of(self, desk: str, ticket_id: str) -> tuple[int, int] | None:
        """Return version and last event number of a ticket, from here on held by this transaction."""
        claim = " FOR UPDATE" if self._dialect == "postgresql" else ""
        rows = self._rows(
            f"SELECT version, seq FROM escalate_tickets WHERE desk = ? AND ticket = ?{claim}",  # noqa: S608
            desk,
            ticket_id,
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def _take_turns(
        self, desk: str, ticket_id: str, turns: Iterable[Turn], expected_version: int
    ) -> None:
        # Sorted, so that two who take turns of several tiers never wait for each other in a ring.
        for turn in sorted(turns, key=lambda turn: (turn.tier, turn.number)):
            if turn.number == 1:
                self._run(
                    "INSERT INTO escalate_last_turns (desk, tier, number) VALUES (?, ?, 0)"
                    " ON CONFLICT DO NOTHING",
                    desk,
                    turn.tier,
                )
            taken = self._run(
                "UPDATE escalate_last_turns SET number = ?"
                " WHERE desk = ? AND tier = ? AND number = ?",
                turn.number,
                desk,
                turn.tier,
                turn.number - 1,
            )
            if not taken:
                raise VersionConflict(ticket_id, expected_version, expected_version)
            self._run(
                "INSERT INTO escalate_turns (desk, tier, agent, number) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (desk, tier, agent) DO UPDATE SET number = excluded.number",
                desk,
                turn.tier,
                turn.agent,
                turn.number,
            )

    def _erase(self, desk: str, ticket_id: str, entry: Entry) -> None:
        erased = erased_by(entry)
        if erased:
            self._run(
                "DELETE FROM escalate_texts WHERE desk = ? AND ticket = ? AND number < ?",
                desk,
                ticket_id,
                erased,
            )

    def _put_held(self, desk: str, ticket_id: str, held: Mapping[int, Held | None]) -> None:
        gone = [(ticket_id, number) for number, each in held.items() if each is None]
        for these, values in self._among(("ticket", "number"), gone):
            self._run(f"DELETE FROM escalate_held WHERE desk = ? AND {these}", desk, *values)  # noqa: S608
        rows = [
            (desk, ticket_id, number, each.at_us, d.write_fact(each.fact))
            for number, each in held.items()
            if each is not None
        ]
        self._insert("escalate_held", _HELD, rows)

    def _put_rest(self, desk: str, ticket_id: str, entry: Entry) -> None:
        if entry.command_id is not None:
            self._run(
                "INSERT INTO escalate_commands (desk, ticket, command) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                desk,
                ticket_id,
                entry.command_id,
            )
        if entry.refusal is not None and self._apart is None:
            self._put_refusal(desk, entry.refusal)
        if entry.shown is not None:
            self._run(
                "INSERT INTO escalate_shown (desk, ticket, document) VALUES (?, ?, ?)"
                " ON CONFLICT (desk, ticket) DO UPDATE SET document = excluded.document",
                desk,
                ticket_id,
                entry.shown,
            )

    def _put_ticket(self, desk: str, ticket_id: str, entry: Entry, expected_version: int) -> None:
        columns, version = columns_of(entry.ticket), expected_version + 1
        if expected_version == 0:
            errand_us = min((each.at_us for each in entry.errands.values() if each), default=None)
            kept = self._insert_ticket(desk, ticket_id, version, (*columns, errand_us))
        else:
            errand, key = (
                ("", ())
                if not entry.errands
                else (f", errand_us = {_FIRST_ERRAND}", (desk, ticket_id))
            )
            kept = self._run(
                f"UPDATE escalate_tickets SET version = ?, {_SET}{errand}"  # noqa: S608
                " WHERE desk = ? AND ticket = ? AND version = ?",
                version,
                *columns,
                *key,
                desk,
                ticket_id,
                expected_version,
            )
        if not kept:  # somebody else opened it between our look and now
            raise VersionConflict(ticket_id, expected_version, version)

    def _insert_ticket(self, desk: str, ticket_id: str, version: int, columns: Row) -> int:
        return self._run(
            f"INSERT INTO escalate_tickets (desk, ticket, version, {', '.join(COLUMNS)}, errand_us)"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            desk,
            ticket_id,
            version,
            *columns,
        )

    def _first_errand(self, desk: str, ticket_id: str) -> int | None:
        rows = self._rows(f"SELECT {_FIRST_ERRAND}", desk, ticket_id)
        first: int | None = rows[0][0]
        return first


def check_follows(
    ticket_id: str, entry: Entry, kept: tuple[int, int], expected_version: int
) -> None:
    """Check that *entry* follows what is kept, given as version and number of the last event.

    Raises:
        VersionConflict: Another version is kept.
        InvalidJournal: The numbers of the events do not follow the last one.
    """
    version, last = kept
    if version != expected_version:
        raise VersionConflict(ticket_id, expected_version, version)
    numbers = [event.seq for event in entry.events]
    if numbers != list(range(last + 1, last + 1 + len(numbers))):
        wanted = f"numbers that follow {last}, without a gap"
        raise InvalidJournal(f"ticket {ticket_id!r}: events", numbers, wanted)


def event_rows(desk: str, ticket_id: str, entry: Entry) -> list[Row]:
    """Return the events of *entry* as rows."""
    return [
        (desk, ticket_id, event.seq, event.at_us, type(event).__name__, d.write_event(event))
        for event in entry.events
    ]


def text_rows(desk: str, ticket_id: str, entry: Entry) -> list[Row]:
    """Return the texts of *entry* that it does not erase itself as rows."""
    erased = erased_by(entry)
    return [
        (desk, ticket_id, number, field, d.write_text(text))
        for (number, field), text in entry.texts.items()
        if number >= erased
    ]


def erased_by(entry: Entry) -> int:
    """Return the number of the last event in *entry* that erases all texts before it; 0 if none does."""
    return max((each.seq for each in entry.events if isinstance(each, Erased)), default=0)


def columns_of(ticket: Ticket | None) -> Row:
    """Return the values of :data:`COLUMNS` for *ticket*."""
    if ticket is None:
        return (0, None, None, None, None, None, 1, None)
    return (
        ticket.seq,
        ticket.opened_us,
        ticket.changed_us,
        ticket.due_us,
        ticket.tier,
        ticket.assignee,
        int(ticket.status.is_done),
        d.write_ticket(ticket),
    )
