"""Verdicts against brute force: nothing that trying everything finds is ever called proved."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, Receiver, Rule, SLAPolicy, Step, Target
from escalate.core import events as e
from escalate.verify.search import Budget
from tests.verify.enumerated import lives, usual

TIERS: Final = ("N1", "N2", "N3")
WAITS: Final = (timedelta(hours=9), timedelta(days=5))


@st.composite
def small(draw: st.DrawFn) -> EscalationPolicy:
    """Policies of two or three tiers, a few paths, timers and rules, with low limits."""
    tiers = TIERS[: draw(st.integers(2, 3))]
    pairs = [(a, b) for a in tiers for b in tiers if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=4, unique=True))
    kinds = [draw(st.sampled_from(["escalate", "escalate", "return"])) for _ in chosen]
    paths = [Path(a, b, kind) for (a, b), kind in zip(chosen, kinds, strict=True)]  # type: ignore[arg-type]
    targets, rules = [], []
    for path in paths:
        deed = {"escalate_to" if path.kind == "escalate" else "return_to": path.target}
        what = draw(st.sampled_from(["step", "rule", "notice", "nothing"]))
        if what == "step":
            targets.append(
                Target("ownership", "8h", tiers=[path.source], steps=[Step("100%", **deed)])
            )
        elif what == "notice":
            told = [Step("100%", notify="lead")]
            targets.append(Target("ownership", "8h", tiers=[path.source], steps=told))
        elif what == "rule":
            name = f"{path.source} {path.target} {path.kind}"
            rules.append(Rule(name, on="alarm", at=[path.source], **deed))
    if draw(st.booleans()):
        steps = [Step("100%", notify="lead")] if draw(st.booleans()) else []
        targets.append(Target("resolution", "40h", default=True, steps=steps))
    if draw(st.booleans()):
        waits = draw(st.sampled_from([None, 'status == "pending"', 'status == "on_hold"']))
        rules.append(Rule("pause", on="idle", after="3d", when=waits, notify="lead"))
    return EscalationPolicy(
        "small",
        tiers,
        paths,
        sla=SLAPolicy(targets),
        rules=rules,
        receivers=[Receiver("lead")],
        fallback="lead",
        max_bounces=draw(st.integers(0, 2)),
        max_automatic=draw(st.integers(1, 2)),
        priorities=("normal", "urgent"),
    )


@settings(max_examples=12, deadline=None)
@given(policy=small())
def test_what_brute_force_finds_is_never_called_proved(policy: EscalationPolicy) -> None:
    """Endless moves, silent breaches, tiers out of reach: the verdict agrees with trying everything."""
    report = policy.verify(budget=Budget(seconds=20))
    tiers, endless, silent = {"N1"}, False, False
    for ticket, journal in lives(policy, usual(policy), WAITS, 3):
        tiers.add(ticket.tier)
        endless |= any(isinstance(x, e.MoveRefused) and x.why == "max_automatic" for x in journal)
        silent |= _is_silent(journal)
    assert not (endless and report.verdict("endless-moves").answer == "proved")
    assert not (silent and report.verdict("nobody-told").answer == "proved")
    lost = report.verdict("unreachable")
    called = {each.sentence for each in lost.findings}
    assert not {f"No ticket ever comes to the tier {tier}." for tier in tiers} & called
    if tiers == set(policy.tier_names) and lost.answer == "refuted":
        assert all("the path" in sentence for sentence in called)


def _is_silent(journal: tuple[e.Event, ...]) -> bool:
    """Whether a promise was broken and no step of it, before or after, told anybody or moved."""
    broken = {x.target for x in journal if isinstance(x, e.Breached)}
    spoke = (e.NotifyAsked, e.Moved, e.MoveRefused)
    heard = {x.by.id.rpartition(": ")[0] for x in journal if isinstance(x, spoke)}
    return bool(broken - heard)
