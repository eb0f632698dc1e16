"""A chapter from figures and from what was left out."""

from __future__ import annotations

from collections.abc import Iterable

from escalate.offline.figures.values import Chapter, Figure, Figures, LeftOut


def chapter_of(
    key: str, title: str, found: Iterable[Figure | LeftOut], remarks: Iterable[str] = ()
) -> Chapter:
    """Return the chapter with what was *found*, figures in order and apart from what was left out."""
    all_found = list(found)
    figures = tuple(each for each in all_found if isinstance(each, Figure))
    left_out = tuple(each for each in all_found if isinstance(each, LeftOut))
    return Chapter(key, title, Figures(figures, left_out), tuple(remarks))
