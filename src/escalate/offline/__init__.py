"""The core run over logs: reading, replay, figures."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.offline import figures as figures
    from escalate.offline.counting import Replay as Replay
    from escalate.offline.log import Case as Case
    from escalate.offline.log import Log as Log
    from escalate.offline.log import Row as Row
    from escalate.offline.mapping import Mapping as Mapping
    from escalate.offline.mapping import PriorityColumn as PriorityColumn
    from escalate.offline.mapping import TierColumn as TierColumn
    from escalate.offline.quality import DataQuality as DataQuality
    from escalate.offline.quality import Example as Example
    from escalate.offline.quality import Notice as Notice
    from escalate.offline.reading import read as read
    from escalate.offline.replaying import replay as replay

__all__ = [
    "Case",
    "DataQuality",
    "Example",
    "Log",
    "Mapping",
    "Notice",
    "PriorityColumn",
    "Replay",
    "Row",
    "TierColumn",
    "figures",
    "read",
    "replay",
]

__getattr__ = exports(
    __name__,
    {
        "Case": "escalate.offline.log",
        "DataQuality": "escalate.offline.quality",
        "Example": "escalate.offline.quality",
        "Log": "escalate.offline.log",
        "Mapping": "escalate.offline.mapping",
        "Notice": "escalate.offline.quality",
        "PriorityColumn": "escalate.offline.mapping",
        "Replay": "escalate.offline.counting",
        "Row": "escalate.offline.log",
        "TierColumn": "escalate.offline.mapping",
        "figures": "escalate.offline.figures",
        "read": "escalate.offline.reading",
        "replay": "escalate.offline.replaying",
    },
)
