"""What is still to be done for one ticket: tried, put off, joined, given up, while its lock is held.

Whatever is set out on is put off first, so that it is done later if the process ends; only a try that failed
counts. Errands that go out together keep together, and keep the key they have, at every try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

import attrs

from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.errors import GivenUp
from escalate.stores.base import NEVER_US, Errand, ErrandKind

MOST_TRIES: Final = 12
_MINUTE_US: Final = 60_000_000
_LONGEST_US: Final = 15 * _MINUTE_US
_MARKS: Final = 1_000_000
_Address = tuple[str, str, int, int, int]


@attrs.frozen
class Job:
    """Errands that are to be done in one go once the visit has been stored.

    Attributes:
        errands: The errands: one, or notices of one receiver and one instant.
        events: The events that ask for them.
        ticket: The ticket as the visit left it.
        people: Who stands behind the receiver of a notice.
        put_off_us: Until when nobody else does them.
    """

    errands: tuple[Errand, ...]
    events: tuple[Event, ...]
    ticket: Ticket
    people: tuple[str, ...] = ()
    put_off_us: int = 0

    @property
    def errand(self) -> Errand:
        """The first of its errands."""
        return self.errands[0]

    @property
    def event(self) -> Event:
        """The event that asks for the first of its errands."""
        return self.events[0]


class Undone:
    """The errands of one ticket in one visit.

    Args:
        ticket_id: The ticket.
        kept: Those that the store has.
        now_us: When the visit is.
        event: Returns the event of a number, which asks for the errand of that number.

    Attributes:
        left: The numbers of those that this visit leaves to a later one.
    """

    def __init__(
        self,
        ticket_id: str,
        kept: Iterable[Errand],
        now_us: int,
        event: Callable[[int], Event],
    ) -> None:
        self._ticket_id = ticket_id
        self._now_us = now_us
        self._event = event
        self.kept: Mapping[int, Errand] = {each.number: each for each in kept}
        self.now = dict(self.kept)
        self.left: set[int] = set()

    def has(self, kind: ErrandKind) -> bool:
        """Whether there is one of that kind."""
        return any(each.kind == kind for each in self.now.values())

    def add(self, number: int, kind: ErrandKind, at_us: int) -> None:
        """Put one on the list, for *at_us*."""
        self.now[number] = Errand(number, kind, at_us)

    def done(self, *numbers: int) -> None:
        """Strike the errands of the events of those *numbers* off the list."""
        for number in numbers:
            self.now.pop(number, None)

    def failed(self, *numbers: int) -> tuple[str, GivenUp] | None:
        """Count a try of those errands, which are done in one go, as one that failed.

        Each wait is twice as long, up to an hour. After a dozen it is given up, and is a dead letter:
        then what it was and why is returned.
        """
        kept = [self.now[number] for number in numbers if number in self.now]
        for errand in kept:
            tries = errand.tries + 1
            wait_us = min(2 ** (tries - 1), 60) * _MINUTE_US
            mark = kept[0].number % _MARKS  # keeps them together, as in set_out
            at_us = NEVER_US + mark if tries >= MOST_TRIES else self._now_us + wait_us - mark
            self.now[errand.number] = attrs.evolve(errand, at_us=at_us, tries=tries)
        if kept and kept[0].tries + 1 >= MOST_TRIES:
            where = f"{kept[0].kind} for event {kept[0].number}"
            return where, GivenUp(self._ticket_id, kept[0].number, MOST_TRIES)
        return None

    def begin_anew(self, number: int) -> None:
        """Let the errand of event *number* begin anew, with those that are done in one go with it."""
        address = self._address(self.now[number])
        for each in tuple(self.now.values()):
            if each.kind != "fact" and self._address(each) == address:
                # Not just now: what was tried apart stays apart, as failed() has it.
                at_us = self._now_us - number % _MARKS
                self.now[each.number] = attrs.evolve(each, at_us=at_us, tries=0)

    def next_notice(self, until_us: int) -> Errand | None:
        """Return the notice that is to go out next, of those for *until_us* or before."""
        due = [each for each in self.now.values() if each.kind == "notify"]
        due = [each for each in due if each.at_us <= until_us and each.number not in self.left]
        return min(due, key=lambda each: (each.at_us, each.number), default=None)

    def set_out(self, errands: tuple[Errand, ...], since_us: int) -> None:
        """Put off what is now to be done in one go, so that it is done later if this process ends first.

        A process that ends says nothing about the errand, so this counts as no try. But if it always
        ends just here, it must not do so all day: the wait grows with the time *since* it is to be done.
        """
        wait_us = min(max(self._now_us - since_us, _MINUTE_US), _LONGEST_US)
        for errand in errands:
            # All of them at one instant that no other errand of the ticket has: that is how it is
            # known at the next try that they belong together, and keep the key they have.
            at_us = self._now_us + wait_us - errands[0].number % _MARKS
            self.now[errand.number] = attrs.evolve(errand, at_us=at_us)

    def due_now(self, ticket: Ticket) -> Iterator[Job]:
        """Yield what is to be done now and is no notice."""
        for errand in tuple(self.now.values()):
            if errand.kind not in ("notify", "fact") and errand.at_us <= self._now_us:
                event = self._event(errand.number)
                self.set_out((errand,), event.at_us)
                yield Job((errand,), (event,), ticket, (), self._put_off_us(errand))

    def joined(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield *jobs*, all of them notices, with those of one receiver and one instant as one."""

        def address(job: Job) -> _Address:
            return self._address(job.errand)

        for _, group in groupby(sorted(jobs, key=address), key=address):
            same = tuple(group)
            errands = tuple(job.errand for job in same)
            if len(errands) > 1:
                self.set_out(errands, errands[0].at_us)
            events, last = tuple(job.event for job in same), same[-1]
            yield Job(errands, events, last.ticket, last.people, self._put_off_us(errands[0]))

    def _put_off_us(self, errand: Errand) -> int:
        return self.now[errand.number].at_us

    def _address(self, errand: Errand) -> _Address:
        """Return what errands have in common that are done in one go, and were at every try before."""
        event = self._event(errand.number)
        if not isinstance(event, e.NotifyAsked):
            return errand.kind, "", errand.number, 0, 0
        return errand.kind, event.receiver, event.deliver_us, errand.at_us, errand.tries
