"""What a report is made of: anything with chapters, and maybe with the quality of its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import attrs

from escalate.errors import BadInput
from escalate.offline.figures.values import Chapter
from escalate.offline.quality import DataQuality
from escalate.offline.reporting.notebooks import Chaptered


class Part(Protocol):
    """Something to report; one with a ``quality`` (:class:`~escalate.offline.DataQuality`) tells it too."""

    @property
    def chapters(self) -> Sequence[Chapter]:
        """Its figures, by what they are about."""


def _all(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    return tuple(chapters)


@attrs.frozen
class Found(Chaptered):
    """Chapters of your own making, to report beside those of a study or a replay.

    Attributes:
        chapters: Its figures, by what they are about.
        quality: That of the log they were computed from, if it should be told.
    """

    chapters: tuple[Chapter, ...] = attrs.field(converter=_all)
    quality: DataQuality | None = None


def chapters_of(parts: Sequence[Part]) -> tuple[Chapter, ...]:
    """Return the chapters of *parts*, in order.

    Raises:
        BadInput: there is no part, or one of them has no chapters.
    """
    if not parts:
        raise BadInput("report(...)", parts, "something with chapters, such as study(log)")
    found: list[Chapter] = []
    for part in parts:
        chapters = getattr(part, "chapters", None)
        if chapters is None or not all(isinstance(each, Chapter) for each in chapters):
            wanted = "something with chapters, such as study(log), or Found(chapters)"
            raise BadInput("report(...)", part, wanted)
        found += chapters
    return tuple(found)


def qualities_of(parts: Sequence[Part]) -> tuple[DataQuality, ...]:
    """Return the qualities that *parts* tell, each once: several parts may come from one log."""
    found: list[DataQuality] = []
    for part in parts:
        told = getattr(part, "qualities", None) or (getattr(part, "quality", None),)
        for quality in told:
            if isinstance(quality, DataQuality) and quality not in found:
                found.append(quality)
    return tuple(found)
