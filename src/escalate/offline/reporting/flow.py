"""What a flowchart of moves shows: places, the ways between, how often and how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.offline.figures.values import Chapter, Figure, Spread
from escalate.offline.figures.words import duration
from escalate.offline.reporting.cells import Leaf, Names, leaves, size

_MOST_BOXES: Final = 12
_MOST_WAYS: Final = 24
_WAITS: Final = "hours_before_move"
_STAYS: Final = "stays_by_line"

Pair = tuple[str, str]


@attrs.frozen
class Way:
    """From one place to another.

    Attributes:
        source: The place it leaves.
        target: The place it leads to.
        times: How often it was gone.
        wait: The hours before it, if they are known.
        kind: What the policy calls it: escalate, return or transfer; ``"none"`` where a policy has no such
            path, and empty where no policy says.
    """

    source: str
    target: str
    times: int
    wait: float | None = None
    kind: str = ""


@attrs.frozen
class Flow:
    """A flowchart with counts.

    Attributes:
        boxes: The places and what stands below their names, in order.
        ways: The ways between them, in order.
        left_out: Rarer ways that are not drawn.
    """

    boxes: Mapping[str, str]
    ways: tuple[Way, ...]
    left_out: int = 0


def flow_of(
    figure: Figure, chapter: Chapter | None = None, policy: EscalationPolicy | None = None
) -> Flow | None:
    """Return the flowchart of *figure*, counts (or spreads: cases and how long) by (from, to).

    Other figures of *chapter* tell how long: ``hours_before_move`` what stands beside a way,
    ``stays_by_line`` what stands in a box. With a *policy* that has these places as tiers, its paths are
    drawn even where nobody went, and moves without a path stand out.

    >>> moves = Figure("moves", "Moves", {"N1": {"N2": 3}, "N2": {"N1": 0}}, "Counted.", chart="flow")
    >>> flow_of(moves).ways
    (Way(source='N1', target='N2', times=3, wait=None, kind=''),)
    """
    found = dict(leaves(figure.value))
    if not found or any(len(path) != 2 or not _counts(leaf) for path, leaf in found.items()):
        return None
    notes, waits = _beside(chapter)
    waits = {path: size(leaf) for path, leaf in found.items() if isinstance(leaf, Spread)} | waits
    times = {(a, b): _times(leaf) for (a, b), leaf in found.items() if a != b}
    kinds = _kinds(policy, {name for path in found for name in path})
    pairs = [pair for pair in dict.fromkeys([*kinds, *times]) if times.get(pair) or pair in kinds]
    drawn = _most_used(pairs, times)
    tiers = policy.tier_names if policy is not None and kinds else ()
    known = set(tiers)
    ways = tuple(
        Way(
            *pair,
            times.get(pair, 0),
            waits.get(pair),
            kinds.get(pair, "none" if known.issuperset(pair) else ""),
        )
        for pair in drawn
    )
    used = {name for pair in drawn for name in pair}
    places = dict.fromkeys(name for place in (0, 1) for path in found for name in (path[place],))
    boxes = {
        name: notes.get(name, "") for name in _in_order([*places], tiers) if name in used | known
    }
    return Flow(boxes, ways, len(pairs) - len(drawn)) if ways else None


def _counts(leaf: Leaf) -> bool:
    return isinstance(leaf, int | Spread)


def _times(leaf: Leaf) -> int:
    return leaf.cases if isinstance(leaf, Spread) else int(leaf) if isinstance(leaf, int) else 0


def _beside(
    chapter: Chapter | None,
) -> tuple[dict[str, str], dict[Names, float | None]]:
    notes: dict[str, str] = {}
    waits: dict[Names, float | None] = {}
    for other in () if chapter is None else chapter.figures:
        if other.key == _WAITS:
            waits = {path: size(leaf) for path, leaf in leaves(other.value)}
        elif other.key == _STAYS:
            known = ((path, size(leaf)) for path, leaf in leaves(other.value))
            notes = {path[0]: duration(hours) for path, hours in known if hours is not None}
    return notes, waits


def _in_order(places: list[str], tiers: tuple[str, ...]) -> list[str]:
    """Return *places* with the *tiers* in the order of their policy, where the first of them stood."""
    first = next((at for at, name in enumerate(places) if name in tiers), 0)
    others = [name for name in places if name not in tiers]
    return [*others[:first], *tiers, *others[first:]]


def _kinds(policy: EscalationPolicy | None, names: set[str]) -> dict[Pair, str]:
    """Return what *policy* calls each of its ways; nothing if it speaks of other places than *names*."""
    if policy is None or not names.intersection(policy.tier_names):
        return {}
    return {(path.source, path.target): path.kind for path in policy.paths}


def _most_used(pairs: list[Pair], times: Mapping[Pair, int]) -> list[Pair]:
    """Return those of *pairs* that are drawn, in their order: the most used between the busiest places."""
    busy: dict[str, int] = {}
    for pair in pairs:
        for name in pair:
            busy[name] = busy.get(name, 0) + times.get(pair, 0)
    places = set(sorted(busy, key=lambda name: -busy[name])[:_MOST_BOXES])
    close = [pair for pair in pairs if places.issuperset(pair)]
    chosen = set(sorted(close, key=lambda pair: -times.get(pair, 0))[:_MOST_WAYS])
    return [pair for pair in close if pair in chosen]


def said(way: Way) -> Iterator[str]:
    """Yield what stands beside a way: how often, how long, and whether the policy has it."""
    yield f"{way.times:,}"
    if way.wait is not None:
        yield duration(way.wait)
    if way.kind == "none":
        yield "no path"
