"""The desk that works out of the box: it owns its tickets, and carries what the engine decides.

It reads the clock, holds locks, stores, and calls what the host gave it: listeners, a directory, an
assigner, a classifier, a carrier of notices. What of those fails is recorded and costs no event.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from typing import Any, Final

import attrs

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
from escalate.runtime.doors import (
    a_command,
    a_fact,
    as_key,
    callables,
    furnished,
    of_kind,
    span_us,
    words,
)
from escalate.runtime.errands import DESK, Errands, Listener
from escalate.runtime.keeping import Keeping
from escalate.runtime.notices import Carrier, Notice
from escalate.runtime.outbox import Outbox
from escalate.runtime.policybook import PolicyBook
from escalate.runtime.rebasing import Moving
from escalate.runtime.reporting import Reports
from escalate.runtime.surroundings import Surroundings
from escalate.runtime.ticking import LookAfter, Round, Ticked
from escalate.runtime.views import Views
from escalate.runtime.visiting import Deed, Visit
from escalate.runtime.visits import stored_visit, until_no_conflict
from escalate.runtime.watching import Observer
from escalate.stores.base import Store
from escalate.stores.memory import MemoryStore

NO_TIME: Final = timedelta(0)


def now_utc() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def _new_id() -> str:
    return f"T-{secrets.token_hex(4)}"


class Desk(Views, Moving, Outbox, Keeping):
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
        classifiers: The classifiers that may be named, by name, or a
            :class:`~escalate.classifiers.Registry`, which may allow plugins. No other plugin is loaded.
        classify_within_s: How many seconds a classifier may take.
        directory: Who stands behind roles and tiers.
        assigner: Who gets a ticket that comes to a tier; it needs a directory.
        listeners: Called with a ticket and its new events, after they were stored.
        notify: Carries a notice to people. One that fails is asked again by later ticks, each time after
            twice as long. Without one, notices are in the journal and with the listeners.
        notify_within_s: How many seconds that may take; it runs in a thread of its own. None: as long
            as it likes, in the caller's thread.
        observers: Hear what was decided, refused, fired, delivered and what failed, for figures and
            alarms: see :class:`~escalate.runtime.Observer`.
        observe_within_s: How many seconds the desk waits for an observer before it leaves it behind.
        new_id: Returns the id of a new ticket.
        settle: How long timers and facts wait for facts that occurred before them and are still on their
            way, as from webhooks. Those that come within it are followed in the order in which they
            occurred; a command waits for nothing, and what is held is followed before it.

    Raises:
        InvalidPolicy: The policy book has another policy of that name and version.
        BadInput: *policy* is none, a listener cannot be called, or a classifier is named that the desk
            does not have.

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
        observers: Iterable[Observer] = (),
        observe_within_s: float = 1.0,
        new_id: Callable[[], str] = _new_id,
        settle: timedelta = NO_TIME,
    ) -> None:
        of_kind(
            "Desk.policy", policy, EscalationPolicy, 'a policy, e.g. load_policy("policy.toml")'
        )
        heard = callables("Desk.listeners", listeners)
        if assigner is not None and directory is None:
            raise BadInput("Desk.directory", None, "one beside an assigner, to know who is there")
        kept: Store = MemoryStore() if store is None else store
        furnished("Desk", kept, name, clock)
        wait_us = span_us("Desk.settle", settle)
        around = Surroundings(
            name, kept, directory, assigner, notify is not None, settle_us=wait_us
        )
        super().__init__(around, PolicyBook(kept, name), clock)
        self._new_id = new_id
        self._askers = Askers(classifier, classifiers, classify_within_s)
        self._errands = Errands(
            around,
            self._book,
            self._askers,
            heard,
            None if notify is None else Carrier(notify, notify_within_s),
            self._visit,
            self._now_us,
            Reports(name, tuple(observers), observe_within_s),
            strikes=True,
        )
        # No news if the book has it, an error if it has another one. A desk that starts proves nothing.
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
            BadInput: *id* is no key: empty, or longer than any should be.
        """
        key = None if id is None else as_key("Desk.open(id)", id)
        while key is None or (id is None and self._store.load(self.name, key).ticket is not None):
            key = self._new_id()
        command = c.Open(
            key,
            subject=subject,
            channel=channel,
            requester=requester,
            priority=priority,
            request_type=request_type,
            tags=words("Desk.open(tags)", tags),
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
        a_command("Desk.handle", command)
        if isinstance(command, c.Open):
            raise BadInput("Desk.handle", "Open", "desk.open(...) for a new ticket")
        self.ticket(ticket_id)
        visit = self._visit(ticket_id, lambda visit: visit.ask(command))
        if visit.refusal is not None:
            raise visit.refusal
        return tuple(visit.events)

    def observe(self, ticket_id: str, fact: Fact) -> tuple[Event, ...]:
        """Follow what somebody saw happen to a ticket, and return what happened; it is never refused.

        With ``settle``, a fact that says when it occurred is kept, and followed once that is so long ago:
        by the next visit or tick. Until then nothing comes of it, and the facts that came before it in
        time may still come. A command that it describes is held once, if it has an id.

        Raises:
            UnknownTicket: The desk has no such ticket.
            NaiveInstant: The fact or the desk's clock gave an instant without a time zone.
        """
        a_fact("Desk.observe", fact)
        self.ticket(ticket_id)
        return tuple(self._visit(ticket_id, lambda visit: visit.hear(fact)).events)

    def tick(self, limit: int | None = None) -> Ticked:
        """Fire every timer that lies before now and do every errand that is due.

        Call it as often as you like, from any number of processes: how often changes no ticket. One
        ticket that cannot be worked on holds up no other. With a *limit*, it ends after so many visits
        to tickets, and the next tick goes on.

        Raises:
            BadInput: *limit* is less than 1.
        """
        look_after = self._catching_up(self._around)
        return Round(self._errands, look_after, limit, self._together).go(self._now_us())

    @property
    def policy(self) -> EscalationPolicy:
        """The policy for new tickets."""
        return self._book.newest()

    # -- visits

    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        visit = self._stored_visit(ticket_id, deed)
        self._errands.after(ticket_id, visit)
        return visit

    def _stored_visit(self, ticket_id: str, deed: Deed) -> Visit:
        """Load, let *deed* happen, append: one transaction. What reaches out comes after it."""
        return until_no_conflict(
            lambda: self._locked_visit(self._around, ticket_id, deed, wait=True)
        )

    def _catching_up(self, around: Surroundings) -> LookAfter:
        """Return what visits a ticket for its timers and errands, without waiting for it."""

        def look_after(ticket_id: str, before_us: int) -> Visit:
            deed = methodcaller("catch_up", before_us)
            return until_no_conflict(
                lambda: self._locked_visit(around, ticket_id, deed, wait=False)
            )

        return look_after

    @contextmanager
    def _together(self) -> Iterator[tuple[Store, LookAfter]]:
        """Give a store for a batch of visits, and what makes them."""
        with self._store.batch(self.name) as store:
            yield store, self._catching_up(attrs.evolve(self._around, store=store))

    def _locked_visit(
        self, around: Surroundings, ticket_id: str, deed: Deed, *, wait: bool
    ) -> Visit:
        with around.store.locked(self.name, ticket_id, wait=wait) as stored:
            ticket = stored.ticket
            policy = self._book.newest() if ticket is None else self._policy_of(ticket)
            visit = Visit(
                around,
                stored,
                ticket_id,
                policy,
                self._now_us(),  # only now: whoever held the lock before was earlier
                classifies=self._askers.is_named(policy),
            )
            deed(visit)
            stored_visit(around, ticket_id, visit, stored)
        return visit
