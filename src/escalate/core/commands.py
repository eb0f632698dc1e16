"""What can be asked of a ticket. Each command says who asks (``by``) and may carry an ``id``.

A command whose id was seen before changes nothing, so that a desk may safely ask again. What comes of a
command is decided in :mod:`escalate.core.engine`; it answers with events or with a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs

from escalate.core.model import Actor, ActorKind, word_set
from escalate.core.sealing import NOTHING

Then = Literal["stay", "wait", "resolve"]


@attrs.frozen(kw_only=True)
class Command:
    """What all commands share.

    Attributes:
        by: Who asks; none stands for some agent, or for the customer where only one can ask it.
    """

    asked_by_default: ClassVar[ActorKind] = "agent"

    by: Actor | None = None


@attrs.frozen(kw_only=True)
class Asked(Command):
    """A command about a ticket that exists.

    Attributes:
        id: The caller's key for this very request, for asking again without acting twice.
    """

    id: str | None = None


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
    priority: str = "normal"
    request_type: str | None = None
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=word_set)
    fields: Mapping[str, Any] = NOTHING
    tier: str | None = None


@attrs.frozen
class Take(Asked):
    """Take the ticket on: the asker becomes its assignee and a new ticket is open."""


@attrs.frozen
class Assign(Asked):
    """Give the ticket to *agent*; none takes it from whoever has it. The status stays."""

    agent: str | None


@attrs.frozen
class Reply(Asked):
    """Answer the customer in public; *then* leave the status, wait for them, or resolve."""

    text: str = ""
    then: Then = attrs.field(
        default="stay", validator=attrs.validators.in_(("stay", "wait", "resolve"))
    )
    bot: bool = False


@attrs.frozen
class CustomerReply(Asked):
    """The customer writes. An *automatic* message, such as out of office, sets nothing in motion."""

    asked_by_default: ClassVar[ActorKind] = "customer"

    text: str = ""
    automatic: bool = False


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
class Escalate(Asked):
    """Hand the ticket to a tier with more skill; without *to*, by the first path that is open."""

    to: str | None = None


@attrs.frozen
class Return(Asked):
    """Hand the ticket back; without *to*, to the tier that sent it."""

    to: str | None = None


@attrs.frozen
class Transfer(Asked):
    """Hand the ticket sideways, or to a vendor tier."""

    to: str


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
