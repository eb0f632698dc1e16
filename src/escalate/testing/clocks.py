"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from escalate.core.instants import as_instant, as_us


class ManualClock:
    """Returns the instant at which it was set, in UTC; what a desk takes as its ``clock``.

    Raises:
        NaiveInstant: It is set to an instant without a time zone.

    >>> clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    >>> clock.advance(hours=2, minutes=30).isoformat()
    '2026-03-02T11:30:00+00:00'
    """

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        self._at = as_instant(as_us(at, "at"))

    def __call__(self) -> datetime:
        """Return the instant at which it stands."""
        return self._at

    def set(self, at: datetime) -> datetime:
        """Go to *at*, also if that lies in the past, and return it."""
        self._at = as_instant(as_us(at, "at"))
        return self._at

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """Go so much wall-clock time ahead, and return the instant then."""
        self._at += timedelta(days=days, hours=hours, minutes=minutes)
        return self._at
