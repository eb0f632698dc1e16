"""What happens to a ticket, and why something is refused, in the words of a handbook."""

from __future__ import annotations

from collections.abc import Iterator

from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.sla import Step, Target
from escalate.core.status import Status
from escalate.errors import ChecksLeft, ConditionNotMet, HandoffIncomplete, NotPermitted, Refused
from escalate.policies.handbook.teller import Teller


def event_words(event: Event, teller: Teller, zone: str) -> Iterator[str]:
    """Yield what *event* says; nothing for what a trainee need not know."""
    text = _timer(event, teller) or _told(event, teller, zone) or _act(event, teller)
    if text:
        yield text


def _timer(event: Event, teller: Teller) -> str:
    say = teller.language.say
    match event:
        case e.Breached(target=name):
            return say("event.breached", promise=_promise(name, teller))
        case e.StepReached(target=name, step=which, held=held):
            key = "event.step" if held else "event.step.not"
            step = _step(name, which, teller)
            at = which if step is None else teller.step_at(step)
            return say(key, promise=_promise(name, teller), at=at)
        case e.RuleFired(rule=rule):
            return say("event.rule", name=teller.language.quoted(rule))
        case e.Advised(name=name):
            return say("event.advised", name=name)
        case _:
            return ""


def _told(event: Event, teller: Teller, zone: str) -> str:
    say = teller.language.say
    match event:
        case e.NotifyAsked(receiver=who, deliver_us=deliver_us) if deliver_us > event.at_us:
            at = teller.language.instant(deliver_us, zone)
            return say("event.notify.later", who=who, at=at)
        case e.NotifyAsked(receiver=who):
            return say("event.notify", who=who)
        case e.ApprovalAsked(receiver=who):
            return say("event.approval", who=who)
        case e.Invited(tier=tier):
            return say("event.invited", tier=tier)
        case _:
            return ""


def _act(event: Event, teller: Teller) -> str:
    say = teller.language.say
    match event:
        case e.Moved(source=source, target=target):
            return say("event.moved", source=source, target=target)
        case e.MoveRefused(why=why, source=source, target=target):
            return say("event.refused", source=source, target=target, why=say(f"why.{why}"))
        case e.PrioritySet(priority=priority):
            return say("event.priority", priority=teller.language.quoted(priority))
        case e.Tagged(tag=tag):
            return say("event.tagged", tag=teller.language.quoted(tag))
        case _:
            return _plain(event, teller)


def _plain(event: Event, teller: Teller) -> str:
    say = teller.language.say
    if isinstance(event, e.MilestoneReached):
        return say("event.milestone", name=event.milestone)
    if isinstance(event, e.CustomerReplied) and Status.RESOLVED in {event.source} - {event.status}:
        return say("event.reopened")
    keys = {
        e.Reopened: "event.reopened",
        e.Resolved: "event.resolved",
        e.FollowUpWanted: "event.followup",
        e.ClassifyAsked: "event.classify",
    }
    key = keys.get(type(event))
    return say(key) if key else ""


def _target(name: str, teller: Teller) -> Target | None:
    return next((each for each in teller.policy.sla.targets if each.name == name), None)


def _promise(name: str, teller: Teller) -> str:
    target = _target(name, teller)
    if target is None:
        return name
    amount = teller.amount(target, None)
    if target.calendar is None:
        amount = teller.plain_amount(target)
    return teller.language.say("target", clock=teller.clock(target.clock), amount=amount)


def _step(name: str, which: str, teller: Teller) -> Step | None:
    target = _target(name, teller)
    steps = () if target is None else target.steps
    return next((step for step in steps if step.name == which), None)


def refusal_words(why: Refused, teller: Teller) -> str:
    """Return why the engine refuses something."""
    say, listed = teller.language.say, teller.language.listed
    match why:
        case HandoffIncomplete(missing=missing):
            fields = listed(say(f"field.{field}") for field in missing)
            return say("refused.handoff", fields=fields)
        case ChecksLeft(left=left):
            return say("refused.checks", checks=listed(left))
        case ConditionNotMet():
            return say("refused.condition")
        case NotPermitted(roles=roles) if roles:
            return say("refused.roles", roles=listed(roles, "or"))
        case _:
            return say("refused.other", code=why.code)
