"""Explains conditions and rules: what of them is false for a ticket, and why a rule would not act now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from escalate.core.clockkinds import IDLE
from escalate.core.compiled import Deed, Holds
from escalate.core.condition.tree import AllOf, atoms
from escalate.core.condition.types import Subject, quoted, show_wall_time
from escalate.core.conditions import Condition
from escalate.core.deciding.clockwork import terms_of
from escalate.core.deciding.moving import open_path
from escalate.core.explained import ExplainedRule, deeds, local, plain, zone_of
from escalate.core.instants import as_instant
from escalate.core.model import Ticket
from escalate.core.opentime.zonedays import find_zone
from escalate.core.rules import Rule
from escalate.errors import Refused, TooManyMoves

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy

LONGEST_VALUE: Final = 60
"""How many letters of a ticket's value are shown."""


def false_parts(when: Holds, ticket: Ticket, at_us: int) -> tuple[str, ...]:
    """Return the parts of *when* that are false for *ticket* at *at_us*, with what the ticket has.

    Of ``a and b`` the parts that are false, of anything else the whole; nothing if it holds.

    Raises:
        ConditionFailed: It is a Python function and gave no answer.
    """
    if when is None or when.holds(ticket, at_us):
        return ()
    if not isinstance(when, Condition):
        return (plain(f"{when}, which said no"),)
    parts = when.tree.parts if isinstance(when.tree, AllOf) else (when.tree,)
    false = [part for part in parts if not Condition(part).holds(ticket, at_us)]
    found = []
    for part in false:
        subjects = dict.fromkeys(_whole(atom.subject) for atom in atoms(part))
        has = ", ".join(f"{each} is {_value(each, ticket, at_us)}" for each in subjects)
        found.append(plain(f"{part} ({has})"))
    return tuple(found)


def _whole(subject: Subject) -> Subject:
    """Return what is shown of the ticket: all its tags or milestones, not one of them."""
    return Subject(subject.name) if subject.kind == "flag" else subject


def _value(subject: Subject, ticket: Ticket, at_us: int) -> str:
    match subject.name:
        case "fields":
            said = _shown(ticket.fields.get(subject.of or ""))
        case "attempts":
            said = str(sum(each.what == subject.of for each in ticket.attempts))
        case "tags" | "milestones":
            words = sorted(getattr(ticket, subject.name))
            said = ", ".join(map(_shown, words)) or "none"
        case "age":
            said = show_wall_time(at_us - ticket.opened_us)
        case "in_tier_for":
            said = show_wall_time(at_us - ticket.entered_us)
        case "classification.tier" | "classification.confidence":
            verdict = ticket.classification
            said = _shown(verdict and getattr(verdict, subject.name.partition(".")[2]))
        case name:
            said = _shown(getattr(ticket, name))
    return said


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    short = text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
    return quoted(short) if isinstance(value, str) else short


def explained_rules(
    ticket: Ticket, policy: EscalationPolicy, at_us: int
) -> Iterator[ExplainedRule]:
    """Yield what each rule of *policy* would do for *ticket* at *at_us*, in declared order."""
    tables = policy.compiled
    by_name = {deed.name: deed for deed in (*tables.rules, *tables.idle_rules.values())}
    first_movers: dict[str, str] = {}
    for rule in policy.rules:
        deed, fired = by_name[rule.name], ticket.fired.get(rule.name)
        against = tuple(_against(ticket, policy, deed, at_us))
        idle_us = None
        if rule.after_us is not None:
            idle_us, waited = _idle(ticket, policy, rule)
            against += waited
        elif not against and rule.move is not None:
            first = first_movers.setdefault(rule.on, rule.name)
            against = () if first == rule.name else (plain(f"{first!r} moves the ticket first"),)
        yield ExplainedRule(
            name=rule.name,
            on=rule.on,
            does=deeds(rule),
            fired=0 if fired is None else fired.times,
            last_at=None if fired is None else as_instant(fired.at_us),
            against=against or tuple(_against_move(ticket, policy, deed, at_us)),
            idle_until=None if idle_us is None else as_instant(idle_us),
        )


def _against(ticket: Ticket, policy: EscalationPolicy, deed: Deed, at_us: int) -> Iterator[str]:
    if deed.at is not None and ticket.tier not in deed.at:
        yield plain(f"it is for {', '.join(sorted(deed.at))}, not for {ticket.tier}")
    fired = ticket.fired.get(deed.name)
    if fired is not None and fired.times >= deed.times:
        yield f"it fires {deed.times} times at most in one stay in a tier"
    elif fired is not None and deed.cooldown_us is not None:
        until_us = fired.at_us + deed.cooldown_us
        if at_us < until_us:
            zone = find_zone(zone_of(policy.calendar(policy.calendar_name(ticket.tier))))
            yield f"it rests until {local(as_instant(until_us), zone)}"
    yield from false_parts(deed.when, ticket, at_us)


def _against_move(
    ticket: Ticket, policy: EscalationPolicy, deed: Deed, at_us: int
) -> Iterator[str]:
    """Yield why a rule that matches could not make its move, and so would not act at all."""
    if deed.doing.move is None or deed.doing.move[1] == ticket.tier or not policy.acts:
        return
    kind, target = deed.doing.move
    try:
        open_path(ticket, policy.compiled, kind, target, at_us)
    except Refused as why:
        yield plain(str(why))
        return
    if ticket.automatic >= policy.max_automatic:
        yield plain(str(TooManyMoves(ticket.id, ticket.automatic)))


def _idle(
    ticket: Ticket, policy: EscalationPolicy, rule: Rule
) -> tuple[int | None, tuple[str, ...]]:
    """Return when a rule that waits for silence is asked next, and what keeps it from that."""
    clock = ticket.clocks.get(IDLE)
    if clock is None or not clock.is_live:
        return None, ("nothing is waited for on a resolved or closed ticket",)
    if rule.name in clock.fired:
        return None, ("it was asked in this silence already",)
    assert clock.since_us is not None  # it is never paused
    assert rule.after_us is not None  # it waits for silence
    hours = terms_of(policy.compiled, clock).hours
    return hours.due_open_us(clock.since_us, rule.after_us - clock.used_us), ()
