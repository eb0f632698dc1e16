"""Which of the notices that a desk finds overdue still go out when it takes a ticket over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal

import attrs

from escalate.core.events import NotifyAsked
from escalate.errors import BadInput, nearest
from escalate.runtime.doors import span_us

CatchUp = Literal["all", "latest", "silent"]
_WAYS: Final[tuple[CatchUp, ...]] = ("all", "latest", "silent")


@attrs.frozen
class Hush:
    """What becomes of notices that are late. The journal is the same; only what goes out differs.

    Attributes:
        catch_up: ``"all"`` sends them, ``"latest"`` the last one to each receiver, ``"silent"`` none.
        stale_us: How many microseconds late a notice must be to count as late; none: every one that is
            found on taking over.
    """

    catch_up: CatchUp
    stale_us: int | None = None

    @classmethod
    def of(cls, catch_up: str, stale_after: timedelta | None) -> Hush:
        """Return what *catch_up* says for what is more than *stale_after* late.

        Raises:
            BadInput: There is no such way, or *stale_after* is no span of time.
        """
        way = next((each for each in _WAYS if each == catch_up), None)
        if way is None:
            raise BadInput("adopt.catch_up", catch_up, nearest(str(catch_up), _WAYS))
        if stale_after is None:
            return cls(way)
        return cls(way, span_us("adopt.stale_after", stale_after))

    def unsent(self, asked: Sequence[NotifyAsked], now_us: int) -> tuple[int, ...]:
        """Return the numbers of the events, of those that ask for notices, whose notices do not go out."""
        if self.catch_up == "all":
            return ()
        last = {event.receiver: event.seq for event in asked}
        return tuple(
            event.seq
            for event in asked
            if self._is_stale(event, now_us)
            and (self.catch_up == "silent" or last[event.receiver] != event.seq)
        )

    def _is_stale(self, event: NotifyAsked, now_us: int) -> bool:
        return self.stale_us is None or now_us - event.at_us > self.stale_us
