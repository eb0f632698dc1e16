"""What a log could not say, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group
from rich.text import Text

from escalate.cli.sections import Section
from escalate.cli.text import count, printable, several
from escalate.errors import InvalidFile
from escalate.offline import DataQuality, Notice
from escalate.offline.reporting.doubts import OF_ALL, OF_ROWS

_SHOWN: Final = 10


def quality_section(quality: DataQuality) -> Section:
    """Return the section that shows *quality*."""
    lines = [f"{count(quality.rows)} rows read, {count(quality.kept)} usable"]
    for kind, title in OF_ROWS:
        lines.extend(_lines(title, getattr(quality, kind)))
    if quality.is_clean:
        lines.append("Nothing unreadable, unmapped, in doubt or tied")
    for kind, title in OF_ALL:
        lines.extend(_of_all(title, getattr(quality, kind)))
    if quality.recognised:
        found = ", ".join(f"{part} = {column!r}" for part, column in quality.recognised)
        lines.append(f"Columns taken by their standard names: {found}")
    body = Group(*(Text(printable(line)) for line in lines))
    return Section("Data quality", body, {"data_quality": quality.to_json()})


def refuse_if_none_usable(quality: DataQuality, name: str) -> None:
    """Raise an error where no row of the log *name* can be used: figures over none say nothing.

    Raises:
        InvalidFile: the log has rows, and all of them are unreadable.
    """
    if quality.kept or not quality.unreadable:
        return
    most = max(quality.unreadable, key=lambda notice: notice.count)
    got = f"{several(quality.rows, 'row')}, none of them usable"
    wanted = "rows that have a case and an instant"
    raise InvalidFile(name, f"{got}; {count(most.count)} with {most.about}", wanted)


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
