"""One case under a policy, told line by line."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from zoneinfo import ZoneInfo

import attrs

from escalate.core.clockkinds import IDLE
from escalate.core.events import Breached, Event
from escalate.core.explained import local, zone_of
from escalate.core.policy import EscalationPolicy
from escalate.offline.following import follow_case
from escalate.offline.log import Case
from escalate.offline.replays.promises import paused_until_breach_us
from escalate.offline.telling import tell
from escalate.offline.telling_clocks import tell_clocks


def story(case: Case, policy: EscalationPolicy) -> str:
    """Return the journal of *case* under *policy* as lines of text, times on the clock of the entry tier.

    What follows a move that was not made nobody knows, so the story stays with what people did.
    """
    zone = ZoneInfo(zone_of(policy.calendar(policy.calendar_name(policy.entry_tier))))
    lines = [f"{case.id} under {policy.name} {policy.version}"]
    for _, event in follow_case(case, policy.advisory()):
        lines.append(f"{local(event.at, zone)}  {_sentence(event, zone)}")
        # How long nothing happens is no promise to anybody.
        promised = tuple(each for each in event.clocks if each[1].name != IDLE)
        if clocks := tell_clocks(attrs.evolve(event, clocks=promised), zone):
            lines.append(f"    {clocks}")
    return "\n".join(lines)


def _sentence(event: Event, zone: tzinfo) -> str:
    sentence = tell(event)
    if isinstance(event, Breached):
        late = event.clocks[0][1]
        paused_us = paused_until_breach_us(late)
        pauses = f", {timedelta(microseconds=paused_us)} of pauses left out" if paused_us else ""
        return f"{sentence}: running since {local(late.started_at, zone)}{pauses}"
    return sentence
