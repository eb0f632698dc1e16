"""How often something was seen, with a few cases to look at that do not depend on the order of the log."""

from __future__ import annotations

from bisect import insort
from typing import Final

import attrs

EXAMPLES: Final = 5
CaseKey = tuple[int, str]
"""What cases are ordered by: their first instant, then their id."""


@attrs.define
class Tally:
    """How often something was seen, on how many tickets, and the first of these.

    Cases may come in any order, each at once.

    >>> tally = Tally()
    >>> for key in [(5, "b"), (5, "b"), (3, "a")]:
    ...     tally.add(key)
    >>> tally.times, tally.tickets, tally.cases
    (3, 2, ['a', 'b'])
    """

    times: int = 0
    tickets: int = 0
    _first: list[CaseKey] = attrs.field(factory=list, init=False)
    _last: CaseKey | None = attrs.field(default=None, init=False, repr=False, eq=False)

    @property
    def cases(self) -> list[str]:
        """The first five tickets, by their first instant, then by id."""
        return [id_ for _, id_ in self._first]

    def add(self, case: CaseKey) -> None:
        """Count one more, in this case."""
        self.times += 1
        if case != self._last:
            self._last = case
            self.tickets += 1
            self._keep(case)

    def merge(self, other: Tally) -> None:
        """Count what another one counted over other cases."""
        self.times += other.times
        self.tickets += other.tickets
        for case in other._first:
            self._keep(case)

    def _keep(self, case: CaseKey) -> None:
        first = self._first
        if len(first) < EXAMPLES or case < first[-1]:
            insort(first, case)
            del first[EXAMPLES:]

    def to_json(self) -> dict[str, object]:
        """Return the counts and the cases."""
        return {"times": self.times, "tickets": self.tickets, "cases": self.cases}
