"""What has happened to a ticket. A journal is a list of these, and a ticket is its fold.

Events are resolved: each carries what was decided, the clocks that it changed included, so that a
journal reads by itself, without its policy. They hold no free text and no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Literal

import attrs

from escalate.core.clocks import Clock
from escalate.core.instants import as_instant, show_instant
from escalate.core.model import Actor, Status
from escalate.core.sealing import NOTHING
from escalate.errors import Violation

MoveKind = Literal["escalate", "return", "transfer"]


class Change(IntEnum):
    """What an event did to a clock, in the order in which one event's changes are journalled."""

    STOP = 1
    RESET = 2
    CANCEL = 3
    PAUSE = 4
    RESUME = 5
    START = 6
    RETARGET = 7
    MARK = 8


ClockChange = tuple[Change, Clock]


@attrs.frozen(kw_only=True)
class Event:
    """What all events share.

    Attributes:
        at_us: When it took effect, in microseconds since the epoch; ``at`` is the same as a datetime.
        by: Who acted: a person, a bot, a rule or the system.
        seq: The number of the event in its ticket's journal, from 1.
        said_us: The instant that was claimed for it, where the journal could not follow the claim
            because something later stood in it already.
        clocks: What it did to the ticket's clocks, as (change, the clock after it).

    ``words`` are what rules and clocks call it; ``touches`` is what conditions may read that it changes.
    """

    at_us: int = attrs.field(repr=show_instant)
    by: Actor
    said_us: int | None = attrs.field(default=None, repr=show_instant)
    seq: int = 0
    clocks: tuple[ClockChange, ...] = ()

    words: ClassVar[frozenset[str]] = frozenset()
    touches: ClassVar[frozenset[str]] = frozenset()

    @property
    def at(self) -> datetime:
        """When it took effect, in UTC."""
        return as_instant(self.at_us)

    @property
    def said_at(self) -> datetime | None:
        """When it was said to have happened, in UTC, if that is not when it took effect."""
        return None if self.said_us is None else as_instant(self.said_us)


def complete(event: Event, **values: Any) -> None:
    """Give *event* its number or the clocks that it changed, before anybody else sees it.

    An event's clocks depend on the ticket as the event leaves it, so they are known last; a copy for
    their sake would cost as much as the event.
    """
    for name, value in values.items():
        object.__setattr__(event, name, value)


@attrs.frozen
class Opened(Event):
    """A ticket came in."""

    words = frozenset({"opened"})

    id: str
    tier: str
    policy: tuple[str, str]
    priority: str
    request_type: str | None = None
    channel: str | None = None
    requester: str | None = None
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = NOTHING


@attrs.frozen
class StatusChanged(Event):
    """The status changed; the subclasses say how."""

    touches = frozenset({"status"})

    source: Status
    status: Status


@attrs.frozen
class Waiting(StatusChanged):
    """The desk waits for the customer."""


@attrs.frozen
class Held(StatusChanged):
    """The desk waits for a third party."""


@attrs.frozen
class Resumed(StatusChanged):
    """The wait is over."""


@attrs.frozen
class Resolved(StatusChanged):
    """The desk says that it is answered."""

    words = frozenset({"resolved"})


@attrs.frozen
class Reopened(StatusChanged):
    """It was not answered after all."""

    words = frozenset({"reopened"})
    touches = frozenset({"status", "reopens"})


@attrs.frozen
class Closed(StatusChanged):
    """Closed for good, or cancelled; *into* names the ticket that goes on with it."""

    words = frozenset({"closed"})

    cancelled: bool = False
    into: str | None = None


@attrs.frozen
class Taken(StatusChanged):
    """An agent took it on."""

    touches = frozenset({"status", "assignee"})

    assignee: str | None = None


@attrs.frozen
class Assigned(Event):
    """Somebody else works on it now, or nobody."""

    touches = frozenset({"assignee"})

    assignee: str | None


@attrs.frozen
class Replied(StatusChanged):
    """The desk answered in public; the status may have changed with it."""

    words = frozenset({"replied"})

    bot: bool = False


@attrs.frozen
class CustomerReplied(StatusChanged):
    """The customer wrote; that may have ended a wait or reopened the ticket."""

    words = frozenset({"customer_replied"})

    automatic: bool = False


@attrs.frozen
class FollowUpWanted(Event):
    """The customer wrote on a ticket that cannot reopen: the message wants a ticket of its own."""


@attrs.frozen
class PrioritySet(Event):
    """The priority changed."""

    words = frozenset({"priority_changed"})
    touches = frozenset({"priority"})

    source: str
    priority: str


@attrs.frozen
class Moved(Event):
    """Another tier owns the ticket now; the subclasses say which kind of move it was.

    Attributes:
        source: The tier it left.
        target: The tier it came to.
        bounce: Whether it had left that tier before and did not come back by a return.
    """

    words = frozenset({"entered"})
    touches = frozenset({"tier", "assignee", "moves", "bounces"})
    kind: ClassVar[MoveKind]

    source: str
    target: str
    bounce: bool


@attrs.frozen
class Escalated(Moved):
    """To more skill."""

    kind = "escalate"


@attrs.frozen
class Returned(Moved):
    """Back."""

    words = frozenset({"entered", "returned"})
    kind = "return"


@attrs.frozen
class Transferred(Moved):
    """Sideways, or to a vendor."""

    kind = "transfer"


@attrs.frozen
class Breached(Event):
    """A promise was broken: the clock used more than its target allows.

    ``on_change`` marks a clock that became late because another target began to apply.
    """

    words = frozenset({"breached"})

    clock: str
    target: str
    on_change: bool = False


@attrs.frozen
class PathViolated(Event):
    """What was seen to happen is not what the policy allows; it was followed all the same.

    Attributes:
        why: Which part of the policy it contradicts.
        source: Where the ticket was: a tier, or a status.
        target: Where it was seen next.
    """

    why: Violation
    source: str
    target: str
