"""What comes in at a desk's doors is looked at there: what is none says so, and what would work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from os import PathLike

from escalate.core.commands import Command
from escalate.core.facts import Fact
from escalate.core.limits import KEY
from escalate.core.model import Actor
from escalate.errors import BadInput


def as_key(what: str, value: object) -> str:
    """Return *value*, the id of a ticket.

    Raises:
        BadInput: It is no text, or empty, or longer than any key should be.

    >>> as_key("ticket id", "T-1")
    'T-1'
    """
    if not isinstance(value, str) or not value.strip() or len(value) > KEY:
        raise BadInput(what, value, f'a text of 1 to {KEY} letters, e.g. "T-1"')
    return value


def known_actor(what: str, by: object) -> Actor:
    """Return *by*, who is somebody in particular.

    Raises:
        BadInput: It is no actor, or one without a name.
    """
    if not isinstance(by, Actor) or not by.id:
        raise BadInput(what, by, 'who has it so, e.g. Actor("ana")')
    return by


def of_kind(what: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Check that *value* is of one of *kinds*.

    Raises:
        BadInput: It is not; *wanted* says what would work.
    """
    if not isinstance(value, kinds):
        raise BadInput(what, value, wanted)


def furnished(who: str, store: object, name: object, clock: object) -> None:
    """Check what every desk stands on: where it keeps, what its keys begin with, what time it is.

    Raises:
        BadInput: One of them is not what it should be.
    """
    if isinstance(store, str | PathLike) or not hasattr(store, "locked"):
        raise BadInput(f"{who}.store", store, 'a store, e.g. SQLiteStore("desk.db")')
    as_key(f"{who}.name", name)
    if not callable(clock):
        wanted = "a function that returns the present instant, e.g. ManualClock()"
        raise BadInput(f"{who}.clock", clock, wanted)


def span_us(what: str, value: object) -> int:
    """Return a span of wall-clock time in microseconds.

    Raises:
        BadInput: It is no timedelta of zero or more.
    """
    if not isinstance(value, timedelta) or value < timedelta(0):
        raise BadInput(what, value, "a timedelta of zero or more, e.g. timedelta(minutes=2)")
    return value // timedelta(microseconds=1)


def words(what: str, value: object) -> frozenset[str]:
    """Return words as a set; a text is one word.

    Raises:
        BadInput: They are none.

    >>> sorted(words("tags", ["vip", "vpn"]))
    ['vip', 'vpn']
    """
    some = [value] if isinstance(value, str) else value
    if isinstance(some, Iterable):
        found = list(some)
        if all(isinstance(each, str) for each in found):
            return frozenset(found)
    raise BadInput(what, value, 'words, e.g. ["vip"]')


def a_command(what: str, value: object) -> None:
    """Check that *value* is a command.

    Raises:
        BadInput: It is none.
    """
    of_kind(what, value, Command, 'a command, e.g. commands.Take(by=Actor("ana"))')


def a_fact(what: str, value: object) -> None:
    """Check that *value* is a fact.

    Raises:
        BadInput: It is none.
    """
    of_kind(what, value, Fact, 'a fact, e.g. facts.StatusIs("resolved") or facts.Did(command)')


def callables(
    what: str, values: Iterable[Callable[..., object]]
) -> tuple[Callable[..., object], ...]:
    """Return several functions as a tuple.

    Raises:
        BadInput: It is one function and no list of them, or something in it cannot be called.
    """
    if callable(values) and not isinstance(values, Iterable):
        raise BadInput(what, values, f"a list of functions, e.g. [{_called(values)}]")
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise BadInput(what, values, "a list of functions, e.g. [print]")
    found = tuple(values)
    for each in found:
        if not callable(each):
            raise BadInput(what, each, "a function of a ticket and its new events")
    return found


def _called(value: object) -> str:
    return getattr(value, "__name__", "it")
