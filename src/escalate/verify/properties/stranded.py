"""1. Every reachable ticket can still be resolved and closed.

Bad: a bot's tier without a way to people. Whoever comes in there stays there::

    EscalationPolicy("desk", [Tier("bot", kind="bot"), "N1"], [Path("N1", "bot", "return")])

Good: the same with ``Path("bot", "N1")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

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
        findings = [*_unresolvable(inquiry)]
        saved = _saved(inquiry)
        lost = [i for i in range(len(space.nodes)) if i not in saved and _needs_people(inquiry, i)]
        reached = _forward(inquiry) if lost else []
        tiers: dict[str, int] = {}
        for number in lost:
            if not reached[number]:
                tiers.setdefault(space.nodes[number].ticket.tier, number)
        for tier, number in tiers.items():
            trace = inquiry.trace(number, partial(_is_stuck, tier))
            if trace is not None:
                findings.append(_stuck(inquiry, tier, trace))
        if findings:
            return self.refuted("a ticket was followed there", *findings)
        if lost:
            return self.unknown(SPURIOUS)
        return self.proved("in every situation somebody can resolve it, and then close it")


def _unresolvable(inquiry: Inquiry) -> Iterator[Finding]:
    """Yield where the engine refuses everybody who would resolve or close; none is known to."""
    verbs = {False: c.Resolve, True: c.Close}
    for number, node in enumerate(inquiry.space.nodes):
        status = node.ticket.status
        verb = verbs[status is Status.RESOLVED]
        if status is Status.CLOSED or any(
            isinstance(a, verb) for a, _ in inquiry.space.edges[number]
        ):
            continue
        tier = node.ticket.tier
        trace = inquiry.trace(number, partial(_is_refused, status))
        if trace is not None:
            yield _finding(
                inquiry, tier, f"Nobody can {verb.__name__.lower()} a ticket in {tier}.", trace
            )
            return


def _is_refused(status: Status, life: Trace) -> bool:
    return life.ticket.status is status


def _is_stuck(tier: str, life: Trace) -> bool:
    return life.ticket.tier == tier and not life.ticket.status.is_done


def _stuck(inquiry: Inquiry, tier: str, trace: Trace) -> Finding:
    sentence = f"A ticket in {tier} stays there: nothing that anybody does brings it to people."
    return _finding(inquiry, tier, sentence, trace)


def _finding(inquiry: Inquiry, tier: str, sentence: str, trace: Trace) -> Finding:
    return Finding(
        code=Stranded.code,
        severity="error",
        sentence=sentence,
        place=f"tiers[{inquiry.policy.tier_names.index(tier)}]",
        mend=f"Add a path from {tier} to a tier of people.",
        trace=trace,
    )


def _needs_people(inquiry: Inquiry, number: int) -> bool:
    """Whether the ticket is with machines, and not over."""
    ticket = inquiry.space.nodes[number].ticket
    kinds = {tier.name: tier.kind for tier in inquiry.policy.tiers}
    return kinds[ticket.tier] == "bot" and not ticket.status.is_done


def _is_good(inquiry: Inquiry, number: int) -> bool:
    """Whether the ticket is with people, and not over."""
    ticket = inquiry.space.nodes[number].ticket
    return not _needs_people(inquiry, number) and not ticket.status.is_done


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
