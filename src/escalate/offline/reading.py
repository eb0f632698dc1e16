"""Reading: from a file or dataframe and a mapping to a log, with everything doubtful counted."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingLike
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final

from escalate.core.status import Status
from escalate.errors import InvalidFile, InvalidMapping, nearest
from escalate.offline.instants import InstantReader, Unreadable
from escalate.offline.log import Case, Log, Row
from escalate.offline.mapping import Mapping, PriorityColumn, TierColumn, zone_of
from escalate.offline.patterns import guarded, matches
from escalate.offline.quality import Tally
from escalate.offline.tables import Table, opened

if TYPE_CHECKING:
    from escalate.offline.tables import Source

_BY_TIME: Final = attrgetter("at_us")


def read(  # noqa: PLR0913  one keyword for each thing a log can tell; most calls name four
    source: Source,
    *,
    mapping: Mapping | str | os.PathLike[str] | None = None,
    case: str | None = None,
    at: str | None = None,
    zone: str | None = None,
    at_format: str | None = None,
    status: str | Sequence[str] = (),
    words: MappingLike[str, str] | None = None,
    tier: TierColumn | str | None = None,
    team: str | None = None,
    attributes: MappingLike[str, str] | Iterable[str] = (),
    priority: PriorityColumn | str | None = None,
    delimiter: str = ",",
) -> Log:
    r"""Read a log: rows grouped by case, in order of time.

    The rows of *source* may stand in any order. Rows of a case at the same instant keep the order
    they have there, and are counted. What cannot be read or is in doubt is in ``log.quality``.

    Args:
        source: A path or a seekable binary file of CSV in UTF-8 (gzip or not), with a header; or
            any dataframe that narwhals knows, such as one of pandas or Polars.
        mapping: A :class:`Mapping` or the path of a mapping file, instead of all that follows.
        case: The column that tells cases apart.
        at: The column with the instant.
        zone: The time zone of instants that carry no offset.
        at_format: How instants are written, for ``datetime.strptime``; else ISO 8601.
        status: The column or columns with the status.
        words: What each status word means.
        tier: The column with the line of support, or a :class:`TierColumn`.
        team: The column with the team.
        attributes: Further columns to keep.
        priority: The column with the priority, or a :class:`PriorityColumn`.
        delimiter: What stands between the cells of a CSV file.

    Raises:
        InvalidMapping: the mapping cannot be, or names a column that *source* lacks.
        PatternRefused: a regular expression is malformed or could run away.
        InvalidFile: the file is empty, no UTF-8, or a broken gzip file.
        OSError: the file cannot be opened.

    >>> from io import BytesIO
    >>> file = BytesIO(b"id,when,line\n7,2026-11-03 09:00,N1\n7,2026-11-03 11:30,N2\n")
    >>> log = read(file, case="id", at="when", zone="America/Sao_Paulo", tier="line")
    >>> [(row.tier, row.at.isoformat()) for row in log.cases[0].rows]
    [('N1', '2026-11-03T12:00:00+00:00'), ('N2', '2026-11-03T14:30:00+00:00')]
    """
    if mapping is None:
        plan = Mapping(
            case=case or "",  # Mapping itself says what is wrong with that
            at=at or "",
            zone=zone,
            at_format=at_format,
            status=status,
            words=words or {},
            tier=tier,
            team=team,
            attributes=attributes,
            priority=priority,
            delimiter=delimiter,
        )
    elif any((case, at, status, words, tier, team, attributes, priority, zone, at_format)):
        raise InvalidMapping("read", "mapping= and columns", "either mapping= or case=, at=, ...")
    else:
        plan = mapping if isinstance(mapping, Mapping) else Mapping.from_file(mapping)
    return _read(source, plan)


def _read(source: Source, plan: Mapping) -> Log:
    tally = Tally()
    columns = (plan.at, *(column for _, column in plan.columns()))
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    with opened(source, columns, plan.delimiter, tally) as table:
        row_of = _RowReader(plan, table, tally).row
        for line, cells in table.rows:
            try:
                case, row = row_of(line, cells)
            except Unreadable as why:
                tally.unreadable(str(why), line, _shown(cells))
            else:
                grouped[case].append(row)
    cases = [_case(id_, rows, tally) for id_, rows in grouped.items()]
    cases.sort(key=lambda case: (case.rows[0].at_us, case.id))
    return Log(tuple(cases), _tiers(plan, cases), tally.result())


def _shown(cells: Sequence[Any]) -> str:
    return ", ".join(str(cell) for cell in cells)


def _case(id_: str, rows: list[Row], tally: Tally) -> Case:
    rows.sort(key=_BY_TIME)
    for before, row in pairwise(rows):
        if before.at_us == row.at_us:
            tally.tie(id_, row.line)
    return Case(id_, tuple(rows))


def _tiers(plan: Mapping, cases: list[Case]) -> tuple[str, ...]:
    if plan.tier is not None and plan.tier.tiers:
        return plan.tier.tiers
    return tuple(sorted({row.tier for case in cases for row in case.rows if row.tier is not None}))


class _RowReader:
    """Turns the cells of a table into rows of a log."""

    def __init__(self, plan: Mapping, table: Table, tally: Tally) -> None:
        at = {column: _position(table, place, column) for place, column in plan.columns()}
        self._case = at[plan.case]
        self._at = at[plan.at]
        self._status = _picker([at[column] for column in plan.status])
        self._tier = at[plan.tier.column] if plan.tier else None
        self._team = at[plan.team] if plan.team else None
        self._priority = at[plan.priority.column] if plan.priority else None
        self._priorities = _Priorities(plan.priority) if plan.priority else {}
        self._kept = _picker([at[column] for column in plan.attributes.values()])
        self._attributes = _Attributes(plan)
        self._instants = InstantReader(zone_of(plan.zone) if plan.zone else None, plan.at_format)
        self._words = _Words(plan)
        self._tiers = _Tiers(plan.tier) if plan.tier else {}
        self._tally = tally

    def row(self, line: int, cells: Sequence[Any]) -> tuple[str, Row]:
        """Return the case and the row of *cells*; raise Unreadable where there is none."""
        case = cells[self._case].strip()
        if not case:
            raise Unreadable("no case")
        at_us, doubtful = self._instants.read(cells[self._at])
        if doubtful:
            self._tally.doubtful(line, str(cells[self._at]))
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


def _position(table: Table, place: str, column: str) -> int:
    if column not in table.columns:
        raise InvalidMapping(place, column, f"a column of {table.name}; " + _hint(column, table))
    if table.columns.count(column) > 1:
        raise InvalidFile(table.name, f"several columns {column!r}", "one column of that name")
    return table.columns.index(column)


def _hint(column: str, table: Table) -> str:
    return nearest(column, table.columns)


def _picker(positions: list[int]) -> Callable[[Sequence[Any]], tuple[str, ...]]:
    """Return a function that picks the cells at *positions*, always as a tuple."""
    if not positions:
        return lambda _: ()
    if len(positions) == 1:
        only = positions[0]
        return lambda cells: (cells[only],)
    return itemgetter(*positions)
