"""The engine: one pure transition function and the views of it that people need.

Everything goes through the same decision and the same
:func:`~escalate.core.deciding.applying.apply`: a desk at work, a log that is replayed, a policy that is
proved. ``now`` is always an argument. An instant before the ticket's last event is read as that event's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import attrs

from escalate.core.commands import Command
from escalate.core.deciding.acts import act
from escalate.core.deciding.applying import apply
from escalate.core.deciding.following import follow
from escalate.core.deciding.rebasing import move_under
from escalate.core.deciding.ruling import settle
from escalate.core.deciding.timers import catch_up
from escalate.core.deciding.working import Working
from escalate.core.events import Event
from escalate.core.facts import Fact
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Actor, Draft, Ticket, freeze, thaw
from escalate.core.sealing import NOTHING, FrozenDict, Sealed, seal
from escalate.errors import InvalidJournal, Refused

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy


NO_TEXTS: Final[Mapping[tuple[int, str], str]] = FrozenDict()


@attrs.define
class OpenOutcome:
    """An outcome while it is put together; :class:`Outcome` tells the fields."""

    events: tuple[Event, ...]
    ticket: Ticket | None
    refusal: Refused | None = None
    texts: Mapping[tuple[int, str], str] = NO_TEXTS

    @property
    def due_at(self) -> datetime | None:
        """The instant after which the ticket's next timer fires, in UTC."""
        return None if self.ticket is None else next_due(self.ticket)


class Outcome(Sealed, OpenOutcome):
    """What a command, a fact or the passing of time came to.

    Attributes:
        events: What happened, oldest first; timers that fired first included.
        ticket: The ticket afterwards.
        refusal: Why the command was refused, if it was; what fired before it happened all the same.
        texts: The free texts that came with it, by (event number, field): they are no part of events.
    """

    __slots__ = ()


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
    working, at_us = _caught_up(ticket, policy, now)
    try:
        act(working, command, at_us)
        settle(working)
    except Refused as why:
        why.fired = tuple(working.events)
        return _outcome(working, why)
    return _outcome(working)


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
    working = Working(ticket, policy)
    _observe(working, fact, as_us(now, "now"))
    return _outcome(working)


class Life:
    """A ticket that is followed through many facts: the same as :func:`observe` for each, one by one.

    What happened is asked for once, at the end, so that the ticket is not frozen and thawed for every fact.

    >>> from escalate.core.commands import Open
    >>> from escalate.core.facts import Did, StatusIs
    >>> from escalate.core.policy import EscalationPolicy
    >>> life = Life(EscalationPolicy("desk", ["N1"]))
    >>> life.observe_us(Did(Open("17")), 0)
    >>> life.observe_us(StatusIs("open"), 5)
    >>> [type(event).__name__ for event in life.outcome().events]
    ['Opened', 'Taken']
    """

    __slots__ = ("_working",)

    def __init__(self, policy: EscalationPolicy) -> None:
        self._working = Working(None, policy)

    @property
    def draft(self) -> Draft:
        """The ticket so far, for looking at."""
        return self._working.ticket

    def observe_us(self, fact: Fact, at_us: int) -> None:
        """Let *fact* be seen at *at_us*, in microseconds since the epoch; timers before it fire first."""
        _observe(self._working, fact, at_us)

    def advance_us(self, before_us: int) -> None:
        """Fire every timer whose instant lies before *before_us*."""
        catch_up(self._working, before_us)

    def outcome(self) -> Outcome:
        """Return all that happened, and the ticket; nothing can be added afterwards."""
        return _outcome(self._working)


def _observe(working: Working, fact: Fact, now_us: int) -> None:
    known = working.draft is not None
    at_us = _catch_up(working, now_us)
    if fact.occurred_at is not None:
        claimed_us = as_us(fact.occurred_at, "occurred_at")
        at_us = working.date(claimed_us, no_later_than_us=at_us)
        if known and claimed_us <= at_us:
            working.contest(claimed_us)
    follow(working, fact, at_us)
    settle(working)


def advance(ticket: Ticket, policy: EscalationPolicy, *, before: datetime) -> Outcome:
    """Return *ticket* after every timer whose instant lies before *before*, each dated when it was due.

    Raises:
        NaiveInstant: *before* has no time zone.
    """
    before_us = as_us(before, "before")
    if ticket.due_us is None or ticket.due_us >= before_us:
        return seal(OpenOutcome((), ticket), Outcome)
    working = Working(ticket, policy)
    catch_up(working, before_us)
    return _outcome(working)


def rebase(
    ticket: Ticket,
    policy: EscalationPolicy,
    to: EscalationPolicy,
    *,
    by: Actor,
    now: datetime,
    tiers: Mapping[str, str] = NOTHING,
    before: Ticket | None = None,
) -> Outcome:
    """Return *ticket* under another edition of its policy from *now* on; timers catch up first.

    Live clocks go on under the targets of *to*, as when a field changes: what that makes late happens at
    once. Cycles that ended stay as they were.

    Args:
        ticket: The ticket.
        policy: The policy that it stands under.
        to: The one that it comes under.
        by: Who has it so.
        now: An aware instant; one before the ticket's last event counts as that event's.
        tiers: What tiers of *policy* are called in *to*, where that is not the same.
        before: To take a change back: the ticket as it was before that, under *to*. Its clocks count on
            as if it had never been made; what has fired stays fired.

    Raises:
        NaiveInstant: *now* has no time zone.
    """
    working, at_us = _caught_up(ticket, policy, now)
    try:
        move_under(working, to, at_us, by, tiers, before)
        settle(working)
    except Refused as why:
        why.fired = tuple(working.events)
        return _outcome(working, why)
    return _outcome(working)


def _caught_up(
    ticket: Ticket | None, policy: EscalationPolicy, now: datetime
) -> tuple[Working, int]:
    """Return the work on *ticket* at *now*, every timer before it fired, and the instant that it acts at."""
    at_us = as_us(now, "now")
    working = Working(ticket, policy)
    return working, _catch_up(working, at_us)


def _catch_up(working: Working, now_us: int) -> int:
    """Fire every timer before *now_us* and return the instant that is acted at."""
    draft = working.draft
    if draft is None:
        return now_us
    if draft.due_us is not None and draft.due_us < now_us:
        catch_up(working, now_us)
    return working.date(now_us, no_later_than_us=now_us)


def _outcome(working: Working, refusal: Refused | None = None) -> Outcome:
    events, ticket = tuple(working.events), working.freeze()
    return seal(OpenOutcome(events, ticket, refusal, working.texts or NO_TEXTS), Outcome)


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
