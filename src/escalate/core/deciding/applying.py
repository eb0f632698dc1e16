"""What each event does to a ticket. Deciding, folding and replaying all go through :func:`apply`.

Nothing is decided here, and no policy is needed: an event says all that it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from escalate.core import events as e
from escalate.core.clocks import Clock
from escalate.core.events import Event
from escalate.core.model import ActorKind, Draft, Fired, Message, Request
from escalate.core.sealing import NOTHING, FrozenDict
from escalate.core.status import Status
from escalate.errors import InvalidJournal

IDS_KEPT: Final = 32
_UPKEEP: Final = (e.Erased, e.Rebased, e.Adopted)
"""What people do to many tickets without looking at one: no act that lets rules move it again (5.12)."""


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
        if draft.automatic and event.by.is_human and type(event) not in _UPKEEP:
            draft.automatic = 0
        draft.changed_us = event.at_us
    if event.command_id is not None:
        draft.ids = (*draft.ids, event.command_id)[-IDS_KEPT:]
    draft.seq = event.seq
    return draft


def apply_clocks(draft: Draft, event: Event) -> None:
    """Give *draft* the clocks that *event* carries and find its next timer."""
    if event.clocks:
        clocks = FrozenDict(draft.clocks)
        for _, clock in event.clocks:
            _put(clocks, clock.name, clock)
            if ":" in clock.name and not clock.is_live:
                _drop(clocks, clock.name)  # of an invitation or approval: the journal has it
        draft.clocks = clocks
        draft.due_us = _next_due(clocks)


# Nobody has seen the new dict yet, and to fill another first would be a second copy.
_put: Final = dict.__setitem__
_drop: Final = dict.__delitem__


def _next_due(clocks: Mapping[str, Clock]) -> int | None:
    due = None
    for clock in clocks.values():
        if clock.next_us is not None and (due is None or clock.next_us < due):
            due = clock.next_us
    return due


def _opened(event: Event) -> Draft:
    if not isinstance(event, e.Opened):
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
        messages=(Message(event.seq, event.by.kind, True, event.at_us),),
        entered_us=event.at_us,
        changed_us=event.at_us,
    )


def _status(draft: Draft, event: e.StatusChanged) -> None:
    if event.status.is_done and not draft.status.is_done:
        # What was asked of others is off; 3.5 ends their clocks with it.
        draft.requests = ()
        draft.invited = NOTHING
        draft.accepted = True
    if event.status is Status.RESOLVED:
        draft.resolved_us = event.at_us
    draft.status = event.status


def _taken(draft: Draft, event: e.Taken) -> None:
    draft.status = event.status
    draft.assignee = event.assignee or draft.assignee
    draft.accepted = True


def _assigned(draft: Draft, event: e.Assigned) -> None:
    draft.assignee = event.assignee


def _reopened(draft: Draft, event: e.StatusChanged) -> None:
    _status(draft, event)
    draft.reopens += 1


def _say(draft: Draft, event: Event, author: ActorKind, *, public: bool) -> None:
    draft.messages = (*draft.messages, Message(event.seq, author, public, event.at_us))


def _replied(draft: Draft, event: e.Replied) -> None:
    _say(draft, event, event.by.kind, public=True)
    _status(draft, event)
    draft.responded = "person"
    draft.accepted = True
    draft.assignee = draft.assignee or event.by.id or None


def _bot_replied(draft: Draft, event: e.BotReplied) -> None:
    _say(draft, event, "bot", public=True)
    _status(draft, event)
    draft.responded = draft.responded or "bot"


def _customer_replied(draft: Draft, event: e.CustomerReplied) -> None:
    _say(draft, event, "customer", public=True)
    if event.source.is_done and not event.status.is_done:
        draft.reopens += 1
    draft.status = event.status


def _noted(draft: Draft, event: e.Noted) -> None:
    _say(draft, event, event.by.kind, public=False)


def _priority(draft: Draft, event: e.PrioritySet) -> None:
    draft.priority = event.priority


def _field(draft: Draft, event: e.FieldSet) -> None:
    draft.fields = FrozenDict({**draft.fields, event.name: event.value})


def _tagged(draft: Draft, event: e.Tagged) -> None:
    draft.tags |= {event.tag}


def _untagged(draft: Draft, event: e.Untagged) -> None:
    draft.tags -= {event.tag}


def _linked(draft: Draft, event: e.Linked) -> None:
    draft.links = (*draft.links, (event.kind, event.other))


def _request_type(draft: Draft, event: e.RequestTypeSet) -> None:
    draft.request_type = event.request_type


def _milestone(draft: Draft, event: e.MilestoneReached) -> None:
    draft.milestones |= {event.milestone}


def _attempt(draft: Draft, event: e.AttemptRecorded) -> None:
    draft.attempts = (*draft.attempts, event.attempt)


def _classified(draft: Draft, event: e.Classified) -> None:
    draft.classification = event.verdict
    if event.placed is not None:
        draft.tier = event.placed
        draft.entered_us = event.at_us
        draft.fired = NOTHING


def _moved(draft: Draft, event: e.Moved) -> None:
    draft.tier = event.target
    draft.assignee = None
    draft.entered_us = event.at_us
    draft.moves += 1
    draft.bounces = event.bounces
    if event.source not in draft.left:
        draft.left |= {event.source}
    draft.senders = _senders(draft.senders, event)
    draft.attempts = event.handoff.tried
    draft.handoff = event.handoff
    draft.accepted = False
    draft.requests = ()
    if event.target in draft.invited:
        draft.invited = _without(draft.invited, event.target)
    draft.fired = NOTHING
    if event.by.kind in ("rule", "system"):
        draft.automatic += 1


def _senders(senders: tuple[str, ...], event: e.Moved) -> tuple[str, ...]:
    """Return who sent the ticket on, last one last: a move back forgets who came after."""
    if event.target in senders:
        return senders[: senders.index(event.target)]
    if event.kind == "return":
        return ()
    return (*senders, event.source)


def _accepted(draft: Draft, _event: e.HandoffAccepted) -> None:
    draft.accepted = True


def _invited(draft: Draft, event: e.Invited) -> None:
    draft.invited = FrozenDict({**draft.invited, event.tier: False})


def _invitation_accepted(draft: Draft, event: e.InvitationAccepted) -> None:
    draft.invited = FrozenDict({**draft.invited, event.tier: True})


def _invitation_withdrawn(draft: Draft, event: e.InvitationWithdrawn) -> None:
    draft.invited = _without(draft.invited, event.tier)


def _without(invited: Mapping[str, bool], tier: str) -> Mapping[str, bool]:
    return FrozenDict({each: yes for each, yes in invited.items() if each != tier})


def _approval_asked(draft: Draft, event: e.ApprovalAsked) -> None:
    request = Request(
        event.seq, event.receiver, event.by.id, event.kind, event.target, event.handoff
    )
    draft.requests = (*draft.requests, request)


def _request_ended(draft: Draft, event: e.Approved | e.Declined | e.ApprovalWithdrawn) -> None:
    draft.requests = tuple(each for each in draft.requests if each.number != event.request)


def _promised(draft: Draft, event: e.Promised) -> None:
    draft.promised = (event.clock, event.due_us)


def _rule_fired(draft: Draft, event: e.RuleFired) -> None:
    _count(draft, event.rule, event.at_us)


def _advised(draft: Draft, event: e.Advised) -> None:
    if event.is_rule:
        _count(draft, event.name, event.at_us)


def _count(draft: Draft, rule: str, at_us: int) -> None:
    before = draft.fired.get(rule)
    times = 1 if before is None else before.times + 1
    draft.fired = FrozenDict({**draft.fired, rule: Fired(times, at_us)})


def _rebased(draft: Draft, event: e.Rebased) -> None:
    draft.policy = event.policy
    if not event.renamed:
        return
    names = dict(event.renamed)
    draft.tier = names.get(draft.tier, draft.tier)
    draft.senders = tuple(names.get(tier, tier) for tier in draft.senders)
    draft.left = frozenset(names.get(tier, tier) for tier in draft.left)
    draft.invited = FrozenDict({names.get(tier, tier): yes for tier, yes in draft.invited.items()})
    draft.requests = tuple(
        attrs.evolve(each, target=names.get(each.target or "", each.target))
        for each in draft.requests
    )


_CHANGES: Final[Mapping[type[Event], Callable[[Draft, Any], None]]] = {
    e.StatusChanged: _status,
    e.Waiting: _status,
    e.Held: _status,
    e.Resumed: _status,
    e.Resolved: _status,
    e.Closed: _status,
    e.Reopened: _reopened,
    e.Taken: _taken,
    e.Assigned: _assigned,
    e.Replied: _replied,
    e.BotReplied: _bot_replied,
    e.CustomerReplied: _customer_replied,
    e.Noted: _noted,
    e.PrioritySet: _priority,
    e.FieldSet: _field,
    e.Tagged: _tagged,
    e.Untagged: _untagged,
    e.Linked: _linked,
    e.RequestTypeSet: _request_type,
    e.MilestoneReached: _milestone,
    e.AttemptRecorded: _attempt,
    e.Classified: _classified,
    e.Escalated: _moved,
    e.Returned: _moved,
    e.Transferred: _moved,
    e.HandoffAccepted: _accepted,
    e.Invited: _invited,
    e.InvitationAccepted: _invitation_accepted,
    e.InvitationWithdrawn: _invitation_withdrawn,
    e.ApprovalAsked: _approval_asked,
    e.Approved: _request_ended,
    e.Declined: _request_ended,
    e.ApprovalWithdrawn: _request_ended,
    e.Promised: _promised,
    e.RuleFired: _rule_fired,
    e.Rebased: _rebased,
    e.Advised: _advised,
}
