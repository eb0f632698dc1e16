"""The desk that is embedded in another one: the host owns its tickets, and its transaction holds both.

Nothing here trusts that the host tells of each change once. What the host shows now is held against what
it was last seen to show, so that a hook that fires three times, or never, comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import methodcaller
from typing import Any, Final, Literal

import attrs

from escalate.core import commands as c
from escalate.core.events import Event
from escalate.core.facts import Did, Fact, Seen
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import NOTHING
from escalate.core.status import Status
from escalate.errors import BadInput, HostUnsettled, InsideApply, UnknownTicket
from escalate.runtime import hosts
from escalate.runtime.asking import Askers
from escalate.runtime.assigning import Assigner
from escalate.runtime.context import PinnedClock, Run, run_of, running
from escalate.runtime.desk import now_utc
from escalate.runtime.directory import Directory
from escalate.runtime.errands import DESK, Errands, Listener
from escalate.runtime.guarding import Guarded, guarded
from escalate.runtime.hosts import Happened, Host, Parts
from escalate.runtime.keeping import Keeping
from escalate.runtime.notices import Carrier, Notice
from escalate.runtime.outbox import Outbox
from escalate.runtime.policybook import PolicyBook
from escalate.runtime.reporting import Reports
from escalate.runtime.shadow import ShadowReport, shadow_report, takes_part
from escalate.runtime.ticking import Round, Ticked
from escalate.runtime.views import Views
from escalate.runtime.visiting import Deed, Surroundings, Visit
from escalate.runtime.visits import stored_visit, until_no_conflict
from escalate.runtime.watching import Observer
from escalate.stores.base import Store, Stored

PolicyFor = EscalationPolicy | Callable[[str], EscalationPolicy]
_MOST_IN_A_ROW: Final = 100


@attrs.frozen(kw_only=True)
class _Way:
    """How a visit is made.

    Attributes:
        by: Who made the changes that the host shows, if that is known.
        wait: Whether to wait for somebody else who works on the ticket.
        sweeps: Whether nobody told of a change, so that it is not known since when it is so.
        reaches_out: Whether somebody does what is to be done in the world once it is stored.
        opening: What is known of a ticket that is to be opened, beside what the host shows.
    """

    by: Actor | None = None
    wait: bool = True
    sweeps: bool = False
    reaches_out: bool = True
    opening: Mapping[str, Any] = NOTHING


class HostedDesk(Views, Outbox, Keeping):
    """Decides and keeps time for the tickets of a host.

    Args:
        policy_for: The policy for new tickets, or a function that returns it for a ticket's id. Tickets
            stay under the name and version that they were opened under.
        host: The help desk; see :class:`~escalate.runtime.hosts.Host`.
        store: Where journals and timers are kept: on the host's own connection, or in memory.
        name: With which every key in the store begins, so that desks may share a store.
        clock: Returns the present instant, aware. :func:`~escalate.runtime.at_instant` goes before it.
        classifier: As for :class:`~escalate.Desk`.
        classifiers: As for :class:`~escalate.Desk`.
        classify_within_s: As for :class:`~escalate.Desk`.
        directory: As for :class:`~escalate.Desk`.
        assigner: As for :class:`~escalate.Desk`.
        listeners: As for :class:`~escalate.Desk`; a host without ``on_commit`` may still roll back
            what they hear.
        notify: As for :class:`~escalate.Desk`; a host without ``on_commit`` has notices go out with
            the next tick.
        notify_within_s: As for :class:`~escalate.Desk`.
        observers: As for :class:`~escalate.Desk`, and as for listeners.
        observe_within_s: As for :class:`~escalate.Desk`.
        mode: ``"shadow"`` journals what the policy would do, and does nothing: nothing is written,
            nobody is told, no edit is vetoed. Its journals stand under a name of their own.
        share: The share of all tickets that take part, from 0 to 1; always the same ones. The desk
            keeps out of the others.

    Raises:
        BadInput: There is no such mode, *share* is no share, or an assigner has no directory.
    """

    def __init__(  # noqa: PLR0913  one keyword for each thing that a host may bring
        self,
        policy_for: PolicyFor,
        host: Host,
        store: Store,
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
        mode: Literal["live", "shadow"] = "live",
        share: float = 1.0,
    ) -> None:
        if mode not in ("live", "shadow"):
            raise BadInput("HostedDesk.mode", mode, '"live" or "shadow"')
        if not 0 <= share <= 1:
            raise BadInput("HostedDesk.share", share, "a number from 0 to 1")
        if assigner is not None and directory is None:
            raise BadInput(
                "HostedDesk.directory", None, "one beside an assigner, to know who is there"
            )
        # A customer who writes too late is the host's to open a ticket for; the event tells it.
        self._acts = mode == "live"
        self._share = share
        name = name if self._acts else f"{name}.shadow"
        assigner = assigner if self._acts else None
        around = Surroundings(name, store, directory, assigner, notify is not None, opens=False)
        super().__init__(around, PolicyBook(store, name), PinnedClock(clock))
        self._policy_for = policy_for
        self._host = host
        self._askers = Askers(classifier, classifiers, classify_within_s)
        self._errands = Errands(
            around,
            self._book,
            self._askers,
            tuple(listeners),
            None if notify is None else Carrier(notify, notify_within_s),
            self._visit,
            self._now_us,
            Reports(name, tuple(observers), observe_within_s),
        )

    @property
    def host(self) -> Host:
        """The help desk that it is embedded in."""
        return self._host

    # -- what the host tells

    def reconcile(self, ticket_id: str, *, by: Actor | None = None) -> tuple[Event, ...]:
        """Follow what the host shows of a ticket now, and return what happened.

        Call it whenever a ticket may have changed: once, three times, or never, as long as somebody
        sweeps. A ticket that is not known yet is opened, unless it is done already. Called from within
        ``host.apply`` it does nothing for that ticket, and waits its turn for another.

        Args:
            ticket_id: The ticket.
            by: Who changed it, if that is known.

        Raises:
            UnknownTicket: Neither the host nor the desk has it.
        """
        visit = self._told(ticket_id, _nothing, _Way(by=by))
        return () if visit is None else tuple(visit.events)

    def reconcile_all(self, ticket_ids: Iterable[str]) -> Ticked:
        """Reconcile many tickets, each in its own transaction; one that fails holds up no other.

        This is for what no hook tells of, such as a bulk edit. What is found counts as having been so
        before whatever is due by now.
        """
        moved, failed = [], []
        for ticket_id in ticket_ids:
            try:
                visit = self._told(ticket_id, _nothing, _Way(sweeps=True))
            except Exception as why:  # noqa: BLE001 - one broken ticket holds up no other; recorded
                self._errands.failed(ticket_id, "reconcile", why)
                failed.append(ticket_id)
            else:
                if visit is not None and visit.events:
                    moved.append(ticket_id)
        return Ticked(tuple(moved), tuple(failed))

    def open(
        self,
        ticket_id: str,
        *,
        subject: str = "",
        channel: str | None = None,
        requester: str | None = None,
        request_type: str | None = None,
        by: Actor | None = None,
    ) -> Ticket | None:
        """Open a ticket that the host has, telling more of it than the host shows, and return it.

        One that is open already is reconciled. None: it does not take part, or was done already.

        Raises:
            UnknownTicket: The host has no such ticket.
        """
        opening = {
            "subject": subject,
            "channel": channel,
            "requester": requester,
            "request_type": request_type,
        }
        self._told(ticket_id, _nothing, _Way(by=by, opening=opening))
        return self._store.load(self.name, ticket_id).ticket

    def observe(self, ticket_id: str, fact: Fact) -> tuple[Event, ...]:
        """Follow what happened to a ticket, after what the host shows of it; it is never refused.

        ``Did(Reply(..., id="comment-7"))`` tells of a message. Give it an id: then a hook that fires
        three times tells of it once.

        Raises:
            UnknownTicket: Neither the host nor the desk has it.
        """
        visit = self._told(ticket_id, methodcaller("see", fact), _Way(by=fact.by))
        return () if visit is None else tuple(visit.events)

    # -- what is asked

    def handle(self, ticket_id: str, command: c.Command) -> tuple[Event, ...]:
        """Let *command* act on a ticket, after what the host shows of it; the host writes what follows.

        Raises:
            UnknownTicket: Neither the host nor the desk has it.
            Refused: The policy, the ticket's state or the actor's rights do not allow it.
            InsideApply: It was asked from within ``host.apply``.
            BadInput: The desk is a shadow, or the ticket does not take part.
        """
        if not self._acts or not takes_part(ticket_id, self._share):
            wanted = "observe(...): it only looks on, or keeps out of this ticket"
            raise BadInput("HostedDesk.handle", type(command).__name__, wanted)
        if isinstance(command, c.Open):
            raise BadInput(
                "HostedDesk.handle", "Open", "desk.open(id) for a ticket that the host has"
            )
        if run_of(self) is not None:
            raise InsideApply(ticket_id, type(command).__name__)
        visit = self._visit(ticket_id, methodcaller("ask", command))
        if visit.refusal is not None:
            raise visit.refusal
        return tuple(visit.events)

    def guard(self, ticket_id: str, change: Seen | c.Command, by: Actor | None = None) -> Guarded:
        """Return whether *change* may happen, and if not, why not and what may.

        For hosts that can veto: ask before the change is written. Nothing is journalled by asking. What
        the desk itself writes may always happen, and so may anything to a ticket that it does not know.

        Args:
            ticket_id: The ticket.
            change: A command, or what the host would show afterwards.
            by: Who wants it; none stands for some agent, or for who gives the command.
        """
        run, ticket = run_of(self), self._store.load(self.name, ticket_id).ticket
        if not self._acts or ticket is None or (run is not None and run.ticket_id == ticket_id):
            return Guarded()
        last = hosts.from_text(self._store.load(self.name, ticket_id).shown)
        wanted = (
            change if isinstance(change, c.Command) else hosts.news(hosts.parts_of(change), last)
        )
        return guarded(ticket, wanted, self._policy_of(ticket), now=self._clock(), by=by)

    def tick(self, limit: int | None = None) -> Ticked:
        """Fire every timer that lies before now and do every errand that is due.

        Each ticket in a transaction of its own, after what the host shows of it by then: so call it
        outside of the host's transactions, as often as you like, from any number of processes. With a
        *limit*, it ends after so many visits to tickets, and the next tick goes on.

        Raises:
            BadInput: *limit* is less than 1.
        """

        def look_after(ticket_id: str, before_us: int) -> Visit:
            way = _Way(wait=False, sweeps=True)
            visits = self._stored_visits(ticket_id, methodcaller("catch_up", before_us), way)
            for other_id, visit in visits[1:]:
                self._errands.after(other_id, visit)
            return visits[0][1]

        return Round(self._errands, look_after, limit).go(self._now_us())

    def shadow_report(self) -> ShadowReport:
        """Return what the policy would have done, beside what people did, over all that is journalled."""
        ids = self._store.ids(self.name)
        return shadow_report(self._store.events(self.name, each) for each in ids)

    # -- visits

    def _told(self, ticket_id: str, deed: Deed, way: _Way) -> Visit | None:
        """Visit a ticket of which the host tells; none if that has to wait, or is our own doing."""
        if not takes_part(ticket_id, self._share):
            return None
        run = run_of(self)
        if run is None:
            return self._visit(ticket_id, deed, way)
        if run.ticket_id != ticket_id:
            run.waiting.append((ticket_id, deed))
        return None

    def _visit(self, ticket_id: str, deed: Deed, way: _Way | None = None) -> Visit:
        way = way or _Way()
        on_commit = getattr(self._host, "on_commit", None)
        if on_commit is None:
            # Whoever called may be in a transaction of his own, so nothing is sent before the next tick.
            visits = self._stored_visits(ticket_id, deed, attrs.evolve(way, reaches_out=False))
            for visited, visit in visits:
                self._errands.tell(visited, visit)
            self._errands.reports.settle()
        else:
            visits = self._stored_visits(ticket_id, deed, way, on_commit)
        return visits[0][1]

    def _stored_visits(
        self,
        ticket_id: str,
        deed: Deed,
        way: _Way,
        on_commit: Callable[[Callable[[], object]], object] | None = None,
    ) -> list[tuple[str, Visit]]:
        """Visit a ticket, and those that the host's hooks name meanwhile, in one transaction."""

        def after(visits: list[tuple[str, Visit]]) -> None:
            for visited, visit in visits:
                self._errands.after(visited, visit)

        def attempt() -> list[tuple[str, Visit]]:
            run = Run(ticket_id)
            with self._host.transaction():
                with running(self, run):
                    visits = self._visits(run, deed, way)
                if on_commit is not None:
                    on_commit(lambda: after(visits))
            return visits

        return until_no_conflict(attempt)

    def _visits(self, run: Run, deed: Deed, way: _Way) -> list[tuple[str, Visit]]:
        visits = [(run.ticket_id, self._locked_visit(run, deed, way))]
        while run.waiting:
            if len(visits) > _MOST_IN_A_ROW:
                raise HostUnsettled(visits[0][0], len(visits))
            run.ticket_id, deed = run.waiting.popleft()
            way = attrs.evolve(way, opening=NOTHING)
            visits.append((run.ticket_id, self._locked_visit(run, deed, way)))
        return visits

    def _locked_visit(self, run: Run, deed: Deed, way: _Way) -> Visit:
        ticket_id = run.ticket_id
        # The host's row first, always: who edits a ticket holds that row when the hook comes here.
        shown = self._host.load(ticket_id)
        with self._store.locked(self.name, ticket_id, wait=way.wait) as stored:
            if stored.ticket is None and shown is None:
                raise UnknownTicket(self.name, ticket_id)
            policy = self._policy_of_stored(ticket_id, stored)
            visit = Visit(
                self._around,
                stored,
                ticket_id,
                policy,
                self._now_us(),  # only now: whoever held the lock before was earlier
                classifies=self._askers.of(policy) is not None,
                reaches_out=way.reaches_out,
            )
            if stored.ticket is None and shown is not None and _is_done(shown):
                return visit  # it was over before anybody told of it: nothing is to be decided
            self._look(visit, shown, stored, way)
            deed(visit)
            if shown is not None:
                self._write(run, visit, stored, hosts.parts_of(shown))
            stored_visit(self._around, ticket_id, visit, stored)
        return visit

    def _policy_of_stored(self, ticket_id: str, stored: Stored) -> EscalationPolicy:
        if stored.ticket is not None:
            return self._policy_of(stored.ticket)
        given = self._policy_for
        policy = given if isinstance(given, EscalationPolicy) else given(ticket_id)
        policy = policy if self._acts else policy.advisory()
        self._askers.check(policy)
        self._book.publish(policy, by=DESK, now=self._clock())
        return policy

    def _look(self, visit: Visit, shown: Seen | None, stored: Stored, way: _Way) -> None:
        """Follow what the host shows that it was not seen to show before."""
        follow = visit.find if way.sweeps else visit.see
        if shown is None:
            if visit.ticket is not None and visit.ticket.status is not Status.CLOSED:
                follow(Did(c.Cancel(reason="the host has it no more", by=DESK), by=DESK))
            return
        parts = hosts.parts_of(shown)
        facts: list[Fact] = []
        fresh = hosts.news(parts, hosts.from_text(stored.shown))
        if stored.ticket is None:
            facts.append(self._opening(visit, shown, parts, way))
            fresh = {name: parts[name] for name in parts if name in ("status", "assignee")}
        if fresh:
            facts.append(hosts.seen_from(fresh, shown, way.by))
        if facts:
            follow(*facts)

    def _opening(self, visit: Visit, shown: Seen, parts: Parts, way: _Way) -> Did:
        known = {
            name: parts[name] for name in ("tier", "priority", "tags", "fields") if name in parts
        }
        command = c.Open(visit.ticket_id, by=shown.by or way.by, **known, **way.opening)
        return Did(command, occurred_at=shown.occurred_at, by=shown.by or way.by)

    def _write(self, run: Run, visit: Visit, stored: Stored, parts: Parts) -> None:
        """Let the host write what follows, and keep what it shows then."""
        last, now = hosts.from_text(stored.shown), parts
        if self._acts and visit.events and visit.ticket is not None:
            changes = hosts.changes_by(
                stored.ticket, visit.events, lambda event: event.seq in visit.stated, parts
            )
            happened = Happened(tuple(visit.events), visit.ticket, changes)
            self._host.apply(visit.ticket_id, happened)
            written = self._host.load(visit.ticket_id)
            now = parts if written is None else hosts.parts_of(written)
            wanted = hosts.merged(parts, hosts.parts_of(Seen(**changes)))
            # Neither what it showed nor what it was told to: the host has done more, and that is news.
            odd = hosts.news(hosts.news(now, parts), wanted)
            if odd:
                now = hosts.merged(now, hosts.kept(wanted, odd))
                run.waiting.append((visit.ticket_id, _nothing))
        text = hosts.as_text(hosts.merged(last, now))
        visit.shown = None if text == stored.shown else text


def _nothing(_visit: Visit) -> None:
    """Do no more than look."""


def _is_done(shown: Seen) -> bool:
    return isinstance(shown.status, Status) and shown.status.is_done
