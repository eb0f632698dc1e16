"""What is wrong with a policy, said when it is made: names, calendars, conditions, ways to nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from escalate.core import commands
from escalate.core.clockkinds import BUILT_IN, WORDS
from escalate.core.conditions import Condition, Opaque, Vocabulary, as_condition
from escalate.core.doing import Doing
from escalate.core.sla import ConditionLike, Target
from escalate.core.status import Status
from escalate.errors import BadInput, InvalidPolicy, nearest

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy

ALWAYS: Final = "always"
COMMANDS: Final = tuple(
    name
    for name, thing in vars(commands).items()
    if isinstance(thing, type)
    and issubclass(thing, commands.Command)
    and name not in ("Command", "Asked")
)
LIMITS: Final = {
    "tiers": 64,
    "paths": 1_000,
    "rules": 1_000,
    "request_types": 1_000,
    "receivers": 1_000,
    "calendars": 64,
    "priorities": 64,
    "clocks": 64,
}


def check(policy: EscalationPolicy) -> None:
    """Check *policy* as a whole; its parts have checked themselves.

    Raises:
        InvalidPolicy: Something in it is unknown, missing, given twice or too much.
        InvalidCondition: A condition does not read.
    """
    for checks in (_sizes, _tiers, _calendars, _paths, _protocol, _clocks, _targets, _deed_names):
        checks(policy)
    for checks in (_rules, _receivers, _field_types):
        checks(policy)


def condition(
    value: ConditionLike, vocabulary: Vocabulary, place: str, *, clock: bool = False
) -> Condition | Opaque | None:
    """Return what *value* means for a policy with that *vocabulary*; an error names its *place*."""
    try:
        return as_condition(value, vocabulary, clock=clock)
    except BadInput as wrong:
        raise attrs.evolve(wrong, what=f"{place}.when") from None


def _sizes(policy: EscalationPolicy) -> None:
    for name, most in LIMITS.items():
        if len(getattr(policy, name)) > most:
            raise InvalidPolicy(
                f"EscalationPolicy.{name}", len(getattr(policy, name)), f"{most} at most"
            )
    if len(policy.sla.targets) > LIMITS["rules"]:
        raise InvalidPolicy(
            "SLAPolicy.targets", len(policy.sla.targets), f"{LIMITS['rules']} at most"
        )


def _known(place: str, name: Any, known: Iterable[str]) -> None:
    if name not in known:
        raise InvalidPolicy(place, name, nearest(str(name), known))


def _once(place: str, names: Iterable[str]) -> None:
    names = list(names)
    if len(set(names)) < len(names):
        raise InvalidPolicy(place, names, "a name for each")


def _tiers(policy: EscalationPolicy) -> None:
    if not policy.tiers:
        raise InvalidPolicy("EscalationPolicy.tiers", (), "at least one tier")
    _once("EscalationPolicy.tiers", policy.tier_names)
    _once("EscalationPolicy.priorities", policy.priorities)
    if policy.entry is not None:
        _known("EscalationPolicy.entry", policy.entry, policy.tier_names)


def _calendars(policy: EscalationPolicy) -> None:
    if ALWAYS in policy.calendars:
        wanted = f"another name: {ALWAYS!r} is the calendar that never closes"
        raise InvalidPolicy("EscalationPolicy.calendars", ALWAYS, wanted)
    for tier in policy.tiers:
        place = f"Tier({tier.name!r}).calendar"
        if tier.calendar is not None:
            _known(place, tier.calendar, (*policy.calendars, ALWAYS))
        elif len(policy.calendars) > 1:
            wanted = f"a calendar, as the policy has several; {nearest('', policy.calendars)}"
            raise InvalidPolicy(place, None, wanted)


def _paths(policy: EscalationPolicy) -> None:
    vocabulary = policy.vocabulary
    for path in policy.paths:
        _known(f"{path.place}.source", path.source, policy.tier_names)
        _known(f"{path.place}.target", path.target, policy.tier_names)
        condition(path.when, vocabulary, path.place)


def _protocol(policy: EscalationPolicy) -> None:
    _once("EscalationPolicy.request_types", (each.name for each in policy.request_types))
    for each in policy.request_types:
        if each.tier is not None:
            _known(f"RequestType({each.name!r}).tier", each.tier, policy.tier_names)
    for permission in policy.permissions:
        _known(f"Permission({permission.command!r}).command", permission.command, COMMANDS)
        for tier in permission.at:
            _known(f"Permission({permission.command!r}).at", tier, policy.tier_names)


def _clocks(policy: EscalationPolicy) -> None:
    _once("EscalationPolicy.clocks", (clock.name for clock in policy.clocks))
    signals = {rule.on for rule in policy.rules}
    for clock in policy.clocks:
        # A signal is any word that a rule or a clock waits for, so only near misses are caught.
        for word in clock.words - {*WORDS, *Status, *signals}:
            close = nearest(word, (*WORDS, *Status), alike=0.8)
            if close.startswith("did you mean"):
                raise InvalidPolicy(f"CustomClock({clock.name!r})", word, close)


def _targets(policy: EscalationPolicy) -> None:
    vocabulary = policy.vocabulary
    clocks = (*BUILT_IN, *(clock.name for clock in policy.clocks))
    for target in policy.sla.targets:
        place = f"Target({target.name!r})"
        _known(f"{place}.clock", target.clock, clocks)
        for tier in target.tiers:
            _known(f"{place}.tiers", tier, policy.tier_names)
        if target.calendar is not None:
            _known(f"{place}.calendar", target.calendar, (*policy.calendars, ALWAYS))
        elif _runs_over_moves(target):
            _one_calendar(policy, place, target)
        condition(target.when, vocabulary, place)
        if target.days is not None:
            _counts_days(policy, place, target)
        for step in target.steps:
            _doing(policy, f"{place}, Step({step.name!r})", step, target.tiers)
            condition(step.when, vocabulary, f"{place}, Step({step.name!r})", clock=True)


def _deed_names(policy: EscalationPolicy) -> None:
    names = [target.deed_name(step) for target in policy.sla.targets for step in target.steps]
    _once("SLAPolicy.targets: the names of steps with their targets", names)


def _runs_over_moves(target: Target) -> bool:
    kind = BUILT_IN.get(target.clock)
    return kind is None or kind.whole_ticket


def _one_calendar(policy: EscalationPolicy, place: str, target: Target) -> None:
    tiers = target.tiers or policy.tier_names
    if len({policy.calendar_name(tier) for tier in tiers}) > 1:
        wanted = "a calendar: this clock runs over moves between tiers that keep different hours"
        raise InvalidPolicy(f"{place}.calendar", None, wanted)


def _counts_days(policy: EscalationPolicy, place: str, target: Target) -> None:
    names = [target.calendar] if target.calendar else map(policy.calendar_name, policy.tier_names)
    for name in names:
        if not hasattr(policy.calendar(name), "deadline_days"):
            raise InvalidPolicy(
                f"{place}.days", name, "a calendar that knows dates: a WorkCalendar"
            )


def _rules(policy: EscalationPolicy) -> None:
    vocabulary = policy.vocabulary
    _once("EscalationPolicy.rules", (rule.name for rule in policy.rules))
    for rule in policy.rules:
        place = f"Rule({rule.name!r})"
        close = nearest(rule.on, WORDS, alike=0.8)
        if rule.on not in WORDS and close.startswith("did you mean"):
            raise InvalidPolicy(f"{place}.on", rule.on, close)
        for tier in rule.at:
            _known(f"{place}.at", tier, policy.tier_names)
        _doing(policy, place, rule, rule.at)
        condition(rule.when, vocabulary, place, clock=True)


def _doing(policy: EscalationPolicy, place: str, doing: Doing, tiers: tuple[str, ...]) -> None:
    for tier in doing.tiers:
        _known(place, tier, policy.tier_names)
    if doing.set_priority is not None:
        _known(f"{place}.set_priority", doing.set_priority, policy.priorities)
    if doing.move is not None:
        kind, target = doing.move
        sources = [p.source for p in policy.paths if p.kind == kind and p.target == target]
        if not any(source in (tiers or policy.tier_names) for source in sources):
            wanted = (
                f"a path of kind {kind} that leads there from {', '.join(tiers) or 'some tier'}"
            )
            raise InvalidPolicy(f"{place}.{kind}_to", target, wanted)


def _receivers(policy: EscalationPolicy) -> None:
    names = [receiver.name for receiver in policy.receivers]
    _once("EscalationPolicy.receivers", names)
    for receiver in policy.receivers:
        if receiver.calendar is not None:
            place = f"Receiver({receiver.name!r}).calendar"
            _known(place, receiver.calendar, (*policy.calendars, ALWAYS))
    named = list(_named_receivers(policy))
    for name, place in named:
        _known(place, name, names)
    if named and policy.fallback is None:
        wanted = "a receiver who is told when another cannot be reached"
        raise InvalidPolicy("EscalationPolicy.fallback", None, wanted)


def _named_receivers(policy: EscalationPolicy) -> Iterator[tuple[str, str]]:
    for key in ("fallback", "on_exhausted"):
        if getattr(policy, key) is not None:
            yield getattr(policy, key), f"EscalationPolicy.{key}"
    for path in policy.paths:
        if path.approval is not None:
            yield path.approval, f"{path.place}.approval"
    for place, doing in all_doings(policy):
        for name in doing.receivers:
            yield name, place


def all_doings(policy: EscalationPolicy) -> Iterator[tuple[str, Doing]]:
    """Yield every rule and step of *policy* with its place."""
    for rule in policy.rules:
        yield f"Rule({rule.name!r})", rule
    for target in policy.sla.targets:
        for step in target.steps:
            yield f"Target({target.name!r}), Step({step.name!r})", step


def conditions(policy: EscalationPolicy) -> Iterator[tuple[str, Condition | Opaque]]:
    """Yield every condition of *policy* with its place."""
    vocabulary = policy.vocabulary
    found: list[tuple[str, ConditionLike]] = [(path.place, path.when) for path in policy.paths]
    found += [(f"Target({target.name!r})", target.when) for target in policy.sla.targets]
    found += [(place, getattr(doing, "when", None)) for place, doing in all_doings(policy)]
    for place, value in found:
        read = condition(value, vocabulary, place, clock=True)
        if read is not None:
            yield place, read


def _field_types(policy: EscalationPolicy) -> None:
    """Check that a field is a number everywhere or a text everywhere."""
    seen: dict[str, tuple[str, str]] = {}
    for place, read in conditions(policy):
        for field, kind in read.field_types.items():
            first = seen.setdefault(field, (kind, place))
            if first[0] != kind:
                wanted = f"a {first[0]}, as {first[1]} compares it"
                raise InvalidPolicy(f"{place}.when: {field}", kind, wanted)
