"""The numpy forms: what a loop over the integer forms would give, bit for bit and much faster.

Whole microseconds in, whole microseconds out, all ``int64``. Needs numpy, which nothing else here does;
this module is loaded when a numpy form is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from escalate.errors import BadInput, EndBeforeStart, HorizonTooShort, InvalidWorkTime

if TYPE_CHECKING:
    from escalate.core.opentime.timeline import Timeline, Windows

Ints: TypeAlias = NDArray[np.int64]

_BLOCK: Final = 1 << 14  # so many instants at a time stay in the processor's cache
_MOST_CELLS: Final = 1 << 20
_MOST_HOPS: Final = 4  # beyond that a search is quicker
_ENDLESS: Final = 1 << 60  # longer than the years from 1970 to 2100
_FINEST: Final = 28  # cells of 2**28 us are four and a half minutes


class PackedWindows:
    """A compiled line as arrays, with a grid that finds an instant's window without searching.

    The line is cut into cells of 2**shift us, of which each starts in a known window; from there the right
    window is at most ``hops`` further on.
    """

    __slots__ = (
        "_cell_window",
        "_ends",
        "_first",
        "_hops",
        "_next_starts",
        "_shift",
        "_starts",
        "_used_at_end",
        "last_closing",
        "through",
    )

    def __init__(self, windows: Windows) -> None:
        self._first = windows.first
        self._starts = np.array(windows.starts, np.int64)
        self._ends = np.array(windows.ends, np.int64)
        self.through = np.array(windows.through, np.int64)
        self.last_closing = windows.ends[-1]
        # Open time before t is min(t, end of its window) plus a constant of that window.
        self._used_at_end = self.through - self._ends
        # After the last window comes a start that no instant reaches, so that no hop leads beyond.
        self._next_starts = np.append(self._starts[1:], np.iinfo(np.int64).max)
        self._shift, begun = _grid(self._starts, windows.first, windows.last)
        self._cell_window = (begun - 1).astype(np.intp)
        self._hops = int(np.diff(begun).max())

    def window_of(self, at_us: Ints) -> NDArray[np.intp]:
        """Return the number of the last window that starts at or before each instant."""
        if self._hops > _MOST_HOPS:
            return np.searchsorted(self._starts, at_us, side="right") - 1
        found: NDArray[np.intp] = self._cell_window.take((at_us - self._first) >> self._shift)
        for _ in range(self._hops):
            found += self._next_starts.take(found) <= at_us
        return found

    def open_before(self, at_us: Ints) -> Ints:
        """Return the open time up to each instant, from the line's own origin."""
        window = self.window_of(at_us)
        used: Ints = np.minimum(at_us, self._ends.take(window))
        used += self._used_at_end.take(window)
        return used

    def at_amount(self, total_us: Ints) -> Ints:
        """Return the earliest instant with so much open time up to it."""
        # Longer amounts than the line holds read as its end; the caller has looked for them.
        window = np.minimum(np.searchsorted(self.through, total_us), len(self.through) - 1)
        at: Ints = total_us - self._used_at_end.take(window)
        return at

    def next_open(self, at_us: Ints) -> Ints:
        """Return each instant rolled to an open one; it must lie before the last closing."""
        window = self.window_of(at_us)
        return np.where(at_us < self._ends.take(window), at_us, self._next_starts.take(window))


def elapsed_many(line: Timeline, starts_us: ArrayLike, ends_us: ArrayLike) -> Ints:
    """Return the open time between each start and end."""
    starts, ends = _together("elapsed_many", starts_us, ends_us)
    if not starts.size:
        return np.zeros(starts.shape, np.int64)
    wrong = starts > ends
    if wrong.any():
        where = int(np.argmax(wrong))
        got = (int(starts.flat[where]), int(ends.flat[where]))
        raise EndBeforeStart(f"elapsed_many, pair {where}", got, "start <= end")
    _check_inside(line, "elapsed_many, start", starts)
    _check_inside(line, "elapsed_many, end", ends)
    packed = line.packed("elapsed_many", int(starts.min()), int(ends.max()))
    answers = np.empty(starts.size, np.int64)
    flat_starts, flat_ends = starts.ravel(), ends.ravel()
    for at in range(0, starts.size, _BLOCK):
        block = slice(at, at + _BLOCK)
        answers[block] = packed.open_before(flat_ends[block]) - packed.open_before(
            flat_starts[block]
        )
    return answers.reshape(starts.shape)


def deadlines(line: Timeline, starts_us: ArrayLike, amounts_us: ArrayLike) -> Ints:
    """Return the deadline of each start and amount."""
    starts, amounts = _together("deadlines", starts_us, amounts_us)
    if not starts.size:
        return np.zeros(starts.shape, np.int64)
    if (amounts < 0).any():
        where = int(np.argmax(amounts < 0))
        got = int(amounts.flat[where])
        raise InvalidWorkTime(f"deadlines, amount {where}", got, "an amount that is not negative")
    _check_inside(line, "deadlines, start", starts)
    _lengthen(line, starts.ravel(), amounts.ravel())
    packed = line.packed("deadlines", int(starts.min()), int(starts.max()))
    due = packed.at_amount(packed.open_before(starts) + amounts)
    due = np.where(amounts == 0, packed.next_open(starts), due)
    late = due >= line.horizon.last_us
    if late.any():
        _raise_first(line, starts.ravel(), amounts.ravel(), np.flatnonzero(late))
    return due


def _lengthen(line: Timeline, starts: Ints, amounts: Ints) -> None:
    """Have the line compiled as far as the latest deadline, or raise the first that it cannot hold.

    The scalar form does both; only the furthest of each kind needs asking.
    """
    packed = line.packed("deadlines", int(starts.min()), int(starts.max()))
    # An amount beyond any calendar must not overflow the sum; the scalar form refuses it in full.
    total = packed.open_before(starts) + np.minimum(amounts, _ENDLESS)
    at_once = amounts == 0
    beyond = np.where(at_once, starts >= packed.last_closing, total > packed.through[-1])
    if not beyond.any():
        return
    furthest = {
        int(np.argmax(np.where(kind, rank, np.iinfo(np.int64).min)))
        for kind, rank in ((beyond & at_once, starts), (beyond & ~at_once, total))
        if kind.any()
    }
    try:
        for where in furthest:
            line.deadline_us(int(starts[where]), int(amounts[where]))
    except HorizonTooShort:
        _raise_first(line, starts, amounts, np.flatnonzero(beyond))


def _raise_first(line: Timeline, starts: Ints, amounts: Ints, suspects: NDArray[np.intp]) -> None:
    for where in suspects:
        try:
            line.deadline_us(int(starts[where]), int(amounts[where]))
        except HorizonTooShort as error:
            raise HorizonTooShort(f"deadlines, pair {where}", error.got, error.wanted) from None


def _together(what: str, first: ArrayLike, second: ArrayLike) -> tuple[Ints, Ints]:
    arrays = [_whole(what, values) for values in (first, second)]
    try:
        one, two = np.broadcast_arrays(*arrays)
    except ValueError:
        shapes = " and ".join(str(array.shape) for array in arrays)
        raise BadInput(what, f"shapes {shapes}", "shapes that broadcast to one") from None
    return one, two


def _whole(what: str, values: Any) -> Ints:
    array = np.asarray(values)
    if not array.size:
        return array.astype(np.int64)  # an empty list has no dtype of its own
    if array.dtype.kind not in "iu" or not np.can_cast(array.dtype, np.int64):
        wanted = "whole microseconds in an integer dtype, e.g. int64"
        raise BadInput(what, f"dtype {array.dtype}", wanted)
    return array.astype(np.int64, copy=False)


def _check_inside(line: Timeline, what: str, at_us: Ints) -> None:
    horizon = line.horizon
    outside = (at_us < horizon.first_us) | (at_us >= horizon.last_us)
    if outside.any():
        where = int(np.argmax(outside))
        raise horizon.question(f"{what} {where}", int(at_us.flat[where]))


def _grid(starts: Ints, first: int, last: int) -> tuple[int, Ints]:
    """Return how wide cells are, as a shift, and how many windows start at or before each one's begin."""
    # Most windows should be wider apart than a cell; the first entry only marks where the line begins.
    apart = int(np.quantile(np.diff(starts[1:]), 0.1)) if len(starts) > 2 else last - first
    shift = max(apart.bit_length() - 1, _FINEST)
    while (last - first) >> shift >= _MOST_CELLS:
        shift += 1
    cells = first + (np.arange(((last - first) >> shift) + 2, dtype=np.int64) << shift)
    return shift, np.searchsorted(starts, cells, side="right")
