"""What of a text is counted: words, pairs of words, and pieces of words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Final

from escalate.classifiers.folding import stands_alone, tokens_of

SHORTEST_PIECE: Final = 2
LONGEST_PIECE: Final = 5
EDGE: Final = "_"
"""Stands for the beginning and the end of a word, in its pieces."""

_MOST_TOKENS: Final = 2_000
_LONGEST_WORD: Final = (
    40  # what is longer is a key or a blob, and its pieces would outweigh the rest
)


def grams_of(text: str) -> tuple[Counter[str], Counter[str]]:
    """Return how often each word or pair, and each piece of a word, stands in *text*.

    >>> words, pieces = grams_of("PIN blocked")
    >>> sorted(words)
    ['blocked', 'pin', 'pin blocked']
    >>> sorted(piece for piece in pieces if len(piece) == 5)
    ['_bloc', '_pin_', 'block', 'cked_', 'locke', 'ocked']
    """
    tokens = [token[:_LONGEST_WORD] for token in tokens_of(text)[:_MOST_TOKENS]]
    words = Counter(tokens)
    words.update(map(" ".join, pairwise(tokens)))
    pieces: Counter[str] = Counter()
    for token in tokens:
        if token[0].isalnum() and not stands_alone(token):
            pieces.update(_pieces_of(token))
    return words, pieces


def _pieces_of(word: str) -> list[str]:
    edged = f"{EDGE}{word}{EDGE}"
    found = []
    for size in range(SHORTEST_PIECE, LONGEST_PIECE + 1):
        if size >= len(edged):
            found.append(edged)
            break
        found.extend(edged[at : at + size] for at in range(len(edged) - size + 1))
    return found


def shown(gram: str, *, is_piece: bool) -> str:
    """Return *gram* as people read it: dots where a word goes on.

    >>> shown("_pass", is_piece=True), shown("my pin", is_piece=False)
    ('pass…', 'my pin')
    """
    if not is_piece:
        return gram
    begin = "" if gram.startswith(EDGE) else "…"
    end = "" if gram.endswith(EDGE) else "…"
    return f"{begin}{gram.removeprefix(EDGE).removesuffix(EDGE)}{end}"
