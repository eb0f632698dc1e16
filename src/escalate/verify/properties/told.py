"""2. Every promise that can be broken has somebody who is told, at hours when somebody is awake.

Bad: a promise that nobody is behind::

    Target("ownership", "8h", tiers=["N2"])

Good: the same with ``steps=[Step("100%", notify="tier_lead")]``. A step tells if it notifies, invites, asks
for approval, or moves the ticket and may. Who sleeps when the step speaks counts as told if the policy's
``fallback`` is awake, and that is a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

import attrs

from escalate.core import events as e
from escalate.core.clocks import BREACH, ClockState
from escalate.core.deciding.clockwork import terms_of
from escalate.core.policy import EscalationPolicy
from escalate.core.sla import Step, Target
from escalate.verify.findings import Finding, Verdict
from escalate.verify.hours import first_uncovered
from escalate.verify.missing import Overtaken, passed_by
from escalate.verify.outline import Due
from escalate.verify.properties.base import SEARCHED, SPURIOUS, TRIED, Inquiry, Property
from escalate.verify.realising import Leg, Trace
from escalate.verify.search import Edge, Space
from escalate.verify.telling import entries_ahead, tells


class Told(Property):
    """Looks for promises that can be broken with nobody told, or only people who sleep."""

    number = 2
    code = "nobody-told"
    title = "Whenever a promise is broken, somebody is told who is awake"

    def __init__(self) -> None:
        self._overtaken = Overtaken()

    def begin(self, space: Space) -> None:
        """Learn whose words may be passed by."""
        self._overtaken.begin(space)

    def watch(self, edge: Edge) -> None:
        """See whether a change of terms passes a word by."""
        self._overtaken.watch(edge)

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        findings: list[Finding] = []
        spurious = False
        for target, nodes in _silent(inquiry, self._overtaken.late).items():
            trace = _shown(inquiry, target, nodes) or _overtaken(inquiry, self._overtaken, target)
            spurious |= trace is None
            if trace is not None:
                findings.append(_finding(inquiry, target, trace))
        asleep = list(_asleep(inquiry))
        notes = [each for each in asleep if each.severity == "note"]
        findings += [each for each in asleep if each.severity != "note"]
        if findings:
            return self.refuted("a ticket was followed", *findings, *notes)
        if spurious:
            return self.unknown(SPURIOUS, findings=tuple(notes))
        if not inquiry.complete:
            return self.stopped(inquiry, findings=tuple(notes))
        return self.proved(SEARCHED, findings=tuple(notes))


def _silent(inquiry: Inquiry, late: frozenset[str]) -> dict[str, list[tuple[int, str]]]:
    """Return, for each target, the situations in which it applies and would be broken in silence.

    A step that speaks in every situation in which its target applies clears the target: whatever becomes
    of the ticket meanwhile, that step is heard.
    """
    speaks: dict[str, set[str]] = {}
    silent: dict[str, list[tuple[int, str]]] = {}
    for number, node in enumerate(inquiry.space.nodes):
        for clock in node.ticket.clocks.values():
            if clock.state is not ClockState.RUNNING or clock.target is None:
                continue
            terms = terms_of(inquiry.space.policy.compiled, clock)
            heard = {
                deed.name
                for _, deed in entries_ahead(clock, terms, inquiry.space.noticed)
                if tells(node.ticket, deed, inquiry.space.noticed)
            }
            if clock.target in late:
                heard -= passed_by(node.ticket, clock, inquiry.space).keys()
            always = speaks.setdefault(clock.target, set(heard))
            always &= heard
            found = silent.setdefault(clock.target, [])
            if not heard and len(found) < TRIED:
                found.append((number, clock.name))
    return {target: found for target, found in silent.items() if not speaks[target]}


def _shown(inquiry: Inquiry, target: str, nodes: list[tuple[int, str]]) -> Trace | None:
    for number, clock in nodes:
        trace = inquiry.trace(
            number, lambda life: _breaks_in_silence(life, target), Due(clock, BREACH)
        )
        if trace is not None:
            return trace
    return None


def _overtaken(inquiry: Inquiry, overtaken: Overtaken, target: str) -> Trace | None:
    """Return a life in which a change of terms passes by what *target* would have told."""
    shows = partial(_breaks_in_silence, target=target)
    for way in islice(overtaken.ways(target), TRIED):
        for age in way.ages:
            change = Leg(way.act, {way.clock: age})
            for further in ((change,), (change, Due(way.clock, BREACH))):
                trace = inquiry.trace(way.source, shows, *further)
                if trace is not None:
                    return trace
    return None


def _breaks_in_silence(life: Trace, target: str) -> bool:
    """Whether *target* was broken at the end of *life* and no step of it spoke."""
    last = life.moments[-1].events
    broken = [event for event in last if isinstance(event, e.Breached) and event.target == target]
    spoke = (e.NotifyAsked, e.Moved, e.Invited, e.ApprovalAsked)
    mine = f"{target}: "
    heard = any(isinstance(each, spoke) and each.by.id.startswith(mine) for each in life.journal)
    return bool(broken) and not heard


def _finding(inquiry: Inquiry, name: str, trace: Trace) -> Finding:
    index, target = _target(inquiry, name)
    clock = target.clock.replace("_", " ")
    return Finding(
        code=Told.code,
        severity="error",
        sentence=f"When the promise {name!r} ({clock}) is broken, nobody is told.",
        place=f"targets[{index}]",
        mend='Give it a step that tells somebody: { at = "100%", notify = "..." }.',
        trace=trace,
    )


def _target(inquiry: Inquiry, name: str) -> tuple[int, Target]:
    for index, target in enumerate(inquiry.policy.sla.targets):
        if target.name == name:
            return index, target
    raise KeyError(name)


def _asleep(inquiry: Inquiry) -> Iterator[Finding]:
    """Yield steps that may speak while everybody whom they tell sleeps."""
    policy = inquiry.policy
    for i, target in enumerate(policy.sla.targets):
        tiers = target.tiers or policy.tier_names
        names = {target.calendar} if target.calendar else {policy.calendar_name(t) for t in tiers}
        for j, step in enumerate(target.steps):
            if step.notify and step.deliver == "now":
                found = (
                    _sleeps(policy, target, step, str(name)) for name in sorted(map(str, names))
                )
                worst = min(
                    (f for f in found if f), key=lambda f: f.severity == "note", default=None
                )
                if worst is not None:
                    yield attrs.evolve(worst, place=f"targets[{i}].steps[{j}]")


def _sleeps(policy: EscalationPolicy, target: Target, step: Step, name: str) -> Finding | None:
    """Return what there is to say of *step* when it counts in the calendar *name*."""
    hours = policy.compiled.receivers
    told = [policy.calendar(hours[receiver]) for receiver in step.notify]
    if first_uncovered(policy.calendar(name), told) is None:
        return None
    whom = " and ".join(step.notify)
    about = f"The step at {step.at.text} of {target.name!r} may speak when {whom} cannot be reached"
    also = [*told, policy.calendar(hours[policy.fallback])] if policy.fallback else told
    when = first_uncovered(policy.calendar(name), also)
    if when is None:
        sentence = f"{about}; then the fallback, {policy.fallback}, is told."
        return Finding(code="only-fallback", severity="note", sentence=sentence)
    return Finding(
        code="nobody-awake",
        severity="warning",
        sentence=f"{about}, nor can the fallback, {policy.fallback}, as on {when}.",
        mend='Tell somebody who can be reached then, or add deliver = "opening".',
    )
