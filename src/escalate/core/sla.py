"""The promise: what a desk owes a ticket on which clock, and where.

How open time is counted is in :mod:`escalate.core.workcalendar`; how a clock runs against its target in
:mod:`escalate.core.clockwork`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from escalate.core.model import Status, as_status, words
from escalate.core.worktime import WorkTime, as_worktime
from escalate.errors import InvalidPolicy, nearest


@attrs.frozen
class ClockKind:
    """How a clock behaves unless a target says otherwise.

    Attributes:
        starts_on: The words of the events that begin a cycle where none runs.
        stops_on: The words of the events that meet it.
        pauses_in: The statuses in which it stands still.
        whole_ticket: Whether it runs over moves between tiers.
        met_by_resolving: Whether resolving meets it; otherwise resolving cancels it.
        met_by_answer: Whether it is met as soon as the ticket waits for the customer and the desk has
            replied in this cycle, in either order.
        starts_when_active: Whether a cycle begins whenever the ticket becomes active and none runs.
    """

    starts_on: frozenset[str]
    stops_on: frozenset[str] = frozenset()
    pauses_in: frozenset[Status] = frozenset()
    whole_ticket: bool = True
    met_by_resolving: bool = True
    met_by_answer: bool = False
    starts_when_active: bool = False


CLOCK_KINDS: Final = {
    "ownership": ClockKind(
        starts_on=frozenset({"opened", "entered"}),
        stops_on=frozenset({"entered"}),
        whole_ticket=False,
        met_by_answer=True,
        starts_when_active=True,
    ),
    "resolution": ClockKind(
        starts_on=frozenset({"opened"}),
        pauses_in=frozenset({Status.PENDING, Status.ON_HOLD}),
    ),
}


def _statuses(values: Iterable[Status | str] | None) -> frozenset[Status] | None:
    return None if values is None else frozenset(as_status(value) for value in values)


@attrs.frozen
class Target:
    """What a desk owes a ticket on one clock.

    Attributes:
        clock: Which clock, e.g. ``"ownership"``: from arrival in a tier to an answer or a transfer.
        within: Open time of *calendar*, or of the tier's calendar where it names none.
        tiers: Where it applies; empty means everywhere.
        calendar: The name of one of the policy's calendars; ``"always"`` never closes.
        pause_while: The statuses in which the clock stands still; none means the clock's own habit.
        default: Whether it is what applies when nothing else does; then it is tried last.
        name: How journals and reports call it; empty means a name made of the above.

    Raises:
        InvalidPolicy: The clock is unknown, *within* is zero, or it matches everything and does not
            say that it is the default.
    """

    clock: str
    within: WorkTime = attrs.field(converter=as_worktime)
    tiers: tuple[str, ...] = attrs.field(default=(), converter=words)
    calendar: str | None = None
    pause_while: frozenset[Status] | None = attrs.field(default=None, converter=_statuses)
    default: bool = False
    name: str = ""

    def __attrs_post_init__(self) -> None:
        place = f"Target({self.clock!r})"
        if self.clock not in CLOCK_KINDS:
            raise InvalidPolicy(f"{place}.clock", self.clock, nearest(self.clock, CLOCK_KINDS))
        if not self.within:
            raise InvalidPolicy(f"{place}.within", self.within, 'some open time, e.g. "12h"')
        if not self.tiers and not self.default:
            wanted = "tiers, or default = true for the one target that applies when no other does"
            raise InvalidPolicy(f"{place}.tiers", self.tiers, wanted)

    @property
    def pauses_in(self) -> frozenset[Status]:
        """The statuses in which its clock stands still."""
        kind = CLOCK_KINDS[self.clock]
        return kind.pauses_in if self.pause_while is None else self.pause_while

    def describe(self) -> str:
        """Return its name, or one made of clock, amount and tiers.

        >>> Target("ownership", "12h", tiers=("N1",)).describe()
        'ownership 12h in N1'
        """
        where = f" in {', '.join(self.tiers)}" if self.tiers else ""
        return self.name or f"{self.clock} {self.within}{where}"


def _named_apart(targets: Iterable[Target]) -> tuple[Target, ...]:
    taken: set[str] = set()
    named = []
    for target in targets:
        plain = name = target.describe()
        copies = 1
        while name in taken:
            if target.name:
                raise InvalidPolicy("SLAPolicy.targets", target.name, "a name for each target")
            copies += 1
            name = f"{plain} ({copies})"
        taken.add(name)
        named.append(attrs.evolve(target, name=name))
    return tuple(named)


@attrs.frozen
class SLAPolicy:
    """All targets, in the order in which they are tried; the first that matches applies.

    Every target gets a name of its own, so that journals can refer to it by that.

    >>> SLAPolicy([Target("resolution", "80h", default=True)]).targets[0].name
    'resolution 80h'
    """

    targets: tuple[Target, ...] = attrs.field(default=(), converter=_named_apart)
