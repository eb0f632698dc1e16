"""5 and 11. Everything that is written can come about: rules, steps and targets, tiers, paths and statuses.

Bad: a step behind the one that moves the ticket away::

    Target("ownership", "8h", tiers=["N1"],
           steps=[Step("100%", escalate_to="N2"), Step("150%", notify="lead")])

Good: ``Step("75%", notify="lead")`` before it. What can happen is not taken from the search alone: each rule,
step, tier and path was seen in a real life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from escalate.core import events as e
from escalate.core.clocks import ClockState
from escalate.core.compiled import idle_name
from escalate.core.deciding.clockwork import terms_of
from escalate.core.lifecycle import tiers_without_a_way
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
from escalate.verify.alphabet import Act
from escalate.verify.findings import Finding, Verdict
from escalate.verify.outline import Due
from escalate.verify.properties.base import (
    SEARCHED,
    TRIED,
    Inquiry,
    Property,
    Suspicions,
    place_of_deed,
)
from escalate.verify.realising import Leg, Trace
from escalate.verify.search import Edge
from escalate.verify.telling import entries_ahead, might_fire

SEEN: Final = "each was seen in the life of a real ticket"


class NeverFires(Property):
    """Looks for rules, steps and targets that never come into play."""

    number = 5
    code = "never-fires"
    title = "Every rule, step and target can come into play"

    def __init__(self) -> None:
        self._rules = Suspicions()
        self._steps = Suspicions()

    def watch(self, edge: Edge) -> None:
        """See which rules and steps act."""
        for event in edge.events:
            if isinstance(event, e.RuleFired):
                self._rules.add(event.rule, edge)
            elif isinstance(event, e.MoveRefused) and event.by.kind == "rule":
                self._rules.add(event.by.id, edge)
            elif isinstance(event, e.StepReached) and event.held:
                self._steps.add(f"{event.target}: {event.step}", edge)

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        targets, ahead = _in_play(inquiry)
        dead: list[Finding] = []
        unseen: list[str] = []
        for index, target in enumerate(inquiry.policy.sla.targets):
            if target.name not in targets:
                dead.append(
                    _dead(f"The promise {target.name!r} never applies", f"targets[{index}]")
                )
                continue
            for step in target.steps:
                name = target.deed_name(step)
                what = f"The step at {step.at.text} of {target.name!r} never acts"
                known = self._known(self._steps, name, ahead.get(name, []))
                _sort(inquiry, name, what, known, partial(_step_acts, name), dead, unseen)
        for rule in inquiry.policy.rules:
            known = self._known(self._rules, rule.name, ahead.get(idle_name(rule), []))
            what = f"The rule {rule.name!r} never acts"
            _sort(inquiry, rule.name, what, known, partial(_rule_acts, rule.name), dead, unseen)
        if not inquiry.complete:
            return self.stopped(inquiry)
        if dead:
            return self.refuted(SEARCHED, *dead)
        if unseen:
            return self.unknown(
                f"spurious: no real ticket was seen to bring about {', '.join(unseen)}"
            )
        return self.proved(SEEN)

    @staticmethod
    def _known(seen: Suspicions, name: str, ahead: list[tuple[int, Act]]) -> list[tuple[int, Leg]]:
        ways = [(edge.source, Leg(edge.act, edge.ages)) for edge in seen.kinds.get(name, ())]
        return [*((number, Leg(act, {})) for number, act in ahead), *ways]


def _sort(
    inquiry: Inquiry,
    name: str,
    what: str,
    known: list[tuple[int, Leg]],
    shows: Callable[[Trace], bool],
    dead: list[Finding],
    unseen: list[str],
) -> None:
    if not known:
        dead.append(_dead(what, place_of_deed(inquiry.policy, name)))
    elif not any(inquiry.trace(number, shows, leg) is not None for number, leg in known):
        unseen.append(repr(name))


def _dead(what: str, place: str) -> Finding:
    return Finding(
        code=NeverFires.code,
        severity="warning",
        sentence=f"{what}: no ticket comes to where it would.",
        place=place,
        mend="Take it out, or mend its condition, its tiers or what comes before it.",
    )


def _step_acts(name: str, life: Trace) -> bool:
    return any(
        isinstance(each, e.StepReached) and each.held and f"{each.target}: {each.step}" == name
        for each in life.journal
    )


def _rule_acts(name: str, life: Trace) -> bool:
    return any(
        (isinstance(each, e.RuleFired) and each.rule == name)
        or (isinstance(each, e.MoveRefused) and each.by.id == name)
        for each in life.journal
    )


def _in_play(inquiry: Inquiry) -> tuple[set[str], dict[str, list[tuple[int, Act]]]]:
    """Return the targets that apply somewhere, and for what only tells, where its time may come."""
    space = inquiry.space
    targets: set[str] = set()
    ahead: dict[str, list[tuple[int, Act]]] = {}
    for number, node in enumerate(space.nodes):
        for clock in node.ticket.clocks.values():
            if clock.target is not None:
                targets.add(clock.target)
            if clock.state is not ClockState.RUNNING:
                continue
            terms = terms_of(space.policy.compiled, clock)
            for entry, deed in entries_ahead(clock, terms, space.noticed):
                found = ahead.setdefault(entry.name, [])
                if len(found) < TRIED and might_fire(node.ticket, deed, space.noticed):
                    found.append((number, Due(clock.name, entry.name)))
    return targets, {name: found for name, found in ahead.items() if found}


class Unreachable(Property):
    """Looks for tiers, paths and statuses that no ticket comes to; an invitation reaches a tier, too."""

    number = 11
    code = "unreachable"
    title = "Every tier, path and status can be reached"

    def __init__(self) -> None:
        self._seen = Suspicions()

    def watch(self, edge: Edge) -> None:
        """See where tickets come to."""
        ticket = edge.ticket
        self._see(f"tier {ticket.tier}", edge)
        self._see(f"status {ticket.status}", edge)
        for event in edge.events:
            if isinstance(event, e.Moved):
                self._see(f"tier {event.target}", edge)
                self._see(f"{event.kind} {event.source} > {event.target}", edge)
            elif isinstance(event, e.ApprovalAsked) and event.kind is not None:
                self._see(f"{event.kind} {ticket.tier} > {event.target}", edge)
            elif isinstance(event, e.Invited):
                self._see(f"tier {event.tier}", edge)

    def _see(self, what: str, edge: Edge) -> None:
        self._seen.add(what, edge)

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        dead, unseen = [], []
        for what, kind, place in _things(inquiry):
            if what not in self._seen.kinds:
                dead.append(_out_of_reach(inquiry.policy, kind, place))
            elif self._seen.shown(inquiry, what, partial(_comes_to, what)) is None:
                unseen.append(kind)
        if not inquiry.complete:
            return self.stopped(inquiry)
        if dead:
            return self.refuted(SEARCHED, *dead)
        if unseen:
            return self.unknown(f"spurious: no real ticket was seen to reach {', '.join(unseen)}")
        return self.proved(SEEN)


def _things(inquiry: Inquiry) -> Iterator[tuple[str, str, str]]:
    for i, tier in enumerate(inquiry.policy.tiers):
        yield f"tier {tier.name}", f"the tier {tier.name}", f"tiers[{i}]"
    for i, path in enumerate(inquiry.policy.paths):
        way = f"{path.kind} {path.source} > {path.target}"
        yield way, f"the path {path.source} > {path.target} ({path.kind})", f"paths[{i}]"
    for status in Status:
        yield f"status {status}", f"the status {status}", ""


def _comes_to(what: str, life: Trace) -> bool:
    for moment in life.moments:
        if any(_matches(what, event, moment.ticket) for event in moment.events):
            return True
    return False


def _matches(what: str, event: e.Event, ticket: Ticket) -> bool:
    reached = [f"tier {ticket.tier}", f"status {ticket.status}"]
    if isinstance(event, e.Moved):
        reached += [f"tier {event.target}", f"{event.kind} {event.source} > {event.target}"]
    if isinstance(event, e.ApprovalAsked):
        reached.append(f"{event.kind} {ticket.tier} > {event.target}")
    if isinstance(event, e.Invited):
        reached.append(f"tier {event.tier}")
    return what in reached


def _out_of_reach(policy: EscalationPolicy, kind: str, place: str) -> Finding:
    cut_off = kind in {f"the tier {name}" for name in _cut_off(policy)}
    why = "no chain of paths leads there" if cut_off else "what leads there never happens"
    return Finding(
        code=Unreachable.code,
        severity="warning",
        sentence=f"No ticket ever comes to {kind}: {why}.",
        place=place,
        mend="Add a path there, or take it out."
        if cut_off
        else "Mend its conditions, or take it out.",
    )


def _cut_off(policy: EscalationPolicy) -> frozenset[str]:
    starts = [(policy.entry_tier, each.tier) for each in policy.request_types if each.tier]
    ways = [(path.source, path.target) for path in policy.paths]
    return tiers_without_a_way(policy.tier_names, policy.entry_tier, [*starts, *ways])
