"""A help desk in memory, written for tests: rows, hooks that fire too often, and a transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from itertools import count
from typing import Any

from escalate import EscalationPolicy, HostedDesk, MemoryStore
from escalate.core.facts import Seen
from escalate.runtime.hosts import Happened
from escalate.testing import ManualClock
from tests.runtime.shop import MONDAY, POLICY


class MemoryHost:
    """Rows by id, and hooks that are called three times for every row that is saved."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.rows: dict[str, dict[str, Any]] = {}
        self.hooks: list[Callable[[str], object]] = []
        self.applied: list[tuple[str, dict[str, Any]]] = []
        self._open: list[list[Callable[[], object]]] = []
        self._one_at_a_time = threading.RLock()

    # -- what escalate asks of a host

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Rows and store together, or nothing; one transaction at a time."""
        with self._one_at_a_time, self._transaction():
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        before = deepcopy(self.rows)
        self._open.append([])
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self.rows = before
            self._open.pop()
            raise
        calls = self._open.pop()
        if self._open:
            self._open[-1].extend(calls)
            return
        for call in calls:
            call()

    def on_commit(self, call: Callable[[], object]) -> None:
        """Later, or now if nothing is open."""
        if self._open:
            self._open[-1].append(call)
        else:
            call()

    def load(self, ticket_id: str) -> Seen | None:
        """The row as it is."""
        row = self.rows.get(ticket_id)
        return None if row is None else Seen(**row)

    def apply(self, ticket_id: str, events: Happened) -> None:
        """Write the row, by which the hooks fire."""
        self.applied.append((ticket_id, dict(events.changes)))
        if events.changes:
            self.save(ticket_id, **events.changes)

    # -- what its people do

    def save(self, ticket_id: str, **values: Any) -> None:
        """Save a row, as its forms do."""
        with self.transaction():
            self.rows.setdefault(ticket_id, {}).update(values)
            for _ in range(3):
                for hook in self.hooks:
                    hook(ticket_id)

    def bulk(self, ticket_ids: list[str], **values: Any) -> None:
        """Change many rows at once; no hook is called."""
        for ticket_id in ticket_ids:
            self.rows[ticket_id].update(values)


class MemoryBench:
    """A host in memory, set up for ``check_host``."""

    def __init__(
        self, policy: EscalationPolicy, clock: Callable[[], datetime], *, vetoes: bool = False
    ) -> None:
        store = MemoryStore()
        self.vetoes = vetoes
        self.host = self.make_host(store)
        self.desk = HostedDesk(policy, self.host, store, clock=clock)
        self.host.hooks.append(self.desk.reconcile)
        self._numbers = count(1)

    def make_host(self, store: MemoryStore) -> MemoryHost:
        """A host without tickets."""
        return MemoryHost(store)

    def create(self) -> str:
        """Somebody writes."""
        name = f"T-{next(self._numbers)}"
        self.host.save(name, status="new", priority="normal", tier="N1")
        return name

    def edit(self, ticket_id: str, **values: Any) -> None:
        """Somebody saves a form."""
        if self.vetoes:
            answer = self.desk.guard(ticket_id, Seen(**values))
            if answer.refusal is not None:
                raise answer.refusal
        self.host.save(ticket_id, **values)

    def bulk_edit(self, ticket_ids: Iterable[str], **values: Any) -> None:
        """Somebody has a script."""
        self.host.bulk(list(ticket_ids), **values)

    def shows(self, ticket_id: str) -> Mapping[str, Any] | None:
        """The row."""
        row = self.host.rows.get(ticket_id)
        return None if row is None else dict(row)

    def tick(self) -> None:
        """A worker comes by."""
        self.desk.tick()


def hosted(
    policy: EscalationPolicy = POLICY, **more: Any
) -> tuple[HostedDesk, MemoryHost, ManualClock]:
    """A desk on a Monday at nine, its host with a hook, and its clock."""
    clock, store = ManualClock(MONDAY), MemoryStore()
    host = MemoryHost(store)
    desk = HostedDesk(policy, host, store, clock=clock, **more)
    host.hooks.append(desk.reconcile)
    return desk, host, clock
