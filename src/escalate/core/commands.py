"""What can be asked of a ticket. Each command says who asks (``by``) and may carry an ``id``.

A command whose id was seen before changes nothing, so that a desk may safely ask again. What comes of a
command is decided in :mod:`escalate.core.engine`; it answers with events or with a refusal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, Literal, get_args, get_type_hints

import attrs

from escalate.core.instants import as_us
from escalate.core.model import Actor, ActorKind, Handoff, Verdict, word_set
from escalate.core.sealing import NOTHING, FrozenDict
from escalate.errors import BadInput, nearest

Then = Literal["stay", "wait", "resolve"]


@attrs.frozen(kw_only=True)
class Command:
    """What all commands share.

    Attributes:
        by: Who asks; none stands for some agent, or for the customer where only one can ask it.

    Raises:
        BadInput: A field holds what it does not take, a name is empty, or a number is NaN.
    """

    asked_by_default: ClassVar[ActorKind] = "agent"

    by: Actor | None = None

    def __attrs_post_init__(self) -> None:
        for name, kinds, wanted, needed in _taken_by(self.__class__):
            value = getattr(self, name)
            wrong = type(value) not in kinds and not isinstance(value, kinds)
            if wrong or (type(value) is bool and bool not in kinds):
                raise BadInput(f"{type(self).__name__}.{name}", value, wanted)
            if needed and isinstance(value, str) and not value.strip():
                raise BadInput(f"{type(self).__name__}.{name}", value, "a name, not empty")
            if isinstance(value, float) and math.isnan(value):
                raise BadInput(f"{type(self).__name__}.{name}", value, "a number, not NaN")


Taken = tuple[str, tuple[type, ...], str, bool]
_SPOKEN: Final[dict[type, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    NoneType: "none",
}


def _taken_by(command: type[Command]) -> tuple[Taken, ...]:
    """Return what each field of *command* takes: the classes, how to say it, whether it must be filled."""
    known = _TAKEN.get(command)
    if known is not None:
        return known
    hints = get_type_hints(command)
    found: list[Taken] = []
    for field in attrs.fields(command):
        hint = hints[field.name]
        kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        if field.converter is None and all(isinstance(kind, type) for kind in kinds):
            names = [_SPOKEN.get(kind, f"an {kind.__name__}") for kind in kinds]
            wanted = ", ".join(names[:-1]) + (" or " if names[1:] else "") + names[-1]
            found.append((field.name, kinds, wanted, field.default is attrs.NOTHING))
    return _TAKEN.setdefault(command, tuple(found))


_TAKEN: Final[dict[type, tuple[Taken, ...]]] = {}


@attrs.frozen(kw_only=True)
class Asked(Command):
    """A command about a ticket that exists.

    Attributes:
        id: The caller's key for this very request, for asking again without acting twice.
    """

    id: str | None = None


def _fields(values: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in values.items():
        if isinstance(value, float) and math.isnan(value):
            raise BadInput(f"Open.fields[{name!r}]", value, "a number, not NaN")
    return FrozenDict(values) if values else NOTHING


def _then(_: object, __: object, value: str) -> None:
    if value not in get_args(Then):
        raise BadInput("Reply.then", value, nearest(str(value), get_args(Then)))


@attrs.frozen
class Open(Command):
    """Open a ticket.

    Attributes:
        id: The key of the new ticket.
        tier: Where it starts; none means where its request type belongs, else the policy's entry.
    """

    asked_by_default: ClassVar[ActorKind] = "customer"

    id: str
    subject: str = ""
    channel: str | None = None
    requester: str | None = None
    priority: str | None = None
    request_type: str | None = None
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)
    fields: Mapping[str, Any] = attrs.field(default=NOTHING, converter=_fields)
    tier: str | None = None


@attrs.frozen
class Take(Asked):
    """Take the ticket on: the asker becomes its assignee, a new ticket is open, a handoff accepted."""


@attrs.frozen
class Assign(Asked):
    """Give the ticket to *agent*; none takes it from whoever has it. The status stays."""

    agent: str | None


@attrs.frozen
class Reply(Asked):
    """Answer the customer in public; *then* leave the status, wait for them, or resolve."""

    text: str = ""
    then: Then = attrs.field(default="stay", validator=_then)
    bot: bool = False


@attrs.frozen
class CustomerReply(Asked):
    """The customer writes. An *automatic* message, such as out of office, sets nothing in motion."""

    asked_by_default: ClassVar[ActorKind] = "customer"

    text: str = ""
    automatic: bool = False


@attrs.frozen
class Note(Asked):
    """Write something that the customer does not see."""

    text: str = ""


@attrs.frozen
class Wait(Asked):
    """Wait for the customer."""


@attrs.frozen
class Hold(Asked):
    """Wait for a third party."""


@attrs.frozen
class Resume(Asked):
    """Go on after a wait."""


@attrs.frozen
class SetPriority(Asked):
    """Give the ticket one of the policy's priorities."""

    priority: str


@attrs.frozen
class SetField(Asked):
    """Put a value on the ticket: a text, a number, true or false, or none."""

    name: str
    value: str | int | float | bool | None


@attrs.frozen
class Tag(Asked):
    """Put a word on the ticket."""

    name: str


@attrs.frozen
class Untag(Asked):
    """Take a word off the ticket."""

    name: str


@attrs.frozen
class Link(Asked):
    """Say how another ticket belongs to this one, such as ``"problem"`` or ``"follow-up"``."""

    kind: str
    other: str


@attrs.frozen
class SetRequestType(Asked):
    """Say which request of the protocol this is."""

    name: str


@attrs.frozen
class ReachMilestone(Asked):
    """A check of some checklist was gone through."""

    name: str


@attrs.frozen
class RecordAttempt(Asked):
    """Something was tried. *what* is a word, not a story."""

    what: str
    worked: bool = False


@attrs.frozen
class RequestHuman(Asked):
    """The customer wants a person."""

    asked_by_default: ClassVar[ActorKind] = "customer"


@attrs.frozen
class Classify(Asked):
    """A classifier has looked at the ticket."""

    asked_by_default: ClassVar[ActorKind] = "bot"

    verdict: Verdict


@attrs.frozen
class Escalate(Asked):
    """Hand the ticket to a tier with more skill; without *to*, by the first path that is open.

    Attributes:
        handoff: What the next person needs to know.
        reason: Why, in one's own words.
        override: Why it goes although checks are left.
    """

    to: str | None = None
    handoff: Handoff | None = None
    reason: str = ""
    override: str | None = None


@attrs.frozen
class Return(Asked):
    """Hand the ticket back, saying why; without *to*, to the tier that sent it."""

    reason: str = ""
    to: str | None = None
    handoff: Handoff | None = None


@attrs.frozen
class Transfer(Asked):
    """Hand the ticket sideways, or to a vendor tier; see :class:`Escalate`."""

    to: str
    handoff: Handoff | None = None
    reason: str = ""
    override: str | None = None


@attrs.frozen
class Invite(Asked):
    """Ask another tier to help while ownership stays."""

    tier: str


@attrs.frozen
class Accept(Asked):
    """Accept what was handed over (``"handoff"``), or an invitation, by the name of the tier."""

    what: str = "handoff"


@attrs.frozen
class Approve(Asked):
    """Approve the request of that number; the move it is for is made."""

    request: int


@attrs.frozen
class Decline(Asked):
    """Decline the request of that number."""

    request: int
    reason: str = ""


@attrs.frozen
class Withdraw(Asked):
    """Take back an invitation, by its tier, or a request for approval, by its number."""

    what: str | int


def _instant(at: datetime | int) -> int:
    # A copy with a change, as attrs.evolve makes it, hands in what is converted already.
    return at if isinstance(at, int) else as_us(at, "Promise.at")


@attrs.frozen
class Promise(Asked):
    """Promise the customer a date for a clock; from now on it is due then, and no pause moves it."""

    clock: str
    at_us: int = attrs.field(converter=_instant, alias="at")


@attrs.frozen
class Signal(Asked):
    """Something happened that only the host has a word for; rules and clocks may wait for it."""

    name: str


@attrs.frozen
class Resolve(Asked):
    """The customer's question is answered, as far as the desk can see."""

    summary: str = ""


@attrs.frozen
class Reopen(Asked):
    """It was not answered after all."""


@attrs.frozen
class Close(Asked):
    """Close a resolved ticket for good."""


@attrs.frozen
class Cancel(Asked):
    """Close a ticket that needs no answer: cancelled, a duplicate of another, merged *into* it."""

    reason: str = ""
    into: str | None = None


@attrs.frozen
class Rate(Asked):
    """The customer says how it went, in the host's own scale."""

    asked_by_default: ClassVar[ActorKind] = "customer"

    score: int | float


@attrs.frozen
class Feedback(Asked):
    """Somebody of the desk says what they think *about* a rule, a path or a target, by its name."""

    about: str
    text: str = ""
