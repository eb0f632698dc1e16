"""Values that may have been written into a row after the row's instant, and so leak the future."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import attrs

from escalate.offline.doubts.notices import Count, Notice

if TYPE_CHECKING:
    from escalate.offline.log import Case, Row

_FEWEST_CASES: Final = 10
_LIKE_AN_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")


@attrs.define
class Column:
    """What one column does within cases.

    Attributes:
        varies: Whether it changes within any case.
        least: The first of its values, by the alphabet; with *most* it shows whether there are several.
        most: The last of them.
        cases: Cases with several rows.
        later: Cases whose first row has an instant in it that lies after the row.
    """

    varies: bool = False
    least: str | None = None
    most: str | None = None
    cases: int = 0
    later: Count = attrs.field(factory=Count)

    def merge(self, other: Column) -> None:
        """Add what another part of the log says."""
        self.cases += other.cases
        self.saw(other.least)
        self.saw(other.most)
        if other.varies:
            self.changed()
        self.later.merge(other.later.count, other.later.examples)

    def saw(self, value: str | None) -> None:
        """Widen the values seen to *value*."""
        if value is None or self.varies:
            return
        if self.least is None or self.most is None:
            self.least = self.most = value
        elif value < self.least:
            self.least = value
        elif value > self.most:
            self.most = value

    def changed(self) -> None:
        """Note that it changes within a case: what it holds no longer matters."""
        self.varies, self.least, self.most = True, None, None

    @property
    def is_suspect(self) -> bool:
        """Whether it differs between cases and never within one."""
        return not self.varies and self.cases >= _FEWEST_CASES and self.least != self.most


@attrs.define
class Leaks:
    """Each column that was kept, by name."""

    columns: dict[str, Column] = attrs.field(factory=dict)

    def merge(self, other: Leaks) -> None:
        """Add what another part of the log says."""
        for name, column in other.columns.items():
            self.columns.setdefault(name, Column()).merge(column)

    def notices(self) -> Iterator[Notice]:
        """Yield the columns that may leak, by name."""
        for name, column in sorted(self.columns.items()):
            if column.later.count:
                yield column.later.notice(f"{name}: an instant that lies after its row")
            elif column.is_suspect:
                about = (
                    f"{name}: never changes within a case. If it is written when a case ends, "
                    "the first rows tell the future"
                )
                yield Notice(about, column.cases)


class LeakFinder:
    """Looks at one case after the other.

    Args:
        attributes: The names of the attributes of every row.
        others: Further parts of a row that were mapped: tier, team or priority.
        instant: Reads an instant in microseconds; none if a text is none.
    """

    def __init__(
        self,
        attributes: tuple[str, ...],
        others: tuple[str, ...],
        instant: Callable[[str], int | None],
    ) -> None:
        self.found = Leaks({name: Column() for name in (*attributes, *others)})
        self._attributes = [self.found.columns[name] for name in attributes]
        self._others = [(attrgetter(name), self.found.columns[name]) for name in others]
        self._instant = instant

    def add(self, case: Case) -> None:
        """Look at one case."""
        rows = case.rows
        first = rows[0]
        for position, column in enumerate(self._attributes):
            self._look_ahead(column, first, first.attributes[position][1])
        if len(rows) == 1:
            return
        # Rows with the same attributes share them, so that most cases need no look at each.
        kinds = {id(row.attributes): row.attributes for row in rows} if self._attributes else {}
        for position, column in enumerate(self._attributes):
            column.cases += 1
            if not column.varies:
                column.saw(first.attributes[position][1])
                if len(kinds) > 1 and len({kind[position][1] for kind in kinds.values()}) > 1:
                    column.changed()
        for part, column in self._others:
            column.cases += 1
            if not column.varies:
                column.saw(part(first))
                if len(set(map(part, rows))) > 1:
                    column.changed()

    def _look_ahead(self, column: Column, row: Row, text: str) -> None:
        if text[:1].isdigit() and _LIKE_AN_INSTANT.match(text):
            at_us = self._instant(text)
            if at_us is not None and at_us > row.at_us:
                column.later.add(row.line, text)
