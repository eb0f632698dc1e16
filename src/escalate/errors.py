"""Every error of escalate, in one tree.

:class:`Refused` is a "no" that a user may see, :class:`BadInput` is something malformed. Each has a
stable ``code``, keeps its data in attributes (so that it pickles and hosts can act on it) and says in
prose what was asked, why not, and what would work.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, ClassVar

import attrs


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
        return f"{self.what}: got {self.got!r}, wanted {self.wanted}"


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
class InvalidFile(BadInput):
    """A file cannot be read, or holds a key or value that is not known there."""

    code: ClassVar[str] = "invalid-file"


@attrs.define
class Refused(EscalateError):
    """A command that a ticket's state, its policy or the actor's rights do not allow."""

    code: ClassVar[str] = "refused"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the known words, the closest one first.

    >>> nearest("esclate", ["escalate", "return"])
    "did you mean 'escalate'? known: escalate, return"
    """
    words = sorted(known)
    close = get_close_matches(word, words, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}known: {', '.join(words) or 'none'}"
