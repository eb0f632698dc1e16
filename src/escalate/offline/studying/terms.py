"""What a study takes for granted: which line is first, which attribute tells what, when the desk is open."""

from __future__ import annotations

from typing import Protocol

import attrs

from escalate.core.opentime.timeline import OpenTime
from escalate.core.policy import EscalationPolicy
from escalate.offline.figures.values import Chapter
from escalate.offline.gathering import Gatherer
from escalate.offline.quality import DataQuality


@attrs.frozen
class Terms:
    """The terms of a study.

    Attributes:
        tiers: The lines of support, the first line first.
        bots: Those of *tiers* in which no human works.
        hours: When the desk is open; open time is left out where nobody says.
        person: The attribute that tells who did what a row says.
        request: The attribute that tells the type of request.
        subject: The attribute that tells in a few words what a case is about.
        product: The attribute that tells what a case is about by name.
        rating: The attribute that tells how content the customer was, a number.
        names: Whether people are called by name; else they are numbered by how much they do.
        policy: Whose goals and checklists are looked at, if there is one.
        zone: The zone that the log's mapping names; it is the desk's where no calendar says another.
    """

    tiers: tuple[str, ...] = ()
    bots: frozenset[str] = frozenset()
    hours: OpenTime | None = None
    person: str = "resource"
    request: str = "request_type"
    subject: str = "subject"
    product: str = "product"
    rating: str = "rating"
    names: bool = False
    policy: EscalationPolicy | None = None
    zone: str | None = None

    def __deepcopy__(self, _: dict[int, object]) -> Terms:
        # Nothing of it changes, so gatherers that are copied empty may share one.
        return self


class ChapterGatherer(Gatherer, Protocol):
    """A gatherer that has a chapter to show for it."""

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return the chapter; *quality* is that of the whole log."""
