"""Rows of whole numbers that are added and multiplied at once: one long integer holds them all.

A row of numbers a, b, c is kept as a + b * 2**w + c * 2**(2w). Sums of such integers, and their products
with a small one, do for every number what they do for one, as long as each stays below 2**(w - 1) on
either side of 0. So plain Python does with one operation what would take a loop over all labels, and
since whole numbers have no rounding, the order of additions does not matter and numpy gives the same.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from operator import mul
from typing import Any, Protocol

import attrs


@attrs.frozen
class Lanes:
    """How rows of *size* numbers become one integer, each *bits* wide: 32 or 64."""

    size: int
    bits: int = 64
    _form: struct.Struct = attrs.field(init=False, eq=False, repr=False)
    _middle: int = attrs.field(init=False, eq=False, repr=False)
    _shift: int = attrs.field(init=False, eq=False, repr=False)

    @_form.default
    def _as_struct(self) -> struct.Struct:
        return struct.Struct(f"<{self.size}{'Q' if self.bits == 64 else 'I'}")

    @_middle.default
    def _half(self) -> int:
        return 1 << (self.bits - 2)

    @_shift.default
    def _halves(self) -> int:
        return int.from_bytes(self._form.pack(*[self._middle] * self.size), "little")

    def __reduce__(self) -> tuple[type[Lanes], tuple[int, int]]:
        # A struct does not pickle; it is made again.
        return Lanes, (self.size, self.bits)

    def pack(self, numbers: Sequence[int]) -> int:
        """Return the integer for *numbers*.

        >>> lanes = Lanes(3)
        >>> lanes.unpack(lanes.pack([1, -2, 3]) * 5 + lanes.pack([0, 1, 0]))
        [5, -9, 15]
        """
        middle = self._middle
        # All are lifted above 0, and what that added is taken away from the whole.
        lifted = self._form.pack(*[number + middle for number in numbers])
        return int.from_bytes(lifted, "little") - self._shift

    def unpack(self, row: int) -> list[int]:
        """Return the numbers of *row*."""
        middle = self._middle
        lifted = (row + self._shift).to_bytes(self._form.size, "little")
        return [number - middle for number in self._form.unpack(lifted)]


class Rows(Protocol):
    """The weights of each gram for each label, while they are learned."""

    def sums(self, numbers: Sequence[int], weights: Sequence[int]) -> list[int]:
        """Return, for each label, the sum over the grams of weight times the row's number."""
        ...

    def lower(self, numbers: Sequence[int], weights: Sequence[int], by: Sequence[int]) -> None:
        """Lower the row of each gram by its weight times *by*."""
        ...

    def row(self, number: int) -> list[int]:
        """Return the row of one gram."""
        ...


class PackedRows:
    """Rows in plain Python."""

    def __init__(self, grams: int, labels: int) -> None:
        self._rows = [0] * grams
        self._lanes = Lanes(labels)

    def sums(self, numbers: Sequence[int], weights: Sequence[int]) -> list[int]:
        """Return, for each label, the sum over the grams of weight times the row's number."""
        return self._lanes.unpack(sum(map(mul, map(self._rows.__getitem__, numbers), weights)))

    def lower(self, numbers: Sequence[int], weights: Sequence[int], by: Sequence[int]) -> None:
        """Lower the row of each gram by its weight times *by*."""
        rows, step = self._rows, self._lanes.pack(by)
        for number, weight in zip(numbers, weights, strict=True):
            rows[number] -= step * weight

    def row(self, number: int) -> list[int]:
        """Return the row of one gram."""
        return self._lanes.unpack(self._rows[number])


class ArrayRows:
    """Rows in numpy: the same numbers, as whole numbers of 64 bits add up the same in any order."""

    def __init__(self, grams: int, labels: int) -> None:
        import numpy as np

        self._np = np
        self._rows = np.zeros((grams, labels), dtype=np.int64)

    def sums(self, numbers: Sequence[int], weights: Sequence[int]) -> list[int]:
        """Return, for each label, the sum over the grams of weight times the row's number."""
        found: list[int] = (self._as_int64(weights) @ self._rows[self._as_int64(numbers)]).tolist()
        return found

    def lower(self, numbers: Sequence[int], weights: Sequence[int], by: Sequence[int]) -> None:
        """Lower the row of each gram by its weight times *by*."""
        # No gram is in a text twice, so no row is lowered once where it should be twice.
        self._rows[self._as_int64(numbers)] -= self._np.outer(
            self._as_int64(weights), self._as_int64(by)
        )

    def row(self, number: int) -> list[int]:
        """Return the row of one gram."""
        row: list[int] = self._rows[number].tolist()
        return row

    def _as_int64(self, numbers: Sequence[int]) -> Any:
        return self._np.array(numbers, dtype=self._np.int64)
