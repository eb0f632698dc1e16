"""Kinds of requests, and what the cases of one kind add up to."""

from __future__ import annotations

from collections import Counter
from typing import Final

import attrs

from escalate.offline.log import Case
from escalate.offline.studying.spending import is_work
from escalate.offline.studying.stays import Stay, clock_of, in_order, stays_of
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import merge_sums

MOST_NAMES: Final = 5_000
"""With more different names than this, a column names no kinds of requests."""
SOON_MINUTES: Final = 15
"""Work of so many minutes is short."""

_MINUTE_US: Final = 60_000_000

Move = tuple[str, str]


@attrs.frozen
class Told:
    """What one case adds to those of its kind.

    Attributes:
        work_us: How long somebody worked on it.
        solver: The tier that solved it first, if that is known.
        at_once: Whether the tier it came to solved it after short work.
        up: The moves to a higher tier, each once.
        soon: Those of them after which short work of that tier was enough, and how many minutes.
    """

    work_us: int
    solver: str | None
    at_once: bool
    up: tuple[Move, ...]
    soon: tuple[tuple[Move, int], ...]


@attrs.define
class Kind:
    """What the cases of one kind add up to."""

    cases: int = 0
    work_us: int = 0
    at_once: int = 0
    solved: Counter[str] = attrs.field(factory=Counter)
    up: Counter[Move] = attrs.field(factory=Counter)
    soon: Counter[tuple[Move, int]] = attrs.field(factory=Counter)

    def add(self, told: Told) -> None:
        """Count one case."""
        self.cases += 1
        self.work_us += told.work_us
        self.at_once += told.at_once
        if told.solver is not None:
            self.solved[told.solver] += 1
        self.up.update(told.up)
        self.soon.update(told.soon)

    def merge(self, other: Kind) -> None:
        """Count the cases of another."""
        merge_sums(self, other)

    def minutes(self, move: Move) -> list[int]:
        """Return how many minutes short work took after *move*, in order."""
        found = sorted((minute, times) for (way, minute), times in self.soon.items() if way == move)
        return [minute for minute, times in found for _ in range(times)]


@attrs.define
class Kinds:
    """Kinds by name; none once there are too many names to be kinds of requests."""

    by_name: dict[str, Kind] = attrs.field(factory=dict)
    too_many: bool = False

    def add(self, name: str, told: Told) -> None:
        """Count one case under *name*."""
        if not self.too_many:
            self.by_name.setdefault(name, Kind()).add(told)
            self._check()

    def merge(self, other: Kinds) -> None:
        """Count what another one counted."""
        self.too_many = self.too_many or other.too_many
        for name, kind in other.by_name.items():
            self.by_name.setdefault(name, Kind()).merge(kind)
        self._check()

    def _check(self) -> None:
        self.too_many = self.too_many or len(self.by_name) > MOST_NAMES
        if self.too_many:
            self.by_name.clear()


def told_of(case: Case, terms: Terms) -> Told:
    """Return what *case* tells of its kind."""
    elapsed, _ = clock_of(terms)
    stays = stays_of(case, elapsed)
    work_us = sum(
        elapsed(row.at_us, row.at_us + us) for row, us in case.intervals() if is_work(row)
    )
    solver = stays[-1].tier if stays and stays[-1].end == "solved" else None
    at_once = len(stays) == 1 and solver is not None and _is_short(stays[0])
    place = {tier: i for i, tier in enumerate(in_order(terms.tiers, {each.tier for each in stays}))}
    up: dict[Move, None] = {}
    soon: dict[Move, int] = {}
    for i in range(len(stays) - 1):
        below, above, *rest = stays[i : i + 3]
        if place[above.tier] < place[below.tier]:
            continue
        move = (below.tier, above.tier)
        up[move] = None
        helped = rest[0] if rest else above
        if helped.end == "solved" and helped.tier in move and _is_short(above):
            soon[move] = -(-above.work_us // _MINUTE_US)
    return Told(work_us, solver, at_once, tuple(up), tuple(soon.items()))


def _is_short(stay: Stay) -> bool:
    # No work at all says that the log has no word for work there, and not how easy it was.
    return 0 < stay.work_us <= SOON_MINUTES * _MINUTE_US
