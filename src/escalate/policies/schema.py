"""The JSON Schema of policy files, made from the classes themselves: editors complete and explain by it.

What a schema cannot say (that a tier exists, that a condition reads) is left to ``load_policy``. The file
that ships, ``policy.schema.json``, is written by ``python -m escalate.policies.schema``.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import attrs

from escalate.core import limits
from escalate.core.amounts import When
from escalate.core.checking import COMMANDS
from escalate.core.clockkinds import BUILT_IN, WORDS
from escalate.core.doing import Doing, some_words
from escalate.core.model import HANDOFF_FIELDS, Tier, named
from escalate.core.opentime.openinghours import DAYS
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.protocol import Goal, Permission
from escalate.core.rules import Rule, wall_us
from escalate.core.sla import ConditionLike, Step, Target
from escalate.core.status import Status
from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.policies.shapes import POLICY, SHAPES, Shape
from escalate.policies.writing import plain_default

FILE: Final = FilePath(__file__).with_name("policy.schema.json")
Schema = dict[str, Any]

_NUMBER: Final = r"[0-9]{1,12}(\.[0-9]{1,12})?"
_OPEN: Final = rf"({_NUMBER}h)?\s*({_NUMBER}m)?\s*({_NUMBER}s)?"
_OPEN_ISO: Final = rf"PT({_NUMBER}H)?({_NUMBER}M)?({_NUMBER}S)?"
_WALL: Final = rf"({_NUMBER}w)?\s*({_NUMBER}d)?\s*{_OPEN}"
_AT: Final = r"[0-9]{1,6}(\.[0-9]{1,6})?\s*%|\S+\s+(before|after)"
_TIME: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)"
# In any case, without a flag: the engines of editors differ in how they write one.
_DAY: Final = "|".join("".join(f"[{letter.upper()}{letter}]" for letter in day) for day in DAYS)
_RANGE: Final = rf"({_DAY})(\s*-\s*({_DAY}))?"
_DAYS: Final = rf"{_RANGE}(\s*,\s*{_RANGE})*"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _text(pattern: str, *examples: str) -> Schema:
    whole = rf"^\s*({pattern})\s*$"  # of which some match nothing, so there must be something
    return {"type": "string", "pattern": whole, "minLength": 2, "examples": list(examples)}


_NAME: Final[Schema] = {"type": "string", "pattern": r"\S", "maxLength": limits.NAME}
_WORD: Final[Schema] = {"type": "string", "maxLength": limits.NAME}
_SPANS: Final[Schema] = {
    "type": "array",
    "items": _text(rf"{_TIME}\s*-\s*{_TIME}", "09:00-12:00", "22:00-06:00", "13:00-24:00"),
    "maxItems": limits.SPANS_A_DAY,
}
_BY_DATE: Final[Schema] = {
    "type": "object",
    "propertyNames": {"pattern": f"^{_DATE}$"},
    "additionalProperties": _SPANS,
}
_DATES: Final[Schema] = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^{_DATE}$", "examples": ["2026-12-25"]},
    "maxItems": limits.DATES,
}
_COUNTRY: Final[Schema] = {
    "type": "object",
    "properties": {
        "country": {"type": "string", "description": 'Its ISO 3166 code, such as "BR".'},
        "subdivision": {"type": "string", "description": 'A part of it, such as "SP".'},
    },
    "required": ["country"],
    "additionalProperties": False,
}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": limits.COUNT}
_SOME: Final[Schema] = _COUNT | {"minimum": 1}


def _known_or_own(known: Any) -> Schema:
    # Both: an editor offers what is known, and a word of the policy's own is right too.
    return {"anyOf": [{"enum": sorted(known)}, _NAME]}


_SPECIAL: Final[Mapping[tuple[type, str], Schema]] = {
    (EscalationPolicy, "max_bounces"): _COUNT,
    (EscalationPolicy, "max_automatic"): _COUNT,
    (EscalationPolicy, "place_at"): {"type": "number", "minimum": 0, "maximum": 1},
    (EscalationPolicy, "priorities"): {"type": "array", "items": _WORD, "minItems": 1},
    (Path, "requires"): {"type": "array", "items": {"enum": list(HANDOFF_FIELDS)}},
    (Permission, "command"): {"enum": sorted(COMMANDS)},
    (Permission, "roles"): {"type": "array", "items": _WORD, "minItems": 1},
    (Rule, "on"): _known_or_own(WORDS),
    (Rule, "times"): _SOME,
    (Target, "clock"): _known_or_own(BUILT_IN),
    (Target, "days"): _SOME,
    (Target, "name"): {"type": "string"},
    (WorkCalendar, "hours"): {
        "type": "object",
        "propertyNames": {"pattern": rf"^\s*{_DAYS}\s*$"},
        "additionalProperties": _SPANS,
        "minProperties": 1,
    },
    (WorkCalendar, "holidays"): {"anyOf": [_DATES, _COUNTRY]},
    (WorkCalendar, "breaks"): _BY_DATE,
    (WorkCalendar, "overrides"): _BY_DATE,
    (Tier, "handles"): {"type": "array", "items": {"type": "string", "maxLength": limits.TEXT}},
}
"""What annotations do not tell: bounds, and words that are known."""

_KINDS: Final[tuple[tuple[Any, Schema], ...]] = (
    (WorkTime, _text(f"{_OPEN}|{_OPEN_ISO}", "12h", "1h30m", "90m")),
    (frozenset[Status], {"type": "array", "items": {"enum": [str(status) for status in Status]}}),
    (When, _text(_AT, "75%", "100%", "1h before", "20m after")),
    (bool, {"type": "boolean"}),
    (float, {"type": "number"}),
)
_DEEDS: Final = tuple(field.name for field in attrs.fields(Doing))
_MOVES: Final = ("escalate_to", "return_to", "transfer_to")
_RULES: Final[Mapping[type, Schema]] = {
    Target: {
        "oneOf": [{"required": ["within"]}, {"required": ["days"]}],
        "anyOf": [{"required": [key]} for key in ("tiers", "when", "default")],
    },
    Step: {"anyOf": [{"required": [key]} for key in _DEEDS]},
    Rule: {
        "anyOf": [{"required": [key]} for key in _DEEDS],
        "if": {"properties": {"on": {"const": "idle"}}},
        "then": {"required": ["after"]},
        "else": {"not": {"required": ["after"]}},
    },
    Goal: {"oneOf": [{"required": ["at_least"]}, {"required": ["at_most"]}]},
}
"""What must come together, by class."""


def policy_schema() -> Schema:
    """Return the JSON Schema of policy files.

    >>> policy_schema()["properties"]["version"]["default"]
    'draft'
    """
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A policy of escalate",
        **_table(POLICY),
        "definitions": {
            make.__name__: _table(shape) for make, shape in SHAPES.items() if shape is not POLICY
        },
    }


def _table(shape: Shape) -> Schema:
    hints = get_type_hints(shape.make)
    told = told_of(shape.make)
    properties = {}
    for key, field in shape.fields.items():
        schema = {"description": told[field.alias or field.name], **_value(shape, key, hints)}
        default = plain_default(field)
        properties[key] = schema if default in (None, "", [], {}) else schema | {"default": default}
    if shape is POLICY:  # for files in JSON, whose editors are told by it where this schema is
        properties["$schema"] = {"type": "string"}
    required = [key for key, field in shape.fields.items() if field.default is attrs.NOTHING]
    summary = inspect.cleandoc(shape.make.__doc__ or "").partition("\n\n")[0]
    return {
        "description": _plain(summary),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **_together(shape.make),
    }


def _together(make: type) -> Schema:
    rules = dict(_RULES.get(make, {}))
    if issubclass(make, Doing):
        pairs = [(one, other) for one in _MOVES for other in _MOVES if one < other]
        rules["not"] = {"anyOf": [{"required": list(pair)} for pair in pairs]}
    return rules


def _value(shape: Shape, key: str, hints: Mapping[str, Any]) -> Schema:
    field = shape.fields[key]
    convert: Any = field.converter
    if (shape.make, key) in _SPECIAL:
        return _SPECIAL[shape.make, key]
    if convert is wall_us:
        return _text(_WALL, "3d", "12h", "30m")
    hint = hints[field.name]
    if hint == ConditionLike:
        return {"type": "string", "maxLength": limits.CONDITION, "minLength": 1}
    if key in shape.parts:
        return _part(key, hint)
    if convert is some_words:
        return {"anyOf": [_WORD, {"type": "array", "items": _WORD}]}
    return _of_hint(field, hint)


def _part(key: str, hint: Any) -> Schema:
    most = limits.PARTS.get(key, limits.STEPS if key == "steps" else limits.CHECKS)
    if key == "calendars":
        inner = {"$ref": "#/definitions/WorkCalendar"}
        return {"type": "object", "additionalProperties": inner, "maxProperties": most}
    make = Target if key == "targets" else get_args(hint)[0]
    schema: Schema = {
        "type": "array",
        "items": {"$ref": f"#/definitions/{make.__name__}"},
        "maxItems": most,
    }
    return schema | ({"minItems": 1} if key == "tiers" else {})


def _of_hint(field: attrs.Attribute[Any], hint: Any) -> Schema:
    options = {each for each in get_args(hint) if each is not type(None)} or {hint}
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if get_origin(hint) in (tuple, frozenset):
        return {"type": "array", "items": _WORD, "maxItems": limits.WORDS}
    for kind, schema in _KINDS:
        if kind in options:
            return schema
    if field.validator is named:
        return _NAME
    assert str in options, f"{field.name}: say in policies/schema.py what {hint} is in a file"
    longest = limits.TEXT if field.name in ("title", "ask") else limits.NAME
    return {"type": "string", "maxLength": longest}


def told_of(make: type) -> dict[str, str]:
    """Return what the docstrings of *make* and its bases say of each attribute.

    >>> told_of(Path)["source"]
    'The tier it leaves.'
    """
    told: dict[str, str] = {}
    for base in reversed(make.__mro__):
        told |= _attributes(inspect.cleandoc(base.__dict__.get("__doc__") or ""))
    return told


def _attributes(doc: str) -> dict[str, str]:
    section = re.search(r"^Attributes:\n((?:(?: .*)?\n?)*)", doc, re.MULTILINE)
    if section is None:
        return {}
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section[1], re.MULTILINE)
    return {name: _plain(text) for name, text in entries}


def _plain(text: str) -> str:
    """Return prose without the marks that are for the docs: ``x`` is x, *x* is x."""
    text = re.sub(r":\w+:`[~.]?([^`]+)`", r"\1", " ".join(text.split()))
    return re.sub(r"(?<!\w)\*(\w+)\*", r"\1", text.replace("``", ""))


def schema_text() -> str:
    """Return the text of the file that ships."""
    return json.dumps(policy_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(schema_text(), encoding="utf-8")
