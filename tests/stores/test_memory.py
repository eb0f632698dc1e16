"""The store contract: a store in memory keeps to it, and stores with one defect each do not."""

# ruff: noqa: D102  each class says what its one method does wrong

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import attrs
import pytest

from escalate import MemoryStore
from escalate.core.events import Event
from escalate.errors import TicketBusy, VersionConflict
from escalate.stores import Due, Entry, PolicyText, Refusal, Stored
from escalate.stores.memory import _Drawer
from escalate.testing import check_store, store_checks


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


DEFECTS = [
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
