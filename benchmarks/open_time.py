"""How fast open time is counted, and who agrees on it where the clocks change.

Peers are asked through their public calls. business-duration knows no zones and gets wall times; the tables
say which question a peer does not have.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import starmap
from zoneinfo import ZoneInfo

import attrs
import businesstimedelta
import numpy as np
import pandas as pd
import pytz
from business_duration import businessDuration
from django_bizcal import WorkingCalendar

from benchmarks.harness import child_cpu_ms, human, measure, show_table, show_versions
from escalate.core.instants import as_instant, as_us
from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime

ZONE = "America/Sao_Paulo"
HOLIDAYS = [date(year, month, 12) for year in range(2015, 2041) for month in range(1, 13)]
START = datetime(2020, 3, 2, 14, tzinfo=UTC)
TWO_HOURS = WorkTime.of(hours=2)
TWO_YEARS = WorkTime.of(hours=2 * 52 * 40)  # two working years of 40 hours a week
PAIRS = 1_000_000


def office() -> WorkCalendar:
    """An office with a lunch break and a holiday a month."""
    return WorkCalendar(ZONE, {"mon-fri": ["09:00-12:00", "13:00-18:00"]}, HOLIDAYS)


def office_of_businesstimedelta() -> businesstimedelta.Rules:
    """The same office, as businesstimedelta writes it."""
    zone = pytz.timezone(ZONE)
    return businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(time(9), time(18), [0, 1, 2, 3, 4], tz=zone),
            businesstimedelta.LunchTimeRule(time(12), time(13), [0, 1, 2, 3, 4], tz=zone),
            businesstimedelta.HolidayRule(HOLIDAYS, tz=zone),
        ]
    )


def deadlines() -> None:
    """One deadline, near and far."""
    ours, theirs = office(), office_of_businesstimedelta()
    start_us = as_us(START)
    hours = {"2 h": TWO_HOURS, "2 years": TWO_YEARS}
    calls: dict[str, Callable[[], object]] = {}
    for name, amount in hours.items():
        delta = businesstimedelta.BusinessTimeDelta(theirs, seconds=amount.us // 1_000_000)
        mine, peer = ours.deadline(START, amount), START + delta
        print(
            f"{name} of open time from {START}: {mine}; businesstimedelta says the same: {mine == peer}"
        )
        calls[f"deadline, {name}"] = lambda amount=amount: ours.deadline(START, amount)
        calls[f"deadline_us, {name}"] = lambda us=amount.us: ours.deadline_us(start_us, us)
        calls[f"due_open_us, {name}"] = lambda us=amount.us: ours.due_open_us(start_us, us)
        calls[f"businesstimedelta, {name}"] = lambda delta=delta: START + delta
    found = measure(calls)
    rows = []
    for name in hours:
        for form in ("deadline", "deadline_us", "due_open_us", "businesstimedelta"):
            key = f"{form}, {name}"
            ratio = found.ratio(f"businesstimedelta, {name}", key)
            own = found.ratio(f"{form}, {name}", f"{form}, 2 h")
            rows.append((key, human(found.seconds(key)), f"{ratio:,.0f} x", f"{own:.2f}"))
    header = ("what", "CPU per call", "businesstimedelta takes", "cost against 2 h")
    show_table("A deadline", header, rows)


def many() -> None:
    """A million spans at once, against a loop."""
    calendar = office()
    random = np.random.default_rng(2026)
    first, last = as_us(datetime(2016, 1, 1, tzinfo=UTC)), as_us(datetime(2030, 1, 1, tzinfo=UTC))
    starts = random.integers(first, last, PAIRS)
    ends = starts + random.integers(0, 60 * 86_400_000_000, PAIRS)
    integers = list(zip(starts.tolist(), ends.tolist(), strict=True))
    instants = [(as_instant(start), as_instant(end)) for start, end in integers]
    looped = list(starmap(calendar.elapsed_us, integers))
    same = calendar.elapsed_many(starts, ends).tolist() == looped
    print(f"\nelapsed_many and the loop agree on all {PAIRS:,} pairs: {same}")
    found = measure(
        {
            "elapsed_many": lambda: calendar.elapsed_many(starts, ends),
            "loop over elapsed": lambda: [calendar.elapsed(start, end) for start, end in instants],
            "loop over elapsed_us": lambda: [
                calendar.elapsed_us(start, end) for start, end in integers
            ],
        },
        rounds=5,
    )
    rows = [
        (name, human(found.seconds(name)), f"{found.ratio(name, 'elapsed_many'):.1f} x")
        for name in found.rounds
    ]
    show_table(f"{PAIRS:,} spans over 14 years", ("what", "CPU", "against elapsed_many"), rows)


def compiling() -> None:
    """What a calendar costs before its first answer."""
    first, last = as_us(datetime(2015, 1, 2, tzinfo=UTC)), as_us(datetime(2029, 12, 30, tzinfo=UTC))
    found = measure(
        {
            "build": office,
            "build, and the first question": lambda: office().elapsed_us(first, first + 1),
            "build, and a question over 15 years": lambda: office().elapsed_us(first, last),
        }
    )
    years = found.seconds("build, and a question over 15 years") - found.seconds("build")
    rows = [(name, human(found.seconds(name))) for name in found.rounds]
    rows.append(("compiling, per year", human(years / 15)))
    show_table("Compiling 15 years with 12 holidays each", ("what", "CPU"), rows)


def imports() -> None:
    """What it costs to start."""
    codes = ("pass", "import escalate", "from escalate.core.workcalendar import WorkCalendar")
    rows = [(f'python -c "{code}"', f"{child_cpu_ms(code):.0f} ms") for code in codes]
    show_table("Starting, in a process of its own", ("what", "CPU"), rows)


@attrs.frozen
class Night:
    """A desk with one window on one weekday, and a night in which the clocks change."""

    title: str
    zone: str
    weekday: int
    opens: str
    closes: str
    begins: datetime

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Thirty-six hours around the window."""
        start = self.begins.replace(tzinfo=ZoneInfo(self.zone))
        return start.astimezone(UTC), start.astimezone(UTC) + timedelta(hours=36)

    @property
    def runs_on(self) -> bool:
        """Whether the window ends on the next date."""
        return self.closes <= self.opens

    def ours(self) -> WorkCalendar:
        """The desk here."""
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return WorkCalendar(self.zone, {days[self.weekday]: [f"{self.opens}-{self.closes}"]})

    def rules(self) -> businesstimedelta.Rules:
        """The desk for businesstimedelta."""
        zone = pytz.timezone(self.zone)
        times = time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        return businesstimedelta.Rules(
            [businesstimedelta.WorkDayRule(*times, [self.weekday], tz=zone)]
        )

    def bizcal(self) -> WorkingCalendar:
        """The desk for django-bizcal."""
        block = (self.opens, self.closes, int(self.runs_on))
        return WorkingCalendar(tz=self.zone, weekly_schedule={self.weekday: [block]})

    def hours_of_pandas(self, hours: int) -> pd.offsets.CustomBusinessHour:
        """So many business hours of the desk, for pandas."""
        days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        return pd.offsets.CustomBusinessHour(
            hours, start=self.opens, end=self.closes, weekmask=days[self.weekday]
        )


NIGHTS = (
    Night("an ordinary Monday", "Europe/Berlin", 0, "09:00", "17:00", datetime(2026, 3, 2)),
    Night(
        "night in which an hour is lost",
        "Europe/Berlin",
        5,
        "22:00",
        "06:00",
        datetime(2026, 3, 28, 12),
    ),
    Night(
        "night in which an hour comes twice",
        "Europe/Berlin",
        5,
        "22:00",
        "06:00",
        datetime(2026, 10, 24, 12),
    ),
    Night(
        "day in which an hour is lost", "Europe/Berlin", 6, "01:00", "09:00", datetime(2026, 3, 29)
    ),
    Night(
        "day in which an hour comes twice",
        "Europe/Berlin",
        6,
        "01:00",
        "09:00",
        datetime(2026, 10, 25),
    ),
    Night(
        "opens at 02:30, which is lost", "Europe/Berlin", 6, "02:30", "09:00", datetime(2026, 3, 29)
    ),
    Night(
        "opens at 02:30, which comes twice",
        "Europe/Berlin",
        6,
        "02:30",
        "09:00",
        datetime(2026, 10, 25),
    ),
    Night(
        "opens at a midnight that never was",
        "America/Sao_Paulo",
        6,
        "00:00",
        "08:00",
        datetime(2017, 10, 14, 12),
    ),
)


def agreement() -> None:
    """Who says what on the days on which clocks change."""
    show_table(
        "Open time in that window (pandas has no such question)",
        ("window", "escalate", "businesstimedelta", "django-bizcal", "business-duration"),
        [_elapsed_row(night) for night in NIGHTS],
    )
    show_table(
        "When 5 open hours are over (business-duration has no such question)",
        ("window", "escalate", "businesstimedelta", "django-bizcal", "CustomBusinessHour"),
        [_due_row(night) for night in NIGHTS],
    )


def _elapsed_row(night: Night) -> list[str]:
    start, end = night.span
    return _row(
        night,
        str(night.ours().elapsed(start, end)),
        lambda: _hours(night.rules().difference(start, end).timedelta),
        lambda: _hours(night.bizcal().business_time_between(start, end)),
        lambda: _business_duration(night),
    )


def _due_row(night: Night) -> list[str]:
    start, _ = night.span
    five = businesstimedelta.BusinessTimeDelta(night.rules(), hours=5)
    local = start.astimezone(ZoneInfo(night.zone))
    return _row(
        night,
        _clock(night, night.ours().deadline(start, "5h")),
        lambda: _clock(night, start + five),
        lambda: _clock(night, night.bizcal().add_business_hours(local, 5)),
        lambda: _clock(night, pd.Timestamp(local) + night.hours_of_pandas(5)),
    )


def _row(night: Night, mine: str, *others: Callable[[], str]) -> list[str]:
    cells = [f"{night.title}: {night.opens}-{night.closes}", mine]
    for other in others:
        try:
            said = other()
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is its answer
            cells.append(f"raises {type(error).__name__}")
            continue
        cells.append(said if said == mine else f"{said} (differs)")
    return cells


def _hours(delta: timedelta) -> str:
    return str(WorkTime(delta // timedelta(microseconds=1)))


def _business_duration(night: Night) -> str:
    zone = ZoneInfo(night.zone)
    # It reads wall times and knows no zones, so it is given the zone's own.
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in night.span)
    others = [day for day in range(7) if day != night.weekday]
    times = time.fromisoformat(night.opens), time.fromisoformat(night.closes)
    return _hours(
        timedelta(seconds=businessDuration(start, end, *times, weekendlist=others, unit="sec"))
    )


def _clock(night: Night, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(night.zone)):%a %H:%M %Z}"


def main() -> None:
    """Print every table."""
    peers = ("businesstimedelta", "pandas", "business-duration", "django-bizcal")
    show_versions("escalate-tiers", "attrs", "pendulum", "tzdata", "numpy", *peers, "pytz")
    deadlines()
    many()
    compiling()
    imports()
    agreement()
