"""What of a ticket a policy's decisions look at. A proof needs to tell tickets apart by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from escalate.core.checking import all_doings, conditions
from escalate.core.conditions import Constant

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy


@attrs.frozen
class Reads:
    """What conditions read.

    Attributes:
        names: Such as ``"priority"``, ``"tags"``, ``"milestones"``, ``"moves"`` and ``"fields.region"``.
        constants: What each is compared with, by name.
        opaque: The places of Python functions, which may look at anything.
    """

    names: frozenset[str]
    constants: Mapping[str, frozenset[Constant]]
    opaque: tuple[str, ...]


def reads_of(policy: EscalationPolicy) -> Reads:
    """Return what the conditions of *policy* read."""
    names: set[str] = set()
    constants: dict[str, frozenset[Constant]] = {}
    opaque = []
    for place, condition in conditions(policy):
        names |= condition.reads
        for name, values in condition.constants.items():
            constants[name] = constants.get(name, frozenset()) | values
        if condition.is_opaque:
            opaque.append(place)
    put_on = frozenset(tag for _, doing in all_doings(policy) for tag in doing.tag)
    if put_on:  # a tag that is there already is not put on again
        names.add("tags")
        constants["tags"] = constants.get("tags", frozenset()) | put_on
    return Reads(frozenset(names), constants, tuple(opaque))
