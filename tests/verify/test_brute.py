"""Verdicts against brute force: every sequence of commands and waits to a depth, by the engine alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final

import attrs
from hypothesis import HealthCheck, assume, given, settings

from escalate import EscalationPolicy, Ticket
from escalate.core import events as e
from escalate.core.clocks import ClockState
from escalate.core.status import Status
from escalate.verify.findings import Report
from escalate.verify.search import Budget
from tests.verify.kit.witness import happens_never, witnessed
from tests.verify.lives import TELLING, Desk, Life, Scene, told
from tests.verify.small import small_policies

SMALL: Final = Budget(states=600, seconds=3)
DEPTH: Final = 4
SCENES: Final = 100


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(policy=small_policies())
def test_what_brute_force_breaks_is_never_proved(policy: EscalationPolicy) -> None:
    """Whatever happens in some short life is not denied by a verdict, and what is told happens."""
    report = policy.verify(budget=SMALL)
    assume("budget" not in {verdict.why.partition(":")[0] for verdict in report.verdicts})
    never = [(finding, happens_never(policy, finding)) for finding in report.findings]
    for life in lives(Desk(policy), SCENES):
        for code in broken(policy, life):
            assert report.verdict(code).answer != "proved", f"{code}: {told(life)}"
        for finding, seen in never:
            assert seen is None or not seen(life[-1]), f"{finding.sentence} But: {told(life)}"
    told_by(policy, report)


def told_by(policy: EscalationPolicy, report: Report) -> None:
    """Check that every story is what the engine tells, and shows what it says."""
    for finding in report.findings:
        assert not witnessed(policy, finding), finding.sentence


def lives(desk: Desk, most: int, depth: int = DEPTH) -> Iterator[Life]:
    """Yield every life of up to *depth* acts and waits, the shorter ones first, *most* at most.

    An act that changes nothing is not followed further, nor is a ticket that the engine cannot tell from
    one met before.
    """
    level = [(desk.opened(opening),) for opening in desk.openings]
    seen: set[Hashable] = set()
    for _ in range(depth + 1):
        following: list[Life] = []
        for life in level:
            last = life[-1]
            yield life
            key = last.ticket.shape(desk.policy, now=last.at), _history(life)
            if key in seen or len(seen) >= most:
                continue
            seen.add(key)
            following += ((*life, scene) for scene in _next(desk, last))
        level = following


def _next(desk: Desk, scene: Scene) -> Iterator[Scene]:
    for command in desk.commands(scene.ticket):
        found = desk.asked(scene, command)
        if found.events:
            yield found
    if scene.next_timer is not None:
        yield desk.waited(scene, scene.next_timer)


def _history(life: Life) -> tuple[bool, frozenset[str]]:
    """Return what of the past a verdict may count: whether anybody was told, and by which promises."""
    spoke = [x for scene in life for x in scene.events if isinstance(x, TELLING)]
    return bool(spoke), frozenset(x.by.id.partition(": ")[0] for x in spoke)


def broken(policy: EscalationPolicy, life: Life) -> Iterator[str]:
    """Yield the codes of the properties that the last scene of *life* breaks, beyond any doubt."""
    for event in life[-1].events:
        if isinstance(event, e.MoveRefused) and event.why == "max_automatic":
            yield "endless-moves"
        if isinstance(event, e.Breached) and _untold(policy, life, event):
            yield "nobody-told"
        if isinstance(event, e.Moved) and _empty_handed(policy, event):
            yield "handoff-never-given"
        if isinstance(event, e.Moved) and _undeclared(policy, event):
            yield "undeclared-move"
    yield from _broken_at_rest(policy, life)


def _broken_at_rest(policy: EscalationPolicy, life: Life) -> Iterator[str]:
    last = life[-1]
    ticket = last.ticket
    if ticket.status.is_done and (ticket.requests or ticket.invited or ticket.due_us is not None):
        yield "left-open"
    if ticket.category == "active" and policy.sla.targets and not _promised(ticket):
        yield "no-promise"
    if not ticket.status.is_done and not _history(life)[0] and not _telling_later(policy, last):
        yield "forgotten" if ticket.category == "active" else "silent-pause"
    if _kept_by_a_bot(policy, ticket):
        yield "stranded"
    if len(life) == 1 and _out_of_order(policy, last):
        yield "promises-out-of-order"


def _telling_later(policy: EscalationPolicy, scene: Scene) -> bool:
    return any(isinstance(event, TELLING) for event in Desk(policy).left_alone(scene))


def _untold(policy: EscalationPolicy, life: Life, breach: e.Breached) -> bool:
    every = [event for scene in life for event in scene.events]
    every += Desk(policy).left_alone(life[-1])
    spoke = [x for x in every if isinstance(x, TELLING)]
    return not any(x.by.id.startswith(f"{breach.target}: ") for x in spoke)


def _empty_handed(policy: EscalationPolicy, moved: e.Moved) -> bool:
    bots = {tier.name for tier in policy.tiers if tier.kind == "bot"}
    missing = set(moved.handoff.missing) - {"tried"}
    return moved.source in bots and moved.handoff.automatic and bool(missing)


def _undeclared(policy: EscalationPolicy, moved: e.Moved) -> bool:
    ways = {(path.source, path.target, path.kind) for path in policy.paths}
    return (moved.source, moved.target, moved.kind) not in ways


def _promised(ticket: Ticket) -> bool:
    clocks = ticket.clocks.values()
    return any(clock.state is ClockState.RUNNING and clock.target for clock in clocks)


def _kept_by_a_bot(policy: EscalationPolicy, ticket: Ticket) -> bool:
    kinds = {tier.name: tier.kind for tier in policy.tiers}
    away = any(path.source == ticket.tier for path in policy.paths)
    return kinds[ticket.tier] == "bot" and not away and ticket.status is not Status.CLOSED


def _out_of_order(policy: EscalationPolicy, scene: Scene) -> bool:
    """Whether a ticket of the highest priority, else alike, is owed something later."""
    opening = scene.command
    low = Desk(policy).opened(attrs.evolve(opening, priority=policy.priorities[0]), scene.at)
    high = Desk(policy).opened(attrs.evolve(opening, priority=policy.priorities[-1]), scene.at)
    if low.ticket.tier != high.ticket.tier or low.ticket.status != high.ticket.status:
        return False
    dues = [
        (high.ticket.clocks[name].due_us, clock.due_us)
        for name, clock in low.ticket.clocks.items()
        if name in high.ticket.clocks
    ]
    return any(later is not None and due is not None and later > due for later, due in dues)
