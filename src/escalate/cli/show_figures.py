"""Figures over a log as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from escalate.cli.sections import Section
from escalate.cli.text import count, duration, percent, printable
from escalate.offline.figures import Figures, Share, Spread
from escalate.offline.figures.values import Value
from escalate.offline.intervals import Estimate


def figures_section(figures: Figures) -> Section:
    """Return the section that shows *figures*, with those that were left out and why."""
    return Section("Figures", figures_table(figures), figures.to_json())


def figures_table(figures: Figures) -> RenderableType:
    """Return *figures* as a table, a doubt below its figure, then those that were left out and why."""
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", overflow="fold")
    for figure in figures:
        for label, value in _rows(figure.title, figure.value):
            table.add_row(Text(printable(label)), Text(value))
        if figure.doubt:
            table.add_row(Text(printable(f"  in doubt: {figure.doubt}")), Text())
    left_out = [Text(printable(f"Left out: {each.key}; {each.why}")) for each in figures.left_out]
    return Group(table, *left_out)


def _rows(label: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield label, ""
        for path, leaf in _leaves(value):
            yield f"  {path}", _shown(leaf)
    elif isinstance(value, Spread):
        yield f"{label} ({count(value.cases)} cases)", ""
        yield "  mean", duration(value.mean_hours)
        yield "  median", duration(value.median_hours)
        yield "  90th percentile", duration(value.p90_hours)
    else:
        yield label, _shown(value)


def _leaves(value: Mapping[str, Value], path: str = "") -> Iterator[tuple[str, Value]]:
    for name, part in value.items():
        here = f"{path} > {name}" if path else name.replace("_", " ")
        if isinstance(part, Mapping):
            yield from _leaves(part, f"{path} > {name}" if path else name)
        else:
            yield here, part


def _shown(value: Value) -> str:
    if isinstance(value, Share):
        return _of(value)
    if isinstance(value, Estimate):
        return _estimated(value)
    if isinstance(value, Spread):
        half, most = duration(value.median_hours), duration(value.p90_hours)
        return f"median {half}, 90 % {most} ({count(value.cases)})"
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return duration(value)
    raise TypeError(f"no way to show {type(value).__name__}")


def _estimated(value: Estimate) -> str:
    if value.low is None or value.high is None:
        return percent(value.value)
    return f"{percent(value.value)} ({percent(value.low)} to {percent(value.high)})"


def _of(value: Share) -> str:
    if isinstance(value.part, int) and isinstance(value.whole, int):
        return f"{count(value.part)} of {count(value.whole)} ({percent(value.share)})"
    return f"{duration(value.part)} of {duration(value.whole)} ({percent(value.share)})"
