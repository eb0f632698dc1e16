"""Where the window of the extract takes the meaning from a figure."""

from __future__ import annotations

from typing import Final

from escalate.offline.doubts.notices import Notice
from escalate.offline.quality import DataQuality

_LAST_DAYS: Final = 7
# A share of the cases below which what is cut can hardly move a figure.
_FEW: Final = 20


def of_beginnings(cases: int, quality: DataQuality) -> str:
    """Return why figures of how cases begin may mean little, if so many begin before the log."""
    window = quality.evidence.window
    cut = window.completed.count
    if window.later.count < window.fresh:
        cut += window.later.count
    if not cut or cut * _FEW < cases:
        return ""
    return f"{cut:,} of {cases:,} cases began before the log does: their beginning is not in it."


def of_ends(cases: int, quality: DataQuality) -> str:
    """Return why figures of how long cases take may mean little, if so many go on after the log."""
    cut = quality.evidence.window.unfinished.count
    if not cut or cut * _FEW < cases:
        return ""
    return f"{cut:,} of {cases:,} cases are not completed at their end: the slowest are missing."


def of_spans(cases: int, quality: DataQuality) -> str:
    """Return why figures of how long cases take may mean little, for either end."""
    return f"{of_beginnings(cases, quality)} {of_ends(cases, quality)}".strip()


def of_calendar(cases: int, beyond: int) -> str:
    """Return how many cases lie outside the years that the desk's calendar covers, if any do."""
    if not beyond:
        return ""
    return f"{beyond:,} of {cases:,} cases lie outside the years of the calendar and are left out."


def of_reopenings(quality: DataQuality) -> str:
    """Return why what came back may mean little, if most cases had no time to come back."""
    ends = quality.evidence.window.ends
    if not ends:
        return ""
    last = max(ends)
    late = sum(count for day, count in ends.items() if day > last - _LAST_DAYS)
    if late * 2 < ends.total():
        return ""
    return (
        f"{late:,} of {ends.total():,} cases have their last row in the last {_LAST_DAYS} days of the log: "
        "what came back after it is not in it."
    )


def as_sentence(notice: Notice | None) -> str:
    """Return what *notice* is about as a sentence; nothing for none."""
    return "" if notice is None else f"{notice.about[0].upper()}{notice.about[1:]}."
