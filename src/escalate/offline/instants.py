"""Instants as logs write them: text or datetimes, with an offset or on the clock of a zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from escalate.core.instants import EPOCH, as_us
from escalate.offline.doubts.clocks import Clocks

_EARLIEST_US: Final = as_us(datetime.min.replace(tzinfo=UTC))
_LATEST_US: Final = as_us(datetime.max.replace(tzinfo=UTC))

_ISO: Final = (
    "ISO 8601, such as 2026-11-03T14:05:09+01:00, and the mapping names no other way (at.format)"
)

SHOWN_TWICE: Final = "the zone's clock shows this time twice"
NEVER_SHOWN: Final = "the zone's clock never shows this time"


class Unreadable(ValueError):
    """A row cannot be in the log; the text says why."""


class InstantReader:
    """Reads the instants of one log.

    Args:
        zone: The zone of instants that carry no offset; without one they are unreadable.
        layout: How they are written, for ``datetime.strptime``; none means ISO 8601.

    >>> InstantReader(None, None).read("1970-01-01T01:00:00+01:00")
    (0, '')
    """

    def __init__(self, zone: ZoneInfo | None, layout: str | None) -> None:
        self.clocks = Clocks()
        self._last_seen: tzinfo | None = None
        self._zone = zone
        self._layout = layout or _ISO
        self._parse: Callable[[str], datetime] = datetime.fromisoformat
        if layout is not None:
            self._parse = partial(_parse_as, layout)

    def read(self, value: Any, line: int = 0) -> tuple[int, str]:
        """Return *value*, from this line, in microseconds since the epoch, and what is in doubt.

        In doubt is a time that the clock of the zone shows twice or never; the earlier offset
        is taken. :attr:`clocks` gathers what all instants say of the clock behind them.

        Raises:
            Unreadable: *value* names no instant.
        """
        try:
            moment = self._parse(value)
        except (TypeError, ValueError):
            moment = self._other(value)
        doubt = ""
        zone = moment.tzinfo
        if zone is None:
            moment, doubt = self._on_the_clock(moment)
            self.clocks.bare.add(line, str(value))
        elif zone != self._last_seen:
            self._last_seen = zone
            self.clocks.seen.add(zone)
        since = moment - EPOCH  # as as_us has it, without asking again what was asked above
        us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        if not _EARLIEST_US <= us <= _LATEST_US:
            raise Unreadable("an instant outside the years 1 to 9999 in UTC")
        return us, doubt

    def _other(self, value: Any) -> datetime:
        """Return the datetime of what is not plainly the text of one."""
        if isinstance(value, datetime):
            return _plain(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Unreadable("no instant")
        try:
            return self._parse(value.strip())
        except (AttributeError, ValueError):
            raise Unreadable(f"an instant that is not written as {self._layout}") from None

    def _on_the_clock(self, moment: datetime) -> tuple[datetime, str]:
        if self._zone is None:
            raise Unreadable(
                "an instant without an offset, and the mapping names no zone (at.zone)"
            )
        first = moment.replace(tzinfo=self._zone, fold=0)
        second = first.replace(fold=1)
        before, after = first.utcoffset(), second.utcoffset()
        # The two readings differ exactly where the clock shows a time twice or leaps over it.
        if before == after or before is None or after is None:
            return first, ""
        return first, SHOWN_TWICE if before > after else NEVER_SHOWN


def _parse_as(layout: str, text: str) -> datetime:
    return datetime.strptime(text, layout)  # noqa: DTZ007  read adds the zone


def _plain(moment: datetime) -> datetime:
    """Return *moment* as the standard library's own: pandas and pendulum have other arithmetic."""
    date = (moment.year, moment.month, moment.day)
    time = (moment.hour, moment.minute, moment.second, moment.microsecond)
    return datetime(*date, *time, tzinfo=moment.tzinfo, fold=moment.fold)
