"""The statecharts of status and tiers, declared with python-statemachine, and the table compiled from it.

python-statemachine declares, checks and draws; the engine looks up the compiled table, and tests hold
the two against each other. The library is imported when the first policy is compiled, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType, new_class
from typing import TYPE_CHECKING, Any

from escalate.core.status import Status

if TYPE_CHECKING:
    from statemachine import StateMachine

Rows = Mapping[tuple[Any, str], Sequence[tuple[tuple[str, ...], Any]]]


@cache
def status_chart() -> type[StateMachine]:
    """Return the chart of what may happen to a ticket, whichever tier owns it."""
    from statemachine import State, StateMachine

    class StatusChart(StateMachine):
        is_new = State(value=Status.NEW, initial=True)
        is_open = State(value=Status.OPEN)
        is_pending = State(value=Status.PENDING)
        is_on_hold = State(value=Status.ON_HOLD)
        is_resolved = State(value=Status.RESOLVED)
        is_closed = State(value=Status.CLOSED, final=True)

        take = is_new.to(is_open)
        wait = is_pending.from_(is_new, is_open)
        hold = is_on_hold.from_(is_new, is_open, is_pending)
        resume = is_open.from_(is_pending, is_on_hold)
        resolve = is_resolved.from_(is_new, is_open, is_pending, is_on_hold)
        reopen = is_resolved.to(is_open)
        close = is_resolved.to(is_closed)
        cancel = is_closed.from_(is_new, is_open, is_pending, is_on_hold, is_resolved)

    return StatusChart


def tier_chart(
    tiers: Sequence[str], entry: str, paths: Sequence[tuple[str, str]]
) -> type[StateMachine]:
    """Return the chart of one policy's tiers, for drawing and for holding the engine against it.

    The value of a state is the number of its tier; the event to tier number *i* is ``move_i``; the
    guard of path number *i* is ``may_i``, which asks ``model.holds[i]``. Names of tiers appear only as
    the names of states: a tier called "send" would break the machine as an attribute, one called
    "model" as a value. Each class stays in a registry of the library for good, so a server builds none.
    """
    from statemachine import State, StateMachine

    states = {
        tier: State(name=tier, value=i, initial=tier == entry) for i, tier in enumerate(tiers)
    }
    body: dict[str, Any] = {f"tier_{i}": states[tier] for i, tier in enumerate(tiers)}
    for i, (source, target) in enumerate(paths):
        body[f"may_{i}"] = _guard(i)
        edge, name = states[source].to(states[target], cond=f"may_{i}"), move_event(tiers, target)
        body[name] = body[name] | edge if name in body else edge
    # Unreachable tiers and tiers without a way out are findings of a proof, with a reason; here they
    # would stop the chart from being built at all.
    body |= {
        "validate_trap_states": False,
        "validate_disconnected_states": False,
        "validate_final_reachability": False,
    }
    return new_class("Tiers", (StateMachine,), exec_body=lambda namespace: namespace.update(body))


def tiers_without_a_way(
    tiers: Sequence[str], entry: str, paths: Sequence[tuple[str, str]]
) -> frozenset[str]:
    """Return the tiers that no chain of *paths* joins to *entry*, as python-statemachine checks it.

    >>> sorted(tiers_without_a_way(["N1", "N2", "N3"], "N1", [("N1", "N2"), ("N3", "N1")]))
    ['N3']
    """
    from statemachine.graph import disconnected_states

    chart = tier_chart(tiers, entry, paths)
    states = set(chart.states_map.values())
    return frozenset(state.name for state in disconnected_states(chart.initial_state, states))


def move_event(tiers: Sequence[str], target: str) -> str:
    """Return the name of the event that moves to *target* in :func:`tier_chart`."""
    return f"move_{list(tiers).index(target)}"


def _guard(index: int) -> Callable[[Any], bool]:
    def may(self: Any) -> bool:
        return bool(self.model.holds[index])

    return may


def compiled(chart: type[StateMachine]) -> Rows:
    """Return, for each (state, event) of *chart*, its transitions as (guards, next state), in order."""
    rows: dict[tuple[Any, str], list[tuple[tuple[str, ...], Any]]] = {}
    for state in chart.states_map.values():
        for transition in state.transitions:
            guards = tuple(str(guard) for guard in transition.cond)
            for event in transition.events:
                target = getattr(transition.target, "value", None)
                rows.setdefault((state.value, event.id), []).append((guards, target))
    return rows


@cache
def status_table() -> Mapping[tuple[Status, str], Status]:
    """Return the next status for each (status, verb) that the status chart has."""
    rows = compiled(status_chart())
    return MappingProxyType({key: ways[0][1] for key, ways in rows.items()})


@cache
def verb_targets() -> Mapping[str, Status]:
    """Return the status that each verb leads to; every verb leads to one only."""
    return MappingProxyType({verb: target for (_, verb), target in status_table().items()})
