"""What durable stores write: events, tickets, refusals and failures as JSON texts, each with its format.

A release reads what it and every earlier one wrote. What a later one wrote it refuses by name, so that a
ticket stops rather than being understood by half. Whoever adds an event, or a field to anything below,
raises :data:`FORMAT`; a test holds that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from escalate.core import events as e
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
    return tuple(sorted(_below(Event), key=lambda cls: cls.__name__))


def _below(cls: type[Event]) -> Iterator[type[Event]]:
    for each in cls.__subclasses__():
        if each.__module__ == e.__name__ and each is not e.Moved:
            yield each
        yield from _below(each)


_EVENTS: Final = union_of(event_classes(), _EVENT)


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
