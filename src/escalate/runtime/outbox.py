"""The outbox: what is still to be done in the world, and what was given up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from operator import methodcaller
from typing import TYPE_CHECKING, Final

import attrs

from escalate.core import events as e
from escalate.core.instants import as_instant
from escalate.core.model import Actor
from escalate.errors import BrokenDocument, NewerDocument, NoSuchLetter
from escalate.stores.base import NEVER_US, Due, Errand, ErrandKind, Failure, Store

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
        trouble: Why its journal cannot be read, if it cannot; then receiver and about are not known.
    """

    ticket_id: str
    number: int
    kind: ErrandKind
    receiver: str | None
    about: str
    at: datetime | None
    tries: int
    trouble: str = ""

    @property
    def id(self) -> str:
        """Its key in an outbox, such as ``"T-1/5"``: the ticket and the number of the event."""
        return f"{self.ticket_id}/{self.number}"

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

    def resend(self, ticket_id: str, number: int, *, by: Actor | None = None) -> None:
        """Try an errand anew, as if nobody had tried it yet, at once or at the next tick.

        What one receiver is told at one instant goes out together, and is sent again together.

        Args:
            ticket_id: The ticket.
            number: The number of the event that asks for it.
            by: Who wants it; kept beside the failures before it, so that the story is whole.

        Raises:
            NoSuchLetter: The outbox holds no errand of that ticket and event.
        """
        waiting = {each.number: each for each in self._waiting(ticket_id)}
        if number not in waiting:
            raise NoSuchLetter(self.name, ticket_id, number, tuple(waiting))
        if by is not None:
            where = f"{waiting[number].kind} for event {number}"
            why = f"sent again by {by.id!r}"
            failure = Failure(at_us=self._now_us(), ticket_id=ticket_id, where=where, why=why)
            self._store.fail(self.name, failure)
        self._visit(ticket_id, methodcaller("try_again", number))

    def _letters(self) -> Iterator[Letter]:
        after: Due | None = None
        while page := self._store.due_errands(self.name, until_us=_ALL_US, after=after, limit=500):
            after = page[-1]
            for due in page:
                for errand in self._waiting(due.ticket_id):
                    yield self._letter(due.ticket_id, errand)

    def _waiting(self, ticket_id: str) -> list[Errand]:
        # A fact that is held is nothing to be done in the world.
        errands = self._store.errands(self.name, ticket_id)
        return [errand for errand in errands if errand.kind != "fact"]

    def _letter(self, ticket_id: str, errand: Errand) -> Letter:
        notice, trouble = None, ""
        try:
            for event in self._store.events(self.name, ticket_id, after=errand.number - 1)[:1]:
                notice = event if isinstance(event, e.NotifyAsked) else None
        except (BrokenDocument, NewerDocument) as why:  # one that stops its own ticket only
            trouble = str(why)
        return Letter(
            ticket_id=ticket_id,
            number=errand.number,
            kind=errand.kind,
            receiver=None if notice is None else notice.receiver,
            about="" if notice is None else notice.about,
            at=None if errand.is_dead else as_instant(errand.at_us),
            tries=errand.tries,
            trouble=trouble,
        )

    @abstractmethod
    def _now_us(self) -> int:
        """Read the clock."""

    @abstractmethod
    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        """Visit a ticket: load it, let the deed happen, keep what came of it."""
