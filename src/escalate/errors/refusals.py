"""Every "no" that a user may see."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs

from escalate.errors.base import EscalateError, nearest, shown

Violation = Literal[
    "path",
    "condition",
    "handoff",
    "approval",
    "checklist",
    "permission",
    "status",
    "bounces",
    "max_automatic",
]
"""Which part of a policy something contradicts."""


@attrs.define
class Refused(EscalateError):
    """A command that a ticket's state, its policy or the actor's rights do not allow.

    Attributes:
        violates: Which part of the policy the command contradicts.
        fired: The events of timers that fired before the command was looked at. They happened, so
            whoever keeps the journal keeps them.
    """

    code: ClassVar[str] = "refused"
    violates: ClassVar[Violation] = "path"

    fired: tuple[Any, ...] = attrs.field(default=(), init=False, repr=False, eq=False)


@attrs.define
class NoTicket(Refused):
    """A command came for a ticket that was never opened."""

    code: ClassVar[str] = "no-ticket"

    asked: str

    def __str__(self) -> str:
        return f"{self.asked} needs a ticket, and there is none; open one first"


@attrs.define
class UnknownWord(Refused):
    """A command names something that the policy does not have."""

    code: ClassVar[str] = "unknown-word"

    what: str
    got: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"the policy has no {self.what} {self.got!r}; {nearest(self.got, self.known)}"


@attrs.define
class StatusNotAllowed(Refused):
    """A ticket was asked for what its status does not allow."""

    code: ClassVar[str] = "status-not-allowed"
    violates = "status"

    ticket_id: str
    asked: str
    status: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        ways = ", ".join(self.allowed) or "nothing, that is final"
        ticket = f"ticket {self.ticket_id!r} is {self.status}"
        return f"{ticket}, which does not allow to {self.asked}; it allows: {ways}"


@attrs.define
class PathNotAllowed(Refused):
    """A ticket was asked to leave its tier by a path the policy does not have."""

    code: ClassVar[str] = "path-not-allowed"

    ticket_id: str
    source: str
    target: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        ways = ", ".join(self.allowed) or "none of this kind"
        move = f"ticket {self.ticket_id!r} cannot go from {self.source} to {self.target}"
        return f"{move}; paths from {self.source}: {ways}"


@attrs.define
class ConditionNotMet(Refused):
    """A path is there, and the ticket is not one for it."""

    code: ClassVar[str] = "condition-not-met"
    violates = "condition"

    ticket_id: str
    source: str
    target: str
    conditions: tuple[str, ...]

    def __str__(self) -> str:
        move = f"ticket {self.ticket_id!r} does not go from {self.source} to {self.target} now"
        return f"{move}; that way is open when {' or when '.join(self.conditions)}"


@attrs.define
class HandoffIncomplete(Refused):
    """A path requires that the next person is told more."""

    code: ClassVar[str] = "handoff-incomplete"
    violates = "handoff"

    ticket_id: str
    target: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        fields = ", ".join(self.missing)
        return f"ticket {self.ticket_id!r} goes to {self.target} with a handoff; fill in: {fields}"


@attrs.define
class ChecksLeft(Refused):
    """Checks of the request type are to be gone through before a person hands the ticket on."""

    code: ClassVar[str] = "checks-left"
    violates = "checklist"

    ticket_id: str
    tier: str
    left: tuple[str, ...]

    def __str__(self) -> str:
        checks = ", ".join(self.left)
        stay = f"ticket {self.ticket_id!r} stays in {self.tier} until its checks are done"
        return f"{stay}; left: {checks}; or say in override why it goes without them"


@attrs.define
class ApprovalMissing(Refused):
    """A path needs an approval that nobody has given."""

    code: ClassVar[str] = "approval-missing"
    violates = "approval"

    ticket_id: str
    target: str
    receiver: str

    def __str__(self) -> str:
        return f"ticket {self.ticket_id!r} goes to {self.target} once {self.receiver} has approved"


@attrs.define
class NotPermitted(Refused):
    """Somebody asked for what their roles do not allow."""

    code: ClassVar[str] = "not-permitted"
    violates = "permission"

    actor: str
    asked: str
    roles: tuple[str, ...]
    has: tuple[str, ...] = ()

    def __str__(self) -> str:
        who = self.actor or "whoever asks"
        has = ", ".join(self.has) or "none"
        return f"{who} may not {self.asked}; it takes one of: {', '.join(self.roles)}; has: {has}"


@attrs.define
class TooManyMoves(Refused):
    """Rules and timers have moved a ticket so often that a person must act first."""

    code: ClassVar[str] = "too-many-moves"
    violates = "max_automatic"

    ticket_id: str
    moves: int

    def __str__(self) -> str:
        moved = f"ticket {self.ticket_id!r} was moved {self.moves} times by rules and timers"
        return f"{moved} since a person last acted; somebody must look at it first"


@attrs.define
class WordTaken(Refused):
    """A signal has a name that means something else already."""

    code: ClassVar[str] = "word-taken"

    ticket_id: str
    got: str

    def __str__(self) -> str:
        taken = f"ticket {self.ticket_id!r}: {self.got!r} is a word of the engine itself"
        return f"{taken}, and a signal of that name would set off what it sets off; use another"


@attrs.define
class NoSuchRequest(Refused):
    """Something was answered or withdrawn that nobody had asked for, or that is over."""

    code: ClassVar[str] = "no-such-request"

    ticket_id: str
    asked: str
    pending: tuple[str, ...]

    def __str__(self) -> str:
        pending = ", ".join(self.pending) or "none"
        return f"ticket {self.ticket_id!r} has no {self.asked}; pending: {pending}"


@attrs.define
class PromiseRefused(Refused):
    """A date was promised that cannot be one."""

    code: ClassVar[str] = "promise-refused"

    ticket_id: str
    clock: str
    why: str

    def __str__(self) -> str:
        return f"ticket {self.ticket_id!r}: no date can be promised for {self.clock}; {self.why}"


@attrs.define
class BouncesExhausted(Refused):
    """A ticket came back so often that it may not be passed back any more."""

    code: ClassVar[str] = "bounces-exhausted"
    violates = "bounces"

    ticket_id: str
    target: str
    bounces: int

    def __str__(self) -> str:
        back = f"ticket {self.ticket_id!r} has bounced {self.bounces} times"
        return f"{back} and goes back to {self.target} no more; solve it here, or escalate it"


@attrs.define
class NoPlace(Refused):
    """A ticket was to come under a policy that has no word for where it stands.

    Attributes:
        ticket_id: The ticket.
        policy: Name and version of that policy.
        what: What it has no word for: the tier or the priority.
        got: The ticket's own.
        known: Those that the policy has.
    """

    code: ClassVar[str] = "no-place"

    ticket_id: str
    policy: tuple[str, str]
    what: str
    got: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        there = f"ticket {self.ticket_id!r} has {self.what} {self.got!r}, and {' '.join(self.policy)} none"
        known = ", ".join(self.known)
        if self.what == "tier":
            return f"{there} such; say which of these it is called: tiers={{{self.got!r}: ...}} of {known}"
        return f"{there} such; give it one of these first: {known}"


@attrs.define
class UnknownTicket(Refused):
    """Something was asked of a ticket that the desk does not have."""

    code: ClassVar[str] = "unknown-ticket"

    desk: str
    ticket_id: str

    def __str__(self) -> str:
        return f"the desk {self.desk!r} has no ticket {shown(self.ticket_id)}; open it first"


@attrs.define
class AlreadyRefused(Refused):
    """A command came again under an id that was refused before; once refused, it stays so."""

    code: ClassVar[str] = "already-refused"

    ticket_id: str
    command_id: str
    why: str

    def __str__(self) -> str:
        asked = f"ticket {self.ticket_id!r}: command {self.command_id!r} was refused before"
        return f"{asked}, because {self.why}; to ask anew, give it another id"


@attrs.define
class BotSilent(Refused):
    """A bot wanted to speak to a customer whom it has handed over to people."""

    code: ClassVar[str] = "bot-silent"
    violates = "permission"

    ticket_id: str
    bot: str
    tier: str

    def __str__(self) -> str:
        who = f"the bot {self.bot!r}" if self.bot else "a bot"
        gone = f"ticket {self.ticket_id!r} was handed over to {self.tier}"
        return f"{gone}, so {who} says nothing there; it may write a Note"
