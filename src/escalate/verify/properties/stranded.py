"""1. Every reachable ticket can still be resolved and closed.

Bad: a bot's tier without a way to people. Whoever comes in there stays there::

    EscalationPolicy("desk", [Tier("bot", kind="bot"), "N1"], [Path("N1", "bot", "return")])

Good: the same with ``Path("bot", "N1")``.
"""

from __future__ import annotations

from escalate.core import commands as c
from escalate.core.status import Status
from escalate.verify.alphabet import Act
from escalate.verify.findings import Finding, Verdict
from escalate.verify.outline import Due
from escalate.verify.properties.base import SPURIOUS, Inquiry, Property
from escalate.verify.realising import Trace


class Stranded(Property):
    """Looks for tickets that nobody can resolve or close, or that machines keep from people."""

    number = 1
    code = "stranded"
    title = "Every ticket can still be resolved by a person, and closed"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        space = inquiry.space
        if not inquiry.complete:
            return self.stopped(inquiry)
        saved = _saved(inquiry)
        lost = [i for i in range(len(space.nodes)) if i not in saved]
        if not lost:
            return self.proved("in every situation somebody can resolve it, and then close it")
        reached = _forward(inquiry)
        findings = []
        tiers = {}
        for number in lost:
            tiers.setdefault(space.nodes[number].ticket.tier, number)
        for tier, number in tiers.items():
            if not reached[number]:
                trace = inquiry.trace(number, lambda life, t=tier: _is_stuck(life, t))  # type: ignore[misc]
                if trace is not None:
                    findings.append(_finding(inquiry, tier, trace))
        if findings:
            return self.refuted("a ticket was followed there", *findings)
        return self.unknown(SPURIOUS)


def _is_stuck(life: Trace, tier: str) -> bool:
    return life.ticket.tier == tier and not life.ticket.status.is_done


def _finding(inquiry: Inquiry, tier: str, trace: Trace) -> Finding:
    index = inquiry.policy.tier_names.index(tier)
    return Finding(
        code=Stranded.code,
        severity="error",
        sentence=f"A ticket in {tier} stays there: nothing that anybody does brings it to people.",
        place=f"tiers[{index}]",
        mend=f"Add a path from {tier} to a tier of people.",
        trace=trace,
    )


def _is_good(inquiry: Inquiry, number: int) -> bool:
    """Whether a person can resolve the ticket here and now, or it is over."""
    space = inquiry.space
    ticket = space.nodes[number].ticket
    acts = dict(space.edges[number])
    if ticket.status is Status.CLOSED:
        return True
    if ticket.status is Status.RESOLVED:
        return any(isinstance(act, c.Close) for act in acts)
    kinds = {tier.name: tier.kind for tier in inquiry.policy.tiers}
    return kinds[ticket.tier] != "bot" and any(
        isinstance(act, c.Resolve) and number not in targets for act, targets in acts.items()
    )


def _saved(inquiry: Inquiry) -> set[int]:
    """Return the situations from which somebody can bring the ticket to a good one, whatever the hour.

    An act counts only if all ways in which it can come out are saved ones: its ages are not for people
    to choose. Of timers, all that could come next must lead to saved ones, and there must be one.
    """
    space = inquiry.space
    saved = {i for i in range(len(space.nodes)) if _is_good(inquiry, i)}
    waiting = set(range(len(space.nodes))) - saved
    while True:
        more = {i for i in waiting if _leads_into(space.edges[i], saved)}
        if not more:
            return saved
        saved |= more
        waiting -= more


def _leads_into(edges: list[tuple[Act, frozenset[int]]], saved: set[int]) -> bool:
    timers = [targets for act, targets in edges if isinstance(act, Due)]
    if timers and all(targets <= saved for targets in timers):
        return True
    return any(targets <= saved for act, targets in edges if not isinstance(act, Due))


def _forward(inquiry: Inquiry) -> list[bool]:
    """Return for each situation whether any way at all leads from it to a good one."""
    space = inquiry.space
    reaches = [_is_good(inquiry, i) for i in range(len(space.nodes))]
    before: list[list[int]] = [[] for _ in space.nodes]
    for source, edges in enumerate(space.edges):
        for _, targets in edges:
            for target in targets:
                before[target].append(source)
    stack = [i for i, good in enumerate(reaches) if good]
    while stack:
        for source in before[stack.pop()]:
            if not reaches[source]:
                reaches[source] = True
                stack.append(source)
    return reaches
