"""What a help desk that owns its tickets does for a desk that is embedded in it, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol, overload

import attrs

from escalate.core.engine import evolve
from escalate.core.events import Event
from escalate.core.facts import UNKNOWN, Seen
from escalate.core.model import Actor, Ticket
from escalate.core.sealing import NOTHING, FrozenDict
from escalate.errors import BadInput

_STATED: Final = ("status", "tier", "priority", "assignee", "tags")
Parts = dict[str, Any]


@attrs.frozen
class Happened(Sequence[Event]):
    """What happened to a ticket, oldest first; it is a sequence of events.

    Attributes:
        events: The events, those included that only say what the host showed.
        ticket: The ticket afterwards.
        changes: What the host is to write: of ``status``, ``tier``, ``priority``, ``assignee`` and
            ``tags`` those that are different from what the host showed, and in ``fields`` the values
            of the fields that are. What the host showed of itself is not among them.
    """

    events: tuple[Event, ...]
    ticket: Ticket
    changes: Mapping[str, Any] = NOTHING

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        """Return an event, or several."""
        return self.events[index]

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.events)


class Host(Protocol):
    """A help desk that owns its tickets. The store of the desk writes in the host's transaction.

    It may have a method ``on_commit(fn)`` too, which calls *fn* once the transaction that is open has
    been committed, or at once if none is: then notices go out at that moment, and else with the next tick.

    :func:`escalate.testing.check_host` holds a host against all of this.
    """

    def transaction(self) -> AbstractContextManager[object]:
        """Return a block in which everything is written, or nothing if it ends in an error.

        That goes for the host's tickets and for the store alike. A block within a block undoes its own
        part, or sees to it that nothing of the whole is written.
        """
        ...

    def load(self, ticket_id: str) -> Seen | None:
        """Return what the host shows of a ticket, and lock its row until the transaction ends.

        None means that it has no such ticket, or no longer: then its clocks end. What the host has no
        word for stays out of the snapshot. It may raise :class:`~escalate.errors.TicketBusy`; a tick
        then comes back later.
        """
        ...

    def apply(self, ticket_id: str, events: Happened) -> None:
        """Write ``events.changes`` to the ticket; the host's hooks may fire by that, and no harm done."""
        ...


def parts_of(seen: Seen) -> Parts:
    """Return what a snapshot shows as plain values, which can be written as text.

    Raises:
        BadInput: A field has a value that is no text, number, truth or none.
    """
    parts: Parts = {}
    for name in _STATED:
        value = getattr(seen, name)
        if value is not UNKNOWN:
            parts[name] = sorted(value) if name == "tags" else value and str(value)
    if seen.fields is not UNKNOWN:
        for name, value in seen.fields.items():
            if not isinstance(value, str | int | float | bool | None):
                wanted = "a text, a number, true, false or none"
                raise BadInput(f"Seen.fields[{name!r}]", value, wanted)
        parts["fields"] = dict(seen.fields)
    return parts


def as_text(parts: Parts) -> str:
    """Return *parts* as text, equal for equal parts."""
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def from_text(text: str | None) -> Parts:
    """Return the parts behind a text of :func:`as_text`; none for none."""
    return {} if text is None else dict(json.loads(text))


def news(now: Parts, before: Parts) -> Parts:
    """Return what of *now* was not so *before*; what is not shown now is no news."""
    found = {
        name: value
        for name, value in now.items()
        if name != "fields" and (name not in before or before[name] != value)
    }
    known = before.get("fields", {})
    # 1 == True in Python, and a field may go from one to the other.
    fields = {
        name: value
        for name, value in now.get("fields", {}).items()
        if name not in known or as_text({"": known[name]}) != as_text({"": value})
    }
    return found | ({"fields": fields} if fields else {})


def merged(before: Parts, now: Parts) -> Parts:
    """Return what is known after *now*: what is not shown any more is as it was."""
    fields = {**before.get("fields", {}), **now.get("fields", {})}
    return {**before, **now, **({"fields": fields} if fields else {})}


def kept(before: Parts, fresh: Parts) -> Parts:
    """Return *before*, as far as *fresh* speaks of the same things."""
    found = {name: before[name] for name in fresh if name in before and name != "fields"}
    known = before.get("fields", {})
    fields = {name: known[name] for name in fresh.get("fields", {}) if name in known}
    return found | ({"fields": fields} if fields else {})


def seen_from(parts: Parts, like: Seen, by: Actor | None) -> Seen:
    """Return *parts* as a snapshot, taken when *like* was, by whom it says or else *by*."""
    return Seen(occurred_at=like.occurred_at, by=like.by or by, **parts)


def changes_by(
    before: Ticket | None, events: Iterable[Event], stated: Callable[[Event], bool], shown: Parts
) -> Mapping[str, Any]:
    """Return what the host is to write after *events*, of which some only say what it showed.

    Args:
        before: The ticket before them; none if they open it.
        events: What happened, oldest first.
        stated: Whether an event only says what the host showed.
        shown: What the host shows: of a ticket that is opened, it need not be written.
    """
    found: Parts = {}
    ticket = before
    for event in events:
        old, ticket = ticket, evolve(ticket, event)
        for name, value in _values(ticket).items():
            if old is None:
                if name != "fields" and name not in shown and value:
                    found[name] = value
            elif name == "fields":
                _mark_fields(found, old, ticket, stated=stated(event))
            elif value != _values(old)[name]:
                if stated(event):
                    found.pop(name, None)
                else:
                    found[name] = value
    return FrozenDict(found)


def _values(ticket: Ticket) -> Parts:
    return {name: getattr(ticket, name) for name in (*_STATED, "fields")}


def _mark_fields(found: Parts, old: Ticket, ticket: Ticket, *, stated: bool) -> None:
    changed = {
        name: value
        for name, value in ticket.fields.items()
        if name not in old.fields or old.fields[name] is not value
    }
    if changed:
        kept = {k: v for k, v in found.pop("fields", {}).items() if k not in changed}
        kept |= {} if stated else changed
        if kept:
            found["fields"] = kept
