"""What a log could not say, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group
from rich.text import Text

from escalate.cli.sections import Section
from escalate.cli.text import count, printable
from escalate.offline import DataQuality, Notice

_SHOWN: Final = 10
_KINDS: Final = (
    ("unreadable", "Unreadable rows, left out"),
    ("unmapped_words", "Rows whose status word the mapping does not explain"),
    ("unmapped_tiers", "Rows that lead to no line of support"),
    ("unmapped_priorities", "Rows whose priority the mapping does not explain"),
    ("doubtful", "Instants in doubt, read as the earlier offset"),
    ("ties", "Rows at the same instant as the one before, kept in the log's order"),
)
_OF_ALL: Final = (
    ("zones", "Clocks in doubt"),
    ("cut", "Cut by the window of the extract"),
    ("leaks", "Values that may tell the future"),
)


def quality_section(quality: DataQuality) -> Section:
    """Return the section that shows *quality*."""
    lines = [f"{count(quality.rows)} rows read, {count(quality.kept)} usable"]
    for kind, title in _KINDS:
        lines.extend(_lines(title, getattr(quality, kind)))
    if quality.is_clean:
        lines.append("Nothing unreadable, unmapped, in doubt or tied")
    for kind, title in _OF_ALL:
        lines.extend(_of_all(title, getattr(quality, kind)))
    if quality.recognised:
        found = ", ".join(f"{part} = {column!r}" for part, column in quality.recognised)
        lines.append(f"Columns taken by their standard names: {found}")
    body = Group(*(Text(printable(line)) for line in lines))
    return Section("Data quality", body, {"data_quality": quality.to_json()})


def _lines(title: str, notices: Sequence[Notice]) -> Iterator[str]:
    if not notices:
        return
    yield f"{title}: {count(sum(notice.count for notice in notices))}"
    for notice in notices[:_SHOWN]:
        places = ", ".join(f"line {example.line}" for example in notice.examples)
        yield f"  {notice.about or '(empty)'}: {count(notice.count)} ({places})"
    if len(notices) > _SHOWN:
        yield f"  and {count(len(notices) - _SHOWN)} more kinds"


def _of_all(title: str, notices: Sequence[Notice]) -> Iterator[str]:
    if not notices:
        return
    yield f"{title}:"
    for notice in notices:
        such_as = ", ".join(example.text for example in notice.examples)
        example = f" (such as {such_as})" if such_as else ""
        yield f"  {notice.about}: {count(notice.count)}{example}"
