"""Tiered support escalation for the help desk you already run."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.core.model import Actor as Actor
    from escalate.core.model import Ticket as Ticket
    from escalate.core.model import Tier as Tier
    from escalate.core.policy import EscalationPolicy as EscalationPolicy
    from escalate.core.policy import Path as Path
    from escalate.core.sla import SLAPolicy as SLAPolicy
    from escalate.core.sla import Target as Target
    from escalate.core.status import Status as Status
    from escalate.core.workcalendar import WorkCalendar as WorkCalendar
    from escalate.core.worktime import WorkTime as WorkTime
    from escalate.errors import BadInput as BadInput
    from escalate.errors import EscalateError as EscalateError
    from escalate.errors import Refused as Refused
    from escalate.policies import load_policy as load_policy

__all__ = [
    "Actor",
    "BadInput",
    "EscalateError",
    "EscalationPolicy",
    "Path",
    "Refused",
    "SLAPolicy",
    "Status",
    "Target",
    "Ticket",
    "Tier",
    "WorkCalendar",
    "WorkTime",
    "load_policy",
]

__getattr__ = exports(
    __name__,
    {
        "Actor": "escalate.core.model",
        "BadInput": "escalate.errors",
        "EscalateError": "escalate.errors",
        "EscalationPolicy": "escalate.core.policy",
        "Path": "escalate.core.policy",
        "Refused": "escalate.errors",
        "SLAPolicy": "escalate.core.sla",
        "Status": "escalate.core.status",
        "Target": "escalate.core.sla",
        "Ticket": "escalate.core.model",
        "Tier": "escalate.core.model",
        "WorkCalendar": "escalate.core.workcalendar",
        "WorkTime": "escalate.core.worktime",
        "load_policy": "escalate.policies",
    },
)
