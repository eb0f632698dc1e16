"""Standard names of columns, so that a log which keeps to them needs no mapping.

The names of XES and of the tools that write it, those that other process mining tools give their columns,
and those of a desk's own journal. The first that a log has is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from escalate.core.status import Status
from escalate.errors import InvalidMapping
from escalate.offline.mapping import Mapping, PriorityColumn, TierColumn

CASE: Final = ("case:concept:name", "Case ID", "case_id", "_CASE_KEY")
AT: Final = ("time:timestamp", "Complete Timestamp", "timestamp", "EVENTTIME")
STATUS: Final = ("concept:name", "Activity", "activity", "ACTIVITY_EN")
TEAM: Final = ("org:group",)
ATTRIBUTES: Final = {
    "resource": ("org:resource", "Resource", "resource", "resource_id"),
    "role": ("org:role",),
    "lifecycle": ("lifecycle:transition",),
    "instance": ("concept:instance",),
    "cost": ("cost:total",),
}

JOURNAL_COLUMNS: Final = ("ticket", "number", "at", "event", "status", "tier", "priority")
"""What shows a desk's journal, ``desk.log()``, wherever it was written to."""
_JOURNAL_ATTRIBUTES: Final = (
    "event",
    "about",
    "by_kind",
    "by",
    "assignee",
    "request_type",
    "channel",
    "policy",
    "about",
)
_OWN_WORDS: Final = {status.value: status.value for status in Status}

_DELIMITERS: Final = (";", "\t", "|", ",")
_SHOWN: Final = 120
"""Letters that are shown of a header that was read as one column."""

Recognised = tuple[tuple[str, str], ...]
"""Pairs of a part of a mapping and the column that was taken for it."""


def completed(plan: Mapping, columns: tuple[str, ...], name: str) -> tuple[Mapping, Recognised]:
    """Return *plan* with what it leaves open filled in from *columns*, and what that was.

    A mapping that names both its case and its instant is complete as it is.

    Raises:
        InvalidMapping: there is no column of a standard name for the case or the instant.

    >>> plan, found = completed(Mapping(), ("time:timestamp", "case:concept:name", "x"), "log.csv")
    >>> found
    (('case', 'case:concept:name'), ('at.column', 'time:timestamp'))
    """
    if plan.case is not None and plan.at is not None:
        return plan, ()
    if plan.case is None and plan.at is None and set(JOURNAL_COLUMNS) <= set(columns):
        filled = _filled(plan, _journal(columns))
    else:
        filled = _filled(plan, _standard(columns))
    for place, names, column in (("case", CASE, filled.case), ("at.column", AT, filled.at)):
        if column is None:
            _refuse(place, names, columns, name)
    if filled.words and not filled.status:
        _refuse("status.columns", STATUS, columns, name)
    before = dict(plan.columns())
    found = tuple((place, column) for place, column in filled.columns() if place not in before)
    return filled, found


def among(columns: tuple[str, ...]) -> str:
    """Return a hint where a header was read as one column because another delimiter parts it.

    >>> print(among(("case;team",)))
    its header is one column, 'case;team': where ; parts the columns, the mapping says delimiter = ";"
    """
    if len(columns) != 1:
        return ""
    (header,) = columns
    sign = max(_DELIMITERS, key=header.count)
    if sign not in header:
        return ""
    word, written = ("a tab", r"\t") if sign == "\t" else (sign, sign)
    said = f'where {word} parts the columns, the mapping says delimiter = "{written}"'
    start = header if len(header) <= _SHOWN else f"{header[:_SHOWN]}..."
    return f"its header is one column, {start!r}: {said}"


def _refuse(place: str, names: Iterable[str], columns: tuple[str, ...], name: str) -> None:
    called = " or ".join(names)
    wanted = (
        f"a column of {name}, which has none called {called}, so that the mapping has to name it"
    )
    known = among(columns) or f"known: {', '.join(columns) or 'none'}"
    raise InvalidMapping(place, "no column", f"{wanted}; {known}")


def _filled(plan: Mapping, standard: Mapping) -> Mapping:
    # What the words mean belongs to the column that holds them.
    words = plan.words or ({} if plan.status else standard.words)
    return attrs.evolve(
        plan,
        case=plan.case or standard.case,
        at=plan.at or standard.at,
        status=plan.status or standard.status,
        words=words,
        tier=plan.tier or standard.tier,
        team=plan.team or standard.team,
        priority=plan.priority or standard.priority,
        attributes=plan.attributes or standard.attributes,
        in_order=plan.in_order or standard.in_order,
    )


def _journal(columns: tuple[str, ...]) -> Mapping:
    return Mapping(
        case="ticket",
        at="at",
        status="status",
        words=_OWN_WORDS,
        tier=TierColumn("tier"),
        priority=PriorityColumn("priority"),
        attributes=[name for name in _JOURNAL_ATTRIBUTES if name in columns],
        in_order=True,
    )


def _standard(columns: tuple[str, ...]) -> Mapping:
    status = _first(STATUS, columns)
    found = {name: _first(names, columns) for name, names in ATTRIBUTES.items()}
    return Mapping(
        case=_first(CASE, columns),
        at=_first(AT, columns),
        status=(status,) if status else (),
        words=_OWN_WORDS if status else {},
        team=_first(TEAM, columns),
        attributes={name: column for name, column in found.items() if column},
    )


def _first(names: Iterable[str], columns: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in columns), None)
