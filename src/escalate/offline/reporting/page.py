"""A report as HTML: one file that loads nothing and runs nothing, or a part of somebody else's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Spread
from escalate.offline.figures.words import count, several
from escalate.offline.intervals import Estimate
from escalate.offline.quality import DataQuality, Notice
from escalate.offline.reporting.cells import Grid, Leaf, grid, kind, leaves, parted
from escalate.offline.reporting.charts.drawing import draw
from escalate.offline.reporting.charts.svg import safe
from escalate.offline.reporting.doubts import OF_ALL, OF_ROWS
from escalate.offline.reporting.in_short import PLACE, in_short, sentences
from escalate.offline.reporting.styles import SCOPE, fragment, page

_NOTICES: Final = 100
_OPEN: Final = 15
_SHORT: Final = 10
"""Rows that are shown of a table with more than the number above."""
_READ_AT_ONCE: Final = 160
"""Letters of a definition that stands open."""
_KEYS: Final = {
    "flow": (
        "The thicker a way, the more often it was gone. Solid: onwards. Dashed: back. "
        "Dotted: no path of the policy. Times are medians: of a stay, or before a move."
    ),
    "heat": "The larger and stronger a square, the more. A dashed frame: nothing is known.",
}
_SPREAD: Final = (
    "Box: the middle half. Thick stroke: the median. Thin line: from one in ten to nine in ten. "
    "Dot: the mean."
)
_LADDER: Final = (
    "Below: how many took how long; each column holds what is longer than the one before it."
)
_ESTIMATE: Final = "Dot: the estimate. Line: its interval."


@attrs.frozen
class Contents:
    """What a report shows.

    Attributes:
        title: The heading of the whole.
        chapters: Its figures.
        qualities: What the logs could not say, each log once.
        policy: What flowcharts are held against.
    """

    title: str
    chapters: tuple[Chapter, ...]
    qualities: tuple[DataQuality, ...]
    policy: EscalationPolicy | None = None


def to_page(contents: Contents) -> str:
    """Return a whole HTML file."""
    rules = "default-src 'none'; style-src 'unsafe-inline'"  # whatever came in, nothing is loaded or run
    lines = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">',
        f"<title>{safe(contents.title)}</title>",
        f"<style>\n{page()}</style>",
        "</head>",
        "<body>",
        f'<div class="{SCOPE}">',
        '<a class="skip" href="#content">Skip to the figures</a>',
        f"<header><h1>{safe(contents.title)}</h1>",
        f"<p>{summary(contents)}</p></header>",
        *_nav(contents),
        '<main id="content">',
        *_body(contents, 2),
        "</main>",
        "</div>",
        "</body>",
        "</html>",
    )
    return "\n".join(lines) + "\n"


def to_fragment(contents: Contents) -> str:
    """Return a part of a page; its rules reach nothing outside of it."""
    title = f"<h2>{safe(contents.title)}</h2>\n<p>{summary(contents)}</p>" if contents.title else ""
    return "\n".join((_opened(), title, *_body(contents, 3), "</div>"))


def figures_fragment(figures: Sequence[Figure], left_out: Sequence[LeftOut] = ()) -> str:
    """Return figures alone, as a part of a page."""
    drawn = _figures(figures, None, None, 4)
    return "\n".join((_opened(), *drawn, *_left_out(left_out), "</div>"))


def chapter_fragment(chapter: Chapter) -> str:
    """Return a chapter alone, as a part of a page."""
    return "\n".join((_opened(), *_chapter(chapter, None, 3, ""), "</div>"))


def summary(contents: Contents) -> str:
    """Return what the report holds, in a line.

    >>> summary(Contents("", (), ()))
    '0 chapters with 0 figures.'
    """
    figures = [figure for chapter in contents.chapters for figure in chapter.figures]
    doubts = sum(bool(figure.doubt) for figure in figures)
    left_out = sum(len(chapter.figures.left_out) for chapter in contents.chapters)
    rows = [
        f"{count(each.rows)} rows read, {count(each.kept)} usable" for each in contents.qualities
    ]
    said = f"{several(len(contents.chapters), 'chapter')} with {several(len(figures), 'figure')}"
    doubtful = f", {count(doubts)} of them with a doubt" if doubts else ""
    missing = f"; {count(left_out)} left out" if left_out else ""
    return f"{''.join(f'{each}. ' for each in rows)}{said}{doubtful}{missing}."


def _opened() -> str:
    return f'<div class="{SCOPE}"><style>\n{fragment()}</style>'


def _nav(contents: Contents) -> Iterator[str]:
    yield '<nav aria-label="Contents"><ul>'
    if sentences(contents.chapters):
        yield f'<li><a href="#{PLACE}">In short</a></li>'
    if contents.qualities:
        yield '<li><a href="#quality">Data quality</a></li>'
    for number, chapter in enumerate(contents.chapters, 1):
        yield f'<li><a href="#chapter-{number}">{safe(chapter.title)}</a></li>'
    yield "</ul></nav>"


def _body(contents: Contents, level: int) -> Iterator[str]:
    # Only a whole page has links, and so names for places: two fragments in a notebook would share them.
    named = level == 2
    yield from in_short(contents.chapters, level, linked=named)
    if contents.qualities:
        yield _tag("section", id="quality" if named else "")
        yield f"<h{level}>Data quality</h{level}>"
        for number, quality in enumerate(contents.qualities, 1):
            if len(contents.qualities) > 1:
                yield f'<p class="name">Log {number}</p>'
            yield from _quality(quality, level + 1)
        yield "</section>"
    for number, chapter in enumerate(contents.chapters, 1):
        yield from _chapter(chapter, contents.policy, level, f"chapter-{number}" if named else "")


def _chapter(
    chapter: Chapter, policy: EscalationPolicy | None, level: int, name: str
) -> Iterator[str]:
    yield _tag("section", id=name)
    yield f"<h{level}>{safe(chapter.title)}</h{level}>"
    yield from (f'<p class="remark">{safe(remark)}</p>' for remark in chapter.remarks)
    yield from _figures(chapter.figures.figures, chapter, policy, level + 1)
    yield from _left_out(chapter.figures.left_out)
    yield "</section>"


def _quality(quality: DataQuality, level: int) -> Iterator[str]:
    yield f"<p>{count(quality.rows)} rows read, {count(quality.kept)} usable.</p>"
    if quality.is_clean:
        yield "<p>Nothing unreadable, unmapped, in doubt or tied.</p>"
    for part, title in (*OF_ROWS, *OF_ALL):
        notices: Sequence[Notice] = getattr(quality, part)
        if notices:
            yield f'<h{level} class="name">{title}</h{level}>'
            yield from _notices(notices, title)
    if quality.recognised:
        found = ", ".join(f"{part} = {column!r}" for part, column in quality.recognised)
        yield f"<p>Columns taken by their standard names: {safe(found)}.</p>"


def _notices(notices: Sequence[Notice], title: str) -> Iterator[str]:
    rows = tuple(
        (
            notice.about or "(empty)",
            count(notice.count),
            "; ".join(
                f"line {each.line}: {each.text}" if each.text else f"line {each.line}"
                for each in notice.examples
            ),
        )
        for notice in notices[:_NOTICES]
    )
    more = max(0, len(notices) - _NOTICES)
    yield from _table(Grid(("What", "Count", "Such as"), rows, 1, more), title, texts=(0, 2))


def _figures(
    figures: Sequence[Figure],
    chapter: Chapter | None,
    policy: EscalationPolicy | None,
    level: int,
) -> Iterator[str]:
    if figures:
        yield '<div class="figures">'
        for figure in figures:
            yield from _figure(figure, chapter, policy, level)
        yield "</div>"


def _figure(
    figure: Figure, chapter: Chapter | None, policy: EscalationPolicy | None, level: int
) -> Iterator[str]:
    drawn = draw(figure, chapter, policy)
    table = grid(figure.value, flow=figure.chart == "flow")
    wide = figure.chart in ("heat", "line", "flow") or (not drawn and len(table.head) > 4)
    yield _tag("article", look="figure wide-figure" if wide else "figure")
    yield f'<h{level} class="name">{safe(figure.title)}</h{level}>'
    found = list(leaves(figure.value))
    alone = len(found) == 1 and not found[0][0]
    if alone:
        yield f'<p class="value">{_value(found[0][1])}</p>'
    if drawn:
        # What may be wider than a phone can be scrolled to by keyboard too.
        scrolls = ' tabindex="0"' if wide else ""
        yield f'<figure class="chart"{scrolls}>{drawn}</figure>'
        if key := _key(figure):
            yield f'<p class="key">{key}</p>'
    if figure.doubt:
        yield f'<p class="doubt"><strong>Doubt:</strong> {safe(figure.doubt)}</p>'
    yield _definition(figure.definition)
    if drawn:
        yield "<details><summary>As a table</summary>"
        yield from _table(table, figure.title)
        yield "</details>"
    elif not alone:
        yield from _open_table(table, figure.title)
    yield "</article>"


def _definition(said: str) -> str:
    """Return a definition; a long one behind a click, for it would stand before the figures of many cards."""
    told = f'<p class="definition">{safe(said)}</p>'
    if len(said) <= _READ_AT_ONCE:
        return told
    return f'<details class="counted"><summary>How it is counted</summary>{told}</details>'


def _open_table(table: Grid, title: str) -> Iterator[str]:
    """Yield a table, the most of a long one behind a click."""
    if len(table.rows) <= _OPEN:
        yield from _table(table, title)
        return
    yield from _table(attrs.evolve(table, rows=table.rows[:_SHORT], more=0), title)
    yield f"<details><summary>All {count(len(table.rows) + table.more)} rows</summary>"
    yield from _table(table, f"{title}, all rows")
    yield "</details>"


def _value(leaf: Leaf) -> str:
    """Return a single value with what it is computed from in smaller letters."""
    number, rest = parted(leaf)
    return f"{safe(number)}<small>{safe(rest)}</small>" if rest else safe(number)


def _key(figure: Figure) -> str:
    if figure.chart in _KEYS:
        return _KEYS[figure.chart]
    one = kind(list(leaves(figure.value)))
    if figure.chart == "line" or one is None:
        return ""
    if isinstance(figure.value, Spread) and any(figure.value.ladder):
        return f"{_SPREAD} {_LADDER}"
    return {Spread: _SPREAD, Estimate: _ESTIMATE}.get(one, "")


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    if left_out:
        yield '<div class="left-out"><p>Left out:</p><ul>'
        for each in left_out:
            yield f"<li>{safe(each.key)}: {safe(each.why)}</li>"
        yield "</ul></div>"


def _table(table: Grid, title: str, texts: Sequence[int] = ()) -> Iterator[str]:
    if not table.rows:
        yield "<p>Nothing to show.</p>"
        return
    name = safe(f"Table: {title}")
    yield f'<div class="scroll" role="region" tabindex="0" aria-label="{name}"><table>'
    left = {*range(table.named), *texts}
    heads = (
        f"{_tag('th', scope='col', look='text' if place in left else '')}{safe(head)}</th>"
        for place, head in enumerate(table.head)
    )
    yield f"<thead><tr>{''.join(heads)}</tr></thead><tbody>"
    for row in table.rows:
        cells = (_cell(table, place, cell, place in left) for place, cell in enumerate(row))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"
    if table.more:
        yield f'<p class="more">And {count(table.more)} more; an export has them all.</p>'


def _tag(name: str, *, look: str = "", **given: str) -> str:
    given = {"class": look, **given}
    said = (f' {key}="{safe(value)}"' for key, value in given.items() if value)
    return f"<{name}{''.join(said)}>"


def _cell(table: Grid, place: int, cell: str, is_text: bool) -> str:
    if place < table.named:
        return f'<th scope="row">{safe(cell)}</th>'
    return f'<td class="text">{safe(cell)}</td>' if is_text else f"<td>{safe(cell)}</td>"
