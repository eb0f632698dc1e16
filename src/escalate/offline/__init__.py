"""The core run over logs: reading, study, replay, figures."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.offline import figures as figures
    from escalate.offline.comparing import Comparison as Comparison
    from escalate.offline.comparing import compare as compare
    from escalate.offline.figures.values import Chapter as Chapter
    from escalate.offline.intervals import Estimate as Estimate
    from escalate.offline.learning.corrections import Correction as Correction
    from escalate.offline.learning.corrections import as_seen as as_seen
    from escalate.offline.learning.corrections import corrections as corrections
    from escalate.offline.learning.evaluating import Evaluation as Evaluation
    from escalate.offline.learning.evaluating import evaluate as evaluate
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
    from escalate.offline.replays.result import Replay as Replay
    from escalate.offline.reporting.building import Report as Report
    from escalate.offline.reporting.building import report as report
    from escalate.offline.reporting.exporting import export_rows as export_rows
    from escalate.offline.reporting.parts import Found as Found
    from escalate.offline.sharding import Shard as Shard
    from escalate.offline.sharding import merged as merged
    from escalate.offline.sharding import merged_quality as merged_quality
    from escalate.offline.sharding import shards as shards
    from escalate.offline.splitting import split as split
    from escalate.offline.studying.whole import Study as Study
    from escalate.offline.studying.whole import study as study

__all__ = [
    "Case",
    "Chapter",
    "Comparison",
    "Correction",
    "DataQuality",
    "Estimate",
    "Evaluation",
    "Example",
    "Found",
    "Log",
    "Mapping",
    "Notice",
    "PriorityColumn",
    "Replay",
    "Report",
    "Row",
    "Shard",
    "Study",
    "TierColumn",
    "as_seen",
    "compare",
    "corrections",
    "evaluate",
    "export_rows",
    "figures",
    "merged",
    "merged_quality",
    "read",
    "replay",
    "report",
    "shards",
    "split",
    "study",
]

__getattr__ = exports(
    __name__,
    {
        "Case": "escalate.offline.log",
        "Chapter": "escalate.offline.figures.values",
        "Comparison": "escalate.offline.comparing",
        "Correction": "escalate.offline.learning.corrections",
        "DataQuality": "escalate.offline.quality",
        "Estimate": "escalate.offline.intervals",
        "Evaluation": "escalate.offline.learning.evaluating",
        "Example": "escalate.offline.quality",
        "Found": "escalate.offline.reporting.parts",
        "Log": "escalate.offline.log",
        "Mapping": "escalate.offline.mapping",
        "Notice": "escalate.offline.quality",
        "PriorityColumn": "escalate.offline.mapping",
        "Replay": "escalate.offline.replays.result",
        "Report": "escalate.offline.reporting.building",
        "Row": "escalate.offline.log",
        "Shard": "escalate.offline.sharding",
        "Study": "escalate.offline.studying.whole",
        "TierColumn": "escalate.offline.mapping",
        "as_seen": "escalate.offline.learning.corrections",
        "compare": "escalate.offline.comparing",
        "corrections": "escalate.offline.learning.corrections",
        "evaluate": "escalate.offline.learning.evaluating",
        "export_rows": "escalate.offline.reporting.exporting",
        "figures": "escalate.offline.figures",
        "merged": "escalate.offline.sharding",
        "merged_quality": "escalate.offline.sharding",
        "read": "escalate.offline.reading",
        "replay": "escalate.offline.replaying",
        "report": "escalate.offline.reporting.building",
        "shards": "escalate.offline.sharding",
        "split": "escalate.offline.splitting",
        "study": "escalate.offline.studying.whole",
    },
)
