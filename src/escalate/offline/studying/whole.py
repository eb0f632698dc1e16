"""The whole study: every chapter in one pass over the log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from typing import Any, Final

import attrs

from escalate.core.opentime.timeline import OpenTime
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput
from escalate.offline.figures.values import Chapter
from escalate.offline.gathering import Progress, Source, gather
from escalate.offline.log import Case, Log
from escalate.offline.quality import DataQuality
from escalate.offline.reporting.notebooks import Chaptered
from escalate.offline.studying.demand import Demand
from escalate.offline.studying.fit import Fit
from escalate.offline.studying.flow import Flow
from escalate.offline.studying.people import People
from escalate.offline.studying.requests import Requests
from escalate.offline.studying.scorecard import Scorecard
from escalate.offline.studying.terms import ChapterGatherer, Terms
from escalate.offline.studying.times import Time

CHAPTERS: Final[tuple[Callable[[Terms], ChapterGatherer], ...]] = (
    Flow,
    Time,
    Demand,
    Requests,
    Fit,
    People,
    Scorecard,
)
"""What makes the chapters of a study, in the order in which people read them."""


@attrs.frozen(repr=False)
class Study(Chaptered):
    """What a log says of a desk.

    Attributes:
        chapters: In the order in which people read them.
        quality: What of the log could not be read or is doubtful.
    """

    chapters: tuple[Chapter, ...]
    quality: DataQuality = attrs.field(factory=lambda: DataQuality(rows=0))

    def to_json(self) -> dict[str, Any]:
        """Return the data quality and the chapters by key, as dicts, lists, numbers and text."""
        return {
            "data_quality": self.quality.to_json(),
            "chapters": {chapter.key: chapter.to_json() for chapter in self.chapters},
        }

    def __repr__(self) -> str:
        told = (f"{chapter.key}={len(chapter.figures.figures)}" for chapter in self.chapters)
        return f"Study(rows={self.quality.kept}, figures: {', '.join(told)})"


@attrs.define
class _Tiers:
    """Gathers the lines of support that occur."""

    seen: set[str] = attrs.field(factory=set)

    def add(self, case: Case) -> None:
        self.seen.update(row.tier for row in case.rows if row.tier is not None)

    def merge(self, other: _Tiers) -> None:
        self.seen |= other.seen


@attrs.define
class _Everything:
    """Gathers all chapters at once, so that a log is gone through once."""

    chapters: tuple[ChapterGatherer, ...]

    def add(self, case: Case) -> None:
        for chapter in self.chapters:
            chapter.add(case)

    def merge(self, other: _Everything) -> None:
        for mine, theirs in zip(self.chapters, other.chapters, strict=True):
            mine.merge(theirs)


def study(  # noqa: PLR0913  one keyword for each thing that a log calls by a name of its own
    source: Source,
    *,
    policy: EscalationPolicy | None = None,
    tiers: Sequence[str] = (),
    bots: Collection[str] = (),
    hours: OpenTime | None = None,
    executor: Executor | None = None,
    progress: Progress = iter,
    names: bool = False,
    person: str = "resource",
    request: str = "request_type",
    subject: str = "subject",
    product: str = "product",
    rating: str = "rating",
) -> Study:
    """Return what *source* says of the desk that worked on it, chapter by chapter.

    The same for any order and any partition of the cases, to the byte of its JSON.

    Args:
        source: What :func:`~escalate.offline.read` returned, or all :func:`~escalate.offline.shards`
            of a file.
        policy: Whose lines, opening hours, goals and checklists to look at.
        tiers: The lines of support, the first line first; else those of *policy*, else those of the log.
            Lines that only the log has come behind. Shards whose mapping does not declare the lines
            are gone through once more to find them.
        bots: The lines in which no human works; else those of *policy* whose kind is ``"bot"``.
        hours: When the desk is open; else the hours of the line where tickets enter *policy*.
        executor: Where shards are read, such as a process pool; else here.
        progress: Wraps the cases of a log in memory as they go by.
        names: Whether people are called by name; else they are numbered, those of most cases first.
        person: The attribute that tells who did what a row says. Where a row has none, its ``assignee``.
        request: The attribute that tells the type of request.
        subject: The attribute that tells in a few words what a case is about.
        product: The attribute that tells what a case is about by name.
        rating: The attribute that tells how content the customer was, a number.

    Raises:
        BadInput: *source* is neither a log nor all shards of one, or an executor came with a log in memory.
        InvalidFile: a shard's file has changed or cannot be read.

    >>> from escalate.offline import Case, Log, Row
    >>> log = Log((Case("17", (Row(0, tier="N1"), Row(60_000_000, tier="N2"))),), ("N1", "N2"))
    >>> study(log)["flow"].figures["stays_in_first_line"].value
    Share(part=0, whole=1)
    """
    own_bots = () if policy is None else [each.name for each in policy.tiers if each.kind == "bot"]
    named = tuple(tiers) or (() if policy is None else policy.tier_names)
    terms = Terms(
        tiers=tuple(dict.fromkeys((*named, *_tiers_of(source, executor)))),
        bots=frozenset(bots or own_bots),
        hours=hours or _hours_of(policy),
        person=person,
        request=request,
        subject=subject,
        product=product,
        rating=rating,
        names=names,
        policy=policy,
        zone=source.zone if isinstance(source, Log) else source[0].mapping.zone,
    )
    empty = _Everything(tuple(make(terms) for make in CHAPTERS))
    gathered, quality = gather(source, empty, executor=executor, progress=progress)
    return Study(tuple(each.chapter(quality) for each in gathered.chapters), quality)


def _tiers_of(source: Source, executor: Executor | None) -> tuple[str, ...]:
    """Return the lines that *source* declares, else those that occur in it, by name."""
    if isinstance(source, Log):
        seen, _ = gather(source, _Tiers())
        return tuple(dict.fromkeys((*source.tiers, *sorted(seen.seen))))
    if isinstance(source, str) or not isinstance(source, Sequence) or not source:
        raise BadInput("study(source)", source, "a log, or every shard of one file")
    column = source[0].mapping.tier
    if column is None or column.tiers:
        return () if column is None else column.tiers
    seen, _ = gather(source, _Tiers(), executor=executor)
    return tuple(sorted(seen.seen))


def _hours_of(policy: EscalationPolicy | None) -> OpenTime | None:
    if policy is None or not policy.calendars:
        return None
    return policy.calendar(policy.calendar_name(policy.entry_tier))
