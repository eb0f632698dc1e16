"""Which ticket next: one order of all tickets, the same whoever asks and however they come in.

Only the order is decided here; who works on which ticket, and in how many queues, is for a host to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from escalate.core.engine import advance
from escalate.core.model import Ticket

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy


class Urgency(NamedTuple):
    """Where a ticket stands in the order; the smaller comes first, field by field.

    Attributes:
        done: Whether nobody owes it anything any more: it is resolved or closed.
        kept: Whether no clock that still runs, or is paused, has breached.
        dateless: Whether no such clock has a due instant.
        due_us: The earliest due instant of such a clock, in microseconds since the epoch; 0 without one.
        below: How many priorities of the policy lie above its own; an unknown one lies below all.
        opened_us: When it was opened, in microseconds since the epoch.
        id: Its id, which no other ticket has.
    """

    done: bool
    kept: bool
    dateless: bool
    due_us: int
    below: int
    opened_us: int
    id: str


def urgency(ticket: Ticket, policy: EscalationPolicy, now: datetime) -> Urgency:
    """Return where *ticket* stands in the order at *now*; timers that lie before it count as fired.

    Raises:
        NaiveInstant: *now* has no time zone.
    """
    # Nobody may have looked for hours. A step may have moved the ticket meanwhile and so ended the very
    # clock that is late; only the engine knows.
    seen = advance(ticket, policy, before=now).ticket or ticket
    live = [clock for clock in seen.clocks.values() if clock.is_live]
    dues = [clock.due_us for clock in live if clock.due_us is not None]
    order = policy.priorities
    known = seen.priority in order
    return Urgency(
        done=seen.status.is_done,
        kept=not any(clock.breached for clock in live),
        dateless=not dues,
        due_us=min(dues, default=0),
        below=len(order) - 1 - order.index(seen.priority) if known else len(order),
        opened_us=seen.opened_us,
        id=seen.id,
    )


def rank(tickets: Iterable[Ticket], policy: EscalationPolicy, now: datetime) -> tuple[Ticket, ...]:
    """Return *tickets*, the one to look at next first. The tickets are returned as they were given.

    In this order: those of which a clock that is not over has breached; those due soonest, by the
    earliest due instant of such a clock, those without one last; by priority, the highest first and
    words that the policy does not know last; the oldest; by id. Resolved and closed tickets come after
    all others, in the same order. As ids differ, no two tickets stand at one place.

    A clock breaches when its time is up, not when somebody looks: timers that lie before *now* count
    as fired, with all that follows from them.

    Args:
        tickets: In any order.
        policy: The policy that they were opened under.
        now: An aware instant.

    Raises:
        NaiveInstant: *now* has no time zone.

    >>> from datetime import UTC, timedelta
    >>> from escalate.core import commands, step
    >>> from escalate.core.policy import EscalationPolicy
    >>> from escalate.core.sla import SLAPolicy, Target
    >>> desk = EscalationPolicy(
    ...     "desk",
    ...     ["N1"],
    ...     sla=SLAPolicy(
    ...         [
    ...             Target("resolution", "4h", when='priority == "urgent"'),
    ...             Target("resolution", "40h", default=True),
    ...         ]
    ...     ),
    ... )
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> tickets = [
    ...     step(None, commands.Open(name, priority=priority), desk, now=nine).ticket
    ...     for name, priority in [("mail", "low"), ("till", "urgent"), ("vpn", "high")]
    ... ]
    >>> [ticket.id for ticket in rank(tickets, desk, nine + timedelta(hours=5))]
    ['till', 'vpn', 'mail']
    """
    return tuple(sorted(tickets, key=lambda ticket: urgency(ticket, policy, now)))
