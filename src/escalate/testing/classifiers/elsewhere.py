"""Asks a classifier in a process of its own, with a hash seed of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

import attrs

from escalate.classifiers.base import verdict_of
from escalate.core.model import Verdict
from escalate.errors import EscalateError
from escalate.testing.classifiers.bench import ClassifierBench

_START_S = 60.0
"""A process has to start and to import what the classifier needs; that is not its answering."""


@attrs.define
class CannotTravel(EscalateError):
    """A classifier could not be asked in another process."""

    why: str

    def __str__(self) -> str:
        return self.why


def asked_elsewhere(
    bench: ClassifierBench, seeds: Sequence[str], *, whole: bool = False
) -> list[list[Verdict]]:
    """Return the verdicts on the bench's tickets of a process for each hash seed.

    Args:
        bench: The bench.
        seeds: The hash seeds, as ``PYTHONHASHSEED`` has them.
        whole: Whether to send the classifier itself; otherwise what makes it goes, if it can.

    Raises:
        CannotTravel: It could not be sent, or could not answer there.
    """
    thing = bench.ready() if whole or _stuck(bench) else bench
    if why := _stuck(thing):
        raise CannotTravel(
            f"it cannot be sent to another process: {why}; let classes and functions stand at the top "
            "of a module, open connections and locks when they are first needed, and leave them out "
            "in __getstate__"
        )
    within_s = _START_S + bench.within_s * len(bench.tickets)
    with ExitStack() as stack:
        started = [stack.enter_context(_started(bench, thing, seed)) for seed in seeds]
        return [_received(here, within_s) for here in started]


@contextmanager
def _started(bench: ClassifierBench, thing: Any, seed: str) -> Iterator[Connection]:
    """Start a process that answers, and hand out where to hear it; it ends with the block."""
    context = multiprocessing.get_context("spawn")  # the only way that gives it another hash seed
    here, there = context.Pipe()
    work = context.Process(
        target=_answer, args=(there, thing, bench.tickets, bench.tiers), daemon=True
    )
    before = os.environ.get("PYTHONHASHSEED")
    with here:
        os.environ["PYTHONHASHSEED"] = seed
        try:
            work.start()
        finally:
            there.close()
            if before is None:
                del os.environ["PYTHONHASHSEED"]
            else:
                os.environ["PYTHONHASHSEED"] = before
        try:
            yield here
        finally:
            work.kill()
            work.join()
            work.close()


def _stuck(thing: object) -> str:
    """Return why *thing* cannot be sent; empty if it can."""
    try:
        ForkingPickler.dumps(thing)
    except Exception as why:  # noqa: BLE001 - whatever its __reduce__ raises; told as the reason
        return f"{type(why).__name__}: {why}"
    return ""


def _received(here: Connection, within_s: float) -> list[Verdict]:
    if not here.poll(within_s):
        raise CannotTravel(f"another process gave no answer within {within_s} s")
    try:
        said = here.recv()
    except EOFError:
        wanted = "its module must import there by its name"
        raise CannotTravel(f"another process ended before it answered; {wanted}") from None
    if isinstance(said, str):
        raise CannotTravel(f"in another process: {said}")
    verdicts: list[Verdict] = said
    return verdicts


def _answer(there: Connection, thing: Any, tickets: Any, tiers: Any) -> None:
    """Answer in the process that was started."""
    try:
        classifier = thing.ready() if isinstance(thing, ClassifierBench) else thing
        said: object = [verdict_of(classifier, ticket, tiers) for ticket in tickets]
    except BaseException as why:  # noqa: BLE001 - told to the process that asked
        said = f"{type(why).__name__}: {why}"
    there.send(said)
    there.close()
