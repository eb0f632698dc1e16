"""The verification of a policy as a whole; :meth:`EscalationPolicy.verify` is its face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from escalate.core.policy import EscalationPolicy
from escalate.verify.difference import compare
from escalate.verify.findings import Report
from escalate.verify.properties.base import Inquiry, Property
from escalate.verify.properties.endless import Endless
from escalate.verify.properties.forgotten import Forgotten, SilentPause
from escalate.verify.properties.lawful import Declared, LeftOpen, Twice
from escalate.verify.properties.order import Ordered, WorstTime
from escalate.verify.properties.promised import Promised
from escalate.verify.properties.protocol import OutOfReach, Unclear, Unfilled
from escalate.verify.properties.shadowed import Disagreeing, Shadowed
from escalate.verify.properties.stranded import Stranded
from escalate.verify.properties.told import Told
from escalate.verify.properties.unused import NeverFires, Unreachable
from escalate.verify.search import Budget, Space, explore

PROPERTIES: Final[tuple[Callable[[], Property], ...]] = (
    Stranded,
    Told,
    Endless,
    Forgotten,
    NeverFires,
    Shadowed,
    Disagreeing,
    Promised,
    Declared,
    Ordered,
    Unreachable,
    WorstTime,
    Unfilled,
    OutOfReach,
    SilentPause,
    LeftOpen,
    Twice,
    Unclear,
)
GRID: Final = "none: any timer that could come next comes next, and clocks may be of any age"
ASSUMPTIONS: Final = (
    "Tickets begin in the policy's entry or where their request type belongs.",
    "Nobody promises a date by hand.",
    "Whoever acts has the roles that it takes; moves and waits are asked for by people.",
    "Nobody invites by hand a tier that the policy neither invites nor gives a time to accept.",
)


def verify(
    policy: EscalationPolicy,
    *,
    against: EscalationPolicy | None = None,
    budget: Budget | None = None,
    strict: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Return what can be proved of *policy*; see :meth:`EscalationPolicy.verify`."""
    properties = [make() for make in PROPERTIES]

    def begin(space: Space) -> None:
        for each in properties:
            each.begin(space)

    watching = [each.watch for each in properties if type(each).watch is not Property.watch]
    space = explore(policy, tuple(watching), budget=budget, progress=progress, begin=begin)
    inquiry = Inquiry(policy, space)
    verdicts = [each.judge(inquiry) for each in properties]
    if against is not None:
        verdicts.append(compare(against, policy, budget))
    return Report(
        policy=(policy.name, policy.version),
        verdicts=tuple(sorted(verdicts, key=lambda each: each.number)),
        states=len(space.nodes),
        steps=space.steps,
        seconds=space.seconds,
        memory_mb=space.memory_mb,
        grid=GRID,
        caps=tuple(space.outliner.caps()),
        assumptions=_assumptions(policy, space),
        opaque=policy.reads.opaque,
        strict=strict,
    )


def _assumptions(policy: EscalationPolicy, space: Space) -> tuple[str, ...]:
    found = list(ASSUMPTIONS)
    if not space.noticed.bots:
        found.append("Bots do not answer customers: no tier is theirs and no promise counts them.")
    if not space.outliner.classifies:
        found.append("No verdicts come in: the policy asks for none, and nothing in it reads one.")
    if any(target.days is not None and target.steps for target in policy.sla.targets):
        found.append("Of steps in working days, any may come before any other.")
    return tuple(found)
