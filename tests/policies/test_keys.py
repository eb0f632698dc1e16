"""Every key of a policy file: none is forgotten, each one arrives."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from escalate import (
    EscalationPolicy,
    Path,
    SLAPolicy,
    Target,
    Tier,
    WorkCalendar,
    WorkTime,
    load_policy,
)
from escalate.core.amounts import When
from escalate.core.clockkinds import CustomClock
from escalate.core.conditions import Condition, Opaque
from escalate.core.protocol import Check, Goal, Permission, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import Step
from escalate.policies import shapes

EVERY_KEY = """
name = "all"
version = "7"
entry = "N1"
fallback = "boss"
on_exhausted = "lead"
priorities = ["low", "high"]
max_bounces = 3
max_automatic = 9
reopen_within = "14d"
on_reopen = "new_cycle"
place_at = 0.6
classifier = "words"
reasons = ["skill", "time"]

[calendars.office]
timezone = "Europe/Lisbon"
hours = { sun-thu = ["09:00-17:00"] }
holidays = [2026-12-25]
breaks = { 2026-03-02 = ["10:00-11:00"] }
overrides = { "2026-12-24" = ["09:00-12:00"] }

[[receivers]]
name = "lead"
calendar = "office"
[[receivers]]
name = "boss"

[[tiers]]
name = "N1"
title = "First"
kind = "bot"
handles = ["passwords"]
team = "team-1"
skills = ["chat"]
calendar = "office"
[[tiers]]
name = "N2"

[[request_types]]
name = "login"
tier = "N1"
channels = ["chat"]
checklist = [{ milestone = "looked", ask = "Have you looked?", who = "bot" }]

[[paths]]
from = "N1"
to = "N2"
kind = "escalate"
when = 'priority == "high"'
requires = ["summary"]
approval = "lead"
by = ["agent"]
override_by = "lead"
[[paths]]
from = "N1"
to = "N2"
kind = "transfer"
[[paths]]
from = "N2"
to = "N1"
kind = "return"

[[targets]]
name = "first answer"
clock = "first_response"
within = "4h"
tiers = ["N1", "N2"]
when = 'channel == "chat"'
calendar = "office"
pause_while = ["on_hold"]
on_change = "restart"
bots = true
reassign = true
steps = [
  { at = "50%", name = "half", when = 'age > "1h"', deliver = "opening", notify = ["lead", "boss"] },
  { at = "20m after", escalate_to = "N2", set_priority = "high", classify = true, ask_approval = "boss" },
  { at = "1h before", return_to = "N1", invite = "N2", tag = "slow" },
  { at = "200%", transfer_to = "N2" },
]
[[targets]]
clock = "travel"
days = 2
default = true

[[rules]]
name = "quiet"
on = "idle"
after = "3d"
at = ["N1"]
when = "moves > 0"
times = 2
cooldown = "1d"
escalate_to = "N2"
invite = "N2"
notify = "lead"
set_priority = "high"
tag = ["old", "cold"]
ask_approval = "lead"
classify = true
[[rules]]
name = "back"
on = "reopened"
return_to = "N1"
[[rules]]
name = "over"
on = "returned"
transfer_to = "N2"

[[clocks]]
name = "travel"
start = ["departed"]
stop = ["arrived"]
pause = ["parked"]
resume = ["rolling"]
cancel = ["cancelled trip"]
reset = ["lost way"]

[[permissions]]
command = "Resolve"
roles = ["senior"]
at = ["N2"]

[[goals]]
measure = "kept"
at_least = 0.9
[[goals]]
measure = "moves"
at_most = 1
"""

PYTHON = EscalationPolicy(
    "all",
    [Tier("N1", "First", "bot", ["passwords"], "team-1", ["chat"], "office"), Tier("N2")],
    [
        Path(
            "N1",
            "N2",
            when='priority == "high"',
            requires=["summary"],
            approval="lead",
            by=["agent"],
            override_by=["lead"],
        ),
        Path("N1", "N2", kind="transfer"),
        Path("N2", "N1", kind="return"),
    ],
    sla=SLAPolicy(
        [
            Target(
                "first_response",
                "4h",
                name="first answer",
                tiers=["N1", "N2"],
                when='channel == "chat"',
                calendar="office",
                pause_while=["on_hold"],
                on_change="restart",
                bots=True,
                reassign=True,
                steps=[
                    Step(
                        "50%",
                        name="half",
                        when='age > "1h"',
                        deliver="opening",
                        notify=["lead", "boss"],
                    ),
                    Step(
                        "20m after",
                        escalate_to="N2",
                        set_priority="high",
                        classify=True,
                        ask_approval="boss",
                    ),
                    Step("1h before", return_to="N1", invite="N2", tag=["slow"]),
                    Step("200%", transfer_to="N2"),
                ],
            ),
            Target("travel", days=2, default=True),
        ]
    ),
    rules=[
        Rule(
            "quiet",
            on="idle",
            after="3d",
            at=["N1"],
            when="moves > 0",
            times=2,
            cooldown="1d",
            escalate_to="N2",
            invite="N2",
            notify=["lead"],
            set_priority="high",
            tag=["old", "cold"],
            ask_approval="lead",
            classify=True,
        ),
        Rule("back", on="reopened", return_to="N1"),
        Rule("over", on="returned", transfer_to="N2"),
    ],
    request_types=[
        RequestType(
            "login",
            tier="N1",
            channels=["chat"],
            checklist=[Check("looked", ask="Have you looked?", who="bot")],
        )
    ],
    receivers=[Receiver("lead", calendar="office"), Receiver("boss")],
    calendars={
        "office": WorkCalendar(
            timezone="Europe/Lisbon",
            hours={"sun-thu": ["09:00-17:00"]},
            holidays=["2026-12-25"],
            breaks={"2026-03-02": ["10:00-11:00"]},
            overrides={"2026-12-24": ["09:00-12:00"]},
        )
    },
    fallback="boss",
    on_exhausted="lead",
    entry="N1",
    priorities=["low", "high"],
    max_bounces=3,
    max_automatic=9,
    reopen_within="14d",
    on_reopen="new_cycle",
    place_at=0.6,
    classifier="words",
    reasons=["skill", "time"],
    clocks=[
        CustomClock(
            "travel",
            start=["departed"],
            stop=["arrived"],
            pause=["parked"],
            resume=["rolling"],
            cancel=["cancelled trip"],
            reset=["lost way"],
        )
    ],
    permissions=[Permission("Resolve", ["senior"], at=["N2"])],
    goals=[Goal("kept", at_least=0.9), Goal("moves", at_most=1)],
    version="7",
)

SHAPES = {shape.make: shape for shape in vars(shapes).values() if isinstance(shape, shapes.Shape)}
RENAMED = {Path: {"source": "from", "target": "to"}, EscalationPolicy: {"sla": "targets"}}
WRITTEN_AS_TEXT = {WorkTime, When, Condition, Opaque}
NO_KEY = {EscalationPolicy: {"acts"}}  # whoever runs a policy says whether it acts


def test_every_key_of_a_file_arrives_in_the_policy() -> None:
    """A file that uses every key there is says the same as Python."""
    assert load_policy(tomllib.loads(EVERY_KEY)) == PYTHON


def test_that_file_does_use_every_key_there_is() -> None:
    """A key that is new must be tried in the file above, whose equality shows that it arrives."""
    used = {make: set[str]() for make in SHAPES}
    for make, table in _tables(tomllib.loads(EVERY_KEY), EscalationPolicy):
        used[make] |= table.keys()
    assert used == {make: set(shape.fields) for make, shape in SHAPES.items()}


def _tables(table: Mapping[str, Any], make: type) -> Iterator[tuple[type, Mapping[str, Any]]]:
    """Every table of a policy file, with the class it stands for."""
    inside = {"calendars": WorkCalendar, "receivers": Receiver, "tiers": Tier, "paths": Path}
    inside |= {"request_types": RequestType, "checklist": Check, "targets": Target, "steps": Step}
    inside |= {"rules": Rule, "clocks": CustomClock, "permissions": Permission, "goals": Goal}
    yield make, table
    for key in table.keys() & inside.keys():
        each = table[key].values() if isinstance(table[key], Mapping) else table[key]
        for one in each:
            if isinstance(one, Mapping):  # the tiers of a target are words
                yield from _tables(one, inside[key])


@pytest.mark.parametrize("make", SHAPES, ids=lambda make: make.__name__)
def test_no_attribute_is_forgotten(make: type) -> None:
    """Whatever can be said of a tier, a path, a target or a rule in Python is a key of its table."""
    names = {field.alias for field in attrs.fields(make) if field.init} - NO_KEY.get(make, set())
    assert {RENAMED.get(make, {}).get(name, name) for name in names} == set(SHAPES[make].fields)


def test_no_class_that_policies_are_made_of_is_forgotten() -> None:
    """A new kind of part has a table of its own: whatever a policy's attributes hold is known here."""
    known = {SLAPolicy, *SHAPES, *WRITTEN_AS_TEXT}
    hints = [
        get_type_hints(make)[field.name]
        for make in SHAPES
        for field in attrs.fields(make)
        if field.init
    ]
    parts = {part for hint in hints for part in _classes_in(hint) if attrs.has(part)}
    assert {Tier, Path, Check, Step} < parts <= known


def _classes_in(hint: Any) -> Iterator[type]:
    """Every class that *hint* names, such as Tier in ``tuple[Tier, ...]``."""
    if get_args(hint):
        for part in get_args(hint):
            yield from _classes_in(part)
    elif isinstance(hint, type):
        yield hint
