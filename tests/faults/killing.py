"""Processes that are killed at any moment: what is kept at the end is what would have been kept anyway."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import attrs

from tests.faults.story import (
    Deed,
    difference,
    journals,
    keys_in,
    live,
    store_at,
    story,
    undisturbed,
)

_STUCK: Final = 20


@attrs.frozen
class Killed:
    """What came of it.

    Attributes:
        kills: How many processes were killed at work.
        rounds: How often the story was lived through.
        events: How many events the journals of a round have.
        notices: How many notices a round has.
        again: How many notices were carried more than once, in all rounds.
        wrong: What differed from the undisturbed run; nothing if all was the same.
    """

    kills: int
    rounds: int
    events: int
    notices: int
    again: int
    wrong: str


def kill(
    place: Callable[[], AbstractContextManager[str]],
    folder: Path,
    *,
    tickets: int,
    kills: int,
    life_s: float,
    seed: int,
) -> Killed:
    """Let processes live through the story, and kill each after a random while, until *kills* are dead.

    Args:
        place: Gives an empty place for a store, each round another.
        folder: For notes on how far it is.
        tickets: How many tickets there are.
        kills: How many processes to kill at least.
        life_s: How many seconds one lives on average.
        seed: For the dice.
    """
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    deeds = list(story(tickets))
    wanted, keys = undisturbed(deeds, folder)
    dead = rounds = again = 0
    wrong = ""
    while dead < kills and not wrong:
        rounds += 1
        done, carried = folder / f"{rounds}.done", folder / f"{rounds}.keys"
        with place() as where:
            store_at(where).close()  # type: ignore[attr-defined]  # a store in a database
            before, stuck = "", 0
            for life in _lives(where, deeds, done, carried):
                # Who always dies at one deed lives longer by and by: some deeds are long, some machines slow.
                time.sleep(dice.uniform(0, 2 * life_s) * 2 ** (stuck // _STUCK))
                os.kill(life, signal.SIGKILL)
                _, status = os.waitpid(life, 0)
                if os.WIFSIGNALED(status):
                    dead += 1
                elif os.WEXITSTATUS(status):
                    return Killed(dead, rounds, 0, 0, again, "a process failed; see above")
                now = done.read_text() if done.exists() else ""
                before, stuck = now, stuck + 1 if now == before else 0
            store = store_at(where)
            wrong = difference(journals(store), wanted)
            if store.rebuild("main").changed:
                wrong = wrong or "a ticket is not the fold of its journal"
            store.close()  # type: ignore[attr-defined]
        missing = keys - keys_in(carried)
        if missing or keys_in(carried) - keys:
            wrong = wrong or f"notices not carried: {sorted(missing)[:3]}"
        again += len(carried.read_text().split()) - len(keys)
    return Killed(dead, rounds, sum(map(len, wanted.values())), len(keys), again, wrong)


def _lives(where: str, deeds: list[Deed], done: Path, carried: Path) -> Iterator[int]:
    """Yield processes that go on with the story, one after the other, until one has reached its end."""
    while not done.exists() or int(done.read_text()) < len(deeds):
        life = os.fork()
        if not life:
            status = 1
            try:
                live(store_at(where), deeds, done, carried)
                status = 0
            finally:
                os._exit(status)
        yield life
