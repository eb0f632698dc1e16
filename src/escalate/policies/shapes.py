"""The tables of a policy file: which class each stands for, and what its keys are called there.

Keys are the arguments of the class itself, so that a new one is known here as soon as it exists.
A mistake does not end the reading: it is noted, and the rest of the table is read on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final, get_type_hints

import attrs

from escalate.core.clockkinds import CustomClock
from escalate.core.model import Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.protocol import Check, Goal, Permission, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sealing import FrozenDict
from escalate.core.sla import SLAPolicy, Step, Target
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import BadInput
from escalate.policies.dates_off import read_dates_off
from escalate.policies.fitting import check_value
from escalate.policies.problems import Problems
from escalate.policies.tables import Place, check_key, items, table

NONE: Final = object()
"""What a reader gives for a value that is nothing."""

Reader = Callable[[Any, Place, Problems], Any]
_ATTRIBUTE: Final = re.compile(r"(?:^|\.)(\w+)(: .*)?$", re.DOTALL)


@attrs.frozen
class Shape:
    """What a table of a policy file stands for.

    Attributes:
        make: The attrs class of what it describes.
        parts: By key, what reads a value that is more than a word, a number or a list of words.
        names: Keys that differ from the argument they stand for, by argument.
        hidden: Arguments that no file can give.
        is_named: Whether other parts of the policy refer to it by its name.
    """

    make: type
    parts: Mapping[str, Reader] = FrozenDict()
    names: Mapping[str, str] = FrozenDict()
    hidden: frozenset[str] = frozenset()
    is_named: bool = False

    @cached_property
    def fields(self) -> Mapping[str, attrs.Attribute[Any]]:
        """Every attribute that a file can give, by key."""
        given = (
            (field.alias or field.name, field) for field in attrs.fields(self.make) if field.init
        )
        return {self.key_of(name): field for name, field in given if name not in self.hidden}

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return get_type_hints(self.make)

    def key_of(self, argument: str) -> str:
        """Return the key that stands for *argument*."""
        return self.names.get(argument, argument)

    def read(self, value: object, place: Place, problems: Problems) -> Any:
        """Return what the table *value* at *place* describes, and note every mistake in it.

        What it gives for a mistake is whatever the rest of the table says; :data:`NONE` where that is
        nothing that can be made.
        """
        before = len(problems.found)
        values = self.arguments(value, place, problems)
        return self.made(values, place, problems, hurt=len(problems.found) > before)

    def arguments(self, value: object, place: Place, problems: Problems) -> dict[str, Any]:
        """Return the arguments that the table *value* at *place* gives to the class, mistakes left out."""
        if not isinstance(value, Mapping):
            problems.note(place.wrong(value, "a table"), place)
            return {}
        values, meant = {}, set()
        for key, each in value.items():
            try:
                check_key(key, place, self.fields)
            except BadInput as unknown:
                close = get_close_matches(str(key), self.fields, n=1)
                meant.update(close)
                problems.note(unknown, place.key(str(key)), meant=close[0] if close else None)
                continue
            read = self._value(key, each, place.key(key), problems)
            if read is not NONE:
                values[self.fields[key].alias or key] = read
        needed = [key for key, field in self.fields.items() if field.default is attrs.NOTHING]
        if missing := [key for key in needed if key not in value and key not in meant]:
            wrong = place.wrong(
                sorted(map(str, value)), f"also {', '.join(missing)}", "missing-key"
            )
            problems.note(wrong, place)
        return values

    def made(
        self,
        values: dict[str, Any],
        place: Place,
        problems: Problems,
        *,
        hurt: bool,
        make: Callable[..., Any] | None = None,
    ) -> Any:
        """Return what *values* make, if need be without some that are wrong, which are noted.

        Args:
            values: Arguments by name; those that are wrong are taken out.
            place: Where they stand.
            problems: Where mistakes are noted.
            hurt: Whether some were left out already, so that what is missing is no news.
            make: What makes them, in place of the class.
        """
        needed = [field for field in self.fields.values() if field.default is attrs.NOTHING]
        while all((field.alias or field.name) in values for field in needed):
            try:
                return (make or self.make)(**values)
            except BadInput as wrong:
                argument, at = self._place_of(wrong.what, place)
                if not hurt or argument in values:
                    problems.note(at.wrong(wrong.got, wrong.wanted, wrong.code), at)
                hurt = True
                if values.pop(argument, NONE) is NONE:
                    return NONE
        return NONE

    def _value(self, key: str, value: object, place: Place, problems: Problems) -> Any:
        field = self.fields[key]
        try:
            if key in self.parts:
                value = self.parts[key](value, place, problems)
            if value is not NONE:
                check_value(field, self._hints[field.name], value, place)
        except BadInput as wrong:
            problems.note(wrong, place)
            return NONE
        return value

    def _place_of(self, what: str, place: Place) -> tuple[str, Place]:
        """Return the argument that an error is about, as in ``Target('ownership').days``, and its place."""
        found = _ATTRIBUTE.search(what)
        argument = found[1] if found else ""
        key = self.key_of(argument)
        return argument, place.key(key) if key in self.fields else place


def _list_of(shape: Shape) -> Reader:
    def read(value: object, place: Place, problems: Problems) -> list[Any]:
        found, kept = [], []
        for index, (at, item) in enumerate(items(value, place)):
            one = shape.read(item, at, problems)
            if one is NONE and shape.is_named:
                one = _stand_in(shape, item, problems)
            if one is not NONE:
                found.append(one)
                kept.append(index)
        problems.kept[place.parts] = kept
        return found

    return read


def _stand_in(shape: Shape, value: object, problems: Problems) -> Any:
    """Return something of the same name, so that whoever names it is not told that it is not there."""
    name = value.get("name") if isinstance(value, Mapping) else None
    try:
        return shape.make(name, ["opened"]) if shape is CLOCK else shape.make(name)
    except BadInput:
        problems.lost = True
        return NONE


def _calendars(value: object, place: Place, problems: Problems) -> dict[str, Any]:
    found = {}
    for name, each in table(value, place).items():
        read = CALENDAR.read(each, place.key(name), problems)
        found[name] = WorkCalendar.always() if read is NONE else read
    return found


def _sla(value: object, place: Place, problems: Problems) -> Any:
    targets = _list_of(TARGET)(value, place, problems)
    try:
        return SLAPolicy(targets)
    except BadInput as wrong:
        problems.note(place.wrong(wrong.got, wrong.wanted, wrong.code), place)
        return NONE


def _dates_off(value: object, place: Place, _: Problems) -> Any:
    return read_dates_off(value, place)


CALENDAR: Final = Shape(WorkCalendar, {"holidays": _dates_off})
TIER: Final = Shape(Tier, is_named=True)
PATH: Final = Shape(Path, names={"source": "from", "target": "to"})
STEP: Final = Shape(Step)
TARGET: Final = Shape(Target, {"steps": _list_of(STEP)})
RULE: Final = Shape(Rule)
CHECK: Final = Shape(Check)
REQUEST_TYPE: Final = Shape(RequestType, {"checklist": _list_of(CHECK)}, is_named=True)
RECEIVER: Final = Shape(Receiver, is_named=True)
CLOCK: Final = Shape(CustomClock, is_named=True)
PERMISSION: Final = Shape(Permission)
GOAL: Final = Shape(Goal)
POLICY: Final = Shape(
    EscalationPolicy,
    {
        "calendars": _calendars,
        "tiers": _list_of(TIER),
        "paths": _list_of(PATH),
        "targets": _sla,
        "rules": _list_of(RULE),
        "request_types": _list_of(REQUEST_TYPE),
        "receivers": _list_of(RECEIVER),
        "clocks": _list_of(CLOCK),
        "permissions": _list_of(PERMISSION),
        "goals": _list_of(GOAL),
    },
    names={"sla": "targets"},
    hidden=frozenset({"acts"}),  # whoever runs a policy says whether it acts
)
SHAPES: Final[Mapping[type, Shape]] = {
    shape.make: shape
    for shape in (
        *(CALENDAR, TIER, PATH, STEP, TARGET, RULE, CHECK, REQUEST_TYPE),
        *(RECEIVER, CLOCK, PERMISSION, GOAL, POLICY),
    )
}
"""The shape of every class that a policy is made of."""
