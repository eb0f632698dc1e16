"""Figures and texts of a log as people read them, wherever they are shown."""

from __future__ import annotations

from math import isfinite
from typing import Final
from unicodedata import category, east_asian_width

from escalate.offline.intervals import Estimate

_NARROW: Final = frozenset("fijlrt.,:;'|!()[] -")
_WIDE: Final = frozenset("MWmw@%")
_JOINERS: Final = "\u200c\u200d"
"""Without these some scripts, and many emoji, read as something else."""


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


def estimated(estimate: Estimate) -> str:
    """Return an estimate with its interval; a dash where it is not defined.

    >>> estimated(Estimate(0.5, 0.25, 0.75)), estimated(Estimate(4.2, unit="number"))
    ('50.0 % (25.0 % to 75.0 %)', '4.20')
    """
    if estimate.value is None:
        return "-"
    say = percent if estimate.unit == "share" else "{:.2f}".format
    if estimate.low is None or estimate.high is None:
        return say(estimate.value)
    return f"{say(estimate.value)} ({say(estimate.low)} to {say(estimate.high)})"


def duration(hours: float | None) -> str:
    """Return hours in the unit that reads best; a dash for none.

    >>> duration(0.5), duration(6.03), duration(176.4), duration(619253.9)
    ('30 min', '6.0 h', '7.4 days', '25,802 days')
    """
    if hours is None or not isfinite(hours):
        return "-"
    if abs(hours) < 1:
        return f"{hours * 60:.0f} min"
    if abs(hours) < 48:
        return f"{hours:.1f} h"
    days = hours / 24
    return f"{days:,.1f} days" if abs(days) < 1000 else f"{days:,.0f} days"


def shown(text: str) -> str:
    r"""Return *text* on one line, with what nobody would see, or what turns the line around, written out.

    Spaces of any kind are one space each; letters of every script stay as they are.

    >>> print(shown("a\u202eb\u3000c\n"))
    a\u202eb c\n
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS:
        return letter
    return " " if category(letter) == "Zs" else letter.encode("unicode_escape").decode()


def width(text: str) -> float:
    """Return about how wide *text* is, in halves of its height, in a font that is wide itself.

    >>> width("il"), round(width("Mm"), 1), width("支持")
    (1.4, 4.0, 4.0)
    """
    return sum(map(_width, text))


def _width(letter: str) -> float:
    if letter in _WIDE or east_asian_width(letter) in "WF":
        return 2.0
    if letter in _NARROW:
        return 0.7
    return 1.4 if letter.isupper() or letter.isdigit() else 1.2


def short(text: str, widest: float) -> str:
    """Return *text* cut so that it is at most *widest*, in halves of its height.

    >>> short("Product specialists", 10), short("支持部门", 6)
    ('Product …', '支持…')
    """
    left = widest
    for place, letter in enumerate(text):
        left -= _width(letter)
        if left < 0:
            return f"{_fitting(text[:place], widest - 1.2)}…"
    return text


def _fitting(text: str, widest: float) -> str:
    while text and width(text) > widest:
        text = text[:-1]
    return text
