"""A handbook as Markdown. Whatever a policy says comes out as the letters that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, assert_never

from escalate.core.explained import plain
from escalate.policies.handbook.page import Block, Chart, Heading, Items, Page, Paragraph, Table

_MARKS: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])|[\\`*\[\]<>#|~&$!{}^@]")
_STARTS: Final = re.compile(r"^(?:[-+=:>]|\d+(?=[.)]))")
_LINKS: Final = re.compile(r"(?i)(https?|ftp|www|mailto|xmpp)(?=[:.])")


def to_markdown(page: Page) -> str:
    """Return *page* as the text of a Markdown file."""
    return "\n".join(line for block in page.blocks for line in _lines(block))


def escaped(text: str) -> str:
    r"""Return *text* as Markdown that shows its letters; it never begins a list, a table or a link.

    >>> escaped("<b> *now* tier_lead [x](y)")
    '\\<b\\> \\*now\\* tier_lead \\[x\\](y)'
    """
    line = " ".join(plain(text).split())
    marked = _MARKS.sub(lambda found: f"\\{found[0]}", line)
    # A backslash before a letter shows itself, so an address is broken up by its code instead.
    unlinked = _LINKS.sub(lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", marked)
    return _STARTS.sub(_first, unlinked)


def _first(found: re.Match[str]) -> str:
    return f"&#{ord(found[0][0])};{found[0][1:]}"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield f"{'#' * level} {escaped(text)}"
        case Paragraph(text):
            yield escaped(text)
        case Items(items):
            yield from (f"- {escaped(item)}" for item in items)
        case Table(head, rows):
            yield f"| {' | '.join(map(escaped, head))} |"
            yield f"|{' --- |' * len(head)}"
            for row in rows:
                yield f"| {' | '.join('<br>'.join(map(escaped, cell)) for cell in row)} |"
        case Chart(mermaid, _, ways, _, _):
            yield from ("```mermaid", *mermaid.splitlines(), "```", "")
            yield from (f"{number}. {escaped(way.text)}" for number, way in enumerate(ways, 1))
        case _:
            assert_never(block)
    yield ""
