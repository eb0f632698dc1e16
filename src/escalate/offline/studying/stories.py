"""What one case tells of its way: its stays, where it was solved, whether once was enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from escalate.offline.figures.lines import runs
from escalate.offline.log import Case, Row
from escalate.offline.studying.telling import EVENT, person_of, told
from escalate.offline.studying.terms import Terms


class Stay(NamedTuple):
    """A run of the rows of a case in one line, rows of unknown line passed over.

    Attributes:
        tier: The line.
        us: Its wall clock time without the intervals that begin at a completed row.
        to: The line that it moved to; none if it is the case's last stay.
        rows: Its rows, those of unknown line among them.
    """

    tier: str
    us: int
    to: str | None
    rows: Sequence[Row]


def stays(case: Case) -> Iterator[Stay]:
    """Yield the stays of *case*, in order; rows before the first known line are in none."""
    rows = case.rows
    begin, tier, us = 0, None, 0
    for i, row in enumerate(rows):
        if row.tier is not None and row.tier != tier:
            if tier is not None:
                yield Stay(tier, us, row.tier, rows[begin:i])
            begin, tier, us = i, row.tier, 0
        if i + 1 < len(rows) and not row.is_completed:
            us += rows[i + 1].at_us - row.at_us
    if tier is not None:
        yield Stay(tier, us, None, rows[begin:])


class Outline(NamedTuple):
    """Where in the rows of a case what happens, by their places.

    Attributes:
        handled: Where somebody does something about it: all rows but completed ones right after a completed
            one, since a night job that closes what was resolved has not been handed the case.
        unfinished: Where an interval begins that is not completed, with its microseconds.
        completions: Where it is completed and was not just before, with whether it was reopened after that.
    """

    handled: list[int]
    unfinished: list[tuple[int, int]]
    completions: list[tuple[int, bool]]


def outline_of(case: Case) -> Outline:
    """Return the outline of *case*."""
    rows = case.rows
    done = [row.is_completed for row in rows]
    last = len(rows) - 1
    handled = [i for i in range(len(rows)) if not (i and done[i] and done[i - 1])]
    unfinished = [(i, rows[i + 1].at_us - rows[i].at_us) for i in range(last) if not done[i]]
    # Only the last completion can be one after which nothing is reopened.
    began = [i for i in handled if done[i]]
    return Outline(handled, unfinished, [(i, i != began[-1] or not done[-1]) for i in began])


def completions(case: Case) -> Iterator[tuple[Row, bool]]:
    """Yield each completed row that follows none, with whether *case* was reopened after it."""
    return ((case.rows[i], again) for i, again in outline_of(case).completions)


def solved_row(case: Case) -> Row | None:
    """Return the row at which *case* was completed for good; none if its last row is not completed."""
    found = None
    for row in reversed(case.rows):
        if not row.is_completed:
            break
        found = row
    return found


def there_and_back(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (A, B) for each A, B, A right after one another among these runs.

    >>> list(there_and_back(["a", "b", "a", "b"]))
    [('a', 'b'), ('b', 'a')]
    """
    for i in range(2, len(names)):
        if names[i] == names[i - 2]:
            yield names[i - 2], names[i - 1]


def was_one_contact(case: Case, terms: Terms) -> bool | None:
    """Return whether the first contact was enough; none if *case* was never completed."""
    at = case.first_completed
    if at is None:
        return None
    if not all(row.is_completed for row in case.rows[at:]):
        return False
    rows = case.rows[: at + 1]
    if any(row.waits_for_customer or told(row, EVENT) == "CustomerReplied" for row in rows):
        return False
    hands = (
        [row.tier for row in rows],
        [row.team for row in rows],
        [person_of(row, terms) for row in rows],
    )
    return all(len(runs(each)) <= 1 for each in hands)
