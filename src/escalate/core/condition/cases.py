"""Conditions as cases: all the ways in which one can be true, each a range per subject.

A ticket satisfies a condition if and only if it lies in one of its cases. That is what proofs work with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from escalate.core.condition.ranges import Flags, Numbers, Range, Words
from escalate.core.condition.tree import AllOf, AnyOf, Not, Tree
from escalate.core.condition.types import KINDS, Vocabulary
from escalate.core.sealing import FrozenDict
from escalate.errors import BadInput, TooManyCases

Case = Mapping[str, Range]
"""What each subject must be, by its key; a subject that is not named may be anything."""

Cases = tuple[Case, ...]

MOST_CASES: Final = 256


def cases_of(tree: Tree, *, true: bool = True) -> Cases:
    """Return the cases in which *tree* is true, or false; none at all if that cannot be.

    Raises:
        TooManyCases: There are more than :data:`MOST_CASES`.
    """
    match tree:
        case Not(part):
            return cases_of(part, true=not true)
        case AllOf(parts) | AnyOf(parts):
            found = [cases_of(part, true=true) for part in parts]
            # False is "not a or not b" of an and, and the other way round of an or.
            return _product(found) if isinstance(tree, AllOf) is true else _sum(found)
        case _:
            allowed = tree.allows if true else ~tree.allows
            return () if allowed.is_empty else (FrozenDict({tree.subject.key: allowed}),)


def overlap(first: Cases, second: Cases) -> Cases:
    """Return the cases that lie in both; none at all if nothing does.

    Raises:
        TooManyCases: There are more than :data:`MOST_CASES`.
    """
    found: list[Case] = []
    for one in first:
        for other in second:
            both = _merged(one, other)
            if both is not None and both not in found:
                found.append(both)
        _check_few(found)
    return tuple(found)


def within(cases: Cases, vocabulary: Vocabulary) -> Cases:
    """Return *cases* for tickets that hold only words that *vocabulary* knows.

    >>> within((FrozenDict(tier=Words({"N1"}, all_but=True)),), Vocabulary(tiers=("N1",)))
    ()
    """
    keys = {key for case in cases for key in case}
    words = {key: _known_words(key, vocabulary) for key in sorted(keys & KINDS.keys())}
    known = FrozenDict({key: each for key, each in words.items() if each is not None})
    return overlap(cases, (known,))


def _known_words(key: str, vocabulary: Vocabulary) -> Words | None:
    known = vocabulary.known(key)
    if known is None:
        return None
    always_there = key in ("priority", "status", "tier")
    return Words(known if always_there else (*known, None))


def _merged(one: Case, other: Case) -> Case | None:
    merged = dict(one)
    for key, allowed in other.items():
        both = _both(key, merged[key], allowed) if key in merged else allowed
        if both.is_empty:
            return None
        merged[key] = both
    return FrozenDict(merged)


def _both(key: str, one: Range, other: Range) -> Range:
    match one, other:
        case (Words(), Words()) | (Flags(), Flags()) | (Numbers(), Numbers()):
            return one & other  # type: ignore[operator]  # they are of one class, as just matched
        case _:
            kinds = "one type: it is compared with constants of two"
            raise BadInput(key, (one, other), kinds)


def _product(parts: Sequence[Cases]) -> Cases:
    found: Cases = (FrozenDict(),)
    for part in parts:
        found = overlap(found, part)
    return found


def _sum(parts: Sequence[Cases]) -> Cases:
    found: list[Case] = []
    for case in chain.from_iterable(parts):
        if case not in found:
            found.append(case)
    _check_few(found)
    return tuple(found)


def _check_few(found: Sequence[Case]) -> None:
    if len(found) > MOST_CASES:
        wanted = f"a condition of at most {MOST_CASES} cases; split it into several"
        raise TooManyCases("condition", f"{len(found)} cases or more", wanted)
