"""How a visit is stored: whole, once, and again from the start if somebody was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from escalate.errors import VersionConflict
from escalate.runtime.surroundings import Surroundings
from escalate.runtime.visiting import Visit
from escalate.stores.base import Stored

_MOST_CONFLICTS: Final = 100
_Result = TypeVar("_Result")


def until_no_conflict(attempt: Callable[[], _Result]) -> _Result:
    """Return what *attempt* returns, after as many attempts as it takes until nobody was faster.

    Raises:
        VersionConflict: Somebody always was, a hundred times over.
    """
    for _ in range(_MOST_CONFLICTS):
        try:
            return attempt()
        except VersionConflict:
            continue
    return attempt()


def stored_visit(around: Surroundings, ticket_id: str, visit: Visit, stored: Stored) -> None:
    """Keep what *visit* leaves behind, if it leaves anything; the ticket's lock is held.

    Raises:
        VersionConflict: Somebody else appended since *stored* was read.
    """
    entry = visit.entry()
    if entry.ticket is None:
        if entry.refusal is not None:
            around.store.refuse(around.desk, entry.refusal)
    elif not entry.is_empty:
        around.store.append(around.desk, ticket_id, entry, expected_version=stored.version)
