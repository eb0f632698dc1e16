"""The policy: tiers, the paths between them, and the promise. What people write and the engine obeys.

A policy is a value. What the engine needs at every step is worked out once, in
:mod:`escalate.core.compiled`. Files are read and written in :mod:`escalate.policies`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs

from escalate.core.compiled import Compiled, compile_policy
from escalate.core.events import MoveKind
from escalate.core.model import Tier, as_tier, named, words
from escalate.core.sla import CLOCK_KINDS, SLAPolicy, Target
from escalate.core.timeline import OpenTime
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import InvalidPolicy, nearest

ALWAYS = "always"


@attrs.frozen
class Path:
    """A way between two tiers; tickets move along these and no others.

    Attributes:
        source: The tier it leaves.
        target: The tier it leads to.
        kind: ``"escalate"`` to more skill, ``"return"`` back, ``"transfer"`` sideways or to a vendor.

    Raises:
        InvalidPolicy: The kind is unknown, or it leads where it starts.
    """

    source: str
    target: str
    kind: MoveKind = "escalate"

    def __attrs_post_init__(self) -> None:
        place = f"Path({self.source!r}, {self.target!r})"
        kinds = ("escalate", "return", "transfer")
        if self.kind not in kinds:
            raise InvalidPolicy(f"{place}.kind", self.kind, nearest(self.kind, kinds))
        if self.source == self.target:
            raise InvalidPolicy(place, self.target, "a path that leads to another tier")


def _tiers(values: Iterable[Tier | str]) -> tuple[Tier, ...]:
    return tuple(as_tier(value) for value in values)


def _paths(values: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(values)


def _not_negative(_: object, field: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidPolicy(f"EscalationPolicy.{field.name}", value, "a whole number, 0 or more")


@attrs.frozen
class EscalationPolicy:
    """Who owns a ticket, where it may go, and what is promised meanwhile.

    Attributes:
        name: How tickets and journals refer to it, with *version*.
        tiers: Lowest first; a ``str`` stands for a tier of that name.
        paths: The only ways between tiers.
        sla: The promise.
        calendars: Opening hours by name. ``"always"`` is there without saying.
        entry: Where a ticket starts that says nothing else; none means the first tier.
        priorities: Lowest first.
        max_bounces: After so many, a ticket goes no further back.
        on_exhausted: The receiver who is told then.
        version: Tickets keep the version they were opened under.

    Raises:
        InvalidPolicy: A name is unknown or given twice, or a clock has no calendar to count in.

    >>> policy = EscalationPolicy("support", ["N1", "N2"], [Path("N1", "N2")])
    >>> policy.entry_tier
    'N1'
    """

    name: str = attrs.field(validator=named)
    tiers: tuple[Tier, ...] = attrs.field(converter=_tiers)
    paths: tuple[Path, ...] = attrs.field(default=(), converter=_paths)
    sla: SLAPolicy = attrs.field(default=SLAPolicy(), kw_only=True)
    calendars: Mapping[str, OpenTime] = attrs.field(factory=dict, kw_only=True)
    entry: str | None = attrs.field(default=None, kw_only=True)
    priorities: tuple[str, ...] = attrs.field(
        default=("low", "normal", "high", "urgent"), converter=words, kw_only=True
    )
    max_bounces: int = attrs.field(default=2, kw_only=True, validator=_not_negative)
    on_exhausted: str | None = attrs.field(default=None, kw_only=True)
    version: str = attrs.field(default="draft", kw_only=True, validator=named)

    def __attrs_post_init__(self) -> None:
        _check_tiers(self)
        _check_paths(self)
        _check_targets(self)

    @property
    def tier_names(self) -> tuple[str, ...]:
        """The names of its tiers, lowest first."""
        return tuple(tier.name for tier in self.tiers)

    @property
    def entry_tier(self) -> str:
        """The name of the tier in which a ticket starts that says nothing else."""
        return self.entry or self.tiers[0].name

    def calendar_name(self, tier: str | None) -> str:
        """Return the name of the calendar that *tier* works by.

        A tier that the policy does not know works by the policy's only calendar, else always.
        """
        own = next((each.calendar for each in self.tiers if each.name == tier), None)
        return own or (next(iter(self.calendars)) if len(self.calendars) == 1 else ALWAYS)

    def calendar(self, name: str) -> OpenTime:
        """Return the calendar of that *name*."""
        return self.calendars[name] if name in self.calendars else _always()

    @cached_property
    def compiled(self) -> Compiled:
        """What the engine looks up at every step, worked out at the first use."""
        return compile_policy(self)


_ALWAYS: list[WorkCalendar] = []


def _always() -> WorkCalendar:
    if not _ALWAYS:
        _ALWAYS.append(WorkCalendar.always("UTC"))
    return _ALWAYS[0]


def _known(place: str, name: Any, known: Iterable[str]) -> None:
    if name not in known:
        raise InvalidPolicy(place, name, nearest(str(name), known))


def _check_tiers(policy: EscalationPolicy) -> None:
    names = policy.tier_names
    if not names:
        raise InvalidPolicy("EscalationPolicy.tiers", names, "at least one tier")
    if len(set(names)) < len(names):
        raise InvalidPolicy("EscalationPolicy.tiers", names, "a name for each tier")
    if policy.entry is not None:
        _known("EscalationPolicy.entry", policy.entry, names)
    if ALWAYS in policy.calendars:
        wanted = f"another name: {ALWAYS!r} is the calendar that never closes"
        raise InvalidPolicy("EscalationPolicy.calendars", ALWAYS, wanted)
    for tier in policy.tiers:
        if tier.calendar is not None:
            _known(f"Tier({tier.name!r}).calendar", tier.calendar, (*policy.calendars, ALWAYS))
        elif len(policy.calendars) > 1:
            wanted = f"a calendar, as the policy has several; {nearest('', policy.calendars)}"
            raise InvalidPolicy(f"Tier({tier.name!r}).calendar", None, wanted)


def _check_paths(policy: EscalationPolicy) -> None:
    for path in policy.paths:
        place = f"Path({path.source!r}, {path.target!r})"
        _known(f"{place}.source", path.source, policy.tier_names)
        _known(f"{place}.target", path.target, policy.tier_names)


def _check_targets(policy: EscalationPolicy) -> None:
    for target in policy.sla.targets:
        place = f"Target({target.clock!r}, {str(target.within)!r})"
        for tier in target.tiers:
            _known(f"{place}.tiers", tier, policy.tier_names)
        if target.calendar is not None:
            _known(f"{place}.calendar", target.calendar, (*policy.calendars, ALWAYS))
        elif CLOCK_KINDS[target.clock].whole_ticket:
            _check_one_calendar(policy, place, target)


def _check_one_calendar(policy: EscalationPolicy, place: str, target: Target) -> None:
    tiers = target.tiers or policy.tier_names
    if len({policy.calendar_name(tier) for tier in tiers}) > 1:
        wanted = "a calendar: this clock runs over moves between tiers that keep different hours"
        raise InvalidPolicy(f"{place}.calendar", None, wanted)
