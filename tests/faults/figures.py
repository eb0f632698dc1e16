"""Figures of a run as a table, for a terminal and for a page."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from escalate.cli.text import count

HEADINGS: Final = ("on", "what was done", "how often", "what came of it", "seconds")


@attrs.frozen
class Row:
    """One thing that was tried.

    Attributes:
        on: On which store.
        what: What was done to it.
        often: How often.
        came: What came of it, in words.
        seconds: How long that took.
        wrong: What was not as it should be; nothing if all was.
    """

    on: str
    what: str
    often: str
    came: str
    seconds: float
    wrong: str

    def cells(self) -> tuple[str, ...]:
        """What stands in its line."""
        came = f"{self.came}: {self.wrong or 'as if nothing had happened'}"
        return self.on, self.what, self.often, came, count(round(self.seconds))


def as_lines(rows: Iterable[Row]) -> list[str]:
    """Return *rows* for a terminal; a long one runs on, so that nothing is cut off."""
    cells = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(each[place]) for each in cells) for place in range(3)]
    return [
        "  ".join(
            [*(word.ljust(width) for word, width in zip(each, widths, strict=False)), *each[3:]]
        )
        for each in cells
    ]


def as_markdown(rows: Sequence[Row], command: str, postgres: str) -> str:
    """Return *rows* as a table in Markdown, with what it was run on."""
    cells = [HEADINGS, tuple("---" for _ in HEADINGS), *(row.cells() for row in rows)]
    table = "\n".join(f"| {' | '.join(_quoted(word) for word in each)} |" for each in cells)
    ran = (
        f"`{command}` on {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {postgres}."
    )
    return f"{table}\n\n{ran}\n"


def _quoted(word: str) -> str:
    return word.replace("|", "\\|").replace("\n", " ")
