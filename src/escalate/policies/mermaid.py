"""Texts as Mermaid takes them: whatever a policy says is shown, and never read as the diagram's own words."""

from __future__ import annotations

import re
from typing import Final

from escalate.core.explained import plain

LONGEST: Final = 100
"""How many letters of one text are shown; Mermaid refuses diagrams beyond 50 000."""

_SAFE: Final = frozenset(" ,(/'=!?")
_READ: Final = re.compile(r"\\(?=\w)|\$(?=\$)|(?<=fa)[bklrs]?:(?=fa-)")
_APART: Final = "\u200b"
_NAMES: Final = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


def escaped(text: str, longest: int = LONGEST) -> str:
    """Return *text* as it stands between quotes in a Mermaid label, cut to *longest* letters.

    Quotes, brackets, HTML, Markdown, icons and comments come out as the letters that they are.

    >>> escaped('say "<b>end</b>"')
    'say #quot;#lt;b#gt;end#lt;/b#gt;#quot;'
    """
    line = " ".join(plain(text).split())
    short = line if len(line) <= longest else f"{line[: longest - 1]}…"
    # Line breaks, formulas and icons are looked for once codes are letters again, so only something that
    # nobody sees keeps their letters from being read.
    apart = _READ.sub(lambda found: f"{found[0]}{_APART}", short)
    return "".join(_letter(each, index, apart) for index, each in enumerate(apart))


def _letter(letter: str, index: int, text: str) -> str:
    if letter.isalnum() or letter in _SAFE:
        return letter
    # "- one" and "1. one" begin a list in Markdown, "%%" a comment; elsewhere these letters are harmless.
    harmless = {
        "-": index > 0,
        ".": not text[:index].isdigit(),
        ")": not text[:index].isdigit(),
        "%": "%%" not in text,
        "_": text[index - 1 : index].isalnum() and text[index + 1 : index + 2].isalnum(),
    }
    if harmless.get(letter, False):
        return letter
    return _NAMES.get(letter, f"#{ord(letter)};")


def quoted(*parts: str) -> str:
    """Return escaped *parts*, one a line, as a label; empty ones are left out.

    >>> quoted("N1", "First line")
    '"N1<br/>First line"'
    """
    return f'"{"<br/>".join(part for part in parts if part)}"'
