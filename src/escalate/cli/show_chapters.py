"""Chapters of figures as text, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from escalate.cli.sections import Section
from escalate.cli.show_figures import figures_table
from escalate.cli.text import printable, several
from escalate.core.instants import show_instant
from escalate.offline import Comparison
from escalate.offline.comparing import Change
from escalate.offline.figures.values import Chapter

_SHOWN = 10


def chapter_sections(chapters: Sequence[Chapter]) -> list[Section]:
    """Return a section for each of *chapters*; for programs, the last has them all by key."""
    sections = [Section(chapter.title, _body(chapter), {}) for chapter in chapters]
    whole = {"chapters": {chapter.key: chapter.to_json() for chapter in chapters}}
    return [*sections[:-1], *(Section(last.title, last.body, whole) for last in sections[-1:])]


def chapters_body(chapters: Iterable[Chapter]) -> RenderableType:
    """Return *chapters* one below the other, each under its title."""
    parts: list[RenderableType] = []
    for chapter in chapters:
        parts += [Text(printable(chapter.title), style="bold"), _body(chapter), Text()]
    return Group(*parts[:-1])


def _body(chapter: Chapter) -> RenderableType:
    remarks = (Text(printable(remark)) for remark in chapter.remarks)
    return Group(*remarks, figures_table(chapter.figures))


def comparison_section(comparison: Comparison) -> Section:
    """Return the section that shows *comparison*, with the first tickets that are judged differently."""
    changes = comparison.changes
    lines = [Text(printable(_told(change))) for change in changes[:_SHOWN]]
    if len(changes) > _SHOWN:
        lines.append(Text(f"and {several(len(changes) - _SHOWN, 'cycle')} more"))
    body = Group(chapters_body(comparison.chapters), Text(), *lines)
    first, second = (f"{one.name!r} {one.version}" for one in (comparison.first, comparison.second))
    title = f"{first} against {second}"
    return Section(title, body, {"comparison": comparison.to_json()})


def _told(change: Change) -> str:
    dues = " > ".join(
        "no deadline" if due is None else f"due {show_instant(due)}"
        for due in (change.first_due_us, change.second_due_us)
    )
    verdicts = f"{change.was} > {change.now}"
    return f"{change.case}, {change.clock} {change.cycle}: {verdicts}, {dues} ({change.why})"
