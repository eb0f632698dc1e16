"""Rows of a part of a log, as :mod:`escalate.offline.splitting` puts them aside.

A file of our own in a folder of our own: CSV without a header, of the cells that are wanted, each row
behind the line on which it stood; a row that was no row says so, why, and what stood there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from escalate.offline.doubts.notices import TEXT_KEPT
from escalate.offline.formats.table import Broken, LineCells, Table

_BROKEN: Final = "!"
_ENCODING: Final = ("utf-8", "surrogatepass")


class SpillWriter:
    """Puts rows aside for one part, in memory until :meth:`flush`."""

    __slots__ = ("_buffer", "_path", "_write")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._buffer = io.StringIO(newline="")
        self._write = csv.writer(self._buffer, lineterminator="\n").writerow
        path.touch()

    def row(self, line: int, cells: Sequence[Any]) -> None:
        """Put a row aside; a cell that is missing is empty."""
        self._write((line, *cells))

    def broken(self, reason: str, line: int, text: str) -> None:
        """Put aside that the row on this line is none; of its text people see the beginning."""
        self._write((_BROKEN, line, reason, text[:TEXT_KEPT]))

    def flush(self) -> None:
        """Write what was put aside to the file; one that is not written to is not open."""
        with self._path.open("ab") as file:
            file.write(self._buffer.getvalue().encode(*_ENCODING))
        self._buffer.seek(0)
        self._buffer.truncate()


@contextmanager
def spilled_table(path: str, name: str, wanted: tuple[str, ...]) -> Iterator[Table]:
    """Open what a :class:`SpillWriter` wrote; the *wanted* columns are those that it was given."""
    with open(path, encoding=_ENCODING[0], errors=_ENCODING[1], newline="") as text:

        def start(_: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
            for line, *cells in csv.reader(text, strict=True):
                if line == _BROKEN:
                    broken(cells[1], int(cells[0]), cells[2])
                else:
                    yield int(line), cells

        yield Table(name, wanted, start)
