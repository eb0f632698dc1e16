"""What happens at the desk of ``escalate demo``, command by command: made up, like everybody in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from escalate.core import commands as c
from escalate.core.model import Actor, Handoff

ZONE: Final = ZoneInfo("America/Sao_Paulo")
MONDAY: Final = datetime(2026, 11, 23, 9, tzinfo=ZONE)
END: Final = MONDAY + timedelta(days=4, hours=9)
ANA, RUI, EVA = Actor("Ana"), Actor("Rui"), Actor("Eva")


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
    "invoice": "Where is my invoice?",
    "export": "The export stops at row 10,000",
    "outage": "Nobody at our site can save",
}

_TO_N2: Final = Handoff(
    summary="The export of the parts list stops at row 10,000 and gives no message.",
    ask="Is there a limit, and can this customer have more?",
)
_TO_N3: Final = Handoff(
    summary="The limit is 50,000 rows; this export still stops at 10,000.",
    hypothesis="It breaks off at a part whose name holds a line end.",
)

STORY: Final = (
    # Ana wants to pass a login on at once; its checks come first, and then a rule passes it on.
    Scene(0.1, "login", c.Open("login", channel="chat", request_type="login")),
    Scene(0.2, "login", c.Take(by=ANA)),
    Scene(0.3, "login", c.Escalate(by=ANA, handoff=Handoff(summary="The login fails."))),
    Scene(0.4, "login", c.ReachMilestone("password_verified", by=ANA)),
    Scene(0.5, "login", c.RecordAttempt("password reset", worked=False, by=ANA)),
    Scene(0.6, "login", c.ReachMilestone("network_ok", by=ANA)),
    Scene(2.0, "login", c.Take(by=RUI)),
    Scene(2.5, "login", c.Reply("Your account was locked.", then="resolve", by=RUI)),
    # Nobody takes the invoice, so time does something about it.
    Scene(0.7, "invoice", c.Open("invoice", channel="email")),
    Scene(30.0, "invoice", c.Take(by=RUI)),
    Scene(30.1, "invoice", c.Return("bills are for the first line", by=RUI)),
    Scene(48.5, "invoice", c.Take(by=ANA)),
    Scene(48.6, "invoice", c.Reply("It is on its way.", then="resolve", by=ANA)),
    # The export needs all three lines, and each is told what the one before knew.
    Scene(1.0, "export", c.Open("export", channel="email")),
    Scene(1.5, "export", c.Take(by=ANA)),
    Scene(1.6, "export", c.RecordAttempt("smaller export", worked=True, by=ANA)),
    Scene(1.7, "export", c.RecordAttempt("other browser", worked=False, by=ANA)),
    Scene(1.8, "export", c.Escalate(to="N3", by=ANA)),
    Scene(1.9, "export", c.Escalate(by=ANA)),
    Scene(2.0, "export", c.Escalate(handoff=_TO_N2, by=ANA)),
    Scene(5.0, "export", c.Take(by=RUI)),
    Scene(5.5, "export", c.Reply("Which version do you use?", then="wait", by=RUI)),
    Scene(49.0, "export", c.CustomerReply("4.2")),
    Scene(50.0, "export", c.Escalate(handoff=_TO_N3, by=RUI)),
    Scene(53.0, "export", c.Take(by=EVA)),
    Scene(77.0, "export", c.Reply("Mended in 4.2.1.", then="resolve", by=EVA)),
    # Somebody important calls.
    Scene(24.1, "outage", c.Open("outage", channel="phone", priority="urgent", tags=("vip",))),
    Scene(24.2, "outage", c.Take(by=RUI)),
    Scene(24.5, "outage", c.Invite("N3", by=RUI)),
    Scene(24.6, "outage", c.Accept("N3", by=EVA)),
    Scene(26.0, "outage", c.Reply("The disk was full.", then="resolve", by=RUI)),
    Scene(96.5, "outage", c.CustomerReply("It is full again.")),
    Scene(97.5, "outage", c.Reply("It cleans itself now.", then="resolve", by=RUI)),
)
