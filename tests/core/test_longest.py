"""How long a promise lasts on the wall, against looking at every minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import WorkCalendar
from escalate.core.instants import as_instant, as_us
from escalate.core.opentime import longest
from escalate.core.opentime.longest import longest_days, longest_wall
from escalate.testing.shifts import Shifts

HOUR_US = 3_600_000_000
OFFICE = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})


@pytest.mark.parametrize(("amount", "wall"), [(1, 64), (4, 67), (8, 71), (12, 90), (40, 163)])
def test_a_promise_in_open_hours_has_a_worst_case_on_the_wall(amount: int, wall: int) -> None:
    """12 open hours of a desk that is open Monday to Friday from 9 to 18 can last 90 hours on the wall."""
    found = longest_wall(OFFICE, amount * HOUR_US)
    assert found is not None
    assert found.wall_us == wall * HOUR_US
    assert found.end_us - found.start_us == found.wall_us
    assert OFFICE.deadline_us(found.start_us, amount * HOUR_US) == found.end_us


def calendars() -> st.SearchStrategy[WorkCalendar]:
    """Few odd hours, in zones whose clocks jump in the weeks that are looked at, with special dates."""
    spans = st.sampled_from(
        ["00:00-02:30", "01:00-09:00", "09:00-12:00", "13:00-18:00", "22:00-03:00"]
    )
    days = st.sampled_from(["mon", "tue-thu", "fri", "sat", "sun"])
    dates = st.dates(date(2026, 3, 20), date(2026, 4, 5))
    return st.builds(
        WorkCalendar,
        st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
        st.dictionaries(days, st.lists(spans, min_size=1, max_size=2), min_size=1),
        holidays=st.lists(dates, max_size=2),
        breaks=st.dictionaries(dates, st.just(["10:00-11:30"]), max_size=1),
        overrides=st.dictionaries(dates, st.just(["11:00-12:00"]), max_size=1),
    )


FIRST_US = as_us(as_instant(1_773_964_800_000_000))  # 2026-03-20
DAYS = 14


@pytest.fixture
def two_weeks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Looks at the two weeks around a change of the clocks only."""
    monkeypatch.setattr(longest, "FIRST_US", FIRST_US)
    monkeypatch.setattr(longest, "LAST_US", FIRST_US + DAYS * 24 * HOUR_US)
    yield
    longest._longest.cache_clear()  # what was found in two weeks is not for others
    longest._longest_days.cache_clear()


@pytest.mark.usefixtures("two_weeks")
@settings(max_examples=40)
@given(hours=calendars(), minutes=st.integers(1, 3000))
def test_no_start_lasts_longer(hours: WorkCalendar, minutes: int) -> None:
    """Whenever a ticket comes, its promise lasts no longer than is said, and one lasts as long."""
    amount_us = minutes * 60_000_000
    found = longest_wall(hours, amount_us)
    assert found is not None
    starts = range(FIRST_US, FIRST_US + DAYS * 24 * HOUR_US, 5 * 60_000_000)
    walls = [hours.deadline_us(start, amount_us) - start for start in starts]
    assert max(walls) <= found.wall_us
    assert hours.deadline_us(found.start_us, amount_us) - found.start_us == found.wall_us


@pytest.mark.usefixtures("two_weeks")
@settings(max_examples=15)
@given(hours=calendars(), days=st.integers(1, 4))
def test_no_start_lasts_longer_in_working_days(hours: WorkCalendar, days: int) -> None:
    """The same for a promise in working days."""
    found = longest_days(hours, days)
    assert found is not None
    starts = range(FIRST_US + 24 * HOUR_US, FIRST_US + (DAYS - 2) * 24 * HOUR_US, 30 * 60_000_000)
    walls = [as_us(hours.deadline_days(as_instant(start), days)) - start for start in starts]
    assert max(walls) <= found.wall_us


def test_hours_that_cannot_show_their_windows_have_no_known_worst_case() -> None:
    """Calendars of the host's own are not guessed about."""
    assert longest_wall(Shifts(5, 2), HOUR_US) is None
    assert longest_days(Shifts(5, 2), 1) is None
    assert longest_wall(OFFICE, 10**9 * HOUR_US) is None
