"""What has happened to a ticket. A journal is a list of these, and a ticket is its fold.

Events are resolved: each carries what was decided, the clocks that it changed included, so that a
journal reads by itself, without its policy. They hold no free text and no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Final

import attrs

from escalate.core.clocks import Clock
from escalate.core.instants import as_instant, show_instant
from escalate.core.model import Actor, Attempt, HandedOver, MoveKind, Verdict
from escalate.core.sealing import NOTHING
from escalate.core.status import Status
from escalate.errors import Violation


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
NO_WORDS: Final[frozenset[str]] = frozenset()


@attrs.frozen(kw_only=True)
class Event:
    """What all events share.

    Attributes:
        at_us: When it took effect, in microseconds since the epoch; ``at`` is the same as a datetime.
        by: Who acted: a person, a bot, a rule (by its name) or the system (a timer, by its step).
        said_us: The instant that was claimed for it, where the journal could not follow the claim
            because something later stood in it already.
        command_id: The id of the command that it is the first event of.
        seq: The number of the event in its ticket's journal, from 1.
        clocks: What it did to the ticket's clocks, as (change, the clock after it).

    ``words`` are what rules and clocks call it; ``touches`` is what conditions may read that it changes.
    """

    at_us: int = attrs.field(repr=show_instant)
    by: Actor
    said_us: int | None = attrs.field(default=None, repr=show_instant)
    command_id: str | None = None
    seq: int = 0
    clocks: tuple[ClockChange, ...] = ()

    # Plain attributes: the engine asks at every event. The few that depend on the event are properties.
    words = NO_WORDS
    touches = NO_WORDS

    @property
    def at(self) -> datetime:
        """When it took effect, in UTC."""
        return as_instant(self.at_us)

    @property
    def said_at(self) -> datetime | None:
        """When it was said to have happened, in UTC, if that is not when it took effect."""
        return None if self.said_us is None else as_instant(self.said_us)


def number(event: Event, seq: int) -> None:
    """Give *event* its number, before anybody else sees it."""
    _set(event, "seq", seq)


def carry(event: Event, clocks: tuple[ClockChange, ...]) -> None:
    """Give *event* the clocks that it changed, before anybody else sees it.

    They depend on the ticket as the event leaves it, so they are known last; a copy for their sake
    would cost as much as the event.
    """
    _set(event, "clocks", clocks)


def stamp(event: Event, said_us: int | None, command_id: str | None) -> None:
    """Give *event* what is known of the command or fact behind it, before anybody else sees it."""
    _set(event, "said_us", said_us)
    _set(event, "command_id", command_id)


_set = object.__setattr__


def some(*words: str) -> frozenset[str]:
    """Return a few words as a set."""
    return frozenset(words)


@attrs.frozen
class Opened(Event):
    """A ticket came in."""

    words = some("opened")

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
    """The status changed, or could have; the subclasses say how."""

    touches = some("status")

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


@attrs.frozen
class Reopened(StatusChanged):
    """It was not answered after all."""

    words = some("reopened")
    touches = some("status", "reopens")


@attrs.frozen
class Closed(StatusChanged):
    """Closed for good, or cancelled; *into* names the ticket that goes on with it."""

    cancelled: bool = False
    into: str | None = None


@attrs.frozen
class Taken(StatusChanged):
    """An agent took it on, and accepted what was handed over."""

    words = some("accepted")
    touches = some("status", "assignee")

    assignee: str | None = None


@attrs.frozen
class Assigned(Event):
    """Somebody else works on it now, or nobody."""

    touches = some("assignee")

    assignee: str | None


@attrs.frozen
class Replied(StatusChanged):
    """Somebody of the desk answered in public; the status may have changed with it."""

    words = some("replied", "accepted")
    touches = some("status", "assignee")


@attrs.frozen
class BotReplied(StatusChanged):
    """A bot answered in public; it counts as a reply where a target says so."""

    words = some("bot_replied")


@attrs.frozen
class CustomerReplied(StatusChanged):
    """The customer wrote; that may have ended a wait or reopened the ticket."""

    touches = some("status", "reopens")

    automatic: bool = False

    @property
    def words(self) -> frozenset[str]:  # type: ignore[override]
        """An automatic message is called nothing; one that reopens is both."""
        if self.automatic:
            return NO_WORDS
        return _BACK if self.source.is_done and not self.status.is_done else _WROTE


_WROTE: Final = frozenset({"customer_replied"})
_BACK: Final = frozenset({"customer_replied", "reopened"})


@attrs.frozen
class Noted(Event):
    """Something was written that the customer does not see."""


@attrs.frozen
class FollowUpWanted(Event):
    """The customer wrote on a ticket that cannot reopen: the message wants a ticket of its own."""


@attrs.frozen
class PrioritySet(Event):
    """The priority changed."""

    words = some("priority_changed")
    touches = some("priority")

    source: str
    priority: str


@attrs.frozen
class FieldSet(Event):
    """A field changed."""

    words = some("field_changed")

    name: str
    value: Any

    @property
    def touches(self) -> frozenset[str]:  # type: ignore[override]
        """The one field."""
        return frozenset({f"fields.{self.name}"})


@attrs.frozen
class Tagged(Event):
    """A word was put on the ticket."""

    words = some("field_changed")
    touches = some("tags")

    tag: str


@attrs.frozen
class Untagged(Event):
    """A word was taken off the ticket."""

    words = some("field_changed")
    touches = some("tags")

    tag: str


@attrs.frozen
class Linked(Event):
    """Another ticket belongs to this one."""

    kind: str
    other: str


@attrs.frozen
class RequestTypeSet(Event):
    """It is known which request of the protocol this is."""

    words = some("field_changed")
    touches = some("request_type")

    request_type: str


@attrs.frozen
class MilestoneReached(Event):
    """A check was gone through."""

    words = some("milestone")
    touches = some("milestones")

    milestone: str


@attrs.frozen
class AttemptRecorded(Event):
    """Something was tried."""

    touches = some("attempts")

    attempt: Attempt

    @property
    def words(self) -> frozenset[str]:  # type: ignore[override]
        """Only what failed is news."""
        return NO_WORDS if self.attempt.worked else _FAILED


_FAILED: Final = frozenset({"attempt_failed"})


@attrs.frozen
class HumanRequested(Event):
    """The customer wants a person."""

    words = some("human_requested")


@attrs.frozen
class Signalled(Event):
    """Something happened that only the host has a word for."""

    name: str

    @property
    def words(self) -> frozenset[str]:  # type: ignore[override]
        """Its name."""
        return frozenset({self.name})


@attrs.frozen
class Classified(Event):
    """A classifier looked at it; *placed* is the tier that it starts in because of that, if any."""

    words = some("classified")

    verdict: Verdict
    placed: str | None = None

    @property
    def touches(self) -> frozenset[str]:  # type: ignore[override]
        """The classification, and the tier if it was placed."""
        return _SORTED if self.placed is None else _PLACED


_SORTED: Final = frozenset({"classification"})
_PLACED: Final = frozenset({"classification", "tier"})


@attrs.frozen
class Moved(Event):
    """Another tier owns the ticket now; the subclasses say which kind of move it was.

    Attributes:
        source: The tier it left.
        target: The tier it came to.
        bounce: Whether it had left that tier before and did not come back by a return.
        handoff: What was handed over.
        bounces: How often it has bounced by now.
    """

    words = some("entered")
    touches = some("tier", "assignee", "moves", "bounces", "attempts")
    kind: ClassVar[MoveKind]

    source: str
    target: str
    bounce: bool
    handoff: HandedOver
    bounces: int = 0


@attrs.frozen
class Escalated(Moved):
    """To more skill."""

    kind = "escalate"


@attrs.frozen
class Returned(Moved):
    """Back."""

    words = some("entered", "returned")
    kind = "return"


@attrs.frozen
class Transferred(Moved):
    """Sideways, or to a vendor."""

    kind = "transfer"


@attrs.frozen
class MoveRefused(Event):
    """A rule or a timer would have moved the ticket and may not.

    Attributes:
        why: Which part of the policy forbids it; ``"max_automatic"`` says that a person must act first.
        source: The tier it is in.
        target: The tier it would have gone to.
    """

    why: Violation
    source: str
    target: str


@attrs.frozen
class HandoffAccepted(Event):
    """The tier that owns the ticket has accepted what was handed over."""

    words = some("accepted")


@attrs.frozen
class Invited(Event):
    """Another tier was asked to help."""

    tier: str


@attrs.frozen
class InvitationAccepted(Event):
    """The tier that was asked helps."""

    tier: str


@attrs.frozen
class InvitationWithdrawn(Event):
    """The tier that was asked need not help any more."""

    tier: str


@attrs.frozen
class ApprovalAsked(Event):
    """Somebody must approve; its ``seq`` is the number of the request.

    Attributes:
        receiver: Who may approve.
        kind: The kind of move that waits for it; none if none does.
        target: The tier that it leads to.
        handoff: What is handed over once it is approved.
    """

    receiver: str
    kind: MoveKind | None = None
    target: str | None = None
    handoff: HandedOver | None = None


@attrs.frozen
class Approved(Event):
    """The request of that number was approved."""

    request: int


@attrs.frozen
class Declined(Event):
    """The request of that number was declined."""

    request: int


@attrs.frozen
class ApprovalWithdrawn(Event):
    """The request of that number was taken back."""

    request: int


@attrs.frozen
class Promised(Event):
    """A date was promised for a clock."""

    clock: str
    due_us: int = attrs.field(repr=show_instant)


@attrs.frozen
class Rated(Event):
    """The customer said how it went."""

    score: int | float


@attrs.frozen
class FeedbackGiven(Event):
    """Somebody of the desk said what they think about a part of the policy."""

    about: str


@attrs.frozen
class Breached(Event):
    """A promise was broken: the clock used more than its target allows.

    ``on_change`` marks a clock that became late because another target began to apply.
    """

    clock: str
    target: str
    on_change: bool = False


@attrs.frozen
class StepReached(Event):
    """A step on the way to a due instant; *held* says whether its condition did, so that it acted."""

    clock: str
    target: str
    step: str
    held: bool = True
    on_change: bool = False


@attrs.frozen
class IdleReached(Event):
    """Nothing has happened for as long as the rule waits."""

    rule: str


@attrs.frozen
class RuleFired(Event):
    """A rule acts; the events that follow carry its name. *on* is what set it off."""

    rule: str
    on: str


@attrs.frozen
class Advised(Event):
    """What a rule or a step would have done, under a policy that only advises.

    Attributes:
        name: The rule, or the target and its step.
        move: The move, as (kind, tier).
        notify: The receivers it would have told.
        others: Its other deeds, by name.
        is_rule: Whether it is a rule.
    """

    name: str
    move: tuple[MoveKind, str] | None = None
    notify: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    is_rule: bool = False


@attrs.frozen
class NotifyAsked(Event):
    """Somebody is to be told. Who that is, a directory knows when it is delivered.

    Attributes:
        receiver: The role that is told.
        about: What about: a rule, a target and its step, or the word for what happened.
        deliver_us: When it is to go out, in microseconds since the epoch.
        instead_of: The receiver who could not be reached, if this is the fallback.
    """

    receiver: str
    about: str
    deliver_us: int = attrs.field(repr=show_instant)
    instead_of: str | None = None


@attrs.frozen
class ClassifyAsked(Event):
    """The classifier is to look at the ticket again."""


@attrs.frozen
class ReceiverMissed(Event):
    """Nobody stood behind a receiver."""

    receiver: str


@attrs.frozen
class Erased(Event):
    """What was written on the ticket so far was deleted. It changes nothing that a decision reads."""


@attrs.frozen
class Rebased(Event):
    """From here on another edition of the policy applies: its targets, rules and paths.

    Attributes:
        source: Name and version of the edition that it stood under.
        policy: Name and version of the one that applies now.
        renamed: The tiers that are called otherwise there, as (was, is), as far as the ticket knows them.
        undoes: The number of the event that this one takes back; none if it takes back none.
    """

    touches = some("tier")

    source: tuple[str, str]
    policy: tuple[str, str]
    renamed: tuple[tuple[str, str], ...] = ()
    undoes: int | None = None


@attrs.frozen
class Adopted(Event):
    """A desk took over a ticket that had lived without it; its journal before this is caught up.

    Attributes:
        since_us: From when on it counts, in microseconds since the epoch.
        catch_up: Which of the notices that were late by then went out: all, latest or silent.
        unsent: How many did not.
    """

    since_us: int = attrs.field(repr=show_instant)
    catch_up: str
    unsent: int = 0


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
