"""Laws on rules and classification (SEMANTICS 4 and 5.7)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import (
    EscalationPolicy,
    Path,
)
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import step
from escalate.core.model import Verdict
from escalate.core.protocol import Receiver
from escalate.core.rules import Rule
from escalate.errors import TooManyMoves
from escalate.testing import Stride, walk
from tests.core.busy_desk import (
    ANN,
    AUTOMATIC,
    CHANGES,
    CHECKS,
    EVERYTHING,
    HOLDS,
    MOVES,
    OPEN_WAYS,
    PLAIN,
    TALK,
    TIERS,
    WAYS,
    busy_lives,
    busy_policies,
    moments,
)

SHAKY: Final = (
    *(None, '"vip" in tags', '"vip" not in tags'),
    *('priority >= "high"', 'priority == "low"', 'priority == "normal"'),
)
SPOKEN: Final[tuple[dict[str, Any], ...]] = (
    {"tag": "vip"},
    {"set_priority": "high"},
    {"set_priority": "low"},
    {"notify": "lead"},
    {"escalate_to": "N2"},
    {"escalate_to": "N3"},
    {"tag": "vip", "transfer_to": "N3"},
)


@given(
    st.lists(st.tuples(st.sampled_from(SPOKEN), st.sampled_from(SHAKY)), min_size=2, max_size=6),
    st.lists(st.sampled_from([d for d in CHANGES if not isinstance(d, c.Classify)]), max_size=3),
)
def test_law_4_rules_are_judged_together_and_act_in_turn(
    written: list[tuple[dict[str, Any], str | None]], before: list[c.Command]
) -> None:
    """4.3: all are judged before any acts; they act as declared, of those that move only the first, last."""
    rules = [
        Rule(f"rule {number}", on="storm", when=when, **doing)
        for number, (doing, when) in enumerate(written)
    ]
    policy = EscalationPolicy(
        "turns",
        TIERS,
        [Path(*way) for way in WAYS],
        rules=[*rules, Rule("outage", on="outage", notify="lead")],
        receivers=[Receiver("lead")],
        fallback="lead",
        request_types=busy_request_types(),
    )
    result = walk(policy, [Stride(command) for command in before])
    outcome = step(result.ticket, c.Signal("storm"), policy, now=result.end)
    matching = [rule for rule in rules if HOLDS[rule.when](result.ticket)]
    still = [rule.name for rule in matching if rule.move is None]
    movers = [rule.name for rule in matching if rule.move is not None]
    fired = [event.rule for event in outcome.events if isinstance(event, e.RuleFired)]
    assert fired == [*still, *movers[:1]]
    moved = [event.by.id for event in outcome.events if isinstance(event, e.Moved)]
    assert len(moved) <= 1
    assert moved in ([], movers[:1])


def busy_request_types() -> list[Any]:
    """The request types that the deeds of a busy desk name."""
    from escalate.core.protocol import Check, RequestType

    return [RequestType("login", "N1", checklist=map(Check, CHECKS))]


RESTING: Final = [
    Rule("rests", on="outage", notify="lead", times=4, cooldown="2m"),
    Rule("once", on="outage", notify="manager", at=["N1", "N2"]),
]


@given(
    busy_policies() | busy_policies(rules=RESTING),
    busy_lives((*CHANGES, *[c.Signal("outage", by=ANN)] * 16, *TALK, *MOVES), least=8, most=16),
)
def test_law_4_a_rule_fires_so_often_in_a_stay_and_rests_between(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """4.3: at most ``times`` in one stay in a tier, in its tiers only, and spaced by its cooldown."""
    rules = {rule.name: rule for rule in policy.rules}
    fired: dict[str, list[int]] = {}
    for moment in moments(walk(policy, life).journal):
        event = moment.event
        if isinstance(event, e.Moved) or getattr(event, "placed", None):
            fired = {}
        if isinstance(event, e.RuleFired):
            rule, times = rules[event.rule], fired.setdefault(event.rule, [])
            assert not rule.at or moment.before.tier in rule.at
            assert len(times) < rule.times
            if times and rule.cooldown_us:
                assert event.at_us - times[-1] >= rule.cooldown_us
            times.append(event.at_us)


RESTLESS: Final = [
    Rule("up", on="customer_replied", escalate_to="N2", times=9),
    Rule("down", on="entered", at=["N2"], return_to="N1", times=9),
    Rule("again", on="returned", escalate_to="N2", times=9),
    Rule("asleep", on="idle", after="3m", escalate_to="N3", times=9),
]


@given(
    busy_policies(paths=OPEN_WAYS, max_bounces=99, rules=RESTLESS, max_automatic=2)
    | busy_policies(paths=OPEN_WAYS, max_automatic=1),
    busy_lives(EVERYTHING),
)
def test_law_7_a_person_must_act_between_so_many_automatic_moves(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """4.4, 5.7: rules and timers together move no further than max_automatic; only then they are refused."""
    moved = 0
    for moment in moments(walk(policy, life).journal):
        event = moment.event
        if event.by.kind in ("agent", "customer"):
            moved = 0
        elif isinstance(event, e.Moved) and event.by.kind in AUTOMATIC:
            moved += 1
        assert moved <= policy.max_automatic
        assert moment.after.automatic == moved
        if isinstance(event, e.MoveRefused) and event.why == TooManyMoves("", 0).violates:
            assert moved == policy.max_automatic


TOUCHED: Final[tuple[tuple[c.Command, ...], ...]] = (
    *((), (c.CustomerReply("hello"),), (c.Note("aside", by=ANN),)),
    *((c.Reply("hi", by=ANN),), (c.Reply("beep", bot=True),), (c.Assign("bob", by=ANN),)),
    *((c.Take(by=ANN),), (c.Escalate("N2", by=ANN),), (c.Wait(by=ANN),)),
    (c.Escalate("N2", by=ANN), c.Return(by=ANN)),
)


@pytest.mark.parametrize("before", TOUCHED, ids=lambda deeds: [type(d).__name__ for d in deeds])
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("confidence", [None, 0.5, 0.79, 0.8, 0.9])
def test_law_4_a_verdict_places_only_what_nobody_has_touched(
    before: tuple[c.Command, ...], tier: str, confidence: float | None
) -> None:
    """4.7: a ticket is placed while it is new, untouched and at the entry, and if the verdict is sure."""
    result = walk(PLAIN, [Stride(each) for each in before], opening=c.Open("T-1", tier=tier))
    ticket = result.ticket
    outcome = step(ticket, c.Classify(Verdict("N3", confidence)), PLAIN, now=result.end)
    assert outcome.ticket is not None
    sure = confidence is None or confidence >= 0.8
    touched = ticket.status != "new" or ticket.assignee or ticket.moves or ticket.responded
    places = sure and not touched and tier == "N1"
    assert outcome.ticket.tier == ("N3" if places else ticket.tier)
    assert outcome.ticket.moves == ticket.moves
