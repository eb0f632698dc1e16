"""Figures about where cases are: how they move between lines and teams, and what comes back.

A row whose line is unknown is no evidence of a move: it is passed over, except where a figure asks
that *all* rows lie in a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Final

import attrs

from escalate.offline.figures.values import Figure, Share
from escalate.offline.log import Case, Log, Row
from escalate.offline.sums import merge_sums

NO_TIER: Final = "the log tells no line of support: map a tier column"
NO_TEAM: Final = "the log tells no team: map a team column"
NO_STATUS: Final = "no status of the log means anything: map a status column and its words"
MOVES: Final = "Moves between lines"
BACK: Final = {"line": "Same line got the case back", "team": "Same team got the case back"}
"""What figures are called that others refer to."""

# -- what one case tells


def runs(names: Iterable[str | None]) -> list[str]:
    """Return the *names* that are known, each run of equals once.

    >>> runs(["N1", None, "N1", "N2", "N1"])
    ['N1', 'N2', 'N1']
    """
    return [name for name, _ in groupby(filter(None, names))]


def tier_runs(case: Case) -> list[str]:
    """Return the lines that have *case*, in order, each as often as it got the case."""
    return runs(row.tier for row in case.rows)


def team_runs(case: Case) -> list[str]:
    """Return the teams that have *case*, in order, each as often as it got the case."""
    return runs(row.team for row in case.rows)


def got_back(names: Sequence[str]) -> bool:
    """Return whether, of these runs, one is of a name that had a run before.

    >>> got_back(["a", "b", "a"]), got_back(["a", "b"])
    (True, False)
    """
    return len(names) > len(set(names))


def home(case: Case) -> str | None:
    """Return the line in which all rows of *case* lie; none if they lie in several, or one is unknown."""
    first = case.rows[0].tier
    return first if all(row.tier == first for row in case.rows) else None


def reopenings(case: Case) -> int:
    """Return how often a row of *case* that is not completed comes right after one that is."""
    return sum(a.is_completed and not b.is_completed for a, b in pairwise(case.rows))


def completed_row(case: Case) -> Row | None:
    """Return the first completed row of *case*, if it has one."""
    at = case.first_completed
    return None if at is None else case.rows[at]


# -- what many cases tell together


@attrs.define
class Whereabouts:
    """Where the cases are that were added so far."""

    cases: int = 0
    events: int = 0
    moves: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    starts: Counter[str | None] = attrs.field(factory=Counter)
    completed: Counter[str | None] = attrs.field(factory=Counter)
    stays: Counter[str | None] = attrs.field(factory=Counter)
    tiers: set[str] = attrs.field(factory=set)
    same_line: int = 0
    same_team: int = 0
    reopened: int = 0
    reopenings: int = 0
    tells_team: bool = False
    tells_status: bool = False

    def add(self, case: Case) -> None:
        """Take in one case."""
        self.add_with_runs(case, tier_runs(case), team_runs(case))

    def add_with_runs(self, case: Case, tiers: Sequence[str], teams: Sequence[str]) -> None:
        """Take in one case whose runs of lines and teams are known already."""
        self.cases += 1
        self.events += len(case.rows)
        self.tiers.update(tiers)
        for move in pairwise(tiers):  # mostly none, and then Counter.update costs more than this
            self.moves[move] += 1
        self.starts[case.rows[0].tier] += 1
        self.stays[home(case)] += 1
        self.same_line += got_back(tiers)
        self.same_team += got_back(teams)
        self.tells_team = self.tells_team or bool(teams)
        self.tells_status = self.tells_status or any(row.meaning is not None for row in case.rows)
        done = completed_row(case)
        if done is not None:
            self.completed[done.tier] += 1
            again = reopenings(case)
            self.reopened += again > 0
            self.reopenings += again

    def merge(self, other: Whereabouts) -> None:
        """Take in what *other* has seen."""
        merge_sums(self, other)

    def lines(self, tiers: Sequence[str]) -> tuple[str, ...]:
        """Return *tiers*, and behind them the lines that only the cases have."""
        return tuple(dict.fromkeys((*tiers, *sorted(self.tiers))))


def moves(seen: Whereabouts, tiers: Sequence[str]) -> Figure:
    """Return the moves for each ordered pair of lines."""
    pairs = {
        source: {target: seen.moves[source, target] for target in tiers if target != source}
        for source in tiers
    }
    definition = (
        "For each ordered pair of lines: how often a row in the first is followed, in the same "
        "case, by a row in the second. Rows of unknown line are passed over."
    )
    return Figure("moves", MOVES, pairs, definition, "heat")


def cases_by_line_at_start(seen: Whereabouts, tiers: Sequence[str]) -> Figure:
    """Return the cases by the line of their first row."""
    definition = "Cases by the line of their first row; 'unknown' where the log does not say."
    value = by_line(seen.starts, tiers)
    title = "Cases by the line they start in"
    return Figure("cases_by_line_at_start", title, value, definition, "bars")


def cases_by_line_at_first_completed(seen: Whereabouts, tiers: Sequence[str]) -> Figure:
    """Return the cases by the line of their first completed row."""
    value = by_line(seen.completed, tiers)
    value["never completed"] = seen.cases - seen.completed.total()
    definition = (
        "Cases by the line of their first completed row (one whose status means resolved or "
        "closed); 'never completed' are those without such a row."
    )
    title = "Cases by line at the first Completed"
    return Figure("cases_by_line_at_first_completed", title, value, definition, "bars")


def stays_in_first_line(seen: Whereabouts, first: str) -> Figure:
    """Return the share of cases that never leave the line *first*."""
    definition = f"Cases all of whose rows lie in the first line ({first}), of all cases."
    value = Share(seen.stays[first], seen.cases)
    return Figure("stays_in_first_line", "Never leave the first line", value, definition)


def stays_in_first_line_by(log: Log, first: str, attribute: str) -> Figure:
    """Return the share of cases that never leave *first*, by what their last row says."""
    cases: Counter[str] = Counter()
    staying: Counter[str] = Counter()
    for case in log.cases:
        name = case.rows[-1].attribute(attribute) or "(none)"
        cases[name] += 1
        staying[name] += home(case) == first
    definition = (
        f"Cases all of whose rows lie in the first line ({first}), of the cases with the same "
        f"{attribute}; a case's {attribute} is that of its last row."
    )
    value = {name: Share(staying[name], cases[name]) for name in sorted(cases)}
    title = f"Never leave the first line, by {attribute}"
    return Figure(f"stays_in_first_line_by_{attribute}", title, value, definition, "bars")


def back_to_same_line(seen: Whereabouts) -> Figure:
    """Return the share of cases that some line got back."""
    definition = (
        "Cases that a line got back after another line had them: the lines of the rows form more "
        "runs than there are distinct lines. Rows of unknown line are passed over."
    )
    value = Share(seen.same_line, seen.cases)
    return Figure("back_to_same_line", BACK["line"], value, definition)


def back_to_same_team(seen: Whereabouts) -> Figure:
    """Return the share of cases that some team got back."""
    definition = (
        "Cases that a team got back after another team had them: the teams of the rows form more "
        "runs than there are distinct teams. Rows without a team are passed over."
    )
    value = Share(seen.same_team, seen.cases)
    return Figure("back_to_same_team", BACK["team"], value, definition)


def reopened(seen: Whereabouts) -> Figure:
    """Return how many cases were reopened, and how often."""
    definition = (
        "'occurrences': rows that are not completed, right after a row of the same case that is "
        "(completed: its status means resolved or closed); 'cases': cases with at least one."
    )
    value = {"cases": seen.reopened, "occurrences": seen.reopenings}
    return Figure("reopened", "Reopened", value, definition)


def by_line(seen: Counter[str | None], tiers: Sequence[str]) -> dict[str, int]:
    """Return what was *seen* of each of *tiers*, and of no known line if there is any of that."""
    value = {tier: seen[tier] for tier in tiers}
    return {**value, "unknown": seen[None]} if seen[None] else value
