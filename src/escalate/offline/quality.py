"""What a log could not say: every row and word that reading doubted, counted and with examples.

Nothing is dropped in silence: what is not in the :class:`~escalate.offline.log.Log` is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

EXAMPLES_KEPT: Final = 5
_TEXT_KEPT: Final = 80


@attrs.frozen
class Example:
    """Where something doubtful stands.

    Attributes:
        line: The line of the file on which the row ends, header included; in a dataframe the row's
            position, counted from 1.
        text: What stands there, cut to 80 characters.
    """

    line: int
    text: str


@attrs.frozen
class Notice:
    """One kind of doubt, how often it came up, and the first few places.

    Attributes:
        about: The reason, or the word or text that the mapping does not know.
        count: Rows concerned.
        examples: At most five, in the order of the log.
    """

    about: str
    count: int
    examples: tuple[Example, ...] = ()


@attrs.frozen
class DataQuality:
    """How much of a log could be read, and what of it is doubtful.

    Attributes:
        rows: Rows met, readable or not. Blank lines are no rows.
        unreadable: By reason: rows without a case or an instant, or with too many or few cells.
            They are not in the log.
        unmapped_words: By status word that the mapping does not explain. Such rows stay in the
            log; only what their status means is unknown.
        unmapped_tiers: By text that leads to no tier. Such rows stay; their tier is unknown.
        unmapped_priorities: By word of the priority column that the mapping does not explain. Such
            rows stay; whether the priority changed is unknown.
        doubtful: Instants without an offset that the zone's clock shows twice or never. The
            earlier reading is taken (``fold=0``).
        ties: Rows at the same instant as the row of their case before them. They keep the order
            of the log.

    >>> DataQuality(rows=10, unreadable=(Notice("no case", 2),)).kept
    8
    """

    rows: int
    unreadable: tuple[Notice, ...] = ()
    unmapped_words: tuple[Notice, ...] = ()
    unmapped_tiers: tuple[Notice, ...] = ()
    unmapped_priorities: tuple[Notice, ...] = ()
    doubtful: tuple[Notice, ...] = ()
    ties: tuple[Notice, ...] = ()

    @property
    def kept(self) -> int:
        """Rows that are in the log."""
        return self.rows - sum(notice.count for notice in self.unreadable)

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(getattr(self, kind) for kind in _KINDS)

    def to_json(self) -> dict[str, Any]:
        """Return the same as dicts, lists, numbers and text."""
        return {**attrs.asdict(self), "kept": self.kept}


_KINDS: Final = (
    "unreadable",
    "unmapped_words",
    "unmapped_tiers",
    "unmapped_priorities",
    "doubtful",
    "ties",
)


class Tally:
    """Counts doubts while a log is read; :meth:`result` is what it found."""

    def __init__(self) -> None:
        self.rows = 0
        self._counts: dict[str, dict[str, int]] = {kind: {} for kind in _KINDS}
        self._examples: dict[tuple[str, str], list[Example]] = {}

    def unreadable(self, reason: str, line: int, text: str) -> None:
        """Count a row that cannot be in the log."""
        self._note("unreadable", reason, line, text)

    def unmapped_word(self, word: str, line: int) -> None:
        """Count a row whose status word the mapping does not explain."""
        self._note("unmapped_words", word, line, word)

    def unmapped_tier(self, text: str, line: int) -> None:
        """Count a row whose tier the mapping does not tell."""
        self._note("unmapped_tiers", text, line, text)

    def unmapped_priority(self, word: str, line: int) -> None:
        """Count a row whose priority the mapping does not explain."""
        self._note("unmapped_priorities", word, line, word)

    def doubtful(self, line: int, text: str) -> None:
        """Count an instant that the zone's clock shows twice or never."""
        self._note("doubtful", "the zone's clock shows this time twice or never", line, text)

    def tie(self, case: str, line: int) -> None:
        """Count a row at the same instant as the one before it."""
        self._note("ties", "same instant as the case's row before", line, case)

    def result(self) -> DataQuality:
        """Return what was counted so far, the most frequent first."""
        return DataQuality(self.rows, **{kind: tuple(self._notices(kind)) for kind in _KINDS})

    def _note(self, kind: str, about: str, line: int, text: str) -> None:
        counts = self._counts[kind]
        counts[about] = counts.get(about, 0) + 1
        if counts[about] <= EXAMPLES_KEPT:
            example = Example(line, text[:_TEXT_KEPT])
            self._examples.setdefault((kind, about), []).append(example)

    def _notices(self, kind: str) -> Iterable[Notice]:
        most_first = sorted(self._counts[kind].items(), key=lambda item: (-item[1], item[0]))
        for about, count in most_first:
            examples = sorted(self._examples[kind, about], key=lambda example: example.line)
            yield Notice(about, count, tuple(examples))
