"""Tiered support escalation for the help desk you already run."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.core.worktime import WorkTime as WorkTime
    from escalate.errors import BadInput as BadInput
    from escalate.errors import EscalateError as EscalateError
    from escalate.errors import Refused as Refused

__all__ = ["BadInput", "EscalateError", "Refused", "WorkTime"]

__getattr__ = exports(
    __name__,
    {
        "BadInput": "escalate.errors",
        "EscalateError": "escalate.errors",
        "Refused": "escalate.errors",
        "WorkTime": "escalate.core.worktime",
    },
)
