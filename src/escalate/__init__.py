"""Tiered support escalation for the help desk you already run."""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.core.clockkinds import CustomClock as CustomClock
    from escalate.core.model import ABSTAIN as ABSTAIN
    from escalate.core.model import Actor as Actor
    from escalate.core.model import Attempt as Attempt
    from escalate.core.model import Handoff as Handoff
    from escalate.core.model import Ticket as Ticket
    from escalate.core.model import Tier as Tier
    from escalate.core.model import Verdict as Verdict
    from escalate.core.policy import EscalationPolicy as EscalationPolicy
    from escalate.core.policy import Path as Path
    from escalate.core.protocol import Check as Check
    from escalate.core.protocol import Goal as Goal
    from escalate.core.protocol import Permission as Permission
    from escalate.core.protocol import Receiver as Receiver
    from escalate.core.protocol import RequestType as RequestType
    from escalate.core.rules import Rule as Rule
    from escalate.core.sla import SLAPolicy as SLAPolicy
    from escalate.core.sla import Step as Step
    from escalate.core.sla import Target as Target
    from escalate.core.status import Status as Status
    from escalate.core.workcalendar import WorkCalendar as WorkCalendar
    from escalate.core.worktime import WorkTime as WorkTime
    from escalate.errors import BadInput as BadInput
    from escalate.errors import EscalateError as EscalateError
    from escalate.errors import Refused as Refused
    from escalate.policies import load_policy as load_policy
    from escalate.runtime.desk import Desk as Desk
    from escalate.runtime.hosted import HostedDesk as HostedDesk
    from escalate.stores.memory import MemoryStore as MemoryStore
    from escalate.stores.sqlite import SQLiteStore as SQLiteStore

__all__ = [
    "ABSTAIN",
    "Actor",
    "Attempt",
    "BadInput",
    "Check",
    "CustomClock",
    "Desk",
    "EscalateError",
    "EscalationPolicy",
    "Goal",
    "Handoff",
    "HostedDesk",
    "MemoryStore",
    "Path",
    "Permission",
    "Receiver",
    "Refused",
    "RequestType",
    "Rule",
    "SLAPolicy",
    "SQLiteStore",
    "Status",
    "Step",
    "Target",
    "Ticket",
    "Tier",
    "Verdict",
    "WorkCalendar",
    "WorkTime",
    "load_policy",
]

__getattr__ = exports(
    __name__,
    {
        "ABSTAIN": "escalate.core.model",
        "Actor": "escalate.core.model",
        "Attempt": "escalate.core.model",
        "BadInput": "escalate.errors",
        "Check": "escalate.core.protocol",
        "CustomClock": "escalate.core.clockkinds",
        "Desk": "escalate.runtime.desk",
        "EscalateError": "escalate.errors",
        "EscalationPolicy": "escalate.core.policy",
        "Goal": "escalate.core.protocol",
        "Handoff": "escalate.core.model",
        "HostedDesk": "escalate.runtime.hosted",
        "MemoryStore": "escalate.stores.memory",
        "Path": "escalate.core.policy",
        "Permission": "escalate.core.protocol",
        "Receiver": "escalate.core.protocol",
        "Refused": "escalate.errors",
        "RequestType": "escalate.core.protocol",
        "Rule": "escalate.core.rules",
        "SLAPolicy": "escalate.core.sla",
        "SQLiteStore": "escalate.stores.sqlite",
        "Status": "escalate.core.status",
        "Step": "escalate.core.sla",
        "Target": "escalate.core.sla",
        "Ticket": "escalate.core.model",
        "Tier": "escalate.core.model",
        "Verdict": "escalate.core.model",
        "WorkCalendar": "escalate.core.workcalendar",
        "WorkTime": "escalate.core.worktime",
        "load_policy": "escalate.policies",
    },
)
