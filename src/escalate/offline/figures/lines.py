"""Figures about where cases are: how they move between lines and teams, and what comes back.

A row whose line is unknown is no evidence of a move: it is passed over, except where a figure asks
that *all* rows lie in a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

from escalate.offline.figures.values import Figure, Share
from escalate.offline.log import Case, Log, Row


def moves(log: Log, tiers: Sequence[str]) -> Figure:
    """Count the moves for each ordered pair of lines."""
    seen = Counter(pair for case in log.cases for pair in pairwise(_runs(case, _tier)))
    pairs = {
        source: {target: seen[source, target] for target in tiers if target != source}
        for source in tiers
    }
    definition = (
        "For each ordered pair of lines: how often a row in the first is followed, in the same "
        "case, by a row in the second. Rows of unknown line are passed over."
    )
    return Figure("moves", "Moves between lines", pairs, definition)


def cases_by_line_at_start(log: Log, tiers: Sequence[str]) -> Figure:
    """Count cases by the line of their first row."""
    definition = "Cases by the line of their first row; 'unknown' where the log does not say."
    value = _by_line([case.rows[0] for case in log.cases], tiers)
    return Figure("cases_by_line_at_start", "Cases by the line they start in", value, definition)


def cases_by_line_at_first_completed(log: Log, tiers: Sequence[str]) -> Figure:
    """Count cases by the line of their first completed row."""
    completed = [
        case.rows[case.first_completed] for case in log.cases if case.first_completed is not None
    ]
    value = _by_line(completed, tiers)
    value["never completed"] = len(log.cases) - len(completed)
    definition = (
        "Cases by the line of their first completed row (one whose status means resolved or "
        "closed); 'never completed' are those without such a row."
    )
    title = "Cases by line at the first Completed"
    return Figure("cases_by_line_at_first_completed", title, value, definition)


def stays_in_first_line(log: Log, first: str) -> Figure:
    """Return the share of cases that never leave the line *first*."""
    definition = f"Cases all of whose rows lie in the first line ({first}), of all cases."
    value = _staying(log.cases, first)
    return Figure("stays_in_first_line", "Never leave the first line", value, definition)


def stays_in_first_line_by(log: Log, first: str, attribute: str) -> Figure:
    """Return the share of cases that never leave *first*, by what their last row says."""
    groups: dict[str, list[Case]] = {}
    for case in log.cases:
        groups.setdefault(case.rows[-1].attribute(attribute) or "(none)", []).append(case)
    definition = (
        f"Cases all of whose rows lie in the first line ({first}), of the cases with the same "
        f"{attribute}; a case's {attribute} is that of its last row."
    )
    value = {name: _staying(groups[name], first) for name in sorted(groups)}
    title = f"Never leave the first line, by {attribute}"
    return Figure(f"stays_in_first_line_by_{attribute}", title, value, definition)


def back_to_same_line(log: Log) -> Figure:
    """Return the share of cases that some line got back."""
    definition = (
        "Cases that a line got back after another line had them: the lines of the rows form more "
        "runs than there are distinct lines. Rows of unknown line are passed over."
    )
    value = _got_back(log, _tier)
    return Figure("back_to_same_line", "Same line got the case back", value, definition)


def back_to_same_team(log: Log) -> Figure:
    """Return the share of cases that some team got back."""
    definition = (
        "Cases that a team got back after another team had them: the teams of the rows form more "
        "runs than there are distinct teams. Rows without a team are passed over."
    )
    value = _got_back(log, _team)
    return Figure("back_to_same_team", "Same team got the case back", value, definition)


def reopened(log: Log) -> Figure:
    """Count the cases that were reopened, and how often."""
    times = [_reopenings(case) for case in log.cases]
    definition = (
        "'occurrences': rows that are not completed, right after a row of the same case that is "
        "(completed: its status means resolved or closed); 'cases': cases with at least one."
    )
    value = {"cases": sum(1 for count in times if count), "occurrences": sum(times)}
    return Figure("reopened", "Reopened", value, definition)


def _reopenings(case: Case) -> int:
    return sum(a.is_completed and not b.is_completed for a, b in pairwise(case.rows))


def _tier(row: Row) -> str | None:
    return row.tier


def _team(row: Row) -> str | None:
    return row.team


def _runs(case: Case, of: Callable[[Row], str | None]) -> list[str]:
    """Return what *of* says of the rows, each run of equals once."""
    return [name for name, _ in groupby(filter(None, map(of, case.rows)))]


def _got_back(log: Log, of: Callable[[Row], str | None]) -> Share:
    runs = [_runs(case, of) for case in log.cases]
    return Share(sum(len(each) > len(set(each)) for each in runs), len(runs))


def _staying(cases: Sequence[Case], first: str) -> Share:
    return Share(sum(all(row.tier == first for row in case.rows) for case in cases), len(cases))


def _by_line(rows: Sequence[Row], tiers: Sequence[str]) -> dict[str, int]:
    seen = Counter(row.tier for row in rows)
    value = {tier: seen[tier] for tier in tiers}
    return {**value, "unknown": seen[None]} if seen[None] else value
