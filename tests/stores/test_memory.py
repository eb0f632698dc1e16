"""The store contract: a store in memory keeps to it, and stores with one defect each do not."""

# ruff: noqa: D102  each class says what its one method does wrong

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import attrs
import pytest

from escalate import MemoryStore
from escalate.core.events import Erased, Event
from escalate.core.instants import as_us
from escalate.errors import TicketBusy, VersionConflict
from escalate.stores import Due, Entry, PolicyText, Rebuilt, Refusal, Stored
from escalate.stores.memory import _Drawer
from escalate.testing import START, check_store, store_checks

_THREE_HOURS = as_us(START) + 3 * 3_600_000_000


@pytest.mark.parametrize("check", store_checks(), ids=lambda check: check.__name__)
def test_keeps_the_store_contract(check: Callable[[Callable[[], MemoryStore]], None]) -> None:
    """Whoever writes a store pastes these three lines; the one that ships passes them too."""
    check(MemoryStore)


class LosesEvents(MemoryStore):
    """Forgets the last event once there are two."""

    def events(self, desk: str, ticket_id: str, *, after: int = 0) -> tuple[Event, ...]:
        return super().events(desk, ticket_id, after=after)[:1]


class TrustsEverybody(MemoryStore):
    """Appends to whatever version is there."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        version = self.load(desk, ticket_id).version
        return super().append(desk, ticket_id, entry, expected_version=version)


class Spins(MemoryStore):
    """Gives what is due only at the instant itself."""

    def due(self, desk: str, *, before_us: int, **more: Any) -> tuple[Due, ...]:
        return super().due(desk, before_us=before_us + 1, **more)


class KnowsOneDesk(MemoryStore):
    """Has one table of tickets for all desks."""

    def load(self, desk: str, ticket_id: str) -> Stored:
        return next(
            (
                found
                for each in self._cabinets
                if (found := super(KnowsOneDesk, self).load(each, ticket_id)).version
            ),
            Stored(),
        )


class HalfAppends(MemoryStore):
    """Keeps command ids before it looks whether the rest can be kept."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        if entry.command_id is not None:
            early = Entry(ticket=self.load(desk, ticket_id).ticket, command_id=entry.command_id)
            expected_version = super().append(
                desk, ticket_id, early, expected_version=expected_version
            )
        return super().append(desk, ticket_id, entry, expected_version=expected_version)


class ForgetsCommands(MemoryStore):
    """Keeps the ids of commands only where something happened."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        if not entry.events:
            entry = attrs.evolve(entry, command_id=None)
        return super().append(desk, ticket_id, entry, expected_version=expected_version)


class Unlocked(MemoryStore):
    """Gives a ticket to everybody who asks."""

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        yield self.load(desk, ticket_id)


class StaysLocked(MemoryStore):
    """Frees a ticket only when all went well."""

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        lock = self._cabinet(desk).drawers.setdefault(ticket_id, _Drawer()).lock
        if not lock.acquire(blocking=wait):
            raise TicketBusy(ticket_id)
        yield self.load(desk, ticket_id)
        lock.release()


class GivesTurnsTwice(MemoryStore):
    """Numbers turns by itself."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        turns = tuple(
            attrs.evolve(turn, number=max(self.turns(desk, turn.tier).values(), default=0) + place)
            for place, turn in enumerate(entry.turns, start=1)
        )
        with suppress(VersionConflict):
            return super().append(
                desk, ticket_id, attrs.evolve(entry, turns=turns), expected_version=expected_version
            )
        return super().append(desk, ticket_id, entry, expected_version=expected_version)


class OverwritesPolicies(MemoryStore):
    """Lets a version be published anew."""

    def publish(self, desk: str, policy: PolicyText) -> bool:
        self._cabinet(desk).policies[policy.key] = policy
        return True


class MixesRefusals(MemoryStore):
    """Shows everybody's refusals with each ticket."""

    def refusals(self, desk: str, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        return super().refusals(desk)


class KeepsErrands(MemoryStore):
    """Never strikes an errand off."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        open_ = {number: each for number, each in entry.errands.items() if each is not None}
        entry = attrs.evolve(entry, errands=open_)
        return super().append(desk, ticket_id, entry, expected_version=expected_version)


class StripsTexts(MemoryStore):
    """Trims what people wrote."""

    def texts(self, desk: str, ticket_id: str) -> Mapping[tuple[int, str], str]:
        found = super().texts(desk, ticket_id).items()
        return {key: text.replace("\x00", "") for key, text in found}


class Scrambles(MemoryStore):
    """Gives pages in which the latest comes first."""

    def due(self, desk: str, *, limit: int = 1, **more: Any) -> tuple[Due, ...]:
        return super().due(desk, limit=99, **more)[::-1][:limit]


class CountsTheDone(MemoryStore):
    """Counts tickets that are over."""

    def loads(self, desk: str) -> Mapping[str, int]:
        return {agent: count + 1 for agent, count in super().loads(desk).items()}


class KeepsErased(MemoryStore):
    """Deletes no text."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        kept = dict(self.texts(desk, ticket_id))
        version = super().append(desk, ticket_id, entry, expected_version=expected_version)
        self._cabinet(desk).drawers[ticket_id].texts.update(kept)
        return version


class ErasesOthers(MemoryStore):
    """Deletes the texts of all tickets."""

    def append(self, desk: str, ticket_id: str, entry: Entry, *, expected_version: int) -> int:
        version = super().append(desk, ticket_id, entry, expected_version=expected_version)
        if any(isinstance(event, Erased) for event in entry.events):
            for drawer in self._cabinet(desk).drawers.values():
                drawer.texts.clear()
        return version


class RebuildsNothing(MemoryStore):
    """Trusts what it has."""

    def rebuild(self, desk: str) -> Rebuilt:
        return Rebuilt()


class RebuildsNoTimers(MemoryStore):
    """Makes tickets again, and forgets when they are due."""

    def rebuild(self, desk: str) -> Rebuilt:
        cabinet = self._cabinet(desk)
        index, cabinet.due = cabinet.due, type(cabinet.due)()
        cabinet.due.move("T-2", None, _THREE_HOURS)
        done = super().rebuild(desk)
        cabinet.due = index
        return done


class PurgesTheLiving(MemoryStore):
    """Deletes what is old, over or not."""

    def purge(self, desk: str, *, before_us: int) -> tuple[str, ...]:
        gone = super().purge(desk, before_us=before_us)
        for ticket in [each for each in self.live(desk) if each.changed_us < before_us]:
            del self._cabinet(desk).drawers[ticket.id]
        return gone


class PurgesTicketsOnly(MemoryStore):
    """Leaves refusals and failures where they are."""

    def purge(self, desk: str, *, before_us: int) -> tuple[str, ...]:
        cabinet = self._cabinet(desk)
        refusals, failures = list(cabinet.refusals), list(cabinet.failures)
        gone = super().purge(desk, before_us=before_us)
        cabinet.refusals, cabinet.failures = refusals, failures
        return gone


DEFECTS = [
    KeepsErased,
    ErasesOthers,
    RebuildsNothing,
    RebuildsNoTimers,
    PurgesTheLiving,
    PurgesTicketsOnly,
    LosesEvents,
    TrustsEverybody,
    Spins,
    KnowsOneDesk,
    HalfAppends,
    ForgetsCommands,
    Unlocked,
    StaysLocked,
    GivesTurnsTwice,
    OverwritesPolicies,
    MixesRefusals,
    KeepsErrands,
    StripsTexts,
    Scrambles,
    CountsTheDone,
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.__name__)
def test_a_store_with_a_defect_is_found_out(defect: type[MemoryStore]) -> None:
    """The kit says no to a store that breaks any one of its promises."""
    with pytest.raises(Exception):  # noqa: B017, PT011 - some defects show as an error of the store
        check_store(defect)
