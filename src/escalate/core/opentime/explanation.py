"""Why a deadline is when it is: the windows that it used and the dates that it passed over."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

import attrs

from escalate.core.instants import as_instant
from escalate.core.opentime.schedule import DateNote, Schedule
from escalate.core.opentime.timeline import Timeline
from escalate.core.opentime.zonedays import ZoneDays, find_zone
from escalate.core.worktime import WorkTime

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@attrs.frozen
class UsedWindow:
    """A stretch of open time that counted, from *start* to *end*, both in UTC."""

    start: datetime
    end: datetime
    open: WorkTime


@attrs.frozen
class Explanation:
    """How a deadline came about; ``str()`` makes a page of it, in the calendar's local time.

    Attributes:
        start: From when, in UTC.
        amount: How much open time.
        due: ``deadline(start, amount)``, in UTC.
        due_open: That instant, rolled to the next open one.
        timezone: The zone that the page and the dates are in; UTC where calendars of two are combined.
        windows: What was used, in order; the open times add up to *amount*.
        skipped: Each date from start to due with hours other than its week would give it, or none.
    """

    start: datetime
    amount: WorkTime
    due: datetime
    due_open: datetime
    timezone: str
    windows: tuple[UsedWindow, ...]
    skipped: tuple[DateNote, ...]

    def __str__(self) -> str:
        zone = find_zone(self.timezone)
        lines = [f"{self.amount} of open time from {_local(self.start, zone)} ({self.timezone})"]
        lines += [
            f"  {_local(used.start, zone)} to {_local(used.end, zone)}: {used.open}"
            for used in self.windows
        ]
        lines += [f"  passed over: {_WEEKDAYS[note.on.weekday()]} {note}" for note in self.skipped]
        lines.append(f"due {_local(self.due, zone)}")
        if self.due_open != self.due:
            lines.append(f"next open {_local(self.due_open, zone)}")
        return "\n".join(lines)


def explain(
    line: Timeline, schedule: Schedule, timezone: str | None, start_us: int, amount: WorkTime
) -> Explanation:
    """Return how the deadline of *amount* from *start_us* comes about. Lists grow with the span."""
    due_us = line.deadline_us(start_us, amount.us)
    used = line.windows_us(start_us, due_us) if amount else []
    days = schedule.days or ZoneDays(find_zone("UTC"))
    first, last = days.wall_time(start_us)[0], days.wall_time(due_us)[0]
    return Explanation(
        start=as_instant(start_us),
        amount=amount,
        due=as_instant(due_us),
        due_open=as_instant(line.next_open_us(due_us)),
        timezone=timezone or "UTC",
        windows=tuple(UsedWindow(as_instant(a), as_instant(b), WorkTime(b - a)) for a, b in used),
        skipped=tuple(note for day in range(first, last + 1) for note in schedule.notes(day)),
    )


def _local(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    seconds = ":%S" if local.second or local.microsecond else ""
    fraction = ".%f" if local.microsecond else ""
    return f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M{seconds}{fraction} %Z}"
