"""The desk that is embedded in another one: the host owns its tickets, and its transaction holds both.

Nothing here trusts that the host tells of each change once. What the host shows now is held against what
it was last seen to show, so that a hook that fires three times, or never, comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from operator import methodcaller
from typing import Literal

from escalate.core import commands as c
from escalate.core.events import Event
from escalate.core.facts import Fact, Seen
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput, InsideApply
from escalate.runtime import hosts
from escalate.runtime.adopting import Adopting
from escalate.runtime.asking import Askers
from escalate.runtime.assigning import Assigner
from escalate.runtime.context import PinnedClock, run_of
from escalate.runtime.desk import NO_TIME, now_utc
from escalate.runtime.directory import Directory
from escalate.runtime.doors import a_command, a_fact, callables, furnished, span_us
from escalate.runtime.errands import Errands, Listener
from escalate.runtime.guarding import Guarded, guarded
from escalate.runtime.hosts import Host
from escalate.runtime.hostvisits import PolicyFor, Way, only_look
from escalate.runtime.keeping import Keeping
from escalate.runtime.notices import Carrier, Notice
from escalate.runtime.outbox import Outbox
from escalate.runtime.policybook import PolicyBook
from escalate.runtime.rebasing import Moving
from escalate.runtime.reporting import Reports
from escalate.runtime.shadow import ShadowReport, shadow_report, takes_part
from escalate.runtime.surroundings import Surroundings
from escalate.runtime.ticking import Round, Ticked
from escalate.runtime.visiting import Visit
from escalate.runtime.watching import Observer
from escalate.stores.base import Store


class HostedDesk(Adopting, Moving, Outbox, Keeping):
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
        settle: As for :class:`~escalate.Desk`. It is for facts that :meth:`observe` is told; what the
            host shows is so now, and waits for nothing: what is held is followed before it.

    Raises:
        BadInput: *policy_for* is neither, a listener cannot be called, there is no such mode, *share* is
            no share, or an assigner has no directory.
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
        settle: timedelta = NO_TIME,
    ) -> None:
        if not isinstance(policy_for, EscalationPolicy) and not callable(policy_for):
            wanted = "a policy, or a function of a ticket's id that returns one"
            raise BadInput("HostedDesk.policy_for", policy_for, wanted)
        furnished("HostedDesk", store, name, clock)
        heard = callables("HostedDesk.listeners", listeners)
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
        wait_us = span_us("HostedDesk.settle", settle)
        around = Surroundings(
            name, store, directory, assigner, notify is not None, opens=False, settle_us=wait_us
        )
        super().__init__(around, PolicyBook(store, name), PinnedClock(clock))
        self._policy_for = policy_for
        self._host = host
        self._askers = Askers(classifier, classifiers, classify_within_s)
        if isinstance(policy_for, EscalationPolicy):
            self._askers.check(policy_for)  # before there is a ticket that would suffer from it
        self._errands = Errands(
            around,
            self._book,
            self._askers,
            heard,
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
        visit = self._told(ticket_id, only_look, Way(by=by))
        return () if visit is None else tuple(visit.events)

    def reconcile_all(self, ticket_ids: Iterable[str]) -> Ticked:
        """Reconcile many tickets, each in its own transaction; one that fails holds up no other.

        This is for what no hook tells of, such as a bulk edit. What is found counts as having been so
        before whatever is due by now.
        """
        moved, failed = [], []
        for ticket_id in ticket_ids:
            try:
                visit = self._told(ticket_id, only_look, Way(sweeps=True))
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
        self._told(ticket_id, only_look, Way(by=by, opening=opening))
        return self._store.load(self.name, ticket_id).ticket

    def observe(self, ticket_id: str, fact: Fact) -> tuple[Event, ...]:
        """Follow what happened to a ticket, after what the host shows of it; it is never refused.

        ``Did(Reply(..., id="comment-7"))`` tells of a message. Give it an id: then a hook that fires
        three times tells of it once. With ``settle``, one that says when it occurred is held and
        followed later, as by :meth:`escalate.Desk.observe`.

        Raises:
            UnknownTicket: Neither the host nor the desk has it.
        """
        a_fact("HostedDesk.observe", fact)
        visit = self._told(ticket_id, methodcaller("hear", fact), Way(by=fact.by))
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
        a_command("HostedDesk.handle", command)
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
        ticket = self._handed_over(
            ticket, self._now_us()
        )  # a command would have it handed over first
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
            way = Way(wait=False, sweeps=True)
            visits = self._stored_visits(ticket_id, methodcaller("catch_up", before_us), way)
            for other_id, visit in visits[1:]:
                self._errands.after(other_id, visit)
            return visits[0][1]

        return Round(self._errands, look_after, limit).go(self._now_us())

    def shadow_report(self) -> ShadowReport:
        """Return what the policy would have done, beside what people did, over all that is journalled."""
        ids = self._store.ids(self.name)
        return shadow_report(self._store.events(self.name, each) for each in ids)
