"""What each command leads to: events, or a refusal. One small function a command.

Each checks all it has to before the first event, so that a refused command has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.clockkinds import WORDS
from escalate.core.clocks import promise
from escalate.core.compiled import Compiled
from escalate.core.deciding.clockwork import terms_of
from escalate.core.deciding.moving import (
    NOTHING_TOLD,
    Told,
    brought_up_to_date,
    check_by_hand,
    handed_over,
    move_event,
    open_path,
    require_role,
)
from escalate.core.deciding.working import Working
from escalate.core.model import Actor, ActorKind, Attempt, Draft, MoveKind, Request
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
from escalate.errors import (
    NoSuchRequest,
    NoTicket,
    NotPermitted,
    PromiseRefused,
    StatusNotAllowed,
    UnknownWord,
    WordTaken,
)

SOME: Final[dict[ActorKind, Actor]] = {
    "agent": Actor(),
    "customer": Actor(kind="customer"),
    "bot": Actor(kind="bot"),
}
"""Who is meant where a command does not say who asks."""


def act(working: Working, command: c.Command, at_us: int, *, trusted: bool = False) -> None:
    """Let *command* happen at *at_us*, or raise why it may not; *trusted* leaves permissions aside.

    Raises:
        Refused: The policy, the ticket's state or the actor's rights do not allow it.
    """
    by = command.by or SOME[command.asked_by_default]
    if isinstance(command, c.Open):
        if working.draft is None:
            _open(working, command, at_us, by)
        return  # Desks retry; a ticket is opened once.
    draft = working.draft
    if draft is None:
        raise NoTicket(type(command).__name__)
    assert isinstance(command, c.Asked)
    if command.id is not None and command.id in draft.ids:
        return  # Asked again, done already.
    working.trusted = trusted
    if not trusted and working.tables.permissions:
        _check_permission(working.tables, draft.tier, command, by)
    working.command_id = command.id
    _ACTS[type(command)](working, draft, command, at_us, by)


def _check_permission(tables: Compiled, tier: str, command: c.Command, by: Actor) -> None:
    name = type(command).__name__
    for permission in tables.permissions.get(name, ()):
        if not permission.at or tier in permission.at:
            require_role(by, permission.roles, f"give the command {name} in {tier}")


def _open(working: Working, command: c.Open, at_us: int, by: Actor) -> None:
    policy = working.policy
    event = opened_event(working, command, at_us, by)
    _known("priority", event.priority, policy.priorities)
    _known("tier", event.tier, policy.tier_names)
    _check_permission(working.tables, event.tier, command, by)
    if command.request_type is not None:
        _known("request type", command.request_type, policy.compiled.request_types)
    working.emit(event, {"subject": command.subject})


def opened_event(working: Working, command: c.Open, at_us: int, by: Actor) -> e.Opened:
    """Return the event that opens the ticket which *command* describes."""
    policy = working.policy
    protocol = policy.compiled.request_type(command.request_type, command.channel)
    usual = "normal" if "normal" in policy.priorities else policy.priorities[0]
    return e.Opened(
        id=command.id,
        tier=command.tier or (protocol and protocol.tier) or policy.entry_tier,
        policy=(policy.name, policy.version),
        priority=command.priority or usual,
        request_type=command.request_type,
        channel=command.channel,
        requester=command.requester,
        tags=command.tags,
        fields=command.fields,
        at_us=at_us,
        by=by,
    )


def _known(what: str, got: str, known: Iterable[str]) -> None:
    if got not in known:
        raise UnknownWord(what, got, tuple(known))


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
    command: c.Command,
    at_us: int,
    by: Actor,
) -> None:
    status = next_status(working, draft, verb)
    if status is not None:
        summary = command.summary if isinstance(command, c.Resolve) else ""
        working.emit(event(draft.status, status, at_us=at_us, by=by), {"summary": summary})


def _cancel(working: Working, draft: Draft, command: c.Cancel, at_us: int, by: Actor) -> None:
    status = next_status(working, draft, "cancel")
    if status is not None:
        event = e.Closed(draft.status, status, True, command.into, at_us=at_us, by=by)
        working.emit(event, {"reason": command.reason})


def _take(working: Working, draft: Draft, _command: c.Take, at_us: int, by: Actor) -> None:
    if draft.status.is_done:
        next_status(working, draft, "take")
    status = Status.OPEN if draft.status is Status.NEW else draft.status
    news = status is not draft.status or not draft.accepted
    if news or (by.id and by.id != draft.assignee):
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
    if bot and by.kind != "bot":
        by = Actor(by.id, "bot", by.roles)
    event = (e.BotReplied if bot else e.Replied)(draft.status, status, at_us=at_us, by=by)
    working.emit(event, {"text": command.text})


def _customer_reply(
    working: Working, draft: Draft, command: c.CustomerReply, at_us: int, by: Actor
) -> None:
    source, automatic = draft.status, command.automatic
    comes_back = not automatic and _reopens(working.policy, draft, at_us)
    status = Status.OPEN if comes_back else source
    event = e.CustomerReplied(source, status, automatic, at_us=at_us, by=by)
    working.emit(event, {"text": command.text})
    if source.is_done and not comes_back and not automatic:
        working.emit(e.FollowUpWanted(at_us=at_us, by=by))


def _reopens(policy: EscalationPolicy, draft: Draft, at_us: int) -> bool:
    if draft.status is not Status.RESOLVED or policy.reopen_within_us is None:
        return draft.status in (Status.PENDING, Status.RESOLVED)
    return at_us - (draft.resolved_us or at_us) <= policy.reopen_within_us


def _note(working: Working, _draft: Draft, command: c.Note, at_us: int, by: Actor) -> None:
    working.emit(e.Noted(at_us=at_us, by=by), {"text": command.text})


def _set_priority(
    working: Working, draft: Draft, command: c.SetPriority, at_us: int, by: Actor
) -> None:
    _known("priority", command.priority, working.policy.priorities)
    if command.priority != draft.priority:
        working.emit(e.PrioritySet(draft.priority, command.priority, at_us=at_us, by=by))


def _set_field(working: Working, draft: Draft, command: c.SetField, at_us: int, by: Actor) -> None:
    # 1 == True in Python, and a field may go from one to the other.
    was = draft.fields.get(command.name)
    if command.value != was or type(command.value) is not type(was):
        working.emit(e.FieldSet(command.name, command.value, at_us=at_us, by=by))


def _tag(working: Working, draft: Draft, command: c.Tag, at_us: int, by: Actor) -> None:
    if command.name not in draft.tags:
        working.emit(e.Tagged(command.name, at_us=at_us, by=by))


def _untag(working: Working, draft: Draft, command: c.Untag, at_us: int, by: Actor) -> None:
    if command.name in draft.tags:
        working.emit(e.Untagged(command.name, at_us=at_us, by=by))


def _link(working: Working, draft: Draft, command: c.Link, at_us: int, by: Actor) -> None:
    if (command.kind, command.other) not in draft.links:
        working.emit(e.Linked(command.kind, command.other, at_us=at_us, by=by))


def _set_request_type(
    working: Working, draft: Draft, command: c.SetRequestType, at_us: int, by: Actor
) -> None:
    _known("request type", command.name, working.tables.request_types)
    if command.name != draft.request_type:
        working.emit(e.RequestTypeSet(command.name, at_us=at_us, by=by))


def _milestone(
    working: Working, draft: Draft, command: c.ReachMilestone, at_us: int, by: Actor
) -> None:
    _known("milestone", command.name, working.policy.milestones)
    if command.name not in draft.milestones:  # Desks retry; a milestone reached twice is one fact.
        working.emit(e.MilestoneReached(command.name, at_us=at_us, by=by))


def _attempt(
    working: Working, _draft: Draft, command: c.RecordAttempt, at_us: int, by: Actor
) -> None:
    attempt = Attempt(command.what, command.worked)
    working.emit(e.AttemptRecorded(attempt, at_us=at_us, by=by))


def _request_human(
    working: Working, _draft: Draft, _command: c.RequestHuman, at_us: int, by: Actor
) -> None:
    working.emit(e.HumanRequested(at_us=at_us, by=by))


def _classify(working: Working, draft: Draft, command: c.Classify, at_us: int, by: Actor) -> None:
    verdict = command.verdict
    if verdict.tier is not None:
        _known("tier", verdict.tier, working.policy.tier_names)
    placed = verdict.tier if _places(working.policy, draft, command) else None
    working.emit(e.Classified(verdict, placed, at_us=at_us, by=by))


def _places(policy: EscalationPolicy, draft: Draft, command: c.Classify) -> bool:
    """Whether the verdict places the ticket: it is new, untouched, in the entry tier, and sure enough."""
    verdict = command.verdict
    sure = verdict.confidence is None or verdict.confidence >= policy.place_at
    untouched = draft.status is Status.NEW and draft.assignee is None and not draft.responded
    untouched = untouched and not draft.moves and draft.tier == policy.entry_tier
    return policy.acts and untouched and sure and verdict.tier not in (None, draft.tier)


def _move(
    kind: MoveKind,
    working: Working,
    draft: Draft,
    command: c.Escalate | c.Return | c.Transfer,
    at_us: int,
    by: Actor,
) -> None:
    tables = working.tables
    path = open_path(draft, tables, kind, command.to, at_us)
    told = told_by(command)
    left = check_by_hand(draft, tables, path, by, told)
    handoff = handed_over(draft, told, left)
    if path.approval is None:
        event: e.Event = move_event(draft, kind, path.target, at_us, by, handoff)
    elif by.id and by.id == path.approval:
        raise NotPermitted(by.id, "approve what they ask for themselves", ("somebody else",))
    else:
        event = e.ApprovalAsked(path.approval, kind, path.target, handoff, at_us=at_us, by=by)
    working.emit(event, told.texts())


def told_by(command: c.Escalate | c.Return | c.Transfer) -> Told:
    """Return what *command* tells the next person."""
    override = None if isinstance(command, c.Return) else command.override
    if command.handoff is None and not command.reason and not override:
        return NOTHING_TOLD
    if command.handoff is None:
        return Told(reason=command.reason, override=override or "")
    return Told(command.handoff, command.reason, override or "")


def _invite(working: Working, draft: Draft, command: c.Invite, at_us: int, by: Actor) -> None:
    _known("tier", command.tier, working.policy.tier_names)
    _not_done(draft, "invite")
    if command.tier not in draft.invited and command.tier != draft.tier:
        working.emit(e.Invited(command.tier, at_us=at_us, by=by))


def _not_done(draft: Draft, what: str) -> None:
    if draft.status.is_done:
        allowed = ("reopen",) if draft.status is Status.RESOLVED else ()
        raise StatusNotAllowed(draft.id, what, draft.status, allowed)


def _accept(working: Working, draft: Draft, command: c.Accept, at_us: int, by: Actor) -> None:
    if command.what == "handoff":
        if not draft.accepted:
            working.emit(e.HandoffAccepted(at_us=at_us, by=by))
        return
    if command.what not in draft.invited:
        raise NoSuchRequest(draft.id, f"invitation of {command.what}", tuple(draft.invited))
    if not draft.invited[command.what]:
        working.emit(e.InvitationAccepted(command.what, at_us=at_us, by=by))


def _approve(working: Working, draft: Draft, command: c.Approve, at_us: int, by: Actor) -> None:
    request = _request(draft, command.request)
    if not working.trusted:
        if by.id and by.id == request.asked_by:
            raise NotPermitted(by.id, "approve what they asked for themselves", ("somebody else",))
        require_role(by, (request.receiver,), f"approve request {request.number}")
    path = None
    if request.kind is not None:
        path = open_path(draft, working.tables, request.kind, request.target, at_us)
    handoff = brought_up_to_date(draft, working.tables, request)
    working.emit(e.Approved(command.request, at_us=at_us, by=by))
    if path is not None:
        working.emit(move_event(draft, path.kind, path.target, at_us, by, handoff))


def _request(draft: Draft, number: int) -> Request:
    for request in draft.requests:
        if request.number == number:
            return request
    pending = tuple(str(request.number) for request in draft.requests)
    raise NoSuchRequest(draft.id, f"request {number}", pending)


def _decline(working: Working, draft: Draft, command: c.Decline, at_us: int, by: Actor) -> None:
    request = _request(draft, command.request)
    if not working.trusted:
        require_role(by, (request.receiver,), f"decline request {request.number}")
    working.emit(e.Declined(command.request, at_us=at_us, by=by), {"reason": command.reason})


def _withdraw(working: Working, draft: Draft, command: c.Withdraw, at_us: int, by: Actor) -> None:
    if isinstance(command.what, int):
        _request(draft, command.what)
        working.emit(e.ApprovalWithdrawn(command.what, at_us=at_us, by=by))
        return
    if command.what not in draft.invited:
        raise NoSuchRequest(draft.id, f"invitation of {command.what}", tuple(draft.invited))
    working.emit(e.InvitationWithdrawn(command.what, at_us=at_us, by=by))


def _promise(working: Working, draft: Draft, command: c.Promise, at_us: int, by: Actor) -> None:
    clock = draft.clocks.get(command.clock)
    if clock is None or not clock.is_live or clock.target is None:
        live = [name for name, each in draft.clocks.items() if each.is_live and each.target]
        why = f"clocks that run on a target: {', '.join(live) or 'none'}"
        raise PromiseRefused(draft.id, command.clock, why)
    if command.at_us < at_us:
        raise PromiseRefused(draft.id, command.clock, "the date lies in the past")
    promised = promise(clock, at_us, command.at_us, terms_of(working.tables, clock))
    event = e.Promised(command.clock, command.at_us, at_us=at_us, by=by)
    working.emit(event, changes=((e.Change.RETARGET, promised),))


RESERVED: Final = frozenset({*WORDS, *Status, "bot_replied", "accepted"})
"""Words that the engine itself says, so that no signal may."""


def _signal(working: Working, draft: Draft, command: c.Signal, at_us: int, by: Actor) -> None:
    if command.name in RESERVED:
        raise WordTaken(draft.id, command.name)
    working.emit(e.Signalled(command.name, at_us=at_us, by=by))


def _rate(working: Working, _draft: Draft, command: c.Rate, at_us: int, by: Actor) -> None:
    working.emit(e.Rated(command.score, at_us=at_us, by=by))


def _feedback(working: Working, _draft: Draft, command: c.Feedback, at_us: int, by: Actor) -> None:
    working.emit(e.FeedbackGiven(command.about, at_us=at_us, by=by), {"text": command.text})


_ACTS: Final[dict[type[c.Command], Callable[[Working, Draft, Any, int, Actor], None]]] = {
    c.Take: _take,
    c.Assign: _assign,
    c.Reply: _reply,
    c.CustomerReply: _customer_reply,
    c.Note: _note,
    c.Wait: partial(_change_status, "wait", e.Waiting),
    c.Hold: partial(_change_status, "hold", e.Held),
    c.Resume: partial(_change_status, "resume", e.Resumed),
    c.Resolve: partial(_change_status, "resolve", e.Resolved),
    c.Reopen: partial(_change_status, "reopen", e.Reopened),
    c.Close: partial(_change_status, "close", e.Closed),
    c.Cancel: _cancel,
    c.SetPriority: _set_priority,
    c.SetField: _set_field,
    c.Tag: _tag,
    c.Untag: _untag,
    c.Link: _link,
    c.SetRequestType: _set_request_type,
    c.ReachMilestone: _milestone,
    c.RecordAttempt: _attempt,
    c.RequestHuman: _request_human,
    c.Classify: _classify,
    c.Escalate: partial(_move, "escalate"),
    c.Return: partial(_move, "return"),
    c.Transfer: partial(_move, "transfer"),
    c.Invite: _invite,
    c.Accept: _accept,
    c.Approve: _approve,
    c.Decline: _decline,
    c.Withdraw: _withdraw,
    c.Promise: _promise,
    c.Signal: _signal,
    c.Rate: _rate,
    c.Feedback: _feedback,
}
