"""What a log could not say: every row and word that reading doubted, counted and with examples.

Nothing is dropped in silence: what is not in the :class:`~escalate.offline.log.Log` is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

from escalate.offline.doubts.evidence import Evidence
from escalate.offline.doubts.notices import Count, Example, Notice

__all__ = ["DataQuality", "Example", "Notice", "Tally"]


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
        recognised: Pairs of a part of the mapping and the column of a standard name taken for it.
        evidence: What :attr:`zones`, :attr:`cut` and :attr:`leaks` are told from.

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
    recognised: tuple[tuple[str, str], ...] = ()
    evidence: Evidence = attrs.field(factory=Evidence, repr=False, hash=False)

    @property
    def kept(self) -> int:
        """Rows that are in the log."""
        return self.rows - sum(notice.count for notice in self.unreadable)

    @property
    def is_clean(self) -> bool:
        """Whether every row was read and understood without a doubt.

        What the log as a whole leaves in doubt (:attr:`zones`, :attr:`cut`, :attr:`leaks`) is apart:
        hardly any log has nothing of it.
        """
        return not any(getattr(self, kind) for kind in _KINDS)

    @property
    def zones(self) -> tuple[Notice, ...]:
        """Doubts about the clocks behind the instants: offsets on some rows only, or one all year."""
        window = self.evidence.window
        days = window.begins.keys() | window.ends.keys()
        return tuple(self.evidence.clocks.notices(self.kept, days))

    @property
    def cut(self) -> tuple[Notice, ...]:
        """Cases that the window of the extract cuts, and signs of how cases were chosen."""
        return tuple(self.evidence.window.notices())

    @property
    def leaks(self) -> tuple[Notice, ...]:
        """Columns whose values may have been written after the instant of their row."""
        return tuple(self.evidence.leaks.notices())

    def to_json(self) -> dict[str, Any]:
        """Return the same as dicts, lists, numbers and text."""
        whole = {kind: [attrs.asdict(each) for each in getattr(self, kind)] for kind in _OF_ALL}
        rows = attrs.asdict(self, filter=lambda attribute, _: attribute.name != "evidence")
        return {**rows, **whole, "kept": self.kept}


_OF_ALL: Final = ("zones", "cut", "leaks")
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
        self.recognised: tuple[tuple[str, str], ...] = ()
        self.evidence = Evidence()
        self._counts: dict[str, dict[str, Count]] = {kind: {} for kind in _KINDS}

    def unreadable(self, reason: str, line: int, text: str) -> None:
        """Count a row that cannot be in the log."""
        self.rows += 1
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

    def doubtful(self, why: str, line: int, text: str) -> None:
        """Count an instant that the zone's clock shows twice or never."""
        self._note("doubtful", why, line, text)

    def tie(self, case: str, line: int) -> None:
        """Count a row at the same instant as the one before it."""
        self._note("ties", "same instant as the case's row before", line, case)

    def merge(self, quality: DataQuality) -> None:
        """Add what another part of the same log left in doubt."""
        self.rows += quality.rows
        self.recognised = quality.recognised
        self.evidence.merge(quality.evidence)
        for kind, counts in self._counts.items():
            for notice in getattr(quality, kind):
                count = counts.setdefault(notice.about, Count())
                count.merge(notice.count, notice.examples)

    def result(self) -> DataQuality:
        """Return what was counted so far, the most frequent first."""
        notices = {kind: tuple(self._notices(kind)) for kind in _KINDS}
        return DataQuality(self.rows, **notices, recognised=self.recognised, evidence=self.evidence)

    def _note(self, kind: str, about: str, line: int, text: str) -> None:
        counts = self._counts[kind]
        count = counts.get(about)
        if count is None:
            count = counts[about] = Count()
        count.add(line, text)

    def _notices(self, kind: str) -> Iterable[Notice]:
        counts = self._counts[kind].items()
        for about, count in sorted(counts, key=lambda item: (-item[1].count, item[0])):
            yield count.notice(about)
