"""A flowchart as SVG: the tiers in a column, the lowest at the bottom, each way in a lane with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from escalate.policies.handbook.page import Chart, Way

_WIDTH: Final = 230
_HEIGHT: Final = 64
_GAP: Final = 36
_LANE: Final = 30
_LONGEST: Final = 26
_STROKES: Final = {
    "escalate": 'stroke="#1f5fae" stroke-width="3"',
    "return": 'stroke="#7a4b00" stroke-width="2" stroke-dasharray="7 4"',
    "transfer": 'stroke="#3d6b35" stroke-width="2"',
}
_COLOURS: Final = {"escalate": "#1f5fae", "return": "#7a4b00", "transfer": "#3d6b35"}


def draw(chart: Chart, text_of: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of an SVG picture; *text_of* escapes what a policy says."""
    width = 2 + _WIDTH + _LANE * (len(chart.ways) + 1)
    ports = _ports(chart)
    tops = [
        2 + sum(_tall(ports, box) + _GAP for box in range(index + 1, len(chart.boxes)))
        for index in range(len(chart.boxes))
    ]
    height = tops[0] + _tall(ports, 0) + 2
    yield (
        f'<svg role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'xmlns="http://www.w3.org/2000/svg" font-family="inherit">'
    )
    yield f"<title>{text_of(chart.alt)}</title>"
    for index, (name, title) in enumerate(chart.boxes):
        yield from _box(tops[index], _tall(ports, index), text_of(_cut(name)), text_of(_cut(title)))
    numbers: list[str] = []  # drawn last, so that no way crosses one
    for number, way in enumerate(chart.ways):
        start = tops[way.source] + _port(ports, way.source, number, 0)
        end = tops[way.target] + _port(ports, way.target, number, 1)
        yield from _way(number, way, start, end)
        numbers += _number(number, way, (start + end) // 2)
    yield from numbers
    yield "</svg>"


Ports = list[list[tuple[int, int]]]


def _ports(chart: Chart) -> Ports:
    """Return, for each box, which ends of which ways it has: (way, 0 for its beginning, 1 for its end)."""
    found: Ports = [[] for _ in chart.boxes]
    for number, way in enumerate(chart.ways):
        found[way.source].append((number, 0))
        found[way.target].append((number, 1))
    # Ways up leave a box above those down, so that short ones cross nothing.
    for index, ends in enumerate(found):
        ends.sort(key=lambda end: -_other(chart.ways[end[0]], index))
    return found


def _other(way: Way, box: int) -> int:
    return way.target if way.source == box else way.source


def _tall(ports: Ports, box: int) -> int:
    return max(_HEIGHT, 16 * (len(ports[box]) + 1))


def _port(ports: Ports, box: int, number: int, end: int) -> int:
    place = ports[box].index((number, end)) + 1
    return _tall(ports, box) * place // (len(ports[box]) + 1)


def _box(top: int, tall: int, name: str, title: str) -> Iterator[str]:
    yield (
        f'<rect x="2" y="{top}" width="{_WIDTH}" height="{tall}" rx="8" '
        'fill="#f1f4f8" stroke="#1c2330" stroke-width="1.5"/>'
    )
    middle, centre = top + tall // 2, 2 + _WIDTH // 2
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


def _way(number: int, way: Way, start: int, end: int) -> Iterator[str]:
    edge, lane, colour = 2 + _WIDTH, _lane(number), _COLOURS[way.kind]
    yield (
        f'<path d="M {edge} {start} H {lane} V {end} H {edge + 8}" fill="none" {_STROKES[way.kind]}/>'
    )
    yield f'<path d="M {edge} {end} l 11 -6 v 12 z" fill="{colour}"/>'


def _number(number: int, way: Way, middle: int) -> Iterator[str]:
    lane, colour = _lane(number), _COLOURS[way.kind]
    yield f'<circle cx="{lane}" cy="{middle}" r="11" fill="#fff" stroke="{colour}" stroke-width="1.5"/>'
    yield (
        f'<text x="{lane}" y="{middle + 4}" text-anchor="middle" font-size="12" '
        f'fill="#1c2330">{number + 1}</text>'
    )


def _lane(number: int) -> int:
    return 2 + _WIDTH + _LANE * (number + 1)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
