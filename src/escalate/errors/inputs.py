"""What was malformed: a policy, a file, an instant, an amount, a condition."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from escalate.errors.base import EscalateError, shown

_SENTENCES = ("did you mean ", "known: ")


def _wanted(what: str) -> str:
    # What nearest() finds is a sentence of its own, and no thing that one can want.
    return f"; {what}" if what.startswith(_SENTENCES) else f", wanted {what}"


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
    escalate.errors.inputs.BadInput: hours['mon']: got '9-5', wanted spans such as "09:00-17:00"
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
    escalate.errors.inputs.InvalidCondition: condition: got prority, wanted priority
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
class InvalidVerdict(BadInput):
    """A classifier answered nonsense: no verdict, a tier that is not there, a score that is no number."""

    code: ClassVar[str] = "invalid-verdict"


@attrs.define
class PluginClash(BadInput):
    """Two distributions offer a classifier of one name, so that nobody can tell which is meant."""

    code: ClassVar[str] = "plugin-clash"


@attrs.define
class PluginFailed(BadInput):
    """A plugin that is installed could not be loaded, or is no classifier."""

    code: ClassVar[str] = "plugin-failed"
