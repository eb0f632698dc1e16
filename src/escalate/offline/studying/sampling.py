"""A few of many cases, the same whichever way they come: those whose id has the smallest hash."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Generic, TypeVar

import attrs

Item = TypeVar("Item")


@attrs.define
class Sample(Generic[Item]):
    """At most *most* items, drawn by the hash of the case's id, so that no case is preferred.

    Attributes:
        most: How many are kept.
        seen: How many there were.

    >>> sample = Sample(2)
    >>> for case in "abcdef":
    ...     sample.add(case, case.upper())
    >>> list(sample), sample.seen
    (['E', 'F'], 6)
    """

    most: int
    seen: int = 0
    _kept: list[tuple[bytes, str, Item]] = attrs.field(factory=list)

    def add(self, case_id: str, item: Item) -> None:
        """Take in the item of one case."""
        self.seen += 1
        digest = blake2b(case_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self._kept.append((digest, case_id, item))
        if len(self._kept) > 2 * self.most:
            self._cut()

    def merge(self, other: Sample[Item]) -> None:
        """Take in what another one has seen of other cases."""
        self.seen += other.seen
        self._kept += other._kept
        self._cut()

    def __iter__(self) -> Iterator[Item]:
        self._cut()
        return (item for _, _, item in self._kept)

    def __len__(self) -> int:
        return min(self.seen, self.most)

    def _cut(self) -> None:
        # Ids are unique, so that items are never compared.
        self._kept.sort(key=lambda each: each[:2])
        del self._kept[self.most :]
