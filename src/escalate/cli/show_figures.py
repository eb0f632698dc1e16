"""Figures over a log as a table, alone or chapter by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.sections import Section
from escalate.cli.text import count, duration, percent, printable, several
from escalate.offline import Estimate
from escalate.offline.figures import Figure, Figures, Share, Spread
from escalate.offline.figures.values import Value
from escalate.offline.figures.words import estimated
from escalate.offline.reporting.cells import of_share, size

_DRAWN: Final = ("heat", "line")
"""What a chart tells at a glance, and a list of numbers does not."""
_LONG: Final = 24
_HIGHEST: Final = 10


def figures_section(figures: Figures) -> Section:
    """Return the section that shows *figures*, with those that were left out and why."""
    return Section("Figures", figures_table(figures), figures.to_json())


def figures_table(figures: Figures) -> Group:
    """Return *figures* as a table, then what is in doubt, and what was left out and why."""
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", overflow="fold")
    for figure in figures:
        for label, value in _shortened(figure):
            table.add_row(Text(printable(label)), Text(value))
    doubts = _by_reason((figure.doubt, figure.title) for figure in figures if figure.doubt)
    left_out = _by_reason((each.why, each.key) for each in figures.left_out)
    lines = [f"In doubt: {'; '.join(titles)}: {doubt}" for doubt, titles in doubts]
    lines += [f"Left out: {', '.join(keys)}; {why}" for why, keys in left_out]
    return Group(table, *(Text(printable(line)) for line in lines))


def _by_reason(found: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return each reason once, with what it is the reason for."""
    reasons: dict[str, list[str]] = {}
    for reason, name in found:
        reasons.setdefault(reason, []).append(name)
    return list(reasons.items())


def _shortened(figure: Figure) -> Iterator[tuple[str, str]]:
    """Yield the rows of *figure*; of a field or a line too long to read as text, the highest points."""
    value = figure.value
    found = list(_leaves(value)) if isinstance(value, Mapping) else []
    if figure.chart not in _DRAWN or len(found) <= _LONG:
        yield from _rows(figure.title, value)
        return
    ranked = sorted(range(len(found)), key=lambda at: -_height(found[at][1]))
    yield f"{figure.title}, the highest", ""
    highest = [at for at in ranked[:_HIGHEST] if _height(found[at][1]) > 0]
    for at in sorted(highest):
        path, leaf = found[at]
        yield f"  {path}", _shown(leaf)
    yield (
        f"  and {count(len(found) - len(highest))} more, which --html draws and --export writes",
        "",
    )


def _height(value: Value) -> float:
    number = None if isinstance(value, Mapping) else size(value)
    return -inf if number is None else number


def _rows(label: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield label, "" if value else "none"
        for path, leaf in _leaves(value):
            yield f"  {path}", _shown(leaf)
    elif isinstance(value, Spread):
        yield f"{label} ({several(value.cases, 'case')})", ""
        yield "  mean", duration(value.mean_hours)
        yield "  median", duration(value.median_hours)
        yield "  90th percentile", duration(value.p90_hours)
    else:
        yield label, _shown(value)


def _leaves(value: Mapping[str, Value], path: str = "") -> Iterator[tuple[str, Value]]:
    for name, part in value.items():
        here = f"{path} > {name}" if path else name
        if isinstance(part, Mapping):
            yield from _leaves(part, here)
        else:
            yield here, part


def _shown(value: Value) -> str:
    if isinstance(value, Share):
        return _of(value)
    if isinstance(value, Spread):
        return _spread(value)
    if isinstance(value, Estimate):
        return estimated(value)
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return duration(value)
    raise TypeError(f"no way to show {type(value).__name__}")


def _spread(value: Spread) -> str:
    if not value.cases:
        return "-"
    half, most = duration(value.median_hours), duration(value.p90_hours)
    return f"median {half}, 90 % within {most} ({count(value.cases)})"


def _of(value: Share) -> str:
    part, whole = of_share(value)
    return f"{part} of {whole} ({percent(value.share)})"
