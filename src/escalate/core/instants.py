"""Instants as whole microseconds: what decisions compute with, and the border to ``datetime``.

An instant inside the core is an ``int``, the microseconds since 1970-01-01 00:00 UTC. Outside it is an
aware ``datetime``. What is open at an instant is not known here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from escalate.errors import BadInput, NaiveInstant

DAY_US: Final = 86_400_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_FIRST_US: Final = (datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
_LAST_US: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
_AWARE: Final = 'an aware datetime, e.g. datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Berlin"))'


def as_us(at: datetime, what: str = "at") -> int:
    """Return *at* as microseconds since 1970-01-01 00:00 UTC, exact.

    Args:
        at: An aware datetime of any zone.
        what: How an error calls it.

    Raises:
        NaiveInstant: *at* has no zone, or is no datetime.
        BadInput: In UTC it lies outside of the years 1 to 9999.

    >>> as_us(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise NaiveInstant(what, at, _AWARE)
    try:
        since = at - EPOCH
    except TypeError:  # a tzinfo whose utcoffset is None leaves its datetime naive
        raise NaiveInstant(what, at, _AWARE) from None
    us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if not _FIRST_US <= us <= _LAST_US:
        raise BadInput(what, at, "an instant that lies in the years 1 to 9999 in UTC")
    return us


def as_instant(us: int) -> datetime:
    """Return the instant *us* microseconds after 1970-01-01 00:00 UTC, in UTC.

    >>> as_instant(86_400_000_000)
    datetime.datetime(1970, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + timedelta(microseconds=us)


def show_instant(us: int | None) -> str:
    """Return how an instant reads in a ``repr``: ISO 8601 in UTC.

    >>> show_instant(86_400_000_000)
    '1970-01-02T00:00:00+00:00'
    """
    return "None" if us is None else as_instant(us).isoformat()
