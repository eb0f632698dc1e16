"""Work time: how much of a span falls inside opening hours.

Wall-clock time is ``timedelta``; time that runs only while the desk is open is :class:`WorkTime`.
They never mix: 8 h of work time can span a weekend. When the desk is open, and so when an amount is
used up, is what :mod:`escalate.core.workcalendar` knows.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import attrs

from escalate.errors import InvalidWorkTime

_UNITS_US: Final = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
_SHORT: Final = re.compile(rf"(?:({_NUMBER})h)?\s*(?:({_NUMBER})m)?\s*(?:({_NUMBER})s)?")
_ISO: Final = re.compile(rf"PT(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?")
_WANTED: Final = (
    'open time such as "12h", "1h30m", "90m" or "PT12H30M" '
    "(a day or a week is no amount of open time: desks differ in how long theirs are)"
)


def _not_negative(_: object, field: attrs.Attribute[int], value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidWorkTime(f"WorkTime.{field.name}", value, "whole microseconds")
    if value < 0:
        raise InvalidWorkTime(f"WorkTime.{field.name}", value, "an amount that is not negative")


@attrs.frozen(order=True)
class WorkTime:
    """An amount of desk-open time in whole microseconds, never negative.

    Attributes:
        us: Microseconds of open time.

    Raises:
        InvalidWorkTime: *us* is negative or no whole number.

    >>> WorkTime.of(hours=12).share(3, 4)
    WorkTime.parse('9h')
    """

    us: int = attrs.field(validator=_not_negative)

    @classmethod
    def of(cls, *, hours: int = 0, minutes: int = 0, seconds: int = 0) -> WorkTime:
        """Return whole hours, minutes and seconds of open time added up.

        >>> WorkTime.of(hours=12, minutes=30)
        WorkTime.parse('12h30m')
        """
        for name, value in (("hours", hours), ("minutes", minutes), ("seconds", seconds)):
            if isinstance(value, bool) or not isinstance(value, int):
                raise InvalidWorkTime(f"WorkTime.of({name}=...)", value, "a whole number")
        return cls((hours * 3600 + minutes * 60 + seconds) * 1_000_000)

    @classmethod
    def parse(cls, text: str) -> WorkTime:
        """Read ``"12h30m"``, ``"90m"``, ``"1.5h"``, or ISO 8601's ``"PT12H30M"``.

        Decimal fractions are exact; one that is no whole number of microseconds is an error.

        Raises:
            InvalidWorkTime: *text* is none of these.

        >>> WorkTime.parse("PT90M") == WorkTime.parse("1h30m") == WorkTime.parse("1.5h")
        True
        """
        if not isinstance(text, str):
            raise InvalidWorkTime("WorkTime.parse", text, _WANTED)
        found = _SHORT.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
        if found is None or not any(found.groups()):
            raise InvalidWorkTime("WorkTime.parse", text, _WANTED)
        us = sum(
            (
                Fraction(number) * unit
                for number, unit in zip(found.groups(), _UNITS_US.values(), strict=True)
                if number
            ),
            Fraction(),
        )
        if us.denominator != 1:
            raise InvalidWorkTime("WorkTime.parse", text, "a whole number of microseconds")
        return cls(us.numerator)

    def total_seconds(self) -> float:
        """Return the amount in seconds, for JSON and metrics; decisions use :attr:`us`."""
        return self.us / 1_000_000

    def share(self, part: int, whole: int) -> WorkTime:
        """Return *part* / *whole* of this amount, exact and rounded down to the microsecond.

        Raises:
            InvalidWorkTime: *whole* is not positive or *part* is negative.
        """
        if whole <= 0 or part < 0:
            raise InvalidWorkTime("WorkTime.share", (part, whole), "part >= 0 of whole > 0")
        # Round down: a warning a microsecond early is harmless, one at the deadline is useless.
        return WorkTime(self.us * part // whole)

    def __add__(self, other: WorkTime) -> WorkTime:
        if not isinstance(other, WorkTime):
            return NotImplemented
        return WorkTime(self.us + other.us)

    def __sub__(self, other: WorkTime) -> WorkTime:
        if not isinstance(other, WorkTime):
            return NotImplemented
        return WorkTime(self.us - other.us)

    def __bool__(self) -> bool:
        return self.us > 0

    def __str__(self) -> str:
        hours, rest = divmod(self.us, _UNITS_US["h"])
        minutes, rest = divmod(rest, _UNITS_US["m"])
        seconds, rest = divmod(rest, _UNITS_US["s"])
        tail = f"{seconds}.{rest:06}".rstrip("0") if rest else str(seconds)
        parts = ((hours, f"{hours}h"), (minutes, f"{minutes}m"), (seconds or rest, f"{tail}s"))
        return "".join(text for value, text in parts if value) or "0s"

    def __repr__(self) -> str:
        return f"WorkTime.parse({str(self)!r})"


def as_worktime(value: WorkTime | str) -> WorkTime:
    """Return *value* itself, or what its text says.

    Raises:
        InvalidWorkTime: *value* is neither an amount nor the text of one.
    """
    return value if isinstance(value, WorkTime) else WorkTime.parse(value)
