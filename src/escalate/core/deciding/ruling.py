"""Rules and steps: which of them act when something has happened, and carrying out what they say."""

from __future__ import annotations

from escalate.core import events as e
from escalate.core.compiled import Deed
from escalate.core.deciding.moving import BY_ITSELF, checks_left, handed_over, move_event, open_path
from escalate.core.deciding.working import SYSTEM, Working
from escalate.core.events import Event
from escalate.core.model import Draft, MoveKind
from escalate.core.policy import Path
from escalate.core.sla import Step
from escalate.errors import Refused, TooManyMoves


def settle(working: Working) -> None:
    """Let everything that has happened set off what it sets off, first in first out."""
    events = working.events
    while working.reached or working.turned < len(events):
        if working.reached:
            act_on_step(working, working.reached.pop(0), working.ticket.changed_us)
        else:
            event = events[working.turned]
            working.turned += 1
            _turn_of(working, event)


def _turn_of(working: Working, event: Event) -> None:
    """Try all rules for *event* on the ticket as it is now, before any of them acts."""
    if isinstance(event, e.Moved) and event.bounce:
        _tell_of_bounces(working, event)
    candidates = working.tables.rules_for(event.words)
    if not candidates:
        return
    draft, at_us = working.ticket, event.at_us
    acting: list[Deed] = []
    mover: Deed | None = None
    for deed in candidates:
        if _matches(draft, deed, at_us):
            if deed.doing.move is None:
                acting.append(deed)
            elif mover is None:
                mover = deed
    if mover is not None:
        # It acts last: what the others say was judged where the ticket is now.
        acting.append(mover)
    for deed in acting:
        act_on_rule(working, deed, at_us, deed.on)


def _matches(draft: Draft, deed: Deed, at_us: int) -> bool:
    if deed.at is not None and draft.tier not in deed.at:
        return False
    fired = draft.fired.get(deed.name)
    if fired is not None:
        if fired.times >= deed.times:
            return False
        if deed.cooldown_us is not None and at_us - fired.at_us < deed.cooldown_us:
            return False
    return deed.when is None or deed.when.holds(draft, at_us)


def act_on_idle(working: Working, deed: Deed, at_us: int) -> None:
    """Let a rule act for which nothing has happened long enough."""
    if _matches(working.ticket, deed, at_us):
        act_on_rule(working, deed, at_us, "idle")


def act_on_rule(working: Working, deed: Deed, at_us: int, on: str) -> None:
    """Let a rule act whole, or not at all if it may not make its move."""
    if not working.policy.acts:
        _advise(working, deed, at_us, is_rule=True)
        return
    path = None
    if deed.doing.move is not None:
        try:
            path = _path(working, deed, at_us)
        except Refused as why:
            _refuse(working, deed, at_us, why)
            return
    working.emit(e.RuleFired(deed.name, on, at_us=at_us, by=deed.by))
    _carry_out(working, deed, at_us, path)


def act_on_step(working: Working, deed: Deed, at_us: int) -> None:
    """Let a step act. Those it tells are told even if it may not make its move."""
    if not working.policy.acts:
        _advise(working, deed, at_us, is_rule=False)
        return
    path = None
    if deed.doing.move is not None:
        try:
            path = _path(working, deed, at_us)
        except Refused as why:
            _refuse(working, deed, at_us, why)
    _carry_out(working, deed, at_us, path)


def _path(working: Working, deed: Deed, at_us: int) -> Path | None:
    """Return the path of the move that *deed* makes; none if the ticket is there already.

    Raises:
        Refused: It may not move.
    """
    assert deed.doing.move is not None
    kind, target = deed.doing.move
    draft = working.ticket
    if draft.tier == target:
        return None
    path = open_path(draft, working.tables, kind, target, at_us)
    if draft.automatic >= working.policy.max_automatic:
        raise TooManyMoves(draft.id, draft.automatic)
    return path


def _refuse(working: Working, deed: Deed, at_us: int, why: Refused) -> None:
    assert deed.doing.move is not None
    _, target = deed.doing.move
    event = e.MoveRefused(why.violates, working.ticket.tier, target, at_us=at_us, by=deed.by)
    working.emit(event)
    if isinstance(why, TooManyMoves):
        _tell_exhausted(working, "max_automatic", at_us)


def _tell_of_bounces(working: Working, event: e.Moved) -> None:
    if event.bounces == working.policy.max_bounces:
        _tell_exhausted(working, "max_bounces", event.at_us)


def _tell_exhausted(working: Working, about: str, at_us: int) -> None:
    policy = working.policy
    receiver = policy.on_exhausted or policy.fallback
    if receiver is not None and policy.acts:
        working.emit(e.NotifyAsked(receiver, about, at_us, at_us=at_us, by=SYSTEM))
    elif receiver is not None:
        working.emit(e.Advised(about, notify=(receiver,), at_us=at_us, by=SYSTEM))


def _advise(working: Working, deed: Deed, at_us: int, *, is_rule: bool) -> None:
    doing = deed.doing
    others = {
        "invite": doing.invite,
        "set_priority": doing.set_priority,
        "tag": doing.tag,
        "ask_approval": doing.ask_approval,
        "classify": doing.classify,
    }
    names = tuple(name for name, value in others.items() if value)
    event = e.Advised(deed.name, doing.move, doing.notify, names, is_rule, at_us=at_us, by=deed.by)
    working.emit(event)


def _carry_out(working: Working, deed: Deed, at_us: int, path: Path | None) -> None:
    """Do what *deed* says, the move last."""
    doing, by, draft = deed.doing, deed.by, working.ticket
    if doing.set_priority is not None and doing.set_priority != draft.priority:
        working.emit(e.PrioritySet(draft.priority, doing.set_priority, at_us=at_us, by=by))
    for tag in doing.tag:
        if tag not in draft.tags:
            working.emit(e.Tagged(tag, at_us=at_us, by=by))
    for receiver in doing.notify:
        deliver_us = _deliver_us(working, deed, receiver, at_us)
        working.emit(e.NotifyAsked(receiver, deed.name, deliver_us, at_us=at_us, by=by))
    helps = doing.invite is None or doing.invite in (draft.tier, *draft.invited)
    if doing.invite is not None and not helps and not draft.status.is_done:
        working.emit(e.Invited(doing.invite, at_us=at_us, by=by))
    if doing.classify:
        working.emit(e.ClassifyAsked(at_us=at_us, by=by))
    if path is not None:
        _move(working, deed, at_us, path)
    elif doing.ask_approval is not None and doing.move is None and not draft.status.is_done:
        working.emit(e.ApprovalAsked(doing.ask_approval, at_us=at_us, by=by))


def _move(working: Working, deed: Deed, at_us: int, path: Path) -> None:
    draft = working.ticket
    handoff = handed_over(draft, BY_ITSELF, checks_left(draft, working.tables), path.requires)
    approval = deed.doing.ask_approval or path.approval
    if approval is None:
        working.emit(move_event(draft, path.kind, path.target, at_us, deed.by, handoff))
    elif not _is_asked(draft, path.kind, path.target):
        asked = e.ApprovalAsked(approval, path.kind, path.target, handoff, at_us=at_us, by=deed.by)
        working.emit(asked)


def _is_asked(draft: Draft, kind: MoveKind, target: str) -> bool:
    return any(each.kind == kind and each.target == target for each in draft.requests)


def _deliver_us(working: Working, deed: Deed, receiver: str, at_us: int) -> int:
    if not isinstance(deed.doing, Step) or deed.doing.deliver == "now":
        return at_us
    hours = working.policy.calendar(working.tables.receivers[receiver])
    return hours.next_open_us(at_us)
