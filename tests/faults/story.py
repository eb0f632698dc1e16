"""A story that a desk lives through, deed by deed, the same each time and in every process.

Each deed has its instant and may be done again: opening names the ticket, a command has an id. So whoever
takes over from a process that was killed begins with the deed that it may have been at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import attrs

from escalate import Desk
from escalate.core import commands as c
from escalate.errors import NoSuchLetter
from escalate.runtime import Notice
from escalate.stores import MemoryStore, PostgresStore, SQLiteStore, Store
from escalate.stores.documents import write_event
from tests.runtime.shop import ANA, MONDAY, POLICY

_TICK_EVERY: Final = 7
_LAST_TICKS: Final = 14  # a notice that fails is tried a dozen times, later each time


@attrs.frozen
class Deed:
    """One thing that is done at an instant."""

    at: datetime
    do: Callable[[Desk], object]


def opened(name: str, number: int) -> Callable[[Desk], object]:
    """Open a ticket."""
    priority = ("low", "normal", "high", "urgent")[number % 4]
    return lambda desk: desk.open(id=name, subject=f"about {name}", priority=priority)


def asked(name: str, command: c.Command) -> Callable[[Desk], object]:
    """Give a command."""
    return lambda desk: desk.handle(name, command)


def story(tickets: int) -> Iterator[Deed]:
    """Yield the deeds: tickets come every five minutes, some are answered, timers fire in between."""
    at = MONDAY
    for number in range(tickets):
        at += timedelta(minutes=5)
        name = f"T-{number}"
        yield Deed(at, opened(name, number))
        if number >= 10 and number % 3 == 0:
            early = f"T-{number - 10}"
            yield Deed(at, asked(early, c.Reply("We are at it", by=ANA, id="r")))
        if number >= 30 and number % 4 == 0:
            yield Deed(at, asked(f"T-{number - 30}", c.Resolve("done", by=ANA, id="d")))
        if number % _TICK_EVERY == 0:
            yield Deed(at, Desk.tick)
    for _ in range(_LAST_TICKS):
        at += timedelta(hours=9)
        yield Deed(at, Desk.tick)
    yield Deed(at, send_what_is_left)


def send_what_is_left(desk: Desk) -> None:
    """Do as an operator does after an outage: what was put off or given up is sent again."""
    for letter in (*desk.outbox(), *desk.outbox(dead=True)):
        with suppress(NoSuchLetter):  # it went with one before it
            desk.resend(letter.ticket_id, letter.number)
    desk.tick()


def live(store: Store, deeds: list[Deed], done: Path, carried: Path) -> None:
    """Do what is left of the story: *done* says how much was, *carried* takes the keys of notices."""
    now = deeds[0].at

    def notify(notice: Notice) -> None:
        with carried.open("a") as keys:
            keys.write(f"{notice.key}\n")

    desk = Desk(POLICY, store, clock=lambda: now, notify=notify)
    first = int(done.read_text() or 0) if done.exists() else 0
    for number in range(first, len(deeds)):
        now = deeds[number].at
        deeds[number].do(desk)
        # Replaced in one piece: a number that is cut in half would be another one.
        beside = done.with_suffix(".new")
        beside.write_text(str(number + 1))
        beside.replace(done)


def journals(store: Store) -> dict[str, list[str]]:
    """Return every journal as it is written."""
    return {
        name: [write_event(event) for event in store.events("main", name)]
        for name in store.ids("main")
    }


def keys_in(carried: Path) -> set[str]:
    """Return the keys of the notices that were carried."""
    return set(carried.read_text().split()) if carried.exists() else set()


def undisturbed(deeds: list[Deed], folder: Path) -> tuple[dict[str, list[str]], set[str]]:
    """Return the journals and the keys of a run that nobody disturbs."""
    store = MemoryStore()
    live(store, deeds, folder / "calm.done", folder / "calm.keys")
    return journals(store), keys_in(folder / "calm.keys")


def store_at(where: str) -> Store:
    """Open the store at a path that ends in .db, or in the PostgreSQL that the words name."""
    return SQLiteStore(where) if where.endswith(".db") else PostgresStore(where)


def difference(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> str:
    """Return where two sets of journals differ first; nothing where they are one."""
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            return json.dumps(
                {"ticket": name, "found": found.get(name), "wanted": wanted.get(name)}
            )
    return ""
