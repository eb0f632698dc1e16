"""What each fact leads to. A fact is followed, whatever the policy says; what it breaks is journalled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.acts import act, opened_event
from escalate.core.model import Actor, Draft, Status
from escalate.core.moving import allowed_path, move_event
from escalate.core.working import SYSTEM, Working
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
    by = fact.by or SYSTEM
    if isinstance(fact, f.Did):
        _did(working, fact.command, at_us, by)
    elif working.draft is None:
        raise NoTicket(type(fact).__name__)
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
            _follow_refused(working, working.draft, command, at_us, by)


def _follow_refused(
    working: Working, draft: Draft, command: c.Command, at_us: int, by: Actor
) -> None:
    """Follow the outcome of a command that the policy would have refused."""
    if isinstance(command, c.Escalate | c.Return | c.Transfer):
        assert command.to is not None  # Did has seen to it
        _tier_is(working, draft, f.TierIs(command.to), at_us, by)
    elif isinstance(command, c.SetPriority):
        _priority_is(working, draft, f.PriorityIs(command.priority), at_us, by)
    else:
        status = working.tables.verbs[_VERB_OF[type(command)]]
        _status_is(working, draft, f.StatusIs(status), at_us, by)


_VERB_OF: Final[dict[type[c.Command], str]] = {
    c.Take: "take",
    c.Reply: "take",
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
    edges = {to for (at, verb), to in working.tables.statuses.items() if at is source}
    if status not in edges:
        working.emit(e.PathViolated("status", source, status, at_us=at_us, by=by))
    working.emit(_arrival(source, status)(source, status, at_us=at_us, by=by))


def _arrival(source: Status, status: Status) -> type[e.StatusChanged]:
    if source is Status.CLOSED or (source is Status.RESOLVED and not status.is_done):
        return e.Reopened
    return e.Taken if (source, status) == (Status.NEW, Status.OPEN) else _ARRIVALS[status]


def _tier_is(working: Working, draft: Draft, fact: f.TierIs, at_us: int, by: Actor) -> None:
    source, target = draft.tier, fact.tier
    if target == source:
        return
    leaving = working.tables.paths_from.get(source, ())
    declared = next((path.kind for path in leaving if path.target == target), None)
    kind = declared or _likely_kind(working.policy.tier_names, source, target)
    try:
        allowed_path(draft, working.policy, kind, target)
    except Refused as why:
        working.emit(e.PathViolated(why.violates, source, target, at_us=at_us, by=by))
    working.emit(move_event(draft, kind, target, at_us, by))


def _likely_kind(tiers: tuple[str, ...], source: str, target: str) -> e.MoveKind:
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


_FOLLOW: Final[dict[type[f.Fact], Callable[[Working, Draft, Any, int, Actor], None]]] = {
    f.StatusIs: _status_is,
    f.TierIs: _tier_is,
    f.PriorityIs: _priority_is,
    f.AssigneeIs: _assignee_is,
}
