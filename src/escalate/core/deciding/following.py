"""What each fact leads to. A fact is followed, whatever the policy says; what it breaks is journalled."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.deciding.acts import SOME, act, opened_event, told_by
from escalate.core.deciding.moving import (
    NOTHING_TOLD,
    checks_left,
    handed_over,
    move_event,
    reasons_against,
)
from escalate.core.deciding.working import SYSTEM, Working
from escalate.core.facts import UNKNOWN
from escalate.core.model import Actor, Draft, MoveKind
from escalate.core.status import Status
from escalate.errors import NoTicket, Refused

_ARRIVALS: Final[dict[Status, type[e.StatusChanged]]] = {
    Status.NEW: e.StatusChanged,
    Status.OPEN: e.Resumed,
    Status.PENDING: e.Waiting,
    Status.ON_HOLD: e.Held,
    Status.RESOLVED: e.Resolved,
    Status.CLOSED: e.Closed,
}


def follow(working: Working, fact: f.Fact, at_us: int) -> None:
    """Let what *fact* says be so from *at_us* on.

    Raises:
        NoTicket: The ticket was never opened; ``Did(Open(...))`` opens it.
    """
    by = fact.by or SOME["agent"]  # an act of a host counts as one of its people
    draft = working.draft
    if isinstance(fact, f.Did):
        _did(working, fact.command, at_us, by)
        return
    if draft is None:
        raise NoTicket(type(fact).__name__)
    if isinstance(fact, f.Seen):
        _seen(working, draft, fact, at_us, by)
    else:
        _stated(working, draft, fact, at_us, by)


def _stated(working: Working, draft: Draft, fact: f.Fact, at_us: int, by: Actor) -> None:
    """Follow a fact that states one thing."""
    match fact:
        case f.StatusIs(status=status):
            _status_is(working, draft, status, at_us, by)
        case f.TierIs(tier=tier):
            _tier_is(working, draft, tier, at_us, by)
        case f.PriorityIs(priority=priority):
            _priority_is(working, draft, priority, at_us, by)
        case f.AssigneeIs(assignee=assignee):
            _assignee_is(working, draft, assignee, at_us, by)
        case f.FieldIs(name=name, value=value):
            _field_is(working, draft, name, value, at_us, by)
        case f.TagsAre(tags=tags):
            _tags_are(working, draft, tags, at_us, by)
        case f.ReceiverMissing(receiver=receiver):
            # That nobody can be reached is no act of a person.
            _receiver_missing(working, receiver, at_us, fact.by or SYSTEM)


def _seen(working: Working, draft: Draft, seen: f.Seen, at_us: int, by: Actor) -> None:
    """Follow a snapshot, part by part, in the order in which it can have come about."""
    if seen.priority is not UNKNOWN:
        _priority_is(working, draft, seen.priority, at_us, by)
    if seen.tags is not UNKNOWN:
        _tags_are(working, draft, seen.tags, at_us, by)
    if seen.fields is not UNKNOWN:
        for name, value in seen.fields.items():
            _field_is(working, draft, name, value, at_us, by)
    status, tier = seen.status, seen.tier
    # Work is handed over before it is finished, and taken up again before it is handed over.
    if status is not UNKNOWN and not status.is_done:
        _status_is(working, draft, status, at_us, by)
    if tier is not UNKNOWN:
        _tier_is(working, draft, tier, at_us, by)
    if status is not UNKNOWN and status.is_done:
        _status_is(working, draft, status, at_us, by)
    if seen.assignee is not UNKNOWN:
        _assignee_is(working, draft, seen.assignee, at_us, by)


def _did(working: Working, command: c.Command, at_us: int, by: Actor) -> None:
    try:
        act(working, command, at_us)
    except NoTicket:
        raise
    except Refused as why:
        by = command.by or by
        if working.draft is None:
            assert isinstance(command, c.Open)  # nothing else does without a ticket
            working.emit(opened_event(working, command, at_us, by))
            working.emit(e.PathViolated(why.violates, "", command.tier or "", at_us=at_us, by=by))
        else:
            _follow_refused(working, working.draft, command, why, at_us, by)


def _follow_refused(
    working: Working, draft: Draft, command: c.Command, why: Refused, at_us: int, by: Actor
) -> None:
    """Follow the outcome of a command that the policy would have refused."""
    if isinstance(command, c.Escalate | c.Return | c.Transfer):
        assert command.to is not None  # Did has seen to it
        _moved_against(working, draft, command, why, at_us, by)
    elif isinstance(command, c.SetPriority):
        working.emit(
            e.PathViolated(why.violates, draft.priority, command.priority, at_us=at_us, by=by)
        )
        _priority_is(working, draft, command.priority, at_us, by)
    elif isinstance(command, c.Reply):
        _replied_against(working, draft, command, at_us, by)
    elif type(command) in _VERB_OF and why.violates == "status":
        status = working.tables.verbs[_VERB_OF[type(command)]]
        _status_is(working, draft, status, at_us, by)
        if isinstance(command, c.Take) and by.id:
            working.emit(e.Taken(draft.status, draft.status, by.id, at_us=at_us, by=by))
    else:
        name = type(command).__name__
        working.emit(e.PathViolated(why.violates, name, "", at_us=at_us, by=by))
        with contextlib.suppress(Refused):  # what nobody could do in any case did not happen
            act(working, command, at_us, trusted=True)


def _moved_against(
    working: Working,
    draft: Draft,
    command: c.Escalate | c.Return | c.Transfer,
    why: Refused,
    at_us: int,
    by: Actor,
) -> None:
    target, kind = command.to or "", _KIND_OF[type(command)]
    if target == draft.tier:
        return
    working.emit(e.PathViolated(why.violates, draft.tier, target, at_us=at_us, by=by))
    told = told_by(command)
    handoff = handed_over(draft, told, checks_left(draft, working.tables))
    working.emit(move_event(draft, kind, target, at_us, by, handoff), told.texts())


def _replied_against(
    working: Working, draft: Draft, command: c.Reply, at_us: int, by: Actor
) -> None:
    """Follow a reply that led to a status it may not lead to: what was said was said."""
    source = draft.status
    status = Status.PENDING if command.then == "wait" else Status.RESOLVED
    working.emit(e.PathViolated("status", source.value, status.value, at_us=at_us, by=by))
    if source.is_done:
        working.emit(e.Reopened(source, Status.OPEN, at_us=at_us, by=by))
    event = e.BotReplied if command.bot or by.kind == "bot" else e.Replied
    working.emit(event(draft.status, status, at_us=at_us, by=by), {"text": command.text})


_KIND_OF: Final[dict[type[c.Command], MoveKind]] = {
    c.Escalate: "escalate",
    c.Return: "return",
    c.Transfer: "transfer",
}
_VERB_OF: Final[dict[type[c.Command], str]] = {
    c.Take: "take",
    c.Wait: "wait",
    c.Hold: "hold",
    c.Resume: "resume",
    c.Resolve: "resolve",
    c.Reopen: "reopen",
    c.Close: "close",
    c.Cancel: "cancel",
}


def _status_is(working: Working, draft: Draft, status: Status, at_us: int, by: Actor) -> None:
    source = draft.status
    if status is source:
        return
    if status is Status.CLOSED and not source.is_done:
        # A host without "resolved" closes what it has answered; to cancel is a command of its own.
        working.emit(e.Resolved(source, Status.RESOLVED, at_us=at_us, by=by))
        source = Status.RESOLVED
    if (source, status) not in working.tables.edges:
        working.emit(e.PathViolated("status", source.value, status.value, at_us=at_us, by=by))
    working.emit(_arrival(source, status)(source, status, at_us=at_us, by=by))


def _arrival(source: Status, status: Status) -> type[e.StatusChanged]:
    if source is Status.CLOSED or (source is Status.RESOLVED and not status.is_done):
        return e.Reopened
    return e.Taken if (source, status) == (Status.NEW, Status.OPEN) else _ARRIVALS[status]


def _tier_is(working: Working, draft: Draft, target: str, at_us: int, by: Actor) -> None:
    source, tables = draft.tier, working.tables
    if target == source:
        return
    kinds = [way.path.kind for way in tables.ways_between(source, target)]
    kind = kinds[0] if kinds else _likely_kind(working.policy.tier_names, source, target)
    for why in reasons_against(draft, tables, kind, target, at_us):
        working.emit(e.PathViolated(why.violates, source, target, at_us=at_us, by=by))
    handoff = handed_over(draft, NOTHING_TOLD, checks_left(draft, tables))
    working.emit(move_event(draft, kind, target, at_us, by, handoff))


def _likely_kind(tiers: tuple[str, ...], source: str, target: str) -> MoveKind:
    """Return what a move between tiers that no path connects looks like: up, down or sideways."""
    if source not in tiers or target not in tiers:
        return "transfer"
    return "escalate" if tiers.index(target) > tiers.index(source) else "return"


def _priority_is(working: Working, draft: Draft, priority: str, at_us: int, by: Actor) -> None:
    if priority != draft.priority:
        working.emit(e.PrioritySet(draft.priority, priority, at_us=at_us, by=by))


def _assignee_is(
    working: Working, draft: Draft, assignee: str | None, at_us: int, by: Actor
) -> None:
    if assignee != draft.assignee:
        working.emit(e.Assigned(assignee, at_us=at_us, by=by))


def _field_is(working: Working, draft: Draft, name: str, value: Any, at_us: int, by: Actor) -> None:
    was = draft.fields.get(name)
    if value != was or type(value) is not type(was):
        working.emit(e.FieldSet(name, value, at_us=at_us, by=by))


def _tags_are(working: Working, draft: Draft, tags: frozenset[str], at_us: int, by: Actor) -> None:
    before = draft.tags
    for tag in sorted(tags - before):
        working.emit(e.Tagged(tag, at_us=at_us, by=by))
    for tag in sorted(before - tags):
        working.emit(e.Untagged(tag, at_us=at_us, by=by))


def _receiver_missing(working: Working, receiver: str, at_us: int, by: Actor) -> None:
    fallback = working.policy.fallback
    working.emit(e.ReceiverMissed(receiver, at_us=at_us, by=by))
    if fallback is not None and fallback != receiver and working.policy.acts:
        event = e.NotifyAsked(fallback, "receiver missing", at_us, receiver, at_us=at_us, by=SYSTEM)
        working.emit(event)
