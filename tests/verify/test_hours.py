"""How long an amount of open time can last on the wall, against every quarter of an hour."""

from __future__ import annotations

from datetime import date

import pytest

from escalate import WorkCalendar
from escalate.core.opentime.longest import FIRST_US
from escalate.core.opentime.timeline import Timeline
from escalate.testing import Shifts
from escalate.verify.hours import (
    Promise,
    comparable,
    first_uncovered,
    later_start,
    line_of,
    worst_wall,
)

HOUR = 3_600_000_000
WEEK = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})
SPAIN = WorkCalendar(
    timezone="Europe/Madrid",
    hours={"mon-thu": ["09:00-14:00", "15:00-18:00"], "fri": ["09:00-15:00"]},
    holidays=[date(2026, 12, 8), date(2026, 12, 25)],
)
NIGHT = WorkCalendar(timezone="Europe/Madrid", hours={"mon-sun": ["22:00-06:00"]})
ALWAYS = WorkCalendar.always("UTC")


@pytest.mark.parametrize(("hours", "wall"), [(12, 90), (1, 64), (4, 67), (8, 71), (40, 163)])
def test_a_week_of_nine_hours_a_day(hours: int, wall: int) -> None:
    """Twelve hours of Monday to Friday, nine to six, are ninety on the wall at worst."""
    worst = worst_wall(Promise(WEEK, hours * HOUR))
    assert worst is not None
    assert worst.wall_us == wall * HOUR


@pytest.mark.parametrize("calendar", [SPAIN, NIGHT, ALWAYS], ids=["split days", "nights", "always"])
@pytest.mark.parametrize("hours", [1, 7, 30])
def test_no_quarter_of_an_hour_of_a_year_is_worse(calendar: WorkCalendar, hours: int) -> None:
    """Holidays, lunch and clock changes included, no start of 2026 is worse than the worst."""
    worst = worst_wall(Promise(calendar, hours * HOUR))
    line = line_of(calendar)
    assert worst is not None
    assert isinstance(line, Timeline)
    quarters = range(FIRST_US, FIRST_US + 365 * 24 * HOUR, HOUR // 4)
    longest = max(line.deadline_us(at, hours * HOUR) - at for at in quarters)
    assert longest <= worst.wall_us
    assert line.deadline_us(worst.start_us, hours * HOUR) - worst.start_us == worst.wall_us


def test_two_hours_of_the_clock_against_two_of_the_office() -> None:
    """Around the clock is never later than the office; the office may be much later."""
    assert later_start(Promise(ALWAYS, 2 * HOUR), Promise(WEEK, 2 * HOUR)) is None
    start = later_start(Promise(WEEK, 2 * HOUR), Promise(ALWAYS, 2 * HOUR))
    assert start is not None
    assert line_of(WEEK).deadline_us(start, 2 * HOUR) > start + 2 * HOUR  # type: ignore[union-attr]


def test_no_start_is_missed_where_one_is_later() -> None:
    """What every quarter of an hour of a year shows to be later, the edges show, too."""
    one, other = line_of(SPAIN), line_of(NIGHT)
    assert one is not None
    assert other is not None
    quarters = range(FIRST_US, FIRST_US + 60 * 24 * HOUR, HOUR // 4)
    for mine, theirs in ((3, 8), (8, 8), (2, 20), (1, 40), (1, 60)):
        seen = any(
            one.deadline_us(at, mine * HOUR) > other.deadline_us(at, theirs * HOUR)
            for at in quarters
        )
        assert (
            not seen
            or later_start(Promise(SPAIN, mine * HOUR), Promise(NIGHT, theirs * HOUR)) is not None
        )


def test_who_is_awake_when() -> None:
    """The office leaves the night uncovered; together with the night shift, the day between."""
    assert first_uncovered(WEEK, [ALWAYS]) is None
    assert first_uncovered(ALWAYS, [WEEK]) == "Thu 2026-01-01 00:00 UTC"
    assert first_uncovered(WEEK, [SPAIN, NIGHT]) is not None
    assert first_uncovered(WEEK, [WEEK]) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Promise(SPAIN, days=1), Promise(SPAIN, 9 * HOUR)),
        (Promise(SPAIN, days=1), Promise(SPAIN, 15 * HOUR)),
        (Promise(SPAIN, 7 * HOUR), Promise(SPAIN, days=1)),
        (Promise(SPAIN, 8 * HOUR), Promise(SPAIN, days=1)),
        (Promise(WEEK, days=2), Promise(SPAIN, days=2)),
        (Promise(NIGHT, days=1), Promise(WEEK, days=1)),
        (Promise(ALWAYS, 23 * HOUR), Promise(SPAIN, days=1)),
        (Promise(ALWAYS, 24 * HOUR), Promise(SPAIN, days=1)),
        (Promise(ALWAYS, 25 * HOUR), Promise(SPAIN, days=1)),
    ],
    ids=str,
)
def test_working_days_are_compared_as_every_quarter_of_an_hour_shows(
    one: Promise, other: Promise
) -> None:
    """Working days may be more or less than an amount of hours: no start says so that is not found."""
    assert comparable(one, other)
    start = later_start(one, other)
    quarters = range(FIRST_US, FIRST_US + 365 * 24 * HOUR, HOUR // 4)
    seen = any(one.due_us(at) > other.due_us(at) for at in quarters)
    assert (start is not None) or not seen
    if start is not None:
        assert one.due_us(start) > other.due_us(start)


def test_hours_without_windows_cannot_be_compared_with_others() -> None:
    """A calendar of one's own that shows no windows is compared with nothing but itself."""
    mine = Shifts(5, 2)
    assert comparable(Promise(mine, HOUR), Promise(mine, 2 * HOUR))
    assert not comparable(Promise(mine, HOUR), Promise(WEEK, HOUR))
    assert worst_wall(Promise(mine, HOUR)) is None
