"""Many rows of the same shape in little memory: numbers as eight bytes each, words once each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, overload

NONE = -(2**63)
"""Stands for no number: an instant that never came. No instant of a log lies there."""

Item = TypeVar("Item", bound=NamedTuple)


class Rows(Sequence[Item], Generic[Item]):
    """A sequence of named tuples, kept by column.

    A log of ten million rows can break a million promises, and a tuple of each would fill the memory. A
    column of numbers (``int`` or none) takes eight bytes a row; one of words takes four and each word once,
    which also holds for ids, of which most occur in a row or two.

    >>> class Late(NamedTuple):
    ...     case: str
    ...     hours: int | None
    >>> rows = Rows(Late, words={"case"})
    >>> rows.append(Late("17", None))
    >>> list(rows)
    [Late(case='17', hours=None)]
    """

    def __init__(self, make: type[Item], *, words: set[str]) -> None:
        self._make: Any = make  # mypy takes a NamedTuple for the function of that name
        self._columns: list[Any] = [
            _Words() if name in words else array("q") for name in make._fields
        ]

    def append(self, row: Item) -> None:
        """Add one row."""
        for column, value in zip(self._columns, row, strict=True):
            column.append(NONE if value is None else value)

    def extend(self, rows: Rows[Item]) -> None:
        """Add all of another of the same shape."""
        for column, other in zip(self._columns, rows._columns, strict=True):
            column.extend(other)

    def ordered(self, key: Callable[[Item], Any]) -> Rows[Item]:
        """Return the same rows in the order of *key*."""
        columns = self._columns
        order = sorted(range(len(self)), key=lambda at: key(self[at]))
        same = object.__new__(Rows)
        same._make = self._make
        same._columns = [
            column.picked(order) if isinstance(column, _Words) else _picked(column, order)
            for column in columns
        ]
        return same

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, at: int) -> Item: ...

    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...

    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        found = (column[at] for column in self._columns)
        row: Item = self._make(*(None if value == NONE else value for value in found))
        return row

    def __iter__(self) -> Iterator[Item]:
        make: Any = self._make
        for values in zip(*self._columns, strict=True):
            yield make(*(None if value == NONE else value for value in values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"Rows({len(self):,} of {self._make.__name__})"


def _picked(column: array[int], order: Iterable[int]) -> array[int]:
    return array("q", (column[at] for at in order))


class _Words:
    """A column of words: which word stands where."""

    __slots__ = ("_codes", "_number", "_words")

    def __init__(self) -> None:
        self._codes = array("I")
        self._words: list[str] = []
        self._number: dict[str, int] = {}

    def append(self, word: str) -> None:
        """Add one word."""
        self._codes.append(self._code(word))

    def _code(self, word: str) -> int:
        code = self._number.get(word)
        if code is None:
            code = self._number[word] = len(self._words)
            self._words.append(word)
        return code

    def extend(self, other: _Words) -> None:
        """Add all words of another column."""
        codes = [self._code(word) for word in other._words]
        self._codes.extend(codes[code] for code in other._codes)

    def picked(self, order: Iterable[int]) -> _Words:
        """Return the column in another order."""
        same = _Words()
        same._words, same._number = self._words, self._number
        same._codes = array("I", (self._codes[at] for at in order))
        return same

    def __len__(self) -> int:
        return len(self._codes)

    def __getitem__(self, at: int) -> str:
        return self._words[self._codes[at]]

    def __iter__(self) -> Iterator[str]:
        words = self._words
        return (words[code] for code in self._codes)
