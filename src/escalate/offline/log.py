"""A log that has been read: cases, each with its rows in order of time.

Plain values that know nothing of files, mappings or policies; :mod:`escalate.offline.reading` makes
them, figures and replay look at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

import attrs

from escalate.core.instants import as_instant
from escalate.core.status import Status
from escalate.offline.quality import DataQuality

_COMPLETED: Final = frozenset({Status.RESOLVED, Status.CLOSED})


class Row(NamedTuple):  # a tuple and no attrs class: logs have millions, and it is built in C
    """What one row of a log says of its case.

    Attributes:
        at_us: When, in microseconds since the Unix epoch; :attr:`at` is the same as a datetime.
        tier: The line of support that has the case; none if the log does not say.
        word: The status word as it stands in the log; several columns are joined by ``/``. None
            if no status column was mapped.
        meaning: What the word means here; none if the mapping does not explain it.
        team: The team as it stands in the log, if a team column was mapped.
        attributes: Other columns, as pairs of name and text; :meth:`attribute` looks one up.
        priority: How urgent the case is, in the words of a policy; none if the log does not say.
        line: Where the row stands, as :class:`~escalate.offline.quality.Example` counts.

    >>> Row(0, tier="N1", meaning=Status.CLOSED).is_completed
    True
    """

    at_us: int
    tier: str | None = None
    word: str | None = None
    meaning: Status | None = None
    team: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    priority: str | None = None
    line: int = 0

    @property
    def at(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return as_instant(self.at_us)

    @property
    def is_completed(self) -> bool:
        """Whether nobody works on the case from here on: resolved or closed."""
        return self.meaning in _COMPLETED

    @property
    def waits_for_customer(self) -> bool:
        """Whether the case waits for its customer from here on: pending."""
        return self.meaning is Status.PENDING

    def attribute(self, name: str) -> str | None:
        """Return the text of the attribute *name*, or none if the row has no such attribute."""
        for key, text in self.attributes:
            if key == name:
                return text
        return None


@attrs.frozen
class Case:
    """One case of a log.

    Attributes:
        id: Its key in the log.
        rows: At least one, oldest first; rows at the same instant as they stood in the log.
    """

    id: str
    rows: tuple[Row, ...]

    def intervals(self) -> Iterator[tuple[Row, int]]:
        """Yield each row with the microseconds until the next; the last row has no interval.

        >>> list(Case("17", (Row(0), Row(5), Row(7))).intervals())[1][1]
        2
        """
        for row, after in pairwise(self.rows):
            yield row, after.at_us - row.at_us

    @property
    def first_completed(self) -> int | None:
        """The position of the first row that is completed, if any is."""
        return next((i for i, row in enumerate(self.rows) if row.is_completed), None)


@attrs.frozen(repr=False)
class Log:
    """A log that has been read.

    Attributes:
        cases: Ordered by their first instant, then by id.
        tiers: The lines of support, the first line first: as the mapping orders them, else every
            tier that occurs, sorted by name.
        quality: What could not be read or is doubtful.
        zone: The time zone of instants that carry no offset, where the mapping names one.

    >>> Log((Case("17", (Row(0), Row(5))),))
    Log(cases=1, events=2)
    """

    cases: tuple[Case, ...]
    tiers: tuple[str, ...] = ()
    quality: DataQuality = attrs.field(factory=lambda: DataQuality(rows=0))
    zone: str | None = None

    @property
    def events(self) -> int:
        """How many rows all cases have together."""
        return sum(len(case.rows) for case in self.cases)

    def __repr__(self) -> str:
        return f"Log(cases={len(self.cases)}, events={self.events})"
