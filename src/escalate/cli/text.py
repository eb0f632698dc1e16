"""Text and numbers as people read them in a terminal."""

from __future__ import annotations

from escalate.offline.figures.words import count, duration, percent, several

__all__ = ["count", "duration", "percent", "printable", "several"]


def printable(text: str) -> str:
    r"""Return *text* with everything that could steer a terminal shown as its escape.

    Control characters (and so ANSI sequences), line ends and marks that turn the direction of
    writing.

    >>> print(printable("\x1b[31mred"))
    \x1b[31mred
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
