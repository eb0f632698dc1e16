"""Moves between places as a flowchart: the more moves, the thicker the way."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Final

from escalate.offline.figures.words import count, short, width
from escalate.offline.reporting.charts.svg import picture, safe, together
from escalate.offline.reporting.flow import Flow, Way, said
from escalate.policies.lanes import Lanes

_BOX: Final = 136
_NARROW: Final = 0.72
"""How far a picture is scaled down before what holds it scrolls."""


def flowchart(title: str, flow: Flow) -> str:
    """Return a picture of *flow*."""
    place = {name: number for number, name in enumerate(flow.boxes)}
    pairs = tuple((place[way.source], place[way.target]) for way in flow.ways)
    pill = max(_wide(way) for way in flow.ways)
    lanes = Lanes(len(place), pairs, width=_BOX, pitch=pill + 6, height=52, gap=44, shared=True)
    most = max(1, *(way.times for way in flow.ways))
    inside: list[str] = []
    labels: list[str] = []
    for name, note in flow.boxes.items():
        inside += _box(lanes, place[name], name, note)
    for number, way in enumerate(flow.ways):
        tip = f"{way.source} to {way.target}: {', '.join(said(way))}"
        thick = 1.5 + 4.5 * sqrt(way.times / most)
        look = _look(way, falls=pairs[number][0] < pairs[number][1])
        inside.append(together(tip, _way(lanes, number, look, thick)))
        labels.append(together(tip, _label(lanes, number, way, pill)))
    wide, tall = lanes.size
    wide -= lanes.pitch // 2 - 2  # a label is centred on the last lane, and needs half of one
    least = int(wide * _NARROW)
    return picture(tall, title, _told(flow), [*inside, *labels], box=wide, least=least)


def _wide(way: Way) -> int:
    """Return how wide a label must be, in pixels: its first line is larger than the others."""
    first, *others = said(way)
    return int(max(7 * width(first), *(6 * width(line) for line in others), 0)) + 8


def _look(way: Way, *, falls: bool) -> str:
    if way.kind == "none":
        return "odd"
    return "on" if falls else "back"


def _box(lanes: Lanes, box: int, name: str, note: str) -> Iterator[str]:
    top, tall = lanes.top(box), lanes.tall(box)
    middle, centre = top + tall // 2 - (4 if note else -5), 2 + lanes.width // 2
    yield (
        f'<rect class="box" x="2" y="{top}" width="{lanes.width}" height="{tall}" rx="8"/>'
        f'<text class="mid head" x="{centre}" y="{middle}">{safe(short(name, 16))}</text>'
    )
    if note:
        said = safe(short(note, 18))
        yield f'<text class="mid small" x="{centre}" y="{middle + 17}">{said}</text>'


def _way(lanes: Lanes, number: int, look: str, thick: float) -> Iterator[str]:
    start, end, lane, edge = lanes.start(number), lanes.end(number), lanes.lane(number), lanes.edge
    path = f"M {edge} {start} H {lane} V {end} H {edge + 8}"
    yield f'<path class="way {look}" stroke-width="{thick:.1f}" d="{path}"/>'
    yield f'<path class="tip {look}" d="M {edge} {end} l 11 -6 v 12 z"/>'


def _label(lanes: Lanes, number: int, way: Way, wide: int) -> Iterator[str]:
    lane, lines = lanes.lane(number), list(said(way))
    middle = (lanes.start(number) + lanes.end(number)) // 2
    tall = 15 * len(lines) + 4
    top = middle - tall // 2
    yield (
        f'<rect class="pill" x="{lane - wide // 2}" y="{top}" width="{wide}" height="{tall}" rx="6"/>'
    )
    for row, line in enumerate(lines):
        look = "mid" if row == 0 else "mid small"
        yield f'<text class="{look}" x="{lane}" y="{top + 14 + 15 * row}">{safe(line)}</text>'


def _told(flow: Flow) -> str:
    ways = [f"{way.source} to {way.target}: {', '.join(said(way))}" for way in flow.ways]
    more = f" {count(flow.left_out)} rarer ways are in the table." if flow.left_out else ""
    return f"{count(len(flow.boxes))} places. {'; '.join(ways)}.{more}"
