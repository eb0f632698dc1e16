"""``python -m tests.faults [SHARE]``: kills, races, and says what came of it.

SHARE is how much of it to do, from 0 to 1: 1 by default. It ends with an error if anything was lost,
doubled or different. What each line means is in docs/reference/stores.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path

from tests.faults.killing import kill
from tests.faults.racing import race
from tests.postgres import NoPostgres, schema_in, server

_KILLS = 300
_TICKETS = 2_000
Place = Callable[[], AbstractContextManager[str]]


def main(share: float = 1.0) -> int:
    """Do *share* of it, print a line for each, and return how many went wrong."""
    wrong = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="escalate-faults-")))
        numbers = count()

        @contextmanager
        def file() -> Iterator[str]:
            yield str(folder / f"{next(numbers)}.db")

        places: dict[str, tuple[Place, int]] = {"SQLite": (file, 2)}
        try:
            conninfo = stack.enter_context(server())
            places["PostgreSQL"] = (lambda: schema_in(conninfo), 4)
        except NoPostgres as why:
            print(f"PostgreSQL: left out, {why}")
            wrong += 1
        for name, (place, processes) in places.items():
            wrong += _killed(name, place, folder, share)
            wrong += _raced(name, place, folder, share, processes)
    return wrong


def _killed(name: str, place: Place, folder: Path, share: float) -> bool:
    notes = folder / f"killed-{name}"
    notes.mkdir()
    tickets = max(36, round(_TICKETS * share))
    found = kill(
        place,
        notes,
        tickets=tickets,
        kills=max(3, round(_KILLS * share)),
        life_s=0.1 if share > 0.05 else 0.2,  # seconds enough to get somewhere, few enough to hurt
        seed=1,
    )
    print(
        f"{name}: {found.kills} processes killed at work in {found.rounds} runs of {tickets} tickets;"
        f" {found.events} events and {found.notices} notices a run, {found.again} carried again: "
        f"{found.wrong or 'as if nobody had been killed'}"
    )
    return bool(found.wrong)


def _raced(name: str, place: Place, folder: Path, share: float, processes: int) -> bool:
    notes = folder / f"raced-{name}"
    notes.mkdir()
    tickets = max(40, round(20_000 * share))
    with place() as where:
        found = race(where, notes, tickets=tickets, processes=processes)
    each = ", ".join(map(str, found.by_process))
    print(
        f"{name}: {processes} processes ticked the same {tickets} tickets ({each}); {found.fired} events"
        f" in {found.seconds:.1f} s: {found.wrong or 'each fired once'}"
    )
    return bool(found.wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
