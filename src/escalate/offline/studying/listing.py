"""Which of many names are shown, in which order, and how what is told by several names is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, TypeVar

MOST: Final = 20
"""How many names a figure shows where a log may have thousands."""
SHOWN: Final = f"At most {MOST} are shown, those of the most cases."

Name = TypeVar("Name", str, tuple[str, ...], tuple[str, str], tuple[str, str, str])
Thing = TypeVar("Thing")


def most_frequent(seen: Mapping[Name, int], most: int = MOST) -> list[Name]:
    """Return the names with the highest counts, the highest first and equals by name.

    >>> most_frequent(Counter({"b": 2, "a": 2, "c": 3}), 2)
    ['c', 'a']
    """
    return sorted(seen, key=lambda name: (-seen[name], name))[:most]


def in_order(names: Iterable[str], known: Sequence[str]) -> list[str]:
    """Return *names* as *known* orders them, the others behind and sorted.

    >>> in_order({"x", "N2", "N1"}, ("N1", "N2"))
    ['N1', 'N2', 'x']
    """
    there = set(names)
    return [*(name for name in known if name in there), *sorted(there - set(known))]


def way(steps: Iterable[str]) -> str:
    """Return *steps* in one line, runs of equals told once.

    >>> way(["Received", "In work", "In work", "Solved"])
    'Received > In work (2) > Solved'
    """
    counted = ((step, sum(1 for _ in same)) for step, same in groupby(steps))
    return " > ".join(step if times == 1 else f"{step} ({times})" for step, times in counted)


def named(pairs: Iterable[tuple[str, Thing]]) -> dict[str, Thing]:
    """Return *pairs* by name; a name that is taken is told apart by its place.

    Words of a log may hold whatever else joins them, so two ways may read alike.

    >>> named([("a > b", 1), ("a > b", 2)])
    {'a > b': 1, 'a > b [2]': 2}
    """
    found: dict[str, Thing] = {}
    for place, (name, thing) in enumerate(pairs, 1):
        free = name
        while free in found:
            free = f"{free} [{place}]"
        found[free] = thing
    return found


def counts_of(seen: Counter[Name], most: int = MOST) -> Iterator[tuple[Name, int]]:
    """Yield the names with the highest counts, each with its count."""
    return ((name, seen[name]) for name in most_frequent(seen, most))
