"""Whether tiers fit, in sentences: each with the numbers that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from escalate.offline.figures.values import hours
from escalate.offline.intervals import Estimate, wilson
from escalate.offline.studying.boxes import Box
from escalate.offline.studying.moved import Cost

_MUCH: Final = 0.1
_HOUR_US: Final = 3_600_000_000


def said_of(
    first: str,
    clock: str,
    kept: int,
    more: int,
    solved: int,
    cost: Cost | None,
    boxes: Mapping[str, Box | None],
) -> tuple[str, ...]:
    """Return what is said of tiers, the verdict last.

    Args:
        first: The first tier.
        clock: How the time is called.
        kept: The cases that it solved alone.
        more: Those solved elsewhere with as little work.
        solved: All solved cases that began in it.
        cost: How much longer cases take that move.
        boxes: The time-boxes of the tiers that have enough stays.
    """
    return (
        *_keeping(first, kept, more, solved),
        *_moving(clock, cost),
        *_boxing(clock, boxes),
        *_verdict(first, kept, more, solved),
    )


def _keeping(first: str, kept: int, more: int, solved: int) -> Iterator[str]:
    if not solved:
        return
    yield (
        f"{first} solves {_percent(wilson(kept, solved))} of what begins there alone ({kept:,} of "
        f"{solved:,} solved cases)."
    )
    yield (
        f"Another {_percent(wilson(more, solved))} ({more:,}) were solved elsewhere with no more work than "
        f"{first} needs for most of its own: it might have kept these."
    )


def _moving(clock: str, cost: Cost | None) -> Iterator[str]:
    if cost is None:
        return
    more, low, high = (us / _HOUR_US for us in (cost.more_us, cost.low_us, cost.high_us))
    yield (
        f"Cases that moved took {_hours(more)} of {clock} more than like ones that did not ({_hours(low)} to "
        f"{_hours(high)}; {cost.moved:,} cases): what made them move may be what made them long, so this "
        "is no effect of the move."
    )


def _boxing(clock: str, boxes: Mapping[str, Box | None]) -> Iterator[str]:
    for tier, box in boxes.items():
        if box is None:
            yield f"{tier} solves more than it passes on, however long it has had a case."
        elif not box.us:
            yield f"{tier} passes on more than it solves from the start: no time-box would change that."
        else:
            upper = "no end" if box.high_us is None else _hours(hours(box.high_us))
            span = f"{_hours(hours(box.low_us))} to {upper}"
            yield (
                f"After {_hours(hours(box.us))} of {clock} in {tier} ({span}) more cases are passed on than "
                "still solved there: a time-box of about that asks the question in time."
            )


def _verdict(first: str, kept: int, more: int, solved: int) -> Iterator[str]:
    if not solved:
        return
    keeps, might = wilson(kept, solved), wilson(more, solved)
    if (might.low or 0) >= _MUCH:
        yield (
            f"Verdict: too much goes up. At least {might.low:.0%} of what begins in {first} was passed on "
            "and took little work elsewhere; the common requests show what its checklist may lack."
        )
    elif (keeps.low or 0) > 0.5 and (might.high or 0) < _MUCH:
        yield (
            f"Verdict: the tiers fit this work. {first} solves at least {keeps.low:.0%} of what begins "
            f"there, and at most {might.high:.0%} more might have stayed."
        )
    elif (keeps.high or 0) < 0.5:
        yield (
            f"Verdict: {first} mostly passes on. It solves at most {keeps.high:.0%} of what begins there, "
            f"and at most {might.high:.0%} more took little work elsewhere: what it passes on may have to "
            "start elsewhere, by its request type."
        )
    else:
        yield (
            f"Verdict: open. {first} solves {_percent(keeps)} of what begins there and might have kept "
            f"{_percent(might)} more: too near to the marks (half, and {_MUCH:.0%}) to say."
        )


def _percent(share: Estimate) -> str:
    return f"{share.value or 0:.1%} ({share.low or 0:.1%} to {share.high or 0:.1%})"


def _hours(number: float) -> str:
    return f"{number:,.1f} h"
