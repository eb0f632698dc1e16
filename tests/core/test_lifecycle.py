"""The table that the engine looks up, against python-statemachine's own engine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from statemachine.exceptions import TransitionNotAllowed

from escalate import Status
from escalate.core.lifecycle import (
    compiled,
    move_event,
    status_chart,
    status_table,
    tier_chart,
    verb_targets,
)

VERBS = ["take", "wait", "hold", "resume", "resolve", "reopen", "close", "cancel", "nope"]


def engine_says(chart: Any, state: Any, event: str, holds: Sequence[bool] = ()) -> Any:
    """What python-statemachine does: the next state, or none. One machine a case: a final state ends it."""
    machine = chart(SimpleNamespace(state=state, holds=holds))
    try:
        machine.send(event)
    except TransitionNotAllowed:
        return None
    return machine.current_state_value


@pytest.mark.parametrize(("state", "verb"), list(product(Status, VERBS)))
def test_the_status_table_is_what_the_statechart_does(state: Status, verb: str) -> None:
    """5.1: table and statechart agree on every status and verb, known or not."""
    assert status_table().get((state, verb)) == engine_says(status_chart(), state, verb)


def test_the_lifecycle_is_the_one_that_is_documented() -> None:
    """1.3: these edges and no others."""
    edges = {f"{verb} {source}>{target}" for (source, verb), target in status_table().items()}
    assert edges == {
        "take new>open",
        *("wait new>pending", "wait open>pending"),
        *("hold new>on_hold", "hold open>on_hold", "hold pending>on_hold"),
        *("resume pending>open", "resume on_hold>open"),
        *(f"resolve {source}>resolved" for source in ("new", "open", "pending", "on_hold")),
        "reopen resolved>open",
        "close resolved>closed",
        *(
            f"cancel {source}>closed"
            for source in ("new", "open", "pending", "on_hold", "resolved")
        ),
    }


def test_every_verb_leads_to_one_status() -> None:
    """Whatever the status before, a verb says where it leads."""
    for (_, verb), target in status_table().items():
        assert verb_targets()[verb] is target


GRAPHS = {
    "three lines": (
        ["N1", "N2", "N3"],
        [("N1", "N2"), ("N2", "N3"), ("N2", "N1"), ("N3", "N2"), ("N1", "N3")],
    ),
    "names that would break a machine": (
        ["send", "N 3/x", "model"],
        [("send", "N 3/x"), ("N 3/x", "model"), ("model", "send"), ("send", "model")],
    ),
    "two paths between the same tiers": (["A", "B"], [("A", "B"), ("A", "B"), ("B", "A")]),
    "a tier that nobody reaches": (["A", "B", "C"], [("A", "B"), ("C", "A")]),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_paths_are_what_the_statechart_of_tiers_does(name: str) -> None:
    """5.1: for every tier, move and truth of every guard, the first path that holds is taken."""
    tiers, paths = GRAPHS[name]
    chart = tier_chart(tiers, tiers[0], paths)
    rows = compiled(chart)
    events = [move_event(tiers, tier) for tier in tiers if any(t == tier for _, t in paths)]
    for (number, tier), event in product(enumerate(tiers), [*events, "nope"]):
        leaving = [i for i, (source, _) in enumerate(paths) if source == tier]
        for truth in product((False, True), repeat=len(leaving)):
            holds = [False] * len(paths)
            for i, true in zip(leaving, truth, strict=True):
                holds[i] = true
            by_table = next(
                (
                    tiers[target]
                    for guards, target in rows.get((number, event), ())
                    if all(holds[int(guard.removeprefix("may_"))] for guard in guards)
                ),
                None,
            )
            by_paths = next(
                (
                    paths[i][1]
                    for i in leaving
                    if holds[i] and event == move_event(tiers, paths[i][1])
                ),
                None,
            )
            by_engine = engine_says(chart, number, event, holds)
            assert by_table == by_paths == (None if by_engine is None else tiers[by_engine])
