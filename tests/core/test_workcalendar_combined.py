"""Calendars combined by instants: ``|`` is open when either is, ``&`` when both are."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.errors import HorizonTooShort, InvalidCalendar
from tests.core.calendar_oracle import Oracle
from tests.core.calendar_strategies import AIMS, AMOUNTS_US, HARD_DATES, aimed, calendar_of, plans

UTC = ZoneInfo("UTC")
EARLY = WorkCalendar("UTC", {"mon-fri": ["06:00-14:00"]}, holidays=["2026-03-03"])
LATE = WorkCalendar("UTC", {"mon-sat": ["12:00-22:00"]})
TOKYO = WorkCalendar("Asia/Tokyo", {"mon-fri": ["09:00-17:00"]})
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@st.composite
def pairs(draw):
    """Two plans around one hard date, in one zone or two, with their calendars and oracles combined."""
    zone, around = draw(st.sampled_from(HARD_DATES))
    other = draw(st.sampled_from([zone, "UTC", "Asia/Kathmandu", "America/Sao_Paulo"]))
    one, two = draw(plans(at=(zone, around))), draw(plans(at=(other, around)))
    union = draw(st.booleans())
    oracle = Oracle(one).merged(Oracle(two), union=union)
    assume(any(oracle.open))
    first, second = calendar_of(one), calendar_of(two)
    return first | second if union else first & second, oracle


class TestAgainstTheOracle:
    @given(pair=pairs(), aims=st.tuples(AIMS, AIMS))
    def test_elapsed_and_open(self, pair, aims):
        """Combining calendars is set arithmetic on their open minutes."""
        calendar, oracle = pair
        start, end = sorted(aimed(oracle, aim) for aim in aims)
        assert calendar.elapsed_us(start, end) == oracle.elapsed(start, end)
        assert calendar.is_open_us(start) == oracle.is_open(start)

    @given(pair=pairs(), aim=AIMS, amount=AMOUNTS_US)
    def test_deadlines_both_ways(self, pair, aim, amount):
        """Deadlines and latest starts are those of the combined minutes."""
        calendar, oracle = pair
        at = aimed(oracle, aim)
        due, start = oracle.deadline(at, amount), oracle.start_for(at, amount)
        assert due is None or calendar.deadline_us(at, amount) == due
        assert start is None or calendar.start_for_us(at, amount) == start


def test_either_or_both():
    """Two shifts that overlap for two hours cover sixteen together."""
    day = MONDAY + timedelta(days=1)
    assert (EARLY | LATE).elapsed(MONDAY, day) == WorkTime.of(hours=16)
    assert (EARLY & LATE).elapsed(MONDAY, day) == WorkTime.of(hours=2)


def test_across_zones():
    """A desk in Tokyo and one on UTC take over from each other by instants."""
    desk = TOKYO | LATE
    assert desk.next_close(MONDAY) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert desk.deadline(MONDAY, "9h") == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_working_days_need_one_zone():
    """Which date it is differs between zones, so working days of two zones are refused (2.6)."""
    with pytest.raises(InvalidCalendar, match="a calendar whose parts share one zone"):
        (TOKYO | LATE).deadline_days(MONDAY, 1)


def test_working_days_of_one_zone():
    """A date works for both if hours of both are left on it, for either if of one (2.6)."""
    noon = MONDAY + timedelta(hours=12)
    assert (EARLY & LATE).deadline_days(noon, 1) == noon + timedelta(days=2)
    assert (EARLY | LATE).deadline_days(noon, 1) == noon + timedelta(days=1)
    closing = (EARLY & LATE).deadline_days(noon, 1, end_of_day=True)
    assert closing == noon + timedelta(days=2, hours=2)


def test_calendars_that_never_meet_are_refused():
    """Two desks that are never open together have no common deadline."""
    with pytest.raises(InvalidCalendar, match="no open time at all"):
        EARLY & WorkCalendar("UTC", {"sun": ["09:00-17:00"]})


def test_with_a_desk_that_never_closes():
    """Together with 24x7 a desk is 24x7; narrowed by it, it is itself."""
    always = WorkCalendar.always()
    assert (EARLY | always).elapsed_us(5, 10**15) == 10**15 - 5
    assert (EARLY & always).deadline(MONDAY, "9h") == EARLY.deadline(MONDAY, "9h")


def test_the_horizon_is_what_both_cover():
    """Neither part speaks about instants outside its own years, so nor does the whole."""
    with pytest.raises(HorizonTooShort, match=r"in Asia/Tokyo and 1970-01-01 to 2100-12-31 in UTC"):
        (TOKYO | LATE).next_open(datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=1))


def test_combining_again():
    """A combined calendar combines like any other, and is a value."""
    desk = (EARLY | LATE) & TOKYO
    assert desk == (EARLY | LATE) & TOKYO
    assert hash(desk) == hash((EARLY | LATE) & TOKYO)
    assert desk.next_open(MONDAY) == datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert desk.explain(MONDAY, "2h").due == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_only_calendars_combine():
    """Anything else beside ``|`` is a mistake."""
    with pytest.raises(TypeError):
        EARLY | 3
    with pytest.raises(TypeError):
        EARLY & "mon-fri"
