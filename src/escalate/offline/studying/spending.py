"""What the time of one case was spent on: waiting for the customer or somebody else, in a queue, in work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from escalate.core.status import Status
from escalate.offline.figures.times import unfinished
from escalate.offline.log import Case, Row
from escalate.offline.studying.telling import ASSIGNEE

STATE_OF: Final[dict[Status | None, str]] = {
    Status.NEW: "in_queue",
    Status.OPEN: "in_work",
    Status.PENDING: "customer_wait",
    Status.ON_HOLD: "third_party_wait",
    None: "unknown",
}
"""What a case is in while its status means so much; *open* without an assignee is a queue too."""
STATES: Final = tuple(STATE_OF.values())
_NOBODY: Final = f"the log has an attribute {ASSIGNEE} and nobody is assigned"
MEANINGS: Final = {
    "in_queue": (
        f"intervals that begin at a row whose status means new, or means open where {_NOBODY}"
    ),
    "in_work": f"intervals that begin at a row whose status means open, unless {_NOBODY}",
    "customer_wait": "intervals that begin at a row that waits for the customer (status means pending)",
    "third_party_wait": (
        "intervals that begin at a row that waits for anyone else (status means on_hold)"
    ),
    "unknown": "intervals that begin at a row whose status the mapping does not explain",
}
"""What counts as each state, as a part of a sentence."""
WORKED: Final = f"begin at a row whose status means open, unless {_NOBODY}"
"""What is so of intervals in which somebody works."""

Place = tuple[str | None, str | None, str | None]
"""The line, team and priority of a row."""


def place_of(row: Row) -> Place:
    """Return the line, team and priority of *row*."""
    return row.tier, row.team or None, row.priority


def spending(case: Case) -> dict[tuple[Place, str], int]:
    """Return the microseconds that *case* spent by place and state, its completed rows' left out."""
    spent: dict[tuple[Place, str], int] = {}
    for row, us in unfinished(case):
        key = (place_of(row), state_of(row))
        spent[key] = spent.get(key, 0) + us
    return spent


def state_of(row: Row) -> str:
    """Return what a case is in from *row* on, which is not completed.

    >>> state_of(Row(0, meaning=Status.OPEN)), state_of(Row(0, attributes=(("assignee", ""),)))
    ('in_work', 'unknown')
    """
    if row.meaning is Status.OPEN and any(
        name == ASSIGNEE and not (text or "").strip() for name, text in row.attributes
    ):
        return "in_queue"
    return STATE_OF[row.meaning]


def is_work(row: Row) -> bool:
    """Whether somebody works on the case from *row* on; nobody does on a completed one."""
    return row.meaning is Status.OPEN and state_of(row) == "in_work"


def closings(case: Case) -> Iterator[tuple[Row, int]]:
    """Yield each row that resolves *case*, with the microseconds until the row that closes it.

    The first resolved row of a run of completed rows counts, and the first closed row behind it in that run.
    """
    resolved: Row | None = None
    is_closed = False
    for row in case.rows:
        if not row.is_completed:
            resolved, is_closed = None, False
        elif row.meaning is Status.RESOLVED:
            resolved = resolved or row
        elif resolved is not None and not is_closed:
            is_closed = True
            yield resolved, row.at_us - resolved.at_us
