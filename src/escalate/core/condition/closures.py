"""Conditions as functions of a ticket: each tree becomes one small closure, made once per policy.

A comparison is a membership or one operator call; nothing of the tree is walked when a ticket is judged.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from escalate.core.condition.ranges import Flags, Words, as_number
from escalate.core.condition.tree import AllOf, AnyOf, Comparison, Has, Not, Tree
from escalate.core.condition.types import Subject

Holds = Callable[[Any, int], bool]
"""Judges a ticket at an instant, in microseconds; only ``age`` and ``in_tier_for`` look at it."""

Read = Callable[[Any], Any]
"""Gets a value from a ticket, ``None`` if it is missing or of another type."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, constants: value in constants,
    "not in": lambda value, constants: value not in constants,
}
_SINCE: Final = {"age": "opened_us", "in_tier_for": "entered_us"}


def compile_tree(tree: Tree) -> Holds:
    """Return the function that *tree* says."""
    match tree:
        case AllOf(parts):
            return _every([compile_tree(part) for part in parts])
        case AnyOf(parts):
            return _some([compile_tree(part) for part in parts])
        case Not(part):
            inner = compile_tree(part)
            return lambda ticket, now_us: not inner(ticket, now_us)
        case Has(subject):
            word, words = subject.of, attrgetter(subject.name)
            return lambda ticket, now_us: word in words(ticket)
        case Comparison():
            return _comparison(tree)


def _every(parts: list[Holds]) -> Holds:
    if len(parts) == 2:  # most conditions have two parts, and a loop would cost more than both
        first, second = parts
        return lambda ticket, now_us: first(ticket, now_us) and second(ticket, now_us)
    return lambda ticket, now_us: all(part(ticket, now_us) for part in parts)


def _some(parts: list[Holds]) -> Holds:
    if len(parts) == 2:
        first, second = parts
        return lambda ticket, now_us: first(ticket, now_us) or second(ticket, now_us)
    return lambda ticket, now_us: any(part(ticket, now_us) for part in parts)


def _comparison(comparison: Comparison) -> Holds:
    subject, allows = comparison.subject, comparison.allows
    if isinstance(allows, Flags):
        return _among(_reader(subject, _as_flag), allows.values)
    if isinstance(allows, Words):
        read = _reader(subject, _as_text)
        return (_not_among if allows.all_but else _among)(read, allows.words)
    return _numeric(comparison)


def _among(read: Read, values: frozenset[Any]) -> Holds:
    return lambda ticket, now_us: read(ticket) in values


def _not_among(read: Read, values: frozenset[Any]) -> Holds:
    return lambda ticket, now_us: read(ticket) not in values


def _numeric(comparison: Comparison) -> Holds:
    compare, constant = _COMPARE[comparison.sign], _right_side(comparison)
    if comparison.subject.kind == "span":
        began_us = attrgetter(_SINCE[comparison.subject.name])
        return lambda ticket, now_us: compare(now_us - began_us(ticket), constant)
    read = _reader(comparison.subject, as_number)

    def holds(ticket: Any, now_us: int) -> bool:
        value = read(ticket)
        return value is not None and compare(value, constant)

    return holds


def _right_side(comparison: Comparison) -> Any:
    constants = comparison.constants
    return frozenset(constants) if comparison.sign.endswith("in") else constants[0]


def _reader(subject: Subject, as_type: Callable[[Any], Any]) -> Read:
    match subject.name:
        case "fields":
            return lambda ticket: as_type(ticket.fields.get(subject.of))
        case "attempts":
            return lambda ticket: sum(each.what == subject.of for each in ticket.attempts)
        case "classification.tier" | "classification.confidence":
            read = attrgetter(subject.name.partition(".")[2])
            return lambda ticket: as_type(ticket.classification and read(ticket.classification))
        case name:
            return attrgetter(name)


def _as_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _as_flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
