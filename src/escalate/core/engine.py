"""The engine: one pure transition function and the views of it that people need.

Everything goes through the same decision and the same
:func:`~escalate.core.deciding.applying.apply`: a desk at work, a log that is replayed, a policy that is
proved. ``now`` is always an argument. An instant before the ticket's last event is read as that event's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import attrs

from escalate.core.commands import Command
from escalate.core.deciding.acts import act
from escalate.core.deciding.applying import apply
from escalate.core.deciding.following import follow
from escalate.core.deciding.ruling import settle
from escalate.core.deciding.timers import catch_up
from escalate.core.deciding.working import Working
from escalate.core.events import Event
from escalate.core.facts import Fact
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Draft, Ticket, freeze, thaw
from escalate.core.sealing import FrozenDict
from escalate.errors import InvalidJournal, Refused

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy


NO_TEXTS: Final[Mapping[tuple[int, str], str]] = FrozenDict()


@attrs.frozen
class Outcome:
    """What a command, a fact or the passing of time came to.

    Attributes:
        events: What happened, oldest first; timers that fired first included.
        ticket: The ticket afterwards.
        refusal: Why the command was refused, if it was; what fired before it happened all the same.
        texts: The free texts that came with it, by (event number, field): they are no part of events.
    """

    events: tuple[Event, ...]
    ticket: Ticket | None
    refusal: Refused | None = None
    texts: Mapping[tuple[int, str], str] = NO_TEXTS

    @property
    def due_at(self) -> datetime | None:
        """The instant after which the ticket's next timer fires, in UTC."""
        return None if self.ticket is None else next_due(self.ticket)


def step(
    ticket: Ticket | None, command: Command, policy: EscalationPolicy, *, now: datetime
) -> Outcome:
    """Return what *command* comes to at *now*: timers that were due catch up first, then it acts.

    Args:
        ticket: The ticket it is about; none for ``Open``.
        command: What is asked.
        policy: The policy that the ticket was opened under.
        now: An aware instant; one before the ticket's last event counts as that event's.

    Raises:
        NaiveInstant: *now* has no time zone.
    """
    return _run(ticket, policy, now, lambda working, at_us: act(working, command, at_us))


def decide(
    ticket: Ticket | None, command: Command, policy: EscalationPolicy, *, now: datetime
) -> tuple[Event, ...]:
    """Return the events of :func:`step`.

    Raises:
        Refused: *command* is not allowed. Its ``fired`` holds the events of timers that fired first.
        NaiveInstant: *now* has no time zone.
    """
    outcome = step(ticket, command, policy, now=now)
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.events


def observe(
    ticket: Ticket | None, fact: Fact, policy: EscalationPolicy, *, now: datetime
) -> Outcome:
    """Return what follows from *fact*, which was seen to be so; it is never refused.

    What the policy does not allow is followed all the same and journalled as ``PathViolated``. A fact
    that occurred before the ticket's last event is journalled at that event's instant, one that claims
    to lie ahead at *now*; both keep the instant they claim.

    Raises:
        NoTicket: The ticket was never opened; ``Did(Open(...))`` opens it.
        NaiveInstant: *now* or the fact's ``occurred_at`` has no time zone.
    """
    occurred_us = None if fact.occurred_at is None else as_us(fact.occurred_at, "occurred_at")

    def seen(working: Working, at_us: int) -> None:
        if occurred_us is not None:
            at_us = working.date(occurred_us, no_later_than_us=at_us)
        follow(working, fact, at_us)

    outcome = _run(ticket, policy, now, seen)
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome


def advance(ticket: Ticket, policy: EscalationPolicy, *, before: datetime) -> Outcome:
    """Return *ticket* after every timer whose instant lies before *before*, each dated when it was due.

    Raises:
        NaiveInstant: *before* has no time zone.
    """
    before_us = as_us(before, "before")
    if ticket.due_us is None or ticket.due_us >= before_us:
        return Outcome((), ticket)
    working = Working(ticket, policy)
    catch_up(working, before_us)
    return Outcome(tuple(working.events), working.freeze())


def _run(
    ticket: Ticket | None,
    policy: EscalationPolicy,
    now: datetime,
    deed: Callable[[Working, int], None],
) -> Outcome:
    at_us = as_us(now, "now")
    working = Working(ticket, policy)
    refusal = None
    if ticket is not None:
        catch_up(working, at_us)
        at_us = working.date(at_us, no_later_than_us=at_us)
    try:
        deed(working, at_us)
        settle(working)
    except Refused as why:
        why.fired = tuple(working.events)
        refusal = why
    return Outcome(tuple(working.events), working.freeze(), refusal, working.texts or NO_TEXTS)


def evolve(ticket: Ticket | None, event: Event) -> Ticket:
    """Return *ticket* after *event*.

    Raises:
        InvalidJournal: There is no ticket yet and *event* does not open one.
    """
    return fold(ticket, (event,))


def fold(ticket: Ticket | None, events: Iterable[Event]) -> Ticket:
    """Return *ticket* after *events*, oldest first; it needs no policy.

    Raises:
        InvalidJournal: There is no ticket yet and the first event does not open one.
    """
    draft: Draft | None = None if ticket is None else thaw(ticket)
    for event in events:
        draft = apply(draft, event)
    if draft is None:
        raise InvalidJournal("journal", (), "at least the event that opens the ticket")
    return freeze(draft)


def next_due(ticket: Ticket) -> datetime | None:
    """Return the instant *after which* the ticket's next timer fires, in UTC; none if it has none.

    Nothing fires at the instant itself: a tick selects what is due before now, never at now.
    """
    return None if ticket.due_us is None else as_instant(ticket.due_us)
