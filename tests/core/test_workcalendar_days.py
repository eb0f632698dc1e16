"""Working days (SEMANTICS 2.6), and how a calendar explains a deadline."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.errors import HorizonTooShort

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
OFFICE = WorkCalendar(
    "America/Sao_Paulo",
    {"mon-fri": ["09:00-12:00", "13:00-18:00"]},
    holidays=["2026-12-25"],
    breaks={"2026-12-22": ["10:00-11:30"], "2026-12-29": ["08:00-19:00"]},
    overrides={"2026-12-24": ["09:00-12:00"], "2026-12-26": ["10:00-12:00"]},
)


def local(text: str) -> datetime:
    """An instant, written as wall time in Sao Paulo."""
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            ("2026-12-21 10:00", 1, "2026-12-22 11:30"),  # a break at that hour: snapped forward
            ("2026-12-21 15:00", 1, "2026-12-22 15:00"),
            ("2026-12-23 11:00", 1, "2026-12-24 11:00"),  # the override has hours
            ("2026-12-23 15:00", 1, "2026-12-26 10:00"),  # past its closing: the next opening
            ("2026-12-24 11:00", 1, "2026-12-26 11:00"),  # not the holiday; a Saturday with hours
            ("2026-12-24 11:00", 2, "2026-12-28 11:00"),
            ("2026-12-24 11:00", 3, "2026-12-30 11:00"),  # on the 29th a break takes all hours
            ("2026-12-25 11:00", 1, "2026-12-26 11:00"),  # counted from a date without hours
            ("2026-12-21 07:00", 1, "2026-12-22 09:00"),
            ("2026-12-21 12:30", 1, "2026-12-22 13:00"),
        ],
    )
    def test_the_same_wall_time_on_a_later_working_day(self, start, days, due):
        """N working days later means the N-th later date with hours, at the same time, once open."""
        assert OFFICE.deadline_days(local(start), days) == local(due)

    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            ("2026-12-21 10:00", 1, "2026-12-22 18:00"),
            ("2026-12-21 23:59", 1, "2026-12-22 18:00"),
            ("2026-12-23 15:00", 1, "2026-12-24 12:00"),
            ("2026-12-24 11:00", 1, "2026-12-26 12:00"),
        ],
    )
    def test_the_end_of_a_working_day(self, start, days, due):
        """By the end of that day means when its last window closes."""
        assert OFFICE.deadline_days(local(start), days, end_of_day=True) == local(due)

    def test_a_night_shift_ends_its_day_in_the_morning(self):
        """A date's shift that runs past midnight closes on the next morning, and the next date has none."""
        nights = WorkCalendar("America/Sao_Paulo", {"mon,wed": ["22:00-06:00"]})
        assert nights.deadline_days(local("2026-03-02 23:00"), 1) == local("2026-03-04 23:00")
        end = nights.deadline_days(local("2026-03-02 23:00"), 1, end_of_day=True)
        assert end == local("2026-03-05 06:00")

    def test_the_wall_time_is_kept_over_a_clock_change(self):
        """Nine o'clock stays nine o'clock, whatever the clocks did in between."""
        always = WorkCalendar.always("America/Sao_Paulo")
        assert always.deadline_days(local("2017-10-14 09:00"), 1) == local("2017-10-15 09:00")
        assert always.deadline_days(local("2017-10-14 00:30"), 1) == local("2017-10-15 01:30")

    def test_a_lost_date_is_no_working_day(self):
        """Samoa's 2011-12-30 is not counted."""
        always = WorkCalendar.always("Pacific/Apia")
        apia = ZoneInfo("Pacific/Apia")
        start = datetime(2011, 12, 29, 9, tzinfo=apia)
        assert always.deadline_days(start, 1) == datetime(2011, 12, 31, 9, tzinfo=apia)

    def test_many_working_days(self):
        """A thousand working days later lies four years on."""
        plain = WorkCalendar("UTC", {"mon-fri": ["09:00-17:00"]})
        start = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("UTC"))
        assert plain.deadline_days(start, 1000) == datetime(2029, 12, 31, 9, tzinfo=ZoneInfo("UTC"))

    @pytest.mark.parametrize("end_of_day", [False, True])
    def test_beyond_the_horizon(self, end_of_day):
        """More working days than there are until 2100 are an error that says so (2.7)."""
        with pytest.raises(HorizonTooShort) as caught:
            OFFICE.deadline_days(local("2100-12-01 09:00"), 30, end_of_day=end_of_day)
        assert str(caught.value) == (
            "deadline_days: got '2100-12-01T09:00:00-03:00 and 30 working days', "
            "wanted an answer from 1970-01-01 to 2100-12-31 in America/Sao_Paulo"
        )

    def test_the_last_night_shift_has_no_known_end(self):
        """A shift that ends in 2101 closes outside the horizon."""
        nights = WorkCalendar("UTC", {"mon-sun": ["22:00-06:00"]})
        start = datetime(2100, 12, 30, 9, tzinfo=ZoneInfo("UTC"))
        with pytest.raises(HorizonTooShort, match="deadline_days"):
            nights.deadline_days(start, 1, end_of_day=True)


class TestExplain:
    def test_windows_add_up_and_dates_are_named(self):
        """The windows used add up to the amount, and each special date says why."""
        found = OFFICE.explain(local("2026-12-24 11:00"), "5h")
        assert (
            found.due
            == OFFICE.deadline(local("2026-12-24 11:00"), "5h")
            == local("2026-12-28 11:00")
        )
        assert sum(used.open.us for used in found.windows) == WorkTime.of(hours=5).us
        assert [(note.on, note.reason, note.detail) for note in found.skipped] == [
            (date(2026, 12, 24), "override", "09:00-12:00"),
            (date(2026, 12, 25), "holiday", ""),
            (date(2026, 12, 26), "override", "10:00-12:00"),
            (date(2026, 12, 27), "no hours", ""),
        ]

    def test_the_page(self):
        """A person can read it: local time, what counted, what did not, and when it is due."""
        assert str(OFFICE.explain(local("2026-12-28 17:00"), "1h")).splitlines() == [
            "1h of open time from Mon 2026-12-28 17:00 -03 (America/Sao_Paulo)",
            "  Mon 2026-12-28 17:00 -03 to Mon 2026-12-28 18:00 -03: 1h",
            "due Mon 2026-12-28 18:00 -03",
            "next open Wed 2026-12-30 09:00 -03",
        ]

    def test_breaks_and_lost_dates(self):
        """A break and a date that never was are named as what they are."""
        breaks = OFFICE.explain(local("2026-12-22 09:00"), "2h").skipped
        assert [str(note) for note in breaks] == ["2026-12-22 break 10:00-11:30"]
        apia = WorkCalendar(
            "Pacific/Apia", {"thu-sat": ["09:00-17:00"]}, overrides={"2012-01-05": []}
        )
        found = apia.explain(datetime(2011, 12, 29, 9, tzinfo=ZoneInfo("Pacific/Apia")), "20h")
        assert [str(note) for note in found.skipped] == [
            "2011-12-30 no such date",
            "2012-01-01 no hours",
            "2012-01-02 no hours",
            "2012-01-03 no hours",
            "2012-01-04 no hours",
            "2012-01-05 override closed",
        ]

    def test_no_amount(self):
        """Nothing at all uses no window."""
        found = OFFICE.explain(local("2026-12-25 11:00"), "0h")
        assert found.windows == ()
        assert found.due == found.due_open == local("2026-12-26 10:00")

    def test_seconds_show_when_there_are_any(self):
        """An instant between minutes is shown to its microsecond."""
        found = str(OFFICE.explain(local("2026-12-28 17:00:01.5"), "1s"))
        assert "from Mon 2026-12-28 17:00:01.500000 -03" in found

    def test_combined_calendars(self):
        """For two calendars of one zone the notes of both are given, as far as they matter."""
        saturday = WorkCalendar("America/Sao_Paulo", {"sat": ["10:00-12:00"]})
        either = (OFFICE | saturday).explain(local("2026-12-18 17:00"), "4h")
        assert [str(note) for note in either.skipped] == ["2026-12-20 no hours"]
        both = (OFFICE & saturday).explain(local("2026-12-25 09:00"), "1h")
        assert [note.reason for note in both.skipped] == ["holiday", "no hours", "override"]
