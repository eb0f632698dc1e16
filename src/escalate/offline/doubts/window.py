"""What the extract's window cuts off: cases that began before it, or go on after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import attrs

from escalate.core.status import Status
from escalate.offline.doubts.notices import Count, Notice

if TYPE_CHECKING:
    from escalate.offline.log import Case

_DAY_US: Final = 86_400_000_000
_FEWEST_CASES: Final = 20
_FEWEST_DAYS: Final = 30


@attrs.define
class Window:
    """When cases begin and end, and in what state.

    Attributes:
        begins: Cases by the day on which they begin, counted from 1970.
        ends: Cases by the day of their last row.
        fresh: Cases whose first row is new.
        later: Cases whose first row is another status.
        completed: Cases that are completed in their first row.
        unfinished: Cases that are not completed in their last row.
    """

    begins: Counter[int] = attrs.field(factory=Counter)
    ends: Counter[int] = attrs.field(factory=Counter)
    fresh: int = 0
    later: Count = attrs.field(factory=Count)
    completed: Count = attrs.field(factory=Count)
    unfinished: Count = attrs.field(factory=Count)

    def add(self, case: Case) -> None:
        """Count one case."""
        first, last = case.rows[0], case.rows[-1]
        self.begins[first.at_us // _DAY_US] += 1
        self.ends[last.at_us // _DAY_US] += 1
        if first.meaning is Status.NEW:
            self.fresh += 1
        elif first.is_completed:
            self.completed.add(first.line, case.id)
        elif first.meaning is not None:
            self.later.add(first.line, case.id)
        if last.meaning is not None and not last.is_completed:
            self.unfinished.add(last.line, case.id)

    def merge(self, other: Window) -> None:
        """Add what another part of the log says."""
        self.begins.update(other.begins)
        self.ends.update(other.ends)
        self.fresh += other.fresh
        for name in ("later", "completed", "unfinished"):
            count: Count = getattr(other, name)
            getattr(self, name).merge(count.count, count.examples)

    def notices(self) -> Iterator[Notice]:
        """Yield what the window cuts, by kind."""
        if self.unfinished.count:
            yield self.unfinished.notice("not completed in the last row: the end is not in the log")
        if self.completed.count:
            about = "completed in the first row already: the beginning is not in the log"
            yield self.completed.notice(about)
        # Desks whose tickets do not begin as new begin them all in another status.
        if self.later.count and self.later.count < self.fresh:
            yield self.later.notice("not new in the first row, as most cases are")
        yield from filter(None, (self.chosen_by_end(), self.chosen_by_beginning()))

    def chosen_by_end(self) -> Notice | None:
        """Return the doubt that only cases which end late are here: arrivals mean nothing then."""
        span = self._span
        if span < _FEWEST_DAYS:
            return None
        tenth, last = span // 10, max(self.ends)
        late = sum(count for day, count in self.ends.items() if day >= last - tenth)
        if late * 20 < self.begins.total() * 19:
            return None
        about = (
            f"nearly every case ends in the last {tenth} of {span} days: cases seem to be chosen "
            "by their end, so arrivals and backlog are those of the extract"
        )
        return Notice(about, late)

    def chosen_by_beginning(self) -> Notice | None:
        """Return the doubt that cases which begin late are missing: the backlog melts away then."""
        span = self._span
        quiet = max(self.ends) - max(self.begins) if span >= _FEWEST_DAYS else 0
        if quiet <= span // 10:
            return None
        about = (
            f"no case begins in the last {quiet} of {span} days: cases seem to be chosen by "
            "their beginning, so the backlog there is that of the extract"
        )
        return Notice(about, self.begins.total())

    @property
    def _span(self) -> int:
        """The days from the first case to the last; 0 where there are too few cases to tell."""
        few = self.begins.total() < _FEWEST_CASES
        return 0 if few else max(self.ends) - min(self.begins)
