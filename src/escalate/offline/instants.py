"""Instants as logs write them: text or datetimes, with an offset or on the clock of a zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from escalate.core.instants import as_us
from escalate.errors import BadInput


class Unreadable(ValueError):
    """A row cannot be in the log; the text says why."""


class InstantReader:
    """Reads the instants of one log.

    Args:
        zone: The zone of instants that carry no offset; without one they are unreadable.
        layout: How they are written, for ``datetime.strptime``; none means ISO 8601.

    >>> InstantReader(None, None).read("1970-01-01T01:00:00+01:00")
    (0, False)
    """

    def __init__(self, zone: ZoneInfo | None, layout: str | None) -> None:
        self._zone = zone
        self._layout = layout or "ISO 8601, such as 2026-11-03T14:05:09+01:00"
        self._parse: Callable[[str], datetime] = datetime.fromisoformat
        if layout is not None:
            self._parse = partial(_parse_as, layout)

    def read(self, value: Any) -> tuple[int, bool]:
        """Return *value* in microseconds since the epoch, and whether that is in doubt.

        In doubt is a time that the clock of the zone shows twice or never; the earlier offset
        is taken.

        Raises:
            Unreadable: *value* names no instant.
        """
        try:
            moment = self._parse(value)
        except (TypeError, ValueError):
            moment = self._other(value)
        doubtful = False
        if moment.tzinfo is None:
            moment, doubtful = self._on_the_clock(moment)
        try:
            return as_us(moment), doubtful
        except BadInput:
            raise Unreadable("an instant outside the years 1 to 9999 in UTC") from None

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

    def _on_the_clock(self, moment: datetime) -> tuple[datetime, bool]:
        if self._zone is None:
            raise Unreadable("an instant without an offset, and the mapping names no zone")
        first = moment.replace(tzinfo=self._zone, fold=0)
        # The two readings differ exactly where the clock shows a time twice or leaps over it.
        return first, first.utcoffset() != first.replace(fold=1).utcoffset()


def _parse_as(layout: str, text: str) -> datetime:
    return datetime.strptime(text, layout)  # noqa: DTZ007  read adds the zone


def _plain(moment: datetime) -> datetime:
    """Return *moment* as the standard library's own: pandas and pendulum have other arithmetic."""
    date = (moment.year, moment.month, moment.day)
    time = (moment.hour, moment.minute, moment.second, moment.microsecond)
    return datetime(*date, *time, tzinfo=moment.tzinfo, fold=moment.fold)
