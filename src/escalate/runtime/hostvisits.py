"""Visits to the tickets of a host: what it shows is followed, what follows from that is written back.

One transaction of the host's for each, in which its row is locked before anything of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from escalate.core import commands as c
from escalate.core.facts import Did, Fact, Seen
from escalate.core.instants import as_instant
from escalate.core.model import Actor
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import NOTHING
from escalate.core.status import Status
from escalate.errors import HostUnsettled, UnknownTicket
from escalate.runtime import hosts
from escalate.runtime.asking import Askers
from escalate.runtime.context import Run, run_of, running
from escalate.runtime.doors import as_key, of_kind
from escalate.runtime.errands import DESK, Errands
from escalate.runtime.hosts import Happened, Host, Parts
from escalate.runtime.hushing import Hush
from escalate.runtime.shadow import takes_part
from escalate.runtime.views import Views
from escalate.runtime.visiting import Deed, Visit
from escalate.runtime.visits import stored_visit, until_no_conflict
from escalate.stores.base import Stored

PolicyFor = EscalationPolicy | Callable[[str], EscalationPolicy]
_MOST_IN_A_ROW: Final = 100


@attrs.frozen
class Adoption:
    """How a ticket is taken over that has lived without the desk.

    Attributes:
        since_us: From when on it counts.
        hush: Which notices that are late do not go out.
        by: Who has it taken over.
    """

    since_us: int
    hush: Hush
    by: Actor


@attrs.frozen(kw_only=True)
class Way:
    """How a visit is made.

    Attributes:
        by: Who made the changes that the host shows, if that is known.
        wait: Whether to wait for somebody else who works on the ticket.
        sweeps: Whether nobody told of a change, so that it is not known since when it is so.
        reaches_out: Whether somebody does what is to be done in the world once it is stored.
        opening: What is known of a ticket that is to be opened, beside what the host shows.
        adoption: How a ticket is taken over that has lived without the desk; none if it is not.
    """

    by: Actor | None = None
    wait: bool = True
    sweeps: bool = False
    reaches_out: bool = True
    opening: Mapping[str, Any] = NOTHING
    adoption: Adoption | None = None


class HostVisits(Views):
    """How a desk that is embedded comes to its tickets."""

    _acts: bool
    _askers: Askers
    _errands: Errands
    _host: Host
    _policy_for: PolicyFor
    _share: float

    def _told(self, ticket_id: str, deed: Deed, way: Way) -> Visit | None:
        """Visit a ticket of which the host tells; none if that has to wait, or is our own doing."""
        as_key("ticket id", ticket_id)
        if not takes_part(ticket_id, self._share):
            return None
        run = run_of(self)
        if run is None:
            return self._visit(ticket_id, deed, way)
        if run.ticket_id != ticket_id:
            run.waiting.append((ticket_id, deed))
        return None

    def _visit(self, ticket_id: str, deed: Deed, way: Way | None = None) -> Visit:
        way = way or Way()
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
        way: Way,
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

    def _visits(self, run: Run, deed: Deed, way: Way) -> list[tuple[str, Visit]]:
        visits = [(run.ticket_id, self._locked_visit(run, deed, way))]
        while run.waiting:
            if len(visits) > _MOST_IN_A_ROW:
                raise HostUnsettled(visits[0][0], len(visits))
            run.ticket_id, deed = run.waiting.popleft()
            way = attrs.evolve(way, opening=NOTHING)
            visits.append((run.ticket_id, self._locked_visit(run, deed, way)))
        return visits

    def _locked_visit(self, run: Run, deed: Deed, way: Way) -> Visit:
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
                # What people have had on their desks, nobody sorts anew.
                classifies=self._askers.is_named(policy) and way.adoption is None,
                reaches_out=way.reaches_out,
            )
            if stored.ticket is None and shown is not None and is_done(shown):
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
        wanted = "a policy, or a function of a ticket's id that returns one"
        of_kind("HostedDesk.policy_for", policy, EscalationPolicy, wanted)
        policy = self._as_kept(policy)
        self._askers.check(policy, loads=False)
        self._book.publish(policy, by=DESK, now=self._clock())
        return policy

    def _as_kept(self, policy: EscalationPolicy) -> EscalationPolicy:
        return policy if self._acts else policy.advisory()

    def _look(self, visit: Visit, shown: Seen | None, stored: Stored, way: Way) -> None:
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
        if way.adoption is not None and stored.ticket is None:
            visit.adopt(facts, way.adoption.since_us, way.adoption.hush, way.adoption.by)
        elif facts:
            follow(*facts)

    def _opening(self, visit: Visit, shown: Seen, parts: Parts, way: Way) -> Did:
        known = {
            name: parts[name] for name in ("tier", "priority", "tags", "fields") if name in parts
        }
        command = c.Open(visit.ticket_id, by=shown.by or way.by, **known, **way.opening)
        since = None if way.adoption is None else as_instant(way.adoption.since_us)
        return Did(command, occurred_at=since or shown.occurred_at, by=shown.by or way.by)

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
                run.waiting.append((visit.ticket_id, only_look))
        text = hosts.as_text(hosts.merged(last, now))
        visit.shown = None if text == stored.shown else text


def only_look(_visit: Visit) -> None:
    """Do no more than look."""


def is_done(shown: Seen) -> bool:
    """Whether the host shows a ticket as resolved or closed."""
    return isinstance(shown.status, Status) and shown.status.is_done
