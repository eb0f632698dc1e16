"""13, 14 and 19: handoffs that nobody fills, milestones that nobody reaches, requests told apart by nothing.

Bad: a path out of a bot's tier that requires a summary, when only rules take it; a rule that waits for a
check of another request::

    Rule("known", on="milestone", when='request_type == "printer" and reached("password_verified")', ...)

Good: what the record holds (``tried``), and a check of that very request.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from escalate.core import events as e
from escalate.core.checking import condition
from escalate.core.condition.ranges import Flags, Words
from escalate.core.conditions import Case, Condition
from escalate.core.policy import EscalationPolicy
from escalate.errors import TooManyCases
from escalate.verify.findings import Finding, Verdict
from escalate.verify.properties.base import SEARCHED, SPURIOUS, Inquiry, Property, Suspicions
from escalate.verify.realising import Trace
from escalate.verify.search import Edge, Space

_CASES: Final = "by the cases of the conditions"


class Unfilled(Property):
    """Looks for required handoff fields that machines hand over empty."""

    number = 13
    code = "handoff-never-given"
    title = "What a path requires to be handed over, somebody on the way can give"

    def __init__(self) -> None:
        self._empty = Suspicions()
        self._bots: frozenset[str] = frozenset()

    def begin(self, space: Space) -> None:
        """Learn where machines work: there nobody writes a summary, so only the record is handed over."""
        self._bots = frozenset(tier.name for tier in space.policy.tiers if tier.kind == "bot")

    def watch(self, edge: Edge) -> None:
        """See what is handed over empty."""
        for event in edge.events:
            if isinstance(event, e.Moved) and event.source in self._bots:
                for field in _never(event):
                    self._empty.add(f"{event.source} > {event.target}: {field}", edge)

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        findings, spurious = [], False
        for what in self._empty.kinds:
            trace = self._empty.shown(inquiry, what, partial(_handed_over_empty, what))
            if trace is None:
                spurious = True
            else:
                findings.append(_empty(inquiry.policy, what, trace))
        if findings:
            return self.refuted("a ticket was followed", *findings)
        if spurious:
            return self.unknown(SPURIOUS)
        return self.proved(SEARCHED) if inquiry.complete else self.stopped(inquiry)


def _never(event: e.Moved) -> list[str]:
    """Return the fields that are required and missing, and that no record could have held."""
    if not event.handoff.automatic:
        return []
    return [field for field in event.handoff.missing if field != "tried"]


def _handed_over_empty(what: str, life: Trace) -> bool:
    return any(
        f"{event.source} > {event.target}: {field}" == what
        for event in life.journal
        if isinstance(event, e.Moved)
        for field in _never(event)
    )


def _empty(policy: EscalationPolicy, what: str, trace: Trace) -> Finding:
    way, _, field = what.partition(": ")
    index = next(i for i, p in enumerate(policy.paths) if f"{p.source} > {p.target}" == way)
    return Finding(
        code=Unfilled.code,
        severity="warning",
        sentence=f"The path {way} requires {field!r}, and the bot's tier hands over none.",
        place=f"paths[{index}].requires",
        mend="Require only what the record holds (tried), or let a person take the path.",
        trace=trace,
    )


class OutOfReach(Property):
    """Looks for conditions that wait for a milestone that nobody goes through."""

    number = 14
    code = "milestone-out-of-reach"
    title = "Every milestone that something waits for can be reached"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        policy = inquiry.policy
        findings = []
        try:
            for place, when in _conditions(policy):
                lost = _lost(policy, when)
                if lost:
                    findings.append(_waits(place, lost))
        except TooManyCases as why:
            return self.unknown(f"budget: {why}")
        if findings:
            return self.refuted(_CASES, *findings)
        return self.proved(_CASES)


def _conditions(policy: EscalationPolicy) -> Iterator[tuple[str, Condition]]:
    written: list[tuple[str, Any]] = []
    for i, path in enumerate(policy.paths):
        written.append((f"paths[{i}].when", path.when))
    for i, target in enumerate(policy.sla.targets):
        written.append((f"targets[{i}].when", target.when))
        written += [(f"targets[{i}].steps[{j}].when", s.when) for j, s in enumerate(target.steps)]
    written += [(f"rules[{i}].when", rule.when) for i, rule in enumerate(policy.rules)]
    for place, when in written:
        read = condition(when, policy.vocabulary, "when", clock=True)
        if isinstance(read, Condition) and "milestones" in read.reads:
            yield place, read


def _lost(policy: EscalationPolicy, when: Condition) -> str:
    """Return a milestone that every case of *when* waits for in vain; nothing if one may come true."""
    lost = [_lost_in(policy, case) for case in when.ranges()]
    return lost[0] if lost and all(lost) else ""


def _lost_in(policy: EscalationPolicy, case: Case) -> str:
    kinds = case.get("request_type")
    for key, allowed in case.items():
        name, _, milestone = key.partition(".")
        if name != "milestones" or not isinstance(allowed, Flags) or False in allowed:
            continue
        if not any(
            check.milestone == milestone and _somebody_asks(policy, check.who)
            for each in policy.request_types
            if not isinstance(kinds, Words) or each.name in kinds
            for check in each.checklist
        ):
            return milestone
    return ""


def _somebody_asks(policy: EscalationPolicy, who: str) -> bool:
    return who != "bot" or any(tier.kind == "bot" for tier in policy.tiers)


def _waits(place: str, milestone: str) -> Finding:
    return Finding(
        code=OutOfReach.code,
        severity="warning",
        sentence=f"This waits for {milestone!r}, a check that nobody goes through in such a ticket.",
        place=place,
        mend="Name a check of that request, or add it to the request's checklist with somebody who does it.",
    )


class Unclear(Property):
    """Looks for requests that nobody can tell apart; what no tier handles, no policy file can say."""

    number = 19
    code = "request-unclear"
    title = "Every request has a tier, and no two are told apart by nothing"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        types = inquiry.policy.request_types
        findings = []
        for j, later in enumerate(types):
            for first in types[:j]:
                meet = not first.channels or not later.channels
                meet = meet or bool(set(first.channels) & set(later.channels))
                if _plain(first.name) == _plain(later.name) and meet:
                    findings.append(_alike(j, first.name, later.name))
        if findings:
            return self.refuted("by their names and channels", *findings)
        return self.proved(
            "by their names and channels; each begins in its tier, else in the entry"
        )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _alike(index: int, first: str, later: str) -> Finding:
    return Finding(
        code=Unclear.code,
        severity="warning",
        sentence=f"The requests {first!r} and {later!r} can be told apart by nothing that people say.",
        place=f"request_types[{index}]",
        mend="Give one of them another name, or other channels.",
    )
