"""The desk that works out of the box: it owns its tickets, and carries what the engine decides.

It reads the clock, holds locks, stores, and calls what the host gave it: listeners, a directory, an
assigner, a classifier, a carrier of notices. What of those fails is recorded and costs no event.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from operator import methodcaller
from typing import Any, Final

import attrs

from escalate.classifiers.base import TicketText, as_classifier
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.engine import advance
from escalate.core.events import Event
from escalate.core.explained import Explanation
from escalate.core.explaining import explain
from escalate.core.facts import Did, Fact
from escalate.core.instants import as_instant, as_us
from escalate.core.model import ABSTAIN, Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.protocol import Check
from escalate.core.ranking import urgency
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput, TicketBusy, UnknownTicket, VersionConflict, nearest
from escalate.runtime.asking import Answer, Asker
from escalate.runtime.assigning import Assigner
from escalate.runtime.directory import Directory
from escalate.runtime.packet import Packet, checks_to_do, packet_of
from escalate.runtime.policybook import Edition, PolicyBook
from escalate.runtime.rows import Row, rows
from escalate.runtime.visiting import Job, Surroundings, Visit
from escalate.stores.base import Due, Failure, Rebuilt, Refusal, Store, Texts
from escalate.stores.exporting import export
from escalate.stores.memory import MemoryStore

Listener = Callable[[Ticket, tuple[Event, ...]], object]
Deed = Callable[[Visit], object]
DESK: Final = Actor("desk", "system")
_MOST_CONFLICTS: Final = 100
_log: Final = logging.getLogger("escalate")


@attrs.frozen(kw_only=True)
class Notice:
    """Somebody is to be told something, now.

    Attributes:
        key: The same at every try: what has this key and was carried before need not be carried again.
        ticket: The ticket that it is about.
        event: The event that asks for it; ``event.receiver`` is the role, ``event.about`` the reason.
        people: Who stands behind the role now; empty if the desk has no directory.
    """

    key: str
    ticket: Ticket
    event: e.NotifyAsked
    people: tuple[str, ...]


@attrs.frozen
class Ticked:
    """What a tick did.

    Attributes:
        tickets: The tickets to which something happened, each once, in the order of what was due.
        failed: Those that could not be worked on; ``desk.failures()`` says why.
    """

    tickets: tuple[str, ...]
    failed: tuple[str, ...]


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return f"T-{secrets.token_hex(4)}"


class Desk:
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
        clock: Callable[[], datetime] = _now,
        classifier: object | None = None,
        classifiers: Mapping[str, object] = NOTHING,
        classify_within_s: float = 10.0,
        directory: Directory | None = None,
        assigner: Assigner | None = None,
        listeners: Iterable[Listener] = (),
        notify: Callable[[Notice], object] | None = None,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.name = name
        self._store: Store = MemoryStore() if store is None else store
        self._clock = clock
        self._listeners = tuple(listeners)
        self._notify = notify
        self._new_id = new_id
        self._classifier = classifier
        self._askers = {
            key: Asker(as_classifier(each), classify_within_s) for key, each in classifiers.items()
        }
        self._asker: Asker | None = None
        if classifier is not None and not isinstance(classifier, str):
            self._asker = Asker(as_classifier(classifier), classify_within_s)
        if assigner is not None and directory is None:
            raise BadInput("Desk.directory", None, "one beside an assigner, to know who is there")
        self._book = PolicyBook(self._store, name)
        self._around = Surroundings(name, self._store, directory, assigner, notify is not None)
        self.publish(policy, by=DESK)  # no news if the book has it; an error if it has another one

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

    def tick(self) -> Ticked:
        """Fire every timer that lies before now and do every errand that is due.

        Call it as often as you like, from any number of processes: how often changes no ticket. One
        ticket that cannot be worked on holds up no other.
        """
        now_us = self._now_us()
        moved: dict[str, None] = {}
        failed: dict[str, None] = {}
        after: Due | None = None
        while due := self._store.due(self.name, before_us=now_us, after=after):
            # One instant of one ticket, then whatever is the earliest: as if somebody had been there.
            at_us, ticket_id = due[0].at_us, due[0].ticket_id
            if self._look_after(ticket_id, at_us + 1, failed):
                moved[ticket_id] = None
            else:
                after = due[0]
        after = None
        while due := self._store.due_errands(self.name, until_us=now_us, after=after):
            after = due[0]
            if self._look_after(after.ticket_id, now_us, failed):
                moved[after.ticket_id] = None
        return Ticked(tuple(moved), tuple(failed))

    def publish(self, policy: EscalationPolicy, *, by: Actor) -> Edition:
        """Add *policy* to the policy book: new tickets come under it, tickets in flight stay on theirs.

        Raises:
            InvalidPolicy: The book has another policy of that name and version.
            BadInput: *by* is no actor, or the policy names a classifier that the desk does not have.
        """
        self._check_classifier(policy)
        return self._book.publish(policy, by=by, now=self._clock())

    # -- what is to be seen

    @property
    def policy(self) -> EscalationPolicy:
        """The policy for new tickets."""
        return self._book.newest()

    def policies(self) -> tuple[Edition, ...]:
        """Return the policy book, oldest edition first."""
        return self._book.editions()

    def ticket(self, ticket_id: str) -> Ticket:
        """Return the ticket as it is stored: the fold of its history.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        ticket = self._store.load(self.name, ticket_id).ticket
        if ticket is None:
            raise UnknownTicket(self.name, ticket_id)
        return ticket

    def history(self, ticket_id: str) -> tuple[Event, ...]:
        """Return the journal of a ticket, oldest first.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        self.ticket(ticket_id)
        return self._store.events(self.name, ticket_id)

    def texts(self, ticket_id: str) -> Texts:
        """Return what was written on a ticket, by (event number, field).

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        self.ticket(ticket_id)
        return self._store.texts(self.name, ticket_id)

    def explain(self, ticket_id: str, *, by: Actor | None = None) -> Explanation:
        """Return why a ticket stands where it stands, and what *by* may do with it.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        ticket = self.ticket(ticket_id)
        return explain(ticket, self._policy_of(ticket), now=self._clock(), by=by)

    def queue(self, tier: str) -> tuple[Ticket, ...]:
        """Return the tickets of a tier that are not done, the one to look at next first.

        The order is that of :func:`escalate.core.rank`. Tickets are shown as they are now, with timers
        that lie before now counted as fired, whether or not somebody has ticked since; those that a
        timer has moved elsewhere stand there.

        Raises:
            BadInput: No policy of the desk has such a tier.
        """
        tiers = {name for each in self.policies() for name in each.policy.tier_names}
        if tier not in tiers:
            raise BadInput("Desk.queue", tier, nearest(tier, tiers))
        return self._ranked(lambda ticket: ticket.tier == tier)

    def next_for(self, agent: str | Actor) -> Ticket | None:
        """Return the ticket that *agent* should look at next, or none; it is not taken by that.

        It is the first, in the order of :meth:`queue`, of their own tickets and of those without an
        assignee in their tiers, of those in status new and open. With a directory, their tiers are
        those that it has them in, and they must have the skills that the assigner asks for.
        """
        who = agent.id if isinstance(agent, Actor) else agent
        ranked = self._ranked(
            lambda ticket: ticket.status.category == "active" and self._suits(ticket, who)
        )
        return ranked[0] if ranked else None

    def next_checks(self, ticket: Ticket | str) -> tuple[Check, ...]:
        """Return what to ask or look at now, in order: the checks of its request type that are left.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        found = self._found(ticket)
        return () if found.status.is_done else checks_to_do(found, self._policy_of(found))

    def handoff(self, ticket: Ticket | str) -> Packet:
        """Return all that the next person needs, as text, Markdown or HTML.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        found = self._found(ticket)
        journal = self._store.events(self.name, found.id)[: found.seq]
        texts = self._store.texts(self.name, found.id)
        known = {key: text for key, text in texts.items() if key[0] <= found.seq}
        return packet_of(found, self._policy_of(found), journal, known, now=self._clock())

    def log(self) -> tuple[Row, ...]:
        """Return all journals as plain rows, one an event, ticket by ticket as they were opened.

        :data:`escalate.runtime.rows.COLUMNS` says what each key means.
        """
        journals = (self._store.events(self.name, key) for key in self._store.ids(self.name))
        return tuple(row for journal in journals for row in rows(journal))

    def refusals(self, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        """Return the commands that were refused, of one ticket or all, oldest first."""
        return self._store.refusals(self.name, ticket_id)

    def failures(self) -> tuple[Failure, ...]:
        """Return what of the host went wrong: listeners, notices, classifiers, tickets in a tick."""
        return self._store.failures(self.name)

    # -- what is kept, and for how long

    def export(self, ticket_id: str) -> dict[str, Any]:
        """Return all that is kept of a ticket, texts included, as tables that ``json.dumps`` takes.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        self.ticket(ticket_id)
        return export(self._store, self.name, ticket_id)

    def erase(self, ticket_id: str, *, by: Actor) -> tuple[Event, ...]:
        """Delete all that was written on a ticket, and journal it; what was decided stays as it is.

        Returns what happened: timers that fired first, and ``Erased``.

        Raises:
            UnknownTicket: The desk has no such ticket.
            BadInput: *by* is nobody in particular.
        """
        if not isinstance(by, Actor) or not by.id:
            raise BadInput("erase.by", by, 'who has it deleted, e.g. Actor("ana")')
        self.ticket(ticket_id)
        return tuple(self._visit(ticket_id, lambda visit: visit.erase(by)).events)

    def purge(self, before: datetime) -> tuple[str, ...]:
        """Delete the tickets that are resolved or closed and unchanged since *before*, without a trace.

        Refusals and failures of before go as well. Returns the tickets that are gone.

        Raises:
            NaiveInstant: *before* has no time zone.
        """
        return self._store.purge(self.name, before_us=as_us(before, "before"))

    def rebuild(self) -> Rebuilt:
        """Make every ticket, and when it is due, again from its journal; returns what was wrong."""
        return self._store.rebuild(self.name)

    # -- visits

    def _now_us(self) -> int:
        return as_us(self._clock(), "Desk.clock()")

    def _policy_of(self, ticket: Ticket) -> EscalationPolicy:
        return self._book.policy(ticket.policy)

    def _visit(self, ticket_id: str, deed: Deed, *, wait: bool = True) -> Visit:
        """Load, let *deed* happen, append: one transaction. What reaches out comes after it."""
        conflicts = 0
        while True:
            try:
                visit = self._locked_visit(ticket_id, deed, wait=wait)
            except VersionConflict:
                conflicts += 1
                if conflicts > _MOST_CONFLICTS:
                    raise
            else:
                break
        self._after(ticket_id, visit)
        return visit

    def _locked_visit(self, ticket_id: str, deed: Deed, *, wait: bool) -> Visit:
        store, name = self._store, self.name
        with store.locked(name, ticket_id, wait=wait) as stored:
            ticket = stored.ticket
            policy = self._book.newest() if ticket is None else self._policy_of(ticket)
            visit = Visit(
                self._around,
                stored,
                ticket_id,
                policy,
                self._now_us(),  # only now: whoever held the lock before was earlier
                classifies=self._classifier_of(policy) is not None,
            )
            deed(visit)
            entry = visit.entry()
            if entry.ticket is None:
                if entry.refusal is not None:
                    store.refuse(name, entry.refusal)
            elif not entry.is_empty:
                store.append(name, ticket_id, entry, expected_version=stored.version)
        return visit

    def _look_after(self, ticket_id: str, before_us: int, failed: dict[str, None]) -> bool:
        """Let what is due on a ticket happen; return whether anything did."""
        try:
            visit = self._visit(ticket_id, lambda visit: visit.catch_up(before_us), wait=False)
        except TicketBusy:
            return False  # whoever holds it lets its timers fire, or a later tick does
        except Exception as why:  # noqa: BLE001 - one broken ticket holds up no other; recorded
            _log.exception("ticket %r cannot be worked on", ticket_id)
            self._keep_failure(ticket_id, "tick", why)
            failed[ticket_id] = None
            return False
        return bool(visit.events)

    # -- what follows once a visit is stored

    def _after(self, ticket_id: str, visit: Visit) -> None:
        for where, why in visit.troubles:
            self._failed(ticket_id, where, why)
        if visit.events and visit.ticket is not None:
            for listener in self._listeners:
                try:
                    listener(visit.ticket, tuple(visit.events))
                except Exception as why:  # noqa: BLE001 - a listener is anybody's code; recorded
                    called = getattr(listener, "__name__", type(listener).__name__)
                    self._failed(ticket_id, f"listener {called!r}", why)
        for job in visit.jobs:
            try:
                self._do(job)
            except Exception as why:  # noqa: BLE001 - the errand stays, and is tried again; recorded
                self._failed(ticket_id, f"{job.errand.kind} for event {job.errand.number}", why)

    def _failed(self, ticket_id: str, where: str, why: Exception) -> None:
        _log.error("ticket %r: %s failed", ticket_id, where, exc_info=why)
        self._keep_failure(ticket_id, where, why)

    def _keep_failure(self, ticket_id: str, where: str, why: Exception) -> None:
        said = f"{type(why).__name__}: {why}"
        try:
            failure = Failure(at_us=self._now_us(), ticket_id=ticket_id, where=where, why=said)
            self._store.fail(self.name, failure)
        except Exception:  # noqa: BLE001 - what failed first has been told above; this is told here
            _log.exception("a failure could not be kept")

    def _do(self, job: Job) -> None:
        number = job.errand.number
        match job.errand.kind:
            case "notify":
                self._carry(job)
                self._visit(job.ticket.id, lambda visit: visit.done(number))
            case "classify":
                self._classify(job)
            case "follow-up":
                self._follow_up(job)

    def _carry(self, job: Job) -> None:
        assert isinstance(job.event, e.NotifyAsked)
        if self._notify is not None:
            key = f"{self.name}/{job.ticket.id}/{job.event.seq}"
            notice = Notice(key=key, ticket=job.ticket, event=job.event, people=job.people)
            self._notify(notice)

    def _classify(self, job: Job) -> None:
        ticket, number = job.ticket, job.errand.number
        policy = self._policy_of(ticket)
        asker = self._classifier_of(policy)
        if isinstance(asker, Asker):
            answer = asker.ask(TicketText(ticket, self._written(ticket)), policy.tiers)
            name = asker.classifier.name
        else:
            missing = LookupError(f"this desk has no classifier {asker!r}")
            answer, name = Answer(ABSTAIN("unknown classifier"), missing), asker or ""
        if answer.trouble is not None:
            self._failed(ticket.id, f"classifier {name!r}", answer.trouble)
        command = c.Classify(answer.verdict, by=Actor(name, "bot"), id=f"classify-{number}")

        def record(visit: Visit) -> None:
            visit.done(number)
            visit.ask(command)

        self._visit(ticket.id, record)

    def _written(self, ticket: Ticket) -> str:
        texts = self._store.texts(self.name, ticket.id)
        numbers = [each.number for each in ticket.messages if each.author == "customer"]
        fields = [(number, field) for number in numbers for field in ("subject", "text")]
        return "\n\n".join(texts[key] for key in fields if key in texts)

    def _follow_up(self, job: Job) -> None:
        """Open a ticket for a message that came too late, and link the two. Done twice, it is one."""
        old, number = job.ticket, job.errand.number
        message = self._store.texts(self.name, old.id).get((number - 1, "text"), "")
        new_id = f"{old.id}.follow-up-{number}"
        policy = self._book.newest()
        opening = c.Open(
            new_id,
            subject=message,
            channel=old.channel,
            requester=old.requester,
            priority=old.priority if old.priority in policy.priorities else None,
            request_type=_known_type(old.request_type, policy),
            by=job.event.by,
        )
        # Seen, not asked for: what a customer wrote is kept, whoever may open tickets by hand.
        facts = [Did(opening), Did(c.Link("follows", old.id), by=DESK)]
        for fact in facts:
            self._visit(new_id, methodcaller("see", fact))

        def link(visit: Visit) -> None:
            visit.done(number)
            visit.see(Did(c.Link("follow-up", new_id, by=DESK), by=DESK))

        self._visit(old.id, link)

    # -- who may classify

    def _classifier_of(self, policy: EscalationPolicy) -> Asker | str | None:
        """Return who looks at tickets under *policy*; a name if that one is not here."""
        if self._asker is not None:
            return self._asker
        name = self._classifier if isinstance(self._classifier, str) else policy.classifier
        return None if name is None else self._askers.get(name, name)

    def _check_classifier(self, policy: EscalationPolicy) -> None:
        found = self._classifier_of(policy)
        if isinstance(found, str):
            what = "Desk.classifiers, for the name that the desk or its policy gives"
            raise BadInput(what, found, nearest(found, self._askers))

    # -- order

    def _found(self, ticket: Ticket | str) -> Ticket:
        return self.ticket(ticket) if isinstance(ticket, str) else ticket

    def _ranked(self, wanted: Callable[[Ticket], bool]) -> tuple[Ticket, ...]:
        now = as_instant(self._now_us())
        seen = [
            (advance(ticket, self._policy_of(ticket), before=now).ticket or ticket)
            for ticket in self._store.live(self.name)
        ]
        chosen = [ticket for ticket in seen if not ticket.status.is_done and wanted(ticket)]
        chosen.sort(key=lambda ticket: urgency(ticket, self._policy_of(ticket), now))
        return tuple(chosen)

    def _suits(self, ticket: Ticket, agent: str) -> bool:
        if ticket.assignee is not None:
            return ticket.assignee == agent
        directory, assigner = self._around.directory, self._around.assigner
        if directory is None:
            return True
        skills = () if assigner is None else assigner.skills_for(ticket)
        return all(agent in directory.having(word) for word in (ticket.tier, *skills))


def _known_type(name: str | None, policy: EscalationPolicy) -> str | None:
    return name if any(each.name == name for each in policy.request_types) else None
