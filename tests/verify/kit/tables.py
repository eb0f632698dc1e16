"""Policies as tables: copies with one thing changed, as somebody who edits the file would change it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

from escalate import EscalationPolicy, load_policy

Tables = dict[str, Any]
HERE: Final = Path(__file__).parent / "policies"
EXAMPLES: Final = Path(__file__).parents[3] / "examples" / "policies"
MOVES: Final = ("escalate_to", "return_to", "transfer_to")
TELLING: Final = ("notify", "invite", "ask_approval", *MOVES)


@cache
def files() -> Mapping[str, Path]:
    """Return the good policies by name: those of the kit, then the examples."""
    kit = {path.stem: path for path in sorted(HERE.glob("*.toml"))}
    examples = [path for path in sorted(EXAMPLES.glob("*.toml")) if ".cases" not in path.name]
    return kit | {f"examples/{path.stem}": path for path in examples}


@cache
def _read(name: str) -> Tables:
    return tomllib.loads(files()[name].read_text(encoding="utf-8"))


def tables_of(name: str) -> Tables:
    """Return the tables of the good policy of that name, for the caller to change."""
    return deepcopy(_read(name))


def changed(tables: Tables, change: Callable[[Tables], object]) -> Tables:
    """Return a copy of *tables* after *change*."""
    copy = deepcopy(tables)
    change(copy)
    return copy


def policy_of(tables: Tables) -> EscalationPolicy:
    """Return the policy that *tables* say."""
    return load_policy(deepcopy(tables))


def tier_names(tables: Tables) -> list[str]:
    """Return the names of its tiers, lowest first."""
    return [tier["name"] for tier in tables["tiers"]]


def people(tables: Tables) -> list[str]:
    """Return the names of the tiers in which people work."""
    return [tier["name"] for tier in tables["tiers"] if tier.get("kind", "human") != "bot"]


def doings(tables: Tables) -> list[Tables]:
    """Return every rule and step."""
    steps = [step for target in tables.get("targets", ()) for step in target.get("steps", ())]
    return [*tables.get("rules", ()), *steps]


def without_dead_moves(tables: Tables) -> None:
    """Take out of rules and steps the moves for which no path is left, and what then does nothing."""
    ways = {(path.get("kind", "escalate"), path["to"]) for path in tables.get("paths", ())}
    for doing in doings(tables):
        for key in MOVES:
            if key in doing and (key.removesuffix("_to"), doing[key]) not in ways:
                del doing[key]
    tables["rules"] = [rule for rule in tables.get("rules", ()) if does(rule)]
    for target in tables.get("targets", ()):
        target["steps"] = [step for step in target.get("steps", ()) if does(step)]


def does(doing: Tables) -> bool:
    """Whether a rule or step does anything."""
    return any(key in doing for key in (*TELLING, "set_priority", "tag", "classify"))


def looks_after_pauses(rule: Tables) -> bool:
    """Whether *rule* is the one that looks after pauses."""
    return rule["on"] == "idle" and "pending" in rule.get("when", "")
