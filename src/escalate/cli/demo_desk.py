"""The desk of ``escalate demo``: made up, like everybody in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from escalate.core import commands as c
from escalate.core.model import Actor, Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.sla import SLAPolicy, Target
from escalate.core.workcalendar import WorkCalendar

ZONE: Final = ZoneInfo("America/Sao_Paulo")
MONDAY: Final = datetime(2026, 11, 23, 9, tzinfo=ZONE)

ANA, RUI, EVA = Actor("Ana"), Actor("Rui"), Actor("Eva")


def policy() -> EscalationPolicy:
    """Return the policy of the desk: three lines, office hours, an answer or a handover in 12 h."""
    return EscalationPolicy(
        "demo",
        [Tier("N1", "First line"), Tier("N2", "Product specialists"), Tier("N3", "Developers")],
        [
            Path("N1", "N2"),
            Path("N2", "N3"),
            Path("N2", "N1", kind="return"),
            Path("N3", "N2", kind="return"),
        ],
        sla=SLAPolicy(
            [
                Target("ownership", "12h", tiers=("N1",)),
                Target("ownership", "24h", default=True),
                Target("resolution", "80h", default=True),
            ]
        ),
        calendars={
            "office": WorkCalendar(
                timezone="America/Sao_Paulo", hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]}
            )
        },
    )


@attrs.frozen
class Scene:
    """Something that happens at the desk, *hours* of wall clock after Monday 9:00."""

    hours: float
    ticket: str
    command: c.Command

    @property
    def at(self) -> datetime:
        """The instant, in the desk's own zone."""
        return MONDAY + timedelta(hours=self.hours)  # no change of summer time lies in that week


SUBJECTS: Final = {
    "login": "Can't log in",
    "export": "The export stops at row 10,000",
    "invoice": "Where is my invoice?",
    "outage": "Nobody at our site can save",
}

STORY: Final = (
    Scene(0.1, "login", c.Open("login", channel="chat")),
    Scene(0.2, "login", c.Take(by=ANA)),
    Scene(0.5, "invoice", c.Open("invoice", channel="email")),
    Scene(0.7, "login", c.Reply(then="resolve", by=ANA)),
    Scene(1.0, "export", c.Open("export", channel="email")),
    Scene(1.5, "export", c.Take(by=ANA)),
    Scene(2.0, "export", c.Escalate(by=ANA)),
    Scene(5.0, "export", c.Take(by=RUI)),
    Scene(5.5, "export", c.Reply(then="wait", by=RUI)),
    Scene(24.0, "outage", c.Open("outage", channel="phone", priority="urgent")),
    Scene(24.1, "outage", c.Take(by=ANA)),
    Scene(24.2, "outage", c.Escalate(to="N3", by=ANA)),
    Scene(24.3, "outage", c.Escalate(by=ANA)),
    Scene(25.0, "outage", c.Escalate(by=RUI)),
    Scene(26.0, "outage", c.Take(by=EVA)),
    Scene(29.0, "outage", c.Resolve(by=EVA)),
    Scene(49.0, "export", c.CustomerReply()),
    Scene(50.0, "export", c.Escalate(by=RUI)),
    Scene(53.0, "export", c.Return(by=EVA)),
    Scene(73.0, "invoice", c.Take(by=ANA)),
    Scene(73.5, "invoice", c.Reply(then="resolve", by=ANA)),
    Scene(76.0, "export", c.Reply(then="resolve", by=RUI)),
    Scene(96.0, "login", c.CustomerReply()),
    Scene(97.0, "login", c.Reply(then="resolve", by=ANA)),
)
