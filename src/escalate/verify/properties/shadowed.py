"""6 and 7. Of what is tried in order, nothing stands behind what always wins; rules that disagree are named.

Bad: the general before the particular::

    Target("ownership", "12h", tiers=["N1"])
    Target("ownership", "2h", tiers=["N1"], when='priority == "urgent"')

Good: the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

from escalate.core import events as e
from escalate.core.checking import condition
from escalate.core.compiled import Deed, Holds
from escalate.core.conditions import Condition, Vocabulary, implies, overlap, within
from escalate.core.engine import fold
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.rules import Rule
from escalate.errors import TooManyCases
from escalate.verify.findings import Finding, Verdict
from escalate.verify.properties.base import SEARCHED, SPURIOUS, Inquiry, Property, Suspicions
from escalate.verify.realising import Trace
from escalate.verify.search import Edge, Space
from escalate.verify.telling import might_fire

_CASES = "by the cases of their conditions"


class Shadowed(Property):
    """Looks for what stands behind something that always comes first."""

    number = 6
    code = "shadowed"
    title = "No rule, target or path stands behind one that always comes first"

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        try:
            findings = [*_rules(inquiry.policy), *_targets(inquiry.policy), *_paths(inquiry.policy)]
        except TooManyCases as why:
            return self.unknown(f"budget: {why}")
        if findings:
            return self.refuted(_CASES, *findings)
        functions = "; functions were taken to differ" if inquiry.policy.reads.opaque else ""
        return self.proved(f"{_CASES}{functions}")


def covers(policy: EscalationPolicy, first: object, second: object) -> bool:
    """Whether condition *first* holds whenever *second* does; a function is known to equal nothing.

    Raises:
        TooManyCases: There are too many cases to look at.
    """
    one, other = read(policy, first), read(policy, second)
    if one is None:
        return True
    if not isinstance(one, Condition) or (other is not None and not isinstance(other, Condition)):
        return False
    if other is None:
        return not within(one.ranges(true=False), policy.vocabulary)
    return implies(other, one, policy.vocabulary)


def read(policy: EscalationPolicy, when: object) -> Holds:
    """Return the condition that *when* stands for."""
    return _read(when, policy.vocabulary)


@lru_cache(maxsize=4_096)  # each is held against each: 200 rules read theirs 20,000 times
def _read(when: Any, words: Vocabulary) -> Holds:
    return condition(when, words, "when", clock=True)


def _everywhere(tiers: tuple[str, ...], policy: EscalationPolicy) -> set[str]:
    return set(tiers or policy.tier_names)


def _rules(policy: EscalationPolicy) -> Iterator[Finding]:
    for j, rule in enumerate(policy.rules):
        if rule.move is None or rule.after_us is not None:
            continue
        for first in policy.rules[:j]:
            if first.move is None or first.on != rule.on or first.after_us is not None:
                continue
            here = _everywhere(rule.at, policy)
            # One whose target is the tier itself fires without moving, and so leaves room the next time.
            leaves = here <= _everywhere(first.at, policy) and first.move[1] not in here
            if leaves and covers(policy, first.when, rule.when):
                yield _finding(f"rules[{j}]", f"The rule {rule.name!r}", first.name)
                break


def _targets(policy: EscalationPolicy) -> Iterator[Finding]:
    targets = policy.sla.targets
    tried = sorted(range(len(targets)), key=lambda i: targets[i].default)
    for place, j in enumerate(tried):
        target = targets[j]
        for i in tried[:place]:
            first = targets[i]
            here = _everywhere(target.tiers, policy) <= _everywhere(first.tiers, policy)
            if first.clock == target.clock and here and covers(policy, first.when, target.when):
                yield _finding(f"targets[{j}]", f"The promise {target.name!r}", first.name)
                break


def _paths(policy: EscalationPolicy) -> Iterator[Finding]:
    for j, path in enumerate(policy.paths):
        key = path.source, path.target, path.kind
        for first in policy.paths[:j]:
            if (first.source, first.target, first.kind) == key and covers(
                policy, first.when, path.when
            ):
                yield _finding(
                    f"paths[{j}]", f"The path {path.source} > {path.target}", "an equal one"
                )
                break


def _finding(place: str, what: str, first: str) -> Finding:
    return Finding(
        code=Shadowed.code,
        severity="warning",
        sentence=f"{what} never has its turn: {first!r} comes before it and always fits when it does.",
        place=place,
        mend="Put the particular before the general.",
    )


class Disagreeing(Property):
    """Looks for two rules that want opposite things at one time."""

    number = 7
    code = "disagreeing-rules"
    title = "No two rules of one event want different things"

    def __init__(self) -> None:
        self._space: Space
        self._met = Suspicions()
        self._pairs: list[Pair] = []
        self._too_many = ""

    def begin(self, space: Space) -> None:
        """Find which rules could disagree."""
        self._space = space
        try:
            self._pairs = list(_pairs(space.policy))
        except TooManyCases as why:
            self._too_many = str(why)

    def watch(self, edge: Edge) -> None:
        """See whether a rule acts while one that wants something else would have, too."""
        if not self._pairs:
            return
        before = None if edge.source < 0 else self._space.nodes[edge.source].ticket
        for i, event in enumerate(edge.events):
            if isinstance(event, e.RuleFired):
                for pair in self._pairs:
                    if event.rule == pair[0].name and self._would(pair[1], before, edge.events, i):
                        self._met.add(_key(pair), edge)

    def _would(
        self, rule: Rule, before: Ticket | None, events: Sequence[e.Event], fired: int
    ) -> bool:
        return might_fire(
            _judged(before, events, fired), _deed(self._space.policy, rule), self._space.noticed
        )

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        if self._too_many:
            return self.unknown(f"budget: {self._too_many}")
        findings, spurious = [], False
        for pair in self._pairs:
            trace = self._met.shown(inquiry, _key(pair), partial(_both, pair, inquiry.policy))
            if trace is not None:
                findings.append(_disagree(inquiry.policy, pair, trace))
            elif _key(pair) in self._met.kinds:
                spurious = True
        if findings:
            return self.refuted("a ticket was followed", *findings)
        if spurious:
            return self.unknown(SPURIOUS)
        if self._pairs and not inquiry.complete:
            return self.stopped(inquiry)
        note = "a person's act at a timer's very instant comes before it (SEMANTICS 3.4)"
        return self.proved(f"{_CASES if not self._pairs else SEARCHED}; {note}")


Pair = tuple[Rule, Rule]


def _key(pair: Pair) -> str:
    return f"{pair[0].name} / {pair[1].name}"


def _pairs(policy: EscalationPolicy) -> Iterator[Pair]:
    """Yield rules whose deeds differ and whose conditions can hold at once, neither behind the other."""
    for j, later in enumerate(policy.rules):
        for first in policy.rules[:j]:
            same = first.on == later.on and first.after_us is None and later.after_us is None
            tiers = _everywhere(first.at, policy) & _everywhere(later.at, policy)
            differ = same and tiers and _differ(first, later) and _meet(policy, first, later)
            if differ and not covers(policy, first.when, later.when):
                yield first, later


def _differ(first: Rule, later: Rule) -> bool:
    moves = first.move and later.move and first.move != later.move
    ranks = first.set_priority and later.set_priority and first.set_priority != later.set_priority
    return bool(moves or ranks)


def _meet(policy: EscalationPolicy, first: Rule, later: Rule) -> bool:
    one, other = read(policy, first.when), read(policy, later.when)
    if not isinstance(one, Condition) or not isinstance(other, Condition):
        return True
    return bool(within(overlap(one.ranges(), other.ranges()), policy.vocabulary))


def _deed(policy: EscalationPolicy, rule: Rule) -> Deed:
    return next(deed for deed in policy.compiled.rules if deed.name == rule.name)


def _judged(before: Ticket | None, events: Sequence[e.Event], fired: int) -> Ticket:
    """Return the ticket that all rules were judged on when the one of event number *fired* was."""
    event = events[fired]
    assert isinstance(event, e.RuleFired)
    cause = next((k for k in range(fired, -1, -1) if event.on in events[k].words), fired)
    return fold(before, events[: cause + 1])


def _both(pair: Pair, policy: EscalationPolicy, life: Trace) -> bool:
    """Whether in *life* the first rule of *pair* acted while the second one's condition held."""
    deed, journal = _deed(policy, pair[1]), life.journal
    for i, event in enumerate(journal):
        if isinstance(event, e.RuleFired) and event.rule == pair[0].name:
            ticket = _judged(None, journal, i)
            here = deed.at is None or ticket.tier in deed.at
            if here and (deed.when is None or deed.when.holds(ticket, event.at_us)):
                return True
    return False


def _disagree(policy: EscalationPolicy, pair: Pair, trace: Trace) -> Finding:
    first, later = pair
    moves = first.move and later.move
    what = "move it to different tiers" if moves else "give it different priorities"
    wins = first if moves else later
    return Finding(
        code=Disagreeing.code,
        severity="warning",
        sentence=f"The rules {first.name!r} and {later.name!r} can fit one ticket at one time and {what}; "
        f"{wins.name!r} has its way, by the order in which they are written.",
        place=f"rules[{policy.rules.index(later)}]",
        mend="Give one of them a condition that leaves the other's tickets alone.",
        trace=trace,
    )
