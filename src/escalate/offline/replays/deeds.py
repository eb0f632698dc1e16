"""What rules and steps would have done, and what people did then.

A log knows nothing of what would have followed a move that was not made: each deed is held against what
people did on the ticket as it was, and one that comes after such a move is counted apart.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import attrs

from escalate.core.doing import Doing
from escalate.core.events import Advised
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
from escalate.offline.log import Case
from escalate.offline.replays.courses import Reading
from escalate.offline.replays.tallies import Tally

DeedKind = Literal["step", "rule", "limit"]
SAME: Final = "people moved it there later"
ELSEWHERE: Final = "people moved it elsewhere"
FINISHED: Final = "people never moved it, and finished it"
NEVER: Final = "people had not moved it when the log ends"
OUTCOMES: Final = (SAME, ELSEWHERE, FINISHED, NEVER)
_OTHERS: Final = ("invite", "set_priority", "tag", "ask_approval", "classify")


@attrs.define
class Advice(Tally):
    """How often a step or rule would have acted, and what people did.

    Attributes:
        kind: A step of a target, a rule, or a limit of the policy that was reached.
        name: What journals call it.
        does: What it would have done, in a few words.
        after_a_move: How many of the times come after a move that the policy would have made on the same
            ticket: whether they would have come at all nobody knows.
        people: For a deed that moves: how often people did what, by :data:`OUTCOMES`.
        sooner_us: For a deed that moves: how long before people made the same move, each time they did.
        until_next_us: How long until people next did anything to the ticket, each time they did.
    """

    kind: DeedKind = attrs.field(default="step", kw_only=True)
    name: str = attrs.field(default="", kw_only=True)
    does: str = attrs.field(default="", kw_only=True)
    after_a_move: int = attrs.field(default=0, kw_only=True)
    people: Counter[str] = attrs.field(factory=Counter, kw_only=True)
    sooner_us: array[int] = attrs.field(factory=lambda: array("q"), kw_only=True, repr=False)
    until_next_us: array[int] = attrs.field(factory=lambda: array("q"), kw_only=True, repr=False)

    @property
    def label(self) -> str:
        """Its kind and name."""
        return f"{self.kind} {self.name}"

    def merge(self, other: Tally) -> None:
        """Count what another one counted over other cases."""
        super().merge(other)
        assert isinstance(other, Advice)  # of the same deed
        self.after_a_move += other.after_a_move
        self.people.update(other.people)
        self.sooner_us.extend(other.sooner_us)
        self.until_next_us.extend(other.until_next_us)

    def to_json(self) -> dict[str, object]:
        """Return what it is, how often it would have acted, and what people did."""
        people = {name: self.people[name] for name in OUTCOMES} if self.people else {}
        about = {"kind": self.kind, "name": self.name, "does": self.does}
        return {**about, **super().to_json(), "after_a_move": self.after_a_move, "people": people}


Deeds = dict[tuple[str, str], Advice]


def deeds_of(policy: EscalationPolicy) -> Deeds:
    """Return a line at nought for each step and rule of *policy*, as declared."""
    return {(each.kind, each.name): each for each in _declared(policy)}


def count_deeds(deeds: Deeds, reading: Reading, case: Case) -> None:
    """Count what would have been done on one case."""
    moved = False
    for place, event in reading.advised:
        advice = _advice(deeds, event)
        advice.add(reading.case)
        advice.after_a_move += moved
        later = [act for act in reading.acts if act[0] > place]
        if later:
            advice.until_next_us.append(later[0][1] - event.at_us)
        if event.move is not None:
            moved = True
            _hold_against(advice, event, later, case)


def merge_deeds(deeds: Deeds, other: Deeds) -> None:
    """Add what was counted over other cases."""
    for key, advice in other.items():
        known = deeds.get(key)
        if known is None:
            known = deeds[key] = Advice(kind=advice.kind, name=advice.name, does=advice.does)
        known.merge(advice)


def in_order(deeds: Deeds) -> Deeds:
    """Return *deeds* as declared, then the limits that were reached, by name."""
    return dict(sorted(deeds.items(), key=lambda item: _place(item[0])))


def _place(key: tuple[str, str]) -> tuple[bool, str]:
    kind, name = key
    return (True, name) if kind == "limit" else (False, "")


def _hold_against(
    advice: Advice, event: Advised, later: list[tuple[int, int, str]], case: Case
) -> None:
    assert event.move is not None
    target = event.move[1]
    moves = [(at_us, to) for _, at_us, to in later if to]
    if moves and moves[0][1] == target:
        advice.people[SAME] += 1
        advice.sooner_us.append(moves[0][0] - event.at_us)
    elif moves:
        advice.people[ELSEWHERE] += 1
    else:
        known = [row.meaning for row in case.rows if row.meaning is not None]
        done = bool(known) and known[-1] in (Status.RESOLVED, Status.CLOSED)
        advice.people[FINISHED if done else NEVER] += 1


def _advice(deeds: Deeds, event: Advised) -> Advice:
    known = deeds.get(("rule" if event.is_rule else "step", event.name))
    if known is not None:
        return known
    does = f"notify {', '.join(event.notify)}"
    limit = Advice(kind="limit", name=event.name, does=does)
    return deeds.setdefault((limit.kind, limit.name), limit)


def _declared(policy: EscalationPolicy) -> Iterator[Advice]:
    for target in policy.sla.targets:
        for step in target.steps:
            yield Advice(kind="step", name=f"{target.name}: {step.name}", does=told(step))
    for rule in policy.rules:
        yield Advice(kind="rule", name=rule.name, does=told(rule))


def told(doing: Doing) -> str:
    """Say in a few words what *doing* does.

    >>> told(Doing(escalate_to="N2", notify="tier_lead", classify=True))
    'escalate to N2, notify tier_lead, classify'
    """
    parts = [] if doing.move is None else [f"{doing.move[0]} to {doing.move[1]}"]
    parts += [f"notify {receiver}" for receiver in doing.notify]
    for name in _OTHERS:
        value: Any = getattr(doing, name)
        words: Iterable[str] | str = " and ".join(value) if isinstance(value, tuple) else str(value)
        if value:
            parts.append(name.replace("_", " ") + ("" if value is True else f" {words}"))
    return ", ".join(parts)
