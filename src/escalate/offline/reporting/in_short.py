"""What a report says in a few sentences, for those who read no further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from escalate.offline.figures.values import VERDICT, Chapter
from escalate.offline.reporting.charts.svg import safe

PLACE: Final = "in-short"
_MOST: Final = 2
"""Sentences of a chapter, beside its verdicts."""

Said = tuple[int, str]


def sentences(chapters: Sequence[Chapter]) -> tuple[Said, ...]:
    """Return the first remarks of each of *chapters* with its number from 1, then all verdicts.

    >>> from escalate.offline.figures.values import Figures
    >>> fit = Chapter("fit", "Do tiers fit?", Figures(()), ("Verdict: open.", "a", "b", "c"))
    >>> sentences([fit])
    ((1, 'a'), (1, 'b'), (1, 'Verdict: open.'))
    """
    found: list[Said] = []
    verdicts: list[Said] = []
    for number, chapter in enumerate(chapters, 1):
        told = [(number, remark) for remark in chapter.remarks]
        found += [each for each in told if not each[1].startswith(VERDICT)][:_MOST]
        verdicts += [each for each in told if each[1].startswith(VERDICT)]
    return (*found, *verdicts)


def in_short(chapters: Sequence[Chapter], level: int, *, linked: bool) -> Iterator[str]:
    """Yield a box of what *chapters* say, with the chapter of each sentence; nothing if they say nothing."""
    told = sentences(chapters)
    if not told:
        return
    place = f' id="{PLACE}"' if linked else ""
    yield f'<section class="in-short"{place}>'
    yield f"<h{level}>In short</h{level}><ul>"
    for number, remark in told:
        name = safe(chapters[number - 1].title)
        where = f'<a href="#chapter-{number}">{name}</a>' if linked else name
        yield f"<li>{safe(remark)} ({where})</li>"
    yield "</ul></section>"
