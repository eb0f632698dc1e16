"""Figures over a log, each with the sentence that defines it."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.offline.figures.measuring import measure as measure
    from escalate.offline.figures.values import Chapter as Chapter
    from escalate.offline.figures.values import Figure as Figure
    from escalate.offline.figures.values import Figures as Figures
    from escalate.offline.figures.values import LeftOut as LeftOut
    from escalate.offline.figures.values import Share as Share
    from escalate.offline.figures.values import Spread as Spread

__all__ = ["Chapter", "Figure", "Figures", "LeftOut", "Share", "Spread", "measure"]

__getattr__ = exports(
    __name__,
    {
        "Chapter": "escalate.offline.figures.values",
        "Figure": "escalate.offline.figures.values",
        "Figures": "escalate.offline.figures.values",
        "LeftOut": "escalate.offline.figures.values",
        "Share": "escalate.offline.figures.values",
        "Spread": "escalate.offline.figures.values",
        "measure": "escalate.offline.figures.measuring",
    },
)
