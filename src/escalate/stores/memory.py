"""A store in memory: for trying things out, for tests, and for what need not outlive its process."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import attrs

from escalate.core.engine import fold
from escalate.core.events import Erased, Event
from escalate.core.model import Ticket
from escalate.core.sealing import FrozenDict
from escalate.errors import InvalidJournal, TicketBusy, VersionConflict
from escalate.stores.base import (
    Due,
    Entry,
    Errand,
    Failure,
    Held,
    PolicyText,
    Rebuilt,
    Refusal,
    Stored,
    Texts,
)

_Kept = TypeVar("_Kept", Errand, Held)


@attrs.define(eq=False)
class _Drawer:
    """All that is kept of one ticket."""

    lock: threading.RLock = attrs.field(factory=threading.RLock)
    stored: Stored = attrs.field(factory=Stored)
    events: list[Event] = attrs.field(factory=list)
    texts: dict[tuple[int, str], str] = attrs.field(factory=dict)
    errands: dict[int, Errand] = attrs.field(factory=dict)
    held: dict[int, Held] = attrs.field(factory=dict)
    commands: set[str] = attrs.field(factory=set)

    @property
    def due_us(self) -> int | None:
        return None if self.stored.ticket is None else self.stored.ticket.due_us

    @property
    def errand_us(self) -> int | None:
        return min((errand.at_us for errand in self.errands.values()), default=None)


class _Index:
    """Which ticket is due when, in order."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, str]] = []

    def move(self, ticket_id: str, before_us: int | None, after_us: int | None) -> None:
        if before_us == after_us:
            return
        if before_us is not None:
            del self._rows[bisect_left(self._rows, (before_us, ticket_id))]
        if after_us is not None:
            insort(self._rows, (after_us, ticket_id))

    def page(self, before_us: int, after: Due | None, limit: int) -> tuple[Due, ...]:
        start = 0 if after is None else bisect_right(self._rows, (after.at_us, after.ticket_id))
        end = bisect_left(self._rows, (before_us, ""))
        return tuple(Due(*row) for row in self._rows[start : min(end, start + limit)])


@attrs.define(eq=False)
class _Cabinet:
    """All that is kept of one desk."""

    drawers: dict[str, _Drawer] = attrs.field(factory=dict)
    due: _Index = attrs.field(factory=_Index)
    errands: _Index = attrs.field(factory=_Index)
    turns: dict[str, dict[str, int]] = attrs.field(factory=dict)
    refusals: list[Refusal] = attrs.field(factory=list)
    failures: list[Failure] = attrs.field(factory=list)
    policies: dict[tuple[str, str], PolicyText] = attrs.field(factory=dict)


@attrs.define(eq=False)
class _Transaction:
    """What a transaction has written, as what would undo it, and the tickets that it holds."""

    undoing: list[Callable[[], object]] = attrs.field(factory=list)
    held: list[threading.RLock] = attrs.field(factory=list)


class _Threads(threading.local):
    """The innermost transaction of each thread."""

    transaction: _Transaction | None = None


class MemoryStore:
    """Keeps everything in this process; see :class:`~escalate.stores.base.Store` for what it promises.

    >>> MemoryStore().load("main", "T-1")
    Stored(ticket=None, version=0)
    """

    def __init__(self) -> None:
        self._cabinets: dict[str, _Cabinet] = {}
        # Held for the length of one reading or writing; a ticket's own lock for that of a visit.
        self._lock = threading.Lock()
        self._threads = _Threads()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep what this thread writes in the block, or none of it if the block ends in an error.

        For hosts in memory, whose tickets and whose store are to be kept together. A block within a
        block undoes what it wrote itself. Tickets locked inside stay so until the outermost block ends;
        who only reads may see what is not kept yet.
        """
        outer = self._threads.transaction
        mine = self._threads.transaction = _Transaction()
        try:
            yield
        except BaseException:
            with self._lock:
                for undo in reversed(mine.undoing):
                    undo()
            raise
        else:
            if outer is not None:
                outer.undoing += mine.undoing
        finally:
            self._threads.transaction = outer
            if outer is not None:
                outer.held += mine.held
            else:
                for lock in mine.held:
                    lock.release()

    def _to_undo(self, undo: Callable[[], object]) -> None:
        if self._threads.transaction is not None:
            self._threads.transaction.undoing.append(undo)

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        """Hold the ticket's lock."""
        with self._lock:
            drawer = self._drawer_for(desk, ticket_id)
        if not drawer.lock.acquire(blocking=wait):
            raise TicketBusy(ticket_id)
        try:
            yield drawer.stored
        finally:
            if self._threads.transaction is not None:
                self._threads.transaction.held.append(drawer.lock)
            else:
                drawer.lock.release()

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        """Keep *entry* whole."""
        with self._lock:
            cabinet, drawer = self._cabinet(desk), self._drawer_for(desk, ticket_id)
            # All that can be wrong is found before the first change, so that there is nothing to undo.
            _check(ticket_id, drawer, cabinet, entry, expected_version)
            if self._threads.transaction is not None:
                self._to_undo(_restored(cabinet, ticket_id, drawer, entry))
            due_us, errand_us = drawer.due_us, drawer.errand_us
            shown = drawer.stored.shown if entry.shown is None else entry.shown
            drawer.stored = Stored(entry.ticket, expected_version + 1, shown)
            drawer.events += entry.events
            drawer.texts.update(entry.texts)
            erased = max((each.seq for each in entry.events if isinstance(each, Erased)), default=0)
            for key in [key for key in drawer.texts if key[0] < erased]:
                del drawer.texts[key]
            if entry.command_id is not None:
                drawer.commands.add(entry.command_id)
            if entry.refusal is not None:
                cabinet.refusals.append(entry.refusal)
            _put(drawer.errands, entry.errands)
            _put(drawer.held, entry.held)
            cabinet.due.move(ticket_id, due_us, drawer.due_us)
            cabinet.errands.move(ticket_id, errand_us, drawer.errand_us)
            for turn in entry.turns:
                cabinet.turns.setdefault(turn.tier, {})[turn.agent] = turn.number
            return drawer.stored.version

    def strike(self, desk: str, done: Sequence[tuple[str, int]]) -> None:
        """Strike errands off."""
        for ticket_id, number in done:
            with self.locked(desk, ticket_id) as stored:
                if any(each.number == number for each in self.errands(desk, ticket_id)):
                    entry = Entry(ticket=stored.ticket, errands={number: None})
                    self.append(desk, ticket_id, entry, expected_version=stored.version)

    def load(self, desk: str, ticket_id: str) -> Stored:
        """Return the ticket as it is."""
        with self._lock:
            return self._drawer(desk, ticket_id).stored

    def batch(self, desk: str) -> AbstractContextManager[MemoryStore]:
        """Give itself: each visit is kept by itself, for nothing is won by keeping several at once."""
        return nullcontext(self)

    def events(
        self, desk: str, ticket_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Event, ...]:
        """Return the journal of a ticket."""
        end = None if limit is None else after + limit
        with self._lock:
            return tuple(self._drawer(desk, ticket_id).events[after:end])

    def texts(self, desk: str, ticket_id: str) -> Texts:
        """Return the free texts of a ticket."""
        with self._lock:
            return FrozenDict(self._drawer(desk, ticket_id).texts)

    def errands(self, desk: str, ticket_id: str) -> tuple[Errand, ...]:
        """Return what is still to be done for a ticket."""
        with self._lock:
            errands = self._drawer(desk, ticket_id).errands
            return tuple(errands[number] for number in sorted(errands))

    def held(self, desk: str, ticket_id: str | None = None) -> tuple[Held, ...]:
        """Return the facts that are held."""
        with self._lock:
            if ticket_id is not None:
                return _as_they_came(self._drawer(desk, ticket_id))
            drawers = sorted(self._cabinet(desk).drawers.items())
            return tuple(each for _, drawer in drawers for each in _as_they_came(drawer))

    def knows_command(self, desk: str, ticket_id: str, command_id: str) -> bool:
        """Whether a command of that id was carried out before."""
        with self._lock:
            return command_id in self._drawer(desk, ticket_id).commands

    def due(
        self, desk: str, *, before_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return the tickets whose next timer lies before *before_us*."""
        with self._lock:
            return self._cabinet(desk).due.page(before_us, after, limit)

    def due_errands(
        self, desk: str, *, until_us: int, after: Due | None = None, limit: int = 1
    ) -> tuple[Due, ...]:
        """Return the tickets with an errand for *until_us* or before."""
        with self._lock:
            return self._cabinet(desk).errands.page(until_us + 1, after, limit)

    def ids(self, desk: str) -> tuple[str, ...]:
        """Return the ids of all tickets."""
        with self._lock:
            tickets = sorted(self._tickets(desk), key=lambda each: (each.opened_us, each.id))
            return tuple(ticket.id for ticket in tickets)

    def live(self, desk: str) -> tuple[Ticket, ...]:
        """Return the tickets that are neither resolved nor closed."""
        with self._lock:
            return tuple(each for each in self._tickets(desk) if not each.status.is_done)

    def loads(self, desk: str) -> Mapping[str, int]:
        """Return how many live tickets each assignee has."""
        return Counter(each.assignee for each in self.live(desk) if each.assignee is not None)

    def turns(self, desk: str, tier: str) -> Mapping[str, int]:
        """Return the number of each agent's last turn in *tier*."""
        with self._lock:
            return FrozenDict(self._cabinet(desk).turns.get(tier, {}))

    def refusals(self, desk: str, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        """Return the refused commands."""
        with self._lock:
            refusals = self._cabinet(desk).refusals
            return tuple(each for each in refusals if ticket_id in (None, each.ticket_id))

    def refused(self, desk: str, ticket_id: str, command_id: str) -> Refusal | None:
        """Return why a command of that id was refused before."""
        found = (each for each in self.refusals(desk, ticket_id) if each.command_id == command_id)
        return next(found, None)

    def refuse(self, desk: str, refusal: Refusal) -> None:
        """Keep the refusal of a command that has no ticket."""
        with self._lock:
            refusals = self._cabinet(desk).refusals
            refusals.append(refusal)
            self._to_undo(lambda: _drop(refusals, refusal))

    def fail(self, desk: str, failure: Failure) -> None:
        """Keep *failure*."""
        with self._lock:
            failures = self._cabinet(desk).failures
            failures.append(failure)
            self._to_undo(lambda: _drop(failures, failure))

    def failures(self, desk: str) -> tuple[Failure, ...]:
        """Return what went wrong."""
        with self._lock:
            return tuple(self._cabinet(desk).failures)

    def publish(self, desk: str, policy: PolicyText) -> bool:
        """Keep *policy* as the newest one, unless it is there."""
        with self._lock:
            policies = self._cabinet(desk).policies
            if policy.key in policies:
                return False
            policies[policy.key] = policy
            self._to_undo(lambda: policies.pop(policy.key))
            return True

    def newest(self, desk: str) -> tuple[str, str] | None:
        """Return name and version of the newest policy."""
        with self._lock:
            return next(reversed(self._cabinet(desk).policies), None)

    def policies(self, desk: str) -> tuple[PolicyText, ...]:
        """Return the policy book."""
        with self._lock:
            return tuple(self._cabinet(desk).policies.values())

    def rebuild(self, desk: str) -> Rebuilt:
        """Make every ticket again from its events."""
        changed = []
        with self._lock:
            cabinet = self._cabinet(desk)
            for ticket_id, drawer in sorted(cabinet.drawers.items()):
                ticket = fold(None, drawer.events) if drawer.events else None
                if ticket != drawer.stored.ticket:
                    changed.append(ticket_id)
                    due_us, kept = drawer.due_us, drawer.stored
                    drawer.stored = Stored(ticket, kept.version + 1, kept.shown)
                    cabinet.due.move(ticket_id, due_us, drawer.due_us)
        return Rebuilt(tuple(changed))

    def purge(self, desk: str, *, before_us: int) -> tuple[str, ...]:
        """Delete what is older than *before_us* and over."""
        with self._lock:
            cabinet = self._cabinet(desk)
            tickets = [
                each
                for each in self._tickets(desk)
                if each.status.is_done and each.changed_us < before_us
                if not cabinet.drawers[each.id].held
            ]
            gone = {each.id for each in tickets}
            for ticket_id in gone:
                cabinet.errands.move(ticket_id, cabinet.drawers[ticket_id].errand_us, None)
                del cabinet.drawers[ticket_id]

            def stays(each: Refusal | Failure) -> bool:
                return each.at_us >= before_us and each.ticket_id not in gone

            cabinet.refusals[:] = filter(stays, cabinet.refusals)
            cabinet.failures[:] = filter(stays, cabinet.failures)
            return tuple(sorted(gone))

    def _cabinet(self, desk: str) -> _Cabinet:
        # Asked so often that making one to throw it away, as setdefault does, would be half of the cost.
        found = self._cabinets.get(desk)
        return self._cabinets.setdefault(desk, _Cabinet()) if found is None else found

    def _drawer_for(self, desk: str, ticket_id: str) -> _Drawer:
        """Return the drawer of a ticket, which is made if there is none."""
        drawers = self._cabinet(desk).drawers
        found = drawers.get(ticket_id)
        return drawers.setdefault(ticket_id, _Drawer()) if found is None else found

    def _drawer(self, desk: str, ticket_id: str) -> _Drawer:
        return self._cabinet(desk).drawers.get(ticket_id) or _Drawer()

    def _tickets(self, desk: str) -> Iterator[Ticket]:
        for drawer in self._cabinet(desk).drawers.values():
            if drawer.stored.ticket is not None:
                yield drawer.stored.ticket


def _check(
    ticket_id: str, drawer: _Drawer, cabinet: _Cabinet, entry: Entry, expected_version: int
) -> None:
    if drawer.stored.version != expected_version:
        raise VersionConflict(ticket_id, expected_version, drawer.stored.version)
    numbers = [event.seq for event in entry.events]
    last = len(drawer.events)
    if numbers != list(range(last + 1, last + 1 + len(numbers))):
        wanted = f"numbers that follow {last}, without a gap"
        raise InvalidJournal(f"ticket {ticket_id!r}: events", numbers, wanted)
    last_turns = {tier: max(turns.values()) for tier, turns in cabinet.turns.items()}
    for turn in entry.turns:
        if turn.number != last_turns.get(turn.tier, 0) + 1:
            raise VersionConflict(ticket_id, expected_version, drawer.stored.version)
        last_turns[turn.tier] = turn.number


def _restored(
    cabinet: _Cabinet, ticket_id: str, drawer: _Drawer, entry: Entry
) -> Callable[[], None]:
    """Return what takes *entry* back out, once it will have been kept."""
    before = attrs.evolve(
        drawer,
        events=list(drawer.events),
        texts=dict(drawer.texts),
        errands=dict(drawer.errands),
        held=dict(drawer.held),
        commands=set(drawer.commands),
    )
    turns = {turn.tier: dict(cabinet.turns.get(turn.tier, {})) for turn in entry.turns}

    def undo() -> None:
        cabinet.due.move(ticket_id, drawer.due_us, before.due_us)
        cabinet.errands.move(ticket_id, drawer.errand_us, before.errand_us)
        drawer.stored, drawer.events, drawer.texts = before.stored, before.events, before.texts
        drawer.errands, drawer.held = before.errands, before.held
        drawer.commands = before.commands
        cabinet.turns.update(turns)
        if entry.refusal is not None:
            _drop(cabinet.refusals, entry.refusal)

    return undo


def _put(kept: dict[int, _Kept], changed: Mapping[int, _Kept | None]) -> None:
    for number, each in changed.items():
        if each is None:
            kept.pop(number, None)
        else:
            kept[number] = each


def _as_they_came(drawer: _Drawer) -> tuple[Held, ...]:
    return tuple(drawer.held[number] for number in sorted(drawer.held, reverse=True))


def _drop(kept: list[Any], one: object) -> None:
    """Take *one* itself out of what is kept, wherever others have put it since."""
    del kept[next(index for index, each in enumerate(kept) if each is one)]
