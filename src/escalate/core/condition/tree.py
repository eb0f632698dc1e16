"""A condition as a tree: what is compared with what, and how that is joined.

Trees are plain values, equal when they say the same in the same order. They are made by
:mod:`escalate.core.condition.reading` and turned into functions by
:mod:`escalate.core.condition.closures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from escalate.core.condition.ranges import Flags, Range
from escalate.core.condition.types import Constant, Subject, quoted, show_wall_time


@attrs.frozen
class Comparison:
    """One subject against a constant, or against a list of them.

    Attributes:
        subject: What is looked at.
        sign: ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in`` or ``not in``.
        constants: What it is compared with; more than one only for ``in`` and ``not in``.
        allows: The values of the subject that make it true.
    """

    subject: Subject
    sign: str
    constants: tuple[Constant, ...]
    allows: Range

    def __str__(self) -> str:
        shown = [_shown(self.subject, constant) for constant in self.constants]
        if self.sign.endswith("in"):
            tail = "," if len(shown) == 1 else ""
            return f"{self.subject} {self.sign} ({', '.join(shown)}{tail})"
        return f"{self.subject} {self.sign} {shown[0]}"


@attrs.frozen
class Has:
    """A tag that the ticket carries, or a milestone that it has reached."""

    subject: Subject

    @property
    def allows(self) -> Flags:
        """Yes."""
        return Flags({True})

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The tag or the milestone."""
        return (self.subject.of,)

    def __str__(self) -> str:
        word = quoted(self.subject.of or "")
        return f"{word} in tags" if self.subject.name == "tags" else f"reached({word})"


@attrs.frozen
class Not:
    """The opposite of its part."""

    part: Tree

    def __str__(self) -> str:
        if isinstance(self.part, Has) and self.part.subject.name == "tags":
            return f"{quoted(self.part.subject.of or '')} not in tags"
        return f"not {_inside(self.part, AllOf, AnyOf)}"


@attrs.frozen
class AllOf:
    """True when each of its parts is."""

    parts: tuple[Tree, ...]

    def __str__(self) -> str:
        return " and ".join(_inside(part, AnyOf) for part in self.parts)


@attrs.frozen
class AnyOf:
    """True when one of its parts is."""

    parts: tuple[Tree, ...]

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


Atom = Comparison | Has
Tree = Atom | Not | AllOf | AnyOf


def atoms(tree: Tree) -> Iterator[Atom]:
    """Yield every comparison, tag and milestone in *tree*, from left to right."""
    match tree:
        case Not(part):
            yield from atoms(part)
        case AllOf(parts) | AnyOf(parts):
            for each in parts:
                yield from atoms(each)
        case _:
            yield tree


def _inside(part: Tree, *looser: type[Tree]) -> str:
    return f"({part})" if isinstance(part, looser) else str(part)


def _shown(subject: Subject, constant: Constant) -> str:
    match constant:
        case bool() | None:
            return str(constant).lower()
        case str():
            return quoted(constant)
        case _ if subject.kind == "span":
            return quoted(show_wall_time(int(constant)))
        case _:
            # Decimal writes a small or large number out; repr would turn to 1e-07.
            return format(Decimal(repr(constant)), "f")
