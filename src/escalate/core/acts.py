"""What each command leads to: events, or a refusal. One small function a command."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.model import Actor, Draft, Status
from escalate.core.moving import allowed_path, move_event
from escalate.core.working import Working
from escalate.errors import NoTicket, StatusNotAllowed, UnknownWord


def act(working: Working, command: c.Command, at_us: int) -> None:
    """Let *command* happen at *at_us*, or raise why it may not.

    Raises:
        Refused: The policy, the ticket's state or the actor's rights do not allow it.
    """
    by = command.by or Actor(kind=command.asked_by_default)
    if isinstance(command, c.Open):
        if working.draft is None:
            _open(working, command, at_us, by)
        return  # Desks retry; a ticket is opened once.
    if working.draft is None:
        raise NoTicket(type(command).__name__)
    _ACTS[type(command)](working, working.draft, command, at_us, by)


def _open(working: Working, command: c.Open, at_us: int, by: Actor) -> None:
    policy = working.policy
    _known("priority", command.priority, policy.priorities)
    _known("tier", command.tier or policy.entry_tier, policy.tier_names)
    working.emit(opened_event(working, command, at_us, by))


def opened_event(working: Working, command: c.Open, at_us: int, by: Actor) -> e.Opened:
    """Return the event that opens the ticket which *command* describes."""
    policy = working.policy
    return e.Opened(
        id=command.id,
        tier=command.tier or policy.entry_tier,
        policy=(policy.name, policy.version),
        priority=command.priority,
        request_type=command.request_type,
        channel=command.channel,
        requester=command.requester,
        tags=command.tags,
        fields=command.fields,
        at_us=at_us,
        by=by,
    )


def _known(what: str, got: str, known: tuple[str, ...]) -> None:
    if got not in known:
        raise UnknownWord(what, got, known)


def next_status(working: Working, draft: Draft, verb: str) -> Status | None:
    """Return the status that *verb* leads to; none if the ticket is there already.

    Raises:
        StatusNotAllowed: The lifecycle has no such edge.
    """
    target = working.tables.verbs[verb]
    if target is draft.status:
        return None
    if (draft.status, verb) not in working.tables.statuses:
        allowed = tuple(v for source, v in working.tables.statuses if source is draft.status)
        raise StatusNotAllowed(draft.id, verb, draft.status, allowed)
    return target


def _change_status(
    verb: str,
    event: type[e.StatusChanged],
    working: Working,
    draft: Draft,
    _command: c.Command,
    at_us: int,
    by: Actor,
) -> None:
    status = next_status(working, draft, verb)
    if status is not None:
        working.emit(event(draft.status, status, at_us=at_us, by=by))


def _cancel(working: Working, draft: Draft, command: c.Cancel, at_us: int, by: Actor) -> None:
    status = next_status(working, draft, "cancel")
    if status is not None:
        working.emit(e.Closed(draft.status, status, True, command.into, at_us=at_us, by=by))


def _take(working: Working, draft: Draft, _command: c.Take, at_us: int, by: Actor) -> None:
    if draft.status.is_done:
        next_status(working, draft, "take")
    status = Status.OPEN if draft.status is Status.NEW else draft.status
    if status is not draft.status or (by.id and by.id != draft.assignee):
        working.emit(e.Taken(draft.status, status, by.id or None, at_us=at_us, by=by))


def _assign(working: Working, draft: Draft, command: c.Assign, at_us: int, by: Actor) -> None:
    if command.agent != draft.assignee:
        working.emit(e.Assigned(command.agent, at_us=at_us, by=by))


def _reply(working: Working, draft: Draft, command: c.Reply, at_us: int, by: Actor) -> None:
    bot = command.bot or by.kind == "bot"
    verb = {"stay": None, "wait": "wait", "resolve": "resolve"}[command.then]
    status = draft.status if verb is None else next_status(working, draft, verb) or draft.status
    if status is Status.NEW and not bot:
        status = Status.OPEN
    working.emit(e.Replied(draft.status, status, bot, at_us=at_us, by=by))


def _customer_reply(
    working: Working, draft: Draft, command: c.CustomerReply, at_us: int, by: Actor
) -> None:
    resumes = draft.status in (Status.PENDING, Status.RESOLVED) and not command.automatic
    status = Status.OPEN if resumes else draft.status
    working.emit(e.CustomerReplied(draft.status, status, command.automatic, at_us=at_us, by=by))
    if draft.status is Status.CLOSED and not command.automatic:
        working.emit(e.FollowUpWanted(at_us=at_us, by=by))


def _set_priority(
    working: Working, draft: Draft, command: c.SetPriority, at_us: int, by: Actor
) -> None:
    _known("priority", command.priority, working.policy.priorities)
    if command.priority != draft.priority:
        working.emit(e.PrioritySet(draft.priority, command.priority, at_us=at_us, by=by))


def _move(
    kind: e.MoveKind,
    working: Working,
    draft: Draft,
    command: c.Escalate | c.Return | c.Transfer,
    at_us: int,
    by: Actor,
) -> None:
    path = allowed_path(draft, working.policy, kind, command.to)
    working.emit(move_event(draft, kind, path.target, at_us, by))


_ACTS: Final[dict[type[c.Command], Callable[[Working, Draft, Any, int, Actor], None]]] = {
    c.Take: _take,
    c.Assign: _assign,
    c.Reply: _reply,
    c.CustomerReply: _customer_reply,
    c.Wait: partial(_change_status, "wait", e.Waiting),
    c.Hold: partial(_change_status, "hold", e.Held),
    c.Resume: partial(_change_status, "resume", e.Resumed),
    c.Resolve: partial(_change_status, "resolve", e.Resolved),
    c.Reopen: partial(_change_status, "reopen", e.Reopened),
    c.Close: partial(_change_status, "close", e.Closed),
    c.Cancel: _cancel,
    c.SetPriority: _set_priority,
    c.Escalate: partial(_move, "escalate"),
    c.Return: partial(_move, "return"),
    c.Transfer: partial(_move, "transfer"),
}
