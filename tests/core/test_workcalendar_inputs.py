"""What is refused, and with which words (SEMANTICS 2): every bad input has its error."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import holidays
import pytest

from escalate.core.opentime.openinghours import MAX_DATES, MAX_SPANS_A_DAY
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import (
    BadInput,
    EndBeforeStart,
    HorizonTooShort,
    InvalidCalendar,
    InvalidWorkTime,
    NaiveInstant,
)

HOURS = {"mon-fri": ["09:00-17:00"]}
OFFICE = WorkCalendar("UTC", HOURS)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("UTC"))


def refused(error: type[BadInput], text: str, **given: object) -> None:
    """Expect *error*, its text word by word, from a calendar that is otherwise fine."""
    with pytest.raises(error) as caught:
        WorkCalendar(**{"timezone": "UTC", "hours": HOURS} | given)
    assert str(caught.value) == text
    assert str(pickle.loads(pickle.dumps(caught.value))) == text  # noqa: S301 - our own bytes


class TestZone:
    def test_a_misspelt_zone_names_the_nearest(self):
        """A slip in a zone's name is answered with the right name."""
        with pytest.raises(InvalidCalendar, match=r"did you mean 'Europe/Berlin'"):
            WorkCalendar("Europe/Berln", HOURS)

    def test_a_city_alone_names_its_zone(self):
        """People write the city; the error says how the database calls it."""
        with pytest.raises(InvalidCalendar, match=r"did you mean 'America/Sao_Paulo'"):
            WorkCalendar("Sao Paulo", HOURS)

    @pytest.mark.parametrize(
        "zone", ["", "Europe", "../etc/passwd", "/etc/localtime", "\0", None, 3]
    )
    def test_what_is_no_zone(self, zone):
        """Odd names are refused the same way, wherever they would lead on a disk."""
        with pytest.raises(
            InvalidCalendar, match=r"timezone: got .* wanted a zone of the IANA database"
        ):
            WorkCalendar(zone, HOURS)


class TestHours:
    @pytest.mark.parametrize(
        "text", ["9-5", "9:00-17:00", "09:00", "25:00-26:00", "09:60-10:00", "", 9, None]
    )
    def test_an_unreadable_span(self, text):
        """A span that cannot be read is named with its day."""
        wanted = 'a span such as "09:00-17:00", "22:00-06:00" or "13:00-24:00"'
        refused(
            InvalidCalendar, f"hours['mon']: got {text!r}, wanted {wanted}", hours={"mon": [text]}
        )

    def test_24_00_only_ends_a_span(self):
        """A span cannot start at 24:00, which is 00:00 of the next day."""
        refused(
            InvalidCalendar,
            "hours['mon']: got '24:00-06:00', wanted a span that starts before \"24:00\"; "
            "24:00 only ends one",
            hours={"mon": ["24:00-06:00"]},
        )

    def test_an_unknown_day_names_the_nearest(self):
        """A misspelt day is never ignored."""
        refused(
            InvalidCalendar,
            "hours: got 'mon-fry'; did you mean 'fri'? known: fri, mon, sat, sun, thu, tue, wed",
            hours={"mon-fry": ["09:00-17:00"]},
        )

    def test_a_range_has_two_ends(self):
        """Three days in one range mean nothing."""
        refused(
            InvalidCalendar,
            "hours: got 'mon-wed-fri', wanted a range of two days, such as \"mon-fri\"",
            hours={"mon-wed-fri": ["09:00-17:00"]},
        )

    def test_days_are_text(self):
        """A weekday number is not guessed at: some weeks begin on Sunday."""
        refused(
            InvalidCalendar,
            'hours: got 0, wanted days such as "mon-fri", "sun-thu" or "mon,wed"',
            hours={0: ["09:00-17:00"]},
        )

    def test_spans_are_a_list(self):
        """One span is a list of one."""
        wanted = 'a list of spans such as ["09:00-12:00", "13:00-18:00"]'
        refused(
            InvalidCalendar,
            f"hours['mon']: got '09:00-17:00', wanted {wanted}",
            hours={"mon": "09:00-17:00"},
        )

    def test_hours_are_a_mapping(self):
        """Hours need days."""
        refused(
            InvalidCalendar,
            'hours: got [\'09:00-17:00\'], wanted a mapping such as {"mon-fri": ["09:00-17:00"]}',
            hours=["09:00-17:00"],
        )

    def test_spans_a_day_are_capped(self):
        """A day has room for many spans, not for any number."""
        many = [f"{n // 60:02}:{n % 60:02}-23:59" for n in range(MAX_SPANS_A_DAY + 1)]
        refused(
            InvalidCalendar,
            "hours['mon']: got '49 spans', wanted at most 48 spans a day",
            hours={"mon": many},
        )


class TestDates:
    @pytest.mark.parametrize("value", ["25.12.2026", "2026-13-01", "20261225", 20261225, None])
    def test_an_unreadable_date(self, value):
        """A date is a date or ISO text."""
        wanted = 'a date such as date(2026, 12, 25) or "2026-12-25"'
        refused(InvalidCalendar, f"holidays: got {value!r}, wanted {wanted}", holidays=[value])

    def test_a_datetime_is_no_date(self):
        """Which date a datetime means depends on a zone, so it is refused."""
        with pytest.raises(InvalidCalendar, match="the date of a datetime depends on its zone"):
            WorkCalendar("UTC", HOURS, holidays=[MONDAY])

    @pytest.mark.parametrize("field", ["holidays", "breaks", "overrides"])
    @pytest.mark.parametrize("day", ["1969-12-31", "2101-01-01"])
    def test_a_date_outside_the_horizon(self, field, day):
        """Dates outside 1970 to 2100 are refused, not dropped (2.8)."""
        refused(
            HorizonTooShort,
            f"{field}: got {day!r}, wanted a date from 1970-01-01 to 2100-12-31",
            **{field: [day] if field == "holidays" else {day: ["09:00-10:00"]}},
        )

    def test_one_date_twice(self):
        """A date as text and the same as a date contradict each other."""
        refused(
            InvalidCalendar,
            "overrides: got '2026-12-24', wanted each date once",
            overrides={date(2026, 12, 24): [], "2026-12-24": ["09:00-10:00"]},
        )

    def test_a_bad_span_is_named_with_its_date(self):
        """A break that cannot be read is found by its date."""
        with pytest.raises(InvalidCalendar, match=r"breaks\['2026-03-02'\]: got '9-5'"):
            WorkCalendar("UTC", HOURS, breaks={date(2026, 3, 2): ["9-5"]})

    @pytest.mark.parametrize("field", ["breaks", "overrides"])
    def test_dated_hours_are_a_mapping(self, field):
        """Breaks and overrides need dates and spans."""
        with pytest.raises(InvalidCalendar, match=f"{field}: got .* wanted a mapping"):
            WorkCalendar("UTC", HOURS, **{field: ["2026-12-24"]})

    def test_dates_are_capped(self):
        """More dates than there are from 1970 to 2100 are something else."""
        endless = {number: [] for number in range(MAX_DATES + 1)}
        refused(
            InvalidCalendar,
            f"breaks: got '{MAX_DATES + 1} dates', wanted at most {MAX_DATES} dates",
            breaks=endless,
        )

        def for_ever():
            while True:
                yield "2026-12-25"

        with pytest.raises(InvalidCalendar, match="at most 50000"):
            WorkCalendar("UTC", HOURS, holidays=for_ever())


class OnRequest:
    """A container that only answers ``in``."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (day.month, day.day) == (12, 25)


class TestHolidayContainers:
    @pytest.mark.parametrize(
        "container",
        [
            [date(2026, 12, 25)],
            ("2026-12-25",),
            {date(2026, 12, 25)},
            {"2026-12-25": "Christmas"},
            {"2026-12-25": "Christmas"}.keys(),
            {"Christmas": date(2026, 12, 25)}.values(),
            (day for day in ["2026-12-25"]),
        ],
        ids=["list", "tuple", "set", "dict", "keys", "values", "generator"],
    )
    def test_any_listing_of_dates(self, container):
        """However dates are listed, they are holidays."""
        assert WorkCalendar("UTC", HOURS, container).holidays == {date(2026, 12, 25)}

    def test_a_container_that_only_answers_in(self):
        """A container that cannot be listed is asked about every date from 1970 to 2100 (2.8)."""
        found = WorkCalendar("UTC", HOURS, OnRequest()).holidays
        assert found == {date(year, 12, 25) for year in range(1970, 2101)}

    def test_the_holidays_package(self):
        """An object of the holidays package, empty until it is asked, is copied whole (2.8)."""
        brazil = holidays.country_holidays("BR", subdiv="SP")
        assert not len(brazil)
        calendar = WorkCalendar("America/Sao_Paulo", HOURS, brazil)
        assert date(2026, 9, 7) in calendar.holidays
        assert date(1999, 9, 7) in calendar.holidays
        brazil.clear()
        assert date(2026, 9, 7) in calendar.holidays

    @pytest.mark.parametrize("container", ["2026-12-25", b"2026-12-25"])
    def test_a_text_is_no_list_of_dates(self, container):
        """One holiday is a list of one."""
        refused(
            InvalidCalendar,
            f"holidays: got {container!r}, wanted a list of dates, e.g. [{container!r}]",
            holidays=container,
        )

    def test_what_is_no_container(self):
        """A date alone is no container."""
        with pytest.raises(InvalidCalendar, match="wanted a container of dates"):
            WorkCalendar("UTC", HOURS, date(2026, 12, 25))

    def test_a_container_that_fails(self):
        """A container that cannot be asked for dates is refused, with its own error as the cause."""

        class Broken:
            def __contains__(self, day: object) -> bool:
                raise RuntimeError("no network")

        with pytest.raises(
            InvalidCalendar, match="a container that can be asked for dates"
        ) as caught:
            WorkCalendar("UTC", HOURS, Broken())
        assert isinstance(caught.value.__cause__, RuntimeError)


class NoOffset(tzinfo):
    """A zone that knows no offset, which leaves its datetimes naive."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """Say nothing."""
        return None


class TestQuestions:
    @pytest.mark.parametrize(
        "moment",
        [
            MONDAY.replace(tzinfo=None),
            MONDAY.replace(tzinfo=NoOffset()),
            date(2026, 3, 2),
            "2026-03-02",
            0,
        ],
    )
    def test_an_instant_without_a_zone(self, moment):
        """A datetime without a zone names no instant (2.1)."""
        for ask in (
            lambda: OFFICE.deadline(moment, "1h"),
            lambda: OFFICE.due_open(moment, "1h"),
            lambda: OFFICE.start_for(moment, "1h"),
            lambda: OFFICE.elapsed(moment, MONDAY),
            lambda: OFFICE.elapsed(MONDAY, moment),
            lambda: OFFICE.is_open(moment),
            lambda: OFFICE.next_open(moment),
            lambda: OFFICE.next_close(moment),
            lambda: OFFICE.windows(moment, MONDAY),
            lambda: OFFICE.deadline_days(moment, 1),
            lambda: OFFICE.explain(moment, "1h"),
        ):
            with pytest.raises(NaiveInstant, match="wanted an aware datetime"):
                ask()

    def test_an_end_before_its_start(self):
        """Elapsed time is never negative; a swapped pair is an error."""
        earlier = MONDAY - timedelta(hours=1)
        with pytest.raises(EndBeforeStart) as caught:
            OFFICE.elapsed(MONDAY, earlier)
        assert str(caught.value) == (
            "elapsed(start, end): got ('2026-03-02T09:00:00+00:00', '2026-03-02T08:00:00+00:00'), "
            "wanted start <= end"
        )
        with pytest.raises(EndBeforeStart, match="windows"):
            OFFICE.windows(MONDAY, earlier)

    @pytest.mark.parametrize("amount", ["-1h", "1d", "", 3600, None, timedelta(hours=1)])
    def test_an_unreadable_amount(self, amount):
        """Wall-clock time and numbers are no amount of open time."""
        for ask in (OFFICE.deadline, OFFICE.due_open, OFFICE.start_for, OFFICE.explain):
            with pytest.raises(InvalidWorkTime, match=r"WorkTime\.parse"):
                ask(MONDAY, amount)

    def test_a_negative_amount_of_microseconds(self):
        """The integer forms refuse negative amounts as well."""
        for ask in (OFFICE.deadline_us, OFFICE.due_open_us, OFFICE.start_for_us):
            with pytest.raises(
                InvalidWorkTime, match="got -1, wanted an amount that is not negative"
            ):
                ask(10**15, -1)

    @pytest.mark.parametrize("days", [0, -1, 1.0, True, "1", None])
    def test_working_days_are_counted_from_one(self, days):
        """Working days are whole and at least one (2.6)."""
        with pytest.raises(BadInput) as caught:
            OFFICE.deadline_days(MONDAY, days)
        assert str(caught.value) == (
            f"deadline_days(days): got {days!r}, wanted a whole number of working days, at least 1"
        )
