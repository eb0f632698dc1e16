"""The flowchart of moves as the text of a Mermaid diagram."""

from __future__ import annotations

from typing import Final

from escalate.offline.figures.words import shown
from escalate.offline.reporting.flow import Flow, said
from escalate.offline.reporting.notebooks import Mermaid
from escalate.policies.mermaid import escaped, quoted

_ARROWS: Final = {"escalate": "==>", "none": "-.->"}


def to_mermaid(flow: Flow) -> Mermaid:
    """Return *flow* as Mermaid draws it.

    >>> from escalate.offline.reporting.flow import Way
    >>> print(to_mermaid(Flow({"N1": "", "N2": ""}, (Way("N1", "N2", 3, kind="escalate"),))), end="")
    flowchart TB
      t0["N1"]
      t1["N2"]
      t0 ==>|"3"| t1
    """
    ids = {name: f"t{number}" for number, name in enumerate(flow.boxes)}
    lines = ["flowchart TB"]
    for name, note in flow.boxes.items():
        lines.append(f"  {ids[name]}[{quoted(escaped(shown(name)), escaped(note))}]")
    for way in flow.ways:
        label = quoted(*map(escaped, said(way)))
        arrow = _ARROWS.get(way.kind, "-->")
        lines.append(f"  {ids[way.source]} {arrow}|{label}| {ids[way.target]}")
    return Mermaid("\n".join(lines) + "\n")
