"""``python -m tests.faults [SHARE] [--report FILE]``: kills, races, breaks, and says what came of it.

SHARE is how much of it to do, from 0 to 1: 1 by default. It ends with an error if anything was lost,
doubled or different. What each line means is in docs/reference/reliability.md.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import attrs

from escalate.cli.text import count as thousands
from tests.faults.breaking import BREAKS, ONLY
from tests.faults.figures import Row, as_lines, as_markdown
from tests.faults.killing import kill
from tests.faults.racing import race
from tests.postgres import NoPostgres, schema_in, server

_KILLS = 300
_TICKETS = 2_000
_RACED = 20_000
_BROKEN = 240
Place = Callable[[], AbstractContextManager[str]]


@attrs.frozen
class Ground:
    """Where it is done.

    Attributes:
        name: What the store is called.
        place: Gives an empty place for a store.
        processes: How many processes race.
        folder: For notes.
        share: How much of it to do.
    """

    name: str
    place: Place
    processes: int
    folder: Path
    share: float


def main(share: float = 1.0, report: Path | None = None) -> int:
    """Do *share* of it, print a table of it, and return how many went wrong."""
    logging.getLogger("escalate").setLevel(logging.CRITICAL)  # what fails here fails on purpose
    rows: list[Row] = []
    version = "no PostgreSQL"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="escalate-faults-")))
        grounds = [Ground("SQLite", _files(folder), 2, folder, share)]
        try:
            conninfo = stack.enter_context(server())
            version = _version(conninfo)
            grounds.append(Ground("PostgreSQL", lambda: schema_in(conninfo), 4, folder, share))
        except NoPostgres as why:
            rows.append(Row("PostgreSQL", "left out", "", "no server", 0.0, str(why)))
        for ground in grounds:
            for row in _all_of(ground):
                print(*row.cells(), sep="; ", file=sys.stderr, flush=True)  # it takes its time
                rows.append(row)
    print(*as_lines(rows), sep="\n")
    if report is not None:
        report.write_text(as_markdown(rows, f"python -m tests.faults {share:g}", version), "utf-8")
    return sum(bool(row.wrong) for row in rows)


def _all_of(ground: Ground) -> Iterator[Row]:
    yield _timed(_killed, ground)
    yield _timed(_raced, ground)
    for what, act in BREAKS.items():
        if ONLY.get(act, ground.name) == ground.name:
            yield _timed(partial(_broken, what), ground)


def _broken(what: str, ground: Ground) -> Row:
    found = BREAKS[what](ground.place, max(24, round(_BROKEN * ground.share)))
    came = (
        f"{thousands(found.errors)} named errors; {thousands(found.events)} events,"
        f" {thousands(found.notices)} notices, {thousands(found.again)} carried again"
    )
    return Row(ground.name, what, f"{thousands(found.troubles)} times", came, 0.0, found.wrong)


def _timed(act: Callable[[Ground], Row], ground: Ground) -> Row:
    began = time.monotonic()
    row = act(ground)
    return attrs.evolve(row, seconds=time.monotonic() - began)


def _killed(ground: Ground) -> Row:
    notes = ground.folder / f"killed-{ground.name}"
    notes.mkdir()
    tickets = max(36, round(_TICKETS * ground.share))
    found = kill(
        ground.place,
        notes,
        tickets=tickets,
        kills=max(3, round(_KILLS * ground.share)),
        life_s=0.1 if ground.share > 0.05 else 0.2,  # enough to get somewhere, few enough to hurt
        seed=1,
    )
    came = (
        f"{found.rounds} runs of {thousands(tickets)} tickets, each {thousands(found.events)} events,"
        f" {thousands(found.notices)} notices; {thousands(found.again)} carried again"
    )
    what, often = "processes killed at work", f"{thousands(found.kills)} times"
    return Row(ground.name, what, often, came, 0.0, found.wrong)


def _raced(ground: Ground) -> Row:
    notes = ground.folder / f"raced-{ground.name}"
    notes.mkdir()
    tickets = max(40, round(_RACED * ground.share))
    with ground.place() as where:
        found = race(where, notes, tickets=tickets, processes=ground.processes)
    each = " + ".join(map(thousands, found.by_process))
    came = f"{thousands(found.fired)} events in {found.seconds:.1f} s, each fired once ({each})"
    what = f"{ground.processes} processes tick the same tickets"
    return Row(ground.name, what, f"{thousands(tickets)} due", came, 0.0, found.wrong)


def _files(folder: Path) -> Place:
    numbers = count()

    @contextmanager
    def file() -> Iterator[str]:
        yield str(folder / f"{next(numbers)}.db")

    return file


def _version(conninfo: str) -> str:
    import psycopg

    with psycopg.connect(conninfo) as connection:
        number = connection.info.server_version
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("share", nargs="?", type=float, default=1.0, help="how much, from 0 to 1")
    parser.add_argument("--report", type=Path, help="write the figures as Markdown to this file")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.share, given.report))
