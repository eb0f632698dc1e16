"""Puts what studies and replays found into one report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput
from escalate.offline.figures.values import Chapter
from escalate.offline.quality import DataQuality
from escalate.offline.reporting.exporting import FigureRow, export_rows, write_csv, write_parquet
from escalate.offline.reporting.flow import Flow, flow_of
from escalate.offline.reporting.mermaid import to_mermaid
from escalate.offline.reporting.notebooks import Mermaid
from escalate.offline.reporting.page import Contents, to_fragment, to_page
from escalate.offline.reporting.parts import Part, chapters_of, qualities_of

FilePath = str | PathLike[str]


def report(*parts: Part, title: str = "", policy: EscalationPolicy | None = None) -> Report:
    """Return what *parts* found as one report.

    Args:
        parts: Studies, replays, comparisons: anything with chapters. The data quality of each log is told
            once.
        title: Its heading.
        policy: Whose paths the flowcharts are held against.

    Raises:
        BadInput: there is no part, or one of them has no chapters.

    >>> from escalate.offline.figures import Figure, Figures
    >>> from escalate.offline.reporting import Found
    >>> cases = Figure("cases", "Cases", 7554, "Cases with at least one row.")
    >>> found = Found([Chapter("all", "All of it", Figures((cases,)))])
    >>> print(report(found, title="Last year").to_csv(), end="")
    chapter,figure,path,field,value,unit,doubt
    all,cases,,value,7554,count,
    """
    return Report(title or "What the tickets say", chapters_of(parts), qualities_of(parts), policy)


@attrs.frozen(repr=False)
class Report:
    """Figures to read, to print, to show in a notebook and to compute with.

    Attributes:
        title: Its heading.
        chapters: The figures, by what they are about.
        qualities: What each log could not say.
        policy: Whose paths the flowcharts are held against.
    """

    title: str
    chapters: tuple[Chapter, ...]
    qualities: tuple[DataQuality, ...] = ()
    policy: EscalationPolicy | None = None

    def __repr__(self) -> str:
        keys = ", ".join(chapter.key for chapter in self.chapters)
        return f"<Report {self.title!r}: {keys}>"

    def to_html(self, path: FilePath | None = None) -> str:
        """Return the report as one HTML file, and write it to *path* if one is given.

        It loads nothing and runs nothing, and is the same to the byte for the same figures.

        Raises:
            OSError: the file cannot be written.
        """
        return _written(to_page(self._contents()), path)

    def to_mermaid(self) -> Mermaid:
        """Return the first flowchart of moves as Mermaid, with its counts; JupyterLab and marimo draw it.

        Raises:
            BadInput: no figure is a flowchart.
        """
        flow = next(self._flows(), None)
        if flow is None:
            raise BadInput(
                "report.to_mermaid()", self, "a report with moves between tiers or teams"
            )
        return to_mermaid(flow)

    def rows(self) -> Iterator[FigureRow]:
        """Yield every single value, with what it is and where it stands; :func:`export_rows` tells more."""
        return export_rows([self])

    def to_csv(self, path: FilePath | None = None) -> str:
        """Return every single value as CSV, and write it to *path* if one is given.

        A spreadsheet computes no cell of it: a text that begins like a formula has a ``'`` before it, and
        :func:`escalate.offline.reporting.unguarded` takes it away again. Numbers are numbers.

        Raises:
            OSError: the file cannot be written.
        """
        return _written(write_csv(self.rows()), path)

    def to_json(self, path: FilePath | None = None) -> dict[str, Any]:
        """Return the report as dicts, lists, numbers and text, and write it to *path* if one is given.

        Raises:
            OSError: the file cannot be written.
        """
        found = {
            "title": self.title,
            "data_quality": [quality.to_json() for quality in self.qualities],
            "chapters": [{"key": each.key, **each.to_json()} for each in self.chapters],
        }
        if path is not None:
            _written(json.dumps(found, indent=2, allow_nan=False) + "\n", path)
        return found

    def to_parquet(self, path: FilePath) -> None:
        """Write every single value to a Parquet file; the path of names is a list there.

        Raises:
            BadInput: pyarrow is not installed.
            OSError: the file cannot be written.
        """
        write_parquet(self.rows(), path)

    def _repr_html_(self) -> str:
        return to_fragment(self._contents())

    def _contents(self) -> Contents:
        return Contents(self.title, self.chapters, self.qualities, self.policy)

    def _flows(self) -> Iterator[Flow]:
        for chapter in self.chapters:
            for figure in chapter.figures:
                flow = flow_of(figure, chapter, self.policy) if figure.chart == "flow" else None
                if flow is not None:
                    yield flow


def _written(text: str, path: FilePath | None) -> str:
    if path is not None:
        # The same bytes everywhere: no line ends of the machine.
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    return text
