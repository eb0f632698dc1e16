"""Which picture a figure gets."""

from __future__ import annotations

from escalate.core.policy import EscalationPolicy
from escalate.offline.figures.values import Chapter, Figure, Share, Spread
from escalate.offline.intervals import Estimate
from escalate.offline.reporting.cells import kind, leaves
from escalate.offline.reporting.charts.bars import bars
from escalate.offline.reporting.charts.flowchart import flowchart
from escalate.offline.reporting.charts.heat import heat
from escalate.offline.reporting.charts.lines import lines
from escalate.offline.reporting.flow import flow_of


def draw(
    figure: Figure, chapter: Chapter | None = None, policy: EscalationPolicy | None = None
) -> str:
    """Return the SVG of *figure*, or nothing where a table says it better.

    A share, a spread and an estimate are drawn whatever the figure asks for: each is part of a scale.
    """
    found = list(leaves(figure.value))
    match figure.chart:
        case "flow":
            flow = flow_of(figure, chapter, policy)
            return "" if flow is None else flowchart(figure.title, flow)
        case "heat":
            return heat(figure.title, found)
        case "line":
            return lines(figure.title, found)
        case "bars":
            return bars(figure.title, found)
        case "none":
            scaled = kind(found) in (Share, Spread, Estimate)
            return bars(figure.title, found) if scaled else ""
