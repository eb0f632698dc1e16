"""3. Rules and timers do not move a ticket for ever; how often they can, before a person acts, is told.

Bad: two steps that hand a ticket to and fro while nobody looks::

    Target("ownership", "8h", tiers=["N1"], steps=[Step("100%", escalate_to="N2")])
    Target("ownership", "8h", tiers=["N2"], steps=[Step("100%", escalate_to="N1")])

Good: the second one tells somebody instead.
"""

from __future__ import annotations

from escalate.core import events as e
from escalate.verify.findings import Finding, Verdict
from escalate.verify.properties.base import (
    SEARCHED,
    SPURIOUS,
    Inquiry,
    Property,
    Suspicions,
    place_of_deed,
)
from escalate.verify.realising import Trace
from escalate.verify.search import Edge


class Endless(Property):
    """Looks for moves that only the limit of the policy stops."""

    number = 3
    code = "endless-moves"
    title = "Rules and timers move a ticket only so often before a person acts"

    def __init__(self) -> None:
        self._stopped = Suspicions()
        self._most = 0

    def watch(self, edge: Edge) -> None:
        """See whether a move was refused because there had been too many."""
        self._most = max(self._most, edge.ticket.automatic)
        for event in edge.events:
            if isinstance(event, e.MoveRefused) and event.why == "max_automatic":
                self._stopped.add("", edge)

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        figures = {"automatic_moves": self._most}
        if self._stopped.kinds:
            trace = self._stopped.shown(inquiry, "", _is_refused)
            if trace is None:
                return self.unknown(SPURIOUS, figures=figures)
            return self.refuted("a ticket was followed", _finding(inquiry, trace), figures=figures)
        if not inquiry.complete:
            return self.stopped(inquiry, figures=figures)
        return self.proved(f"{SEARCHED}; at most {self._most} in a row", figures=figures)


def _is_refused(life: Trace) -> bool:
    return any(
        isinstance(each, e.MoveRefused) and each.why == "max_automatic" for each in life.journal
    )


def _finding(inquiry: Inquiry, trace: Trace) -> Finding:
    moves = [event for event in trace.journal if isinstance(event, e.Moved)]
    tiers = list(dict.fromkeys(event.target for event in moves))
    by = next(event.by.id for event in reversed(trace.journal) if isinstance(event, e.MoveRefused))
    return Finding(
        code=Endless.code,
        severity="error",
        sentence=f"Rules and timers move a ticket between {' and '.join(tiers)} without end; only the limit "
        f"of {inquiry.policy.max_automatic} moves stops them.",
        place=place_of_deed(inquiry.policy, by),
        mend="Let one of them tell somebody instead of moving, or give it a condition.",
        trace=trace,
    )
