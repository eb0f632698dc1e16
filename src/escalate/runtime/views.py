"""What is to be seen of a desk: tickets, journals, queues, handoffs. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from escalate.core.engine import advance
from escalate.core.events import Event
from escalate.core.explained import Explanation
from escalate.core.explaining import explain
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.protocol import Check
from escalate.core.ranking import urgency
from escalate.errors import BadInput, UnknownTicket, nearest
from escalate.runtime.holding import handed_over
from escalate.runtime.packet import Packet, checks_to_do, packet_of
from escalate.runtime.policybook import Edition, PolicyBook
from escalate.runtime.rows import Row, rows
from escalate.stores.base import Failure, Held, Refusal, Texts

if TYPE_CHECKING:
    from escalate.runtime.surroundings import Surroundings


class Views:
    """What every desk can show, whoever owns its tickets."""

    def __init__(
        self, around: Surroundings, book: PolicyBook, clock: Callable[[], datetime]
    ) -> None:
        self.name = around.desk
        self._around = around
        self._store = around.store
        self._book = book
        self._clock = clock

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

        With ``settle`` it speaks of the instant until which facts and timers have been followed, or will
        be by the next tick.

        Raises:
            UnknownTicket: The desk has no such ticket.
        """
        until_us = self._settled_us()
        ticket = self._handed_over(self.ticket(ticket_id), until_us)
        return explain(ticket, self._policy_of(ticket), now=as_instant(until_us), by=by)

    def queue(self, tier: str) -> tuple[Ticket, ...]:
        """Return the tickets of a tier that are not done, the one to look at next first.

        The order is that of :func:`escalate.core.rank`. Tickets are shown as a tick would leave them now,
        whether or not somebody has ticked since: those that a timer has moved elsewhere stand there.

        Raises:
            BadInput: No policy of the desk has such a tier.
        """
        tiers = {name for each in self.policies() for name in each.policy.tier_names}
        if tier not in tiers:
            raise BadInput(f"{type(self).__name__}.queue", tier, nearest(tier, tiers))
        return self._ranked(lambda ticket: ticket.tier == tier)

    def live(self) -> tuple[Ticket, ...]:
        """Return the tickets that are neither resolved nor closed, as they are stored, in any order."""
        return self._store.live(self.name)

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

    # -- how it is found

    def _now_us(self) -> int:
        return as_us(self._clock(), f"{type(self).__name__}.clock()")

    def _settled_us(self) -> int:
        """Return until when a tick would follow what happened: facts may be on their way since."""
        return self._now_us() - self._around.settle_us

    def _handed_over(self, ticket: Ticket, until_us: int) -> Ticket:
        """Return *ticket* as it would be once it has been told of what is held and occurred by then."""
        held = self._store.held(self.name, ticket.id) if self._around.settle_us else ()
        return handed_over(ticket, held, self._policy_of(ticket), until_us)

    def _all_held(self) -> Mapping[str, tuple[Held, ...]]:
        held = self._store.held(self.name) if self._around.settle_us else ()
        return {key: tuple(some) for key, some in groupby(held, key=lambda each: each.ticket_id)}

    def _policy_of(self, ticket: Ticket) -> EscalationPolicy:
        return self._book.policy(ticket.policy)

    def _found(self, ticket: Ticket | str) -> Ticket:
        return self.ticket(ticket) if isinstance(ticket, str) else ticket

    def _ranked(self, wanted: Callable[[Ticket], bool]) -> tuple[Ticket, ...]:
        until_us = self._settled_us()
        now = as_instant(until_us)
        held = self._all_held()
        tickets = {ticket.id: ticket for ticket in self._store.live(self.name)}
        # What was resolved may be reopened by a fact that is held.
        tickets |= {key: self.ticket(key) for key in held if key not in tickets}
        seen = [
            handed_over(ticket, held.get(key, ()), self._policy_of(ticket), until_us)
            for key, ticket in tickets.items()
        ]
        seen = [advance(each, self._policy_of(each), before=now).ticket or each for each in seen]
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
