"""The promise: what a desk owes a ticket on which clock, where, and what happens on the way.

How open time is counted is in :mod:`escalate.core.workcalendar`; how each clock runs in
:mod:`escalate.core.clockkinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import attrs

from escalate.core.amounts import When, when
from escalate.core.conditions import Condition, Opaque
from escalate.core.doing import Doing
from escalate.core.model import named, words
from escalate.core.status import Status, as_status
from escalate.core.worktime import WorkTime, as_worktime
from escalate.errors import InvalidPolicy, nearest

OnChange = Literal["keep_start", "carry_fraction", "restart"]
Deliver = Literal["now", "opening"]
ConditionLike = str | Callable[[Any], bool] | Condition | Opaque | None


def as_text(value: ConditionLike) -> ConditionLike:
    """Return *value*, or the text of a condition that was read before: the policy reads it again."""
    return str(value) if isinstance(value, Condition) else value


def _when(value: str | When) -> When:
    return value if isinstance(value, When) else when(value)


@attrs.frozen
class Step(Doing):
    """Something that happens on the way to a target's due instant, or after it.

    Attributes:
        at: A share of the amount ("75%", "150%"), or open time "1h before" or "20m after" it.
        when: A condition; the step passes without acting where it does not hold.
        deliver: Whether notices go out at once or at the receiver's next opening.
        name: How journals call it; empty means its ``at``.

    Raises:
        InvalidPolicy: It has nothing to do, or a value is not one that it can have.
    """

    at: When = attrs.field(converter=_when)
    when: ConditionLike = attrs.field(default=None, converter=as_text, kw_only=True)
    deliver: Deliver = attrs.field(default="now", kw_only=True)
    name: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        place = f"Step({self.at.text!r})"
        self.check(place)
        if self.deliver not in ("now", "opening"):
            raise InvalidPolicy(
                f"{place}.deliver", self.deliver, nearest(self.deliver, ("now", "opening"))
            )


def _statuses(values: Iterable[Status | str] | None) -> frozenset[Status] | None:
    return None if values is None else frozenset(as_status(value) for value in values)


def _amount(value: WorkTime | str | None) -> WorkTime | None:
    return None if value is None else as_worktime(value)


def _steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Give every step a name of its own, so that journals never refer to it by position."""
    found: list[Step] = []
    taken: set[str] = set()
    for step in steps:
        name = free_name(
            step.name or step.at.text, taken, given=bool(step.name), place="Target.steps"
        )
        found.append(attrs.evolve(step, name=name))
    return tuple(found)


def free_name(plain: str, taken: set[str], *, given: bool, place: str) -> str:
    """Return *plain*, or if that is *taken* and nobody gave it on purpose, the next free variant.

    Raises:
        InvalidPolicy: It was given on purpose and is taken.
    """
    name, copies = plain, 1
    while name in taken:
        if given:
            raise InvalidPolicy(place, plain, "a name for each")
        copies += 1
        name = f"{plain} ({copies})"
    taken.add(name)
    return name


@attrs.frozen
class Target:
    """What a desk owes a ticket on one clock.

    Attributes:
        clock: Which clock, e.g. ``"ownership"``: from arrival in a tier to an answer or a transfer.
        within: Open time of *calendar*, or of the tier's calendar where it names none.
        tiers: Where it applies; empty means everywhere.
        when: For which tickets it applies: a condition, or a Python function of the ticket.
        calendar: The name of one of the policy's calendars; ``"always"`` never closes.
        steps: What happens on the way.
        days: Working days of the calendar, in place of *within*.
        pause_while: The statuses in which the clock stands still; none means the clock's own habit.
        on_change: What becomes of the time used when this target begins to apply to a running clock:
            ``"keep_start"`` counts from the clock's start, ``"carry_fraction"`` keeps the share that
            was used, ``"restart"`` counts from now.
        bots: Whether a bot's reply counts as a reply.
        reassign: Whether another assignee in the same tier ends an ownership cycle.
        default: Whether it is what applies when nothing else does; then it is tried last.
        name: How journals and reports call it; empty means a name made of the above.

    Raises:
        InvalidPolicy: An amount is missing or zero, a step lies at or before the start, or the target
            matches everything and does not say that it is the default.
    """

    clock: str = attrs.field(validator=named)
    within: WorkTime | None = attrs.field(default=None, converter=_amount)
    tiers: tuple[str, ...] = attrs.field(default=(), converter=words)
    when: ConditionLike = attrs.field(default=None, converter=as_text)
    calendar: str | None = None
    steps: tuple[Step, ...] = attrs.field(default=(), converter=_steps)
    days: int | None = None
    pause_while: frozenset[Status] | None = attrs.field(default=None, converter=_statuses)
    on_change: OnChange = "keep_start"
    bots: bool = False
    reassign: bool = False
    default: bool = False
    name: str = ""

    def __attrs_post_init__(self) -> None:
        place = f"Target({self.clock!r})"
        if (self.within is None) == (self.days is None):
            wanted = 'within = "12h" (open time) or days = 2 (working days), one of the two'
            raise InvalidPolicy(place, (self.within, self.days), wanted)
        if self.within is not None and not self.within:
            raise InvalidPolicy(f"{place}.within", self.within, 'some open time, e.g. "12h"')
        days = self.days
        if days is not None and (isinstance(days, bool) or not isinstance(days, int) or days < 1):
            raise InvalidPolicy(f"{place}.days", days, "1 working day or more")
        if not self.tiers and self.when is None and not self.default:
            wanted = "tiers, when, or default = true for the one that applies when no other does"
            raise InvalidPolicy(f"{place}.tiers", self.tiers, wanted)
        modes = ("keep_start", "carry_fraction", "restart")
        if self.on_change not in modes:
            raise InvalidPolicy(
                f"{place}.on_change", self.on_change, nearest(self.on_change, modes)
            )
        self._check_steps(place)

    def _check_steps(self, place: str) -> None:
        # How much open time some working days are is known at the start; then a step is never at none.
        within_us = 10**15 if self.within is None else self.within.us
        for step in self.steps:
            if step.at.amount_us(within_us) <= 0:
                wanted = "a step later than the start"
                raise InvalidPolicy(f"{place}.steps: {step.at.text}", step.at.text, wanted)

    def deed_name(self, step: Step) -> str:
        """Return how a plan calls *step*: a clock may come to another target, whose steps are others."""
        return f"{self.name}: {step.name}"

    def steps_at(self) -> tuple[tuple[When, str], ...]:
        """Return where each step lies, with how a plan calls it."""
        return tuple((step.at, self.deed_name(step)) for step in self.steps)

    def describe(self) -> str:
        """Return its name, or one made of clock, amount and tiers.

        >>> Target("ownership", "12h", tiers=("N1",)).describe()
        'ownership 12h in N1'
        """
        where = f" in {', '.join(self.tiers)}" if self.tiers else ""
        amount = self.within if self.days is None else f"{self.days} working days"
        return self.name or f"{self.clock} {amount}{where}"


def _named_apart(targets: Iterable[Target]) -> tuple[Target, ...]:
    taken: set[str] = set()
    found = []
    for target in targets:
        given = bool(target.name)
        name = free_name(target.describe(), taken, given=given, place="SLAPolicy.targets")
        found.append(attrs.evolve(target, name=name))
    return tuple(found)


@attrs.frozen
class SLAPolicy:
    """All targets, in the order in which they are tried; the first that matches applies.

    Every target gets a name of its own, so that journals can refer to it by that.

    >>> SLAPolicy([Target("resolution", "80h", default=True)]).targets[0].name
    'resolution 80h'
    """

    targets: tuple[Target, ...] = attrs.field(default=(), converter=_named_apart)
