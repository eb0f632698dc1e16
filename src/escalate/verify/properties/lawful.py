"""9, 16 and 17: what the engine promises under any policy, looked at once more under this one.

9. Only declared paths are taken, and nothing leaves closed. 16. Nothing is left open at the end: no
timer, no approval, no invitation. 17. A command that is delivered twice counts once. No policy can break
these; a finding here is a defect of the library, and the story belongs in a bug report.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Final

import attrs

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.engine import step
from escalate.core.instants import as_instant
from escalate.core.lifecycle import status_table
from escalate.core.model import Ticket
from escalate.verify.findings import Finding, Verdict
from escalate.verify.outline import REST_US
from escalate.verify.properties.base import SEARCHED, SPURIOUS, Inquiry, Property, Suspicions
from escalate.verify.realising import Trace
from escalate.verify.search import Edge, Space

REPORT: Final = "This is a defect of escalate, not of the policy: please report it with the story."


class Lawful(Property):
    """A property that only a defect of the engine can break."""

    sentence: str

    def __init__(self) -> None:
        self._broken = Suspicions()

    @abstractmethod
    def breaks(self, life: Trace) -> bool:
        """Whether *life* shows the defect."""

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        if self._broken.kinds:
            trace = self._broken.shown(inquiry, "", self.breaks)
            if trace is None:
                return self.unknown(SPURIOUS)
            finding = Finding(
                code=self.code, severity="error", sentence=self.sentence, mend=REPORT, trace=trace
            )
            return self.refuted("a ticket was followed", finding)
        return self.proved(SEARCHED) if inquiry.complete else self.stopped(inquiry)


Ways = frozenset[tuple[str, str, str]]


class Declared(Lawful):
    """Looks for moves along no path, and for tickets that come back from closed."""

    number = 9
    code = "undeclared-move"
    title = "Tickets move along declared paths only, and nothing leaves closed"
    sentence = "A ticket went where no path leads, or came back from closed."

    def __init__(self) -> None:
        super().__init__()
        self._ways: Ways = frozenset()

    def begin(self, space: Space) -> None:
        """Learn the paths."""
        self._ways = frozenset((p.source, p.target, p.kind) for p in space.policy.paths)

    def watch(self, edge: Edge) -> None:
        """See whether every move and change of status is one that there is."""
        if any(_undeclared(event, self._ways) for event in edge.events):
            self._broken.add("", edge)

    def breaks(self, life: Trace) -> bool:
        """Whether *life* has such a move."""
        return any(_undeclared(event, self._ways) for event in life.journal)


_EDGES: Final = frozenset((source, target) for (source, _), target in status_table().items())


def _undeclared(event: e.Event, ways: Ways) -> bool:
    if isinstance(event, e.Moved):
        return (event.source, event.target, event.kind) not in ways
    if isinstance(event, e.StatusChanged) and event.source is not event.status:
        return (event.source, event.status) not in _EDGES
    return False


class LeftOpen(Lawful):
    """Looks for what goes on after a ticket is resolved or closed."""

    number = 16
    code = "left-open"
    title = "No timer, approval or invitation is left open when a ticket is over"
    sentence = "Something is left open on a ticket that is over."

    def watch(self, edge: Edge) -> None:
        """See whether a ticket that is over has anything left."""
        if edge.ticket.status.is_done and _has_open(edge.ticket):
            self._broken.add("", edge)

    def breaks(self, life: Trace) -> bool:
        """Whether *life* ends with something left open."""
        return life.ticket.status.is_done and _has_open(life.ticket)


def _has_open(ticket: Ticket) -> bool:
    live = any(clock.is_live for clock in ticket.clocks.values())
    return live or bool(ticket.requests or ticket.invited) or ticket.due_us is not None


class Twice(Property):
    """Asks every command twice, with one id, in every tier and status."""

    number = 17
    code = "duplicate-counts"
    title = "A command that is delivered twice counts once"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        for number, command in _each_once(inquiry.space):
            after = _given_twice(inquiry.space, inquiry.space.nodes[number].ticket, command)
            if not after:
                continue
            trace = inquiry.trace(number, _any)
            finding = Finding(
                code=self.code,
                severity="error",
                sentence=f"The command {type(command).__name__}, delivered twice, counts twice.",
                mend=REPORT,
                trace=trace,
            )
            return self.refuted("it was delivered twice", finding)
        if not inquiry.complete:
            return self.stopped(inquiry)
        return self.proved("each command was delivered twice in every tier and status")


def _any(_life: Trace) -> bool:
    return True


def _each_once(space: Space) -> Iterator[tuple[int, c.Asked]]:
    seen: set[tuple[object, ...]] = set()
    for number, edges in enumerate(space.edges):
        ticket = space.nodes[number].ticket
        for act, _ in edges:
            if isinstance(act, c.Asked):
                key = type(act), ticket.tier, ticket.status
                if key not in seen:
                    seen.add(key)
                    yield number, act


def _given_twice(space: Space, ticket: Ticket, command: c.Asked) -> bool:
    """Whether the second delivery of *command* changes anything."""
    now = as_instant(REST_US)
    once = attrs.evolve(command, id="once")
    for _ in space.abstracted.answers.rows():
        first = step(ticket, once, space.policy, now=now)
        if first.ticket is not None and first.events:
            again = step(first.ticket, once, space.policy, now=now)
            if again.events:
                return True
    return False
