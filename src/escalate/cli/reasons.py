"""Why something happened by itself: the rule or step behind an event, as the policy writes it."""

from __future__ import annotations

from collections.abc import Iterator

from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.explained import deeds
from escalate.core.policy import EscalationPolicy


def causes(event: Event, policy: EscalationPolicy) -> Iterator[str]:
    """Yield what of *policy* brought *event* about, if it was a rule, a step or a promise.

    >>> from escalate import Rule
    >>> policy = EscalationPolicy("desk", ["N1"], rules=[Rule("hi", on="opened", tag="seen")])
    >>> fired = e.RuleFired("hi", "opened", at_us=0, by=None)
    >>> list(causes(fired, policy))
    ["rule 'hi', on opened: tag seen"]
    """
    match event:
        case e.RuleFired(rule=name) | e.IdleReached(rule=name):
            yield from _rule(name, policy)
        case e.StepReached(target=name, step=step):
            yield from _step(name, step, policy)
        case e.Breached(target=name):
            yield from _promise(name, policy)


def _rule(name: str, policy: EscalationPolicy) -> Iterator[str]:
    for rule in policy.rules:
        if rule.name == name:
            where = f" in {', '.join(rule.at)}" if rule.at else ""
            when = f" when {rule.when}" if rule.when is not None else ""
            yield f"rule {name!r}, on {rule.on}{where}{when}: {deeds(rule)}"


def _step(target: str, name: str, policy: EscalationPolicy) -> Iterator[str]:
    for each in policy.sla.targets:
        for step in each.steps if each.name == target else ():
            if step.name == name:
                when = f" when {step.when}" if step.when is not None else ""
                yield f"target {target!r}, step {step.at.text}{when}: {deeds(step)}"


def _promise(target: str, policy: EscalationPolicy) -> Iterator[str]:
    for each in policy.sla.targets:
        if each.name == target:
            amount = each.within if each.days is None else f"{each.days} working days"
            when = f" when {each.when}" if each.when is not None else ""
            yield f"target {target!r} promises {amount} of {each.clock}{when}"
