"""The tables of a policy file: which class each stands for, and what its keys are called there.

Keys are the arguments of the class itself, so that a new one is known here as soon as it exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
from escalate.policies.tables import Place, items, table

Reader = Callable[[Any, Place], Any]
_ATTRIBUTE: Final = re.compile(r"\.(\w+)(: .*)?$", re.DOTALL)


@attrs.frozen
class Shape:
    """What a table of a policy file stands for.

    Attributes:
        make: The attrs class of what it describes.
        parts: By key, what reads a value that is more than a word, a number or a list of words.
        names: Keys that differ from the argument they stand for, by argument.
        hidden: Arguments that no file can give.
    """

    make: type
    parts: Mapping[str, Reader] = FrozenDict()
    names: Mapping[str, str] = FrozenDict()
    hidden: frozenset[str] = frozenset()

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

    def read(self, value: object, place: Place) -> Any:
        """Return what the table *value* at *place* describes.

        Raises:
            InvalidFile: A key is unknown or missing, or a value is not one that it can have.
        """
        values = self.arguments(value, place)
        try:
            return self.make(**values)
        except BadInput as wrong:
            raise self._place_of(wrong.what, place).wrong(wrong.got, wrong.wanted) from wrong

    def arguments(self, value: object, place: Place) -> dict[str, Any]:
        """Return the arguments that the table *value* at *place* gives to the class.

        Raises:
            InvalidFile: A key is unknown or missing, or a value is not of the type it should be.
        """
        given = table(value, place, self.fields)
        needed = [key for key, field in self.fields.items() if field.default is attrs.NOTHING]
        if missing := [key for key in needed if key not in given]:
            raise place.wrong(sorted(given), f"also {', '.join(missing)}")
        values = {key: self._value(key, given[key], place.key(key)) for key in given}
        return {self.fields[key].alias or key: value for key, value in values.items()}

    def _value(self, key: str, value: object, place: Place) -> Any:
        field = self.fields[key]
        if key in self.parts:
            value = self.parts[key](value, place)
        check_value(field, self._hints[field.name], value, place)
        return value

    def _place_of(self, what: str, place: Place) -> Place:
        """Return the place of *what* an error is about: ``Target('ownership').days`` is at ``days``."""
        found = _ATTRIBUTE.search(what)
        key = self.key_of(found[1]) if found else ""
        return place.key(key) if key in self.fields else place


def _list_of(shape: Shape) -> Reader:
    def read(value: object, place: Place) -> list[Any]:
        return [shape.read(item, at) for at, item in items(value, place)]

    return read


def _table_of(shape: Shape) -> Reader:
    def read(value: object, place: Place) -> dict[str, Any]:
        return {
            name: shape.read(each, place.key(name)) for name, each in table(value, place).items()
        }

    return read


def _sla(value: object, place: Place) -> SLAPolicy:
    targets = _list_of(TARGET)(value, place)
    try:
        return SLAPolicy(targets)
    except BadInput as wrong:
        raise place.wrong(wrong.got, wrong.wanted) from wrong


CALENDAR: Final = Shape(WorkCalendar, {"holidays": read_dates_off})
TIER: Final = Shape(Tier)
PATH: Final = Shape(Path, names={"source": "from", "target": "to"})
STEP: Final = Shape(Step)
TARGET: Final = Shape(Target, {"steps": _list_of(STEP)})
RULE: Final = Shape(Rule)
CHECK: Final = Shape(Check)
REQUEST_TYPE: Final = Shape(RequestType, {"checklist": _list_of(CHECK)})
RECEIVER: Final = Shape(Receiver)
CLOCK: Final = Shape(CustomClock)
PERMISSION: Final = Shape(Permission)
GOAL: Final = Shape(Goal)
POLICY: Final = Shape(
    EscalationPolicy,
    {
        "calendars": _table_of(CALENDAR),
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
