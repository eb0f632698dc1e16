"""The line of open time: windows on whole microseconds, and every formula over them.

An instant is an ``int``, the microseconds since 1970-01-01 00:00 UTC; an amount is an ``int`` of open
microseconds. Windows come from a source that is asked for more of the line as questions reach further,
so a calendar costs what was asked of it. Zones, dates and holidays are unknown here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import attrs

from escalate.core.instants import DAY_US, as_instant
from escalate.core.opentime.spans import Span, clipped
from escalate.core.worktime import WorkTime
from escalate.errors import EndBeforeStart, HorizonTooShort, InvalidWorkTime

if TYPE_CHECKING:
    from escalate.core.opentime.vectors import PackedWindows

_YEAR_US: Final = 366 * DAY_US

Source = Callable[[int, int], list[Span]]
"""Returns the open spans inside ``[first, last)``, clipped to it, as ``spans.union`` returns them."""


class OpenTime(Protocol):
    """What an engine asks of a calendar; all arguments and answers are whole microseconds.

    Every calendar of this library is one. Anything else with these six methods can stand in for one, as
    long as it keeps the laws: ``elapsed_us(s, deadline_us(s, n)) == n``, additive over any split, monotone.
    """

    def elapsed_us(self, start_us: int, end_us: int, /) -> int:
        """Return the open time between two instants."""

    def deadline_us(self, start_us: int, amount_us: int, /) -> int:
        """Return the earliest instant with so much elapsed."""

    def due_open_us(self, start_us: int, amount_us: int, /) -> int:
        """Return that instant, rolled to the next open one."""

    def start_for_us(self, end_us: int, amount_us: int, /) -> int:
        """Return the latest instant from which so much elapses."""

    def next_open_us(self, at_us: int, /) -> int:
        """Return the instant itself while open, else the next opening."""

    def is_open_us(self, at_us: int, /) -> bool:
        """Return whether the instant lies in open time."""


@attrs.frozen
class Horizon:
    """The instants that a calendar can speak about: ``first_us`` up to, not including, ``last_us``.

    ``text`` says it in dates, for errors.
    """

    first_us: int
    last_us: int
    text: str

    def question(self, what: str, at_us: int) -> HorizonTooShort:
        """Return the error for a question about *at_us*."""
        return HorizonTooShort(what, _iso(at_us), f"an instant from {self.text}")

    def answer(self, what: str, from_us: int, amount_us: int | None = None) -> HorizonTooShort:
        """Return the error for a question whose answer lies outside."""
        amount = "" if amount_us is None else f" and {WorkTime(amount_us)}"
        return HorizonTooShort(what, _iso(from_us) + amount, f"an answer from {self.text}")


class Windows(NamedTuple):
    """The line from ``first`` to ``last``, compiled.

    The three lists run in parallel. Entry 0 is an empty window at ``first``, so that every instant has a
    window that starts at or before it. ``through`` is the open time up to each window's end, counted from
    an arbitrary origin. Neighbours never touch: they would be one window.
    """

    first: int
    last: int
    starts: list[int]
    ends: list[int]
    through: list[int]


class Timeline:
    """Answers every question about open time, in integers.

    Growing replaces ``_windows`` as a whole and a question holds on to the one it began with, so threads may
    share a timeline: at worst two of them compile the same year.
    """

    __slots__ = ("_horizon", "_packed", "_source", "_step", "_windows")

    def __init__(self, source: Source, horizon: Horizon, *, step: int = _YEAR_US) -> None:
        self._source = source
        self._horizon = horizon
        self._step = step
        self._windows = Windows(0, 0, [], [], [])
        self._packed: tuple[Windows, PackedWindows] | None = None

    @classmethod
    def never_closing(cls, horizon: Horizon) -> Timeline:
        """Return the line that is open from end to end; there is nothing to compile."""
        first, last = horizon.first_us, horizon.last_us
        line = cls(lambda start, end: [(start, end)], horizon)
        line._windows = Windows(first, last, [first, first], [first, last], [0, last - first])
        return line

    @property
    def horizon(self) -> Horizon:
        """The instants that this line covers."""
        return self._horizon

    def elapsed_us(self, start_us: int, end_us: int) -> int:
        """Return the open time from *start_us* to *end_us*."""
        if start_us > end_us:
            raise EndBeforeStart(
                "elapsed(start, end)", (_iso(start_us), _iso(end_us)), "start <= end"
            )
        first, last, starts, ends, through = self._windows
        if start_us < first or end_us >= last:
            _, _, starts, ends, through = self.covering("elapsed", start_us, end_us)
        i = bisect_right(starts, end_us) - 1
        j = bisect_right(starts, start_us, 0, i + 1) - 1
        used = through[i] - through[j]
        if end_us < ends[i]:
            used -= ends[i] - end_us
        if start_us < ends[j]:
            used += ends[j] - start_us
        return used

    def deadline_us(self, start_us: int, amount_us: int) -> int:
        """Return the earliest instant with *amount_us* elapsed; the next open one for none."""
        if amount_us <= 0:
            _check_amount("deadline", amount_us)
            return self.next_open_us(start_us)
        windows = self._windows
        first, last, starts, ends, through = windows
        if start_us < first or start_us >= last:
            windows = self.covering("deadline", start_us, start_us)
            _, _, starts, ends, through = windows
        i = bisect_right(starts, start_us) - 1
        target = through[i] + amount_us
        if start_us < ends[i]:
            target -= ends[i] - start_us
        while through[-1] < target:
            windows = self._longer(windows, "deadline", start_us, amount_us)
            _, _, _, ends, through = windows
        i = bisect_left(through, target, i)
        due_us = ends[i] - (through[i] - target)
        if due_us == self._horizon.last_us:
            raise self._horizon.answer("deadline", start_us, amount_us)
        return due_us

    def due_open_us(self, start_us: int, amount_us: int) -> int:
        """Return the deadline, rolled to the next open instant."""
        return self.next_open_us(self.deadline_us(start_us, amount_us))

    def start_for_us(self, end_us: int, amount_us: int) -> int:
        """Return the latest instant from which *amount_us* elapses until *end_us*."""
        windows = self.covering("start_for", end_us, end_us)
        i = bisect_right(windows.starts, end_us) - 1
        is_open = end_us < windows.ends[i]
        if amount_us <= 0:
            _check_amount("start_for", amount_us)
            if is_open:
                return end_us
            while (
                not i
            ):  # only the empty window lies before, so the last closing edge is further back
                windows = self._earlier(windows, "start_for", end_us, amount_us)
                i = bisect_right(windows.starts, end_us) - 1
            return windows.ends[i]
        target = windows.through[i] - amount_us
        if is_open:
            target -= windows.ends[i] - end_us
        while windows.through[0] > target:
            windows = self._earlier(windows, "start_for", end_us, amount_us)
        i = bisect_right(windows.through, target)
        return windows.ends[i] - (windows.through[i] - target)

    def next_open_us(self, at_us: int) -> int:
        """Return *at_us* itself while open, else the next opening."""
        windows = self._windows
        if at_us < windows.first or at_us >= windows.last:
            windows = self.covering("next_open", at_us, at_us)
        i = bisect_right(windows.starts, at_us) - 1
        if at_us < windows.ends[i]:
            return at_us
        while len(windows.starts) <= i + 1:
            windows = self._longer(windows, "next_open", at_us)
        return windows.starts[i + 1]

    def next_close_us(self, at_us: int) -> int:
        """Return the first closing edge after *at_us*."""
        windows = self.covering("next_close", at_us, at_us)
        i = bisect_right(windows.starts, at_us) - 1
        if at_us >= windows.ends[i]:
            i += 1
        # A window that reaches the end of what is compiled may go on beyond it.
        while len(windows.starts) <= i or windows.ends[i] == windows.last:
            windows = self._longer(windows, "next_close", at_us)
        return windows.ends[i]

    def is_open_us(self, at_us: int) -> bool:
        """Return whether *at_us* lies inside a window."""
        windows = self.covering("is_open", at_us, at_us)
        return at_us < windows.ends[bisect_right(windows.starts, at_us) - 1]

    def windows_us(self, start_us: int, end_us: int) -> list[Span]:
        """Return the open spans between two instants, clipped to them."""
        if start_us > end_us:
            raise EndBeforeStart(
                "windows(start, end)", (_iso(start_us), _iso(end_us)), "start <= end"
            )
        windows = self.covering("windows", start_us, end_us)
        i = bisect_right(windows.ends, start_us)
        j = bisect_left(windows.starts, end_us)
        return clipped(
            list(zip(windows.starts[i:j], windows.ends[i:j], strict=True)), start_us, end_us
        )

    def packed(self, what: str, first_us: int, last_us: int) -> PackedWindows:
        """Return the line as arrays, compiled at least from *first_us* through *last_us*."""
        from escalate.core.opentime.vectors import PackedWindows

        windows = self.covering(what, first_us, last_us)
        if self._packed is None or self._packed[0] is not windows:
            self._packed = windows, PackedWindows(windows)
        return self._packed[1]

    def covering(self, what: str, first_us: int, last_us: int) -> Windows:
        """Return the line compiled at least from *first_us* through *last_us*.

        Raises:
            HorizonTooShort: One of them lies outside the horizon; *what* names the question.
        """
        windows = self._windows
        if windows.first <= first_us and last_us < windows.last:
            return windows
        if first_us < self._horizon.first_us:
            raise self._horizon.question(what, first_us)
        if last_us >= self._horizon.last_us:
            raise self._horizon.question(what, last_us)
        if windows.first == windows.last:
            at = max(first_us // self._step * self._step, self._horizon.first_us)
            windows = Windows(at, at, [at], [at], [0])
        if last_us >= windows.last:
            windows = self._grown_right(windows, (last_us // self._step + 1) * self._step)
        if first_us < windows.first:
            windows = self._grown_left(windows, first_us // self._step * self._step)
        self._windows = windows
        return windows

    def _longer(
        self, windows: Windows, what: str, from_us: int, amount_us: int | None = None
    ) -> Windows:
        """Return the line compiled one step further on, because the answer is not in it yet."""
        if windows.last == self._horizon.last_us:
            raise self._horizon.answer(what, from_us, amount_us)
        longer = self._grown_right(windows, (windows.last // self._step + 1) * self._step)
        self._windows = longer
        return longer

    def _earlier(
        self, windows: Windows, what: str, from_us: int, amount_us: int | None = None
    ) -> Windows:
        """Return the line compiled one step further back, because the answer is not in it yet."""
        if windows.first == self._horizon.first_us:
            raise self._horizon.answer(what, from_us, amount_us)
        longer = self._grown_left(windows, (windows.first - 1) // self._step * self._step)
        self._windows = longer
        return longer

    def _grown_right(self, windows: Windows, to_us: int) -> Windows:
        first, last, starts, ends, through = windows
        to_us = min(to_us, self._horizon.last_us)
        spans = self._source(last, to_us)
        starts, ends, through = starts.copy(), ends.copy(), through.copy()
        if spans and len(starts) > 1 and spans[0][0] == ends[-1]:
            through[-1] += spans[0][1] - ends[-1]
            ends[-1] = spans[0][1]
            del spans[0]
        starts += [start for start, _ in spans]
        ends += [end for _, end in spans]
        total = through[-1]
        through += [total := total + end - start for start, end in spans]
        return Windows(first, to_us, starts, ends, through)

    def _grown_left(self, windows: Windows, to_us: int) -> Windows:
        first, last, starts, ends, through = windows
        to_us = max(to_us, self._horizon.first_us)
        spans = self._source(to_us, first)
        before = list(accumulate((a - b for a, b in reversed(spans)), initial=through[0]))[::-1]
        starts, ends, through = starts[1:], ends[1:], through[1:]
        if spans and starts and spans[-1][1] == starts[0]:
            starts[0] = spans[-1][0]
            del spans[-1], before[-1]
        return Windows(
            to_us,
            last,
            [to_us, *(start for start, _ in spans), *starts],
            [to_us, *(end for _, end in spans), *ends],
            [*before, *through],
        )


def _check_amount(what: str, amount_us: int) -> None:
    if amount_us < 0:
        raise InvalidWorkTime(f"{what}(amount)", amount_us, "an amount that is not negative")


def _iso(us: int) -> str:
    try:
        return as_instant(us).isoformat()
    except OverflowError:  # beyond the year 9999
        return f"{us} us"
