"""Gathering a log in parts, and what a chapter says to programs."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from escalate.offline import Log
from escalate.offline.figures.values import Chapter
from escalate.offline.gathering import gather
from escalate.offline.studying.terms import ChapterGatherer, Terms

Make = Callable[[Terms], ChapterGatherer]


def chapter_of(make: Make, log: Log, terms: Terms) -> Chapter:
    """Return the chapter over a log in memory."""
    gathered, quality = gather(log, make(terms))
    return gathered.chapter(quality)


def said(chapter: Chapter) -> str:
    """Return the chapter as a program reads it, refused if it is no JSON."""
    return json.dumps({chapter.key: chapter.to_json()}, allow_nan=False)


def in_parts(make: Make, log: Log, terms: Terms, shares: Sequence[int], order: Any) -> Chapter:
    """Return the chapter gathered in parts, case i in part shares[i], in another order, parts by pickle."""
    cases = list(log.cases)
    order.shuffle(cases)
    parts = [make(terms) for _ in range(4)]
    for i, case in enumerate(cases):
        parts[shares[i % len(shares)]].add(case)
    order.shuffle(parts)
    whole = make(terms)
    for part in parts:
        whole.merge(pickle.loads(pickle.dumps(part)))  # noqa: S301  our own, as it would travel
    return whole.chapter(log.quality)


shares = st.lists(st.integers(0, 3), min_size=1, max_size=12)
