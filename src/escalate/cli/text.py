"""Text and numbers as people read them in a terminal."""

from __future__ import annotations


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


def count(number: int) -> str:
    """Return *number* with thousands separated.

    >>> count(65533)
    '65,533'
    """
    return f"{number:,}"


def several(number: int, noun: str) -> str:
    """Return a *number* of things, one of which is called *noun*.

    >>> several(1, "rule"), several(2, "rule")
    ('1 rule', '2 rules')
    """
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def percent(share: float | None) -> str:
    """Return a share of 1 as a percentage; a dash for none.

    >>> percent(0.6018)
    '60.2 %'
    """
    return "-" if share is None else f"{share * 100:.1f} %"


def duration(hours: float | None) -> str:
    """Return hours in the unit that reads best; a dash for none.

    >>> duration(0.5), duration(6.03), duration(176.4), duration(619253.9)
    ('30 min', '6.0 h', '7.4 days', '25,802 days')
    """
    if hours is None:
        return "-"
    if hours < 1:
        return f"{hours * 60:.0f} min"
    if hours < 48:
        return f"{hours:.1f} h"
    days = hours / 24
    return f"{days:,.1f} days" if days < 1000 else f"{days:,.0f} days"
