"""Small random policies, in which everything that can go wrong often does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, Receiver, Rule, SLAPolicy, Step, Target, Tier

WHEN: Final = (
    None,
    None,
    None,
    'priority == "high"',
    'status in ("pending", "on_hold")',
    '"vip" in tags',
    "bounces >= 1",
    "reopens >= 1",
    "moves >= 2",
)
ON: Final = ("opened", "customer_replied", "reopened", "entered", "returned", "alarm", "idle")


@st.composite
def small_policies(draw: st.DrawFn) -> EscalationPolicy:
    """Policies of one to three tiers, open around the clock, with a few of everything."""
    names = ["A", "B", "C"][: draw(st.integers(1, 3))]
    first = draw(st.sampled_from(["human", "human", "bot"]))
    ways = draw(_ways(names))
    targets = draw(st.lists(_targets(names, ways), max_size=3))
    return EscalationPolicy(
        "small",
        [Tier(name, kind=first if name == "A" else "human") for name in names],
        ways,
        sla=SLAPolicy(targets),
        rules=draw(st.lists(_rules(names, ways), max_size=3, unique_by=lambda rule: rule.name)),
        receivers=[Receiver("lead", "always")],
        fallback="lead",
        priorities=["normal", "high"],
        max_bounces=draw(st.integers(0, 2)),
        max_automatic=draw(st.sampled_from([2, 3, 16])),
        on_reopen=draw(st.sampled_from(["resume", "new_cycle", "frozen"])),
    )


def _ways(names: Sequence[str]) -> st.SearchStrategy[list[Path]]:
    pairs = [(a, b) for a in names for b in names if a != b]
    if not pairs:
        return st.just([])
    kinds = st.sampled_from(["escalate", "escalate", "return", "transfer"])
    way = st.builds(
        lambda pair, kind, when, asks: Path(*pair, kind, when=when, requires=asks),
        st.sampled_from(pairs),
        kinds,
        st.sampled_from(WHEN),
        st.sampled_from([(), (), ("summary",)]),
    )
    return st.lists(way, min_size=1, max_size=4)


@st.composite
def _targets(draw: st.DrawFn, names: Sequence[str], ways: Sequence[Path]) -> Target:
    tiers = draw(st.sampled_from([(), *((name,) for name in names)]))
    when = draw(st.sampled_from([None, None, 'priority == "high"', '"vip" in tags']))
    clock = draw(st.sampled_from(["ownership", "ownership", "resolution", "first_response"]))
    return Target(
        clock,
        f"{draw(st.integers(1, 4))}h",
        tiers=tiers,
        when=when,
        calendar="always",
        default=not tiers and when is None,
        on_change=draw(st.sampled_from(["keep_start", "restart"])),
        steps=draw(st.lists(_steps(tiers or names, ways), max_size=2)),
    )


def _steps(where: Sequence[str], ways: Sequence[Path]) -> st.SearchStrategy[Step]:
    return st.builds(
        lambda at, when, doing: Step(at, when=when, **doing),
        st.sampled_from(["50%", "100%", "200%"]),
        st.sampled_from(WHEN),
        _doings(where, ways),
    )


@st.composite
def _rules(draw: st.DrawFn, names: Sequence[str], ways: Sequence[Path]) -> Rule:
    on = draw(st.sampled_from(ON))
    at = draw(st.sampled_from([(), *((name,) for name in names)]))
    return Rule(
        draw(st.sampled_from(["r1", "r2", "r3"])),
        on=on,
        at=at,
        after="5h" if on == "idle" else None,
        when=draw(st.sampled_from(WHEN)),
        **draw(_doings(at or names, ways)),
    )


@st.composite
def _doings(draw: st.DrawFn, where: Sequence[str], ways: Sequence[Path]) -> dict[str, Any]:
    moves = [{f"{way.kind}_to": way.target} for way in ways if way.source in where]
    others = [{"notify": "lead"}, {"notify": "lead"}, {"tag": "vip"}, {"set_priority": "high"}]
    doing: dict[str, Any] = draw(st.sampled_from([*others, *moves, *moves]))
    return doing
