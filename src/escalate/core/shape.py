"""The shape of a ticket: all that its policy can still notice of it, and nothing else.

Two tickets of equal shape answer every input that the policy can notice with equal events and equal
shapes (law 5.13). A proof stands on this: it may treat them as one. What only the journal needs, such as
instants of the past and numbers of events, is left out; time is what is left on each clock.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from escalate.core.clocks import BREACH, Clock, Terms
from escalate.core.compiled import Compiled
from escalate.core.conditions import Constant
from escalate.core.deciding.clockwork import terms_of
from escalate.core.model import Draft
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status

Shape = tuple[Hashable, ...]
_TIMED: Final = ("age", "in_tier_for")


def shape_of(ticket: Draft, policy: EscalationPolicy, now_us: int) -> Shape:
    """Return what *policy* can still notice of *ticket* at *now_us*, every timer before it having fired.

    Open time left is exact, in microseconds, for each clock that runs or is paused.
    """
    reads = policy.reads
    everything = bool(reads.opaque)
    return (
        ticket.tier,
        ticket.status,
        ticket.assignee,
        ticket.priority,
        ticket.request_type,
        ticket.channel if everything or _by_channel(policy) else None,
        ticket.responded,
        ticket.accepted,
        ticket.automatic,
        min(ticket.bounces, policy.max_bounces + 1),
        ticket.senders,
        ticket.left,
        ticket.milestones,
        tuple(sorted(ticket.invited.items())),
        tuple((each.receiver, each.asked_by, each.kind, each.target) for each in ticket.requests),
        _noticed(ticket, policy, everything=everything),
        _fired(ticket, policy, now_us),
        _age(ticket, policy, now_us),
        tuple(_clock(clock, policy.compiled, now_us) for _, clock in _live(ticket, policy)),
    )


def _by_channel(policy: EscalationPolicy) -> bool:
    """Whether a condition reads the channel, or it chooses between two request types of one name."""
    kinds = policy.compiled.request_types.values()
    return "channel" in policy.reads.names or any(len(kind) > 1 for kind in kinds)


def _live(ticket: Draft, policy: EscalationPolicy) -> list[tuple[str, Clock]]:
    """Return the clocks that can still matter, in the order of their names without request numbers."""
    numbers = {str(each.number): str(i) for i, each in enumerate(ticket.requests)}
    found = []
    for name, clock in ticket.clocks.items():
        base, _, which = name.partition(":")
        # What resolving ended may go on when the ticket reopens; frozen, it keeps a new cycle from beginning.
        waits = ticket.status.is_done or policy.on_reopen == "frozen"
        revives = clock.ended_by == Status.RESOLVED and waits
        if clock.ended_us is None or (revives and base in policy.compiled.clocks):
            found.append((f"{base}:{numbers.get(which, which)}", clock))
    return sorted(found, key=lambda each: each[0])


def _noticed(ticket: Draft, policy: EscalationPolicy, *, everything: bool) -> Hashable:
    """Return what conditions read of counters, tags, fields, attempts and the classification."""
    names, constants = policy.reads.names, policy.reads.constants
    if everything:
        fields = tuple(sorted((name, repr(value)) for name, value in ticket.fields.items()))
        counts = (ticket.moves, ticket.reopens, ticket.tags, fields, ticket.attempts)
        return (*counts, repr(ticket.classification))
    return (
        _capped(ticket.moves, constants.get("moves")) if "moves" in names else None,
        _capped(ticket.reopens, constants.get("reopens")) if "reopens" in names else None,
        ticket.tags & _words(constants.get("tags")),
        tuple(
            (name, _value(ticket.fields.get(name.removeprefix("fields."))))
            for name in sorted(names)
            if name.startswith("fields.")
        ),
        tuple(
            (name, _capped(_attempts(ticket, name.removeprefix("attempts.")), values))
            for name, values in sorted(constants.items())
            if name.startswith("attempts.")
        ),
        None
        if ticket.classification is None or "classification" not in names
        else (ticket.classification.tier, ticket.classification.confidence),
    )


def _words(values: frozenset[Constant] | None) -> frozenset[str]:
    return frozenset(value for value in values or () if isinstance(value, str))


def _value(value: object) -> Hashable:
    return type(value).__name__, repr(value)


def _attempts(ticket: Draft, what: str) -> int:
    return sum(each.what == what for each in ticket.attempts)


def _capped(count: int, constants: frozenset[Constant] | None) -> int:
    """Return *count*, or one more than all it is compared with: beyond, no condition tells it apart."""
    most = max((value for value in constants or () if isinstance(value, int | float)), default=0)
    return min(count, int(most) + 1)


def _fired(ticket: Draft, policy: EscalationPolicy, now_us: int) -> Hashable:
    """Return how often each rule has fired, and how long it still rests."""
    rests = {
        rule.name: rule.cooldown_us
        for rule in policy.rules
        if rule.cooldown_us is not None and rule.times > 1
    }
    return tuple(
        (name, fired.times, max(0, fired.at_us + rests[name] - now_us) if name in rests else 0)
        for name, fired in sorted(ticket.fired.items())
    )


def _age(ticket: Draft, policy: EscalationPolicy, now_us: int) -> Hashable:
    """Return the wall-clock times that conditions or the reopening limit look at, up to where they matter."""
    found: list[int | None] = []
    for name, since_us in zip(_TIMED, (ticket.opened_us, ticket.entered_us), strict=True):
        constants = policy.reads.constants.get(name)
        found.append(_capped(now_us - since_us, constants) if constants else None)
    if policy.reopen_within_us is not None and ticket.status is Status.RESOLVED:
        found.append(min(now_us - (ticket.resolved_us or now_us), policy.reopen_within_us + 1))
    return tuple(found)


def _clock(clock: Clock, tables: Compiled, now_us: int) -> Hashable:
    terms = terms_of(tables, clock)
    used_us = clock.used_us
    if clock.since_us is not None:
        used_us += terms.hours.elapsed_us(clock.since_us, now_us)
    return (
        clock.name.partition(":")[0],
        clock.state,
        clock.ended_by,
        clock.target,
        clock.calendar,
        clock.answered,
        clock.promised,
        clock.breached,
        frozenset(clock.fired),
        _left(clock, terms, used_us),
        _on_other_terms(clock, tables, now_us),
        clock.told_to_pause,
    )


def _left(clock: Clock, terms: Terms, used_us: int) -> Hashable:
    """Return the open time left until each entry of the plan that has not fired."""
    if clock.within_us is None and not terms.plan:
        return None
    return tuple(
        (entry.name, entry.amount_us - used_us)
        for entry in terms.plan_for(clock.within_us)
        if entry.name not in clock.fired or entry.name == BREACH
    )


def _on_other_terms(clock: Clock, tables: Compiled, now_us: int) -> Hashable:
    """Return what would be used on other terms, if others could begin to apply."""
    return tuple(
        each.hours.elapsed_us(clock.started_us, now_us)
        - sum(
            each.hours.elapsed_us(span.since_us, now_us if span.until_us is None else span.until_us)
            for span in clock.pauses
        )
        for each in tables.other_terms(clock.name.partition(":")[0])
    )
