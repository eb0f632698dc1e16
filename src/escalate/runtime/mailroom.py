"""The outbox of a desk for somebody who has its store and not its people, its policy or its host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from escalate.core.instants import as_us
from escalate.core.policy import EscalationPolicy
from escalate.runtime.outbox import Outbox
from escalate.runtime.surroundings import Surroundings
from escalate.runtime.visiting import Deed, Visit
from escalate.runtime.visits import stored_visit, until_no_conflict
from escalate.stores.base import Store

_NO_POLICY: Final = EscalationPolicy("none", ["none"])


class Mailroom(Outbox):
    """Lists what the desk *name* in *store* has in its outbox, and has the desk try some of it anew.

    It carries nothing itself and fires no timer: what it puts back goes out with the desk's next tick.

    Args:
        store: Where the desk keeps its tickets.
        name: The name of the desk.
        clock: Returns the present instant, aware.
    """

    def __init__(self, store: Store, name: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self._store = store
        self._clock = clock
        self._around = Surroundings(name, store, None, None, delivers=True, opens=False)

    def _now_us(self) -> int:
        return as_us(self._clock(), "clock")

    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        def attempt() -> Visit:
            with self._store.locked(self.name, ticket_id) as stored:
                visit = Visit(
                    self._around,
                    stored,
                    ticket_id,
                    _NO_POLICY,  # nothing is decided here, only put back
                    self._now_us(),
                    classifies=False,
                    reaches_out=False,
                )
                deed(visit)
                stored_visit(self._around, ticket_id, visit, stored)
            return visit

        return until_no_conflict(attempt)
