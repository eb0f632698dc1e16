"""18. Two versions of a policy: equal, stricter, looser, or the shortest ticket on which they differ.

Both versions live through the same acts at the same instants, in the real engine and in their own
hours, until what people see of the two is not the same. Equal is said only of versions that say the same,
titles aside; stricter and looser of versions that differ in nothing but amounts.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeVar

import attrs

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.engine import Outcome, advance, step
from escalate.core.explained import local, tell
from escalate.core.instants import as_instant
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.sla import SLAPolicy
from escalate.core.worktime import WorkTime
from escalate.errors import BadInput, ConditionFailed
from escalate.verify.abstracting import abstracted
from escalate.verify.alphabet import Alphabet, Answer, alphabet_of, command_of, move_of
from escalate.verify.findings import Finding, Verdict
from escalate.verify.noticing import noticed_by
from escalate.verify.outline import Outliner
from escalate.verify.realising import Moment, Trace, starts_of
from escalate.verify.search import Budget
from escalate.verify.stories import zone_of_policy

CODE: Final = "difference"
TITLE: Final = "Both versions treat every ticket alike"
NUMBER: Final = 18
_TICK: Final = timedelta(microseconds=1)
_SECONDS: Final = 30.0


def compare(old: EscalationPolicy, new: EscalationPolicy, budget: Budget | None = None) -> Verdict:
    """Return how *new* differs from *old*, and whether tickets in flight have a place in it."""
    homeless = tuple(_homeless(old, new))
    if _said(old) == _said(new):
        return _verdict("proved", "they say the same: equal", homeless, "equal")
    kind = _by_amounts(old, new)
    seconds = min(_SECONDS, budget.seconds if budget else _SECONDS)
    found = _Both(old, new, seconds).search()
    if found is None:
        return _verdict(
            "unknown", f"budget: no ticket was found; by their amounts {kind}", homeless, kind
        )
    return _verdict("refuted", f"the new version is {kind}", (found, *homeless), kind)


def _verdict(answer: str, why: str, findings: tuple[Finding, ...], kind: str) -> Verdict:
    return Verdict(
        number=NUMBER,
        code=CODE,
        title=TITLE,
        answer=answer,  # type: ignore[arg-type]
        why=why,
        findings=findings,
        figures={"kind": kind},
    )


def _said(policy: EscalationPolicy) -> EscalationPolicy:
    """Return *policy* without what no decision reads."""
    tiers = [
        attrs.evolve(each, title="", handles=(), team=None, skills=()) for each in policy.tiers
    ]
    targets = [attrs.evolve(each, name="") for each in policy.sla.targets]
    return attrs.evolve(
        policy, name="policy", version="same", tiers=tiers, goals=(), sla=SLAPolicy(targets)
    )


def _by_amounts(old: EscalationPolicy, new: EscalationPolicy) -> str:
    """Return whether *new* is stricter or looser, where amounts are all that differs; else different."""
    pairs = list(zip(old.sla.targets, new.sla.targets, strict=False))
    if len(old.sla.targets) != len(new.sla.targets) or _said(_leveled(old)) != _said(_leveled(new)):
        return "different"
    changes = {
        (b.within > a.within) - (b.within < a.within)
        for a, b in pairs
        if a.within is not None and b.within is not None and a.within != b.within
    }
    return {frozenset({-1}): "stricter", frozenset({1}): "looser"}.get(
        frozenset(changes), "different"
    )


def _leveled(policy: EscalationPolicy) -> EscalationPolicy:
    day = WorkTime.of(hours=1000)
    targets = [
        each if each.within is None else attrs.evolve(each, within=day, name="")
        for each in policy.sla.targets
    ]
    return attrs.evolve(policy, sla=SLAPolicy(targets))


def _homeless(old: EscalationPolicy, new: EscalationPolicy) -> Iterator[Finding]:
    """Yield what a ticket of the old version may hold and the new one does not know."""
    for what, before, after in (
        ("the tier", old.tier_names, new.tier_names),
        ("the priority", old.priorities, new.priorities),
        ("the request", _types(old), _types(new)),
    ):
        for name in before:
            if name not in after:
                yield Finding(
                    code="no-place",
                    severity="warning",
                    sentence=f"Tickets in flight may have {what} {name}, which the new version lacks.",
                    mend="Keep it until the last of them is closed, or leave them on the old version.",
                )


def _types(policy: EscalationPolicy) -> tuple[str, ...]:
    return tuple(each.name for each in policy.request_types)


@attrs.frozen(eq=False)
class _Pair:
    """One ticket under both versions, and how it came there."""

    old: Ticket
    new: Ticket
    at: datetime
    moments: tuple[Moment, ...]


Asked = c.Command | Answer
_A = TypeVar("_A")


class _Both:
    """Lives through the same acts under both versions, breadth first."""

    def __init__(self, old: EscalationPolicy, new: EscalationPolicy, seconds: float) -> None:
        self.old, self.new = old, new
        self.seconds = seconds
        self.outlines: list[Outliner] = []
        self.alphabets: list[Alphabet] = []
        for policy in (old, new):
            noticed = noticed_by(abstracted(policy).policy)
            self.outlines.append(Outliner(noticed))
            self.alphabets.append(alphabet_of(noticed, self.outlines[-1]))
        self.seen: set[Hashable] = set()

    def search(self) -> Finding | None:
        """Return the shortest ticket on which they differ; none if none was found in time."""
        began = time.process_time()
        start = starts_of(self.new)[0]
        queue: deque[_Pair] = deque()
        openings = [*self.alphabets[1].openings(), *self.alphabets[0].openings()]
        for opening in _once(openings):
            pair = _Pair(None, None, start, ())  # type: ignore[arg-type]
            found = self._next(pair, start, opening, queue)
            if found is not None:
                return found
        while queue and time.process_time() - began < self.seconds:
            pair = queue.popleft()
            for at, act in self._acts(pair):
                found = self._next(pair, at, act, queue)
                if found is not None:
                    return found
        return None

    def _acts(self, pair: _Pair) -> Iterator[tuple[datetime, Asked | None]]:
        due = [ticket.due_us for ticket in (pair.old, pair.new) if ticket.due_us is not None]
        if due:
            yield as_instant(min(due)) + _TICK, None
        paths = [p for p in (*self.new.paths, *self.old.paths) if p.source == pair.new.tier]
        bare = [_bare(path) for path in paths]
        lacking = [each for path in paths for each in self._lacking(path)]
        asked = [*self.alphabets[1].of(pair.new), *self.alphabets[0].of(pair.old), *bare, *lacking]
        yield from ((pair.at, act) for act in _once(asked))

    def _lacking(self, path: Path) -> Iterator[c.Command]:
        """Yield the move along *path* once for each field that it requires, with all else."""
        person = self.alphabets[1].person
        for field in path.requires:
            yield move_of(self.new, path.kind, path.target, person, lacking=field)

    def _next(
        self, pair: _Pair, at: datetime, act: Asked | None, queue: deque[_Pair]
    ) -> Finding | None:
        try:
            one = self._come(self.old, pair.old, at, act)
            other = self._come(self.new, pair.new, at, act)
        except (BadInput, ConditionFailed):
            return None  # a calendar ends, or a function gave no answer
        if one is None or other is None:
            return None
        if _seen(one) != _seen(other):
            return self._difference(pair, at, act, one, other)
        if one.ticket is not None and other.ticket is not None and one.refusal is None:
            self._go_on(pair, at, act, one.ticket, other, queue)
        return None

    def _go_on(
        self,
        pair: _Pair,
        at: datetime,
        act: Asked | None,
        old: Ticket,
        other: Outcome,
        queue: deque[_Pair],
    ) -> None:
        new = other.ticket
        assert new is not None
        key = tuple(
            # What was tried fills a field of a handoff, whoever tells it.
            (outline.of(ticket), _fired(ticket), bool(ticket.attempts))
            for outline, ticket in zip(self.outlines, (old, new), strict=True)
        )
        if key not in self.seen:
            self.seen.add(key)
            moment = Moment(at, self._command(act, pair.new), other.events, new)
            queue.append(_Pair(old, new, at, (*pair.moments, moment)))

    def _command(self, act: Asked | None, ticket: Ticket | None) -> c.Command | None:
        return None if act is None else command_of(act, ticket, self.alphabets[1].chief)

    def _come(
        self, policy: EscalationPolicy, ticket: Ticket | None, at: datetime, act: Asked | None
    ) -> Outcome | None:
        if act is None:
            assert ticket is not None
            return advance(ticket, policy, before=at)
        command = self._command(act, ticket)
        return None if command is None else step(ticket, command, policy, now=at)

    def _difference(
        self, pair: _Pair, at: datetime, act: Asked | None, one: Outcome, other: Outcome
    ) -> Finding:
        command = self._command(act, pair.new)
        if other.ticket is not None and other.refusal is None:
            moments = (*pair.moments, Moment(at, command, other.events, other.ticket))
        else:
            moments = pair.moments
        asked = "time passes" if command is None else type(command).__name__
        when = local(at, zone_of_policy(self.new))
        return Finding(
            code=CODE,
            severity="note",
            sentence=f"On {when} ({asked}) the old version does: {_told(one)}; the new: {_told(other)}.",
            trace=Trace(self.new, moments) if moments else None,
        )


def _bare(path: Path) -> c.Command:
    """Return the move along *path* with nothing said, by somebody without a role."""
    if path.kind == "escalate":
        return c.Escalate(path.target)
    return c.Return(to=path.target) if path.kind == "return" else c.Transfer(path.target)


def _once(asked: Iterable[_A]) -> Iterable[_A]:
    """Return *asked* without what is there twice; not everything that can be asked has a hash."""
    return {repr(each): each for each in asked}.values()


def _told(outcome: Outcome) -> str:
    if outcome.refusal is not None:
        return f"no, {outcome.refusal}"
    return "; ".join(tell(event) for event in outcome.events) or "nothing"


def _fired(ticket: Ticket) -> Hashable:
    live = [clock for clock in ticket.clocks.values() if clock.is_live]
    return tuple(sorted((clock.name, len(clock.fired), clock.breached) for clock in live))


_NAMES: Final = ("source", "target", "status", "receiver", "priority", "tag", "tier", "why", "kind")
_PLAN: Final = (e.StepReached, e.RuleFired, e.IdleReached)


def _seen(outcome: Outcome) -> Hashable:
    """Return what people see of *outcome*: not by which rule or step, whose names may change."""
    refused = None if outcome.refusal is None else outcome.refusal.code
    events = tuple(
        (type(event).__name__, event.at_us, *(_value(event, name) for name in _NAMES))
        for event in outcome.events
        if not isinstance(event, _PLAN)
    )
    return refused, events


def _value(event: e.Event, name: str) -> str:
    # How a breach calls its target may hold the amount; that it comes then is what counts.
    return "" if isinstance(event, e.Breached) else str(getattr(event, name, ""))
