"""Explains a ticket: why it is due then, why this target, why a rule acts or does not, what one may do.

Nothing is decided here that the engine decides: what somebody may do is found by asking it. What an
explanation holds and how it reads is in :mod:`escalate.core.explained`, of rules and conditions in
:mod:`escalate.core.explaining_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from escalate.core import commands as c
from escalate.core.clockkinds import IDLE
from escalate.core.clocks import BREACH, Clock
from escalate.core.compiled import Holds
from escalate.core.deciding.clockwork import base_name
from escalate.core.engine import advance, step
from escalate.core.events import Event
from escalate.core.explained import (
    Choice,
    ExplainedClock,
    ExplainedPause,
    Explanation,
    OtherTarget,
    Upcoming,
    deeds,
    plain,
    zone_of,
)
from escalate.core.explaining_rules import explained_rules, false_parts
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Actor, MoveKind, Ticket
from escalate.core.opentime.timeline import OpenTime
from escalate.core.policy import EscalationPolicy
from escalate.core.sla import Step, Target
from escalate.core.worktime import WorkTime


def explain(
    ticket: Ticket, policy: EscalationPolicy, *, now: datetime, by: Actor | None = None
) -> Explanation:
    """Return why *ticket* stands where it stands at *now*, and what can become of it.

    It speaks of the ticket after every timer that lies before *now*; nothing is changed or stored.

    Args:
        ticket: The ticket, as it was stored, however long ago.
        policy: The policy that it was opened under.
        now: An aware instant; one before the ticket's last event counts as that event's.
        by: Who is asked about; none means some agent.

    Raises:
        NaiveInstant: *now* has no time zone.
        ConditionFailed: A Python function that the policy uses as a condition gave no answer.

    >>> from datetime import UTC
    >>> from escalate.core.policy import EscalationPolicy, Path
    >>> from escalate.core.sla import SLAPolicy, Target
    >>> sla = SLAPolicy([Target("ownership", "12h", default=True)])
    >>> desk = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")], sla=sla)
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> ticket = step(None, c.Open("T-1"), desk, now=nine).ticket
    >>> page = explain(ticket, desk, now=nine.replace(hour=11))
    >>> print(page)
    ticket 'T-1' at Mon 2026-03-02 11:00 UTC: new in N1, normal, nobody's
      by itself after Mon 2026-03-02 21:00 UTC: ownership breaches
    ownership: due Mon 2026-03-02 21:00 UTC
      12h promised by 'ownership 12h', in the hours of always
      since Mon 2026-03-02 09:00 UTC: 2h used, 10h left
      next: breach after Mon 2026-03-02 21:00 UTC
    what some agent may do
      take: from new to open
      wait: from new to pending
      hold: from new to on_hold
      resume: no, ticket 'T-1' is new, which does not allow to resume; ...
      resolve: from new to resolved
      reopen: no, ticket 'T-1' is new, which does not allow to reopen; ...
      close: no, ticket 'T-1' is new, which does not allow to close; ...
      cancel: from new to closed
      escalate to N2: escalate from N1 to N2
      return: no, ticket 'T-1' cannot go from N1 to any tier (return); ...
    """
    caught_up = advance(ticket, policy, before=now)
    ticket = caught_up.ticket or ticket
    at_us = max(as_us(now, "now"), ticket.changed_us)
    live = [clock for clock in ticket.clocks.values() if clock.is_live]
    return Explanation(
        ticket=ticket,
        at=as_instant(at_us),
        timezone=zone_of(policy.calendar(policy.calendar_name(ticket.tier))),
        by=by,
        advises=not policy.acts,
        caught_up=caught_up.events,
        clocks=tuple(_clock(ticket, policy, each, at_us) for each in live if each.name != IDLE),
        rules=tuple(explained_rules(ticket, policy, at_us)),
        choices=tuple(_choices(ticket, policy, by, at_us)),
        next_at=None if ticket.due_us is None else as_instant(ticket.due_us),
        next_events=_next_events(ticket, policy),
    )


def _next_events(ticket: Ticket, policy: EscalationPolicy) -> tuple[Event, ...]:
    if ticket.due_us is None:
        return ()
    return advance(ticket, policy, before=as_instant(ticket.due_us + 1)).events


def _clock(ticket: Ticket, policy: EscalationPolicy, clock: Clock, at_us: int) -> ExplainedClock:
    hours = policy.calendar(clock.calendar)
    used_us = clock.used_us
    if clock.since_us is not None:
        used_us += hours.elapsed_us(clock.since_us, at_us)
    left_us = None if clock.within_us is None else clock.within_us - used_us
    fires_at = None
    if clock.since_us is not None and clock.within_us is not None and BREACH not in clock.fired:
        left_then = max(0, clock.within_us - clock.used_us)
        fires_at = as_instant(hours.due_open_us(clock.since_us, left_then))
    target = next((each for each in policy.sla.targets if each.name == clock.target), None)
    return ExplainedClock(
        clock=clock,
        hours=hours,
        timezone=zone_of(hours),
        days=None if target is None else target.days,
        used=WorkTime(used_us),
        left=None if left_us is None or left_us < 0 else WorkTime(left_us),
        over=None if left_us is None or left_us >= 0 else WorkTime(-left_us),
        fires_at=fires_at,
        pauses=tuple(_pauses(clock, hours, at_us)),
        others=tuple(_others(ticket, policy, clock, at_us)),
        next=_upcoming(policy, clock),
    )


def _pauses(clock: Clock, hours: OpenTime, at_us: int) -> Iterator[ExplainedPause]:
    for span in clock.pauses:
        until_us = at_us if span.until_us is None else span.until_us
        yield ExplainedPause(
            as_instant(span.since_us),
            None if span.until_us is None else as_instant(until_us),
            span.reason,
            WorkTime(hours.elapsed_us(span.since_us, until_us)),
        )


def _upcoming(policy: EscalationPolicy, clock: Clock) -> Upcoming | None:
    if clock.next_us is None:
        return None
    deed = policy.compiled.steps.get(clock.next_name)
    if deed is None:
        return Upcoming(clock.next_name, as_instant(clock.next_us), "")
    assert isinstance(deed.doing, Step)
    return Upcoming(deed.doing.name, as_instant(clock.next_us), deeds(deed.doing))


def _others(
    ticket: Ticket, policy: EscalationPolicy, clock: Clock, at_us: int
) -> Iterator[OtherTarget]:
    tables = policy.compiled
    kind = clock.name if clock.name in tables.clocks else base_name(clock)
    # An invitation is timed by the target of the tier that was invited, as its clock is named.
    tier = ticket.tier if kind == clock.name or kind != "accept" else clock.name.partition(":")[2]
    conditions = {each.target: each.when for each in tables.terms_by_name.values()}
    for target in policy.sla.targets:
        if target.clock == kind and target.name != clock.target:
            when = conditions.get(target.name)
            yield _other(target, when, clock, tier, false_parts(when, ticket, at_us))


def _other(
    target: Target, when: Holds, clock: Clock, tier: str, false: tuple[str, ...]
) -> OtherTarget:
    if target.name in clock.passed_over:
        why = f"it is for {' and '.join(false)}" if false else f"it was not so when chosen: {when}"
        return OtherTarget(target.name, "tried", plain(why))
    if target.tiers and tier not in target.tiers:
        return OtherTarget(target.name, "elsewhere", plain(f"it is for {', '.join(target.tiers)}"))
    why = "a date was promised" if clock.promised else f"{clock.target!r} comes first"
    return OtherTarget(target.name, "not tried", plain(why))


_VERBS: Final[dict[str, type[c.Asked]]] = {
    "take": c.Take,
    "wait": c.Wait,
    "hold": c.Hold,
    "resume": c.Resume,
    "resolve": c.Resolve,
    "reopen": c.Reopen,
    "close": c.Close,
    "cancel": c.Cancel,
}


def _choices(
    ticket: Ticket, policy: EscalationPolicy, by: Actor | None, at_us: int
) -> Iterator[Choice]:
    for what, command in _askable(ticket, policy, by):
        outcome = step(ticket, command, policy, now=as_instant(at_us))
        refusal = outcome.refusal
        if refusal is not None:
            refusal.__traceback__ = None  # its frames would keep the engine's work alive
        yield Choice(plain(what), command, outcome.events, refusal)


def _askable(
    ticket: Ticket, policy: EscalationPolicy, by: Actor | None
) -> Iterator[tuple[str, c.Command]]:
    for verb, command in _VERBS.items():
        yield verb, command(by=by)
    moves = dict.fromkeys(
        (path.kind, path.target) for path in policy.paths if path.source == ticket.tier
    )
    for kind, target in moves:
        yield f"{kind} to {target}", _move(kind, target, by)
    # Where no path leads on or back, the refusal says so.
    kinds = {kind for kind, _ in moves}
    if "escalate" not in kinds:
        yield "escalate", c.Escalate(by=by)
    if "return" not in kinds:
        yield "return", c.Return(by=by)
    if not ticket.accepted:
        yield "accept the handoff", c.Accept(by=by)
    for tier, accepted in ticket.invited.items():
        if not accepted:
            yield f"accept the invitation of {tier}", c.Accept(tier, by=by)
    for request in ticket.requests:
        yield f"approve request {request.number}", c.Approve(request.number, by=by)
        yield f"decline request {request.number}", c.Decline(request.number, by=by)


def _move(kind: MoveKind, target: str, by: Actor | None) -> c.Command:
    if kind == "escalate":
        return c.Escalate(target, by=by)
    return c.Return(to=target, by=by) if kind == "return" else c.Transfer(target, by=by)
