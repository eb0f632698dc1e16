"""Conditions: ``when = '"vip" in tags and priority >= "high"'``, read and checked once, judged fast.

A condition looks at one ticket and says yes or no. It is read by :func:`parse`, never evaluated as
Python, and knows nothing that is not on the ticket: no text search, no arithmetic, no clock but the
instant it is judged at. A Python function may stand in for one (:class:`Opaque`); then proofs can say
nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import attrs

from escalate.core.condition.cases import Case, Cases, cases_of, overlap, within
from escalate.core.condition.closures import Holds, compile_tree
from escalate.core.condition.reading import read
from escalate.core.condition.tree import Comparison, Tree, atoms
from escalate.core.condition.types import Constant, FieldType, Vocabulary, wall_time_us
from escalate.core.sealing import FrozenDict
from escalate.errors import BadInput, ConditionFailed

__all__ = [
    "Case",
    "Cases",
    "Condition",
    "Constant",
    "FieldType",
    "Opaque",
    "Vocabulary",
    "as_condition",
    "implies",
    "overlap",
    "parse",
    "wall_time_us",
    "within",
]


@attrs.frozen
class Condition:
    """A condition that was read and checked. Two are equal when they say the same in the same order.

    Attributes:
        tree: What it says.
        holds: ``holds(ticket, now_us)`` judges a ticket, at an instant in microseconds.
        reads: What of a ticket it looks at, such as ``"priority"`` and ``"fields.region"``.
        constants: What each subject is compared with: ``{"tags": {"vip"}, "attempts.reset": {2}}``.
        field_types: Which type each ``fields.x`` must have for a comparison to be true.

    >>> condition = parse('"vip" in tags and priority>="high"', Vocabulary())
    >>> print(condition)
    "vip" in tags and priority >= "high"
    >>> sorted(condition.reads)
    ['priority', 'tags']
    """

    tree: Tree
    holds: Holds = attrs.field(init=False, eq=False, repr=False)
    reads: frozenset[str] = attrs.field(init=False, eq=False, repr=False)
    constants: Mapping[str, frozenset[Constant]] = attrs.field(init=False, eq=False, repr=False)
    field_types: Mapping[str, FieldType] = attrs.field(init=False, eq=False, repr=False)

    is_opaque: ClassVar[bool] = False

    @holds.default
    def _compiled(self) -> Holds:
        return compile_tree(self.tree)

    @reads.default
    def _names(self) -> frozenset[str]:
        return frozenset(atom.subject.read for atom in atoms(self.tree))

    @constants.default
    def _by_subject(self) -> Mapping[str, frozenset[Constant]]:
        found: dict[str, frozenset[Constant]] = {}
        for atom in atoms(self.tree):
            subject = atom.subject
            key = subject.name if subject.kind == "flag" else subject.key
            found[key] = found.get(key, frozenset()) | frozenset(atom.constants)
        return MappingProxyType(found)

    @field_types.default
    def _types(self) -> Mapping[str, FieldType]:
        fields = (
            atom
            for atom in atoms(self.tree)
            if isinstance(atom, Comparison) and atom.subject.kind == "field"
        )
        return MappingProxyType({atom.subject.key: _type_of(atom.constants[0]) for atom in fields})

    def ranges(self, *, true: bool = True) -> Cases:
        """Return every case in which it is true, or with ``true=False`` in which it is not.

        A ticket satisfies it exactly if the ticket lies in one of the cases: each maps a subject's
        key, such as ``"moves"``, ``"fields.x"``, ``"attempts.reset"``, ``"tags.vip"`` or
        ``"milestones.network_ok"``, to the values it allows. A condition that can never be true has
        no case.

        Raises:
            TooManyCases: There are too many for a proof to look at.

        >>> parse('moves > 2 and moves < 3', Vocabulary()).ranges()
        ()
        """
        return cases_of(self.tree, true=true)

    def __str__(self) -> str:
        return str(self.tree)

    def __reduce__(self) -> tuple[type[Condition], tuple[Tree]]:
        # Closures do not pickle; they are made again from the tree.
        return Condition, (self.tree,)


@attrs.frozen
class Opaque:
    """A Python function that stands in for a condition. It is trusted like any other code.

    Attributes:
        function: Takes a ticket and returns True or False, the same for the same ticket.
    """

    function: Callable[[Any], bool]

    is_opaque: ClassVar[bool] = True

    @property
    def reads(self) -> frozenset[str]:
        """Nothing that is known; ask :attr:`is_opaque` before concluding from it."""
        return frozenset()

    @property
    def constants(self) -> Mapping[str, frozenset[Constant]]:
        """Nothing that is known."""
        return FrozenDict()

    @property
    def field_types(self) -> Mapping[str, FieldType]:
        """Nothing that is known."""
        return FrozenDict()

    def holds(self, ticket: Any, now_us: int) -> bool:
        """Ask the function about *ticket*; the instant is not told.

        Raises:
            ConditionFailed: It raised an error, or returned neither True nor False.
        """
        try:
            answer = self.function(ticket)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise ConditionFailed(str(self), str(ticket.id), why) from error
        if not isinstance(answer, bool):
            raise ConditionFailed(str(self), str(ticket.id), f"it returned {answer!r}")
        return answer

    def __str__(self) -> str:
        named = self.function if hasattr(self.function, "__qualname__") else type(self.function)
        return f"{named.__module__}.{named.__qualname__}"


def parse(text: str, vocabulary: Vocabulary, *, clock: bool = False) -> Condition:
    """Read a condition and check it against the words that a policy knows.

    Args:
        text: What a policy author wrote.
        vocabulary: The policy's words.
        clock: Whether ``age`` and ``in_tier_for`` are allowed: in rules and steps.

    Raises:
        InvalidCondition: It cannot be read, or speaks of something that it may not.

    >>> parse('priority >= "hihg"', Vocabulary())
    Traceback (most recent call last):
    ...
    escalate.errors.inputs.InvalidCondition: condition: got "hihg", wanted a priority of this policy; did ...
      priority >= "hihg"
                  ^
    """
    return Condition(read(text, vocabulary, clock=clock))


def as_condition(
    value: str | Callable[[Any], bool] | Condition | Opaque | None,
    vocabulary: Vocabulary,
    *,
    clock: bool = False,
) -> Condition | Opaque | None:
    """Return the condition that *value* stands for; none stays none.

    A condition that was read before is checked again, as it may come from another policy.

    Raises:
        InvalidCondition: Its text is not one for this *vocabulary*.
        BadInput: *value* is none of these.
    """
    match value:
        case None | Opaque():
            return value
        case str() | Condition():
            return parse(str(value), vocabulary, clock=clock)
        case _ if callable(value):
            return Opaque(value)
        case _:
            raise BadInput("condition", value, "a text, a function of a ticket, or none")


def implies(first: Condition, second: Condition, vocabulary: Vocabulary | None = None) -> bool:
    """Whether every ticket that satisfies *first* also satisfies *second*.

    With a *vocabulary* only tickets are meant that hold the words it knows.

    Raises:
        TooManyCases: There are too many cases to look at.

    >>> words = Vocabulary()
    >>> implies(parse("moves > 2", words), parse("moves >= 2", words))
    True
    """
    without = overlap(first.ranges(), second.ranges(true=False))
    return not (without if vocabulary is None else within(without, vocabulary))


def _type_of(constant: Constant) -> FieldType:
    if isinstance(constant, bool):
        return "flag"
    return "text" if isinstance(constant, str) else "number"
