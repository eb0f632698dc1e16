"""What belongs to one thread or task: the instant it was given, and the visits that it is in.

Contextvars, not attributes: a host serves many requests at once, in threads or in tasks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Final

import attrs

from escalate.core.instants import as_instant, as_us
from escalate.core.sealing import FrozenDict

if TYPE_CHECKING:
    from escalate.runtime.visiting import Deed

_PINNED: Final[ContextVar[datetime | None]] = ContextVar("escalate_instant", default=None)


@contextmanager
def at_instant(at: datetime) -> Iterator[None]:
    """Let the clocks of hosted desks stand at *at* within a ``with``, in this thread or task only.

    For a host that handles a request whose instant it has written down already.

    Raises:
        NaiveInstant: *at* has no time zone.
    """
    token = _PINNED.set(as_instant(as_us(at, "at")))
    try:
        yield
    finally:
        _PINNED.reset(token)


@attrs.frozen
class PinnedClock:
    """Returns the instant of :func:`at_instant` where there is one, and else that of *clock*."""

    clock: Callable[[], datetime]

    def __call__(self) -> datetime:
        """Return the present instant."""
        return _PINNED.get() or self.clock()


@attrs.define(eq=False)
class Run:
    """A desk at work on a ticket, and what the host's hooks ask of it meanwhile.

    Attributes:
        ticket_id: The ticket.
        waiting: What is to be done next, as (ticket, deed).
    """

    ticket_id: str
    waiting: deque[tuple[str, Deed]] = attrs.field(factory=deque)


_NO_RUNS: Final[Mapping[int, Run]] = FrozenDict()
_RUNS: Final[ContextVar[Mapping[int, Run]]] = ContextVar("escalate_runs", default=_NO_RUNS)


def run_of(desk: object) -> Run | None:
    """Return what *desk* is at work on in this thread or task, if it is."""
    return _RUNS.get().get(id(desk))


@contextmanager
def running(desk: object, run: Run) -> Iterator[None]:
    """Let *desk* be at work within a ``with``."""
    token = _RUNS.set({**_RUNS.get(), id(desk): run})
    try:
        yield
    finally:
        _RUNS.reset(token)
