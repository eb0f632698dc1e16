"""Publishing a policy proves it first."""

from __future__ import annotations

import pytest

from escalate import Actor, Desk, EscalationPolicy, Path, Receiver, Rule
from escalate.errors import PolicyRefuted

EVE = Actor("eve")
FIRST = EscalationPolicy("support", ["N1", "N2"], [Path("N1", "N2")])
LOOP = EscalationPolicy(
    "support",
    ["N1", "N2"],
    [Path("N1", "N2"), Path("N2", "N1")],
    rules=[
        Rule("up", on="alarm", at=["N1"], escalate_to="N2"),
        Rule("down", on="alarm", at=["N2"], escalate_to="N1"),
    ],
    receivers=[Receiver("lead")],
    fallback="lead",
    version="2",
)


def test_a_refuted_policy_is_not_published() -> None:
    """Whoever publishes rules that bounce tickets for ever is told so, and new tickets are spared."""
    desk = Desk(FIRST)
    with pytest.raises(PolicyRefuted, match="endless-moves: Rules and timers move a ticket") as no:
        desk.publish(LOOP, by=EVE)
    assert desk.policy == FIRST
    desk.publish(LOOP, by=EVE, despite=no.value.codes)
    assert desk.policy == LOOP


def test_only_what_is_named_is_let_through() -> None:
    """To know of one thing is not to know of another."""
    with pytest.raises(PolicyRefuted) as no:
        Desk(FIRST).publish(LOOP, by=EVE, despite=["silent-pause"])
    assert "silent-pause" not in no.value.codes
    assert "endless-moves" in no.value.codes


def test_a_desk_starts_with_any_policy() -> None:
    """A start explores nothing: a desk must come up in milliseconds, also with yesterday's policy."""
    assert Desk(LOOP).policy == LOOP
