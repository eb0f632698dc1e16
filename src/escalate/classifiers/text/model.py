"""What was learned: labels, grams, and a weight for each pair of them, in one byte."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from operator import mul
from typing import Any, Final, Self

import attrs

from escalate.classifiers.text.grams import grams_of
from escalate.classifiers.text.lanes import Lanes
from escalate.classifiers.text.training import Training, learn, shares_of
from escalate.classifiers.text.vocabulary import ONE, Vector, Vocabulary

_MOST: Final = 127
_SIGNED: Final = tuple(byte - 256 if byte > _MOST else byte for byte in range(256))


@attrs.frozen
class TextModel:
    """Shares of labels for any text.

    Attributes:
        labels: What it tells apart, in alphabetical order.
        vocabulary: The grams that it knows.
        weights: A signed byte for each gram and label: the labels of the first gram, and so on. With
            ``has_nowhere`` each gram has one more, for texts that belong nowhere.
        unit: How much evidence a weight of 1 is for a text of this gram alone.
        has_nowhere: Whether it has seen texts that belong to no label.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary = attrs.field(repr=False)
    weights: bytes = attrs.field(repr=False)
    unit: float
    has_nowhere: bool = False
    _lanes: Lanes = attrs.field(init=False, eq=False, repr=False)
    _rows: tuple[int, ...] = attrs.field(init=False, eq=False, repr=False)

    @_lanes.default
    def _as_lanes(self) -> Lanes:
        # 32 bits are enough: weights have 7, those of grams 12, and the grams of a text have length 1,
        # so that even ten thousand of them add no more than 7.
        return Lanes(len(self.labels) + self.has_nowhere, 32)

    @_rows.default
    def _packed(self) -> tuple[int, ...]:
        size = self._lanes.size
        signed = struct.Struct(f"{size}b")
        pack = self._lanes.pack
        return tuple(pack(numbers) for numbers in signed.iter_unpack(self.weights))

    @classmethod
    def fitted(
        cls, texts: Sequence[str], labels: Sequence[str | None], training: Training, rare: int
    ) -> Self:
        """Return what *texts* teach; a label of none means that a text belongs nowhere.

        Args:
            texts: The examples.
            labels: The label of each.
            training: How to learn.
            rare: In how many texts a gram has to occur.
        """
        names = tuple(sorted({label for label in labels if label is not None}))
        places: dict[str | None, int] = {name: place for place, name in enumerate(names)}
        has_nowhere = None in labels
        places[None] = len(names)
        counted = [grams_of(text) for text in texts]
        vocabulary = Vocabulary.of(counted, rare)
        examples = [vocabulary.weighed(grams) for grams in counted]
        rows = training.rows(len(vocabulary), len(names) + has_nowhere)
        unit = learn(examples, [places[label] for label in labels], rows, training)
        learned = [rows.row(number) for number in range(len(vocabulary))]
        most = max((abs(each) for row in learned for each in row), default=0) or 1
        # A byte is enough: what rounding takes from each gram evens out over the grams of a text.
        signed = struct.Struct(f"{len(names) + has_nowhere}b")
        rounded = b"".join(
            signed.pack(*[(2 * _MOST * each + most) // (2 * most) for each in row])
            for row in learned
        )
        return cls(names, vocabulary, rounded, most / _MOST / unit, has_nowhere)

    def __reduce__(self) -> tuple[type[TextModel], tuple[Any, ...]]:
        # Rows are ten times as large as the weights that they are made of.
        return TextModel, (self.labels, self.vocabulary, self.weights, self.unit, self.has_nowhere)

    @property
    def digest(self) -> str:
        """Return a word that changes with what was learned."""
        told = hashlib.sha256(self.weights)
        grams = "\n".join((*self.vocabulary.words, "", *self.vocabulary.pieces))
        told.update(grams.encode("utf-8", "surrogatepass"))
        told.update(repr((self.labels, self.unit, self.has_nowhere, self.vocabulary.seen)).encode())
        return told.hexdigest()[:12]

    def evidence(self, vector: Vector) -> list[float]:
        """Return what speaks for each label, and last for none of them if it has seen such."""
        numbers, weights = vector
        row = sum(map(mul, map(self._rows.__getitem__, numbers), weights))
        unit = self.unit / ONE
        return [each * unit for each in self._lanes.unpack(row)]

    def shares(self, evidence: Sequence[float]) -> dict[str, float]:
        """Return the share of each label, given that the text belongs to one of them."""
        return dict(zip(self.labels, shares_of(evidence[: len(self.labels)]), strict=True))

    def familiarity(self, evidence: Sequence[float]) -> float:
        """Return how much speaks for the best label, against none of them where that was learned."""
        best = max(evidence[: len(self.labels)])
        return best - evidence[-1] if self.has_nowhere else best

    def reasons(self, vector: Vector, label: str, most: int) -> tuple[tuple[str, float], ...]:
        """Return the grams that speak loudest for or against *label*, at most that many."""
        place, size = self.labels.index(label), self._lanes.size
        numbers, weights = vector
        signed = [_SIGNED[self.weights[number * size + place]] for number in numbers]
        spoke = list(map(mul, signed, weights))
        softest = [-abs(each) for each in spoke]
        # A word and its piece may be shown alike, and are then told once; so look at some more.
        loudest = sorted(range(len(spoke)), key=softest.__getitem__)[: 3 * most]
        unit, told = self.unit / ONE, dict[str, float]()
        for at in loudest:
            gram = self.vocabulary.shown(numbers[at])
            told[gram] = told.get(gram, 0.0) + spoke[at] * unit
        in_order = sorted(told.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        return tuple(pair for pair in in_order[:most] if pair[1])
