r"""Writes a packet as text, Markdown or HTML. What tickets say is shown and never interpreted.

>>> print(as_text("Ticket 7", [Section("Said", (Item("customer", "*hi*\nthere"),))]))
Ticket 7
========
<BLANKLINE>
Said
  - customer
        *hi*
        there
>>> print(as_markdown("Ticket 7", [Section("Said", (Item("customer", "*hi*\nthere"),))]))
## Ticket 7
<BLANKLINE>
### Said
<BLANKLINE>
- customer
<BLANKLINE>
  > \*hi\*\
  > there
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from escalate.core.explained import plain


@attrs.frozen
class Item:
    """One point: a line, and maybe what somebody wrote, of any length."""

    line: str
    body: str = ""


@attrs.frozen
class Section:
    """A part of the packet; *empty* is what it says when it has no items."""

    title: str
    items: tuple[Item, ...]
    empty: str = ""


def _lines(text: str) -> list[str]:
    """Return the lines of *text*, with all that is not a printable letter written out."""
    return [plain(line) for line in text.replace("\r\n", "\n").split("\n")]


def _shown(section: Section) -> tuple[Item, ...]:
    return section.items or (Item(section.empty),)


def as_text(title: str, sections: Iterable[Section]) -> str:
    """Return the packet as plain text. Bodies are indented, so that none passes for a heading."""
    return "\n".join(_text_lines(title, sections))


def _text_lines(title: str, sections: Iterable[Section]) -> Iterator[str]:
    head = plain(title)
    yield from (head, "=" * len(head))
    for section in sections:
        yield from ("", section.title)
        for item in _shown(section):
            yield f"  - {plain(item.line)}"
            if item.body:
                yield from (f"        {line}".rstrip() for line in _lines(item.body))


# What Markdown gives a meaning in the middle of a line, bare addresses included; and at its beginning.
_INLINE: Final = re.compile(r"[\\`*_\[\]{}<>&~|$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_START: Final = re.compile(r"^( *)([#+=-]|\d+(?=[.)]))")
_INDENT: Final = re.compile(r"^ +")


def _md(line: str) -> str:
    escaped = _INLINE.sub(lambda found: "\\" + found.group(), plain(line))
    escaped = _START.sub(_md_start, escaped)
    # Four spaces at the beginning of a line would make code of it.
    return _INDENT.sub(lambda found: "&nbsp;" * len(found.group()), escaped)


def _md_start(found: re.Match[str]) -> str:
    indent, mark = found.groups()
    return f"{indent}{mark}\\" if mark.isdigit() else f"{indent}\\{mark}"


def as_markdown(title: str, sections: Iterable[Section]) -> str:
    """Return the packet as Markdown. Bodies are quoted, line by line."""
    return "\n".join(_markdown_lines(title, sections))


def _markdown_lines(title: str, sections: Iterable[Section]) -> Iterator[str]:
    yield f"## {_md(title)}"
    for section in sections:
        yield from ("", f"### {section.title}", "")
        for item in _shown(section):
            yield f"- {_md(item.line)}"
            if item.body:
                yield from ("", *_quoted([_md(line) for line in _lines(item.body)]))


def _quoted(lines: list[str]) -> Iterator[str]:
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        # A backslash keeps two lines apart; before an empty one, which does so too, it would be shown.
        yield f"  > {line}\\" if line and after else f"  > {line}".rstrip()


def as_html(title: str, sections: Iterable[Section]) -> str:
    """Return the packet as an HTML fragment without scripts, styles or links."""
    return "\n".join(_html_lines(title, sections))


def _html_lines(title: str, sections: Iterable[Section]) -> Iterator[str]:
    yield f'<section class="handoff">\n<h2>{_html(title)}</h2>'
    for section in sections:
        yield f"<h3>{_html(section.title)}</h3>\n<ul>"
        for item in _shown(section):
            body = "<br>\n".join(map(_html, _lines(item.body)))
            quote = f"\n<blockquote>{body}</blockquote>" if item.body else ""
            yield f"<li>{_html(item.line)}{quote}</li>"
        yield "</ul>"
    yield "</section>"


def _html(line: str) -> str:
    return html.escape(plain(line), quote=True)
