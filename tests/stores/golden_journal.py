"""``python -m tests.stores.golden_journal``: writes down what this release stores, for later ones to read.

Run it once for a release, and never again for that release: what it wrote then is what desks have in their
databases. A release that stores more raises ``FORMAT`` and adds a file; those of before stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args, get_type_hints

import attrs
from hypothesis import given, settings

from escalate import Actor, EscalationPolicy
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.core.clocks import Clock, Pause
from escalate.core.engine import step
from escalate.core.events import Event
from escalate.core.facts import Did, Fact
from escalate.core.model import (
    Attempt,
    Counts,
    Fired,
    HandedOver,
    Handoff,
    Message,
    Request,
    Ticket,
    Verdict,
)
from escalate.runtime.policytext import write_policy
from escalate.stores import Failure, Refusal, schema
from escalate.stores.codec import shape_of
from escalate.stores.documents import (
    FORMAT,
    command_classes,
    event_classes,
    fact_classes,
    table,
    write_event,
    write_fact,
    write_plain,
    write_text,
    write_ticket,
)
from escalate.testing import START, walk
from escalate.testing.strategies import policies, walks
from escalate.testing.walks import Stride
from tests.cli.test_telling import an_event
from tests.runtime.shop import POLICY

FOLDER: Final = Path(__file__).parent / "golden"
STORED: Final = (
    *(Ticket, Clock, Pause, HandedOver, Message, Request, Fired, Attempt, Verdict, Actor),
    *(Refusal, Failure, Counts),
    *(Handoff, *event_classes()),
)
TOLD: Final = (Fact, *fact_classes(), c.Command, *command_classes())
"""Facts that are held, and the commands in them, whose names may be those of events."""


def shapes() -> dict[str, dict[str, str]]:
    """Return what each class that is stored may hold, with the types as they are written."""
    found = {cls.__name__: shape_of(cls) for cls in STORED}
    return found | {f"{cls.__module__[14:]}.{cls.__name__}": shape_of(cls) for cls in TOLD}


def told() -> list[Fact]:
    """Return facts of every class, with every command."""
    by, at = Actor("ana", roles={"lead"}), datetime(2026, 3, 2, 9, 0, 0, 1, UTC)
    commands = [_filled(cls, by=by) for cls in command_classes()]
    seen = [_filled(cls, by=by, occurred_at=at) for cls in fact_classes() if cls is not Did]
    return [*seen, *(Did(each, by=by, occurred_at=at) for each in commands)]


def _filled(cls: type, **known: Any) -> Any:
    """Return one with a value in every field."""
    hints = get_type_hints(cls)
    fields = {each.name: each.alias or each.name for each in attrs.fields(cls)}
    values = {alias: _value(hints[name]) for name, alias in fields.items() if name not in known}
    if "then" in values:
        values["then"] = "wait"
    if "status" in values:
        values["status"] = "pending"
    return cls(**values | known)


def _value(hint: Any) -> Any:
    """Return some value of a type, other than those that are usual."""
    some = {
        str: "Grüße \x00",
        bool: True,
        int: 7,
        Any: {"x": (1, 2.5)},
        Handoff: Handoff(summary="s", tried=[Attempt("reset", worked=True)]),
        Verdict: Verdict("N1", 0.5),
        frozenset[str]: {"vip", "vpn"},
        Mapping[str, Any]: {"x": 1},
    }
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return next((some[kind] for kind in kinds if kind in some), None)


def lives() -> list[list[Event]]:
    """Return a few journals in which every event is, each with all the fields it may have."""
    seen: set[tuple[str, ...]] = set()
    kept: list[list[Event]] = []

    @settings(max_examples=150, derandomize=True, database=None, deadline=None)
    @given(policy=policies(), strides=walks())
    def look(policy: EscalationPolicy, strides: list[Stride]) -> None:
        journal = walk(policy, strides).journal
        news = {feature for event in journal for feature in _features(event)}
        if news - seen:
            seen.update(news)
            kept.append(journal)

    look()
    policy = EscalationPolicy("closing", ["N1"], reopen_within="1h")
    ticket, journal = None, []
    fields = {"x": (1, 2.5, None, frozenset({"a"})), "~": [True, {"~": "b"}], "far": float("inf")}
    for command in (
        c.Open("T-1", subject="x", tags=["vip"], fields=fields, requester="cust-1", channel="mail"),
        c.Resolve(),
        c.Close(),
        c.CustomerReply("late"),
    ):
        outcome = step(ticket, command, policy, now=START)
        ticket, journal = outcome.ticket, [*journal, *outcome.events]
    by = Actor("ana", roles={"lead", "dpo"})
    more = {"at_us": journal[-1].at_us, "by": by}
    journal += [
        e.Erased(**more),
        e.FieldSet(name="x", value={"far": -float("inf")}, **more),
        e.Advised(
            name="r",
            move=("escalate", "N2"),
            notify=("a", "b"),
            others=("tag",),
            is_rule=True,
            **more,
        ),
    ]
    there = {type(event) for each in (*kept, journal) for event in each}
    journal += [
        an_event(cls, at_us=journal[-1].at_us, by=by) for cls in event_classes() if cls not in there
    ]
    return [*kept, [attrs.evolve(event, seq=seq) for seq, event in enumerate(journal, start=1)]]


def _features(event: Event) -> set[tuple[str, ...]]:
    found = table(write_event(event))
    kind = found["event"]
    return {(kind,), *((kind, key) for key in found)} | {
        ("clock", change, key) for change, clock in found.get("clocks", ()) for key in clock
    }


def document() -> dict[str, Any]:
    """Return all that is written down."""
    by = Actor("ana", "agent", {"lead", "boss"})
    refusal = Refusal(
        ticket_id="T-1", at_us=1, by=by, asked="Take", code="x", why="no \ud800", command_id="k"
    )
    journals = [
        {
            "events": [table(write_event(event)) for event in journal],
            "ticket": table(write_ticket(fold(None, journal))),
        }
        for journal in lives()
    ]
    missing = {cls.__name__ for cls in event_classes()} - {
        event["event"] for journal in journals for event in journal["events"]
    }
    assert not missing, f"no life has {missing}"
    policy = write_policy(POLICY)
    assert policy is not None
    return {
        "release": version("escalate-tiers"),
        "format": FORMAT,
        "schema": list(schema.STEPS),
        "shapes": shapes(),
        "refusals": [table(write_plain(refusal))],
        "failures": [table(write_plain(Failure(at_us=-1, ticket_id="", where="tick", why="\x00")))],
        "texts": {write_text("Grüße \x00\ud800 🛠"): "Grüße \x00\ud800 🛠"},
        "policies": [json.loads(policy)],
        "facts": [table(write_fact(fact)) for fact in told()],
        "journals": journals,
    }


def main() -> None:
    """Write the file of this release."""
    found = document()
    path = FOLDER / f"{found['release']}.json"
    journals = found.pop("journals")
    head = json.dumps(found, indent=1)[:-2]
    rows = ",\n".join(json.dumps(each, separators=(",", ":")) for each in journals)
    path.write_text(f'{head},\n "journals": [\n{rows}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
