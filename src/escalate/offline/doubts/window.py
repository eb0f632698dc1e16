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
        yield from self._selection()

    def _selection(self) -> Iterator[Notice]:
        cases = self.begins.total()
        if cases < _FEWEST_CASES:
            return
        first, last = min(self.begins), max(self.ends)
        span = last - first
        if span < _FEWEST_DAYS:
            return
        tenth = span // 10
        late = sum(count for day, count in self.ends.items() if day >= last - tenth)
        if late * 20 >= cases * 19:
            about = (
                f"nearly every case ends in the last {tenth} of {span} days: cases seem to be chosen "
                "by their end, so arrivals and backlog are those of the extract"
            )
            yield Notice(about, late)
        quiet = last - max(self.begins)
        if quiet > tenth:
            about = (
                f"no case begins in the last {quiet} of {span} days: cases seem to be chosen by "
                "their beginning, so the backlog there is that of the extract"
            )
            yield Notice(about, cases)
