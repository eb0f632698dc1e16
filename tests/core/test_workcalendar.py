"""Opening hours by example, numbered as in SEMANTICS 2."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.errors import HorizonTooShort, InvalidCalendar

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkCalendar("UTC", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
NIGHTS = {"mon-sun": ["22:00-06:00"]}


def at(text: str, zone: str = "UTC") -> datetime:
    """An instant, written as wall time in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def open_hours(calendar: WorkCalendar, first: str, last: str) -> float:
    """Open hours from 00:00 of one date to 00:00 of another, in the calendar's zone."""
    zone = calendar.timezone
    return calendar.elapsed(at(first, zone), at(last, zone)).total_seconds() / 3600


class TestWindows:
    def test_windows_are_half_open(self):
        """At nine the desk is open, at noon it no longer is (2.2)."""
        assert OFFICE.is_open(at("2026-03-02 09:00"))
        assert OFFICE.is_open(at("2026-03-02 11:59:59.999999"))
        assert not OFFICE.is_open(at("2026-03-02 12:00"))

    def test_a_night_shift_belongs_to_the_day_it_starts_on(self):
        """Saturday's night shift runs into Sunday, and Sunday has none of its own (2.2)."""
        saturday = WorkCalendar("UTC", {"sat": ["22:00-06:00"]})
        assert open_hours(saturday, "2026-03-07", "2026-03-08") == 2
        assert open_hours(saturday, "2026-03-08", "2026-03-09") == 6

    @pytest.mark.parametrize("text", ["00:00-24:00", "00:00-00:00"])
    def test_a_whole_day(self, text):
        """A whole day can be written to 24:00 or to 00:00 (2.2)."""
        assert open_hours(WorkCalendar("UTC", {"mon": [text]}), "2026-03-02", "2026-03-04") == 24

    def test_overlaps_merge(self):
        """Hours given twice count once (2.2)."""
        twice = WorkCalendar(
            "UTC", {"mon": ["09:00-12:00", "10:00-13:00"], "mon-tue": ["12:00-14:00"]}
        )
        assert open_hours(twice, "2026-03-02", "2026-03-03") == 5
        assert open_hours(twice, "2026-03-03", "2026-03-04") == 2

    def test_windows_that_touch_over_midnight_are_one(self):
        """A desk open from Monday noon to Tuesday noon closes once, on Tuesday."""
        desk = WorkCalendar("UTC", {"mon": ["12:00-24:00"], "tue": ["00:00-12:00"]})
        assert desk.next_close(at("2026-03-02 13:00")) == at("2026-03-03 12:00")
        assert len(desk.windows(at("2026-03-02 00:00"), at("2026-03-04 00:00"))) == 1

    def test_a_window_that_spans_years_is_one(self):
        """Open since Monday in December, the desk that closes once closes years later."""
        desk = WorkCalendar("UTC", {"mon-sun": ["00:00-24:00"]}, holidays=["2030-05-01"])
        assert desk.next_close(at("2026-12-28 10:00")) == at("2030-05-01 00:00")
        assert desk.next_open(at("2030-05-01 07:00")) == at("2030-05-02 00:00")

    def test_a_window_that_spans_years_is_one_whichever_year_was_asked_about_first(self):
        """Asking about 2030 before 2026 finds the same closing."""
        desk = WorkCalendar("UTC", {"mon-sun": ["00:00-24:00"]}, holidays=["2030-05-01"])
        assert desk.is_open(at("2030-04-01 10:00"))
        assert desk.next_close(at("2026-12-28 10:00")) == at("2030-05-01 00:00")
        assert len(desk.windows(at("2020-01-01 00:00"), at("2030-05-03 00:00"))) == 2

    def test_windows_are_clipped_to_what_was_asked(self):
        """Windows between ten and half past one begin at ten."""
        found = OFFICE.windows(at("2026-03-02 10:00"), at("2026-03-02 13:30"))
        assert found == [
            (at("2026-03-02 10:00"), at("2026-03-02 12:00")),
            (at("2026-03-02 13:00"), at("2026-03-02 13:30")),
        ]

    @pytest.mark.parametrize("moment", ["2026-03-02 09:00", "2026-03-02 10:00", "2026-03-01 10:00"])
    def test_no_span_has_no_windows(self, moment):
        """Between an instant and itself nothing is open, also at an opening."""
        assert OFFICE.windows(at(moment), at(moment)) == []


class TestPrecedence:
    def test_a_holiday_leaves_the_eves_tail_alone(self):
        """On Christmas the night shift of the 24th still ends at six, and that of the 25th is off (2.2)."""
        desk = WorkCalendar("UTC", NIGHTS, holidays=["2026-12-25"])
        assert open_hours(desk, "2026-12-25", "2026-12-26") == 6
        assert open_hours(desk, "2026-12-26", "2026-12-27") == 2

    def test_a_break_cuts_the_eves_tail_too(self):
        """A break at two in the morning interrupts the shift that began the day before (2.2)."""
        desk = WorkCalendar("UTC", NIGHTS, breaks={"2026-12-25": ["02:00-03:00"]})
        assert open_hours(desk, "2026-12-25", "2026-12-26") == 7

    def test_an_overnight_break_runs_on(self):
        """A break from 23:00 to 01:00 ends on the next date."""
        desk = WorkCalendar("UTC", NIGHTS, breaks={"2026-12-25": ["23:00-01:00"]})
        assert desk.next_close(at("2026-12-25 22:30")) == at("2026-12-25 23:00")
        assert desk.next_open(at("2026-12-25 23:00")) == at("2026-12-26 01:00")

    def test_an_override_replaces_the_weekly_hours(self):
        """On the 24th only the morning is worked; an empty list would close it (2.2)."""
        desk = WorkCalendar(
            "UTC",
            {"mon-fri": ["09:00-17:00"]},
            overrides={"2026-12-24": ["09:00-12:00"], "2026-12-23": []},
        )
        assert open_hours(desk, "2026-12-24", "2026-12-25") == 3
        assert open_hours(desk, "2026-12-23", "2026-12-24") == 0

    def test_a_break_cuts_an_override(self):
        """A break wins over the hours of an override (2.2)."""
        desk = WorkCalendar(
            "UTC",
            {},
            overrides={"2026-12-24": ["09:00-12:00"]},
            breaks={"2026-12-24": ["10:00-11:00"]},
        )
        assert open_hours(desk, "2026-12-24", "2026-12-25") == 2

    def test_an_override_on_a_holiday_is_a_finding(self):
        """A holiday wins over an override, and the calendar says so without refusing (2.2)."""
        desk = WorkCalendar(
            "UTC", NIGHTS, ["2026-12-25"], overrides={"2026-12-25": ["09:00-12:00"]}
        )
        assert desk.findings == ("override on 2026-12-25 has no effect: that date is a holiday",)

    def test_a_break_while_closed_is_a_finding(self):
        """A break that interrupts nothing is pointed out; one in the eve's tail is not."""
        desk = WorkCalendar(
            "UTC",
            {"mon-fri": ["20:00-02:00"]},
            holidays=["2026-12-25"],
            breaks={"2026-12-25": ["01:00-01:30", "21:00-21:30"]},
        )
        assert desk.findings == (
            "break 21:00-21:30 on 2026-12-25 has no effect: nothing is open then",
        )

    def test_exceptions_on_a_lost_date_are_findings(self):
        """Samoa had no 2011-12-30, so nothing can be planned on it."""
        desk = WorkCalendar(
            "Pacific/Apia",
            NIGHTS,
            breaks={"2011-12-30": ["10:00-11:00"]},
            overrides={"2011-12-30": ["10:00-11:00"]},
        )
        assert desk.findings == (
            "override on 2011-12-30 has no effect: the zone skipped that date",
            "break on 2011-12-30 has no effect: the zone skipped that date",
        )


class TestClockChanges:
    def test_durations_are_absolute(self):
        """The night in which clocks go forward is an hour shorter, the other an hour longer (2.3)."""
        desk = WorkCalendar("Europe/Berlin", {"sat": ["22:00-06:00"]})
        assert open_hours(desk, "2026-03-28", "2026-03-30") == 7
        assert open_hours(desk, "2026-10-24", "2026-10-26") == 9

    def test_an_edge_in_the_gap_moves_on_by_the_same_distance(self):
        """02:30 does not exist on that Sunday and becomes 03:30 (2.3)."""
        desk = WorkCalendar("Europe/Berlin", {"sun": ["02:30-05:00"]})
        assert desk.next_open(at("2026-03-29 00:00", "Europe/Berlin")) == at("2026-03-29 01:30")

    def test_an_edge_that_comes_twice_is_the_first(self):
        """A shift that ends at 02:30 ends when clocks first show it (2.3)."""
        desk = WorkCalendar("Europe/Berlin", {"sun": ["01:00-02:30"]})
        assert open_hours(desk, "2026-10-25", "2026-10-26") == 1.5

    def test_a_window_inside_the_gap_vanishes_or_moves(self):
        """A window from 02:30 to 03:00 ends before it starts once the clocks have jumped (2.3)."""
        desk = WorkCalendar("Europe/Berlin", {"sun": ["02:30-03:00"]})
        assert open_hours(desk, "2026-03-29", "2026-03-30") == 0
        assert open_hours(desk, "2026-04-05", "2026-04-06") == 0.5

    def test_a_midnight_that_never_was(self):
        """Sao Paulo's day of 2017-10-15 begins at 01:00 and has 23 hours (2.3)."""
        desk = WorkCalendar("America/Sao_Paulo", {"sun": ["00:00-24:00"]})
        assert desk.next_open(at("2017-10-14 12:00")) == at("2017-10-15 03:00")
        assert open_hours(desk, "2017-10-15", "2017-10-16") == 23

    def test_a_lost_date_has_no_windows_but_the_eves_tail_runs_on(self):
        """Samoa's night shift of the 29th ended at six on the 31st, eight hours later (2.3)."""
        desk = WorkCalendar("Pacific/Apia", {"thu": ["22:00-06:00"], "fri": ["09:00-17:00"]})
        start, closes = (
            at("2011-12-29 22:00", "Pacific/Apia"),
            at("2011-12-31 06:00", "Pacific/Apia"),
        )
        assert desk.next_close(start) == closes
        assert desk.elapsed(start, closes) == WorkTime.of(hours=8)
        assert desk.deadline(start, "9h") == at("2012-01-05 23:00", "Pacific/Apia")

    def test_offsets_of_quarters_of_an_hour(self):
        """Kathmandu opens at 03:15 UTC."""
        desk = WorkCalendar("Asia/Kathmandu", {"mon-fri": ["09:00-17:00"]})
        assert desk.next_open(at("2026-03-02 00:00")) == at("2026-03-02 03:15")

    def test_overlapping_halves_of_a_day_leave_a_hole_where_an_edge_jumped(self):
        """Each edge is read by itself: 02:30 becomes 03:30, and the other half ends at 03:00 (2.3)."""
        halves = WorkCalendar("Europe/Berlin", {"mon-sun": ["00:00-03:00", "02:30-24:00"]})
        assert open_hours(halves, "2026-03-29", "2026-03-30") == 22.5
        assert open_hours(halves, "2026-03-30", "2026-03-31") == 24

    def test_a_break_never_opens_anything(self):
        """A window that starts in the gap opens no earlier because a break lies beside it."""
        hours = {"sun": ["02:30-12:00"]}
        desk = WorkCalendar("Europe/Berlin", hours, breaks={"2026-03-29": ["03:00-03:15"]})
        start = at("2026-03-29 00:00", "Europe/Berlin")
        assert desk.next_open(start) == WorkCalendar("Europe/Berlin", hours).next_open(start)


class TestDeadlines:
    def test_work_used_up_at_closing_is_due_at_closing(self):
        """Eight hours from nine are due at six, and can be acted on tomorrow at nine (2.4)."""
        start = at("2026-03-02 09:00")
        assert OFFICE.deadline(start, "8h") == at("2026-03-02 18:00")
        assert OFFICE.due_open(start, "8h") == at("2026-03-03 09:00")

    def test_the_lunch_break_does_not_count(self):
        """Four hours from eleven are due at four."""
        assert OFFICE.deadline(at("2026-03-02 11:00"), "4h") == at("2026-03-02 16:00")

    def test_no_amount_is_due_at_the_next_opening(self):
        """Nothing at all is due now while open, else at the next opening (2.4)."""
        assert OFFICE.deadline(at("2026-03-02 10:00"), "0h") == at("2026-03-02 10:00")
        assert OFFICE.deadline(at("2026-03-02 12:00"), "0h") == at("2026-03-02 13:00")

    def test_no_amount_backwards_is_the_last_closing(self):
        """Backwards, nothing at all starts now while open, else at the last closing edge (2.4)."""
        assert OFFICE.start_for(at("2026-03-02 10:00"), "0h") == at("2026-03-02 10:00")
        assert OFFICE.start_for(at("2026-03-02 12:30"), "0h") == at("2026-03-02 12:00")
        assert OFFICE.start_for(at("2026-03-02 12:00"), "0h") == at("2026-03-02 12:00")
        assert OFFICE.start_for(at("2026-03-02 07:00"), "0h") == at("2026-02-27 18:00")

    def test_start_for_is_the_latest_start(self):
        """To have eight hours by Tuesday at nine, Monday at nine is the latest start (2.4)."""
        assert OFFICE.start_for(at("2026-03-03 09:00"), "8h") == at("2026-03-02 09:00")

    def test_amounts_are_worktime_or_text(self):
        """An amount may be written as text."""
        start = at("2026-03-02 09:00")
        assert OFFICE.deadline(start, WorkTime.of(minutes=90)) == OFFICE.deadline(start, "1h30m")

    def test_answers_are_in_utc(self):
        """Whatever zone a question is in, answers come in UTC."""
        due = WorkCalendar("Europe/Berlin", NIGHTS).deadline(
            at("2026-03-02 09:00", "Asia/Tokyo"), "1h"
        )
        assert due.tzinfo is UTC

    def test_subclasses_of_datetime_are_instants_too(self):
        """A pendulum date and time asks the same question as a plain one."""
        import pendulum

        moment = pendulum.datetime(2026, 3, 2, 9, 0, 0, 5, tz="Europe/Berlin")
        plain = at("2026-03-02 09:00:00.000005", "Europe/Berlin")
        assert OFFICE.deadline(moment, "2h") == OFFICE.deadline(plain, "2h")

    def test_the_second_of_two_equal_wall_times_is_its_own_instant(self):
        """fold=1 in a question means the second occurrence, an hour later."""
        first = at("2026-10-25 02:30", "Europe/Berlin")
        always = WorkCalendar.always()
        assert always.elapsed(first, first.replace(fold=1).astimezone(UTC)) == WorkTime.of(hours=1)


class TestHorizon:
    @pytest.mark.parametrize("calendar", [OFFICE, WorkCalendar.always()], ids=["office", "always"])
    def test_nothing_outside_1970_to_2100_is_answered(self, calendar):
        """Before 1970 and from 2101 on there is an error that names the years, never a date (2.7)."""
        early, late = at("1969-12-31 23:59"), at("2101-01-01 00:00")
        inside = at("2100-12-31 17:00")
        for ask in (
            lambda: calendar.deadline(early, "1h"),
            lambda: calendar.deadline(late, "0h"),
            lambda: calendar.deadline(inside, "9h"),
            lambda: calendar.due_open(inside, "9h"),
            lambda: calendar.start_for(at("1970-01-01 01:00"), "9h"),
            lambda: calendar.elapsed(early, inside),
            lambda: calendar.elapsed(inside, late),
            lambda: calendar.is_open(late),
            lambda: calendar.next_open(late),
            lambda: calendar.next_close(late),
            lambda: calendar.windows(early, inside),
            lambda: calendar.explain(inside, "9h"),
            lambda: calendar.deadline_days(inside, 1),
        ):
            with pytest.raises(HorizonTooShort, match="1970-01-01 to 2100-12-31 in UTC"):
                ask()

    def test_a_question_says_what_it_asked(self):
        """The error names the question and the instant, and the amount where the answer lies outside."""
        with pytest.raises(HorizonTooShort) as caught:
            OFFICE.deadline(at("2100-12-31 17:00"), "900h")
        assert str(caught.value) == (
            "deadline: got '2100-12-31T17:00:00+00:00 and 900h', "
            "wanted an answer from 1970-01-01 to 2100-12-31 in UTC"
        )

    def test_instants_beyond_any_datetime(self):
        """The integer forms refuse numbers that are no date at all."""
        with pytest.raises(HorizonTooShort, match="us"):
            OFFICE.is_open_us(10**30)

    def test_a_desk_that_never_closes_has_no_closing(self):
        """Asking when a 24x7 desk closes is an error, not a date."""
        with pytest.raises(HorizonTooShort, match="next_close"):
            WorkCalendar.always().next_close(at("2026-03-02 09:00"))

    def test_no_last_closing_before_the_first_opening(self):
        """Before the first window ever there is no closing to go back to."""
        desk = WorkCalendar("UTC", {}, overrides={"1970-01-05": ["09:00-17:00"]})
        with pytest.raises(HorizonTooShort, match="start_for"):
            desk.start_for(at("1970-01-03 09:00"), "0h")

    def test_an_opening_far_away_is_found(self):
        """A desk that opens once in a century is found from either side (2.7)."""
        desk = WorkCalendar("UTC", {}, overrides={"2099-01-05": ["09:00-17:00"]})
        assert desk.next_open(at("1970-01-01 09:00")) == at("2099-01-05 09:00")
        assert desk.start_for(at("2100-12-31 09:00"), "8h") == at("2099-01-05 09:00")
        assert desk.deadline(at("1980-01-01 09:00"), "8h") == at("2099-01-05 17:00")

    def test_the_night_before_1970_and_the_last_night(self):
        """The tail of a shift that began in 1969 counts; one that ends in 2101 has no known end."""
        desk = WorkCalendar("UTC", NIGHTS)
        assert desk.is_open(at("1970-01-01 05:59"))
        with pytest.raises(HorizonTooShort):
            desk.next_close(at("2100-12-31 23:00"))


class TestValue:
    def test_equal_hours_are_equal_calendars(self):
        """Two ways of writing the same hours are one value, asked before or not."""
        one = WorkCalendar("UTC", {"mon-wed": ["09:00-12:00", "13:00-00:00"]}, ["2026-12-25"])
        two = WorkCalendar(
            "UTC",
            {"WED": ["13:00-24:00", "09:00-12:00"], "mon, tue": ["09:00-12:00", "13:00-24:00"]},
            {date(2026, 12, 25): "Christmas"},
            breaks={"2026-03-02": []},
        )
        one.deadline(at("2026-03-02 09:00"), "9h")
        assert one == two
        assert hash(one) == hash(two)
        assert one != WorkCalendar("Europe/Berlin", one.hours, one.holidays)

    def test_a_calendar_is_frozen(self):
        """A calendar cannot be changed once tickets count in it."""
        with pytest.raises(AttributeError):
            OFFICE.timezone = "Europe/Berlin"
        with pytest.raises(TypeError):
            OFFICE.hours["sun"] = ("09:00-10:00",)

    @pytest.mark.parametrize(
        "through",
        [copy.deepcopy, lambda calendar: pickle.loads(pickle.dumps(calendar))],  # noqa: S301 - our own bytes
        ids=["copied", "pickled"],
    )
    def test_a_calendar_travels(self, through):
        """A calendar sent to another process is equal there and answers the same."""
        desk = WorkCalendar(
            "Europe/Berlin",
            NIGHTS,
            ["2026-12-25"],
            {"2026-03-02": ["23:00-01:00"]},
            {"2026-03-03": []},
        )
        desk.deadline(at("2026-03-02 09:00"), "9h")
        other = through(desk)
        assert other == desk
        assert other.deadline(at("2026-03-02 09:00"), "9h") == desk.deadline(
            at("2026-03-02 09:00"), "9h"
        )
        combined = through(desk | OFFICE)
        assert combined == desk | OFFICE

    def test_repr_builds_an_equal_calendar(self):
        """What a calendar shows of itself can be pasted back."""
        desk = WorkCalendar(
            "UTC", {"sun-thu": ["09:00-17:00"]}, ["2026-12-25"], {"2026-03-02": ["10:00-11:00"]}
        )
        assert eval(repr(desk)) == desk  # noqa: S307 - the very promise of a repr

    def test_always(self):
        """The calendar that never closes is an ordinary value, and so are hours that come to the same."""
        assert WorkCalendar.always("UTC") == WorkCalendar("UTC", {"mon-sun": ["00:00-00:00"]})
        halves = WorkCalendar("UTC", {"mon-sun": ["00:00-12:00", "12:00-24:00"]})
        start = at("2026-03-02 09:00")
        assert halves.deadline(start, "100h") == start + timedelta(hours=100)

    @pytest.mark.parametrize(
        ("key", "days"),
        [
            ("mon-fri", "mon tue wed thu fri"),
            ("sun-thu", "mon tue wed thu sun"),
            ("fri-mon", "mon fri sat sun"),
            ("Mon,WED , fri-sat", "mon wed fri sat"),
            ("sun-sat", "mon tue wed thu fri sat sun"),
        ],
    )
    def test_day_ranges_of_any_kind(self, key, days):
        """Weeks begin where people say: ranges may wrap, and lists and ranges mix."""
        assert list(WorkCalendar("UTC", {key: ["09:00-17:00"]}).hours) == days.split()

    def test_seconds(self):
        """Hours may be given to the second."""
        desk = WorkCalendar("UTC", {"mon": ["09:00:30-09:01"]})
        assert desk.hours == {"mon": ("09:00:30-09:01",)}
        assert desk.elapsed(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == WorkTime.of(
            seconds=30
        )


def test_threads_may_share_a_calendar():
    """Many threads that ask about many years at once get the answers of one that asks alone."""
    shared, alone = WorkCalendar("Europe/Berlin", NIGHTS), WorkCalendar("Europe/Berlin", NIGHTS)
    moments = [
        at(f"{year}-{month:02}-15 07:00") for year in range(1972, 2098, 3) for month in (1, 4, 10)
    ]
    moments = moments[::2] + moments[1::2][::-1]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda moment: shared.deadline(moment, "100h"), moments))
    assert found == [alone.deadline(moment, "100h") for moment in moments]


def test_importing_a_calendar_is_cheap():
    """Neither pendulum nor numpy is loaded before a calendar is built or a numpy form is used."""
    code = (
        "import sys, escalate.core.workcalendar as w; "
        "assert not {'pendulum', 'numpy', 'zoneinfo'} & set(sys.modules); "
        "w.WorkCalendar('UTC', {'mon': ['09:00-17:00']}).elapsed_us(0, 10**15); "
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_calendar_that_would_never_open_is_refused():
    """A desk that is never open would never have a deadline (2.2)."""
    for hours, more in (
        ({}, {}),
        ({"mon": []}, {}),
        ({}, {"overrides": {"2026-12-24": []}}),
        ({}, {"overrides": {"2026-12-25": ["09:00-12:00"]}, "holidays": ["2026-12-25"]}),
        (
            {},
            {
                "overrides": {"2026-12-24": ["09:00-12:00"]},
                "breaks": {"2026-12-24": ["08:00-13:00"]},
            },
        ),
    ):
        with pytest.raises(InvalidCalendar, match="no open time at all"):
            WorkCalendar("UTC", hours, **more)


def test_a_calendar_open_only_late_in_the_century_is_allowed():
    """One open date in 2100 is enough."""
    holidays = [date(1970, 1, 1) + timedelta(days=n) for n in range(47_840)]
    desk = WorkCalendar("UTC", {"mon-sun": ["09:00-17:00"]}, holidays)
    assert desk.next_open(at("1970-01-01 00:00")) == at("2100-12-25 09:00")
