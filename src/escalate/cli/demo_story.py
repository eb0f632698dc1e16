"""What happens at the desk of ``escalate demo``, command by command: made up, like everybody in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from escalate.core import commands as c
from escalate.core.model import Actor, Handoff

ZONE: Final = ZoneInfo("America/Sao_Paulo")
MONDAY: Final = datetime(2026, 11, 23, tzinfo=ZONE)
END: Final = MONDAY + timedelta(days=5)
BOT = Actor("the bot", "bot")
ANA, RUI, EVA = Actor("Ana"), Actor("Rui"), Actor("Eva")

CAST: Final = "Ana works in N1, Rui in N2, Eva in N3; it is open 9-12 and 13-18 in Sao Paulo."


@attrs.frozen
class Scene:
    """Something that happens at the desk on the *day* after Monday at *clock*, as ``"09:00"``."""

    day: int
    clock: str
    ticket: str
    command: c.Command

    @property
    def at(self) -> datetime:
        """The instant, in the desk's own zone."""
        hours, minutes = map(int, self.clock.split(":"))
        # No change of summer time lies in that week.
        return MONDAY + timedelta(days=self.day, hours=hours, minutes=minutes)


_TO_N2: Final = Handoff(
    summary="The export of the parts list stops at row 10,000 and says nothing.",
    ask="Is there a limit, and can this customer have more?",
)
_TO_N3: Final = Handoff(
    summary="The limit is 50,000 rows; this export still stops at 10,000.",
    hypothesis="It breaks off at a part whose name holds a line end.",
)
_VAIN: Final = c.RecordAttempt("answer", worked=False, by=BOT)
_TRIED: Final = c.RecordAttempt("other browser", worked=False, by=ANA)

STORY: Final = (
    # The bot goes as far as it can; what comes next is simple, and N1's.
    Scene(0, "09:05", "login", c.Open("login", "Can't log in", "chat", request_type="login")),
    Scene(0, "09:05", "login", c.Reply("Is caps lock off?", by=BOT)),
    Scene(0, "09:07", "login", _VAIN),
    Scene(0, "09:09", "login", _VAIN),
    Scene(0, "09:30", "login", c.Reply("It was locked.", then="resolve", by=ANA)),
    # The export needs all three lines, and each is told what the one before knew.
    Scene(0, "10:00", "export", c.Open("export", "No export", "email")),
    Scene(0, "10:40", "export", _TRIED),
    Scene(0, "10:50", "export", c.Escalate(by=ANA)),
    Scene(0, "11:00", "export", c.Escalate(handoff=_TO_N2, by=ANA)),
    Scene(0, "14:00", "export", c.Reply("Version?", then="wait", by=RUI)),
    Scene(1, "09:30", "export", c.CustomerReply("4.2")),
    Scene(1, "10:00", "export", c.Escalate(handoff=_TO_N3, by=RUI)),
    Scene(2, "14:00", "export", c.Reply("Mended in 4.2.1.", then="resolve", by=EVA)),
    Scene(4, "09:10", "export", c.Rate(5)),
    # Nobody takes the invoice, so time does something about it.
    Scene(0, "16:00", "invoice", c.Open("invoice", "Which bill?", "email")),
    Scene(2, "13:30", "invoice", c.Return("bills are N1's", by=RUI)),
    Scene(2, "16:30", "invoice", c.Reply("It is on its way.", then="resolve", by=ANA)),
    Scene(4, "17:00", "invoice", c.Close(by=ANA)),
    # Somebody important calls, and calls again.
    Scene(1, "11:00", "outage", c.Open("outage", "Nobody can save", "phone", tags=("vip",))),
    Scene(1, "11:50", "outage", c.Reply("The disk was full.", then="resolve", by=RUI)),
    Scene(3, "10:00", "outage", c.CustomerReply("Again.")),
    Scene(3, "11:30", "outage", c.Reply("It is mended now.", then="resolve", by=RUI)),
)
