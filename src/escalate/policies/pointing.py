"""Where in its file a policy is wrong: errors of the core say ``Rule('vip')``, a file has ``rules[1]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from escalate.core.policy import Path
from escalate.core.protocol import Permission
from escalate.core.sla import SLAPolicy
from escalate.errors import BadInput, InvalidCondition, InvalidFile
from escalate.policies.shapes import PATH, POLICY
from escalate.policies.tables import Place

_REST: Final = re.compile(r"\.(\w+)(.*)", re.DOTALL)
_LISTS: Final = ("tiers", "paths", "rules", "request_types", "receivers", "clocks", "permissions")


@attrs.frozen
class _Part:
    """A part of a policy: what errors call it, what it is, and where it stands."""

    label: str
    thing: Any
    place: Place


def pointed(wrong: BadInput, arguments: Mapping[str, Any], place: Place) -> BadInput:
    """Return the error that *wrong*, said of the policy made of *arguments*, is in its file.

    One about a condition still points into the condition's text.
    """
    where = _where(wrong, arguments, place)
    if isinstance(wrong, InvalidCondition):
        return attrs.evolve(wrong, what=str(where))
    return InvalidFile(str(where), wrong.got, wrong.wanted)


def _where(wrong: BadInput, arguments: Mapping[str, Any], place: Place) -> Place:
    parts = [part for part in _parts(arguments, place) if _is_about(wrong.what, part.label)]
    longest = max((len(part.label) for part in parts), default=0)
    parts = [part for part in parts if len(part.label) == longest]
    if not parts:
        return place
    rest = _REST.match(wrong.what[longest:])
    if rest is None:
        return _of_value(parts[0], wrong.got)
    argument = rest[1]
    part = next((each for each in parts if _has(each.thing, argument, wrong)), parts[0])
    key = (PATH if isinstance(part.thing, Path) else POLICY).key_of(argument)
    return part.place.key(key + rest[2])


def _is_about(what: str, label: str) -> bool:
    return what.startswith(label) and what[len(label) : len(label) + 1] in ("", ".", ",")


def _has(thing: object, argument: str, wrong: BadInput) -> bool:
    """Whether *thing* has the very value that is wrong: two paths may join the same tiers."""
    value = getattr(thing, argument, None)
    return value == (wrong.text if isinstance(wrong, InvalidCondition) else wrong.got)


def _of_value(part: _Part, value: object) -> Place:
    """Return the place of the one key of *part* that holds *value*, else that of the part."""
    if part.thing is None:
        return part.place
    held = (
        (field.alias, getattr(part.thing, field.name)) for field in attrs.fields(type(part.thing))
    )
    holders = [key for key, values in held if value in _listed(values)]
    return part.place.key(holders[0]) if len(holders) == 1 else part.place


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | frozenset) else (value,)


def _parts(arguments: Mapping[str, Any], place: Place) -> Iterator[_Part]:
    yield _Part("EscalationPolicy", None, place)
    yield _Part("SLAPolicy", None, place)
    for key in _LISTS:
        for index, thing in enumerate(arguments.get(key, ())):
            yield _Part(_label(thing), thing, place.key(key).item(index))
    targets = arguments.get("sla", SLAPolicy()).targets
    for index, target in enumerate(targets):
        at = place.key("targets").item(index)
        label = f"Target({target.name!r})"
        yield _Part(label, target, at)
        for number, step in enumerate(target.steps):
            yield _Part(f"{label}, Step({step.name!r})", step, at.key("steps").item(number))


def _label(thing: Any) -> str:
    if isinstance(thing, Path):
        return thing.place
    name = thing.command if isinstance(thing, Permission) else thing.name
    return f"{type(thing).__name__}({name!r})"
