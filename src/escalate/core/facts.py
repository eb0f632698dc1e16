"""What a host, a log or a webhook saw happen.

A fact is never refused: what a policy does not allow is followed and journalled as a violation. Each
fact may carry ``occurred_at``, the aware instant at which it was true; none means now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

import attrs

from escalate.core import commands
from escalate.core.model import Actor, word_set
from escalate.core.status import Status, as_status
from escalate.errors import BadInput


@attrs.frozen(kw_only=True)
class Fact:
    """What all facts share: when it was so, and who made it so, if known."""

    occurred_at: datetime | None = None
    by: Actor | None = None


class Unknown(Enum):
    """The value of what a snapshot does not show."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


def _status(value: Status | str | Unknown) -> Status | Unknown:
    return value if isinstance(value, _STATUSES) else as_status(value)


_STATUSES: Final = (Status, Unknown)  # a union would be built anew for every row of a log


def _tags(value: Iterable[str] | Unknown) -> frozenset[str] | Unknown:
    return value if isinstance(value, Unknown) else word_set(value)


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


@attrs.frozen
class FieldIs(Fact):
    """The ticket has this value in this field."""

    name: str
    value: Any


@attrs.frozen
class TagsAre(Fact):
    """The ticket has these tags and no others."""

    tags: frozenset[str] = attrs.field(converter=word_set)


@attrs.frozen
class ReceiverMissing(Fact):
    """Nobody stands behind a receiver: deleted, absent, an empty rota. The fallback is told instead."""

    receiver: str


@attrs.frozen(kw_only=True)
class Seen(Fact):
    """A snapshot of what a host shows. What is left out is not known; it does not mean none."""

    status: Status | Unknown = attrs.field(default=UNKNOWN, converter=_status)
    tier: str | Unknown = UNKNOWN
    priority: str | Unknown = UNKNOWN
    assignee: str | Unknown | None = UNKNOWN
    tags: frozenset[str] | Unknown = attrs.field(default=UNKNOWN, converter=_tags)
    fields: Mapping[str, Any] | Unknown = UNKNOWN
