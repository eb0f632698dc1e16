"""SVG by hand: positions are shares of the width, so that letters keep their size on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from escalate.offline.figures.words import shown


def safe(text: str) -> str:
    """Return *text* as HTML and SVG show it, in a tag or between two.

    >>> safe('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return escape(shown(text))


def at(share: float) -> str:
    """Return a share of the width.

    >>> at(0.5), at(1 / 3)
    ('50%', '33.33%')
    """
    return f"{round(share * 100, 2):g}%"


def picture(
    height: int, title: str, told: str, inside: Iterable[str], *, least: int = 0, box: int = 0
) -> str:
    """Return an SVG picture.

    Args:
        height: In pixels, the same at any width.
        title: Its name.
        told: What somebody is told who cannot see it.
        inside: Its elements.
        least: The pixels below which it is not squeezed; what holds it scrolls.
        box: Its width in pixels, where *inside* is placed by pixels: the picture then scales as a whole.
    """
    size = f'viewBox="0 0 {box} {height}" style="max-width:{box}px;' if box else 'style="'
    tall = "height:auto" if box else f"height:{height}px"
    wide = f";min-width:{least}px" if least else ""
    return (
        f'<svg role="img" xmlns="http://www.w3.org/2000/svg" width="100%" {size}{tall}{wide}">'
        f"<title>{safe(title)}</title><desc>{safe(told)}</desc>{''.join(inside)}</svg>"
    )


def rect(x: float, y: float, width: float, height: float, look: str) -> str:
    """Return a bar; *x* and *width* are shares, *y* and *height* pixels."""
    return f'<rect class="{look}" x="{at(x)}" y="{y:g}" width="{at(width)}" height="{height:g}"/>'


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    """Return a line."""
    return f'<line class="{look}" x1="{at(x1)}" y1="{y1:g}" x2="{at(x2)}" y2="{y2:g}"/>'


def dot(x: float, y: float, radius: float, look: str) -> str:
    """Return a filled circle."""
    return f'<circle class="{look}" cx="{at(x)}" cy="{y:g}" r="{radius:g}"/>'


def text(x: float, y: float, said: str, look: str = "") -> str:
    """Return a line of text; the look ``end`` lets it end there, ``mid`` centres it."""
    return f'<text class="{look}" x="{at(x)}" y="{y:g}">{safe(said)}</text>'


def together(tip: str, parts: Iterable[str]) -> str:
    """Return *parts* as one thing, which says *tip* where a mouse rests on it."""
    return f"<g><title>{safe(tip)}</title>{''.join(parts)}</g>"
