"""A classifier that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from escalate.classifiers.base import TicketText, verdict_of
from escalate.classifiers.wrappers.around import HELD, Around, at_least
from escalate.core.model import ABSTAIN, Tier, Verdict

TROUBLES: Final = frozenset({"timed out", "busy", "failed", "nonsense", "unavailable"})
"""Reasons of an abstention that count as a failure, beside whatever is raised."""


class _State:
    """What the calls of one process have seen. A copy in another process starts anew."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.failures = 0
        self.opened_s: float | None = None
        self.trial_s: float | None = None

    def __reduce__(self) -> tuple[type[_State], tuple[()]]:
        return _State, ()


@attrs.frozen
class CircuitBreaker(Around):
    """Abstains, ``"unavailable"``, without asking, once the classifier inside has failed too often in a row.

    It fails where it raises, answers nonsense, or abstains for one of :data:`TROUBLES`, as ``Timeout``
    does. After a pause one ticket is let through: if that goes well, so do all; if not, the pause begins
    again. Until it opens, what the classifier inside raises is let through. Safe from several threads.

    Attributes:
        failures: After how many failures in a row it opens.
        pause_s: After how many seconds one ticket is let through.
        clock: Returns seconds, never running back.

    Raises:
        BadInput: *failures* is below 1, or *pause_s* below 0.

    >>> from escalate.classifiers import ticket_of
    >>> broken = CircuitBreaker(lambda ticket: 1 / 0, failures=1)
    >>> try:
    ...     broken.classify(ticket_of(), [Tier("N1")])
    ... except ZeroDivisionError:
    ...     broken.classify(ticket_of(), [Tier("N1")]).reason
    'unavailable'
    """

    called = "circuit-breaker"

    failures: int = attrs.field(default=5, validator=at_least(1))
    pause_s: float = attrs.field(default=60.0, validator=at_least(0))
    clock: Callable[[], float] = attrs.field(
        default=time.monotonic, repr=False, eq=False, metadata=HELD
    )
    _state: _State = attrs.field(factory=_State, init=False, repr=False, eq=False, metadata=HELD)

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the verdict of the classifier inside, or an abstention while it is left alone."""
        asked_as = self._ask_as()
        if asked_as == "no":
            return ABSTAIN("unavailable")
        well = False
        try:
            said = verdict_of(self.inner, ticket, tiers)
            well = said.tier is not None or said.reason not in TROUBLES
        finally:
            self._note(asked_as, well=well)
        return said

    @property
    def is_open(self) -> bool:
        """Whether tickets abstain without anybody being asked; one may be let through all the same."""
        with self._state.lock:
            return self._state.opened_s is not None

    def _ask_as(self) -> str:
        """Return how to ask now: as always, as the one that tries whether it goes well, or not at all."""
        state, now = self._state, self.clock()
        with state.lock:
            if state.opened_s is None:
                return "always"
            # A trial that hangs is given up after another pause, or nobody would ever try again.
            since = state.opened_s if state.trial_s is None else state.trial_s
            if now - since < self.pause_s:
                return "no"
            state.trial_s = now
            return "trial"

    def _note(self, asked_as: str, *, well: bool) -> None:
        state, now = self._state, self.clock()
        with state.lock:
            if asked_as == "always" and state.opened_s is not None:
                return  # Asked before it opened, answered after: the trial decides.
            if well:
                state.failures, state.opened_s, state.trial_s = 0, None, None
                return
            state.failures += 1
            if asked_as == "trial" or state.failures >= self.failures:
                state.opened_s, state.trial_s = now, None
