"""One kind of doubt, how often it came up, and where."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Final

import attrs

EXAMPLES_KEPT: Final = 5
TEXT_KEPT: Final = 80


@attrs.frozen(order=True)
class Example:
    """Where something doubtful stands.

    Attributes:
        line: The line of the file on which the row ends, header included; in a dataframe, Parquet file
            or list the row's position, counted from 1.
        text: What stands there, cut to 80 characters.
    """

    line: int
    text: str


@attrs.frozen
class Notice:
    """One kind of doubt, how often it came up, and the first few places.

    Attributes:
        about: The reason, or the word or text that the mapping does not know.
        count: Rows concerned; for doubts about cases or a whole log, the cases.
        examples: At most five, in the order of the log.
    """

    about: str
    count: int
    examples: tuple[Example, ...] = ()


@attrs.define
class Count:
    """Counts one kind of doubt and keeps the first places, in whatever order they come.

    >>> count = Count()
    >>> for line in (9, 7, 8):
    ...     count.add(line, "x")
    >>> count.notice("odd")
    Notice(about='odd', count=3, examples=(Example(line=7, text='x'), Example(line=8, text='x'), \
Example(line=9, text='x')))
    """

    count: int = 0
    examples: list[Example] = attrs.field(factory=list)

    def add(self, line: int, text: str) -> None:
        """Count one more, on this line."""
        self.count += 1
        if len(self.examples) < EXAMPLES_KEPT or line <= self.examples[-1].line:
            self._keep(Example(line, text[:TEXT_KEPT]))

    def merge(self, count: int, examples: Iterable[Example]) -> None:
        """Count what another one counted, too."""
        self.count += count
        for example in examples:
            self._keep(example)

    def notice(self, about: str) -> Notice:
        """Return what was counted."""
        return Notice(about, self.count, tuple(self.examples))

    def _keep(self, example: Example) -> None:
        insort(self.examples, example)
        del self.examples[EXAMPLES_KEPT:]
