"""A handbook as one HTML file that loads nothing: for a screen, a phone and paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final, assert_never

from escalate.core.explained import plain
from escalate.policies.handbook.drawing import draw
from escalate.policies.handbook.page import Block, Chart, Heading, Items, Page, Paragraph, Table

_STYLE: Final = """
:root { color-scheme: light; --ink: #1c2330; --soft: #4a5568; --line: #c9d1dc; --tint: #f1f4f8;
  --mark: #1f5fae; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif;
  overflow-wrap: anywhere; }
h1, h2, h3, h4 { line-height: 1.25; }
h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 3px solid var(--mark); }
h3 { margin-top: 1.75rem; }
a { color: var(--mark); }
nav ul { columns: 16rem; padding-left: 1.2rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .45rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { background: var(--tint); }
thead th { overflow-wrap: normal; }
td p { margin: 0 0 .25rem; }
figure { margin: 1rem 0; overflow-x: auto; }
svg { max-width: 100%; height: auto; min-width: 18rem; }
pre { overflow-x: auto; padding: .75rem; background: var(--tint); font-size: .8rem; overflow-wrap: normal; }
@media (max-width: 40rem) {
  thead { display: none; } /* each cell says its head */
  table, tbody, tr, td { display: block; width: 100%; }
  tr { margin: 0 0 1rem; border: 1px solid var(--line); border-radius: .4rem; }
  td { border: 0; }
  td::before { content: attr(data-head); display: block; color: var(--soft); font-size: .8rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, details { display: none; }
  h2 { break-before: page; }
  h1 + p, nav + h2 { break-before: avoid; }
  h2, h3, h4, thead { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
"""


def to_html(page: Page) -> str:
    """Return *page* as the text of an HTML file."""
    return "\n".join(_document(page)) + "\n"


def text_of(text: str) -> str:
    """Return *text* as HTML that shows its letters.

    >>> text_of('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return escape(plain(text))


def _document(page: Page) -> Iterator[str]:
    yield "<!doctype html>"
    yield f'<html lang="{page.lang}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    rules = "default-src 'none'; style-src 'unsafe-inline'"  # whatever came in, nothing is loaded or run
    yield f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
    yield f"<title>{text_of(page.title)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield "</head>"
    yield "<body>"
    first = True
    for number, block in enumerate(page.blocks):
        if first and isinstance(block, Heading) and block.level == 2:
            yield from _contents(page)
            first = False
        yield from _lines(block, number)
    yield "</body>"
    yield "</html>"


def _contents(page: Page) -> Iterator[str]:
    yield f'<nav aria-label="{text_of(page.contents)}">'
    yield "<ul>"
    for number, block in enumerate(page.blocks):
        if isinstance(block, Heading) and block.level == 2:
            yield f'<li><a href="#part-{number}">{text_of(block.text)}</a></li>'
    yield "</ul>"
    yield "</nav>"


def _lines(block: Block, number: int) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield f'<h{level} id="part-{number}">{text_of(text)}</h{level}>'
        case Paragraph(text):
            yield f"<p>{text_of(text)}</p>"
        case Items(items):
            yield from ("<ul>", *(f"<li>{text_of(item)}</li>" for item in items), "</ul>")
        case Table():
            yield from _table(block)
        case Chart():
            yield from _chart(block)
        case _:
            assert_never(block)


def _table(table: Table) -> Iterator[str]:
    yield "<table>"
    head = "".join(f'<th scope="col">{text_of(each)}</th>' for each in table.head)
    yield f"<thead><tr>{head}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        cells = (_cell(head, cell) for head, cell in zip(table.head, row, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>"
    yield "</table>"


def _cell(head: str, lines: tuple[str, ...]) -> str:
    inside = "".join(f"<p>{text_of(line)}</p>" for line in lines)
    return f'<td data-head="{text_of(head)}">{inside}</td>'


def _chart(chart: Chart) -> Iterator[str]:
    yield "<figure>"
    yield from draw(chart, text_of)
    yield "</figure>"
    yield from ("<ol>", *(f"<li>{text_of(way.text)}</li>" for way in chart.ways), "</ol>")
    yield f"<details><summary>{text_of(chart.source)}</summary>"
    yield f"<pre>{escape(chart.mermaid)}</pre></details>"
