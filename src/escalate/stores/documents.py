"""What durable stores write: events, tickets, facts, refusals, failures as JSON texts, each with its format.

A release reads what it and every earlier one wrote. What a later one wrote it refuses by name, so that a
ticket stops rather than being understood by half. Whoever adds an event, or a field to anything below,
raises :data:`FORMAT`; a test holds that.
"""

from __future__ import annotations

import json
from functools import cache
from types import ModuleType
from typing import Any, Final, TypeVar

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.events import Event
from escalate.core.model import Actor, Ticket
from escalate.errors import BadInput, BrokenDocument, NewerDocument
from escalate.stores.base import Failure, Refusal
from escalate.stores.codec import Form, Unknown, form_of, union_of

FORMAT: Final = 1
"""The format in which this release writes; it reads all up to it."""

_Thing = TypeVar("_Thing")
_FORMAT: Final = "format"
_ENCODE: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_EVENT: Final = "event"


def event_classes() -> tuple[type[Event], ...]:
    """Return every class of event, by name; :class:`Event` and :class:`Moved` stand for others."""
    return _classes(e, Event, but=(Event, e.Moved))


def command_classes() -> tuple[type[c.Command], ...]:
    """Return every class of command, by name."""
    return _classes(c, c.Command, but=(c.Command, c.Asked))


def fact_classes() -> tuple[type[f.Fact], ...]:
    """Return every class of fact, by name."""
    return _classes(f, f.Fact, but=(f.Fact,))


def _classes(
    module: ModuleType, base: type[_Thing], but: tuple[type, ...]
) -> tuple[type[_Thing], ...]:
    # As the module has them: a base also knows the classes that attrs has replaced by its own.
    found = {each for each in vars(module).values() if isinstance(each, type)}
    kinds = (each for each in found if issubclass(each, base) and each not in but)
    return tuple(sorted(kinds, key=lambda cls: cls.__name__))


_EVENTS: Final = union_of(event_classes(), _EVENT)


@cache
def _facts() -> Form:  # made only when a desk holds facts: most hold none
    return union_of(fact_classes(), "fact", {c.Command: union_of(command_classes(), "asked")})


def write_event(event: Event) -> str:
    """Return *event* as a document.

    Raises:
        BadInput: It holds a value that cannot be stored.
    """
    return _write(_EVENTS, event, f"event {event.seq}")


def read_event(text: str, what: str) -> Event:
    """Return the event that *text* is; *what* is what an error calls it.

    Raises:
        NewerDocument: A later release wrote it.
        BrokenDocument: It is no document of ours.
    """
    event: Event = _read(_EVENTS, text, what)
    return event


def write_ticket(ticket: Ticket) -> str:
    """Return *ticket* as a document.

    Raises:
        BadInput: It holds a value that cannot be stored.
    """
    return _write(form_of(Ticket), ticket, f"ticket {ticket.id!r}")


def read_ticket(text: str, what: str) -> Ticket:
    """Return the ticket that *text* is.

    Raises:
        NewerDocument: A later release wrote it.
        BrokenDocument: It is no document of ours.
    """
    ticket: Ticket = _read(form_of(Ticket), text, what)
    return ticket


def write_fact(fact: f.Fact) -> str:
    """Return *fact* as a document, with the texts that came with it.

    Raises:
        BadInput: It holds a value that cannot be stored.
    """
    return _write(_facts(), fact, "fact")


def read_fact(text: str, what: str) -> f.Fact:
    """Return the fact that *text* is.

    Raises:
        NewerDocument: A later release wrote it.
        BrokenDocument: It is no document of ours.
    """
    fact: f.Fact = _read(_facts(), text, what)
    return fact


def write_plain(thing: Refusal | Failure | Actor) -> str:
    """Return a refusal, a failure or an actor as a document."""
    return _write(_plain_form(type(thing)), thing, type(thing).__name__)


def read_plain(cls: type[_Thing], text: str, what: str) -> _Thing:
    """Return the refusal, failure or actor that *text* is.

    Raises:
        NewerDocument: A later release wrote it.
        BrokenDocument: It is no document of ours.
    """
    thing: _Thing = _read(_plain_form(cls), text, what)
    return thing


def _plain_form(cls: Any) -> Form:
    return form_of(cls)


def write_text(text: str) -> str:
    r"""Return a free text so that any database takes it: as a JSON string.

    >>> write_text("Grüße\x00")
    '"Grüße\\u0000"'
    """
    written = json.dumps(text, ensure_ascii=False)
    # Half a surrogate pair is a str to Python, and no text to a database.
    return json.dumps(text) if any("\ud800" <= each <= "\udfff" for each in text) else written


def read_text(text: str, what: str) -> str:
    """Return the free text that :func:`write_text` wrote.

    Raises:
        BrokenDocument: It is none.
    """
    try:
        found = json.loads(text)
    except ValueError as why:
        raise BrokenDocument(what, str(why)) from why
    if not isinstance(found, str):
        raise BrokenDocument(what, f"{type(found).__name__} in place of a text")
    return found


def _write(form: Form, thing: object, what: str) -> str:
    assert form.write is not None  # documents are tables
    try:
        table = {_FORMAT: FORMAT, **form.write(thing)}
        return _ENCODE(table)
    except (ValueError, RecursionError) as why:  # also a number too long for Python to write
        if isinstance(why, BadInput):
            raise
        raise BadInput(what, thing, f"values that can be stored ({why})") from why


def _read(form: Form, text: str, what: str) -> Any:
    assert form.read is not None
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as why:
        raise BrokenDocument(what, str(why)) from why
    found = table.pop(_FORMAT, None) if isinstance(table, dict) else None
    if not isinstance(found, int):
        raise BrokenDocument(what, "no format version in it")
    if found > FORMAT:
        raise NewerDocument(what, f"format {found}", FORMAT)
    try:
        return form.read(table)
    except Unknown as why:
        raise NewerDocument(what, str(why), FORMAT) from why
    except (AttributeError, KeyError, TypeError, ValueError) as why:
        raise BrokenDocument(what, f"{type(why).__name__}: {why}") from why


def table(text: str) -> dict[str, Any]:
    """Return a document of ours as the table that it is, for people and other programs."""
    found: dict[str, Any] = json.loads(text)
    return found
