"""What a finding says, looked at once more in the engine, by other means than those that found it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from escalate import EscalationPolicy
from escalate.core import advance, step
from escalate.core import events as e
from escalate.core.clocks import ClockState
from escalate.core.model import Ticket
from escalate.verify.findings import Finding
from escalate.verify.realising import Trace
from tests.verify.lives import TELLING, Desk, Scene, told

LIVES: Final = 12


def witnessed(policy: EscalationPolicy, finding: Finding) -> str:
    """Return why the story of *finding* does not show what it says; nothing if it does."""
    trace = finding.trace
    if trace is None:
        return ""
    if not replayed(policy, trace):
        return f"{finding.code}: the story ends otherwise when it is replayed"
    return "" if _SHOWS[finding.code](policy, finding, trace) else f"{finding.code}: not shown"


def replayed(policy: EscalationPolicy, trace: Trace) -> bool:
    """Whether the engine, asked anew, gives every event and the end of *trace*."""
    ticket: Ticket | None = None
    for moment in trace.moments:
        if moment.command is None:
            assert ticket is not None
            outcome = advance(ticket, policy, before=moment.at)
        else:
            outcome = step(ticket, moment.command, policy, now=moment.at)
        ticket = outcome.ticket
        if (outcome.events, ticket) != (moment.events, moment.ticket):
            return False
    return ticket == trace.ticket


def _end(trace: Trace) -> Scene:
    last = trace.moments[-1]
    return Scene(last.at, last.command, last.events, last.ticket)


def _silent_after(policy: EscalationPolicy, trace: Trace) -> bool:
    return not any(isinstance(event, TELLING) for event in Desk(policy).left_alone(_end(trace)))


def _forgotten(policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    return trace.ticket.category == "active" and _silent_after(policy, trace)


def _silent_pause(policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    return trace.ticket.category in ("pending", "on_hold") and _silent_after(policy, trace)


def _bare(_policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    running = [c for c in trace.ticket.clocks.values() if c.state is ClockState.RUNNING]
    return trace.ticket.category == "active" and not any(clock.target for clock in running)


def _untold(policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    broken = [x for x in trace.moments[-1].events if isinstance(x, e.Breached)]
    every = (*trace.journal, *Desk(policy).left_alone(_end(trace)))
    told = [x for x in every if isinstance(x, TELLING)]
    return any(not any(x.by.id.startswith(f"{b.target}: ") for x in told) for b in broken)


def _endless(_policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    refused = [x for x in trace.journal if isinstance(x, e.MoveRefused)]
    return any(x.why == "max_automatic" for x in refused)


def _stranded(policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    """Whether no life that was tried leaves for people, from where the story ends."""
    kinds = {tier.name: tier.kind for tier in policy.tiers}
    dice, desk = random.Random(7), Desk(policy)  # noqa: S311 - no secret
    for _ in range(LIVES):
        scene = _end(trace)
        for _ in range(30):
            scene = desk.asked(scene, dice.choice(list(desk.commands(scene.ticket))))
            if kinds[scene.ticket.tier] != "bot":
                return False
    return kinds[trace.ticket.tier] == "bot"


def _empty_handed(policy: EscalationPolicy, _finding: Finding, trace: Trace) -> bool:
    bots = {tier.name for tier in policy.tiers if tier.kind == "bot"}
    moved = [x for x in trace.journal if isinstance(x, e.Moved)]
    return any(x.source in bots and x.handoff.missing for x in moved)


def _disagreeing(_policy: EscalationPolicy, finding: Finding, trace: Trace) -> bool:
    fired = [x.rule for x in trace.journal if isinstance(x, e.RuleFired)]
    return any(repr(name) in finding.sentence for name in fired)


_SHOWS: Final[dict[str, Callable[[EscalationPolicy, Finding, Trace], bool]]] = {
    "forgotten": _forgotten,
    "silent-pause": _silent_pause,
    "no-promise": _bare,
    "nobody-told": _untold,
    "endless-moves": _endless,
    "stranded": _stranded,
    "handoff-never-given": _empty_handed,
    "disagreeing-rules": _disagreeing,
}


def contradicted(policy: EscalationPolicy, finding: Finding, seed: int = 1) -> str:
    """Return a random life in which what *finding* says never happens does; nothing if none was met."""
    dice, desk = random.Random(seed), Desk(policy)  # noqa: S311 - no secret
    seen = happens_never(policy, finding)
    for _ in range(LIVES if seen else 0):
        life = desk.random_life(dice)
        if any(seen(scene) for scene in life):
            return f"{finding.code} at {finding.place}, and it happens: {told(life)}"
    return ""


def happens_never(policy: EscalationPolicy, finding: Finding) -> Callable[[Scene], bool] | None:
    """Return what shows that something happens, if *finding* says that it never does."""
    place = finding.place.replace("]", "").replace(".", "[").split("[")
    if finding.code == "never-fires" and place[0] == "rules":
        name = policy.rules[int(place[1])].name
        return lambda s: any(isinstance(x, e.RuleFired) and x.rule == name for x in s.events)
    if finding.code == "never-fires" and "steps" in place:
        target = policy.sla.targets[int(place[1])]
        step_name = target.steps[int(place[3])].name
        return lambda s: any(
            isinstance(x, e.StepReached)
            and x.held
            and (x.target, x.step) == (target.name, step_name)
            for x in s.events
        )
    if finding.code == "never-fires":
        named = policy.sla.targets[int(place[1])].name
        return lambda s: any(clock.target == named for clock in s.ticket.clocks.values())
    if finding.code == "unreachable" and place[0] == "tiers":
        tier = policy.tiers[int(place[1])].name
        return lambda s: (
            s.ticket.tier == tier
        )  # anybody may invite it by hand, which is no way there
    if finding.code == "unreachable" and place[0] == "paths":
        path = policy.paths[int(place[1])]
        way = (path.source, path.target, path.kind)
        return lambda s: any(
            isinstance(x, e.Moved) and (x.source, x.target, x.kind) == way for x in s.events
        )
    return None


def told_apart(old: EscalationPolicy, new: EscalationPolicy) -> str:
    """Return why the proof does not tell the two versions apart; nothing if it does."""
    verdict = new.verify(against=old).verdict("difference")
    if verdict.answer != "refuted":
        return f"not told apart: {verdict.answer}, {verdict.why}"
    traces = [each.trace for each in verdict.findings if each.trace is not None]
    if not all(replayed(new, trace) for trace in traces):
        return "the ticket on which they differ ends otherwise when it is replayed"
    return ""
