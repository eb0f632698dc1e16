"""A calendar of small numbers, so that in a test instants coincide and minutes can be counted by hand."""

from __future__ import annotations

import attrs

_MINUTE_US = 60_000_000


@attrs.frozen
class Shifts:
    """Open for *open_minutes*, closed for *closed_minutes*, over and over, since 1970.

    It answers all that the engine asks of a calendar, in closed form and so without a horizon.

    >>> Shifts(open_minutes=3, closed_minutes=2).deadline_us(0, 4 * 60_000_000) // 60_000_000
    6
    """

    open_minutes: int = attrs.field(validator=attrs.validators.ge(1))
    closed_minutes: int = attrs.field(default=0, validator=attrs.validators.ge(0))

    @property
    def _open(self) -> int:
        return self.open_minutes * _MINUTE_US

    @property
    def _period(self) -> int:
        return (self.open_minutes + self.closed_minutes) * _MINUTE_US

    def _worked(self, at_us: int) -> int:
        turns, rest = divmod(at_us, self._period)
        return turns * self._open + min(rest, self._open)

    def elapsed_us(self, start_us: int, end_us: int, /) -> int:
        """Return the open microseconds between two instants."""
        return self._worked(end_us) - self._worked(start_us)

    def deadline_us(self, start_us: int, amount_us: int, /) -> int:
        """Return the earliest instant by which *amount_us* has been open; the next opening for none."""
        if not amount_us:
            return self.next_open_us(start_us)
        turns, rest = divmod(self._worked(start_us) + amount_us, self._open)
        return turns * self._period + rest if rest else (turns - 1) * self._period + self._open

    def due_open_us(self, start_us: int, amount_us: int, /) -> int:
        """Return the deadline, rolled to the next open instant."""
        return self.next_open_us(self.deadline_us(start_us, amount_us))

    def start_for_us(self, end_us: int, amount_us: int, /) -> int:
        """Return the latest instant from which *amount_us* is open until *end_us*."""
        if not amount_us:
            turn, rest = divmod(end_us, self._period)
            return end_us if rest < self._open else turn * self._period + self._open
        turns, rest = divmod(self._worked(end_us) - amount_us, self._open)
        return turns * self._period + rest

    def next_open_us(self, at_us: int, /) -> int:
        """Return *at_us* itself while open, else the next opening."""
        rest = at_us % self._period
        return at_us if rest < self._open else at_us - rest + self._period

    def is_open_us(self, at_us: int, /) -> bool:
        """Whether it is open at *at_us*."""
        return at_us % self._period < self._open
