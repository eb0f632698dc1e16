"""A defect far from the start is found every time; lives taken at random seldom come there."""

from __future__ import annotations

import itertools
import random

from escalate import EscalationPolicy, Path, Receiver, SLAPolicy, Step, Target
from escalate.core import commands as c
from escalate.core import step
from escalate.testing import START

DEPTH = 23
TIERS = [f"L{i}" for i in range(DEPTH + 1)]
DEEP = EscalationPolicy(
    "deep",
    TIERS,
    [
        *(Path(a, b) for a, b in itertools.pairwise(TIERS)),
        *(Path(tier, TIERS[0], "return") for tier in TIERS[1:-1]),
    ],
    sla=SLAPolicy(
        [
            Target("resolution", "9h", tiers=TIERS[-1:]),
            Target("resolution", "9h", default=True, steps=[Step("100%", notify="lead")]),
        ]
    ),
    receivers=[Receiver("lead")],
    fallback="lead",
    max_bounces=1_000_000,
)


def test_a_defect_at_depth_23_is_found() -> None:
    """Only in the last of 24 tiers is nobody told, 23 moves from the start."""
    policy = EscalationPolicy(
        "deep",
        TIERS,
        [Path(a, b) for a, b in itertools.pairwise(TIERS)],
        sla=DEEP.sla,
        receivers=DEEP.receivers,
        fallback="lead",
    )
    verdict = policy.verify().verdict("nobody-told")
    assert verdict.answer == "refuted"
    (finding,) = verdict.findings
    assert finding.trace is not None
    assert finding.trace.ticket.tier == TIERS[-1]
    assert finding.trace.ticket.moves == DEPTH


def test_lives_at_random_seldom_come_there() -> None:
    """Ten thousand acts at random, in a desk that sends back as easily as on, never reach the end."""
    dice = random.Random(7)  # noqa: S311 - no secret
    ticket = step(None, c.Open("T-1"), DEEP, now=START).ticket
    furthest = 0
    for _ in range(10_000):
        assert ticket is not None
        here = TIERS.index(ticket.tier)
        furthest = max(furthest, here)
        command = c.Return("no", TIERS[0]) if dice.random() < 0.5 else c.Escalate()
        ticket = step(ticket, command, DEEP, now=START).ticket
    assert furthest < DEPTH
