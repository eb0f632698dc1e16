"""Which figures a log allows, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from escalate.core.opentime.timeline import OpenTime
from escalate.core.worktime import WorkTime
from escalate.offline.figures import lines, promise, times
from escalate.offline.figures.lines import NO_STATUS, NO_TEAM, NO_TIER, Whereabouts
from escalate.offline.figures.times import Durations
from escalate.offline.figures.values import Figure, Figures, LeftOut
from escalate.offline.log import Log

_NO_WITHIN: Final = "nothing says how long the first line may take (an ownership target does)"
_NO_CALENDAR: Final = (
    "nothing says when the first line is open (an ownership target's calendar does)"
)


def measure(
    log: Log,
    *,
    tiers: Sequence[str] = (),
    within: WorkTime | None = None,
    calendar: OpenTime | None = None,
    by: Sequence[str] = ("impact",),
) -> Figures:
    """Compute every figure that *log* allows; the others are listed in ``left_out``.

    Args:
        log: What :func:`escalate.offline.read` returned.
        tiers: The lines of support, the first line first; else those of *log*. Lines that only
            the log has are added behind.
        within: How long the first line may keep a case.
        calendar: When the first line is open.
        by: Attributes by which the share of cases that stay in the first line is split.

    Raises:
        HorizonTooShort: an instant of *log* lies outside the years that *calendar* covers.

    >>> from escalate.offline import Case, Row
    >>> log = Log((Case("17", (Row(0, tier="N1"), Row(60_000_000, tier="N2"))),), ("N1", "N2"))
    >>> measure(log)["moves"].value
    {'N1': {'N2': 1}, 'N2': {'N1': 0}}
    """
    seen, taken = Whereabouts(), Durations()
    for case in log.cases:
        seen.add(case)
        taken.add(case)
    tiers = seen.lines(tiers or log.tiers)
    found = [
        Figure("cases", "Cases", seen.cases, "Cases with at least one readable row."),
        Figure("events", "Events", seen.events, "Readable rows of all cases together."),
        *_where(log, seen, tiers, by),
        *_what_came_back(seen, tiers),
        *_how_long(seen, taken, tiers),
        *_in_time(log, seen, tiers, within, calendar),
    ]
    figures = tuple(each for each in found if isinstance(each, Figure))
    return Figures(figures, tuple(each for each in found if isinstance(each, LeftOut)))


def _where(
    log: Log, seen: Whereabouts, tiers: Sequence[str], by: Sequence[str]
) -> Iterator[Figure | LeftOut]:
    split = [f"stays_in_first_line_by_{attribute}" for attribute in by]
    if not tiers:
        yield from _without(
            NO_TIER, "moves", "cases_by_line_at_start", "stays_in_first_line", *split
        )
        return
    yield lines.moves(seen, tiers)
    yield lines.cases_by_line_at_start(seen, tiers)
    yield lines.stays_in_first_line(seen, tiers[0])
    for key, attribute in zip(split, by, strict=True):
        if _tells(log, attribute):
            yield lines.stays_in_first_line_by(log, tiers[0], attribute)
        else:
            yield LeftOut(key, f"the log tells no {attribute}: map it under attributes")


def _what_came_back(seen: Whereabouts, tiers: Sequence[str]) -> Iterator[Figure | LeftOut]:
    yield lines.back_to_same_line(seen) if tiers else LeftOut("back_to_same_line", NO_TIER)
    yield (
        lines.back_to_same_team(seen) if seen.tells_team else LeftOut("back_to_same_team", NO_TEAM)
    )
    yield lines.reopened(seen) if seen.tells_status else LeftOut("reopened", NO_STATUS)


def _how_long(
    seen: Whereabouts, taken: Durations, tiers: Sequence[str]
) -> Iterator[Figure | LeftOut]:
    of_lines = ("cases_by_line_at_first_completed", "hours_by_line")
    if not seen.tells_status:
        spans = ("to_first_completed", "to_first_completed_without_waits", "customer_wait_hours")
        yield from _without(NO_STATUS, *of_lines, *spans)
        return
    if tiers:
        yield lines.cases_by_line_at_first_completed(seen, tiers)
    yield times.to_first_completed(taken)
    yield times.to_first_completed_without_waits(taken)
    if tiers:
        yield times.hours_by_line(taken, tiers)
    yield times.customer_wait(taken)
    if not tiers:
        yield from _without(NO_TIER, *of_lines)


def _in_time(
    log: Log,
    seen: Whereabouts,
    tiers: Sequence[str],
    within: WorkTime | None,
    calendar: OpenTime | None,
) -> Iterator[Figure | LeftOut]:
    wall, open_ = "first_line_within_wall", "first_line_within_open"
    if not tiers or not seen.tells_status:
        yield from _without(NO_STATUS if tiers else NO_TIER, wall, open_)
    elif within is None:
        yield from _without(_NO_WITHIN, wall, open_)
    else:
        kept = promise.InTime(tiers[0], within, calendar)
        for case in log.cases:
            kept.add(case)
        yield promise.first_line_within_wall(kept)
        yield (
            LeftOut(open_, _NO_CALENDAR)
            if calendar is None
            else promise.first_line_within_open(kept)
        )


def _without(why: str, *keys: str) -> Iterator[LeftOut]:
    return (LeftOut(key, why) for key in keys)


def _tells(log: Log, attribute: str) -> bool:
    return any(row.attribute(attribute) is not None for case in log.cases for row in case.rows)
