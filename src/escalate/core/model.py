"""What a desk talks about: tickets, tiers, statuses and actors.

Plain values. How they may change is in :mod:`escalate.core.engine`; what is promised about them in
:mod:`escalate.core.sla`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from escalate.core.clocks import Clock
from escalate.core.instants import as_instant, as_us, show_instant
from escalate.core.sealing import NOTHING, Sealed, seal
from escalate.core.status import Status
from escalate.errors import BadInput, InvalidPolicy, nearest

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy

ActorKind = Literal["agent", "customer", "bot", "rule", "system"]
TierKind = Literal["human", "bot", "vendor"]
MoveKind = Literal["escalate", "return", "transfer"]


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* in their order; a lone ``str`` is an error, not a row of letters.

    Raises:
        BadInput: *values* is one ``str``, or holds something else than ``str``.
    """
    wanted = 'a list of words, e.g. ["vip"]'
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise BadInput("words", values, wanted)
    found = tuple(values)
    if not all(isinstance(value, str) for value in found):
        raise BadInput("words", values, wanted)
    return found


def word_set(values: Iterable[str]) -> frozenset[str]:
    """Return *values* as a set, under the terms of :func:`words`."""
    return frozenset(words(values))


def one_of(*known: str) -> Any:
    """Return a validator for a field that holds one of a few words."""

    def check(instance: object, field: attrs.Attribute[str], value: object) -> None:
        if value not in known:
            place = f"{type(instance).__name__}.{field.name}"
            raise InvalidPolicy(place, value, nearest(str(value), known))

    return check


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
        default="agent", validator=one_of("agent", "customer", "bot", "rule", "system")
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
    kind: TierKind = attrs.field(default="human", validator=one_of("human", "bot", "vendor"))
    handles: tuple[str, ...] = attrs.field(default=(), converter=words)
    team: str | None = None
    skills: tuple[str, ...] = attrs.field(default=(), converter=words)
    calendar: str | None = None


def as_tier(value: Tier | str) -> Tier:
    """Return *value* itself, or the tier of that name."""
    return value if isinstance(value, Tier) else Tier(value)


@attrs.frozen
class Attempt:
    """Something that was tried, and whether it worked. ``what`` is a word, not a story."""

    what: str
    worked: bool = False


@attrs.frozen
class Verdict:
    """What a classifier makes of a ticket.

    Attributes:
        tier: Where it belongs; none means that the classifier abstains.
        confidence: From 0 to 1; none if it states none, which counts as sure.
        scores: What it gave each tier.
        why: What spoke for it, as (feature, weight).
        meaning: What the confidence is: ``"probability"``, ``"score"`` or ``"none"``.
        reason: Why it abstains, as a word.

    Raises:
        BadInput: The confidence does not lie between 0 and 1.
    """

    tier: str | None
    confidence: float | None = None
    scores: Mapping[str, float] = NOTHING
    why: tuple[tuple[str, float], ...] = attrs.field(default=(), converter=tuple)
    meaning: str = "none"
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        # Written so that a NaN, which compares false with everything, is refused too.
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise BadInput("Verdict.confidence", self.confidence, "a number from 0 to 1")


def ABSTAIN(reason: str) -> Verdict:  # noqa: N802 - the name that classifiers import
    """Return the verdict of a classifier that does not know; it is recorded and places nothing.

    >>> ABSTAIN("too short").tier is None
    True
    """
    return Verdict(None, reason=reason)


HANDOFF_FIELDS: Final = ("summary", "reason", "tried", "hypothesis", "ask")


def _attempts(values: Iterable[Attempt]) -> tuple[Attempt, ...]:
    found = tuple(values) if isinstance(values, Iterable) else (values,)
    if not all(isinstance(value, Attempt) for value in found):
        raise BadInput("Handoff.tried", values, 'attempts, e.g. [Attempt("restarted it")]')
    return found


@attrs.frozen(kw_only=True)
class Handoff:
    """What a person tells the next one, so that the customer repeats nothing.

    Attributes:
        summary: What it is about.
        reason: Why it is passed on, as one of the policy's reason codes.
        tried: What was tried and whether it worked, beyond what is on the ticket already.
        hypothesis: What might be behind it.
        ask: What the next tier should do.
    """

    summary: str = ""
    reason: str = ""
    tried: tuple[Attempt, ...] = attrs.field(default=(), converter=_attempts)
    hypothesis: str = ""
    ask: str = ""


@attrs.define
class OpenHandedOver:
    """A handoff while it is being put together; :class:`HandedOver` tells the fields."""

    source: str
    reason: str = ""
    automatic: bool = False
    given: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    checks_left: tuple[str, ...] = ()
    overridden: bool = False
    tried: tuple[Attempt, ...] = ()
    milestones: frozenset[str] = frozenset()
    messages: int = 0
    promised: tuple[str, int] | None = None
    texts: tuple[tuple[int, str], ...] = ()


class HandedOver(Sealed, OpenHandedOver):
    """A handoff as the journal keeps it. What was written is kept apart, by (event number, field).

    Each holds all that any earlier one of its ticket held.

    Attributes:
        source: The tier that handed over.
        reason: The reason code given.
        automatic: Whether a rule or a timer did it, filling it from the record.
        given: The fields that were filled.
        missing: Fields that the path requires and the record lacks: "none recorded".
        checks_left: Checks of the request type that nobody has gone through.
        overridden: Whether a person gave a reason for handing over with checks left.
        tried: Every attempt so far.
        milestones: Every milestone so far.
        messages: How many messages there are so far.
        promised: The last date promised, as (clock, microseconds).
        texts: Where to find every text handed over so far, as (event number, field).
    """

    __slots__ = ()


@attrs.frozen
class Message:
    """Something that was said. Its text is kept apart, by (event number, ``"text"``).

    Attributes:
        number: The number of the event that brought it.
        author: agent, customer, bot, rule or system.
        public: Whether the customer sees it.
        at_us: When, in microseconds since the epoch.
    """

    number: int
    author: ActorKind
    public: bool
    at_us: int = attrs.field(repr=show_instant)


@attrs.frozen
class Request:
    """An approval that was asked for and is not yet given.

    Attributes:
        number: The number of the event that asked.
        receiver: Who may give it.
        asked_by: Who asked, and so cannot approve.
        kind: The kind of move it is for; none if it is for none.
        target: The tier that the move leads to.
        handoff: What is handed over once it is approved.
    """

    number: int
    receiver: str
    asked_by: str
    kind: MoveKind | None = None
    target: str | None = None
    handoff: HandedOver | None = None


@attrs.frozen
class Fired:
    """How often a rule fired in this stay in a tier, and when last."""

    times: int
    at_us: int = attrs.field(repr=show_instant)


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
    milestones: frozenset[str] = frozenset()
    attempts: tuple[Attempt, ...] = ()
    classification: Verdict | None = None
    messages: tuple[Message, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    clocks: Mapping[str, Clock] = NOTHING
    moves: int = 0
    bounces: int = 0
    reopens: int = 0
    senders: tuple[str, ...] = ()
    left: frozenset[str] = frozenset()
    responded: Literal["", "bot", "person"] = ""
    automatic: int = 0
    fired: Mapping[str, Fired] = NOTHING
    handoff: HandedOver | None = None
    accepted: bool = True
    invited: Mapping[str, bool] = NOTHING
    requests: tuple[Request, ...] = ()
    promised: tuple[str, int] | None = None
    ids: tuple[str, ...] = ()
    entered_us: int = attrs.field(default=0, repr=show_instant)
    resolved_us: int | None = attrs.field(default=None, repr=show_instant)
    changed_us: int = attrs.field(default=0, repr=show_instant)
    due_us: int | None = attrs.field(default=None, repr=show_instant)
    seq: int = 0

    def shape(self, policy: EscalationPolicy, *, now: datetime) -> tuple[Hashable, ...]:
        """Return all that *policy* can still notice of the ticket at *now*, and nothing else.

        Tickets of equal shape answer every input that the policy can notice with equal events and
        equal shapes; what is left on each clock is exact. Timers before *now* should have fired.

        Raises:
            NaiveInstant: *now* has no time zone.
        """
        from escalate.core.shape import shape_of  # it looks at policies, which look at tickets

        return shape_of(self, policy, as_us(now, "now"))

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


class Ticket(Sealed, Draft):
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
        milestones: The checks that were gone through, by name.
        attempts: What was tried, oldest first.
        classification: The last verdict of a classifier.
        messages: What was said, oldest first; the texts are kept apart.
        links: Other tickets, as (kind, id).
        clocks: The current cycle of each clock, by name.
        moves: Arrivals in another tier; ``bounces`` those in a tier it had left, returns excepted;
            ``reopens`` how often it was reopened. :attr:`counts` has the three together.
        senders: The tiers that passed it on, the last one last: where a return goes.
        left: Every tier it ever left.
        responded: Who has answered the customer so far: nobody, a bot, or a person.
        automatic: Moves by rules and timers since the last act of a person.
        fired: How often each rule fired in this stay in a tier, by name.
        handoff: What was handed over last, all earlier handoffs included.
        accepted: Whether the tier that owns it has accepted what was handed over.
        invited: Tiers asked to help, and whether they have accepted.
        requests: Approvals asked for and not yet given.
        promised: The last date promised, as (clock, microseconds).
        ids: The ids of the last commands that changed something.
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
