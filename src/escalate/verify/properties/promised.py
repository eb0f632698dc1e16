"""8. Wherever somebody works on a ticket, some promise says by when.

Bad: promises for the urgent alone, so that nothing is owed to all the others::

    Target("ownership", "2h", when='priority == "urgent"')

Good: one more with ``default = true``. That a single clock has no target for some tickets is often meant, and
a note.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from escalate.core.clocks import ClockState
from escalate.core.model import Ticket
from escalate.verify.findings import Finding, Verdict
from escalate.verify.properties.base import SEARCHED, SPURIOUS, TRIED, Inquiry, Property
from escalate.verify.realising import Trace

_OWED: Final = ("first_response", "resolution", "ownership", "requester_wait")


class Promised(Property):
    """Looks for tickets in work that nothing is promised to."""

    number = 8
    code = "no-promise"
    title = "To every ticket in work something is promised"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        policy = inquiry.policy
        if not policy.sla.targets:
            note = Finding(
                code="no-promises", severity="note", sentence="The policy promises nothing."
            )
            return self.proved("there are no promises to look at", findings=(note,))
        bare, partly = _gaps(inquiry)
        notes = tuple(_note(clock, tiers) for clock, tiers in sorted(partly.items()))
        findings = []
        for tier, numbers in bare.items():
            traces = (inquiry.trace(n, partial(_is_bare, tier)) for n in numbers)
            trace = next((each for each in traces if each is not None), None)
            if trace is not None:
                findings.append(_finding(inquiry, tier, trace))
        if findings:
            return self.refuted("a ticket was followed", *findings, *notes)
        if bare:
            return self.unknown(SPURIOUS, findings=notes)
        if not inquiry.complete:
            return self.stopped(inquiry, findings=notes)
        return self.proved(SEARCHED, findings=notes)


def _gaps(inquiry: Inquiry) -> tuple[dict[str, list[int]], dict[str, set[str]]]:
    """Return where nothing is promised, by tier, and where a clock lacks a target, by clock."""
    bare: dict[str, list[int]] = {}
    partly: dict[str, set[str]] = {}
    for number, node in enumerate(inquiry.space.nodes):
        ticket = node.ticket
        if ticket.category != "active":
            continue
        if not _promised(ticket):
            found = bare.setdefault(ticket.tier, [])
            if len(found) < TRIED:
                found.append(number)
        for clock in ticket.clocks.values():
            if clock.is_live and clock.target is None and clock.name in _OWED:
                partly.setdefault(clock.name, set()).add(ticket.tier)
    return bare, partly


def _promised(ticket: Ticket) -> bool:
    return any(
        clock.state is ClockState.RUNNING and clock.target is not None
        for clock in ticket.clocks.values()
    )


def _is_bare(tier: str, life: Trace) -> bool:
    ticket = life.ticket
    return ticket.tier == tier and ticket.category == "active" and not _promised(ticket)


def _note(clock: str, tiers: set[str]) -> Finding:
    where = ", ".join(sorted(tiers))
    return Finding(
        code="clock-without-promise",
        severity="note",
        sentence=f"For some tickets in {where} nothing is promised on the clock {clock}.",
    )


def _finding(inquiry: Inquiry, tier: str, trace: Trace) -> Finding:
    ticket = trace.ticket
    return Finding(
        code=Promised.code,
        severity="error",
        sentence=f"A {ticket.priority} ticket that is {ticket.status} in {tier} has no promise at all.",
        place=f"tiers[{inquiry.policy.tier_names.index(tier)}]",
        mend="Add a target that applies there; default = true covers the rest.",
        trace=trace,
    )
