"""Figures of the chapter "flow" that only it has: the flowchart, how long stays last, bounces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from escalate.offline.figures.lines import MOVES
from escalate.offline.figures.values import Figure, Share, Spread
from escalate.offline.studying.listing import MOST, counts_of, in_order, named
from escalate.offline.sums import SpansBy

START: Final = "(start)"
COMPLETED: Final = "(completed)"
NOT_COMPLETED: Final = "(not completed)"
_STAYS: Final = "How long a stay in a line lasts"
_ENDS: Final = (COMPLETED, NOT_COMPLETED)

Shown = TypeVar("Shown")


def flowchart(
    seen: Counter[tuple[str, str]], tiers: Sequence[str], *, tells_status: bool
) -> Figure:
    """Return the flowchart with what was *seen* on each of its arrows."""
    value = _nested(seen, (START, *tiers), (*tiers, *_ENDS))
    ending = (
        f"to {COMPLETED} if the case's last row is completed (its status means resolved or closed), else "
        f"to {NOT_COMPLETED}"
        if tells_status
        else f"to {NOT_COMPLETED}, since no status of the log means anything"
    )
    definition = (
        f"How often a case goes from one line to another: from {START} to its first known line, then "
        f"as '{MOVES}' counts, and from its last known line {ending}. Cases of no known line are not in it."
    )
    return Figure("flowchart", "The way of the cases", value, definition, "flow")


def before_move(spent: SpansBy[tuple[str, str]], tiers: Sequence[str]) -> Figure:
    """Return how long cases were in a line before each move out of it."""
    spreads = {pair: Spread.of(spans) for pair, spans in spent.items()}
    value = _nested(spreads, tiers, (*tiers, COMPLETED))
    definition = (
        f"The stays of '{_STAYS}', by the line that a stay is in and by where it leads: to the next "
        f"line, or to {COMPLETED} for a last stay. Hours of wall clock."
    )
    return Figure("hours_before_move", "Time in a line before each move", value, definition)


def stays_by_line(spent: SpansBy[str], tiers: Sequence[str]) -> Figure:
    """Return how long a stay in each line lasts."""
    value = {tier: Spread.of(spent[tier]) for tier in in_order(spent, tiers)}
    definition = (
        "Hours of wall clock in one stay: from the row that brings a case to a line to the row that "
        "takes it to another, or to the case's last row, without the intervals that begin at a completed "
        "row (status means resolved or closed). A last stay counts only if the last row is completed. "
        "Rows of unknown line are passed over."
    )
    return Figure("stays_by_line", _STAYS, value, definition)


def reopened_by_line(
    undone: Counter[str | None], completions: Counter[str | None], tiers: Sequence[str]
) -> Figure:
    """Return how much of what each line completed was reopened."""
    names = [*tiers, None] if completions[None] else list(tiers)
    value = {name or "unknown": Share(undone[name], completions[name]) for name in names}
    definition = (
        "Of the times that a case was completed (a completed row that follows none), by the line of "
        "that row: those after which a later row is not completed."
    )
    title = "Reopened, of what a line completed"
    return Figure("reopened_by_line", title, value, definition, "bars")


def bounces(what: str, seen: Counter[tuple[str, str]], cases: int) -> Figure:
    """Return how often cases went to another line or team and straight back."""
    definition = (
        f"'occurrences': a {what} had the case, then another, then at once the first again (A, B, A, with "
        f"no third {what} between them; A, B, A, B is two); 'cases': cases with at least one. Rows of "
        f"unknown {what} are passed over."
    )
    value = {"cases": cases, "occurrences": seen.total()}
    return Figure(f"bounces_between_{what}s", _bounced(what), value, definition)


def _bounced(what: str) -> str:
    return f"Straight back to the {what} before"


def bounces_by_pair(seen: Counter[tuple[str, str]]) -> Figure:
    """Return between which teams cases bounce most."""
    value = named((f"{a} > {b} > {a}", n) for (a, b), n in counts_of(seen))
    definition = (
        f"The occurrences of '{_bounced('team')}', by the two teams. The {MOST} most frequent."
    )
    title = "Which teams cases bounce between"
    return Figure("bounces_by_team_pair", title, value, definition, "bars")


def _nested(
    found: Mapping[tuple[str, str], Shown], sources: Sequence[str], targets: Sequence[str]
) -> dict[str, dict[str, Shown]]:
    rows = {
        source: {target: found[source, target] for target in targets if (source, target) in found}
        for source in sources
    }
    return {source: row for source, row in rows.items() if row}
