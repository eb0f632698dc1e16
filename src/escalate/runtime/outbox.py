"""The outbox: what is still to be done in the world, and what was given up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

import attrs

from escalate.core import events as e
from escalate.core.instants import as_instant
from escalate.errors import NoSuchLetter
from escalate.stores.base import NEVER_US, Due, Errand, ErrandKind, Store

if TYPE_CHECKING:
    from escalate.runtime.visiting import Deed, Visit

_NEVER: Final = as_instant(NEVER_US)
_ALL_US: Final = NEVER_US + 999_999


@attrs.frozen(kw_only=True)
class Letter:
    """An errand that waits in the outbox.

    Attributes:
        ticket_id: The ticket it is about.
        number: The number of the event that asks for it.
        kind: notify, classify or follow-up.
        receiver: The role that is to be told; none for other errands.
        about: What it is to be told of; empty for other errands.
        at: When it is to be tried, in UTC; none if it was given up.
        tries: How often it has failed.
    """

    ticket_id: str
    number: int
    kind: ErrandKind
    receiver: str | None
    about: str
    at: datetime | None
    tries: int

    @property
    def is_dead(self) -> bool:
        """Whether it was given up."""
        return self.at is None


class Outbox(ABC):
    """What every desk has in its outbox, whoever owns its tickets."""

    name: str
    _store: Store

    def outbox(self, *, dead: bool = False) -> tuple[Letter, ...]:
        """Return what is still to be done in the world, the earliest first; *dead*: what was given up."""
        letters = [each for each in self._letters() if each.is_dead is dead]
        return tuple(sorted(letters, key=lambda each: (each.at or _NEVER, each.ticket_id)))

    def resend(self, ticket_id: str, number: int) -> None:
        """Try an errand anew, as if nobody had tried it yet, at once or at the next tick.

        Raises:
            NoSuchLetter: The outbox holds no errand of that ticket and event.
        """
        waiting = [each.number for each in self._store.errands(self.name, ticket_id)]
        if number not in waiting:
            raise NoSuchLetter(self.name, ticket_id, number, tuple(waiting))

        def anew(visit: Visit) -> None:
            visit.try_again(number)
            visit.catch_up_now()

        self._visit(ticket_id, anew)

    def _letters(self) -> Iterator[Letter]:
        after: Due | None = None
        while page := self._store.due_errands(self.name, until_us=_ALL_US, after=after, limit=500):
            after = page[-1]
            for due in page:
                for errand in self._store.errands(self.name, due.ticket_id):
                    yield self._letter(due.ticket_id, errand)

    def _letter(self, ticket_id: str, errand: Errand) -> Letter:
        event = self._store.events(self.name, ticket_id, after=errand.number - 1)[0]
        notice = event if isinstance(event, e.NotifyAsked) else None
        return Letter(
            ticket_id=ticket_id,
            number=errand.number,
            kind=errand.kind,
            receiver=None if notice is None else notice.receiver,
            about="" if notice is None else notice.about,
            at=None if errand.is_dead else as_instant(errand.at_us),
            tries=errand.tries,
        )

    @abstractmethod
    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        """Visit a ticket: load it, let the deed happen, keep what came of it."""
