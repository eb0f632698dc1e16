"""When a step lies, as people write it: a share of the promise, or so much before or after it is due."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import attrs

from escalate.core.worktime import WorkTime
from escalate.errors import BadInput, InvalidPolicy

_SHARE: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*%")
_OFFSET: Final = re.compile(r"(\S+)\s+(before|after)")
_WANTED: Final = 'a share such as "75%", or an offset such as "1h before" or "20m after"'


@attrs.frozen
class When:
    """A place on the way to a due instant: an exact share of the amount, plus or minus open time."""

    share: Fraction
    offset_us: int
    text: str

    def amount_us(self, within_us: int) -> int:
        """Return the open microseconds at which it lies when *within_us* are promised, rounded down."""
        return within_us * self.share.numerator // self.share.denominator + self.offset_us


def when(text: str) -> When:
    """Read ``"75%"``, ``"150%"``, ``"1h before"`` or ``"20m after"``.

    Raises:
        InvalidPolicy: *text* is none of these.

    >>> when("75%").amount_us(12), when("12.5%").amount_us(8)
    (9, 1)
    >>> when("1m before").amount_us(90_000_000)
    30000000
    """
    if isinstance(text, str) and (found := _SHARE.fullmatch(text.strip())):
        return When(Fraction(found[1]) / 100, 0, text.strip())
    if isinstance(text, str) and (found := _OFFSET.fullmatch(text.strip())):
        try:
            us = WorkTime.parse(found[1]).us
        except BadInput:
            raise InvalidPolicy("Step.at", text, _WANTED) from None
        return When(Fraction(1), -us if found[2] == "before" else us, text.strip())
    raise InvalidPolicy("Step.at", text, _WANTED)
