"""The checks for hosts: passed by a host that is right, failed by each that is wrong in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from escalate import EscalationPolicy, MemoryStore
from escalate.core.facts import Seen
from escalate.runtime.hosts import Happened
from escalate.testing import check_host, host_checks
from tests.runtime.hosting import MemoryBench, MemoryHost


@pytest.mark.parametrize("vetoes", [False, True], ids=["follows", "vetoes"])
@pytest.mark.parametrize("check", host_checks(), ids=lambda check: check.__name__)
def test_a_host_in_memory_keeps_the_contract(check: Any, vetoes: bool) -> None:
    """The plainest host passes, with hooks that fire three times; so does one that vetoes."""
    check(partial(MemoryBench, vetoes=vetoes))


class _SeparateTransactions(MemoryHost):
    """Its store is not in its transaction."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        rows = {key: dict(row) for key, row in self.rows.items()}
        try:
            yield
        except BaseException:
            self.rows = rows
            raise


class _NoTransaction(MemoryHost):
    """It keeps what it wrote, whatever happens."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.store.transaction():
            yield


class _Deaf(MemoryHost):
    """It does not write what was decided."""

    def apply(self, ticket_id: str, events: Happened) -> None:
        pass


class _Stale(MemoryHost):
    """It shows what it showed at first."""

    def load(self, ticket_id: str) -> Seen | None:
        self.first = getattr(self, "first", {})
        return self.first.setdefault(ticket_id, super().load(ticket_id))


class _Stubborn(MemoryHost):
    """It puts a ticket back whenever somebody else moves it."""

    def apply(self, ticket_id: str, events: Happened) -> None:
        super().apply(ticket_id, events)
        if events.changes.get("tier") == "N2":
            self.rows[ticket_id]["tier"] = "N3"


class _Forgetful(MemoryHost):
    """It writes over what its own people did."""

    def apply(self, ticket_id: str, events: Happened) -> None:
        super().apply(ticket_id, events)
        self.rows[ticket_id].update(priority="normal", tier="N1")


class _HooklessBench(MemoryBench):
    """Nobody tells the desk."""

    def __init__(self, policy: EscalationPolicy, clock: Callable[[], Any]) -> None:
        super().__init__(policy, clock)
        self.host.hooks.clear()


class _LaxBench(MemoryBench):
    """It says that it vetoes, and does not."""

    def edit(self, ticket_id: str, **values: Any) -> None:
        self.vetoes = True
        self.host.save(ticket_id, **values)


class _PlantedBench(MemoryBench):
    """A bench whose host has a defect."""

    defect: type[MemoryHost]

    def make_host(self, store: MemoryStore) -> MemoryHost:
        return self.defect(store)


def planted(host: type[MemoryHost]) -> type[MemoryBench]:
    """A bench with such a host."""
    return type(host.__name__, (_PlantedBench,), {"defect": host})


@pytest.mark.parametrize(
    ("bench", "says"),
    [
        (planted(_SeparateTransactions), "the store kept"),
        (planted(_NoTransaction), "the host kept a ticket that it rolled back"),
        (planted(_Deaf), "after an escalation to N2"),
        (planted(_Stale), "the journal has"),
        (planted(_Stubborn), "the rule for urgent tickets came to"),
        (planted(_Forgetful), "the journal has|after an escalation to N2|the rule for urgent"),
        (_HooklessBench, "has no ticket"),
        (_LaxBench, "the veto does not say"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_host_that_is_wrong_in_one_way_is_found_out(bench: type[MemoryBench], says: str) -> None:
    """Each planted defect is named by some check."""
    with pytest.raises(Exception, match=says):
        check_host(bench)
