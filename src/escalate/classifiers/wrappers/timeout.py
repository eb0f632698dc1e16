"""An answer in time, or none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import attrs

from escalate.classifiers.base import TicketText, verdict_of
from escalate.classifiers.deadline import Places
from escalate.classifiers.wrappers.around import HELD, Around, at_least
from escalate.core.model import ABSTAIN, Tier, Verdict

LATE: Final = frozenset({"timed out", "busy"})
"""The reasons for which :class:`Timeout` abstains by itself."""


@attrs.frozen
class Timeout(Around):
    """Abstains, ``"timed out"``, if the classifier inside takes too long; what it raises is let through.

    A thread that hangs cannot be ended. So at most eight tickets are looked at at once, and the next ones
    abstain, ``"busy"``, until one is done. Safe from several threads.

    Attributes:
        within_s: How many seconds it may take.

    Raises:
        BadInput: *within_s* is not above 0.

    >>> from escalate.classifiers import ticket_of
    >>> Timeout(lambda ticket: "N2", within_s=60).classify(ticket_of(), [Tier("N2")]).tier
    'N2'
    """

    called = "timeout"

    within_s: float = attrs.field(default=2.0, validator=at_least(0, above=True))
    _places: Places = attrs.field(factory=Places, init=False, repr=False, eq=False, metadata=HELD)

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the verdict of the classifier inside, or an abstention if there is none in time."""
        task = self._places.start(partial(verdict_of, self.inner, ticket, tiers))
        if task is None:
            return ABSTAIN("busy")
        try:
            said: Verdict = task.result(self.within_s)
        except TimeoutError:
            # What is inside may raise one as well; then it is done, and it was not we who were impatient.
            if not task.is_alive():
                raise
            return ABSTAIN("timed out")
        return said
