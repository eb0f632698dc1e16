"""Where in its file a policy is wrong: errors of the core say ``Rule('vip')``, a file has ``rules[1]``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

import attrs

from escalate.core.policy import EscalationPolicy, Path
from escalate.errors import BadInput, InvalidCondition, shown
from escalate.policies.lines import Parts
from escalate.policies.shapes import PATH, POLICY
from escalate.policies.tables import Place

_T = TypeVar("_T")
_REST: Final = re.compile(r"\.(\w+)(.*)", re.DOTALL)
_LISTS: Final = (
    "tiers",
    "paths",
    "rules",
    "request_types",
    "receivers",
    "clocks",
    "permissions",
    "goals",
)
_NAMED_BY: Final = ("name", "command", "measure")


@attrs.frozen
class _Part:
    """A part of a policy: what errors call it, what it is, and where it stands."""

    label: str
    thing: Any
    place: Place


@attrs.define
class Pointing:
    """Where the parts of a policy stand in its file.

    Attributes:
        policy: The policy, which need not be right.
        place: The place of the file as a whole.
        kept: Where only some items of a list could be read, their indexes.
    """

    policy: EscalationPolicy
    place: Place
    kept: Mapping[Parts, list[int]]
    _told: Counter[tuple[str, str]] = attrs.field(factory=Counter, init=False)

    def pointed(self, wrong: BadInput) -> tuple[BadInput, Place]:
        """Return the error that *wrong*, said of the policy, is in its file, and where.

        One about a condition still points into the condition's text. What is said again is about the next
        part that it is true of: two rules may have one name, and one mistake each.
        """
        where = self._where(wrong)
        if isinstance(wrong, InvalidCondition):
            file = "" if where.lines is None else where.file
            error: BadInput = attrs.evolve(
                wrong, what=str(where), file=file, place=where.path, line=where.line
            )
        else:
            error = where.wrong(wrong.got, wrong.wanted, wrong.code)
        error.__cause__ = wrong
        return error, where

    def _where(self, wrong: BadInput) -> Place:
        parts = [part for part in self._parts if _is_about(wrong.what, part.label)]
        longest = max((len(part.label) for part in parts), default=0)
        parts = [part for part in parts if len(part.label) == longest]
        if not parts:
            return self.place
        rest = _REST.match(wrong.what[longest:])
        if rest is None:
            places = [_of_value(part, wrong.got) for part in parts]
            return self._next(
                wrong, [at for at in places if at not in [part.place for part in parts]] or places
            )
        argument = rest[1]
        if isinstance(wrong.got, list) and argument in _LISTS and parts[0].thing is None:
            return self._second(argument, wrong.got[0])
        having = [each for each in parts if _has(each.thing, argument, wrong)] or parts
        part = self._next(wrong, having)
        key = (PATH if isinstance(part.thing, Path) else POLICY).key_of(argument)
        return part.place.key(key).inside(rest[2])

    def _next(self, wrong: BadInput, having: Sequence[_T]) -> _T:
        """Return the one of *having* whose turn it is."""
        said = self._told[wrong.what, shown(wrong.got)]
        self._told[wrong.what, shown(wrong.got)] += 1
        return having[min(said, len(having) - 1)]

    def _second(self, key: str, name: str) -> Place:
        """Return where a name stands that was given before."""
        place = self.place.key(key)
        named = [part for part in self._parts if part.place.parts[:-1] == place.parts]
        twice = [part for part in named if getattr(part.thing, "name", None) == name]
        return twice[1].place.key("name") if len(twice) > 1 else place

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        return tuple(self._all())

    def _all(self) -> Iterator[_Part]:
        policy, place = self.policy, self.place
        yield _Part("EscalationPolicy", None, place)
        yield _Part("SLAPolicy", None, place)
        for key in _LISTS:
            for at, thing in self._placed(getattr(policy, key), place.key(key)):
                yield _Part(_label(thing), thing, at)
        for at, target in self._placed(policy.sla.targets, place.key("targets")):
            label = f"Target({target.name!r})"
            yield _Part(label, target, at)
            for inner, step in self._placed(target.steps, at.key("steps")):
                yield _Part(f"{label}, Step({step.name!r})", step, inner)

    def _placed(self, things: Sequence[Any], place: Place) -> Iterator[tuple[Place, Any]]:
        indexes = self.kept.get(place.parts, range(len(things)))
        return ((place.item(index), thing) for index, thing in zip(indexes, things, strict=True))


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


def _label(thing: Any) -> str:
    if isinstance(thing, Path):
        return thing.place
    name = next(getattr(thing, key) for key in _NAMED_BY if hasattr(thing, key))
    return f"{type(thing).__name__}({name!r})"
