"""Reading: from a file or dataframe and a mapping to a log, with everything doubtful counted."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingLike
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from escalate.errors import InvalidMapping
from escalate.offline.doubts.leaks import LeakFinder
from escalate.offline.formats.opening import opened
from escalate.offline.formats.spilled import spilled_table
from escalate.offline.formats.table import LineCells, Table
from escalate.offline.instants import Unreadable
from escalate.offline.log import Case, Log, Row
from escalate.offline.mapping import Mapping, PriorityColumn, TierColumn
from escalate.offline.quality import Tally
from escalate.offline.recognising import completed
from escalate.offline.rowreading import RowReader, wanted_of

if TYPE_CHECKING:
    from escalate.offline.formats.opening import Source

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
    in_order: bool = False,
) -> Log:
    r"""Read a log: rows grouped by case, in order of time.

    The rows of *source* may stand in any order. Rows of a case at the same instant keep the order
    they have there, and are counted. What cannot be read or is in doubt is in ``log.quality``.

    Args:
        source: A path or a seekable binary file, packed with gzip or not: CSV in UTF-8 with a
            header, JSON lines, XES, or Parquet; a list of rows (dicts), such as a desk's journal,
            ``desk.log()``; or any dataframe that narwhals knows: pandas, Polars, PyArrow and others.
            What a file is shows in what it holds.
        mapping: A :class:`Mapping` or the path of a mapping file, instead of all that follows.
        case: The column that tells cases apart. A log whose columns have standard names
            (``case:concept:name``, ``time:timestamp`` and so on) needs neither this nor *at*.
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
        in_order: Whether rows at the same instant stand in the order in which they happened.

    Raises:
        InvalidMapping: the mapping cannot be, names a column that *source* lacks, or leaves out one
            that has no standard name there.
        PatternRefused: a regular expression is malformed or could run away.
        InvalidFile: the file is empty, broken, no UTF-8, or of another format.
        BadInput: *source* is none of these, or needs a package that is not installed.
        OSError: the file cannot be opened.

    >>> from io import BytesIO
    >>> file = BytesIO(b"id,when,line\n7,2026-11-03 09:00,N1\n7,2026-11-03 11:30,N2\n")
    >>> log = read(file, case="id", at="when", zone="America/Sao_Paulo", tier="line")
    >>> [(row.tier, row.at.isoformat()) for row in log.cases[0].rows]
    [('N1', '2026-11-03T12:00:00+00:00'), ('N2', '2026-11-03T14:30:00+00:00')]
    """
    named = {
        "case": case,
        "at": at,
        "zone": zone,
        "at_format": at_format,
        "status": status,
        "words": words,
        "tier": tier,
        "team": team,
        "attributes": attributes,
        "priority": priority,
        "in_order": in_order,
    }
    given = {name: value for name, value in named.items() if value not in (None, (), False)}
    if mapping is None:
        given["delimiter"] = delimiter
    return read_part(source, plan_of(mapping, given))


def plan_of(
    mapping: Mapping | str | os.PathLike[str] | None, given: MappingLike[str, Any]
) -> Mapping:
    """Return the mapping that *mapping*, or else the keywords *given*, say.

    Raises:
        InvalidMapping: both say something, or what they say cannot be.
    """
    if mapping is None:
        return Mapping(**given)
    if given:
        raise InvalidMapping("read", "mapping= and columns", "either mapping= or case=, at=, ...")
    return mapping if isinstance(mapping, Mapping) else Mapping.from_file(mapping)


def read_part(source: Source, plan: Mapping, holds: Callable[[str], bool] | None = None) -> Log:
    """Read the cases of *source* that *holds* says yes to, of which none is the empty text's.

    Rows of which nobody can say whose they are count where ``holds("")`` is true.
    """
    with opened(source, plan.delimiter) as table:
        return _read(table, plan, holds)


def read_spilled(path: str, name: str, plan: Mapping) -> Log:
    """Read the cases whose rows were put aside in the file *path*; *name* is that of the log."""
    with spilled_table(path, name, wanted_of(plan)) as table:
        return _read(table, plan, None)


def _read(table: Table, plan: Mapping, holds: Callable[[str], bool] | None) -> Log:
    tally = Tally()
    plan, tally.recognised = completed(plan, table.columns, table.name)
    reader = RowReader(plan, table, tally)
    grouped = _grouped(_rows(table, plan, reader, tally, holds), reader, tally)
    return _log(grouped, plan, reader, tally)


def _rows(
    table: Table,
    plan: Mapping,
    reader: RowReader,
    tally: Tally,
    holds: Callable[[str], bool] | None,
) -> Iterator[LineCells]:
    if holds is None:
        return table.start(wanted_of(plan), tally.unreadable)
    broken = tally.unreadable if holds("") else _told_elsewhere
    rows = table.start(wanted_of(plan), broken)
    case_at = reader.case_at
    return (row for row in rows if holds(row[1][case_at].strip()))


def _told_elsewhere(_reason: str, _line: int, _text: str) -> None:
    """Say nothing: another part of the log tells of rows that belong to no case."""


def _grouped(
    rows: Iterator[LineCells], reader: RowReader, tally: Tally
) -> MappingLike[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    row_of = reader.row
    for line, cells in rows:
        try:
            case, row = row_of(line, cells)
        except Unreadable as why:
            tally.unreadable(str(why), line, reader.shown(cells))
        else:
            grouped[case].append(row)
    return grouped


def _log(
    grouped: MappingLike[str, list[Row]], plan: Mapping, reader: RowReader, tally: Tally
) -> Log:
    cases = [_case(id_, rows, tally, plan) for id_, rows in grouped.items()]
    cases.sort(key=in_the_order_of_logs)
    parts = [name for name in ("tier", "team", "priority") if getattr(plan, name) is not None]
    leaks = LeakFinder(tuple(plan.attributes), tuple(parts), reader.instant)
    for case in cases:
        tally.rows += len(case.rows)
        tally.evidence.window.add(case)
        leaks.add(case)
    tally.evidence.clocks, tally.evidence.leaks = reader.clocks, leaks.found
    return Log(tuple(cases), _tiers(plan, cases), tally.result(), plan.zone)


def in_the_order_of_logs(case: Case) -> tuple[int, str]:
    """Return what cases are ordered by: their first instant, then their id."""
    return case.rows[0].at_us, case.id


def _case(id_: str, rows: list[Row], tally: Tally, plan: Mapping) -> Case:
    rows.sort(key=_BY_TIME)
    if not plan.in_order:
        for before, row in pairwise(rows):
            if before.at_us == row.at_us:
                tally.tie(id_, row.line)
    return Case(id_, tuple(rows))


def _tiers(plan: Mapping, cases: list[Case]) -> tuple[str, ...]:
    if plan.tier is not None and plan.tier.tiers:
        return plan.tier.tiers
    return tuple(sorted({row.tier for case in cases for row in case.rows if row.tier is not None}))
