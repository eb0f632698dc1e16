"""What a comparison allows its subject to be: sets of words, of numbers, of yes and no.

A range is exact: its ends are the constants of the condition, never rounded. A value that is not there
is a possible value like any other, so that the opposite of a range holds just what the range does not.
Which range a comparison has is said in :mod:`escalate.core.condition.tree`; whole conditions as ranges
are in :mod:`escalate.core.condition.cases`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from math import isnan
from operator import and_, or_
from typing import Final, Literal

import attrs

Number = int | float
Cut = tuple[Number, int]
"""A place between two numbers: (5, 0) lies just below 5, and (5, 1) just above it."""

Domain = Literal["count", "span", "number"]
"""count: 0, 1, 2 ..., always there · span: whole microseconds, always there · number: may be missing."""


def as_number(value: object) -> Number | None:
    """Return *value* if it can be compared with numbers, else none.

    >>> as_number(5), as_number("5"), as_number(True), as_number(float("nan"))
    (5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if isinstance(value, float) and isnan(value) else value


def _set_of_words(values: Iterable[str | None]) -> frozenset[str | None]:
    return frozenset(values)


def _set_of_flags(values: Iterable[bool | None]) -> frozenset[bool | None]:
    return frozenset(values)


@attrs.frozen
class Words:
    """Some words, or all but some; ``None`` stands for no word at all.

    >>> high = Words({"high", "urgent"})
    >>> "high" in high, "high" in ~high, None in ~high
    (True, False, True)
    """

    words: frozenset[str | None] = attrs.field(converter=_set_of_words)
    all_but: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no value at all lies in it."""
        return not self.words and not self.all_but

    def __contains__(self, value: object) -> bool:
        word = value if isinstance(value, str) else None
        return (word in self.words) is not self.all_but

    def __invert__(self) -> Words:
        return Words(self.words, not self.all_but)

    def __and__(self, other: Words) -> Words:
        if self.all_but and other.all_but:
            return Words(self.words | other.words, all_but=True)
        if self.all_but:
            return Words(other.words - self.words)
        if other.all_but:
            return Words(self.words - other.words)
        return Words(self.words & other.words)

    def __or__(self, other: Words) -> Words:
        return ~(~self & ~other)


@attrs.frozen
class Flags:
    """Yes, no, or either; ``None`` stands for a field that is missing or holds something else.

    >>> vip = Flags({True})
    >>> True in ~vip, False in ~vip
    (False, True)
    """

    values: frozenset[bool | None] = attrs.field(converter=_set_of_flags)
    may_be_missing: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no value at all lies in it."""
        return not self.values

    def __contains__(self, value: object) -> bool:
        return (value if isinstance(value, bool) else None) in self.values

    def __invert__(self) -> Flags:
        every = {True, False, None} if self.may_be_missing else {True, False}
        return attrs.evolve(self, values=every - self.values)

    def __and__(self, other: Flags) -> Flags:
        return attrs.evolve(self, values=self.values & other.values)

    def __or__(self, other: Flags) -> Flags:
        return attrs.evolve(self, values=self.values | other.values)


@attrs.frozen
class Span:
    """The numbers between two ends; an end that is ``None`` is unbounded."""

    low: Number | None
    high: Number | None
    low_open: bool
    high_open: bool


@attrs.frozen
class Numbers:
    """Numbers in any number of spans, and whether a missing value counts too.

    Attributes:
        domain: What the subject can be at all; the opposite of a range stays inside it.
        cuts: Where it changes between out and in, ascending.
        below: Whether it holds what lies below the first cut.
        missing: Whether it holds a value that is missing or of another type.

    >>> low = Numbers.compared("<", 5)
    >>> 4 in low, 5 in ~low, None in low, None in ~low
    (True, True, False, True)
    >>> Numbers.compared(">", 1, "count").spans
    (Span(low=2, high=None, low_open=False, high_open=True),)
    """

    domain: Domain
    cuts: tuple[Cut, ...] = ()
    below: bool = False
    missing: bool = False

    @classmethod
    def compared(cls, sign: str, number: Number, domain: Domain = "number") -> Numbers:
        """Return the numbers n for which ``n sign number`` is true."""
        before, after = (number, 0), (number, 1)
        cuts: tuple[Cut, ...]
        match sign:
            case "<" | ">=":
                cuts = (before,)
            case ">" | "<=":
                cuts = (after,)
            case _:
                cuts = (before, after)
        return cls(domain, cuts, below=sign in ("<", "<=", "!="))._tidy()

    @classmethod
    def one_of(cls, numbers: Iterable[Number], domain: Domain = "number") -> Numbers:
        """Return just these numbers."""
        found = cls(domain)
        for number in numbers:
            found |= cls.compared("==", number, domain)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether no value at all lies in it."""
        return not (self.cuts or self.below or self.missing)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Its numbers, lowest first. Whole numbers have closed ends."""
        ends: list[Cut | None] = [*([None] if self.below else []), *self.cuts]
        if len(ends) % 2:
            ends.append(None)
        return tuple(map(self._span, ends[::2], ends[1::2]))

    def _span(self, low: Cut | None, high: Cut | None) -> Span:
        if self.domain != "number" and high is not None:
            high = (high[0] - 1, 1)  # below 4 is up to 3 among whole numbers
        return Span(
            low=None if low is None else low[0],
            high=None if high is None else high[0],
            low_open=low is None or low[1] == 1,
            high_open=high is None or high[1] == 0,
        )

    def __contains__(self, value: object) -> bool:
        number = as_number(value)
        # Of the cuts at this very number the lower one is passed, the upper one is not.
        return self.missing if number is None else self._after((number, 0))

    def _after(self, cut: Cut) -> bool:
        return self.below is not bool(bisect_right(self.cuts, cut) % 2)

    def __invert__(self) -> Numbers:
        opposite = attrs.evolve(self, below=not self.below, missing=not self.missing)
        return opposite._tidy()

    def without_missing(self) -> Numbers:
        """Return the same numbers, and none when there is no value."""
        return attrs.evolve(self, missing=False)

    def __and__(self, other: Numbers) -> Numbers:
        return self._joined(other, and_)

    def __or__(self, other: Numbers) -> Numbers:
        return self._joined(other, or_)

    def _joined(self, other: Numbers, keep: Callable[[bool, bool], bool]) -> Numbers:
        inside = below = keep(self.below, other.below)
        cuts = []
        for cut in sorted({*self.cuts, *other.cuts}):
            if keep(self._after(cut), other._after(cut)) is not inside:
                inside = not inside
                cuts.append(cut)
        missing = keep(self.missing, other.missing)
        return attrs.evolve(self, cuts=tuple(cuts), below=below, missing=missing)

    def _tidy(self) -> Numbers:
        """Return the same with one way only to say it, inside its domain."""
        if self.domain == "number":
            return self
        # Between 3 and 4 there is no whole number: just above 3 is just below 4.
        cuts = tuple((number + side, 0) for number, side in self.cuts)
        whole = attrs.evolve(self, cuts=cuts, missing=False)
        return whole & _COUNTS if self.domain == "count" else whole


_COUNTS: Final = Numbers("count", cuts=((0, 0),))

Range = Words | Flags | Numbers
