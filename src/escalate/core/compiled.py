"""What the engine looks up at every step, worked out once for each policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from escalate.core.checking import condition
from escalate.core.clockkinds import BUILT_IN, IDLE, IDLE_KIND, ClockKind, Heard, hear
from escalate.core.clocks import Entry, Terms, in_order
from escalate.core.conditions import Condition, Opaque
from escalate.core.doing import Doing
from escalate.core.lifecycle import status_table, verb_targets
from escalate.core.model import Actor
from escalate.core.opentime.timeline import OpenTime
from escalate.core.protocol import Permission, RequestType
from escalate.core.sla import Step, Target
from escalate.core.status import Status
from escalate.core.workcalendar import Calendar

if TYPE_CHECKING:
    from escalate.core.model import MoveKind
    from escalate.core.policy import EscalationPolicy, Path
    from escalate.core.rules import Rule

CACHED: Final = 1_000
Ear = tuple[str, ClockKind, Heard]
Holds = Condition | Opaque | None


@attrs.frozen(eq=False)
class Way:
    """A path, its condition read."""

    path: Path
    when: Holds


@attrs.frozen(eq=False)
class Deed:
    """A step or a rule, ready to be carried out.

    Attributes:
        name: How the journal calls it.
        by: The actor that the journal names.
        doing: What it does.
        when: Its condition.
        on: For a rule: the word that it waits for.
        at: For a rule: the tiers in which it applies; none means all.
        times: For a rule: how often it may fire in one stay in a tier.
        cooldown_us: For a rule: how long it rests.
    """

    name: str
    by: Actor
    doing: Doing
    when: Holds
    on: str = ""
    at: frozenset[str] | None = None
    times: int = 1
    cooldown_us: int | None = None


@attrs.frozen(eq=False)
class Compiled:
    """Tables of one policy.

    Attributes:
        ways: For each (tier, kind of move), the paths that leave it, in declared order.
        clocks: The kinds of the clocks that run, by name: those that some target speaks of.
        terms: For each (clock, tier), the terms to try, in order; the last one always applies.
        terms_elsewhere: The same for a tier that the policy does not know, where a host may have put
            a ticket all the same.
        terms_by_name: For each (clock, target, calendar), the terms that a journal refers to.
        reads: For each clock, what of a ticket the choice of its target depends on.
        steps: What to do at each step, by how plans call it.
        rules: The rules, in declared order, except those that wait for nothing to happen.
        idle_rules: The rules that wait for nothing to happen, by how plans call them.
        order: For each target, its place in the declared order, for timers of one instant.
        statuses: The next status for each (status, verb).
        edges: Each (status, next status) that the lifecycle has.
        verbs: The status that each verb leads to.
        on_reopen: What becomes of the clocks that resolving ended, when a ticket reopens.
        request_types: By name, in declared order.
        permissions: Who may give a command, by its name; one that is not there anybody may.
        reasons: The reason codes of handoffs; none means that any word is one.
        max_bounces: After so many, a ticket goes no further back.
        receivers: For each receiver, the name of the calendar in which it can be reached.
    """

    ways: Mapping[tuple[str, MoveKind], tuple[Way, ...]]
    clocks: Mapping[str, ClockKind]
    terms: Mapping[tuple[str, str], tuple[Terms, ...]]
    terms_elsewhere: Mapping[str, tuple[Terms, ...]]
    terms_by_name: Mapping[tuple[str, str | None, str], Terms]
    reads: Mapping[str, frozenset[str]]
    steps: Mapping[str, Deed]
    rules: tuple[Deed, ...]
    idle_rules: Mapping[str, Deed]
    order: Mapping[str | None, int]
    statuses: Mapping[tuple[Status, str], Status]
    edges: frozenset[tuple[Status, Status]]
    verbs: Mapping[str, Status]
    on_reopen: str
    request_types: Mapping[str, tuple[RequestType, ...]]
    permissions: Mapping[str, tuple[Permission, ...]]
    reasons: tuple[str, ...]
    max_bounces: int
    receivers: Mapping[str, str]

    times_requests: bool = attrs.field(init=False)
    choices: frozenset[tuple[str, str, str | None, str]] = attrs.field(init=False)
    _rules_by_words: dict[frozenset[str], tuple[Deed, ...]] = attrs.field(factory=dict, init=False)
    _ears: dict[Any, tuple[Ear, ...]] = attrs.field(factory=dict, init=False)
    _all_ears: dict[Any, Mapping[str, Ear]] = attrs.field(factory=dict, init=False)

    @times_requests.default
    def _times_requests(self) -> bool:
        """Whether any target speaks of accepting or approving."""
        return "accept" in self.clocks or "approval" in self.clocks

    @choices.default
    def _choices(self) -> frozenset[tuple[str, str, str | None, str]]:
        """Every (clock, tier, target, calendar) that can be chosen in a tier of the policy."""
        return frozenset(
            (clock, tier, each.target, each.calendar)
            for (clock, tier), ways in self.terms.items()
            for each in ways
        )

    def request_type(self, name: str | None, channel: str | None) -> RequestType | None:
        """Return the request type that *name* means on *channel*, its tier filled in; none if it is none.

        One that names the channel goes before one for any channel. What comes in another way than was
        foreseen is the first of that name: a request is not lost for its channel.
        """
        known = self.request_types.get(name or "", ())
        if len(known) < 2:
            return known[0] if known else None
        named = (each for each in known if channel in each.channels)
        open_to_all = (each for each in known if not each.channels)
        return next(named, None) or next(open_to_all, None) or known[0]

    def ears(
        self, words: frozenset[str], touches: frozenset[str], anew: Status | None
    ) -> tuple[Ear, ...]:
        """Return the clocks that an event can change, with what each hears in it.

        Args:
            words: What the event is called.
            touches: What it changes that conditions may read.
            anew: The status that the ticket comes to, which is a word too and concerns every clock;
                none if it stays.
        """
        key = words, touches, anew
        known = self._ears.get(key)
        if known is None:
            _keep_small(self._ears)
            if anew is not None:
                words |= {anew.value}
            known = self._ears[key] = tuple(
                (name, kind, hear(kind, words))
                for name, kind in self.clocks.items()
                if name != IDLE and (anew or self._concerns(name, kind, words, touches))
            )
        return known

    def all_ears(self, words: frozenset[str], status: Status) -> Mapping[str, Ear]:
        """Return every clock, by name, with what it hears in *words* as the ticket comes to *status*."""
        key = words, status
        known = self._all_ears.get(key)
        if known is None:
            _keep_small(self._all_ears)
            words |= {status.value}
            known = self._all_ears[key] = {
                name: (name, kind, hear(kind, words)) for name, kind in self.clocks.items()
            }
        return known

    def _concerns(
        self, name: str, kind: ClockKind, words: frozenset[str], touches: frozenset[str]
    ) -> bool:
        reassigns = kind.met_by_answer and "assignee" in touches
        if words & kind.words or touches & self.reads[name] or reassigns:
            return True
        return EVERYTHING in self.reads[name]

    def rules_for(self, words: frozenset[str]) -> tuple[Deed, ...]:
        """Return the rules that wait for one of *words*, in declared order."""
        known = self._rules_by_words.get(words)
        if known is None:
            _keep_small(self._rules_by_words)
            known = self._rules_by_words[words] = tuple(
                rule for rule in self.rules if rule.on in words
            )
        return known

    def other_terms(self, clock: str) -> tuple[Terms, ...]:
        """Return all terms that *clock* may come to count on; none if it never changes."""
        found = tuple(each for (name, _, _), each in self.terms_by_name.items() if name == clock)
        return found if len(found) > 1 else ()

    def ways_between(self, source: str, target: str) -> tuple[Way, ...]:
        """Return the ways that lead from one tier to another, whatever their kind."""
        found = (way for kind in _KINDS for way in self.ways.get((source, kind), ()))
        return tuple(way for way in found if way.path.target == target)

    def terms_to_try(self, clock: str, tier: str) -> tuple[Terms, ...]:
        """Return the terms to try for *clock* in *tier*, in order."""
        return self.terms.get((clock, tier)) or self.terms_elsewhere[clock]


def _keep_small(cache: dict[Any, Any]) -> None:
    """Hosts send signals and fields of any name; what is worked out for each must not pile up."""
    if len(cache) >= CACHED:
        cache.clear()


def compile_policy(policy: EscalationPolicy) -> Compiled:
    """Return the tables of *policy*."""
    kinds = dict(BUILT_IN) | {clock.name: clock.kind for clock in policy.clocks}
    used = dict.fromkeys(target.clock for target in policy.sla.targets)
    clocks = {name: kinds[name] for name in used}
    idle = [rule for rule in policy.rules if rule.after_us is not None]
    terms = {
        (clock, tier): _terms_to_try(policy, clock, kind, tier)
        for clock, kind in clocks.items()
        for tier in policy.tier_names
    }
    elsewhere = {clock: _terms_to_try(policy, clock, kind, None) for clock, kind in clocks.items()}
    if idle:
        clocks[IDLE] = IDLE_KIND
        elsewhere[IDLE] = (_idle_terms(policy, idle),)
    return Compiled(
        ways=_ways(policy),
        clocks=clocks,
        terms=terms,
        terms_elsewhere=elsewhere,
        terms_by_name=_by_name(terms, elsewhere),
        reads={clock: _reads(policy, clock) for clock in clocks},
        steps=_steps(policy),
        rules=_rules(policy),
        idle_rules={idle_name(rule): _deed(policy, rule) for rule in idle},
        order={target.name: place for place, target in enumerate(policy.sla.targets)},
        statuses=status_table(),
        edges=frozenset((source, target) for (source, _), target in status_table().items()),
        verbs=verb_targets(),
        on_reopen=policy.on_reopen,
        request_types=_request_types(policy),
        permissions=_permissions(policy),
        reasons=policy.reasons,
        max_bounces=policy.max_bounces,
        receivers={each.name: each.calendar or _only(policy) for each in policy.receivers},
    )


_KINDS: Final[tuple[MoveKind, ...]] = ("escalate", "return", "transfer")


def _ways(policy: EscalationPolicy) -> dict[tuple[str, MoveKind], tuple[Way, ...]]:
    words = policy.vocabulary
    found = [Way(path, condition(path.when, words, path.place)) for path in policy.paths]
    return {
        (tier, kind): tuple(
            way for way in found if way.path.source == tier and way.path.kind == kind
        )
        for tier in policy.tier_names
        for kind in _KINDS
    }


def _request_types(policy: EscalationPolicy) -> dict[str, tuple[RequestType, ...]]:
    found: dict[str, tuple[RequestType, ...]] = {}
    for each in policy.request_types:
        settled = attrs.evolve(each, tier=each.tier or policy.entry_tier)
        found[each.name] = (*found.get(each.name, ()), settled)
    return found


def _permissions(policy: EscalationPolicy) -> dict[str, tuple[Permission, ...]]:
    found: dict[str, tuple[Permission, ...]] = {}
    for each in policy.permissions:
        found[each.command] = (*found.get(each.command, ()), each)
    return found


def _only(policy: EscalationPolicy) -> str:
    return policy.calendar_name(None)


def _by_name(
    terms: Mapping[tuple[str, str], tuple[Terms, ...]], elsewhere: Mapping[str, tuple[Terms, ...]]
) -> dict[tuple[str, str | None, str], Terms]:
    all_terms: Iterable[tuple[str, tuple[Terms, ...]]] = [
        *((clock, ways) for (clock, _), ways in terms.items()),
        *elsewhere.items(),
    ]
    return {(clock, each.target, each.calendar): each for clock, ways in all_terms for each in ways}


def _terms_to_try(
    policy: EscalationPolicy, clock: str, kind: ClockKind, tier: str | None
) -> tuple[Terms, ...]:
    mine = [
        target
        for target in policy.sla.targets
        if target.clock == clock and (not target.tiers or tier in target.tiers)
    ]
    hours = policy.calendar_name(tier)
    found: list[Terms] = []
    for target in sorted(mine, key=lambda target: target.default):
        before = tuple(each.target or "" for each in found)
        found.append(_terms(policy, target, kind, target.calendar or hours, before))
        if found[-1].when is None:
            return tuple(found)  # it matches every ticket, so nothing after it is ever tried
    untargeted = Terms(
        target=None,
        calendar=hours,
        hours=_formulas(policy.calendar(hours)),
        pauses_in=kind.pauses_in,
        passed_over=tuple(each.target or "" for each in found),
    )
    return (*found, untargeted)


def _formulas(hours: OpenTime) -> OpenTime:
    return hours.line if isinstance(hours, Calendar) else hours


def _terms(
    policy: EscalationPolicy,
    target: Target,
    kind: ClockKind,
    calendar: str,
    passed_over: tuple[str, ...],
) -> Terms:
    within_us = None if target.within is None else target.within.us
    return Terms(
        target=target.name,
        calendar=calendar,
        hours=_formulas(policy.calendar(calendar)),
        dates=policy.calendar(calendar) if target.days is not None else None,
        when=condition(target.when, policy.vocabulary, f"Target({target.name!r})"),
        within_us=within_us,
        days=target.days,
        steps=target.steps_at(),
        plan=() if within_us is None else in_order(within_us, target.steps_at()),
        pauses_in=kind.pauses_in if target.pause_while is None else target.pause_while,
        on_change=target.on_change,
        bots=target.bots,
        reassign=target.reassign,
        passed_over=passed_over,
    )


def idle_name(rule: Rule) -> str:
    """Return how the plan of the idle clock calls *rule*."""
    return f"{IDLE}: {rule.name}"


def _idle_terms(policy: EscalationPolicy, rules: list[Rule]) -> Terms:
    plan = [Entry(rule.after_us or 0, idle_name(rule)) for rule in rules]
    return Terms(
        target=None,
        calendar="always",
        hours=_formulas(policy.calendar("always")),
        plan=tuple(sorted(plan, key=lambda entry: entry.amount_us)),
    )


def _reads(policy: EscalationPolicy, clock: str) -> frozenset[str]:
    """Return what the choice of the target of *clock* depends on; everything, if on a function."""
    found: set[str] = set()
    for target in policy.sla.targets:
        if target.clock == clock:
            read = condition(target.when, policy.vocabulary, f"Target({target.name!r})")
            if read is not None:
                found |= {EVERYTHING} if read.is_opaque else read.reads
    calendars = {policy.calendar_name(tier) for tier in policy.tier_names}
    by_tier = any(target.tiers for target in policy.sla.targets if target.clock == clock)
    return frozenset(found | ({"tier"} if by_tier or len(calendars) > 1 else set()))


EVERYTHING: Final = "*"


def _steps(policy: EscalationPolicy) -> dict[str, Deed]:
    return {
        target.deed_name(step): _deed(policy, step, target.deed_name(step))
        for target in policy.sla.targets
        for step in target.steps
    }


def _rules(policy: EscalationPolicy) -> tuple[Deed, ...]:
    return tuple(_deed(policy, rule) for rule in policy.rules if rule.after_us is None)


def _deed(policy: EscalationPolicy, doing: Step | Rule, name: str = "") -> Deed:
    name = name or doing.name
    when = condition(doing.when, policy.vocabulary, name, clock=True)
    if isinstance(doing, Step):
        return Deed(name, Actor(name, "system"), doing, when)
    at = frozenset(doing.at) or None
    by = Actor(name, "rule")
    return Deed(name, by, doing, when, doing.on, at, doing.times, doing.cooldown_us)
