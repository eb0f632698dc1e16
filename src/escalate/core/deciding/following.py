"""What each fact leads to. A fact is followed, whatever the policy says; what it breaks is journalled."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.deciding.acts import SOME, act, opened_event, told_by
from escalate.core.deciding.moving import NOTHING_TOLD, handed_over, move_event, reasons_against
from escalate.core.deciding.working import SYSTEM, Working
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
    # An act of a host counts as one of its people; that nobody can be reached is no act at all.
    by = fact.by or (SYSTEM if isinstance(fact, f.ReceiverMissing) else SOME["agent"])
    if isinstance(fact, f.Did):
        _did(working, fact.command, at_us, by)
    elif working.draft is None:
        raise NoTicket(type(fact).__name__)
    elif isinstance(fact, f.Seen):
        for each in fact.facts():
            _FOLLOW[type(each)](working, working.draft, each, at_us, by)
    else:
        _FOLLOW[type(fact)](working, working.draft, fact, at_us, by)


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
        _priority_is(working, draft, f.PriorityIs(command.priority), at_us, by)
    elif isinstance(command, c.Reply):
        _replied_against(working, draft, command, at_us, by)
    elif type(command) in _VERB_OF and why.violates == "status":
        status = working.tables.verbs[_VERB_OF[type(command)]]
        _status_is(working, draft, f.StatusIs(status), at_us, by)
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
    handoff = handed_over(draft, working.policy, told)
    working.emit(move_event(draft, kind, target, at_us, by, handoff), told.texts())


def _replied_against(
    working: Working, draft: Draft, command: c.Reply, at_us: int, by: Actor
) -> None:
    """Follow a reply that led to a status it may not lead to: what was said was said."""
    source = draft.status
    status = Status.PENDING if command.then == "wait" else Status.RESOLVED
    working.emit(e.PathViolated("status", source, status, at_us=at_us, by=by))
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


def _status_is(working: Working, draft: Draft, fact: f.StatusIs, at_us: int, by: Actor) -> None:
    source, status = draft.status, fact.status
    if status is source:
        return
    if status is Status.CLOSED and not source.is_done:
        # A host without "resolved" closes what it has answered; to cancel is a command of its own.
        working.emit(e.Resolved(source, Status.RESOLVED, at_us=at_us, by=by))
        source = Status.RESOLVED
    if (source, status) not in working.tables.edges:
        working.emit(e.PathViolated("status", source, status, at_us=at_us, by=by))
    working.emit(_arrival(source, status)(source, status, at_us=at_us, by=by))


def _arrival(source: Status, status: Status) -> type[e.StatusChanged]:
    if source is Status.CLOSED or (source is Status.RESOLVED and not status.is_done):
        return e.Reopened
    return e.Taken if (source, status) == (Status.NEW, Status.OPEN) else _ARRIVALS[status]


def _tier_is(working: Working, draft: Draft, fact: f.TierIs, at_us: int, by: Actor) -> None:
    source, target, policy = draft.tier, fact.tier, working.policy
    if target == source:
        return
    kinds = [way.path.kind for way in working.tables.ways_between(source, target)]
    kind = kinds[0] if kinds else _likely_kind(policy.tier_names, source, target)
    for why in reasons_against(draft, policy, kind, target, at_us):
        working.emit(e.PathViolated(why.violates, source, target, at_us=at_us, by=by))
    handoff = handed_over(draft, policy, NOTHING_TOLD)
    working.emit(move_event(draft, kind, target, at_us, by, handoff))


def _likely_kind(tiers: tuple[str, ...], source: str, target: str) -> MoveKind:
    """Return what a move between tiers that no path connects looks like: up, down or sideways."""
    if source not in tiers or target not in tiers:
        return "transfer"
    return "escalate" if tiers.index(target) > tiers.index(source) else "return"


def _priority_is(working: Working, draft: Draft, fact: f.PriorityIs, at_us: int, by: Actor) -> None:
    if fact.priority != draft.priority:
        working.emit(e.PrioritySet(draft.priority, fact.priority, at_us=at_us, by=by))


def _assignee_is(working: Working, draft: Draft, fact: f.AssigneeIs, at_us: int, by: Actor) -> None:
    if fact.assignee != draft.assignee:
        working.emit(e.Assigned(fact.assignee, at_us=at_us, by=by))


def _field_is(working: Working, draft: Draft, fact: f.FieldIs, at_us: int, by: Actor) -> None:
    was = draft.fields.get(fact.name)
    if fact.value != was or type(fact.value) is not type(was):
        working.emit(e.FieldSet(fact.name, fact.value, at_us=at_us, by=by))


def _tags_are(working: Working, draft: Draft, fact: f.TagsAre, at_us: int, by: Actor) -> None:
    before = draft.tags
    for tag in sorted(fact.tags - before):
        working.emit(e.Tagged(tag, at_us=at_us, by=by))
    for tag in sorted(before - fact.tags):
        working.emit(e.Untagged(tag, at_us=at_us, by=by))


def _receiver_missing(
    working: Working, _draft: Draft, fact: f.ReceiverMissing, at_us: int, by: Actor
) -> None:
    fallback = working.policy.fallback
    working.emit(e.ReceiverMissed(fact.receiver, at_us=at_us, by=by))
    if fallback is not None and fallback != fact.receiver and working.policy.acts:
        event = e.NotifyAsked(
            fallback, "receiver missing", at_us, fact.receiver, at_us=at_us, by=SYSTEM
        )
        working.emit(event)


_FOLLOW: Final[dict[type[f.Fact], Callable[[Working, Draft, Any, int, Actor], None]]] = {
    f.StatusIs: _status_is,
    f.TierIs: _tier_is,
    f.PriorityIs: _priority_is,
    f.AssigneeIs: _assignee_is,
    f.FieldIs: _field_is,
    f.TagsAre: _tags_are,
    f.ReceiverMissing: _receiver_missing,
}
