"""What is summed up over cases: whole numbers that are the same in whatever order and parts they come."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import attrs


class Spans:
    """Spans of time, kept whole: any quantile of them can be asked for, and none depends on their order.

    >>> spans = Spans([5, 3])
    >>> spans.add(4)
    >>> sorted(spans)
    [3, 4, 5]
    """

    __slots__ = ("_us",)

    def __init__(self, spans_us: Iterable[int] = ()) -> None:
        self._us = array("q", spans_us)

    def add(self, us: int) -> None:
        """Take in a span in microseconds."""
        self._us.append(us)

    def merge(self, other: Spans) -> None:
        """Take in the spans of *other*."""
        self._us.extend(other._us)

    def __iter__(self) -> Iterator[int]:
        return iter(self._us)

    def __len__(self) -> int:
        return len(self._us)


Key = TypeVar("Key", bound=Hashable)


class SpansBy(dict[Key, Spans], Generic[Key]):
    """Spans by name, or by whatever else tells them apart.

    >>> spans = SpansBy()
    >>> spans.add("N1", 5)
    >>> sorted(spans["N1"])
    [5]
    """

    def add(self, key: Key, us: int) -> None:
        """Take in a span in microseconds under *key*."""
        try:
            self[key].add(us)
        except KeyError:
            self[key] = Spans((us,))

    def merge(self, other: SpansBy[Key]) -> None:
        """Take in the spans of *other*, key by key."""
        for key, spans in other.items():
            if key in self:
                self[key].merge(spans)
            else:
                self[key] = Spans(spans)


def merge_sums(mine: Any, theirs: Any) -> None:
    """Take each field of *theirs* into *mine*, both of one attrs class whose fields are sums.

    Whole numbers and counters are added up, truths hold if either does, sets are united, and whatever can
    merge by itself does. Other fields are what both were made with.

    >>> @attrs.define
    ... class Seen:
    ...     cases: int = 0
    ...     words: Counter[str] = attrs.field(factory=Counter)
    >>> some = Seen(1, Counter("a"))
    >>> merge_sums(some, Seen(2, Counter("ab")))
    >>> some
    Seen(cases=3, words=Counter({'a': 2, 'b': 1}))
    """
    for field in attrs.fields(type(mine)):
        a, b = getattr(mine, field.name), getattr(theirs, field.name)
        if isinstance(a, bool):
            setattr(mine, field.name, a or b)
        elif isinstance(a, int):
            setattr(mine, field.name, a + b)
        elif isinstance(a, Counter | set):
            a.update(b)
        elif hasattr(a, "merge"):
            a.merge(b)
