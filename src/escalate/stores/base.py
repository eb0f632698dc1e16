"""The contract of a store: what a desk keeps, and the promises on which it stands.

A store keeps; it decides nothing and reads no clock. The journal is the truth: a ticket is its fold, and
the ticket stored beside it is a copy that spares the folding. Every key begins with the name of the
``desk``, so that several desks may share a store. Instants are whole microseconds since 1970 in UTC.

What a store in SQL needs, one table each: tickets (desk, ticket, version, due, tier, done, assignee, the
ticket itself, what its host shows; an index on desk and due), events (desk, ticket, number), texts (desk,
ticket, number, field), commands (desk, ticket, command id; unique), refusals, errands (desk, ticket,
number; an index on desk and instant), held (desk, ticket, number), turns (desk, tier, agent), failures,
policies (desk, name, version; unique). :mod:`escalate.stores.schema` is that in SQL.

:func:`escalate.testing.check_store` holds a store against all of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Literal, Protocol

import attrs

from escalate.core.events import Event
from escalate.core.facts import Fact
from escalate.core.instants import show_instant
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import FrozenDict

Texts = Mapping[tuple[int, str], str]
"""Free texts of one ticket, by (event number, field)."""

ErrandKind = Literal["notify", "classify", "follow-up", "fact"]
NO_TEXTS: Final[Texts] = FrozenDict()
NEVER_US: Final = 253_402_300_799_000_000
"""The last second of the year 9999: from then on lies what nobody tries any more."""


@attrs.frozen
class Stored:
    """A ticket as a store has it.

    Attributes:
        ticket: The ticket after its last event; none if it was never opened.
        version: How often something was appended; 0 if never.
        shown: What the ticket's host was last seen to show, as text; none if it has no host.
    """

    ticket: Ticket | None = None
    version: int = 0
    shown: str | None = attrs.field(default=None, repr=False)  # long, and in the words of machines


@attrs.frozen(order=True)
class Due:
    """Something that is due: when, and for which ticket. In order, the earliest comes first."""

    at_us: int = attrs.field(repr=show_instant)
    ticket_id: str


@attrs.frozen
class Errand:
    """Something that an event asks the desk to do in the world, kept until it is done.

    Attributes:
        number: The number of the event that asks for it; that of a :class:`Held` for a fact.
        kind: Somebody is to be told, the classifier to be asked, a linked ticket to be opened, or a fact
            that is held to be handed over.
        at_us: When it is to be done, or to be tried again.
        tries: How often it has failed.
    """

    number: int
    kind: ErrandKind
    at_us: int = attrs.field(repr=show_instant)
    tries: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether it was given up."""
        return self.at_us >= NEVER_US  # by how much is for whoever gave it up to say


@attrs.frozen
class Held:
    """A fact that waits for others that occurred before it and are still on their way.

    An errand of the same number, of kind ``"fact"``, says when it is to be handed over.

    Attributes:
        ticket_id: The ticket it is about.
        number: Below zero, for it is no event yet; of those of a ticket, what came later has a lower one.
        at_us: When it counts as having occurred.
        fact: What somebody saw happen, with its texts.
    """

    ticket_id: str
    number: int
    at_us: int = attrs.field(repr=show_instant)
    fact: Fact = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Refusal:
    """A command that was refused: no event, so it stands in a table of its own.

    Attributes:
        ticket_id: The ticket it was about.
        at_us: When it was refused.
        by: Who asked.
        asked: The name of the command, such as ``"Escalate"``.
        code: The code of the error.
        why: The error in words.
        command_id: The caller's key for that very request, if it had one.
    """

    ticket_id: str
    at_us: int = attrs.field(repr=show_instant)
    by: Actor | None
    asked: str
    code: str
    why: str
    command_id: str | None = None


@attrs.frozen(kw_only=True)
class Failure:
    """Something of the host that went wrong and cost no event: a listener, a mail, a classifier.

    Attributes:
        at_us: When.
        ticket_id: The ticket it was about; empty if none.
        where: What failed, such as ``"listener 'sms'"``.
        why: The error in words.
    """

    at_us: int = attrs.field(repr=show_instant)
    ticket_id: str
    where: str
    why: str


@attrs.frozen
class Turn:
    """A ticket given to somebody in turn.

    Attributes:
        tier: The tier whose turn it is.
        agent: Who was given the ticket.
        number: The how manieth of that tier, from 1; a store takes only the next one.
    """

    tier: str
    agent: str
    number: int


@attrs.frozen(kw_only=True)
class PolicyText:
    """A policy as a store keeps it: a text, which a store does not read.

    Attributes:
        name: Its name.
        version: Its version; the two are the key by which tickets refer to it.
        text: What :func:`escalate.runtime.policytext.read_policy` reads; none if no text can say it, as
            with a condition that is a Python function.
        by: Who published it.
        at_us: When.
        proof: What :func:`escalate.runtime.proof.read_proof` reads; none if it was published without one.
        policy: The policy itself. What outlives its process keeps the text only, and gives none back.
    """

    name: str
    version: str
    text: str | None
    by: Actor
    at_us: int = attrs.field(repr=show_instant)
    proof: str | None = attrs.field(default=None, repr=False)
    policy: EscalationPolicy | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """Name and version, as tickets refer to it."""
        return self.name, self.version


@attrs.frozen(kw_only=True)
class Entry:
    """All that one visit to a ticket leaves behind. A store keeps it whole, or nothing of it.

    Attributes:
        ticket: The ticket afterwards; none if it is not open yet.
        events: What happened, with their numbers, oldest first.
        texts: The free texts that came with them.
        command_id: The id of a command that was carried out, also if nothing changed by it.
        refusal: The command that was refused, if one was.
        errands: By event number: the errand as it stands now, or none once it is done.
        held: By number: a fact that is held from now on, or none once it was handed over.
        turns: Who was given the ticket in turn.
        shown: What the ticket's host shows now, as text; none leaves what was kept before.
    """

    ticket: Ticket | None
    events: tuple[Event, ...] = ()
    texts: Texts = NO_TEXTS
    command_id: str | None = None
    refusal: Refusal | None = None
    errands: Mapping[int, Errand | None] = attrs.field(factory=dict)
    held: Mapping[int, Held | None] = attrs.field(factory=dict)
    turns: tuple[Turn, ...] = ()
    shown: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        kept = (self.events, self.command_id, self.refusal, self.errands, self.held, self.turns)
        return not any(kept) and self.shown is None


@attrs.frozen
class Rebuilt:
    """What a rebuilding came to.

    Attributes:
        changed: The tickets that were not as their events say, and are now.
        failed: Those whose events cannot be read, and why.
    """

    changed: tuple[str, ...] = ()
    failed: Mapping[str, str] = attrs.field(factory=dict)


class Store(Protocol):
    """Keeps the journals of desks, and what belongs to them. Safe from several threads."""

    def locked(
        self, desk: str, ticket_id: str, *, wait: bool = True
    ) -> AbstractContextManager[Stored]:
        """Hold the ticket's lock for the length of a ``with``, and give the ticket as it is then.

        Nobody else appends to that ticket meanwhile; other tickets are not held up for long. Where
        several processes write one file, somebody of another process may, and then the ``append`` of
        this block is the one that is told so. A store in a database commits when the block ends and
        rolls back if it ends in an error; one on the connection of a host leaves both to the host. A
        ticket that was never opened is locked as well. The block must not lock another ticket.

        Raises:
            TicketBusy: Somebody else holds it, and *wait* is false.
        """
        ...

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        """Keep *entry* whole and return the new version, which is one more than the old.

        An event :class:`~escalate.core.events.Erased` deletes the texts of all earlier events.

        Raises:
            VersionConflict: The ticket is not at *expected_version*, or a turn is not the next one of
                its tier: somebody was faster. Nothing was kept.
            InvalidJournal: The numbers of the events do not follow those of the journal.
        """
        ...

    def strike(self, desk: str, done: Sequence[tuple[str, int]]) -> None:
        """Strike errands off, by ticket and event number; those that are gone already are no error.

        Each ticket that had one is at a new version then, so that whoever has read it looks again.
        """
        ...

    def batch(self, desk: str) -> AbstractContextManager[Store]:
        """Give a store for many visits in a row, of which what is kept is committed together.

        Each ``locked`` block in it is kept whole or leaves nothing; what the ``with`` itself ends in, an
        error, undoes them all. Tickets that are locked in it, and those that its ``due`` and
        ``due_errands`` return, stay so until it ends, and none is waited for: one that somebody else holds
        is left out, or ``TicketBusy``. For one thread, and for a short while: others may have to wait.

        A store that commits nothing may give itself, and keep each visit by itself.

        Raises:
            StoreFailed: Something could not be kept, so nothing was; or nobody knows, because the
                connection broke while it committed.
        """
        ...

    def load(self, desk: str, ticket_id: str) -> Stored:
        """Return the ticket as it is; without one, a :class:`Stored` that is empty."""
        ...

    def events(
        self, desk: str, ticket_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Event, ...]:
        """Return the journal of a ticket, oldest first, from event number *after* + 1 on.

        *limit* is how many at most; none means all.
        """
        ...

    def texts(self, desk: str, ticket_id: str) -> Texts:
        """Return the free texts of a ticket."""
        ...

    def errands(self, desk: str, ticket_id: str) -> tuple[Errand, ...]:
        """Return what is still to be done for a ticket, by event number."""
        ...

    def held(self, desk: str, ticket_id: str | None = None) -> tuple[Held, ...]:
        """Return the facts that are held, of one ticket or all: by ticket, then as they came."""
        ...

    def knows_command(self, desk: str, ticket_id: str, command_id: str) -> bool:
        """Whether a command of that id was carried out on the ticket before."""
        ...

    def due(
        self, desk: str, *, before_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return up to *limit* tickets whose next timer lies before *before_us*, the earliest first.

        Strictly before: nothing fires at its very instant, so what is due then would be claimed
        for ever. *after* leaves out all that come before it in this order, and itself.
        """
        ...

    def due_errands(
        self, desk: str, *, until_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return up to *limit* tickets with an errand for *until_us* or before, the earliest first."""
        ...

    def ids(self, desk: str) -> tuple[str, ...]:
        """Return the ids of all tickets, in the order in which they were opened."""
        ...

    def live(self, desk: str) -> tuple[Ticket, ...]:
        """Return the tickets that are neither resolved nor closed, in any order."""
        ...

    def loads(self, desk: str) -> Mapping[str, int]:
        """Return how many tickets each assignee has that are neither resolved nor closed."""
        ...

    def turns(self, desk: str, tier: str) -> Mapping[str, int]:
        """Return, for each agent who was given a ticket in *tier*, the number of their last turn."""
        ...

    def refusals(self, desk: str, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        """Return the refused commands, of one ticket or all, oldest first."""
        ...

    def refused(self, desk: str, ticket_id: str, command_id: str) -> Refusal | None:
        """Return the refusal of the command of that id on a ticket, the first if there are several."""
        ...

    def refuse(self, desk: str, refusal: Refusal) -> None:
        """Keep the refusal of a command that has no ticket."""
        ...

    def fail(self, desk: str, failure: Failure) -> None:
        """Keep *failure*."""
        ...

    def failures(self, desk: str) -> tuple[Failure, ...]:
        """Return what went wrong, oldest first."""
        ...

    def publish(self, desk: str, policy: PolicyText) -> bool:
        """Keep *policy* as the newest one; false, and nothing kept, if its name and version are there."""
        ...

    def newest(self, desk: str) -> tuple[str, str] | None:
        """Return name and version of the newest policy; none if the book is empty. This is asked often."""
        ...

    def policies(self, desk: str) -> tuple[PolicyText, ...]:
        """Return the policy book, oldest first."""
        ...

    def rebuild(self, desk: str) -> Rebuilt:
        """Make every ticket, and when it is due, again from its events, however old they are.

        A ticket whose events cannot be read is named and left as it is.
        """
        ...

    def purge(self, desk: str, *, before_us: int) -> tuple[str, ...]:
        """Delete what is older than *before_us* and over, and return the tickets that are gone.

        Those are the tickets that are resolved or closed, have not changed since and have no fact that
        is held, with all that is kept of them, and refusals and failures of before.
        """
        ...
