"""What a comparison means: the values of its subject that make it true.

A missing field makes every comparison false, ``!=`` and ``not in`` too, and so does a value of another
type. Where ``none`` is a value, as of ``assignee``, it is unequal to every word.
"""

from __future__ import annotations

from collections.abc import Sequence

from escalate.core.condition.ranges import Domain, Flags, Numbers, Range, Words
from escalate.core.condition.types import MAY_BE_NONE, Constant, Subject


def allowed(
    subject: Subject, sign: str, constants: Sequence[Constant], priorities: Sequence[str]
) -> Range:
    """Return what *subject* may be for ``subject sign constants``, with *priorities* lowest first.

    >>> order = ("low", "normal", "high")
    >>> allowed(Subject("priority"), "<", ["high"], order) == Words({"low", "normal"})
    True
    """
    negative = sign in ("!=", "not in")
    match constants[0]:
        case bool():
            flags = {flag for flag in (True, False) if (flag in constants) is not negative}
            return Flags(flags, may_be_missing=True)
        case int() | float():
            return _numbers(subject, sign, constants)
        case str(word) if sign[0] in "<>":
            return Words(_ranked(sign, word, priorities))
        case _:
            words = {word for word in constants if isinstance(word, str | None)}
            absent = {None} if negative and subject.name not in MAY_BE_NONE else set()
            return Words(words | absent, all_but=negative)


def _ranked(sign: str, word: str, priorities: Sequence[str]) -> list[str]:
    places = Numbers.compared(sign, priorities.index(word))
    return [priority for place, priority in enumerate(priorities) if place in places]


def _numbers(subject: Subject, sign: str, constants: Sequence[Constant]) -> Numbers:
    domain: Domain = "number"
    if subject.kind in ("count", "span"):
        domain = "count" if subject.kind == "count" else "span"
    numbers = [number for number in constants if isinstance(number, int | float)]
    if not sign.endswith("in"):
        return Numbers.compared(sign, numbers[0], domain)
    found = Numbers.one_of(numbers, domain)
    return (~found).without_missing() if sign == "not in" else found
