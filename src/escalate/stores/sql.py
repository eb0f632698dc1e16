"""A store in SQL, on a connection that somebody else has opened and commits.

The SQL of all stores in databases is here, once. What differs between dialects is how a ticket is locked
and how what is due is claimed. :mod:`escalate.stores.owning` adds connections of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any, Final, Literal

from escalate.core.engine import fold
from escalate.core.events import Erased, Event
from escalate.core.model import Actor, Ticket
from escalate.core.sealing import FrozenDict
from escalate.errors import (
    BadInput,
    BrokenDocument,
    EscalateError,
    InvalidJournal,
    NewerDocument,
    NewerSchema,
    StoreFailed,
    TicketBusy,
    VersionConflict,
    nearest,
)
from escalate.stores import documents as d
from escalate.stores import schema
from escalate.stores.base import (
    Due,
    Entry,
    Errand,
    Failure,
    PolicyText,
    Rebuilt,
    Refusal,
    Stored,
    Texts,
    Turn,
)

Execute = Callable[[str, Any], Any]
ParamStyle = Literal["qmark", "format", "numeric", "named", "pyformat"]
_STYLES: Final = ("format", "named", "numeric", "pyformat", "qmark")
_ROWS_AT_ONCE: Final = 50  # of one INSERT, well below what any database takes
_log: Final = logging.getLogger("escalate")

Row = Sequence[Any]


class SqlStore:
    """Keeps everything in a database, on the connection of a host, whose transactions are the host's own.

    What is kept here is committed and rolled back with what the host does besides. The host must have
    begun a transaction, and it is as safe from several threads as *execute* is.

    Args:
        execute: Runs one statement with its parameters and returns its cursor: an object with
            ``fetchall()`` and ``rowcount``.
        paramstyle: How *execute* wants parameters: ``"qmark"`` (?), ``"format"`` (%s) and ``"numeric"``
            (:1) in a tuple, ``"named"`` (:p1) and ``"pyformat"`` (%(p1)s) in a dict.
        dialect: ``"sqlite"`` or ``"postgresql"``.

    Raises:
        BadInput: There is no such style or dialect.

    >>> import sqlite3
    >>> connection = sqlite3.connect(":memory:")
    >>> store = SqlStore(connection.execute)
    >>> store.prepare()
    >>> store.load("main", "T-1")
    Stored(ticket=None, version=0)
    >>> connection.close()
    """

    def __init__(
        self,
        execute: Execute,
        *,
        paramstyle: ParamStyle = "qmark",
        dialect: schema.Dialect = "sqlite",
    ) -> None:
        if paramstyle not in _STYLES:
            raise BadInput("paramstyle", paramstyle, nearest(paramstyle, _STYLES))
        schema.known_dialect(dialect)
        self._execute = execute
        self._style = paramstyle
        self._dialect: schema.Dialect = dialect
        self._translated: dict[str, str] = {}
        self._claims = dialect == "postgresql"

    # -- the tables

    def prepare(self) -> None:
        """Make the tables, or bring those of an earlier release to what this one needs.

        Raises:
            NewerSchema: A later release made them.
            StoreFailed: The database did not take it.
        """
        if self._dialect == "sqlite" and self._version() == len(schema.STEPS):
            return  # a look takes no lock
        with self._whole():
            if self._dialect == "postgresql":  # two that make one table at once fail otherwise
                self._rows("SELECT pg_advisory_xact_lock(7239045181)")
            version = self._version()
            if version == len(schema.STEPS):
                return
            if version > len(schema.STEPS):
                raise NewerSchema(version, len(schema.STEPS))
            for step in schema.STEPS[version:]:
                for statement in schema.statements(step, self._dialect):
                    self._run(statement)
            self._run("DELETE FROM escalate_schema")
            self._run("INSERT INTO escalate_schema (version) VALUES (?)", len(schema.STEPS))

    def _version(self) -> int:
        for statement in schema.statements(schema.VERSIONS, self._dialect):
            self._run(statement)
        found = self._rows("SELECT version FROM escalate_schema")
        return int(found[0][0]) if found else 0

    # -- one ticket

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        """Hold the ticket's lock; the host's transaction holds it until it ends."""
        yield self._lock(desk, ticket_id, wait=wait)

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        """Keep *entry* whole."""
        with self._whole():
            self._check(desk, ticket_id, entry, expected_version)
            self._take_turns(desk, ticket_id, entry.turns, expected_version)
            self._put_errands(desk, ticket_id, entry.errands)
            self._put_events(desk, ticket_id, entry)
            if entry.command_id is not None:
                self._run(
                    "INSERT INTO escalate_commands (desk, ticket, command) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    desk,
                    ticket_id,
                    entry.command_id,
                )
            if entry.refusal is not None:
                self.refuse(desk, entry.refusal)
            if entry.shown is not None:
                self._run(
                    "INSERT INTO escalate_shown (desk, ticket, document) VALUES (?, ?, ?)"
                    " ON CONFLICT (desk, ticket) DO UPDATE SET document = excluded.document",
                    desk,
                    ticket_id,
                    entry.shown,
                )
            self._put_ticket(desk, ticket_id, entry, expected_version)
        return expected_version + 1

    def load(self, desk: str, ticket_id: str) -> Stored:
        """Return the ticket as it is."""
        return self._load(desk, ticket_id) or Stored()

    def events(self, desk: str, ticket_id: str, *, after: int = 0) -> tuple[Event, ...]:
        """Return the journal of a ticket."""
        rows = self._rows(
            "SELECT number, document FROM escalate_events"
            " WHERE desk = ? AND ticket = ? AND number > ? ORDER BY number",
            desk,
            ticket_id,
            after,
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

    def knows_command(self, desk: str, ticket_id: str, command_id: str) -> bool:
        """Whether a command of that id was carried out before."""
        found = self._rows(
            "SELECT 1 FROM escalate_commands WHERE desk = ? AND ticket = ? AND command = ?",
            desk,
            ticket_id,
            command_id,
        )
        return bool(found)

    # -- what is due

    def due(
        self, desk: str, *, before_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return the tickets whose next timer lies before *before_us*, but those somebody has claimed."""
        return self._page("due_us", desk, before_us, after, limit)

    def due_errands(
        self, desk: str, *, until_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return the tickets with an errand for *until_us* or before, but those somebody has claimed."""
        return self._page("errand_us", desk, until_us + 1, after, limit)

    def _page(
        self, column: str, desk: str, before_us: int, after: Due | None, limit: int
    ) -> tuple[Due, ...]:
        values: list[Any] = [desk, before_us]
        beyond = ""
        if after is not None:
            beyond = f" AND ({column}, ticket) > (?, ?)"
            values += [after.at_us, after.ticket_id]
        # Workers ask at the same time: each gets what no other holds, and none waits.
        claim = " FOR UPDATE SKIP LOCKED" if self._claims else ""
        rows = self._rows(
            f"SELECT {column}, ticket FROM escalate_tickets"  # noqa: S608 - names of ours
            f" WHERE desk = ? AND {column} < ?{beyond} ORDER BY {column}, ticket LIMIT ?{claim}",
            *values,
            limit,
        )
        return tuple(Due(*row) for row in rows)

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

    # -- what was refused, and what went wrong

    def refusals(self, desk: str, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        """Return the refused commands."""
        which, values = ("", ()) if ticket_id is None else (" AND ticket = ?", (ticket_id,))
        rows = self._rows(
            f"SELECT document FROM escalate_refusals WHERE desk = ?{which} ORDER BY number",  # noqa: S608
            desk,
            *values,
        )
        return tuple(d.read_plain(Refusal, text, "a refusal") for (text,) in rows)

    def refuse(self, desk: str, refusal: Refusal) -> None:
        """Keep the refusal of a command that has no ticket."""
        self._run(
            "INSERT INTO escalate_refusals (desk, ticket, at_us, document) VALUES (?, ?, ?, ?)",
            desk,
            refusal.ticket_id,
            refusal.at_us,
            d.write_plain(refusal),
        )

    def fail(self, desk: str, failure: Failure) -> None:
        """Keep *failure*."""
        self._run(
            "INSERT INTO escalate_failures (desk, ticket, at_us, document) VALUES (?, ?, ?, ?)",
            desk,
            failure.ticket_id,
            failure.at_us,
            d.write_plain(failure),
        )

    def failures(self, desk: str) -> tuple[Failure, ...]:
        """Return what went wrong."""
        rows = self._rows(
            "SELECT document FROM escalate_failures WHERE desk = ? ORDER BY number", desk
        )
        return tuple(d.read_plain(Failure, text, "a failure") for (text,) in rows)

    # -- policies

    def publish(self, desk: str, policy: PolicyText) -> bool:
        """Keep *policy* as the newest one, unless it is there."""
        taken = self._run(
            "INSERT INTO escalate_policies (desk, name, version, at_us, published_by, document)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            desk,
            policy.name,
            policy.version,
            policy.at_us,
            d.write_plain(policy.by),
            policy.text,
        )
        return taken > 0

    def policies(self, desk: str) -> tuple[PolicyText, ...]:
        """Return the policy book."""
        rows = self._rows(
            "SELECT name, version, at_us, published_by, document FROM escalate_policies"
            " WHERE desk = ? ORDER BY number",
            desk,
        )
        return tuple(
            PolicyText(
                name=name,
                version=version,
                text=text,
                by=d.read_plain(Actor, by, f"the publisher of policy {name!r}"),
                at_us=at_us,
            )
            for name, version, at_us, by, text in rows
        )

    # -- keeping house

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
            wanted = (*_columns(ticket), self._first_errand(desk, ticket_id))
            if row is not None:
                found = self._rows(
                    f"SELECT {', '.join(_COLUMNS)}, errand_us FROM escalate_tickets"  # noqa: S608
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
            "SELECT ticket FROM escalate_tickets"
            " WHERE desk = ? AND done = 1 AND changed_us < ? ORDER BY ticket",
            desk,
            before_us,
        )
        for (ticket_id,) in rows:
            with self._whole():
                row = self._row_of(desk, ticket_id)
                still = self._rows(
                    "SELECT 1 FROM escalate_tickets"
                    " WHERE desk = ? AND ticket = ? AND done = 1 AND changed_us < ?",
                    desk,
                    ticket_id,
                    before_us,
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

    # -- appending, piece by piece

    def _check(self, desk: str, ticket_id: str, entry: Entry, expected_version: int) -> None:
        row = self._row_of(desk, ticket_id)
        version, last = (0, 0) if row is None else row
        if version != expected_version:
            raise VersionConflict(ticket_id, expected_version, version)
        numbers = [event.seq for event in entry.events]
        if numbers != list(range(last + 1, last + 1 + len(numbers))):
            wanted = f"numbers that follow {last}, without a gap"
            raise InvalidJournal(f"ticket {ticket_id!r}: events", numbers, wanted)

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

    def _put_errands(self, desk: str, ticket_id: str, errands: Mapping[int, Errand | None]) -> None:
        for number, errand in errands.items():
            if errand is None:
                self._run(
                    "DELETE FROM escalate_errands WHERE desk = ? AND ticket = ? AND number = ?",
                    desk,
                    ticket_id,
                    number,
                )
            else:
                self._run(
                    "INSERT INTO escalate_errands (desk, ticket, number, kind, at_us, tries)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (desk, ticket, number) DO UPDATE"
                    " SET kind = excluded.kind, at_us = excluded.at_us, tries = excluded.tries",
                    desk,
                    ticket_id,
                    number,
                    errand.kind,
                    errand.at_us,
                    errand.tries,
                )

    def _put_events(self, desk: str, ticket_id: str, entry: Entry) -> None:
        self._insert(
            "INSERT INTO escalate_events (desk, ticket, number, at_us, event, document) VALUES ",
            [
                (
                    desk,
                    ticket_id,
                    event.seq,
                    event.at_us,
                    type(event).__name__,
                    d.write_event(event),
                )
                for event in entry.events
            ],
        )
        erased = max((each.seq for each in entry.events if isinstance(each, Erased)), default=0)
        if erased:
            self._run(
                "DELETE FROM escalate_texts WHERE desk = ? AND ticket = ? AND number < ?",
                desk,
                ticket_id,
                erased,
            )
        self._insert(
            "INSERT INTO escalate_texts (desk, ticket, number, field, document) VALUES ",
            [
                (desk, ticket_id, number, field, d.write_text(text))
                for (number, field), text in entry.texts.items()
                if number >= erased
            ],
            " ON CONFLICT (desk, ticket, number, field) DO UPDATE SET document = excluded.document",
        )

    def _put_ticket(self, desk: str, ticket_id: str, entry: Entry, expected_version: int) -> None:
        columns = _columns(entry.ticket)
        version = expected_version + 1
        if expected_version == 0:
            errand_us = min((each.at_us for each in entry.errands.values() if each), default=None)
            kept = self._insert_ticket(desk, ticket_id, version, (*columns, errand_us))
        else:
            errand = ""
            if entry.errands:
                columns = (*columns, self._first_errand(desk, ticket_id))
                errand = ", errand_us = ?"
            kept = self._run(
                f"UPDATE escalate_tickets SET version = ?, {_SET}{errand}"  # noqa: S608
                " WHERE desk = ? AND ticket = ? AND version = ?",
                version,
                *columns,
                desk,
                ticket_id,
                expected_version,
            )
        if not kept:  # somebody else opened it between our look and now
            raise VersionConflict(ticket_id, expected_version, version)

    def _insert_ticket(self, desk: str, ticket_id: str, version: int, columns: Row) -> int:
        return self._run(
            f"INSERT INTO escalate_tickets (desk, ticket, version, {', '.join(_COLUMNS)}, errand_us)"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            desk,
            ticket_id,
            version,
            *columns,
        )

    def _first_errand(self, desk: str, ticket_id: str) -> int | None:
        rows = self._rows(
            "SELECT MIN(at_us) FROM escalate_errands WHERE desk = ? AND ticket = ?", desk, ticket_id
        )
        first: int | None = rows[0][0]
        return first

    # -- locking

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

    def _claim_file(self) -> None:
        # SQLite has one lock for all. A statement that could write takes it, also if it changes no row;
        # and it has Python's sqlite3 begin a transaction, which a savepoint alone would end by itself.
        self._run("UPDATE escalate_schema SET version = version WHERE 1 = 0")

    def _whole(self) -> AbstractContextManager[None]:
        """Keep all that is written in the ``with``, or nothing of it."""
        return self._savepoint()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        if self._dialect == "sqlite":
            self._claim_file()
        self._run("SAVEPOINT escalate")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK TO SAVEPOINT escalate")
            self._run("RELEASE SAVEPOINT escalate")
            raise
        self._run("RELEASE SAVEPOINT escalate")

    # -- asking the database

    def _insert(self, head: str, rows: Sequence[Row], tail: str = "") -> None:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            one = f"({', '.join('?' * len(some[0]))})"
            values = [value for row in some for value in row]
            self._run(head + ", ".join([one] * len(some)) + tail, *values)

    def _pairs(self, sql: str, *values: Any) -> Iterator[tuple[str, int]]:
        return ((name, number) for name, number in self._rows(sql, *values))

    def _rows(self, sql: str, *values: Any) -> Sequence[Row]:
        rows: Sequence[Row] = self._ask(sql, values, lambda cursor: cursor.fetchall())
        return rows

    def _run(self, sql: str, *values: Any) -> int:
        changed: int = self._ask(sql, values, lambda cursor: cursor.rowcount)
        return changed

    def _ask(self, sql: str, values: Row, then: Callable[[Any], Any]) -> Any:
        try:
            return then(self._execute(self._in_style(sql), self._given(values)))
        except EscalateError:
            raise
        except Exception as why:
            # Drivers have no error in common, so all of theirs come here; theirs stays as the cause.
            raise StoreFailed(_doing(sql), f"{type(why).__name__}: {why}") from why

    def _in_style(self, sql: str) -> str:
        if self._style == "qmark":
            return sql
        known = self._translated.get(sql)
        if known is None:
            head, *rest = sql.split("?")
            places = count(1)
            mark = {"format": "%s", "numeric": ":{}", "named": ":p{}", "pyformat": "%(p{})s"}
            known = head + "".join(mark[self._style].format(next(places)) + each for each in rest)
            self._translated[sql] = known
        return known

    def _given(self, values: Row) -> Any:
        if self._style in ("named", "pyformat"):
            return {f"p{place}": value for place, value in enumerate(values, start=1)}
        return tuple(values)


_COLUMNS: Final = (
    "seq",
    "opened_us",
    "changed_us",
    "due_us",
    "tier",
    "assignee",
    "done",
    "document",
)
_SET: Final = ", ".join(f"{name} = ?" for name in _COLUMNS)
_OF_TICKETS: Final = (
    "escalate_events",
    "escalate_texts",
    "escalate_commands",
    "escalate_errands",
    "escalate_refusals",
    "escalate_failures",
    "escalate_shown",
    "escalate_tickets",
)


def _columns(ticket: Ticket | None) -> Row:
    """Return what stands in the row of a ticket beside its key, version and next errand."""
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


def _doing(sql: str) -> str:
    """Return the first words of a statement: what it does to which table, and no value."""
    return " ".join(sql.split("(", maxsplit=1)[0].split()[:4])
