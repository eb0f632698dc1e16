"""What each event does to a ticket. Deciding, folding and replaying all go through :func:`apply`.

Nothing is decided here, and no policy is needed: an event says all that it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from escalate.core import events
from escalate.core.clocks import Clock
from escalate.core.events import Event
from escalate.core.model import Draft
from escalate.core.sealing import FrozenDict
from escalate.errors import InvalidJournal


def apply(draft: Draft | None, event: Event) -> Draft:
    """Return *draft* changed as *event* says; there is no draft before the ticket is opened."""
    draft = apply_act(draft, event)
    apply_clocks(draft, event)
    return draft


def apply_act(draft: Draft | None, event: Event) -> Draft:
    """Do all that *event* says, except to the clocks."""
    if draft is None:
        draft = _opened(event)
    else:
        change = _CHANGES.get(type(event))
        if change is not None:
            change(draft, event)
        draft.changed_us = event.at_us
    draft.seq = event.seq
    return draft


def apply_clocks(draft: Draft, event: Event) -> None:
    """Give *draft* the clocks that *event* carries and find its next timer."""
    if event.clocks:
        clocks = dict(draft.clocks)
        for _, clock in event.clocks:
            clocks[clock.name] = clock
        draft.clocks = FrozenDict(clocks)
        draft.due_us = _next_due(clocks)


def _next_due(clocks: Mapping[str, Clock]) -> int | None:
    return min((c.next_us for c in clocks.values() if c.next_us is not None), default=None)


def _opened(event: Event) -> Draft:
    if not isinstance(event, events.Opened):
        raise InvalidJournal("journal", type(event).__name__, "a journal that begins with Opened")
    return Draft(
        id=event.id,
        tier=event.tier,
        opened_us=event.at_us,
        policy=event.policy,
        priority=event.priority,
        request_type=event.request_type,
        channel=event.channel,
        requester=event.requester,
        tags=event.tags,
        fields=event.fields,
        entered_us=event.at_us,
        changed_us=event.at_us,
    )


def _status(draft: Draft, event: events.StatusChanged) -> None:
    draft.status = event.status


def _taken(draft: Draft, event: events.Taken) -> None:
    draft.status = event.status
    draft.assignee = event.assignee or draft.assignee


def _assigned(draft: Draft, event: events.Assigned) -> None:
    draft.assignee = event.assignee


def _reopened(draft: Draft, event: events.StatusChanged) -> None:
    draft.status = event.status
    draft.reopens += 1


def _replied(draft: Draft, event: events.Replied) -> None:
    draft.status = event.status
    draft.replies += 1
    if not event.bot:
        draft.assignee = draft.assignee or event.by.id or None


def _customer_replied(draft: Draft, event: events.CustomerReplied) -> None:
    if event.source.is_done and not event.status.is_done:
        draft.reopens += 1
    draft.status = event.status


def _priority(draft: Draft, event: events.PrioritySet) -> None:
    draft.priority = event.priority


def _moved(draft: Draft, event: events.Moved) -> None:
    draft.tier = event.target
    draft.assignee = None
    draft.entered_us = event.at_us
    draft.moves += 1
    draft.bounces += event.bounce
    draft.left |= {event.source}
    draft.senders = _senders(draft.senders, event)


def _senders(senders: tuple[str, ...], event: events.Moved) -> tuple[str, ...]:
    """Return who sent the ticket on, last one last: a move back forgets who came after."""
    if event.target in senders:
        return senders[: senders.index(event.target)]
    if event.kind == "return":
        return ()
    return (*senders, event.source)


_CHANGES: Final[Mapping[type[Event], Callable[[Draft, Any], None]]] = {
    events.StatusChanged: _status,
    events.Waiting: _status,
    events.Held: _status,
    events.Resumed: _status,
    events.Resolved: _status,
    events.Closed: _status,
    events.Reopened: _reopened,
    events.Taken: _taken,
    events.Assigned: _assigned,
    events.Replied: _replied,
    events.CustomerReplied: _customer_replied,
    events.PrioritySet: _priority,
    events.Escalated: _moved,
    events.Returned: _moved,
    events.Transferred: _moved,
}
