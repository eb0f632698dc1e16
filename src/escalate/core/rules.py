"""Rules: when something happens, and a condition holds, do something."""

from __future__ import annotations

from datetime import timedelta

import attrs

from escalate.core.condition.types import show_wall_time
from escalate.core.conditions import wall_time_us
from escalate.core.doing import Doing
from escalate.core.model import named, words
from escalate.core.sla import ConditionLike, as_text
from escalate.errors import InvalidPolicy


def wall_us(value: str | timedelta | int | None) -> int | None:
    """Return an amount of wall-clock time in microseconds; an ``int`` is that already, none stays none.

    Raises:
        InvalidPolicy: It is no such amount, or less than none.
    """
    us: int | None = None
    match value:
        case None:
            return None
        case int() if not isinstance(value, bool):
            us = value
        case timedelta():
            us = value // timedelta(microseconds=1)
        case str():
            us = wall_time_us(value)
    if us is None or us < 0:
        raise InvalidPolicy("wall-clock time", value, 'an amount such as "3d", "12h" or "30m"')
    return us


@attrs.frozen
class Rule(Doing):
    """Something that happens by itself when something else has happened.

    Attributes:
        name: How journals refer to it.
        on: The word of the event that it waits for, or the name of a signal.
        at: The tiers in which it applies; empty means everywhere.
        when: The condition under which it acts, judged on the ticket when the event's turn comes.
        after: For ``on = "idle"``: how long nothing must have happened, in wall-clock time.
        times: How often it may fire in one stay in a tier.
        cooldown: How long it rests after firing, in wall-clock time.

    Raises:
        InvalidPolicy: It has nothing to do, or only one of ``on = "idle"`` and ``after`` is given.
    """

    name: str = attrs.field(validator=named)
    on: str = attrs.field(kw_only=True, validator=named)
    at: tuple[str, ...] = attrs.field(default=(), converter=words, kw_only=True)
    when: ConditionLike = attrs.field(default=None, converter=as_text, kw_only=True)
    after_us: int | None = attrs.field(default=None, converter=wall_us, kw_only=True, alias="after")
    times: int = attrs.field(default=1, kw_only=True)
    cooldown_us: int | None = attrs.field(
        default=None, converter=wall_us, kw_only=True, alias="cooldown"
    )

    def __attrs_post_init__(self) -> None:
        place = f"Rule({self.name!r})"
        self.check(place)
        if (self.on == "idle") != (self.after_us is not None):
            wanted = 'after = "3d" with on = "idle", and only there'
            got = None if self.after_us is None else show_wall_time(self.after_us)
            raise InvalidPolicy(f"{place}.after", got, wanted)
        if self.after_us is not None and self.after_us <= 0:
            raise InvalidPolicy(f"{place}.after", self.after_us, 'more than no time, e.g. "3d"')
        if isinstance(self.times, bool) or not isinstance(self.times, int) or self.times < 1:
            raise InvalidPolicy(f"{place}.times", self.times, "1 or more")
