"""Every error of escalate, in one tree.

:class:`Refused` is a "no" that a user may see, :class:`BadInput` is something malformed. Each has a
stable ``code``, keeps its data in attributes (so that it pickles and hosts can act on it) and says in
prose what was asked, why not, and what would work.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from reprlib import Repr
from typing import Any, ClassVar, Literal

import attrs

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


_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 300
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxfrozenset = _SHORT.maxdict = 20


_SENTENCES = ("did you mean ", "known: ")


def shown(value: object) -> str:
    """Return *value* as errors show it: on one line, and short whatever it is.

    >>> shown("x" * 1_000) == "'" + "x" * 147 + "..." + "x" * 148 + "'"
    True
    """
    try:
        return _SHORT.repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return f"a {type(value).__name__} too long to show"


def _wanted(what: str) -> str:
    # What nearest() finds is a sentence of its own, and no thing that one can want.
    return f"; {what}" if what.startswith(_SENTENCES) else f", wanted {what}"


class EscalateError(Exception):
    """Whatever escalate raises on purpose; ``code`` is stable across releases."""

    code: ClassVar[str] = "escalate-error"


@attrs.define
class BadInput(EscalateError, ValueError):
    """Something given to escalate is malformed.

    Attributes:
        what: Where it was given, as a user would point at it.
        got: The value that was given.
        wanted: What would work there.

    >>> raise BadInput("hours['mon']", "9-5", 'spans such as "09:00-17:00"')
    Traceback (most recent call last):
    ...
    escalate.errors.BadInput: hours['mon']: got '9-5', wanted spans such as "09:00-17:00"
    """

    code: ClassVar[str] = "bad-input"

    what: str
    got: Any
    wanted: str

    def __str__(self) -> str:
        return f"{self.what}: got {shown(self.got)}{_wanted(self.wanted)}"

    @property
    def problems(self) -> tuple[BadInput, ...]:
        """Everything that is wrong: this, unless it stands for several."""
        return (self,)


@attrs.define
class InvalidWorkTime(BadInput):
    """An amount of open time is unreadable or negative."""

    code: ClassVar[str] = "invalid-work-time"


@attrs.define
class NaiveInstant(BadInput):
    """A datetime came without a time zone, so it names no instant."""

    code: ClassVar[str] = "naive-instant"


@attrs.define
class EndBeforeStart(BadInput):
    """A span was asked for that ends before it starts."""

    code: ClassVar[str] = "end-before-start"


@attrs.define
class InvalidCalendar(BadInput):
    """A calendar cannot be built, or cannot answer this question."""

    code: ClassVar[str] = "invalid-calendar"


@attrs.define
class HorizonTooShort(BadInput):
    """The answer, or a date that was given, lies outside the years that calendars cover."""

    code: ClassVar[str] = "horizon-too-short"


@attrs.define
class InvalidPolicy(BadInput):
    """A policy contradicts itself or names something that it does not have."""

    code: ClassVar[str] = "invalid-policy"


@attrs.define
class LimitExceeded(InvalidPolicy):
    """A policy holds more than :mod:`escalate.core.limits` lets one."""

    code: ClassVar[str] = "limit-exceeded"


@attrs.define
class InvalidCondition(BadInput):
    """A condition cannot be read, or speaks of something that it may not.

    Attributes:
        text: The whole condition.
        column: Where in *text* it goes wrong, from 0.
        file: The file it stands in; empty where it came from Python.
        place: Where in the file, such as ``rules[1].when``.
        line: The line of that place, from 1, where one is known.

    >>> raise InvalidCondition("condition", "prority", "priority", 'prority == "high"', 0)
    Traceback (most recent call last):
    ...
    escalate.errors.InvalidCondition: condition: got prority, wanted priority
      prority == "high"
      ^
    """

    code: ClassVar[str] = "invalid-condition"

    text: str
    column: int
    file: str = ""
    place: str = ""
    line: int | None = None

    def __str__(self) -> str:
        start = max(0, self.column - 60)
        excerpt = self.text[start : start + 100]
        # Line ends and control characters would move the caret, or the reader's cursor.
        line = "".join(letter if letter.isprintable() else " " for letter in excerpt)
        caret = " " * (self.column - start) + "^"
        return f"{self.what}: got {self.got}, wanted {self.wanted}\n  {line}\n  {caret}"


@attrs.define
class TooManyCases(BadInput):
    """A condition falls into more separate cases than proofs look at."""

    code: ClassVar[str] = "too-many-cases"


@attrs.define
class ConditionFailed(EscalateError):
    """A Python function that a policy uses as a condition gave no answer.

    Attributes:
        function: Which one, by its qualified name.
        ticket_id: The ticket it was asked about.
        why: The error it raised, or what it returned.
    """

    code: ClassVar[str] = "condition-failed"

    function: str
    ticket_id: str
    why: str

    def __str__(self) -> str:
        return (
            f"the condition {self.function} failed on ticket {self.ticket_id!r}: {self.why}; "
            "a condition returns True or False for every ticket"
        )


@attrs.define
class InvalidFile(BadInput):
    """A file cannot be read, or holds a key or value that is not known there.

    Attributes:
        file: How it was called when it was asked for; empty for a mapping.
        place: Where in it, such as ``targets[1].within``; empty for the whole of it.
        line: The line of that place, from 1, where one is known.
        reason: The code of what is wrong there, such as ``"invalid-calendar"`` or ``"limit-exceeded"``.
    """

    code: ClassVar[str] = "invalid-file"

    file: str = ""
    place: str = ""
    line: int | None = None
    reason: str = ""


@attrs.define
class SeveralProblems(InvalidFile):
    """A file holds more than one mistake; ``problems`` has each, in the order of the file.

    >>> one = InvalidFile("desk.toml:3: entyr", "entyr", "a key known there")
    >>> two = InvalidFile("desk.toml:9: entry", "N7", "known: N1, N2")
    >>> print(SeveralProblems("desk.toml", 2, "a file without them", problems=(one, two)))
    desk.toml: 2 problems
      desk.toml:3: entyr: got 'entyr', wanted a key known there
      desk.toml:9: entry: got 'N7'; known: N1, N2
    """

    code: ClassVar[str] = "several-problems"

    problems: tuple[BadInput, ...] = ()

    def __str__(self) -> str:
        lines = "".join(f"\n{problem}" for problem in self.problems).replace("\n", "\n  ")
        more = self.got - len(self.problems)
        rest = f"\n  and {more} more" if more else ""
        return f"{self.what}: {self.got} problems{lines}{rest}"


@attrs.define
class CannotWrite(BadInput):
    """A policy holds something that a file cannot say."""

    code: ClassVar[str] = "cannot-write"


@attrs.define
class InvalidMapping(BadInput):
    """A mapping says something of a log that cannot be: a column it lacks, an unknown key or word."""

    code: ClassVar[str] = "invalid-mapping"


@attrs.define
class PatternRefused(BadInput):
    """A regular expression is malformed, or could take very long on a text made to hurt it."""

    code: ClassVar[str] = "pattern-refused"


@attrs.define
class InvalidJournal(BadInput):
    """A journal is not one that this library wrote."""

    code: ClassVar[str] = "invalid-journal"


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
class UnknownTicket(Refused):
    """Something was asked of a ticket that the desk does not have."""

    code: ClassVar[str] = "unknown-ticket"

    desk: str
    ticket_id: str

    def __str__(self) -> str:
        return f"the desk {self.desk!r} has no ticket {self.ticket_id!r}; open it first"


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


@attrs.define
class UnknownPolicy(EscalateError):
    """A ticket was opened under a policy that the desk's policy book does not hold.

    Attributes:
        name: The policy's name.
        version: Its version.
        known: The policies in the book, as "name version".
    """

    code: ClassVar[str] = "unknown-policy"

    name: str
    version: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        asked = f"no policy {self.name!r} version {self.version!r} in the policy book"
        return (
            f"{asked}; it holds: {', '.join(self.known) or 'none'}; publish the one that is missing"
        )


@attrs.define
class VersionConflict(EscalateError):
    """Somebody else appended to a ticket in the meantime: read it again and decide again.

    Attributes:
        ticket_id: The ticket.
        expected: The version that the writer had read.
        found: The version that the store has.
    """

    code: ClassVar[str] = "version-conflict"

    ticket_id: str
    expected: int
    found: int

    def __str__(self) -> str:
        seen = f"ticket {self.ticket_id!r} is at version {self.found}, not {self.expected}"
        return f"{seen}; load it again and decide again"


@attrs.define
class TicketBusy(EscalateError):
    """A ticket is locked by somebody else, and the caller did not want to wait."""

    code: ClassVar[str] = "ticket-busy"

    ticket_id: str

    def __str__(self) -> str:
        return f"ticket {self.ticket_id!r} is being worked on; wait for it, or come back later"


@attrs.define
class InsideApply(EscalateError):
    """A host asked for more while it was to write what a desk had decided."""

    code: ClassVar[str] = "inside-apply"

    ticket_id: str
    asked: str

    def __str__(self) -> str:
        asked = f"ticket {self.ticket_id!r}: {self.asked} was asked from within host.apply"
        return f"{asked}, where the desk is at work already; ask once it has returned"


@attrs.define
class HostUnsettled(EscalateError):
    """Host and desk answer each other without end; nothing of it was kept."""

    code: ClassVar[str] = "host-unsettled"

    ticket_id: str
    visits: int

    def __str__(self) -> str:
        went = f"ticket {self.ticket_id!r}: one change led to {self.visits} visits and to no end"
        return f"{went}; what does the host change of its own accord when apply has written?"


@attrs.define
class NoSuchLetter(EscalateError):
    """Something was to be sent again that the outbox does not hold.

    Attributes:
        desk: The desk.
        ticket_id: The ticket it would be about.
        number: The number of the event that would ask for it.
        waiting: The numbers of the events of that ticket which do.
    """

    code: ClassVar[str] = "no-such-letter"

    desk: str
    ticket_id: str
    number: int
    waiting: tuple[int, ...]

    def __str__(self) -> str:
        waiting = ", ".join(map(str, self.waiting)) or "none"
        asked = f"the outbox of {self.desk!r} holds no errand of event {self.number}"
        return f"{asked} of ticket {self.ticket_id!r}; of that ticket it holds: {waiting}"


@attrs.define
class NewerDocument(EscalateError):
    """Something stored was written by a later release, and must not be understood by half.

    Attributes:
        what: What it is, such as ``"ticket 'T-1', event 5"``.
        found: What this release does not know.
        reads: The last format that this release reads.
    """

    code: ClassVar[str] = "newer-document"

    what: str
    found: str
    reads: int

    def __str__(self) -> str:
        return (
            f"{self.what} has {self.found}, which this release does not know; it reads formats up to "
            f"{self.reads}: upgrade escalate-tiers here as well"
        )


@attrs.define
class BrokenDocument(EscalateError):
    """Something stored cannot be read: it was cut off, or changed by something else than escalate.

    Attributes:
        what: What it is, such as ``"ticket 'T-1'"``.
        why: What is wrong with it.
    """

    code: ClassVar[str] = "broken-document"

    what: str
    why: str

    def __str__(self) -> str:
        wanted = "restore it from a backup; a ticket whose events are whole comes back by rebuild()"
        return f"{self.what} cannot be read: {self.why}; {wanted}"


@attrs.define
class NewerSchema(EscalateError):
    """The tables of a store were made by a later release.

    Attributes:
        found: The version of the tables.
        known: The last version that this release knows.
    """

    code: ClassVar[str] = "newer-schema"

    found: int
    known: int

    def __str__(self) -> str:
        return (
            f"the tables of this store have version {self.found}, and this release knows versions up "
            f"to {self.known}: upgrade escalate-tiers here as well"
        )


@attrs.define
class StoreFailed(EscalateError):
    """A database did not do what a store asked of it; what the visit had written is undone.

    Attributes:
        doing: What was asked, such as ``"INSERT INTO escalate_events"``.
        why: What the database's driver said; its error is the cause of this one.
    """

    code: ClassVar[str] = "store-failed"

    doing: str
    why: str

    def __str__(self) -> str:
        return f"the database did not take {self.doing!r}: {self.why}; mend that and ask again"


def nearest(word: str, known: Iterable[str], *, alike: float = 0.6) -> str:
    """Return a hint that names the known words, and the closest one if it is *alike* enough (0 to 1).

    >>> nearest("esclate", ["escalate", "return"])
    "did you mean 'escalate'? known: escalate, return"
    """
    words = sorted(known)
    close = get_close_matches(word, words, n=1, cutoff=alike)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}known: {', '.join(words) or 'none'}"
