"""Curves over the unit square, side by side, as SVG that a browser and a report can show."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import attrs

_SIDE: Final = 240
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 52, 24, 52
_COLOURS: Final = ("#1f6feb", "#8b949e", "#d1242f")


@attrs.frozen
class Curve:
    """Points from 0 to 1 both ways.

    Attributes:
        name: What a reader hears when they point at it.
        points: The points, left to right.
        dots: Whether each point is marked.
        dashed: Whether it is only there to compare with.
    """

    name: str
    points: Sequence[tuple[float, float]]
    dots: bool = False
    dashed: bool = False


@attrs.frozen
class Panel:
    """A square with curves.

    Attributes:
        title: What it shows.
        across: What is counted from left to right.
        up: What is counted from bottom to top.
        curves: The curves, the last one on top.
    """

    title: str
    across: str
    up: str
    curves: Sequence[Curve]


def picture(title: str, panels: Sequence[Panel]) -> str:
    """Return *panels* side by side as an SVG document; every text in it is escaped."""
    width = len(panels) * (_LEFT + _SIDE + _RIGHT)
    height = _TOP + _SIDE + _BOTTOM
    said = escape(title or " and ".join(panel.title for panel in panels))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{said}</title>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{width / 2}" y="18" text-anchor="middle" font-size="14">{escape(title)}</text>',
    ]
    for place, panel in enumerate(panels):
        parts.append(_panel(panel, place * (_LEFT + _SIDE + _RIGHT) + _LEFT))
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel, left: int) -> str:
    bottom, middle = _TOP + _SIDE, left + _SIDE / 2
    parts = [
        f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#8b949e"/>',
        f'<text x="{middle}" y="{_TOP - 10}" text-anchor="middle">{escape(panel.title)}</text>',
        f'<text x="{middle}" y="{bottom + 38}" text-anchor="middle">{escape(panel.across)}</text>',
        f'<text transform="translate({left - 36} {_TOP + _SIDE / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(panel.up)}</text>',
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(_text(left + tick * _SIDE, bottom + 16, f"{tick:g}", "middle"))
        parts.append(_text(left - 6, bottom - tick * _SIDE + 4, f"{tick:g}", "end"))
    colours = iter(_COLOURS)
    parts += [
        _curve(curve, left, "#8b949e" if curve.dashed else next(colours)) for curve in panel.curves
    ]
    return "\n".join(parts)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _curve(curve: Curve, left: int, colour: str) -> str:
    places = [(left + x * _SIDE, _TOP + (1 - y) * _SIDE) for x, y in curve.points]
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
    dash = ' stroke-dasharray="4 4"' if curve.dashed else ""
    dots = [f'<circle cx="{x:.2f}" cy="{y:.2f}" r="3" fill="{colour}"/>' for x, y in places]
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
    marks = "".join(dots) if curve.dots or len(places) == 1 else ""
    return f"<g><title>{escape(curve.name)}</title>{line}{marks}</g>"
