"""Policies to files: the tables that :mod:`escalate.policies.reading` reads back as an equal policy.

What a default says is left out, and so are the names that targets and steps get by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

import attrs

from escalate.core.amounts import When
from escalate.core.condition.types import show_wall_time
from escalate.core.conditions import Opaque
from escalate.core.doing import some_words
from escalate.core.opentime.openinghours import read_hours, show_hours
from escalate.core.policy import EscalationPolicy
from escalate.core.rules import Rule, wall_us
from escalate.core.sla import SLAPolicy, Step, Target
from escalate.core.worktime import WorkTime
from escalate.errors import BadInput, CannotWrite
from escalate.policies.shapes import SHAPES
from escalate.policies.tables import Place
from escalate.policies.tomltext import document

_TOP: Final = Place("policy")
_ROUNDS: Final = 3  # names that clash with names that were left out; then all are written
_Named = TypeVar("_Named", Target, Step)
_FIRST: Final[dict[type, str]] = {
    EscalationPolicy: "name version entry priorities max_bounces max_automatic fallback on_exhausted"
    " reopen_within on_reopen place_at classifier reasons"
    " calendars receivers tiers request_types paths targets rules clocks permissions goals",
    Target: "clock name tiers when within days calendar pause_while on_change bots reassign default",
    Step: "at name when",
    Rule: "name on after at when times cooldown",
}
"""What stands first in a table of each class; the other keys follow in the order of the class."""


def to_toml(policy: EscalationPolicy, *, schema: str | None = None) -> str:
    """Return *policy* as a TOML file; *schema* is where an editor finds its JSON Schema.

    Raises:
        CannotWrite: It holds what a file cannot say.
    """
    head = "" if schema is None else f"#:schema {schema}\n"
    return head + document(to_tables(policy))


def to_json(policy: EscalationPolicy) -> str:
    """Return *policy* as a JSON file of the same tables.

    Raises:
        CannotWrite: It holds what a file cannot say.
    """
    return json.dumps(to_tables(policy), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_tables(policy: EscalationPolicy) -> dict[str, Any]:
    """Return *policy* as plain tables, lists and words, of the shape of a policy file.

    Raises:
        CannotWrite: It holds what a file cannot say: a Python function as a condition, a calendar that is
            no :class:`WorkCalendar`, or that it only advises.
    """
    if not policy.acts:
        wanted = "the policy that acts; call .advisory() on what is read back"
        raise CannotWrite("EscalationPolicy.acts", False, wanted)
    tables = _table(policy, _TOP)
    try:
        json.dumps(tables, ensure_ascii=False).encode()
    except UnicodeEncodeError as why:
        raise CannotWrite("policy", why.object[why.start : why.end], "text of Unicode") from why
    return tables


def _table(thing: Any, place: Place) -> dict[str, Any]:
    shape = SHAPES[type(thing)]
    first = _FIRST.get(type(thing), "").split()
    table = {}
    for key in (*first, *(key for key in shape.fields if key not in first)):
        field = shape.fields[key]
        value = getattr(thing, field.name)
        if value == _default(field):
            continue
        if key == "steps":
            value = _plainly_named(value, lambda steps: attrs.evolve(thing, steps=steps).steps)
        table[key] = _written(value, field, place.key(key))
    return table


def plain_default(field: attrs.Attribute[Any]) -> Any:
    """Return what a file would say for the default of *field*; none where it must be given."""
    default = _default(field)
    return None if default is None or default is attrs.NOTHING else _written(default, field, _TOP)


def _default(field: attrs.Attribute[Any]) -> Any:
    default: Any = field.default
    convert: Any = field.converter
    value = default.factory() if hasattr(default, "factory") else default
    return value if convert is None or value is attrs.NOTHING else convert(value)


def _written(value: Any, field: attrs.Attribute[Any], place: Place) -> Any:
    convert: Any = field.converter
    if convert is wall_us:
        return show_wall_time(value)
    if convert is some_words and len(value) == 1:
        return value[0]
    if convert is read_hours:
        return show_hours(value)
    return _plain(value, place)


def _plain(value: Any, place: Place) -> Any:
    """Return *value* as a word, a number, or a list or table of such."""
    match value:
        case bool() | int() | float():
            plain: Any = value
        case str() | WorkTime() | date():
            plain = str(value)  # a status is a str, and more
        case When():
            plain = value.text
        case SLAPolicy(targets=targets):
            plain = _plain(_plainly_named(targets, lambda some: SLAPolicy(some).targets), place)
        case frozenset():
            plain = sorted(_plain(each, place) for each in value)
        case tuple() | list():
            plain = [_plain(each, place.item(index)) for index, each in enumerate(value)]
        case Mapping():
            plain = {str(name): _plain(each, place.key(str(name))) for name, each in value.items()}
        case _ if type(value) in SHAPES:
            plain = _table(value, place)
        case _:
            raise CannotWrite(str(place), value, _what_would_work(value))
    return plain


def _what_would_work(value: object) -> str:
    if hasattr(value, "deadline_us"):
        return "a WorkCalendar: a file gives the hours of one zone, and cannot combine calendars"
    if callable(value) or isinstance(value, Opaque):
        return "a text such as 'priority == \"urgent\"': a Python function is no data"
    return "a word, a number, or a part of a policy"


def _plainly_named(
    things: Sequence[_Named], named: Callable[[Sequence[_Named]], Sequence[_Named]]
) -> Sequence[_Named]:
    """Return *things* without the names that *named* gives them anyway."""
    shown = [attrs.evolve(thing, name="") for thing in things]
    for _ in range(_ROUNDS):
        try:
            again = named(shown)
        except BadInput:  # a name that was given is now taken by one that was not
            return things
        if [thing.name for thing in again] == [thing.name for thing in things]:
            return shown
        shown = [
            short if thing.name == got.name else thing
            for short, thing, got in zip(shown, things, again, strict=True)
        ]
    return things
