"""What the engine looks up at every step, worked out once for each policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from escalate.core.clocks import BREACH, Entry, Terms
from escalate.core.lifecycle import status_table, verb_targets
from escalate.core.model import Status
from escalate.core.sla import CLOCK_KINDS, ClockKind, Target

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy, Path


@attrs.frozen(eq=False)
class Compiled:
    """Tables of one policy.

    Attributes:
        paths_from: For each tier, the paths that leave it, in declared order.
        clocks: The kinds of the clocks that any target speaks of, by name. No other clock runs.
        terms: For each (clock, tier), the terms to try, in order; the last one always applies.
        terms_elsewhere: The same for a tier that the policy does not know, where a host may have put
            a ticket all the same.
        terms_by_name: For each (clock, target, calendar), the terms that a journal refers to.
        order: For each target, its place in the declared order, for timers of one instant.
        statuses: The next status for each (status, verb).
        verbs: The status that each verb leads to.
    """

    paths_from: Mapping[str, tuple[Path, ...]]
    clocks: Mapping[str, ClockKind]
    terms: Mapping[tuple[str, str], tuple[Terms, ...]]
    terms_elsewhere: Mapping[str, tuple[Terms, ...]]
    terms_by_name: Mapping[tuple[str, str | None, str], Terms]
    order: Mapping[str | None, int]
    statuses: Mapping[tuple[Status, str], Status]
    verbs: Mapping[str, Status]

    def ways(self, clock: str, tier: str) -> tuple[Terms, ...]:
        """Return the terms to try for *clock* in *tier*, in order."""
        return self.terms.get((clock, tier)) or self.terms_elsewhere[clock]


def compile_policy(policy: EscalationPolicy) -> Compiled:
    """Return the tables of *policy*."""
    clocks = {name: CLOCK_KINDS[name] for name in _in_use(policy)}
    terms = {
        (clock, tier): _terms_to_try(policy, clock, tier)
        for clock in clocks
        for tier in policy.tier_names
    }
    elsewhere = {clock: _terms_to_try(policy, clock, None) for clock in clocks}
    return Compiled(
        paths_from={
            tier: tuple(path for path in policy.paths if path.source == tier)
            for tier in policy.tier_names
        },
        clocks=clocks,
        terms=terms,
        terms_elsewhere=elsewhere,
        terms_by_name=_by_name(
            [*terms.items(), *(((c, ""), ways) for c, ways in elsewhere.items())]
        ),
        order={target.name: place for place, target in enumerate(policy.sla.targets)},
        statuses=status_table(),
        verbs=verb_targets(),
    )


def _in_use(policy: EscalationPolicy) -> list[str]:
    return list(dict.fromkeys(target.clock for target in policy.sla.targets))


def _by_name(
    ways: Iterable[tuple[tuple[str, str], tuple[Terms, ...]]],
) -> dict[tuple[str, str | None, str], Terms]:
    return {
        (clock, each.target, each.calendar): each for (clock, _), terms in ways for each in terms
    }


def _terms_to_try(policy: EscalationPolicy, clock: str, tier: str | None) -> tuple[Terms, ...]:
    mine = [
        target
        for target in policy.sla.targets
        if target.clock == clock and (not target.tiers or tier in target.tiers)
    ]
    hours = policy.calendar_name(tier)
    in_order = sorted(mine, key=lambda target: target.default)
    found = [_terms(policy, target, target.calendar or hours) for target in in_order]
    return (*found, _untargeted(policy, clock, hours))


def _terms(policy: EscalationPolicy, target: Target, calendar: str) -> Terms:
    return Terms(
        target=target.name,
        calendar=calendar,
        hours=policy.calendar(calendar),
        within_us=target.within.us,
        plan=(Entry(target.within.us, BREACH),),
        pauses_in=target.pauses_in,
    )


def _untargeted(policy: EscalationPolicy, clock: str, calendar: str) -> Terms:
    return Terms(
        target=None,
        calendar=calendar,
        hours=policy.calendar(calendar),
        within_us=None,
        plan=(),
        pauses_in=CLOCK_KINDS[clock].pauses_in,
    )
