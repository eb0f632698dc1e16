"""Several processes that tick the same tickets: what is due fires once."""

from __future__ import annotations

import os
import time
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs

from escalate import Desk
from escalate.stores import MemoryStore
from tests.faults.story import difference, journals, store_at
from tests.runtime.shop import MONDAY, POLICY


@attrs.frozen
class Raced:
    """What came of it.

    Attributes:
        fired: How many events the ticks brought.
        by_process: How many tickets each process moved on.
        seconds: How long the slowest took.
        wrong: What was not as one process alone would have done it; nothing if all was the same.
    """

    fired: int
    by_process: tuple[int, ...]
    seconds: float
    wrong: str


def race(where: str, folder: Path, *, tickets: int, processes: int) -> Raced:
    """Open *tickets* at *where* and let *processes* tick at once, all at the same instant."""
    late = MONDAY + timedelta(hours=3)
    alone = MemoryStore()
    for store in (alone, store_at(where)):
        desk = Desk(POLICY, store, clock=lambda: MONDAY)
        for number in range(tickets):
            desk.open(id=f"T-{number}")
    Desk(POLICY, alone, clock=lambda: late).tick()
    ready = time.time() + 0.2
    began = time.monotonic()
    racers = [_racer(where, folder / str(number), late, ready) for number in range(processes)]
    failed = [os.waitpid(racer, 0)[1] for racer in racers]
    seconds = time.monotonic() - began - 0.2
    if any(failed):
        return Raced(0, (), seconds, "a process failed; see above")
    store = store_at(where)
    found = journals(store)
    wrong = difference(found, journals(alone))
    if store.failures("main"):
        wrong = wrong or f"failures: {store.failures('main')[0].why}"
    heard = [(folder / str(number)).read_text().split() for number in range(processes)]
    fired = sum(map(len, found.values())) - tickets
    if sum(map(len, heard)) != fired or len({each for some in heard for each in some}) != fired:
        wrong = wrong or f"{fired} events were heard {sum(map(len, heard))} times"
    moved = tuple(len({each.partition("/")[0] for each in some}) for some in heard)
    return Raced(fired, moved, seconds, wrong)


def _racer(where: str, notes: Path, late: Any, ready: float) -> int:
    racer = os.fork()
    if racer:
        return racer
    status = 1
    try:
        heard: list[str] = []
        desk = Desk(
            POLICY,
            store_at(where),
            clock=lambda: late,
            listeners=[lambda ticket, events: heard.extend(f"{ticket.id}/{e.seq}" for e in events)],
        )
        time.sleep(max(0.0, ready - time.time()))
        while desk.tick().tickets or desk._store.due("main", before_us=2**60):
            if not desk._store.due("main", before_us=desk._now_us()):
                break
        notes.write_text(" ".join(heard))
        status = 0
    except Exception:  # noqa: BLE001 - told, and then the process ends
        traceback.print_exc()
    finally:
        os._exit(status)
