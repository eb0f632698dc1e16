"""Walks: a ticket's life told in strides that aim at the rare.

A stride says when the next thing happens relative to where the ticket stands, such as at the very
instant of its next timer, so that coincidences come up all the time and shrink well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import attrs

from escalate.core.commands import Command, Open
from escalate.core.engine import Outcome, advance, observe, step
from escalate.core.events import Event
from escalate.core.facts import Fact
from escalate.core.instants import as_instant
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import Refused

START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)

Aim = Literal["later", "at the timer", "just before the timer", "just after the timer"]
_TICK: Final = timedelta(microseconds=1)


@attrs.frozen
class Stride:
    """One thing that happens.

    Attributes:
        deed: A command that somebody gives, or a fact that is seen.
        aim: When: *minutes* later, or by the ticket's next timer; without one, *minutes* later.
        minutes: Wall-clock minutes since the last stride.
        looks: Further looks on the way, in minutes after the last stride.
    """

    deed: Command | Fact
    aim: Aim = "later"
    minutes: int = 0
    looks: tuple[int, ...] = ()

    def instant(self, ticket: Ticket, now: datetime) -> datetime:
        """Return when it happens to *ticket*, the last stride having been at *now*."""
        later = now + timedelta(minutes=self.minutes)
        if self.aim == "later" or ticket.due_us is None:
            return later
        off = {"at the timer": 0, "just before the timer": -1, "just after the timer": 1}[self.aim]
        return max(now, as_instant(ticket.due_us) + off * _TICK)


@attrs.define
class Walk:
    """What came of a walk.

    Attributes:
        ticket: The ticket at the end.
        journal: All its events.
        outcomes: What each stride came to, with the instant at which it was taken.
        refusals: The refusals among them, in order.
    """

    ticket: Ticket
    journal: list[Event]
    outcomes: list[tuple[datetime, Outcome]]
    refusals: list[Refused]

    @property
    def end(self) -> datetime:
        """The instant of the last stride."""
        return self.outcomes[-1][0]


def walk(
    policy: EscalationPolicy,
    strides: Iterable[Stride],
    *,
    opening: Command | None = None,
    looking: bool = False,
) -> Walk:
    """Open a ticket under *policy* at :data:`START` and take *strides* with it.

    Args:
        policy: Whose rules apply.
        strides: What happens.
        opening: The command that opens the ticket.
        looking: Whether the further looks of the strides are taken; they must not matter.

    >>> policy = EscalationPolicy("desk", ["N1", "N2"])
    >>> walk(policy, []).ticket.tier
    'N1'
    """
    first = step(None, opening or Open("T-1"), policy, now=START)
    assert first.ticket is not None, first.refusal
    result = Walk(first.ticket, list(first.events), [(START, first)], [])
    for stride in strides:
        at = stride.instant(result.ticket, result.end)
        if looking:
            _look(result, policy, stride, at)
        outcome = _take(result.ticket, stride.deed, policy, at)
        _keep(result, outcome)
        result.outcomes.append((at, outcome))
    return result


def _take(ticket: Ticket, deed: Command | Fact, policy: EscalationPolicy, at: datetime) -> Outcome:
    if isinstance(deed, Fact):
        return observe(ticket, deed, policy, now=at)
    return step(ticket, deed, policy, now=at)


def _look(result: Walk, policy: EscalationPolicy, stride: Stride, at: datetime) -> None:
    for minutes in sorted(stride.looks):
        before = min(at, result.end + timedelta(minutes=minutes))
        _keep(result, advance(result.ticket, policy, before=before))


def _keep(result: Walk, outcome: Outcome) -> None:
    assert outcome.ticket is not None  # it was opened before the first stride
    result.ticket = outcome.ticket
    result.journal += outcome.events
    if outcome.refusal is not None:
        result.refusals.append(outcome.refusal)
