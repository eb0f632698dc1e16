"""What is wrong with a policy, said when it is made: names, calendars, conditions, ways to nowhere.

How much it may hold is looked at by :mod:`escalate.core.sizes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from escalate.core import commands
from escalate.core.clockkinds import BUILT_IN, WORDS
from escalate.core.conditions import Condition, Opaque, Vocabulary, as_condition
from escalate.core.doing import Doing
from escalate.core.sizes import sizes
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
Found: TypeAlias = Iterator[BadInput]


def check(policy: EscalationPolicy) -> None:
    """Check *policy* as a whole; its parts have checked themselves.

    Raises:
        InvalidPolicy: Something in it is unknown, missing, given twice or too much.
        InvalidCondition: A condition does not read.
    """
    for wrong in problems(policy):
        raise wrong


def problems(policy: EscalationPolicy) -> Found:
    """Yield everything that is wrong with *policy* as a whole; what is too much comes first, and alone."""
    too_much = False
    for wrong in sizes(policy):
        too_much = True
        yield wrong
    if too_much:
        return
    for checks in (_tiers, _calendars, _paths, _protocol, _clocks, _targets, _deed_names):
        yield from checks(policy)
    for checks in (_rules, _receivers, _field_types):
        yield from checks(policy)


def condition(
    value: ConditionLike, vocabulary: Vocabulary, place: str, *, clock: bool = False
) -> Condition | Opaque | None:
    """Return what *value* means for a policy with that *vocabulary*; an error names its *place*."""
    try:
        return as_condition(value, vocabulary, clock=clock)
    except BadInput as wrong:
        raise attrs.evolve(wrong, what=f"{place}.when") from None


def _reads(
    value: ConditionLike, vocabulary: Vocabulary, place: str, *, clock: bool = False
) -> Found:
    try:
        condition(value, vocabulary, place, clock=clock)
    except BadInput as wrong:
        yield wrong


def _known(place: str, name: Any, known: Iterable[str]) -> Found:
    if name not in known:
        yield InvalidPolicy(place, name, nearest(str(name), known))


def _once(place: str, names: Iterable[str]) -> Found:
    counts = Counter(names)
    repeated = [name for name, count in counts.items() for _ in range(count) if count > 1]
    if repeated:
        yield InvalidPolicy(place, repeated, "a name for each")


def _once_a_channel(policy: EscalationPolicy) -> Found:
    """Two request types of one name need channels of their own, or nothing would choose between them."""
    ways = [
        (each.name, channel)
        for each in policy.request_types
        for channel in dict.fromkeys(each.channels) or (None,)
    ]
    repeated = [
        name for (name, _), count in Counter(ways).items() for _ in range(count) if count > 1
    ]
    if repeated:
        wanted = "a name for each, or channels of its own for each of one name"
        yield InvalidPolicy("EscalationPolicy.request_types", repeated, wanted)


def _tiers(policy: EscalationPolicy) -> Found:
    if not policy.tiers:
        yield InvalidPolicy("EscalationPolicy.tiers", (), "at least one tier")
    yield from _once("EscalationPolicy.tiers", policy.tier_names)
    if not policy.priorities:
        yield InvalidPolicy("EscalationPolicy.priorities", (), "at least one priority")
    yield from _once("EscalationPolicy.priorities", policy.priorities)
    if policy.entry is not None:
        yield from _known("EscalationPolicy.entry", policy.entry, policy.tier_names)


def _calendars(policy: EscalationPolicy) -> Found:
    for name in policy.calendars:
        if name == ALWAYS:
            wanted = f"another name: {ALWAYS!r} is the calendar that never closes"
            yield InvalidPolicy("EscalationPolicy.calendars", ALWAYS, wanted)
        elif not isinstance(name, str) or not name.strip():
            yield InvalidPolicy("EscalationPolicy.calendars", name, "a name for each calendar")
    for tier in policy.tiers:
        place = f"Tier({tier.name!r}).calendar"
        if tier.calendar is not None:
            yield from _known(place, tier.calendar, (*policy.calendars, ALWAYS))
        elif len(policy.calendars) > 1:
            wanted = f"a calendar, as the policy has several; {nearest('', policy.calendars)}"
            yield InvalidPolicy(place, None, wanted)


def _paths(policy: EscalationPolicy) -> Found:
    vocabulary = policy.vocabulary
    for path in policy.paths:
        yield from _known(f"{path.place}.source", path.source, policy.tier_names)
        yield from _known(f"{path.place}.target", path.target, policy.tier_names)
        yield from _reads(path.when, vocabulary, path.place)


def _protocol(policy: EscalationPolicy) -> Found:
    yield from _once_a_channel(policy)
    for each in policy.request_types:
        if each.tier is not None:
            yield from _known(f"RequestType({each.name!r}).tier", each.tier, policy.tier_names)
    for permission in policy.permissions:
        place = f"Permission({permission.command!r})"
        yield from _known(f"{place}.command", permission.command, COMMANDS)
        for tier in permission.at:
            yield from _known(f"{place}.at", tier, policy.tier_names)


def _clocks(policy: EscalationPolicy) -> Found:
    yield from _once("EscalationPolicy.clocks", (clock.name for clock in policy.clocks))
    signals = {rule.on for rule in policy.rules}
    for clock in policy.clocks:
        # A signal is any word that a rule or a clock waits for, so only near misses are caught.
        for word in sorted(clock.words - {*WORDS, *Status, *signals}):
            close = nearest(word, (*WORDS, *Status), alike=0.8)
            if close.startswith("did you mean"):
                yield InvalidPolicy(f"CustomClock({clock.name!r})", word, close)


def _targets(policy: EscalationPolicy) -> Found:
    vocabulary = policy.vocabulary
    clocks = (*BUILT_IN, *(clock.name for clock in policy.clocks))
    for target in policy.sla.targets:
        place = f"Target({target.name!r})"
        yield from _known(f"{place}.clock", target.clock, clocks)
        for tier in target.tiers:
            yield from _known(f"{place}.tiers", tier, policy.tier_names)
        yield from _target_calendar(policy, place, target)
        yield from _reads(target.when, vocabulary, place)
        for step in target.steps:
            at = f"{place}, Step({step.name!r})"
            yield from _doing(policy, at, step, target.tiers)
            yield from _reads(step.when, vocabulary, at, clock=True)


def _target_calendar(policy: EscalationPolicy, place: str, target: Target) -> Found:
    if target.calendar is not None and target.calendar not in (*policy.calendars, ALWAYS):
        yield from _known(f"{place}.calendar", target.calendar, (*policy.calendars, ALWAYS))
        return
    if target.calendar is None and _runs_over_moves(target):
        yield from _one_calendar(policy, place, target)
    if target.days is not None:
        yield from _counts_days(policy, place, target)


def _deed_names(policy: EscalationPolicy) -> Found:
    names = [target.deed_name(step) for target in policy.sla.targets for step in target.steps]
    yield from _once("SLAPolicy.targets: the names of steps with their targets", names)


def _runs_over_moves(target: Target) -> bool:
    kind = BUILT_IN.get(target.clock)
    return kind is None or kind.whole_ticket


def _one_calendar(policy: EscalationPolicy, place: str, target: Target) -> Found:
    tiers = target.tiers or policy.tier_names
    if len({policy.calendar_name(tier) for tier in tiers}) > 1:
        wanted = "a calendar: this clock runs over moves between tiers that keep different hours"
        yield InvalidPolicy(f"{place}.calendar", None, wanted)


def _counts_days(policy: EscalationPolicy, place: str, target: Target) -> Found:
    names = [target.calendar] if target.calendar else map(policy.calendar_name, policy.tier_names)
    for name in dict.fromkeys(names):
        if not hasattr(policy.calendar(name), "deadline_days"):
            wanted = "a calendar that knows dates: a WorkCalendar"
            yield InvalidPolicy(f"{place}.days", name, wanted)


def _rules(policy: EscalationPolicy) -> Found:
    vocabulary = policy.vocabulary
    yield from _once("EscalationPolicy.rules", (rule.name for rule in policy.rules))
    for rule in policy.rules:
        place = f"Rule({rule.name!r})"
        close = nearest(rule.on, WORDS, alike=0.8)
        if rule.on not in WORDS and close.startswith("did you mean"):
            yield InvalidPolicy(f"{place}.on", rule.on, close)
        for tier in rule.at:
            yield from _known(f"{place}.at", tier, policy.tier_names)
        yield from _doing(policy, place, rule, rule.at)
        yield from _reads(rule.when, vocabulary, place, clock=True)


def _doing(policy: EscalationPolicy, place: str, doing: Doing, tiers: tuple[str, ...]) -> Found:
    unknown = [tier for tier in doing.tiers if tier not in policy.tier_names]
    for tier in unknown:
        yield from _known(place, tier, policy.tier_names)
    if doing.set_priority is not None:
        yield from _known(f"{place}.set_priority", doing.set_priority, policy.priorities)
    if doing.move is not None and doing.move[1] not in unknown:
        kind, target = doing.move
        sources = [p.source for p in policy.paths if p.kind == kind and p.target == target]
        if not any(source in (tiers or policy.tier_names) for source in sources):
            where = ", ".join(tiers) or "some tier"
            wanted = f"a path of kind {kind} that leads there from {where}"
            yield InvalidPolicy(f"{place}.{kind}_to", target, wanted)


def _receivers(policy: EscalationPolicy) -> Found:
    names = [receiver.name for receiver in policy.receivers]
    yield from _once("EscalationPolicy.receivers", names)
    for receiver in policy.receivers:
        place = f"Receiver({receiver.name!r}).calendar"
        if receiver.calendar is not None:
            yield from _known(place, receiver.calendar, (*policy.calendars, ALWAYS))
    named = list(_named_receivers(policy))
    for name, place in named:
        yield from _known(place, name, names)
    if named and policy.fallback is None:
        wanted = "a receiver who is told when another cannot be reached"
        yield InvalidPolicy("EscalationPolicy.fallback", None, wanted)


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
    for place, value in _written_conditions(policy):
        read = condition(value, vocabulary, place, clock=True)
        if read is not None:
            yield place, read


def _written_conditions(policy: EscalationPolicy) -> Iterator[tuple[str, ConditionLike]]:
    for path in policy.paths:
        yield path.place, path.when
    for target in policy.sla.targets:
        yield f"Target({target.name!r})", target.when
    for place, doing in all_doings(policy):
        yield place, getattr(doing, "when", None)


def _field_types(policy: EscalationPolicy) -> Found:
    """Check that a field is a number everywhere or a text everywhere."""
    seen: dict[str, tuple[str, str]] = {}
    vocabulary = policy.vocabulary
    for place, value in _written_conditions(policy):
        try:
            read = condition(value, vocabulary, place, clock=True)
        except BadInput:
            continue  # it has been said
        for field, kind in ({} if read is None else read.field_types).items():
            first = seen.setdefault(field, (kind, place))
            if first[0] != kind:
                wanted = f"a {first[0]}, as {first[1]} compares it"
                yield InvalidPolicy(f"{place}.when: {field}", kind, wanted)
