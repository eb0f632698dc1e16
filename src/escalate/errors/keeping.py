"""What went wrong between a desk, its store and its host."""

from __future__ import annotations

from typing import ClassVar

import attrs

from escalate.errors.base import EscalateError


@attrs.define
class PolicyRefuted(EscalateError):
    """A policy was to be published that lacks a property of good policies, as a proof has shown.

    Attributes:
        name: The policy's name.
        version: Its version.
        found: What was found, as "code: sentence".
        codes: The codes under which it was refuted, for :meth:`Desk.publish` to be told that they are
            meant.
    """

    code: ClassVar[str] = "policy-refuted"

    name: str
    version: str
    found: tuple[str, ...]
    codes: tuple[str, ...]

    def __str__(self) -> str:
        asked = f"policy {self.name!r} version {self.version!r} is refuted"
        meant = ", ".join(repr(code) for code in self.codes)
        return f"{asked}: {'; '.join(self.found)}; mend it, or publish it despite=[{meant}]"


@attrs.define
class UnknownPolicy(EscalateError):
    """A ticket was opened under a policy that the desk's policy book does not hold.

    Attributes:
        name: The policy's name.
        version: Its version.
        known: The policies in the book, as "name version".
    """

    code: ClassVar[str] = "unknown-policy"

    name: str
    version: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        asked = f"no policy {self.name!r} version {self.version!r} in the policy book"
        return (
            f"{asked}; it holds: {', '.join(self.known) or 'none'}; publish the one that is missing"
        )


@attrs.define
class VersionConflict(EscalateError):
    """Somebody else appended to a ticket in the meantime: read it again and decide again.

    Attributes:
        ticket_id: The ticket.
        expected: The version that the writer had read.
        found: The version that the store has.
    """

    code: ClassVar[str] = "version-conflict"

    ticket_id: str
    expected: int
    found: int

    def __str__(self) -> str:
        seen = f"ticket {self.ticket_id!r} is at version {self.found}, not {self.expected}"
        return f"{seen}; load it again and decide again"


@attrs.define
class TicketBusy(EscalateError):
    """A ticket is locked by somebody else, and the caller did not want to wait."""

    code: ClassVar[str] = "ticket-busy"

    ticket_id: str

    def __str__(self) -> str:
        return f"ticket {self.ticket_id!r} is being worked on; wait for it, or come back later"


@attrs.define
class InsideApply(EscalateError):
    """A host asked for more while it was to write what a desk had decided."""

    code: ClassVar[str] = "inside-apply"

    ticket_id: str
    asked: str

    def __str__(self) -> str:
        asked = f"ticket {self.ticket_id!r}: {self.asked} was asked from within host.apply"
        return f"{asked}, where the desk is at work already; ask once it has returned"


@attrs.define
class HostUnsettled(EscalateError):
    """Host and desk answer each other without end; nothing of it was kept."""

    code: ClassVar[str] = "host-unsettled"

    ticket_id: str
    visits: int

    def __str__(self) -> str:
        went = f"ticket {self.ticket_id!r}: one change led to {self.visits} visits and to no end"
        return f"{went}; what does the host change of its own accord when apply has written?"


@attrs.define
class GivenUp(EscalateError):
    """An errand failed too often, and is a dead letter from now on.

    Attributes:
        ticket_id: The ticket it is about.
        number: The number of the event that asks for it.
        tries: How often it has failed.
    """

    code: ClassVar[str] = "given-up"

    ticket_id: str
    number: int
    tries: int

    def __str__(self) -> str:
        what = (
            f"given up after {self.tries} tries: event {self.number} of ticket {self.ticket_id!r}"
        )
        return f"{what}; desk.outbox(dead=True) lists it, desk.resend(...) tries it anew"


@attrs.define
class NoSuchLetter(EscalateError):
    """Something was to be sent again that the outbox does not hold.

    Attributes:
        desk: The desk.
        ticket_id: The ticket it would be about.
        number: The number of the event that would ask for it.
        waiting: The numbers of the events of that ticket which do.
    """

    code: ClassVar[str] = "no-such-letter"

    desk: str
    ticket_id: str
    number: int
    waiting: tuple[int, ...]

    def __str__(self) -> str:
        waiting = ", ".join(map(str, self.waiting)) or "none"
        asked = f"the outbox of {self.desk!r} holds no errand of event {self.number}"
        return f"{asked} of ticket {self.ticket_id!r}; of that ticket it holds: {waiting}"


@attrs.define
class NewerDocument(EscalateError):
    """Something stored was written by a later release, and must not be understood by half.

    Attributes:
        what: What it is, such as ``"ticket 'T-1', event 5"``.
        found: What this release does not know.
        reads: The last format that this release reads.
    """

    code: ClassVar[str] = "newer-document"

    what: str
    found: str
    reads: int

    def __str__(self) -> str:
        return (
            f"{self.what} has {self.found}, which this release does not know; it reads formats up to "
            f"{self.reads}: upgrade escalate-tiers here as well"
        )


@attrs.define
class BrokenDocument(EscalateError):
    """Something stored cannot be read: it was cut off, or changed by something else than escalate.

    Attributes:
        what: What it is, such as ``"ticket 'T-1'"``.
        why: What is wrong with it.
    """

    code: ClassVar[str] = "broken-document"

    what: str
    why: str

    def __str__(self) -> str:
        wanted = "restore it from a backup; a ticket whose events are whole comes back by rebuild()"
        return f"{self.what} cannot be read: {self.why}; {wanted}"


@attrs.define
class NewerSchema(EscalateError):
    """The tables of a store were made by a later release.

    Attributes:
        found: The version of the tables.
        known: The last version that this release knows.
    """

    code: ClassVar[str] = "newer-schema"

    found: int
    known: int

    def __str__(self) -> str:
        return (
            f"the tables of this store have version {self.found}, and this release knows versions up "
            f"to {self.known}: upgrade escalate-tiers here as well"
        )


@attrs.define
class StoreFailed(EscalateError):
    """A database did not do what a store asked of it; what the visit had written is undone.

    Attributes:
        doing: What was asked, such as ``"INSERT INTO escalate_events"``.
        why: What the database's driver said; its error is the cause of this one.
    """

    code: ClassVar[str] = "store-failed"

    doing: str
    why: str

    def __str__(self) -> str:
        return f"the database did not take {self.doing!r}: {self.why}; mend that and ask again"
