"""What a desk talks about: tickets, tiers, statuses and actors.

Plain values. How they may change is in :mod:`escalate.core.engine`; what is promised about them in
:mod:`escalate.core.sla`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal

import attrs

from escalate.core.clocks import Clock
from escalate.core.instants import as_instant, show_instant
from escalate.core.sealing import NOTHING, Sealed, seal
from escalate.errors import BadInput, InvalidPolicy

ActorKind = Literal["agent", "customer", "bot", "rule", "system"]
TierKind = Literal["human", "bot", "vendor"]


class Status(StrEnum):
    """What is happening to a ticket, whichever tier owns it. Hosts map their own words to these."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"  # waits for the customer
    ON_HOLD = "on_hold"  # waits for a third party
    RESOLVED = "resolved"  # may reopen
    CLOSED = "closed"  # final

    @property
    def category(self) -> str:
        """``"active"`` for new and open, else the status itself.

        >>> Status.NEW.category, Status.PENDING.category
        ('active', 'pending')
        """
        return "active" if self in (Status.NEW, Status.OPEN) else self.value

    @property
    def is_done(self) -> bool:
        """Whether nobody owes this ticket anything: resolved or closed."""
        return self in (Status.RESOLVED, Status.CLOSED)


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* in their order; a lone ``str`` is an error, not a row of letters.

    Raises:
        BadInput: *values* is one ``str``, or holds something else than ``str``.
    """
    found = values if isinstance(values, str) else tuple(values)
    if isinstance(found, str) or not all(isinstance(value, str) for value in found):
        raise BadInput("words", values, 'a list of words, e.g. ["vip"]')
    return found


def word_set(values: Iterable[str]) -> frozenset[str]:
    """Return *values* as a set, under the terms of :func:`words`."""
    return frozenset(words(values))


def _one_of(*known: str) -> Any:
    return attrs.validators.in_(known)


@attrs.frozen
class Actor:
    """Who acts. The host vouches that this is really them.

    Attributes:
        id: The host's key for this person, bot or rule; empty when it does not matter who.
        kind: agent, customer, bot, rule or system.
        roles: What the host says they are, for paths and commands that ask for a role.
    """

    id: str = ""
    kind: ActorKind = attrs.field(
        default="agent", validator=_one_of("agent", "customer", "bot", "rule", "system")
    )
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)

    @property
    def is_human(self) -> bool:
        """Whether a person acts; a rule, a timer and a bot are none."""
        return self.kind in ("agent", "customer")


def named(instance: object, field: attrs.Attribute[str], value: str) -> None:
    """Check that *value* is a name: a word or more, not empty."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidPolicy(f"{type(instance).__name__}.{field.name}", value, "a name")


@attrs.frozen
class Tier:
    """One line of support.

    Attributes:
        name: How policies, tickets and journals call it, such as ``"N1"``.
        title: How people call it, such as ``"First line"``; empty means the name.
        kind: human, bot, or vendor (somebody else's desk).
        handles: What belongs here, one phrase each, for people and classifiers to read.
        team: The host's key for the team behind it, if it has one.
        skills: What its people can do, for assigning.
        calendar: The name of its opening hours; none means the policy's only calendar.
    """

    name: str = attrs.field(validator=named)
    title: str = ""
    kind: TierKind = attrs.field(default="human", validator=_one_of("human", "bot", "vendor"))
    handles: tuple[str, ...] = attrs.field(default=(), converter=words)
    team: str | None = None
    skills: tuple[str, ...] = attrs.field(default=(), converter=words)
    calendar: str | None = None


def as_tier(value: Tier | str) -> Tier:
    """Return *value* itself, or the tier of that name."""
    return value if isinstance(value, Tier) else Tier(value)


@attrs.frozen
class Counts:
    """How often a ticket moved between tiers, came back to one it had left, and was reopened."""

    moves: int = 0
    bounces: int = 0
    reopens: int = 0


@attrs.define
class Draft:
    """A ticket while a decision about it is being worked out; :class:`Ticket` tells the fields."""

    id: str
    tier: str
    opened_us: int = attrs.field(repr=show_instant)
    policy: tuple[str, str]
    status: Status = Status.NEW
    priority: str = "normal"
    request_type: str | None = None
    channel: str | None = None
    requester: str | None = None
    assignee: str | None = None
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = NOTHING
    clocks: Mapping[str, Clock] = NOTHING
    moves: int = 0
    bounces: int = 0
    reopens: int = 0
    senders: tuple[str, ...] = ()
    left: frozenset[str] = frozenset()
    replies: int = 0
    entered_us: int = attrs.field(default=0, repr=show_instant)
    changed_us: int = attrs.field(default=0, repr=show_instant)
    due_us: int | None = attrs.field(default=None, repr=show_instant)
    seq: int = 0

    @property
    def category(self) -> str:
        """What clocks look at: active, pending, on_hold, resolved or closed."""
        return self.status.category

    @property
    def counts(self) -> Counts:
        """Moves, bounces and reopens so far."""
        return Counts(self.moves, self.bounces, self.reopens)

    @property
    def opened_at(self) -> datetime:
        """When the ticket was opened, in UTC."""
        return as_instant(self.opened_us)

    @property
    def entered_at(self) -> datetime:
        """When the ticket came to the tier that owns it, in UTC."""
        return as_instant(self.entered_us)

    @property
    def changed_at(self) -> datetime:
        """The instant of the last event, in UTC."""
        return as_instant(self.changed_us)


class Ticket(Draft, Sealed):
    """A ticket as its journal tells it: the fold of its events. It never changes; a new one is made.

    Attributes:
        id: The host's key.
        tier: The name of the one tier that owns it.
        status: See :class:`Status`; independent of the tier.
        priority: One of the policy's priorities.
        request_type: Which request of the policy's protocol it is, if known.
        channel: How it came in.
        requester: The host's opaque key for the customer.
        assignee: The host's key for the person who works on it.
        tags: Words that people and rules put on it.
        fields: Values that people and rules put on it, by name.
        clocks: The current cycle of each clock, by name.
        moves: Arrivals in another tier; ``bounces`` those in a tier it had left, returns excepted;
            ``reopens`` how often it was reopened. :attr:`counts` has the three together.
        senders: The tiers that passed it on, the last one last: where a return goes.
        left: Every tier it ever left.
        replies: Public replies by the desk.
        policy: Name and version of the policy it was opened under.
        seq: The number of its last event, from 1.
    """

    __slots__ = ()


_values = attrgetter(*(field.name for field in attrs.fields(Draft)))


def thaw(ticket: Draft) -> Draft:
    """Return a working copy of *ticket*."""
    return Draft(*_values(ticket))


def freeze(draft: Draft) -> Ticket:
    """Turn *draft* itself into a ticket: the same object, which from now on refuses to change."""
    return seal(draft, Ticket)


def as_status(value: Status | str) -> Status:
    """Return the status that *value* names.

    Raises:
        BadInput: There is no such status.
    """
    try:
        return Status(value)
    except ValueError:
        raise BadInput("status", value, f"one of {', '.join(Status)}") from None
