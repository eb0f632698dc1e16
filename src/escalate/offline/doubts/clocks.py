"""What the instants of a log say of the clocks that they were read from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta, timezone, tzinfo
from typing import Final

import attrs

from escalate.offline.doubts.notices import Count, Notice

_EPOCH: Final = date(1970, 1, 1)
# Days of the year well inside of a season, north or south.
_SUMMER: Final = range(150, 240)
_WINTER: Final = (*range(335, 366), *range(1, 50))


@attrs.define
class Clocks:
    """The offsets and zones that occur, and the instants that carry none.

    Attributes:
        seen: Each zone or offset that an instant carries.
        bare: Instants without an offset, read on the clock that the mapping names.
    """

    seen: set[tzinfo] = attrs.field(factory=set)
    bare: Count = attrs.field(factory=Count)

    def merge(self, other: Clocks) -> None:
        """Add what another part of the log says."""
        self.seen |= other.seen
        self.bare.merge(other.bare.count, other.bare.examples)

    def notices(self, rows: int, days: Collection[int]) -> Iterator[Notice]:
        """Yield what is doubtful, in a log of so many *rows* over these *days* since 1970."""
        if self.bare.count and self.seen:
            about = "no offset, where other rows of this log have one: read on the mapping's zone"
            yield self.bare.notice(about)
        if fixed := self._all_year(days):
            about = (
                f"the offset {fixed} on every row, in summer and in winter: right for instants, but a "
                "wall clock with summer time would show two, so hours of the day may be one off"
            )
            yield Notice(about, rows - self.bare.count)

    def _all_year(self, days: Collection[int]) -> str:
        """Return the one offset, other than UTC's, that stands there all year; else nothing."""
        only = next(iter(self.seen)) if len(self.seen) == 1 and not self.bare.count else None
        # A zone with a name knows its own summer time; an offset is all that was written.
        if not isinstance(only, timezone) or not only.utcoffset(None):
            return ""
        seasons = {(_EPOCH + timedelta(days=day)).timetuple().tm_yday for day in days}
        if seasons.isdisjoint(_SUMMER) or seasons.isdisjoint(_WINTER):
            return ""
        return _shown(only.utcoffset(None))


def _shown(offset: timedelta) -> str:
    """Return *offset* as logs write it.

    >>> _shown(timedelta(hours=-3, minutes=-30))
    '-03:30'
    """
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
