"""A classifier by impact and urgency, as service desks that follow ITIL set priorities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final, Self

import attrs

from escalate.classifiers.base import TicketText
from escalate.classifiers.fingerprints import fingerprint
from escalate.classifiers.folding import folded
from escalate.classifiers.tables import read_table, write_table
from escalate.classifiers.verdicts import LONGEST_WORD
from escalate.core.model import ABSTAIN, Tier, Verdict, words
from escalate.core.sealing import FrozenDict
from escalate.errors import BadInput

Table = tuple[tuple[int, ...], ...]
ITIL: Final[Table] = ((1, 2, 3), (2, 3, 4), (3, 4, 5))
"""Rows by impact, columns by urgency, highest first; codes from 1, critical, to 5, planning."""


def _table(rows: Iterable[Iterable[int]]) -> Table:
    return tuple(tuple(row) for row in rows)


def _by_code(given: Mapping[int, str]) -> Mapping[int, str]:
    return FrozenDict(given)


@attrs.frozen
class PriorityMatrix:
    """Reads impact and urgency from a ticket's fields, finds their priority, and sends it to its tier.

    The matrix is that of ITIL, Service Operation, Table 4.1 (simple priority coding system): three levels of
    impact (how many are hit) and three of urgency (how long it can wait) make five priorities. ITIL
    calls it an example, so a desk may give its own.

    A verdict states no confidence, which counts as sure. With a field missing or unknown it abstains.

    Attributes:
        tiers: The tier for each priority; what is not in it has none, and the classifier abstains.
        table: The priority for each impact (rows) and urgency (columns), highest first.
        levels: How the levels are called, highest first; their numbers from 1 are understood too.
        impact: The field that holds the impact.
        urgency: The field that holds the urgency.
        name: How journals call it.

    Raises:
        BadInput: The table has not a row and a column for each level.

    >>> from escalate.classifiers import ticket_of
    >>> matrix = PriorityMatrix({1: "N3", 2: "N2", 3: "N1", 4: "N1", 5: "N1"})
    >>> ticket = ticket_of("Nobody can pay", fields={"impact": "high", "urgency": 2})
    >>> matrix.priority_of(ticket), matrix.classify(ticket, [Tier("N1"), Tier("N2"), Tier("N3")]).tier
    (2, 'N2')
    """

    meaning: ClassVar[str] = "none"
    cost: ClassVar[float] = 0.0

    tiers: Mapping[int, str] = attrs.field(converter=_by_code)
    table: Table = attrs.field(default=ITIL, converter=_table)
    levels: tuple[str, ...] = attrs.field(default=("high", "medium", "low"), converter=words)
    impact: str = "impact"
    urgency: str = "urgency"
    name: str = "priority-matrix"

    @table.validator
    def _check_table(self, _: object, table: Table) -> None:
        size = len(self.levels)
        if len(table) != size or any(len(row) != size for row in table):
            wanted = f"a row and a column for each of {', '.join(self.levels)}"
            raise BadInput("PriorityMatrix.table", table, wanted)

    @property
    def version(self) -> str:
        """Changes with the matrix, the tiers and the fields that are read."""
        tiers = sorted(self.tiers.items())
        return fingerprint([tiers, self.table, self.levels, self.impact, self.urgency])

    def priority_of(self, ticket: TicketText) -> int | None:
        """Return the priority of *ticket*; none if impact or urgency is missing or unknown."""
        row = self._level(ticket.fields.get(self.impact))
        column = self._level(ticket.fields.get(self.urgency))
        return None if row is None or column is None else self.table[row][column]

    def _level(self, value: object) -> int | None:
        """Return the place of a level, 0 for the highest."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value - 1 if 1 <= value <= len(self.levels) else None
        if not isinstance(value, str):
            return None
        word = folded(value).strip()
        known = [folded(level) for level in self.levels]
        numbers = [str(place + 1) for place in range(len(known))]
        return next((each.index(word) for each in (known, numbers) if word in each), None)

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the tier of its priority, with the two levels as the reason."""
        priority = self.priority_of(ticket)
        if priority is None:
            return ABSTAIN(f"no known {self.impact} and {self.urgency}"[:LONGEST_WORD])
        tier = self.tiers.get(priority)
        if all(each.name != tier for each in tiers):
            return ABSTAIN(f"no tier for priority {priority}")
        return Verdict(tier, why=((f"priority {priority}", 1.0),))  # type: ignore[arg-type]

    def save(self, path: str | Path) -> None:
        """Write it to *path*, as JSON."""
        content = attrs.asdict(self, recurse=False)
        content["tiers"] = sorted(self.tiers.items())
        write_table(path, type(self).__name__, content)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return what :meth:`save` wrote to *path*.

        Raises:
            BadInput: The file holds something else.
        """
        table = read_table(path, cls.__name__)
        try:
            settings = {field.name: table[field.name] for field in attrs.fields(cls)}
            return cls(**{**settings, "tiers": dict(settings["tiers"])})
        except (KeyError, TypeError) as why:
            raise BadInput(str(path), table, f"a file that {cls.__name__}.save wrote") from why
