"""What was found, to read on a screen, a phone and paper, in a notebook, and to compute with."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.offline.reporting.building import Report as Report
    from escalate.offline.reporting.building import report as report
    from escalate.offline.reporting.exporting import FigureRow as FigureRow
    from escalate.offline.reporting.exporting import export_rows as export_rows
    from escalate.offline.reporting.exporting import guarded as guarded
    from escalate.offline.reporting.exporting import unguarded as unguarded
    from escalate.offline.reporting.notebooks import Chaptered as Chaptered
    from escalate.offline.reporting.notebooks import Mermaid as Mermaid
    from escalate.offline.reporting.parts import Found as Found
    from escalate.offline.reporting.parts import Part as Part

__all__ = [
    "Chaptered",
    "FigureRow",
    "Found",
    "Mermaid",
    "Part",
    "Report",
    "export_rows",
    "guarded",
    "report",
    "unguarded",
]

__getattr__ = exports(
    __name__,
    {
        "FigureRow": "escalate.offline.reporting.exporting",
        "Found": "escalate.offline.reporting.parts",
        "Chaptered": "escalate.offline.reporting.notebooks",
        "Mermaid": "escalate.offline.reporting.notebooks",
        "Part": "escalate.offline.reporting.parts",
        "Report": "escalate.offline.reporting.building",
        "export_rows": "escalate.offline.reporting.exporting",
        "guarded": "escalate.offline.reporting.exporting",
        "report": "escalate.offline.reporting.building",
        "unguarded": "escalate.offline.reporting.exporting",
    },
)
