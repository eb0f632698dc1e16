"""What a host, a log or a webhook saw happen.

A fact is never refused: what a policy does not allow is followed and journalled as a violation. Each
fact may carry ``occurred_at``, the aware instant at which it was true; none means now.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from escalate.core import commands
from escalate.core.model import Actor, Status, as_status
from escalate.errors import BadInput


@attrs.frozen(kw_only=True)
class Fact:
    """What all facts share: when it was so, and who made it so, if known."""

    occurred_at: datetime | None = None
    by: Actor | None = None


@attrs.frozen
class Did(Fact):
    """Somebody carried out what *command* describes; a move must name its tier."""

    command: commands.Command

    def __attrs_post_init__(self) -> None:
        if isinstance(self.command, commands.Escalate | commands.Return) and not self.command.to:
            wanted = "the tier it went to; what was seen has a place"
            raise BadInput(f"Did({type(self.command).__name__}).to", self.command.to, wanted)


@attrs.frozen
class StatusIs(Fact):
    """The ticket has this status, however it got there."""

    status: Status = attrs.field(converter=as_status)


@attrs.frozen
class TierIs(Fact):
    """This tier owns the ticket, however it got there."""

    tier: str


@attrs.frozen
class PriorityIs(Fact):
    """The ticket has this priority."""

    priority: str


@attrs.frozen
class AssigneeIs(Fact):
    """This person works on the ticket; none means nobody."""

    assignee: str | None
