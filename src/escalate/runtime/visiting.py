"""A visit: what is done to one ticket while its lock is held, and what it leaves behind.

Timers and notices that lie before the visit have their turn first, one instant at a time, so that the
journal is the same however often somebody came by. What reaches out into the world is not done here: a
visit leaves jobs, and errands in the store that stay until the jobs are done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from escalate.core import events as e
from escalate.core.commands import Command, Open, Reply
from escalate.core.engine import Outcome, advance, evolve, observe, step
from escalate.core.events import Event
from escalate.core.facts import AssigneeIs, Did, Fact, ReceiverMissing, Seen
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import AlreadyRefused, BotSilent, Refused
from escalate.runtime.holding import in_order
from escalate.runtime.hushing import Hush
from escalate.runtime.surroundings import Surroundings
from escalate.runtime.undone import Job, Undone
from escalate.stores.base import (
    Entry,
    Errand,
    ErrandKind,
    Held,
    Refusal,
    Stored,
    Turn,
)

ASSIGNER: Final = Actor("assigner", "system")
_Row = TypeVar("_Row", Errand, Held)
_ARRIVALS: Final = (e.Opened, e.Moved, e.Classified, e.Reopened)


class Visit:
    """One visit to one ticket.

    With *reaches_out* false it leaves every errand to a later visit: nobody waits for its jobs.

    Attributes:
        ticket_id: The ticket's id, also before it is open.
        ticket: The ticket so far; none before it is open.
        events: What has happened in this visit, oldest first.
        refusal: Why what was asked was refused, if it was.
        jobs: What is to be done in the world once the visit has been stored.
        troubles: What of the host went wrong, as (where, why).
        stated: The numbers of the events that say no more than what a host was seen to show.
        shown: What the host shows, as text, if that is to be kept.
        adopted: The event by which the ticket was taken over, if it was.
    """

    def __init__(
        self,
        around: Surroundings,
        stored: Stored,
        ticket_id: str,
        policy: EscalationPolicy,
        now_us: int,
        *,
        classifies: bool,
        reaches_out: bool = True,
    ) -> None:
        self.ticket_id = ticket_id
        self.ticket = stored.ticket
        self.events: list[Event] = []
        self.refusal: Refused | None = None
        self.jobs: list[Job] = []
        self.troubles: list[tuple[str, Exception]] = []
        self.stated: set[int] = set()
        self.shown: str | None = None
        self.adopted: e.Adopted | None = None
        self._around = around
        self._policy = policy
        self._now_us = now_us
        self._settled_us = self._timers_until_us = now_us - around.settle_us
        self._classifies = classifies
        self._reaches_out = reaches_out
        self._texts: dict[tuple[int, str], str] = {}
        errands = around.store.errands(around.desk, ticket_id) if stored.version else ()
        self._undone = Undone(ticket_id, errands, now_us, self._event)
        held = around.store.held(around.desk, ticket_id) if self._undone.has("fact") else ()
        self._kept_held = {each.number: each for each in held}
        self._held = dict(self._kept_held)
        self._turns: list[Turn] = []
        self._command_id: str | None = None
        self._noted: Refusal | None = None
        self._arrived = False

    def ask(self, command: Command, *, settled: bool = False) -> None:
        """Let everything due have its turn, then *command*; a refusal is kept in ``refusal``.

        What the desk asks by itself, it asks when all has *settled*: then no fact that is on its way
        comes too late because of it.
        """
        at_us = self._settled_us if settled else self._now_us
        self._come_to(at_us)
        command_id = getattr(command, "id", None) if not isinstance(command, Open) else None
        if command_id is not None and self._was_asked(command_id):
            return
        silent = self._silenced(command)
        if silent is not None:
            self._refuse(command, silent, command_id)
            return
        outcome = step(self.ticket, command, self._policy, now=as_instant(at_us))
        self._absorb(outcome)
        if outcome.refusal is not None:
            self._refuse(command, outcome.refusal, command_id)
            return
        self._command_id = command_id
        self._settle()

    def see(self, *facts: Fact, settled: bool = False) -> None:
        """Let everything due have its turn, then follow *facts*; a command seen before is no news.

        What the desk does by itself, it does when all has *settled*; see :meth:`ask`.
        """
        for fact in facts:
            at_us = self._settled_us if settled else self._at_us(fact)
            self._come_to(at_us)
            self._follow(fact, at_us)
        self._settle()

    def hear(self, fact: Fact) -> None:
        """Hold *fact* until those that occurred before it have had time to come; then it is followed.

        One that says nothing of when it occurred waits for nothing, nor does one that comes too late.
        """
        if fact.occurred_at is None or self.ticket is None:
            self.see(fact)
            return
        at_us = min(as_us(fact.occurred_at, "occurred_at"), self._now_us)
        if at_us <= self._settled_us:
            self.see(fact)
            return
        self.catch_up(self._now_us)
        command_id = _id_of(fact)
        if command_id is None or not self._is_known(command_id):
            # Not that of one which this visit has handed over: in the store it is still there.
            number = min((*self._kept_held, *self._held), default=0) - 1
            self._held[number] = Held(self.ticket_id, number, at_us, fact)
            self._undone.add(number, "fact", at_us + self._around.settle_us)
            self._command_id = command_id  # known from now on, so that it is held once

    def _at_us(self, fact: Fact) -> int:
        """Return until when timers go before *fact*: now, or when it occurred if that is not long ago."""
        if fact.occurred_at is None:
            return self._now_us
        claimed_us = as_us(fact.occurred_at, "occurred_at")
        return min(self._now_us, max(claimed_us, self._settled_us))

    def _come_to(self, at_us: int) -> None:
        """Let everything due before *at_us* have its turn: something happens at that instant."""
        self._timers_until_us = max(self._timers_until_us, at_us)
        self.catch_up(at_us)

    def find(self, *facts: Fact) -> None:
        """Follow what is found to be so, of which nobody knows since when: it was so before what is due.

        Whoever edits many tickets at once tells nobody; what they closed must not be escalated first.
        """
        due_us = None if self.ticket is None else self.ticket.due_us
        at_us = self._now_us if due_us is None else min(due_us, self._now_us)
        self._hand_over_all(at_us)
        for fact in facts:
            self._follow(fact, at_us)
        self._settle()

    def _follow(self, fact: Fact, at_us: int) -> None:
        command_id = (
            None if self.ticket is None else _id_of(fact)
        )  # that of Open is the ticket's own
        if command_id is not None and self._is_known(command_id):
            return
        self._follow_anyway(fact, at_us)
        self._command_id = command_id or self._command_id

    def _follow_anyway(self, fact: Fact, at_us: int) -> None:
        before = len(self.events)
        self._absorb(observe(self.ticket, fact, self._policy, now=as_instant(at_us)))
        if isinstance(fact, Seen):
            by = fact.by or Actor()
            self.stated |= {event.seq for event in self.events[before:] if event.by == by}

    def erase(self, by: Actor) -> None:
        """Let everything due have its turn, then journal that all that was written is deleted."""
        self._come_to(self._now_us)
        self._hand_over_all()  # also what counts as later, should the clock have run back
        ticket = self.ticket
        assert ticket is not None  # the desk has looked
        at_us = max(self._now_us, ticket.changed_us)
        self._note(e.Erased(at_us=at_us, by=by, seq=ticket.seq + 1))

    def come_under(
        self,
        policy: EscalationPolicy,
        edit: Callable[[Ticket, EscalationPolicy, datetime], Outcome],
    ) -> None:
        """Let everything due have its turn, then the ticket come under *policy* as *edit* says."""
        self._come_to(self._now_us)
        assert self.ticket is not None  # the desk has looked
        outcome = edit(self.ticket, self._policy, as_instant(self._now_us))
        self._absorb(outcome)
        if outcome.refusal is not None:
            self.refusal = outcome.refusal
            return
        self._policy = policy
        self._settle()

    def adopt(self, facts: Iterable[Fact], since_us: int, hush: Hush, by: Actor) -> None:
        """Follow *facts* as of *since_us*, let all since then have its turn, and journal who took over.

        Of the notices that come of it, *hush* says which do not go out.
        """
        for fact in facts:
            self._follow(fact, since_us)
        self._timers_until_us = self._now_us
        self._assign()
        unsent: tuple[int, ...] = ()
        if hush.catch_up != "all":
            self.catch_up(self._now_us, delivers=False)
            asked = [event for event in self.events if isinstance(event, e.NotifyAsked)]
            unsent = hush.unsent(asked, self._now_us)
            self.done(*unsent)
        self.catch_up(self._now_us)
        ticket = self.ticket
        assert ticket is not None  # the facts have opened it
        at_us, number = max(self._now_us, ticket.changed_us), ticket.seq + 1
        how = hush.catch_up, len(unsent)
        self.adopted = e.Adopted(since_us, *how, at_us=at_us, by=by, seq=number)
        self._note(self.adopted)

    def _note(self, event: Event) -> None:
        self.ticket = evolve(self.ticket, event)
        self.events.append(event)

    def catch_up(self, before_us: int, *, delivers: bool = True) -> None:
        """Let timers before *before_us*, held facts and notices until then have their turn, by time."""
        while self.ticket is not None:
            until_us = min(before_us, self._timers_until_us)
            notice = self._undone.next_notice(before_us) if delivers else None
            held = self._next_held(until_us)
            timer_us = self.ticket.due_us
            if timer_us is not None and timer_us >= until_us:
                timer_us = None
            if held is not None and timer_us is not None and timer_us < held.at_us:
                held = None  # the timer is earlier; at its very instant an act comes before it
            first_us = timer_us if held is None else held.at_us
            if notice is not None and (first_us is None or notice.at_us <= first_us):
                self._deliver(notice)
            elif held is not None:
                self._hand_over(held)
            elif timer_us is not None:
                # Just this instant: what it asks for has its turn before anything later.
                before = as_instant(timer_us + 1)
                self._absorb(advance(self.ticket, self._policy, before=before))
                self._assign()
            else:
                return

    def _next_held(self, until_us: int | None = None) -> Held | None:
        """Return the fact that is to be handed over next, of those that occurred by *until_us*."""
        held = min(self._held.values(), key=in_order, default=None)
        return None if held is None or (until_us is not None and held.at_us > until_us) else held

    def _hand_over(self, held: Held) -> None:
        del self._held[held.number]
        self.done(held.number)
        self._follow_anyway(held.fact, held.at_us)
        self._assign()

    def _hand_over_all(self, until_us: int | None = None) -> None:
        while (held := self._next_held(until_us)) is not None:
            self._hand_over(held)

    def done(self, *numbers: int) -> None:
        """Strike the errands of the events of those *numbers* off the list."""
        self._undone.done(*numbers)

    def failed(self, *numbers: int) -> None:
        """Count a try of those errands, which are done in one go, as one that failed."""
        given_up = self._undone.failed(*numbers)
        if given_up is not None:
            self.troubles.append(given_up)

    def try_again(self, number: int) -> None:
        """Let the errand of event *number* begin anew, with those that are done in one go with it.

        At once, or at the next tick where this visit reaches nobody.
        """
        if number in self._undone.now:
            self._undone.begin_anew(number)
            if self._reaches_out:
                self.catch_up(self._now_us)

    def entry(self) -> Entry:
        """Return what the visit leaves behind, and hand out its jobs."""
        self.jobs = [*self._undone.joined(self.jobs)]
        if self._reaches_out and self.ticket is not None:
            self.jobs += self._undone.due_now(self.ticket)
        return Entry(
            ticket=self.ticket,
            events=tuple(self.events),
            texts=self._texts,
            command_id=self._command_id,
            refusal=self._noted,
            errands=_changed(self._undone.kept, self._undone.now),
            held=_changed(self._kept_held, self._held),
            turns=tuple(self._turns),
            shown=self.shown,
        )

    @property
    def now_us(self) -> int:
        """When it is made, in microseconds since 1970 in UTC."""
        return self._now_us

    @property
    def noted(self) -> Refusal | None:
        """The refusal that it leaves in the store, if it does."""
        return self._noted

    # -- what has happened, and what follows from it

    def _absorb(self, outcome: Outcome) -> None:
        self.ticket = outcome.ticket
        self._texts.update(outcome.texts)
        for event in outcome.events:
            self.events.append(event)
            kind = self._errand_for(event)
            if kind is not None:
                at_us = event.deliver_us if isinstance(event, e.NotifyAsked) else event.at_us
                self._undone.add(event.seq, kind, at_us)
            self._arrived = self._arrived or isinstance(event, _ARRIVALS)

    def _errand_for(self, event: Event) -> ErrandKind | None:
        match event:
            case e.NotifyAsked():
                return "notify"
            case e.FollowUpWanted() if self._around.opens:
                return "follow-up"
            case e.Opened() | e.ClassifyAsked() if self._classifies:
                return "classify"
            case _:
                return None

    def _settle(self) -> None:
        self._assign()
        # Those who are to be told because of an act are told with it, the fallback included.
        self.catch_up(self._now_us)

    def _was_asked(self, command_id: str) -> bool:
        store, desk = self._around.store, self._around.desk
        refusal = store.refused(desk, self.ticket_id, command_id)
        if refusal is not None:
            self.refusal = AlreadyRefused(self.ticket_id, command_id, refusal.why)
            return True
        return self._is_known(command_id)

    def _is_known(self, command_id: str) -> bool:
        around = self._around
        return around.store.knows_command(around.desk, self.ticket_id, command_id)

    def _refuse(self, command: Command, why: Refused, command_id: str | None) -> None:
        # The journal has what fired in this visit, whether the engine or the visit had it fire.
        why.fired = tuple(self.events)
        self.refusal = why
        self._noted = Refusal(
            ticket_id=self.ticket_id,
            at_us=self._now_us,
            by=command.by,
            asked=type(command).__name__,
            code=why.code,
            why=str(why),
            command_id=command_id,
        )

    def _silenced(self, command: Command) -> Refused | None:
        """Return why a bot may not say this: the customer was handed over to people."""
        if self.ticket is None or not isinstance(command, Reply):
            return None
        by = command.by or Actor()
        if not command.bot and by.kind != "bot":
            return None
        bots = {tier.name for tier in self._policy.tiers if tier.kind == "bot"}
        if self.ticket.tier in bots or not bots & self.ticket.left:
            return None
        return BotSilent(self.ticket_id, by.id, self.ticket.tier)

    # -- who is told

    def _deliver(self, errand: Errand) -> None:
        """Find out who stands behind a notice: nobody is told of at once, somebody gets a job."""
        event = self._event(errand.number)
        assert isinstance(event, e.NotifyAsked)
        directory = self._around.directory
        people: tuple[str, ...] = ()
        if directory is not None:
            try:
                people = tuple(directory.on_duty(event.receiver, as_instant(self._now_us)))
            except Exception as why:  # noqa: BLE001 - a directory is the host's; the desk records it
                self.troubles.append(("directory", why))
                self.failed(errand.number)
                return
            if not people:
                self.done(errand.number)
                self._missed(event.receiver, errand.at_us)
                return
        if not self._around.delivers:
            self.done(errand.number)
        elif not self._reaches_out:
            self._undone.left.add(errand.number)
        else:
            assert self.ticket is not None
            self._undone.set_out((errand,), event.deliver_us)
            self.jobs.append(Job((errand,), (event,), self.ticket, people))

    def _missed(self, receiver: str, at_us: int) -> None:
        assert self.ticket is not None
        # Dated when the notice was to go out, not when somebody came by to carry it.
        fact = ReceiverMissing(receiver, occurred_at=as_instant(at_us))
        now = as_instant(max(at_us, self.ticket.changed_us))
        self._absorb(observe(self.ticket, fact, self._policy, now=now))

    def _event(self, number: int) -> Event:
        for event in self.events:
            if event.seq == number:
                return event
        around = self._around
        (event,) = around.store.events(around.desk, self.ticket_id, after=number - 1, limit=1)
        return event

    # -- who gets it

    def _assign(self) -> None:
        """Give a ticket that has arrived in a tier of people to one of them."""
        ticket, around = self.ticket, self._around
        if not self._arrived or ticket is None or around.assigner is None:
            return
        if self._undone.has("classify"):
            return  # where it starts is not known yet
        self._arrived = False
        if ticket.assignee is not None or ticket.status.is_done or not self._is_human(ticket.tier):
            return
        # Read once: if whose turn it is and the number of the turn are of two moments, two may be right.
        turns = self._turns_of(ticket.tier)
        try:
            agent = around.chosen(ticket, turns, self._now_us)
        except Exception as why:  # noqa: BLE001 - an assigner is the host's; the desk records it
            self.troubles.append(("assigner", why))
            return
        if agent is not None:
            number = max(turns.values(), default=0) + 1
            self._turns.append(Turn(ticket.tier, agent, number))
            fact = AssigneeIs(agent, by=ASSIGNER)
            self._absorb(observe(ticket, fact, self._policy, now=ticket.changed_at))

    def _is_human(self, tier: str) -> bool:
        return any(each.name == tier and each.kind == "human" for each in self._policy.tiers)

    def _turns_of(self, tier: str) -> dict[str, int]:
        around = self._around
        turns = dict(around.store.turns(around.desk, tier))
        turns |= {turn.agent: turn.number for turn in self._turns if turn.tier == tier}
        return turns


Deed = Callable[[Visit], object]


def _id_of(fact: Fact) -> str | None:
    """Return the id by which a fact that comes twice is known."""
    return getattr(fact.command, "id", None) if isinstance(fact, Did) else None


def _changed(before: Mapping[int, _Row], after: Mapping[int, _Row]) -> dict[int, _Row | None]:
    """Return what is otherwise than before, by number; none for what is gone."""
    numbers = sorted(before.keys() | after.keys())
    return {
        number: after.get(number) for number in numbers if after.get(number) != before.get(number)
    }
