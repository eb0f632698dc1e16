"""The desk that works out of the box: it owns its tickets, and carries what the engine decides.

It reads the clock, holds locks, stores, and calls what the host gave it: listeners, a directory, an
assigner, a classifier, a carrier of notices. What of those fails is recorded and costs no event.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from escalate.core import commands as c
from escalate.core.events import Event
from escalate.core.facts import Fact
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput
from escalate.runtime.asking import Askers
from escalate.runtime.assigning import Assigner
from escalate.runtime.directory import Directory
from escalate.runtime.errands import DESK, Errands, Listener
from escalate.runtime.keeping import Keeping
from escalate.runtime.notices import Carrier, Notice
from escalate.runtime.outbox import Outbox
from escalate.runtime.policybook import Edition, PolicyBook
from escalate.runtime.proving import prove
from escalate.runtime.ticking import Round, Ticked
from escalate.runtime.views import Views
from escalate.runtime.visiting import Deed, Surroundings, Visit
from escalate.runtime.visits import stored_visit, until_no_conflict
from escalate.stores.base import Store
from escalate.stores.memory import MemoryStore


def now_utc() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def _new_id() -> str:
    return f"T-{secrets.token_hex(4)}"


class Desk(Views, Outbox, Keeping):
    """Tickets under a policy, kept in a store.

    Safe from several threads, and, as far as its store is, from several processes.

    Args:
        policy: For new tickets, unless the store's policy book has a newer one. A policy that the book
            does not hold is published in the name of the desk.
        store: Where tickets are kept; in memory unless it says otherwise.
        name: With which every key in the store begins, so that desks may share a store.
        clock: Returns the present instant, aware. It is read once a ticket's lock is held.
        classifier: Says where new tickets start: an object with ``name``, ``version`` and ``classify``, a
            function of a ticket, or a name in *classifiers*. None means the one that the policy names.
        classifiers: The classifiers that may be named, by name.
        classify_within_s: How many seconds a classifier may take.
        directory: Who stands behind roles and tiers.
        assigner: Who gets a ticket that comes to a tier; it needs a directory.
        listeners: Called with a ticket and its new events, after they were stored.
        notify: Carries a notice to people. One that fails is asked again by later ticks, each time after
            twice as long. Without one, notices are in the journal and with the listeners.
        notify_within_s: How many seconds that may take; it runs in a thread of its own. None: as long
            as it likes, in the caller's thread.
        new_id: Returns the id of a new ticket.

    Raises:
        InvalidPolicy: The policy book has another policy of that name and version.
        BadInput: A classifier is named that the desk does not have.

    >>> desk = Desk(EscalationPolicy("support", ["N1", "N2"]))
    >>> ticket = desk.open(subject="Can't log in", channel="chat", requester="cust-81")
    >>> [ticket.tier for ticket in desk.queue("N1")]
    ['N1']
    """

    def __init__(  # noqa: PLR0913  one keyword for each thing that a host may bring
        self,
        policy: EscalationPolicy,
        store: Store | None = None,
        *,
        name: str = "main",
        clock: Callable[[], datetime] = now_utc,
        classifier: object | None = None,
        classifiers: Mapping[str, object] = NOTHING,
        classify_within_s: float = 10.0,
        directory: Directory | None = None,
        assigner: Assigner | None = None,
        listeners: Iterable[Listener] = (),
        notify: Callable[[Notice], object] | None = None,
        notify_within_s: float | None = 10.0,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        if assigner is not None and directory is None:
            raise BadInput("Desk.directory", None, "one beside an assigner, to know who is there")
        kept: Store = MemoryStore() if store is None else store
        around = Surroundings(name, kept, directory, assigner, notify is not None)
        super().__init__(around, PolicyBook(kept, name), clock)
        self._new_id = new_id
        self._askers = Askers(classifier, classifiers, classify_within_s)
        self._errands = Errands(
            around,
            self._book,
            self._askers,
            tuple(listeners),
            None if notify is None else Carrier(notify, notify_within_s),
            self._visit,
            self._now_us,
        )
        # No news if the book has it; an error if it has another one. A start proves nothing.
        self.publish(policy, by=DESK, proof=False)

    # -- what is asked of tickets

    def open(  # noqa: PLR0913  the fields of Open
        self,
        *,
        subject: str = "",
        channel: str | None = None,
        requester: str | None = None,
        priority: str | None = None,
        request_type: str | None = None,
        tags: Iterable[str] = (),
        fields: Mapping[str, Any] = NOTHING,
        tier: str | None = None,
        id: str | None = None,  # noqa: A002  as commands call it
        by: Actor | None = None,
    ) -> Ticket:
        """Open a ticket and return it, after a classifier has looked at it, if there is one.

        Args:
            subject: What the customer says; kept as a text, apart from events.
            channel: How it came in.
            requester: The host's opaque key for the customer.
            priority: One of the policy's; none means the usual one.
            request_type: Which request of the protocol it is.
            tags: Words to put on it.
            fields: Values to put on it.
            tier: Where it starts; none means where its request type belongs, else the policy's entry.
            id: Its key; a ticket that is there already is returned as it is. None means a new one.
            by: Who asks; none stands for the customer.

        Raises:
            Refused: The policy does not know the priority, tier or request type.
        """
        key = id
        while key is None or (id is None and self._store.load(self.name, key).ticket is not None):
            key = self._new_id()
        command = c.Open(
            key,
            subject=subject,
            channel=channel,
            requester=requester,
            priority=priority,
            request_type=request_type,
            tags=frozenset([tags]) if isinstance(tags, str) else frozenset(tags),
            fields=fields,
            tier=tier,
            by=by,
        )
        visit = self._visit(key, lambda visit: visit.ask(command))
        if visit.refusal is not None:
            raise visit.refusal
        return self.ticket(key)

    def handle(self, ticket_id: str, command: c.Command) -> tuple[Event, ...]:
        """Let *command* act on a ticket, and return what happened, timers that fired first included.

        A command whose id was seen before changes nothing.

        Raises:
            UnknownTicket: The desk has no such ticket.
            Refused: The policy, the ticket's state or the actor's rights do not allow it. What fired
                before it is stored; the refusal itself is in ``desk.refusals()``.
            NaiveInstant: The desk's clock gave an instant without a time zone.
        """
        if isinstance(command, c.Open):
            raise BadInput("Desk.handle", "Open", "desk.open(...) for a new ticket")
        self.ticket(ticket_id)
        visit = self._visit(ticket_id, lambda visit: visit.ask(command))
        if visit.refusal is not None:
            raise visit.refusal
        return tuple(visit.events)

    def observe(self, ticket_id: str, fact: Fact) -> tuple[Event, ...]:
        """Follow what somebody saw happen to a ticket; it is never refused.

        Raises:
            UnknownTicket: The desk has no such ticket.
            NaiveInstant: The fact or the desk's clock gave an instant without a time zone.
        """
        self.ticket(ticket_id)
        return tuple(self._visit(ticket_id, lambda visit: visit.see(fact)).events)

    def tick(self, limit: int | None = None) -> Ticked:
        """Fire every timer that lies before now and do every errand that is due.

        Call it as often as you like, from any number of processes: how often changes no ticket. One
        ticket that cannot be worked on holds up no other. With a *limit*, it ends after so many visits
        to tickets, and the next tick goes on.

        Raises:
            BadInput: *limit* is less than 1.
        """

        def look_after(ticket_id: str, before_us: int) -> Visit:
            def deed(visit: Visit) -> None:
                visit.catch_up(before_us)

            return self._stored_visit(ticket_id, deed, wait=False)

        return Round(self._errands, look_after, limit).go(self._now_us())

    def publish(
        self,
        policy: EscalationPolicy,
        *,
        by: Actor,
        despite: Iterable[str] = (),
        proof: bool = True,
    ) -> Edition:
        """Add *policy* to the policy book: new tickets come under it, tickets in flight stay on theirs.

        Before, it is proved as :meth:`EscalationPolicy.verify` does, which may take seconds.

        Args:
            policy: The policy.
            by: Who publishes it.
            despite: The codes of what may be refuted all the same, such as ``"silent-pause"``.
            proof: Whether it is proved at all; one that the book has already is not.

        Raises:
            PolicyRefuted: It lacks a property, and *despite* does not name it.
            InvalidPolicy: The book has another policy of that name and version.
            BadInput: *by* is no actor, or the policy names a classifier that the desk does not have.
        """
        self._askers.check(policy)
        if proof and isinstance(by, Actor) and not self._book.holds(policy):
            prove(policy, despite)
        return self._book.publish(policy, by=by, now=self._clock())

    @property
    def policy(self) -> EscalationPolicy:
        """The policy for new tickets."""
        return self._book.newest()

    # -- visits

    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        visit = self._stored_visit(ticket_id, deed)
        self._errands.after(ticket_id, visit)
        return visit

    def _stored_visit(self, ticket_id: str, deed: Deed, *, wait: bool = True) -> Visit:
        """Load, let *deed* happen, append: one transaction. What reaches out comes after it."""
        return until_no_conflict(lambda: self._locked_visit(ticket_id, deed, wait=wait))

    def _locked_visit(self, ticket_id: str, deed: Deed, *, wait: bool) -> Visit:
        with self._store.locked(self.name, ticket_id, wait=wait) as stored:
            ticket = stored.ticket
            policy = self._book.newest() if ticket is None else self._policy_of(ticket)
            visit = Visit(
                self._around,
                stored,
                ticket_id,
                policy,
                self._now_us(),  # only now: whoever held the lock before was earlier
                classifies=self._askers.of(policy) is not None,
            )
            deed(visit)
            stored_visit(self._around, ticket_id, visit, stored)
        return visit
