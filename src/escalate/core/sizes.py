"""Whether a policy is small enough: how many parts, how long its words, how large its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from escalate.core import limits
from escalate.core.sla import Target
from escalate.errors import BadInput, LimitExceeded, shown

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy

_LONG: Final = frozenset({"title", "ask", "handles", "when"})  # a condition has a limit of its own
_INSIDE: Final = {"steps": limits.STEPS, "checklist": limits.CHECKS}
_DAY_US: Final = 86_400_000_000
_HOUR_US: Final = 3_600_000_000
_COUNTS: Final = ("max_bounces", "max_automatic", "times", "days")
_WALL: Final = ("after", "cooldown", "reopen_within")


def sizes(policy: EscalationPolicy) -> Iterator[BadInput]:
    """Yield what of *policy* is more than :mod:`escalate.core.limits` allows."""
    too_many = False
    for key, most in limits.PARTS.items():
        place = "SLAPolicy.targets" if key == "targets" else f"EscalationPolicy.{key}"
        for wrong in _at_most(place, len(_parts(policy, key)), most, ""):
            too_many = True
            yield wrong
    if too_many:
        return
    yield from _of("EscalationPolicy", policy)
    for key in limits.PARTS:
        for part in _parts(policy, key):
            if attrs.has(type(part)):
                yield from _of(_label(part), part)
    for name in policy.calendars:
        yield from _at_most("EscalationPolicy.calendars", len(str(name)), limits.NAME, "characters")


def _parts(policy: EscalationPolicy, key: str) -> Any:
    return policy.sla.targets if key == "targets" else getattr(policy, key)


def _label(part: Any) -> str:
    # As errors call it elsewhere, so that a file's reader finds its place.
    if hasattr(part, "place"):
        return str(part.place)
    name = next(getattr(part, key) for key in ("name", "command", "measure") if hasattr(part, key))
    return f"{type(part).__name__}({name!r})"


def _of(label: str, thing: Any) -> Iterator[BadInput]:
    """Yield what is too much inside one part."""
    for field in attrs.fields(type(thing)):
        name, value = field.alias or field.name, getattr(thing, field.name)
        place = f"{label}.{name}"
        if name in _INSIDE:
            yield from _at_most(place, len(value), _INSIDE[name], "")
            for each in value[: _INSIDE[name]]:
                # Checks have no errors of their own in a policy; those of a step name it.
                inner = f"{label}, {_label(each)}" if name == "steps" else place
                yield from _of(inner, each)
        elif name in _COUNTS and isinstance(value, int):
            yield from _at_most(place, value, limits.COUNT, "")
        elif name in _WALL and isinstance(value, int):
            yield from _at_most(place, value // _DAY_US, limits.WALL_DAYS, "days")
        elif name == "within" and value is not None:
            yield from _at_most(place, value.us // _HOUR_US, limits.AMOUNT_HOURS, "hours")
        elif not (isinstance(thing, Target) and name == "name"):  # made of the names of its tiers
            yield from _words(place, value, limits.TEXT if name in _LONG else limits.NAME)


def _words(place: str, value: object, longest: int) -> Iterator[BadInput]:
    if isinstance(value, str):
        yield from _at_most(place, len(value), longest, "characters")
    elif isinstance(value, tuple | frozenset):
        yield from _at_most(place, len(value), limits.WORDS, "words")
        for word in value:
            if isinstance(word, str):
                yield from _at_most(place, len(word), longest, "characters")


def _at_most(place: str, count: int, most: int, unit: str) -> Iterator[BadInput]:
    if count > most:
        got = count if not unit else f"{shown(count)} {unit}"
        yield LimitExceeded(place, got, f"{most:,} {unit} at most" if unit else f"{most:,} at most")
