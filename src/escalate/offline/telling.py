"""Events as sentences that a support lead reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.model import Verdict


def tell(event: Event) -> str:
    """Return what happened, as a sentence."""
    return SENTENCES[type(event)](event)


def who(event: Event) -> str:
    """Return who acted, as the subject of a sentence."""
    by = event.by
    if by.kind == "rule":
        return f"the rule {by.id!r}"
    if by.kind == "system":
        return f"the step {by.id!r}" if by.id else "the clock"
    return by.id or ("the customer" if by.kind == "customer" else f"somebody ({by.kind})")


def _opened(event: e.Opened) -> str:
    what = f", a {event.request_type} request" if event.request_type else ""
    tags = f", tagged {', '.join(sorted(event.tags))}" if event.tags else ""
    by = event.channel or "hand"
    return f"arrives by {by} in {event.tier}, priority {event.priority}{what}{tags}"


def _replied(event: e.Replied | e.BotReplied) -> str:
    then = {"pending": " and waits for the customer", "resolved": " and resolves it"}
    changed = event.status is not event.source
    return f"{who(event)} answers{then.get(event.status, '') if changed else ''}"


def _customer_replied(event: e.CustomerReplied) -> str:
    if event.automatic:
        return "an automatic message comes from the customer"
    what = {"resolved": ", which reopens it", "pending": ", which ends the wait"}
    changed = event.status is not event.source
    return f"the customer writes{what.get(event.source, '') if changed else ''}"


def _closed(event: e.Closed) -> str:
    if event.into:
        return f"{who(event)} merges it into {event.into}"
    return f"{who(event)} {'cancels' if event.cancelled else 'closes'} it"


def _moved(event: e.Moved) -> str:
    verb = {"escalate": "escalates", "return": "returns", "transfer": "transfers"}[event.kind]
    bounce = ", where it has been before" if event.bounce else ""
    return f"{who(event)} {verb} it, {event.source} > {event.target}{bounce}"


def _classified(event: e.Classified) -> str:
    verdict: Verdict = event.verdict
    if verdict.tier is None:
        return f"the classifier abstains: {verdict.reason}"
    sure = "" if verdict.confidence is None else f", {verdict.confidence:.0%} sure"
    placed = f"; it starts in {event.placed}" if event.placed else ""
    return f"the classifier says {verdict.tier}{sure}{placed}"


def _approval_asked(event: e.ApprovalAsked) -> str:
    move = f" to {event.kind} it to {event.target}" if event.kind else ""
    return f"{who(event)} asks {event.receiver} for approval{move}"


def _step_reached(event: e.StepReached) -> str:
    passed = "" if event.held else ", and its condition does not hold"
    return f"{event.clock} reaches {event.step} of {event.target!r}{passed}"


def _advised(event: e.Advised) -> str:
    move = [] if event.move is None else [f"{event.move[0]} it to {event.move[1]}"]
    told = [f"tell {', '.join(event.notify)}"] if event.notify else []
    return f"{event.name!r} would {', '.join([*move, *told, *event.others])}"


def _notify_asked(event: e.NotifyAsked) -> str:
    instead = f" instead of {event.instead_of}" if event.instead_of else ""
    return f"{event.receiver} is told{instead}, about {event.about!r}"


def _assigned(event: e.Assigned) -> str:
    return f"{who(event)} gives it to {event.assignee or 'nobody'}"


def _attempted(event: e.AttemptRecorded) -> str:
    worked = "which worked" if event.attempt.worked else "in vain"
    return f"{who(event)} tries: {event.attempt.what}, {worked}"


SENTENCES: Final[dict[type[Event], Callable[[Any], str]]] = {
    e.Opened: _opened,
    e.StatusChanged: lambda event: f"{who(event)} sets it from {event.source} to {event.status}",
    e.Waiting: lambda event: f"{who(event)} waits for the customer",
    e.Held: lambda event: f"{who(event)} waits for somebody else",
    e.Resumed: lambda event: f"{who(event)} goes on with it",
    e.Resolved: lambda event: f"{who(event)} resolves it",
    e.Reopened: lambda event: f"{who(event)} reopens it",
    e.Closed: _closed,
    e.Taken: lambda event: f"{who(event)} takes it",
    e.Assigned: _assigned,
    e.Replied: _replied,
    e.BotReplied: _replied,
    e.CustomerReplied: _customer_replied,
    e.Noted: lambda event: f"{who(event)} writes a note",
    e.FollowUpWanted: lambda event: "the customer's message wants a ticket of its own",
    e.PrioritySet: lambda event: (
        f"{who(event)} sets the priority from {event.source} to {event.priority}"
    ),
    e.FieldSet: lambda event: f"{who(event)} sets {event.name} to {event.value!r}",
    e.Tagged: lambda event: f"{who(event)} tags it {event.tag}",
    e.Untagged: lambda event: f"{who(event)} takes the tag {event.tag} off",
    e.Linked: lambda event: f"{who(event)} links it to {event.other} as {event.kind}",
    e.RequestTypeSet: lambda event: f"{who(event)} finds that it is a {event.request_type} request",
    e.MilestoneReached: lambda event: f"{who(event)} has checked: {event.milestone}",
    e.AttemptRecorded: _attempted,
    e.HumanRequested: lambda event: f"{who(event)} asks for a person",
    e.Signalled: lambda event: f"{who(event)} signals {event.name}",
    e.Classified: _classified,
    e.Escalated: _moved,
    e.Returned: _moved,
    e.Transferred: _moved,
    e.MoveRefused: lambda event: (
        f"{who(event)} may not move it, {event.source} > {event.target}: {event.why}"
    ),
    e.HandoffAccepted: lambda event: f"{who(event)} accepts the handoff",
    e.Invited: lambda event: f"{who(event)} asks {event.tier} to help",
    e.InvitationAccepted: lambda event: f"{who(event)} helps, from {event.tier}",
    e.InvitationWithdrawn: lambda event: f"{who(event)} needs no help from {event.tier} any more",
    e.ApprovalAsked: _approval_asked,
    e.Approved: lambda event: f"{who(event)} approves request {event.request}",
    e.Declined: lambda event: f"{who(event)} declines request {event.request}",
    e.ApprovalWithdrawn: lambda event: f"{who(event)} takes request {event.request} back",
    e.Promised: lambda event: f"{who(event)} promises a date for {event.clock}",
    e.Rated: lambda event: f"{who(event)} rates it {event.score}",
    e.FeedbackGiven: lambda event: f"{who(event)} has a word on {event.about!r}",
    e.Breached: lambda event: f"the promise {event.target!r} is broken",
    e.StepReached: _step_reached,
    e.IdleReached: lambda event: f"nothing has happened for as long as {event.rule!r} waits",
    e.RuleFired: lambda event: f"the rule {event.rule!r} acts on: {event.on}",
    e.Advised: _advised,
    e.NotifyAsked: _notify_asked,
    e.ClassifyAsked: lambda event: f"{who(event)} asks the classifier to look again",
    e.ReceiverMissed: lambda event: f"nobody stands behind {event.receiver}",
    e.Erased: lambda event: f"{who(event)} has what was written deleted",
    e.Rebased: lambda event: (
        f"{who(event)} {'takes a change of policy back' if event.undoes else 'changes the policy'}: "
        f"{' '.join(event.source)} > {' '.join(event.policy)}"
    ),
    e.Adopted: lambda event: f"{who(event)} has the desk take over, notices: {event.catch_up}",
    e.PathViolated: lambda event: (
        f"the policy does not allow that ({event.why}): {event.source} > {event.target or 'there'}"
    ),
}
"""A sentence for each kind of event."""
