"""A flowchart as SVG: the tiers in a column, the lowest at the bottom, each way in a lane with its number."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Final

from escalate.policies.handbook.page import Chart, Way
from escalate.policies.lanes import Lanes

_LONGEST: Final = 26
_STROKES: Final = {
    "escalate": 'stroke="#1f5fae" stroke-width="3"',
    "return": 'stroke="#7a4b00" stroke-width="2" stroke-dasharray="7 4"',
    "transfer": 'stroke="#3d6b35" stroke-width="2"',
}
_BROKEN: Final = 'stroke="#b3001b" stroke-width="5"'
_COLOURS: Final = {"escalate": "#1f5fae", "return": "#7a4b00", "transfer": "#3d6b35"}


def draw(
    chart: Chart, text_of: Callable[[str], str], *, marked: Container[int] = ()
) -> Iterator[str]:
    """Yield the lines of an SVG picture.

    Args:
        chart: What is drawn.
        text_of: Escapes what a policy says.
        marked: The ways that are drawn in red and broad, with the boxes that they lead to, by number.
    """
    pairs = tuple((way.source, way.target) for way in chart.ways)
    lanes = Lanes(len(chart.boxes), pairs, rising=True)
    width, height = lanes.size
    yield (
        f'<svg role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'xmlns="http://www.w3.org/2000/svg" font-family="inherit">'
    )
    yield f"<title>{text_of(chart.alt)}</title>"
    ends = {way.target for number, way in enumerate(chart.ways) if number in marked}
    for index, (name, title) in enumerate(chart.boxes):
        edge = _BROKEN if index in ends else 'stroke="#1c2330" stroke-width="1.5"'
        yield from _box(lanes, index, text_of(_cut(name)), text_of(_cut(title)), edge)
    numbers: list[str] = []  # drawn last, so that no way crosses one
    for number, way in enumerate(chart.ways):
        yield "<g>"
        yield f"<title>{text_of(way.text)}</title>"
        yield from _way(lanes, number, way, _BROKEN if number in marked else _STROKES[way.kind])
        yield "</g>"
        numbers += _number(lanes, number, way)
    yield from numbers
    yield "</svg>"


def _box(lanes: Lanes, index: int, name: str, title: str, edge: str) -> Iterator[str]:
    top, tall = lanes.top(index), lanes.tall(index)
    yield (
        f'<rect x="2" y="{top}" width="{lanes.width}" height="{tall}" rx="8" '
        f'fill="#f1f4f8" {edge}/>'
    )
    middle, centre = top + tall // 2, 2 + lanes.width // 2
    same = not title or title == name
    at = middle + 6 if same else middle - 4
    yield (
        f'<text x="{centre}" y="{at}" text-anchor="middle" font-size="17" font-weight="600" '
        f'fill="#1c2330">{name}</text>'
    )
    if not same:
        yield (
            f'<text x="{centre}" y="{middle + 16}" text-anchor="middle" font-size="13" '
            f'fill="#4a5568">{title}</text>'
        )


def _way(lanes: Lanes, number: int, way: Way, stroke: str) -> Iterator[str]:
    start, end = lanes.start(number), lanes.end(number)
    edge, lane, colour = lanes.edge, lanes.lane(number), _COLOURS[way.kind]
    yield (f'<path d="M {edge} {start} H {lane} V {end} H {edge + 8}" fill="none" {stroke}/>')
    yield f'<path d="M {edge} {end} l 11 -6 v 12 z" fill="{colour}"/>'


def _number(lanes: Lanes, number: int, way: Way) -> Iterator[str]:
    middle = (lanes.start(number) + lanes.end(number)) // 2
    lane, colour = lanes.lane(number), _COLOURS[way.kind]
    yield f'<circle cx="{lane}" cy="{middle}" r="11" fill="#fff" stroke="{colour}" stroke-width="1.5"/>'
    yield (
        f'<text x="{lane}" y="{middle + 4}" text-anchor="middle" font-size="12" '
        f'fill="#1c2330">{number + 1}</text>'
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
