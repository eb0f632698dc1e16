"""10 and 12. Promises stand in order, and how long each can last on the wall is known.

Bad: a first answer that may come later than the solution, or urgent tickets that wait longer than others::

    Target("first_response", "8h", default=True), Target("resolution", "4h", default=True)

Good: the other way round. Promises are compared in the situations that tickets come to, each in its own
hours: two hours around the clock may be sooner or later than two hours of the office. What a change of
priority makes late (``on_change``) is no promise out of order.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from escalate.core.clocks import Terms
from escalate.core.compiled import Compiled
from escalate.core.deciding.clockwork import pick
from escalate.core.explained import local, zone_of
from escalate.core.instants import as_instant
from escalate.core.model import Draft, Ticket
from escalate.core.opentime.zonedays import find_zone
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.verify.findings import Finding, Verdict
from escalate.verify.hours import Promise, comparable, later_start, worst_wall
from escalate.verify.outline import REST_US, redated
from escalate.verify.properties.base import Inquiry, Property, place_of_deed

_UNTOLD = "hours that show no windows, or steps in working days"
_FROM_OPENING = ("first_response", "resolution", "requester_wait", "agent_work", "ownership")


class Ordered(Property):
    """Looks for promises that come in the wrong order."""

    number = 10
    code = "promises-out-of-order"
    title = "Promises stand in order: higher priorities first, answers before solutions"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        policy = inquiry.policy
        if any(callable(target.when) for target in policy.sla.targets):
            return self.unknown("opaque: which promise applies depends on a Python function")
        found = dict(_late_words(policy))
        for chosen in _situations(inquiry):
            found.update(_across_priorities(policy, chosen))
            for each in chosen.by_priority:
                found.update(_across_clocks(policy, chosen.tier, each))
        wrong = [each for each in found.values() if each is not None]
        if wrong:
            return self.refuted("what applies was compared in every situation", *wrong)
        if not inquiry.complete:
            return self.stopped(inquiry)
        open_ = [key for key, each in found.items() if each is None]
        if open_:
            return self.unknown(f"{_UNTOLD}: {', '.join(open_)}")
        return self.proved("what applies was compared in every situation")


Chosen = tuple[tuple[str, Terms], ...]
Found = Iterator[tuple[str, Finding | None]]
"""What was looked at, with what is wrong with it; or none, where that cannot be told."""


@attrs.frozen
class Situation:
    """What applies somewhere: for each priority, lowest first, the terms on each clock."""

    tier: str
    by_priority: tuple[Chosen, ...]


def _situations(inquiry: Inquiry) -> Iterator[Situation]:
    """Yield what applies in each situation, each combination once."""
    policy, tables = inquiry.policy, inquiry.policy.compiled
    clocks = [name for name in tables.clocks if name in _FROM_OPENING or name == "next_response"]
    seen = set()
    for node in inquiry.space.nodes:
        ticket = node.ticket
        if ticket.status.is_done:
            continue
        rows = tuple(
            tuple((name, _terms(tables, _at(ticket, priority), name)) for name in clocks)
            for priority in policy.priorities
        )
        key = ticket.tier, tuple(id(terms) for row in rows for _, terms in row)
        if key not in seen:
            seen.add(key)
            yield Situation(ticket.tier, rows)


def _terms(tables: Compiled, ticket: Ticket, name: str) -> Terms:
    return pick(tables, ticket, name, ticket.tier, REST_US)


def _at(ticket: Ticket, priority: str) -> Ticket:
    def change(draft: Draft) -> None:
        draft.priority = priority

    return redated(ticket, change)


def _across_priorities(policy: EscalationPolicy, chosen: Situation) -> Found:
    """Yield promises that are later for a higher priority than for a lower one."""
    rows = [dict(row) for row in chosen.by_priority]
    for low, lower in enumerate(rows):
        for high in range(low + 1, len(rows)):
            for name, terms in lower.items():
                other = rows[high][name]
                if other is terms or terms.target is None:
                    continue
                names = policy.priorities[high], policy.priorities[low]
                if other.target is None:
                    sentence = (
                        f"Nothing is promised to {names[0]} tickets in {chosen.tier} on the clock "
                        f"{name}, while {names[1]} ones have {terms.target!r}."
                    )
                    yield f"{name} {terms.target}", _finding(policy, terms, sentence)
                    continue
                sentence = (
                    f"A {names[0]} ticket in {chosen.tier} may be promised {other.target!r} later than "
                    f"a {names[1]} one {terms.target!r}, as one that comes in on {{start}}."
                )
                yield from _late(policy, other, terms, sentence)


def _across_clocks(policy: EscalationPolicy, tier: str, row: Chosen) -> Found:
    """Yield a first answer after the solution, and moves that come after the solution is due."""
    terms = dict(row)
    solved = terms.get("resolution")
    if solved is None or solved.target is None:
        return
    first = terms.get("first_response")
    if first is not None and first.target is not None:
        sentence = (
            f"The first answer ({first.target!r}) may be promised later than the solution "
            f"({solved.target!r}), as for a ticket that comes in on {{start}}."
        )
        yield from _late(policy, first, solved, sentence)
    if tier != policy.entry_tier:
        return  # further on, clocks have begun at different times
    for name, each in row:
        yield from _late_moves(policy, name, each, solved)


def _late_moves(policy: EscalationPolicy, name: str, terms: Terms, solved: Terms) -> Found:
    moving = {name for name, deed in policy.compiled.steps.items() if deed.doing.move is not None}
    if terms.days is not None:  # how much of its open time has gone at a step depends on the start
        yield from ((name, None) for _, name in terms.steps if name in moving)
        return
    hours = policy.calendar(terms.calendar)
    for entry in terms.plan:
        if entry.name not in moving:
            continue
        step, solution = Promise(hours, entry.amount_us), _promise(policy, solved)
        if not comparable(step, solution):
            yield entry.name, None
            continue
        start = later_start(step, solution)
        if start is not None:
            sentence = (
                f"The step {entry.name!r} moves the ticket only after its solution was due "
                f"({solved.target!r}), as for one that comes in on {_read(policy, solved, start)}."
            )
            place = place_of_deed(policy, entry.name)
            yield entry.name, _finding(policy, terms, sentence, place)


def _promise(policy: EscalationPolicy, terms: Terms) -> Promise:
    return Promise(policy.calendar(terms.calendar), terms.within_us or 0, terms.days)


def _late(policy: EscalationPolicy, one: Terms, other: Terms, sentence: str) -> Found:
    """Yield that *one* may be due later than *other*, from the ``{start}`` of *sentence*, if so."""
    key = f"{one.target} > {other.target}"
    mine, theirs = _promise(policy, one), _promise(policy, other)
    if not comparable(mine, theirs):
        yield key, None
        return
    start = later_start(mine, theirs)
    if start is not None:
        read = _read(policy, one, start)
        yield key, _finding(policy, one, sentence.replace("{start}", read))


def _read(policy: EscalationPolicy, terms: Terms, at_us: int) -> str:
    return local(as_instant(at_us), find_zone(zone_of(policy.calendar(terms.calendar))))


def _finding(policy: EscalationPolicy, terms: Terms, sentence: str, place: str = "") -> Finding:
    names = [target.name for target in policy.sla.targets]
    return Finding(
        code=Ordered.code,
        severity="error",
        sentence=sentence,
        place=place or f"targets[{names.index(terms.target or '')}]",
        mend="Change one of the two amounts, or the hours that they count in.",
    )


def _late_words(policy: EscalationPolicy) -> Found:
    """Yield targets whose first notice comes only after they are broken."""
    for i, target in enumerate(policy.sla.targets):
        if target.within is None:
            continue
        told = [step.at.amount_us(target.within.us) for step in target.steps if step.notify]
        moves = any(step.move or step.invite or step.ask_approval for step in target.steps)
        if told and min(told) > target.within.us and not moves:
            yield (
                f"late {target.name}",
                Finding(
                    code=Ordered.code,
                    severity="warning",
                    sentence=f"Of {target.name!r} nobody is told before it is broken, nor when it is.",
                    place=f"targets[{i}].steps",
                    mend='Tell somebody at "75%" or at "100%".',
                ),
            )


class WorstTime(Property):
    """Works out how long each promise can last on the wall, over every start of the years ahead."""

    number = 12
    code = "worst-time"
    title = "How long each promise can last on the wall is known"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        figures: dict[str, str] = {}
        unknown = []
        for name, terms in _promises(inquiry.policy):
            promise = _promise(inquiry.policy, terms)
            worst = worst_wall(promise)
            if worst is None:
                unknown.append(name)
            elif promise.days is not None:
                days = "working day" if promise.days == 1 else "working days"
                figures[name] = f"{promise.days} {days}: {worst}"
            else:
                figures[name] = f"{WorkTime(promise.amount_us)}: {worst}"
        if unknown:
            why = "hours that show no windows, or no end in the years that calendars know"
            return self.unknown(f"{why}: {', '.join(unknown)}", figures=figures)
        return self.proved("over every start of the years looked at", figures=figures)


def _promises(policy: EscalationPolicy) -> Iterator[tuple[str, Terms]]:
    """Yield every promise, once for each calendar that it counts in."""
    seen = set()
    for ways in policy.compiled.terms.values():
        for terms in ways:
            name = f"{terms.target} ({terms.calendar})"
            if terms.target is not None and name not in seen:
                seen.add(name)
                yield name, terms
