"""The decisions: no I/O, no clock reads, no randomness, no logging."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.core import commands as commands
    from escalate.core import events as events
    from escalate.core import facts as facts
    from escalate.core.engine import Outcome as Outcome
    from escalate.core.engine import advance as advance
    from escalate.core.engine import decide as decide
    from escalate.core.engine import evolve as evolve
    from escalate.core.engine import fold as fold
    from escalate.core.engine import next_due as next_due
    from escalate.core.engine import observe as observe
    from escalate.core.engine import rebase as rebase
    from escalate.core.engine import step as step
    from escalate.core.explained import Explanation as Explanation
    from escalate.core.explaining import explain as explain
    from escalate.core.ranking import rank as rank

__all__ = [
    "Explanation",
    "Outcome",
    "advance",
    "commands",
    "decide",
    "events",
    "evolve",
    "explain",
    "facts",
    "fold",
    "next_due",
    "observe",
    "rank",
    "rebase",
    "step",
]

_MODULES = ("commands", "events", "facts")

__getattr__ = exports(
    __name__,
    dict.fromkeys(__all__, "escalate.core.engine")
    | {name: f"escalate.core.{name}" for name in _MODULES}
    | {
        "Explanation": "escalate.core.explained",
        "explain": "escalate.core.explaining",
        "rank": "escalate.core.ranking",
    },
)
