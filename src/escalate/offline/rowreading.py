"""From the cells of a table to the rows of a log, each word worked out once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from escalate.core.status import Status
from escalate.errors import InvalidFile, InvalidMapping, nearest
from escalate.offline.doubts.clocks import Clocks
from escalate.offline.formats.table import Table
from escalate.offline.instants import InstantReader, Unreadable
from escalate.offline.log import Row
from escalate.offline.mapping import Mapping, PriorityColumn, TierColumn, zone_of
from escalate.offline.patterns import guarded, matches
from escalate.offline.quality import Tally
from escalate.offline.recognising import among


class RowReader:
    """Turns the cells of a table into rows of a log."""

    def __init__(self, plan: Mapping, table: Table, tally: Tally) -> None:
        assert plan.case is not None  # a mapping is completed before rows are read
        assert plan.at is not None
        wanted = wanted_of(plan)
        layout = table.layout(wanted)
        for place, column in plan.columns():
            _check(table, place, column)
        at = {column: layout.index(column) for column in wanted}
        self.case_at = self._case = at[plan.case]
        self._at = at[plan.at]
        self._shown = picker([at[column] for column in wanted])
        self._status = picker([at[column] for column in plan.status])
        self._tier = at[plan.tier.column] if plan.tier else None
        self._team = at[plan.team] if plan.team else None
        self._priority = at[plan.priority.column] if plan.priority else None
        self._priorities = _Priorities(plan.priority) if plan.priority else {}
        self._kept = picker([at[column] for column in plan.attributes.values()])
        self._attributes = _Attributes(plan)
        zone = zone_of(plan.zone) if plan.zone else None
        self._instants = InstantReader(zone, plan.at_format)
        self._others = InstantReader(zone, None)
        self._words = _Words(plan)
        self._tiers = _Tiers(plan.tier) if plan.tier else {}
        self._tally = tally

    def row(self, line: int, cells: Sequence[Any]) -> tuple[str, Row]:
        """Return the case and the row of *cells*; raise Unreadable where there is none."""
        case = cells[self._case].strip()
        if not case:
            raise Unreadable("no case")
        at_us, doubt = self._instants.read(cells[self._at], line)
        if doubt:
            self._tally.doubtful(doubt, line, str(cells[self._at]))
        word, meaning = self._words[self._status(cells)]
        if meaning is None and word is not None:
            self._tally.unmapped_word(word, line)
        tier = None
        if self._tier is not None:
            tier = self._tiers[cells[self._tier]]
            if tier is None:
                self._tally.unmapped_tier(cells[self._tier], line)
        team = None if self._team is None else cells[self._team]
        priority = None
        if self._priority is not None:
            priority = self._priorities[cells[self._priority]]
            if priority is None:
                self._tally.unmapped_priority(cells[self._priority], line)
        attributes = self._attributes[self._kept(cells)]
        return case, Row(at_us, tier, word, meaning, team, attributes, priority, line)

    @property
    def clocks(self) -> Clocks:
        """What the instants said of the clocks behind them."""
        return self._instants.clocks

    def instant(self, text: str) -> int | None:
        """Return the instant that *text* names, in microseconds; none if it is none."""
        try:
            return self._others.read(text)[0]
        except Unreadable:
            return None

    def shown(self, cells: Sequence[Any]) -> str:
        """Return the cells that were asked for, for people to look at."""
        return ", ".join("" if cell is None else str(cell) for cell in self._shown(cells))


class _Words(dict[tuple[str, ...], tuple[str | None, Status | None]]):
    """The word and meaning of status cells, worked out once for each that occurs."""

    def __init__(self, plan: Mapping) -> None:
        super().__init__()
        self._words = plan.words
        self[()] = (None, None)

    def __missing__(self, cells: tuple[str, ...]) -> tuple[str | None, Status | None]:
        word = "/".join(cell for cell in map(str.strip, cells) if cell)
        self[cells] = found = (word, self._words.get(word))
        return found


class _Attributes(dict[tuple[str, ...], tuple[tuple[str, str], ...]]):
    """The named attributes of cells, built once for each combination that occurs."""

    def __init__(self, plan: Mapping) -> None:
        super().__init__()
        self._names = tuple(plan.attributes)

    def __missing__(self, cells: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        self[cells] = found = tuple(zip(self._names, cells, strict=True))
        return found


class _Tiers(dict[str, str | None]):
    """The tier of a text, worked out once for each that occurs."""

    def __init__(self, column: TierColumn) -> None:
        super().__init__()
        self._column = column
        self._patterns: list[tuple[re.Pattern[str], str]] = [
            (guarded(pattern), tier) for pattern, tier in column.match
        ]

    def __missing__(self, text: str) -> str | None:
        self[text] = tier = self._tier(text.strip())
        return tier

    def _tier(self, text: str) -> str | None:
        if self._patterns:
            return next((tier for pattern, tier in self._patterns if matches(pattern, text)), None)
        known = self._column.order
        return text if text and (not known or text in known) else None


class _Priorities(dict[str, str | None]):
    """The priority of a text, worked out once for each that occurs."""

    def __init__(self, column: PriorityColumn) -> None:
        super().__init__()
        self._words = column.words

    def __missing__(self, text: str) -> str | None:
        word = text.strip()
        self[text] = priority = self._words.get(word) if self._words else word or None
        return priority


def wanted_of(plan: Mapping) -> tuple[str, ...]:
    """Return the columns that *plan* reads, that of the instants first."""
    assert plan.at is not None
    return tuple(dict.fromkeys([plan.at, *(column for _, column in plan.columns())]))


def _check(table: Table, place: str, column: str) -> None:
    found = table.columns.count(column)
    if not found:
        hint = among(table.columns) or nearest(column, table.columns)
        raise InvalidMapping(place, column, f"a column of {table.name}; {hint}")
    if found > 1:
        raise InvalidFile(table.name, f"several columns {column!r}", "one column of that name")


def picker(positions: list[int]) -> Callable[[Sequence[Any]], tuple[str, ...]]:
    """Return a function that picks the cells at *positions*, always as a tuple."""
    if not positions:
        return lambda _: ()
    if len(positions) == 1:
        only = positions[0]
        return lambda cells: (cells[only],)
    return itemgetter(*positions)
