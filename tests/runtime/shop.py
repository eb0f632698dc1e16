"""A small desk for tests: three lines in office hours, a warning, a step that moves, a bot in front."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from escalate import (
    Actor,
    Check,
    Desk,
    EscalationPolicy,
    Path,
    Receiver,
    RequestType,
    Rule,
    SLAPolicy,
    Step,
    Target,
    Tier,
    WorkCalendar,
)
from escalate.runtime import Person, Staff
from escalate.testing import ManualClock

ANA: Final = Actor("ana")
EVE: Final = Actor("eve", roles={"lead"})
ROBOT: Final = Actor("robot", "bot")
MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)

POLICY: Final = EscalationPolicy(
    "shop",
    [
        Tier("bot", kind="bot", calendar="always"),
        Tier("N1", calendar="office"),
        Tier("N2", calendar="office"),
    ],
    [
        Path("bot", "N1"),
        Path("N1", "N2", requires=("summary",)),
        Path("N2", "N1", kind="return"),
        Path("N1", "bot", kind="return"),
    ],
    entry="N1",
    sla=SLAPolicy(
        [
            Target(
                "ownership",
                "4h",
                tiers=("N1",),
                steps=(
                    Step("50%", notify="lead"),
                    Step("100%", escalate_to="N2", notify="lead"),
                ),
            ),
            Target("resolution", "16h", calendar="office", default=True),
        ]
    ),
    rules=[Rule("call", on="human_requested", notify="lead")],
    request_types=[
        RequestType(
            "login",
            tier="N1",
            checklist=[
                Check("password_verified", ask="Is the password right?"),
                Check("network_ok", ask="Does another site open?"),
            ],
        )
    ],
    receivers=[Receiver("lead", calendar="office"), Receiver("boss", calendar="always")],
    fallback="boss",
    calendars={"office": WorkCalendar("UTC", {"mon-fri": ["09:00-17:00"]})},
    reopen_within="3d",
)

STAFF: Final = Staff(
    [
        Person("ana", tiers=["N1"], skills=["mail"]),
        Person("ben", tiers=["N1"], skills=["mail", "vpn"]),
        Person("eve", tiers=["N2"], roles=["lead"]),
        Person("kim", roles=["boss"]),
    ]
)


def shop(policy: EscalationPolicy = POLICY, **more: Any) -> tuple[Desk, ManualClock]:
    """A desk on a Monday at nine, and its clock."""
    clock = ManualClock(MONDAY)
    return Desk(policy, clock=clock, **more), clock


def names(events: Any) -> list[str]:
    """What happened, by name."""
    return [type(event).__name__ for event in events]
