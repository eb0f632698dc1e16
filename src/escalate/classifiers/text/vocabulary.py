"""Which grams count, and how much each weighs in a text, in whole numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import mul
from typing import Any, Final, Self

import attrs

from escalate.classifiers.text.grams import grams_of, shown

ONE: Final = 4096
"""What weighs one: weights of grams are whole multiples of 1/4096, so that sums are exact."""

_HALF: Final = math.sqrt(0.5)  # words and pieces have equal parts in the length of a text
Vector = tuple[list[int], list[int]]
"""The numbers of the grams of a text that are known, and what each weighs."""


@attrs.frozen
class Vocabulary:
    """The grams that are known: words and pairs first, then pieces, each group in alphabetical order.

    Attributes:
        words: The words and pairs.
        pieces: The pieces of words.
        seen: In how many texts each occurs.
        texts: How many texts there were.
    """

    words: tuple[str, ...]
    pieces: tuple[str, ...]
    seen: tuple[int, ...] = attrs.field(repr=False)
    texts: int
    _places: tuple[Mapping[str, int], Mapping[str, int]] = attrs.field(
        init=False, eq=False, repr=False
    )
    _rarity: tuple[float, ...] = attrs.field(init=False, eq=False, repr=False)

    @_places.default
    def _numbered(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        first = len(self.words)
        pieces = {gram: first + place for place, gram in enumerate(self.pieces)}
        return {gram: place for place, gram in enumerate(self.words)}, pieces

    @_rarity.default
    def _rarities(self) -> tuple[float, ...]:
        return tuple(1 + math.log((1 + self.texts) / (1 + each)) for each in self.seen)

    @property
    def _strangest(self) -> float:
        return 1 + math.log(1 + self.texts)

    @classmethod
    def of(cls, texts: Iterable[tuple[Counter[str], Counter[str]]], rare: int) -> Self:
        """Return the grams that occur in *rare* of *texts* or more."""
        seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        number = 0
        for number, grams in enumerate(texts, 1):  # noqa: B007 - the last one is how many there are
            for counted, found in zip(seen, grams, strict=True):
                counted.update(found.keys())
        kept = [sorted(gram for gram, times in each.items() if times >= rare) for each in seen]
        times = [each[gram] for each, grams in zip(seen, kept, strict=True) for gram in grams]
        return cls(tuple(kept[0]), tuple(kept[1]), tuple(times), number)

    def __reduce__(self) -> tuple[type[Vocabulary], tuple[Any, ...]]:
        # What is looked up is made again from what it is made of.
        return Vocabulary, (self.words, self.pieces, self.seen, self.texts)

    def __len__(self) -> int:
        return len(self.seen)

    def vector(self, text: str) -> Vector:
        """Return what of *text* is known, and what it weighs; empty for a text of which nothing is."""
        return self.weighed(grams_of(text))

    def weighed(self, grams: Sequence[Counter[str]]) -> Vector:
        """Return the numbers of the known *grams*, and what each weighs.

        The weight is that of tf-idf, with the logarithm of how often a gram occurs.
        """
        numbers: list[int] = []
        weights: list[int] = []
        for places, found in zip(self._places, grams, strict=True):
            known, raw, unknown = [], [], 0
            for gram, times in found.items():
                place = places.get(gram)
                if place is None:
                    unknown += 1
                    continue
                rarity = self._rarity[place]
                known.append(place)
                raw.append(rarity if times == 1 else (1 + math.log(times)) * rarity)
            # Grams that are not known have their part in the length: a text of which little is known must
            # not speak as loud as one that is known whole. fsum, for the order must not matter.
            length = math.sqrt(math.fsum(map(mul, raw, raw)) + unknown * self._strangest**2)
            share = _HALF * ONE / length if length else 0.0
            numbers += known
            weights += [round(each * share) for each in raw]
        return numbers, weights

    def shown(self, number: int) -> str:
        """Return the gram of that number as people read it."""
        first = len(self.words)
        if number < first:
            return shown(self.words[number], is_piece=False)
        return shown(self.pieces[number - first], is_piece=True)
