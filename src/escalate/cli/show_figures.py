"""Figures over a log as a table, alone or chapter by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from escalate.offline.reporting.cells import is_of_mean, of_share, times_mean

_MOST_ROWS: Final = 12
_WHERE: Final = "--html or --json"


def figures_section(figures: Figures) -> Section:
    """Return the section that shows *figures*, with those that were left out and why."""
    return Section("Figures", figures_table(figures), figures.to_json())


def figures_table(figures: Figures) -> Group:
    """Return *figures* as a table, then what is in doubt, and what was left out and why."""
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", overflow="fold")
    for figure in figures:
        for label, value in _in_short(figure):
            table.add_row(Text(printable(label)), Text(value))
    doubts = _by_reason((figure.doubt, figure.title) for figure in figures if figure.doubt)
    left_out = _by_reason((each.why, each.key) for each in figures.left_out)
    lines = [f"In doubt: {'; '.join(titles)}: {doubt}" for doubt, titles in doubts]
    lines += [f"Left out: {', '.join(keys)}; {why}" for why, keys in left_out]
    return Group(table, *(Text(printable(line)) for line in lines))


def _in_short(figure: Figure) -> list[tuple[str, str]]:
    """Return the rows of *figure*, its first ones if there are many, and none of what wants a picture."""
    rows = list(_rows(figure.title, figure.value))
    if len(rows) <= _MOST_ROWS + 2:  # to say that one is left out takes one, too
        return rows
    if figure.chart in ("heat", "line"):
        return [(figure.title, f"{several(len(rows) - 1, 'value')}: see {_WHERE}")]
    return [*rows[: _MOST_ROWS + 1], (f"  and {len(rows) - 1 - _MOST_ROWS} more: see {_WHERE}", "")]


def _by_reason(found: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return each reason once, with what it is the reason for."""
    reasons: dict[str, list[str]] = {}
    for reason, name in found:
        reasons.setdefault(reason, []).append(name)
    return list(reasons.items())


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
    if is_of_mean(value):
        return f"{part}, {times_mean(value)}"
    return f"{part} of {whole} ({percent(value.share)})"
