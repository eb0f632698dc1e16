"""Clusters of short texts: which say nearly the same, in any language, in the same way every time.

Texts are compared by their rarer words, pairs of words and beginnings of words, as
:mod:`escalate.classifiers.text` weighs them (tf-idf, in whole numbers), so nothing here knows a language,
and scripts without spaces are no exception. First the text that is most like all others leads a cluster,
then the next that is unlike every leader, and so on; then each text joins the cluster whose middle is
nearest, a few times over (k-means on the sphere). Texts are taken by how like the others they are and then
by name, so the order in which they are given does not matter. The work grows with the texts times the
clusters, of which there are at most :data:`MOST_CLUSTERS`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import chain, repeat
from math import sqrt
from operator import mul
from typing import Final

import attrs

from escalate.classifiers.folding import stands_alone
from escalate.classifiers.text.grams import EDGE, LONGEST_PIECE, grams_of
from escalate.classifiers.text.lanes import Lanes
from escalate.classifiers.text.vocabulary import ONE, Vector, Vocabulary

MOST_CLUSTERS: Final = 256

_LIKE_A_LEADER: Final = 0.2
_LIKE_THE_MIDDLE: Final = 0.15
_LIKE_EACH_OTHER: Final = 0.6
_ROUNDS: Final = 5
_GRAMS_OF_A_MIDDLE: Final = 64
# Products of vectors of length one are at most ONE * ONE, which 32 bits hold with room to spare.
_LANES: Final = Lanes(MOST_CLUSTERS, bits=32)

Middle = dict[int, int]
"""What a cluster is about: its heaviest grams, and what each weighs; of length one."""

Home = tuple[int, int]
"""The number of a cluster, and how near its middle is."""


@attrs.frozen
class Cluster:
    """Texts that say nearly the same.

    Attributes:
        texts: All of them, the one nearest to the middle first.
    """

    texts: tuple[str, ...]


def clusters(texts: Mapping[str, int]) -> tuple[Cluster, ...]:
    """Return the clusters of *texts*, the one with most cases first; what is like nothing else is in none.

    Args:
        texts: How many cases each text stands for; each is counted, so thousands of them in all.

    >>> seen = {"PIN blocked": 3, "my PIN is blocked": 1, "invoice missing": 2, "where is the invoice": 1}
    >>> [cluster.texts for cluster in clusters(seen)]
    [('PIN blocked', 'my PIN is blocked'), ('invoice missing', 'where is the invoice')]
    """
    ordered = sorted(texts)
    counted = [_grams(text) for text in ordered]
    counts = [texts[text] for text in ordered]
    # What one case says alone cannot make it like another; a subject that came twice is no such thing.
    vocabulary = Vocabulary.of(chain.from_iterable(map(repeat, counted, counts)), rare=2)
    vectors = [vocabulary.weighed(each) for each in counted]
    size = len(vocabulary)
    middles = [_as_middle(vectors[i]) for i in _leaders(vectors, counts, size)]
    homes = _homes(vectors, middles, size)
    for _ in range(_ROUNDS):
        before = homes
        middles = _unlike(_middles(vectors, counts, homes), size)
        homes = _homes(vectors, middles, size)
        if homes == before:
            break
    members: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for text, home in zip(ordered, homes, strict=True):
        if home is not None:
            place, near = home
            members[place].append((-near, text))
    found = (tuple(text for _, text in sorted(each)) for each in members.values())
    several = [each for each in found if sum(map(texts.__getitem__, each)) > 1]
    several.sort(key=lambda each: (-sum(map(texts.__getitem__, each)), each))
    return tuple(map(Cluster, several))


def _grams(text: str) -> tuple[Counter[str], Counter[str]]:
    """Return the words and pairs of *text*, and how its words begin: endings change with grammar.

    Where words are not set apart, two letters that follow each other stand for one.
    """
    words, pieces = grams_of(text)
    begins = {piece: times for piece, times in pieces.items() if _is_beginning(piece)}
    pairs = {pair: times for pair, times in words.items() if _is_of_letters(pair)}
    return words, Counter(begins | pairs)


def _is_beginning(piece: str) -> bool:
    return piece.startswith(EDGE) and (len(piece) == LONGEST_PIECE or piece.endswith(EDGE))


def _is_of_letters(pair: str) -> bool:
    return len(pair) == 3 and pair[1] == " " and stands_alone(pair[0]) and stands_alone(pair[2])


def _leaders(vectors: list[Vector], counts: list[int], grams: int) -> list[int]:
    """Return the texts that lead a cluster each: none is like another, and what is most common leads."""
    whole = [0] * grams
    for (numbers, weights), count in zip(vectors, counts, strict=True):
        for number, weight in zip(numbers, weights, strict=True):
            whole[number] += weight * count
    # The product with the sum of all is the sum of what a text has in common with each.
    common = [_product(whole, vector) for vector in vectors]
    rows = [0] * grams
    leaders: list[int] = []
    for i in sorted(range(len(vectors)), key=lambda i: (-common[i], i)):
        if not common[i] or _best(rows, vectors[i], _LIKE_A_LEADER) is not None:
            continue
        _put(rows, len(leaders), vectors[i])
        leaders.append(i)
        if len(leaders) == MOST_CLUSTERS:
            break
    return leaders


def _homes(vectors: list[Vector], middles: list[Middle], grams: int) -> list[Home | None]:
    """Return for each text the cluster whose middle is nearest and how near that is, if any is near."""
    rows = [0] * grams
    for place, middle in enumerate(middles):
        _put(rows, place, (list(middle), list(middle.values())))
    return [_best(rows, vector, _LIKE_THE_MIDDLE) for vector in vectors]


def _put(rows: list[int], place: int, vector: Vector) -> None:
    """Put *vector* into the lane at *place*: a row holds what one gram weighs in every cluster."""
    for number, weight in zip(*vector, strict=True):
        rows[number] += weight << (_LANES.bits * place)


def _best(rows: list[int], vector: Vector, least: float) -> Home | None:
    """Return the lane with the greatest product, the first of several; none if all are below *least*."""
    products = _LANES.unpack(_product(rows, vector))
    most = max(products)
    return (products.index(most), most) if most >= least * ONE * ONE else None


def _product(rows: list[int], vector: Vector) -> int:
    numbers, weights = vector
    return sum(map(mul, map(rows.__getitem__, numbers), weights))


def _middles(
    vectors: list[Vector], counts: list[int], homes: list[Home | None]
) -> list[tuple[int, Middle]]:
    """Return how many cases each cluster has, and its middle; those of one case alone are given up."""
    sums: defaultdict[int, Counter[int]] = defaultdict(Counter)
    cases: Counter[int] = Counter()
    for (numbers, weights), count, home in zip(vectors, counts, homes, strict=True):
        if home is None:
            continue
        cases[home[0]] += count
        whole = sums[home[0]]
        for number, weight in zip(numbers, weights, strict=True):
            whole[number] += weight * count
    return [
        (cases[place], _as_middle((list(whole), list(whole.values()))))
        for place, whole in sums.items()
        if cases[place] > 1
    ]


def _as_middle(vector: Vector) -> Middle:
    heaviest = sorted(zip(*vector, strict=True), key=lambda item: (-item[1], item[0]))
    kept = heaviest[:_GRAMS_OF_A_MIDDLE]
    length = sqrt(sum(weight * weight for _, weight in kept))
    return {number: round(ONE * weight / length) for number, weight in kept}


def _unlike(found: list[tuple[int, Middle]], grams: int) -> list[Middle]:
    """Return the middles; of those that are alike only the one with more cases, which the others join."""
    rows = [0] * grams
    kept: list[Middle] = []
    for _, middle in sorted(found, key=lambda each: (-each[0], sorted(each[1].items()))):
        vector = (list(middle), list(middle.values()))
        if _best(rows, vector, _LIKE_EACH_OTHER) is None:
            _put(rows, len(kept), vector)
            kept.append(middle)
    return kept
