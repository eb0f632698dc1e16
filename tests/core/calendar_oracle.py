"""Counts open time minute by minute, sharing no code with the library, to judge it by.

Wall times become instants by looking for the instants at which a clock in the zone shows them, and what
is open is a row of minutes. Slow, short and easy to believe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import attrs

MINUTE_US = 60_000_000
DAY = 24 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Minutes = tuple[int, int]  # a span of wall time as (from, to); to <= from means the next day


@attrs.frozen
class Plan:
    """Opening hours as numbers: what a calendar of the library is built from, and the oracle too."""

    zone: str
    around: date
    week: tuple[tuple[Minutes, ...], ...]
    holidays: frozenset[date] = frozenset()
    breaks: Mapping[date, tuple[Minutes, ...]] = attrs.field(factory=dict)
    overrides: Mapping[date, tuple[Minutes, ...]] = attrs.field(factory=dict)

    def own_spans(self, on: date) -> tuple[Minutes, ...]:
        """Return the spans that start on a date: holiday before override before weekly hours."""
        if on in self.holidays or not exists(self.zone, on):
            return ()
        return self.overrides[on] if on in self.overrides else self.week[on.weekday()]


@cache
def shown_at(zone: str, wall: datetime) -> tuple[int, ...]:
    """Return the minutes since 1970 UTC at which clocks in *zone* show *wall*, oldest first."""
    as_utc = wall.replace(tzinfo=UTC)
    tz = ZoneInfo(zone)
    offsets = {(as_utc + timedelta(hours=h)).astimezone(tz).utcoffset() for h in range(-26, 27)}
    found = [as_utc - offset for offset in offsets]
    shown = [at for at in found if at.astimezone(tz).replace(tzinfo=None) == wall]
    return tuple(sorted((at - EPOCH) // timedelta(minutes=1) for at in shown))


@cache
def minute_of(zone: str, on: date, wall: int) -> int:
    """Return the minute at which it is *wall* minutes past 00:00 of *on* (SEMANTICS 2.3)."""
    at = datetime.combine(on, time()) + timedelta(minutes=wall)
    into_gap = 0
    while not shown_at(zone, at):
        at -= timedelta(minutes=1)
        into_gap += 1
    shown = shown_at(zone, at)
    return shown[-1] + into_gap if into_gap else shown[0]


@cache
def exists(zone: str, on: date) -> bool:
    """Return whether clocks in *zone* ever showed a time on this date."""
    midnight = datetime.combine(on, time())
    return any(shown_at(zone, midnight + timedelta(minutes=m)) for m in range(0, DAY, 15))


def spans_of(zone: str, on: date, spans: Iterable[Minutes]) -> list[range]:
    """Return spans of wall time on a date as ranges of minutes; those that vanish are empty."""
    return [
        range(minute_of(zone, on, start), minute_of(zone, on, end if end > start else end + DAY))
        for start, end in spans
    ]


class Oracle:
    """What is open in the ten days before and after ``plan.around``, minute by minute."""

    def __init__(self, plan: Plan, days: int = 10) -> None:
        self.first = minute_of(plan.zone, plan.around - timedelta(days=days), 0)
        dates = [plan.around + timedelta(days=n) for n in range(-days - 3, days + 4)]
        self.open = bytearray(2 * days * DAY)
        for on in dates:
            for span in spans_of(plan.zone, on, plan.own_spans(on)):
                self._fill(span, 1)
        for on in dates:
            if exists(plan.zone, on):
                for span in spans_of(plan.zone, on, plan.breaks.get(on, ())):
                    self._fill(span, 0)
        self._recount()

    def _fill(self, span: range, value: int) -> None:
        start, end = (
            min(max(edge - self.first, 0), len(self.open)) for edge in (span.start, span.stop)
        )
        self.open[start:end] = bytes([value]) * max(end - start, 0)

    def _recount(self) -> None:
        self.before = list(accumulate(self.open, initial=0))

    def merged(self, other: Oracle, *, union: bool) -> Oracle:
        """Return the union or intersection of two rows of minutes."""
        both = object.__new__(Oracle)
        both.first = max(self.first, other.first)
        mine = self.open[both.first - self.first :]
        theirs = other.open[both.first - other.first :]
        pairs = zip(mine, theirs, strict=False)
        both.open = bytearray(a | b if union else a & b for a, b in pairs)
        both._recount()
        return both

    @property
    def span_us(self) -> Minutes:
        """The microseconds that the row covers."""
        return self.first * MINUTE_US, (self.first + len(self.open)) * MINUTE_US

    def edges_us(self) -> list[int]:
        """Return the instants at which something opens or closes."""
        edges, n, value = [], 0, self.open[0]
        while (n := self.open.find(1 - value, n)) >= 0:
            edges.append((self.first + n) * MINUTE_US)
            value = 1 - value
        return edges

    def is_open(self, at_us: int) -> bool:
        """Return whether the minute of an instant is open."""
        return bool(self.open[at_us // MINUTE_US - self.first])

    def open_before(self, at_us: int) -> int:
        """Return the open time from the start of the row."""
        minute, rest = divmod(at_us, MINUTE_US)
        n = minute - self.first
        return self.before[n] * MINUTE_US + (rest if n < len(self.open) and self.open[n] else 0)

    def elapsed(self, start_us: int, end_us: int) -> int:
        """Return the open time between two instants."""
        return self.open_before(end_us) - self.open_before(start_us)

    def deadline(self, start_us: int, amount_us: int) -> int | None:
        """Return the earliest instant with the amount elapsed, going on minute by minute."""
        at, left = start_us, amount_us
        while at < self.span_us[1]:
            if self.is_open(at):
                step = min((at // MINUTE_US + 1) * MINUTE_US - at, left)
                left -= step
                at += step
                if not left:
                    return at
            else:
                at = (at // MINUTE_US + 1) * MINUTE_US
        return None

    def start_for(self, end_us: int, amount_us: int) -> int | None:
        """Return the latest instant from which the amount elapses, going back minute by minute."""
        at, left = end_us, amount_us
        while at > self.span_us[0]:
            minute = -(-at // MINUTE_US) - 1
            if self.is_open(minute * MINUTE_US):
                step = min(at - minute * MINUTE_US, left)
                left -= step
                at -= step
                if not left:
                    return at
            else:
                at = minute * MINUTE_US
        return None

    def next_open(self, at_us: int) -> int | None:
        """Return the instant itself while open, else the next opening in the row."""
        if self.is_open(at_us):
            return at_us
        n = self.open.find(1, at_us // MINUTE_US - self.first)
        return None if n < 0 else (self.first + n) * MINUTE_US

    def next_close(self, at_us: int) -> int | None:
        """Return the next closing in the row."""
        opens = self.next_open(at_us)
        n = -1 if opens is None else self.open.find(0, opens // MINUTE_US - self.first)
        return None if n < 0 else (self.first + n) * MINUTE_US
