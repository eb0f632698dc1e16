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


def completions(case: Case) -> Iterator[tuple[Row, bool]]:
    """Yield each completed row that follows none, with whether the case was reopened after it."""
    done: Row | None = None
    for row in case.rows:
        if row.is_completed:
            done = done or row
        elif done is not None:
            yield done, True
            done = None
    if done is not None:
        yield done, False


def solved_row(case: Case) -> Row | None:
    """Return the row at which *case* was completed for good; none if its last row is not completed."""
    last = None
    for row, reopened in completions(case):
        last = None if reopened else row
    return last


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
    if any(again for _, again in completions(case)):
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
