"""Sets of integer spans: union, intersection and difference.

A span is a half-open pair ``(start, end)`` of whole numbers with start < end. What the numbers count
(microseconds, days) is the caller's business.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return *spans* sorted, with those that overlap or touch made one; empty ones are dropped.

    >>> union([(5, 7), (1, 3), (3, 4), (6, 9), (2, 2)])
    [(1, 4), (5, 9)]
    """
    merged: list[Span] = []
    open_from, open_to = 0, -1
    for start, end in sorted(spans):
        if start >= end:
            continue
        if start <= open_to:
            open_to = max(open_to, end)
            continue
        if open_from < open_to:
            merged.append((open_from, open_to))
        open_from, open_to = start, end
    if open_from < open_to:
        merged.append((open_from, open_to))
    return merged


def intersection(first: list[Span], second: list[Span]) -> list[Span]:
    """Return what lies in both; each argument as :func:`union` returns it.

    >>> intersection([(1, 4), (5, 9)], [(3, 6)])
    [(3, 4), (5, 6)]
    """
    common: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        start = max(first[i][0], second[j][0])
        end = min(first[i][1], second[j][1])
        if start < end:
            common.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return common


def difference(spans: list[Span], cuts: list[Span]) -> list[Span]:
    """Return what lies in *spans* and in none of *cuts*; each as :func:`union` returns it.

    >>> difference([(1, 9)], [(0, 2), (3, 4)])
    [(2, 3), (4, 9)]
    """
    if not cuts or not spans:
        return spans
    first, last = spans[0][0], spans[-1][1]
    gaps: list[Span] = []
    at = min(first, cuts[0][0])
    for start, end in cuts:
        if at < start:
            gaps.append((at, start))
        at = end
    if at < last:
        gaps.append((at, last))
    return intersection(spans, gaps)


def clipped(spans: list[Span], start: int, end: int) -> list[Span]:
    """Return the part of *spans* inside ``[start, end)``; *spans* as :func:`union` returns it.

    >>> clipped([(1, 4), (5, 9)], 2, 6)
    [(2, 4), (5, 6)]
    """
    if start >= end:
        return []
    # Only the outermost can stick out, and a year has hundreds: look for those two by halves.
    inside = spans[
        bisect_right(spans, start, key=itemgetter(1)) : bisect_left(spans, end, key=itemgetter(0))
    ]
    if inside:
        inside[0] = (max(inside[0][0], start), inside[0][1])
        inside[-1] = (inside[-1][0], min(inside[-1][1], end))
    return inside
