"""Demand: when cases come, and how many wait, told by the slow and simple way too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, WorkCalendar
from escalate.core.instants import as_us
from escalate.core.status import Status
from escalate.offline import Case, Log, Mapping, Row, merged, read, shards, study
from escalate.offline.figures.values import Share
from escalate.offline.studying.demand import MOST_DAYS, WEEKDAYS, Demand
from escalate.offline.studying.terms import Terms
from tests.offline.logs import START, csv_rows, read_rows
from tests.offline.studying.parts import chapter_of, in_parts, said, shares

DONE = {Status.RESOLVED, Status.CLOSED}
SAO_PAULO = Terms(
    hours=WorkCalendar(timezone="America/Sao_Paulo", hours={"mon-fri": ["09:00-17:00"]})
)
NEW_YORK = Terms(hours=WorkCalendar.always("America/New_York"))


def case(name, *rows):
    """A case of (instant, status) rows."""
    return Case(name, tuple(Row(as_us(at), meaning=Status(status)) for at, status in rows))


def local(row, zone):
    """The wall clock that a row's instant shows."""
    return datetime.fromtimestamp(row.at_us / 1e6, ZoneInfo(zone)).replace(tzinfo=None)


def every_day(log, zone):
    """All dates from the first to the last that a row shows."""
    seen = [local(row, zone).date() for each in log.cases for row in each.rows]
    return [min(seen) + timedelta(days=i) for i in range((max(seen) - min(seen)).days + 1)]


@given(rows=csv_rows(ties=True), where=st.sampled_from([Terms(), SAO_PAULO, NEW_YORK]))
def test_arrivals_are_where_the_first_rows_are(rows, where):
    """Each case arrives once: in an hour of the week, on a day, in a week, on the desk's own clock."""
    log = read_rows(rows)
    zone = where.hours.timezone if where.hours else "UTC"
    arrived = [local(each.rows[0], zone) for each in log.cases]
    figures = chapter_of(Demand, log, where).figures
    heat = figures["arrivals_by_hour_of_week"].value
    for name in WEEKDAYS:
        for hour in range(24):
            there = [at for at in arrived if at.strftime("%A") == name and at.hour == hour]
            assert heat[name][f"{hour:02}"] == len(there)
    days = every_day(log, zone)
    dates = [at.date() for at in arrived]
    assert figures["arrivals_by_day"].value == {str(day): dates.count(day) for day in days}
    mondays = sorted({day - timedelta(days=day.weekday()) for day in days})
    assert list(figures["arrivals_by_week"].value.items()) == [
        (str(monday), sum(0 <= (day - monday).days < 7 for day in dates)) for monday in mondays
    ]
    busiest = max(dates.count(day) for day in dates)
    [day] = [name for name in figures["peaks"].value if name.startswith("day: ")]
    assert day == f"day: {min(day for day in dates if dates.count(day) == busiest)}"
    assert figures["peaks"].value[day] == Share(busiest, len(dates) / len(days))


@given(rows=csv_rows(ties=True), where=st.sampled_from([Terms(), SAO_PAULO, NEW_YORK]))
def test_the_backlog_is_who_is_open_at_midnight(rows, where):
    """At each midnight, those wait whose last row until then is not completed."""
    log = read_rows(rows)
    zone = where.hours.timezone if where.hours else "UTC"
    expected = {}
    for day in every_day(log, zone):
        waiting = 0
        for each in log.cases:
            past = [row for row in each.rows if local(row, zone).date() <= day]
            waiting += bool(past) and past[-1].meaning not in DONE
        expected[str(day)] = waiting
    assert chapter_of(Demand, log, where).figures["backlog"].value == expected


@given(rows=csv_rows(), where=shares, order=st.randoms())
def test_parts_and_order_do_not_matter(rows, where, order):
    """Gathered in parts and put together, the chapter is the same to the byte."""
    log = read_rows(rows)
    assert said(in_parts(Demand, log, SAO_PAULO, where, order)) == said(
        chapter_of(Demand, log, SAO_PAULO)
    )


class TestPeaks:
    def test_the_earliest_of_several_is_named(self):
        """Of two hours with as many arrivals, the one that comes first in the week."""
        log = Log((case("1", (START, "open")), case("2", (START + timedelta(days=1), "open"))))
        assert chapter_of(Demand, log, Terms()).figures["peaks"].value == {
            "hour of the week: Monday 09:00": Share(1, 2 / 168),
            "day of the week: Monday": Share(1, 2 / 7),
            "day: 2026-03-02": Share(1, 1.0),
        }


class TestDoubts:
    def test_a_log_of_some_days_has_no_weekly_profile(self):
        """A few days of a log cannot tell Mondays from Tuesdays."""
        figures = chapter_of(Demand, Log((case("1", (START, "open")),)), Terms()).figures
        assert "spans 1 days" in figures["arrivals_by_hour_of_week"].doubt
        assert figures["arrivals_by_day"].doubt == ""

    def test_hours_of_an_unknown_zone_are_doubted(self):
        """Whoever gives no policy is told that the peak at 13 is one of UTC, and not of the desk."""
        log = Log((case("1", (START, "open")),))
        for terms, is_doubted in ((Terms(), True), (SAO_PAULO, False)):
            figures = chapter_of(Demand, log, terms).figures
            for key in ("arrivals_by_hour_of_week", "peaks"):
                assert ("hours are those of UTC" in figures[key].doubt) is is_doubted

    def test_cases_chosen_by_their_end_make_arrivals_mean_nothing(self):
        """Where only those are here that ended late, who came early is who stayed long."""
        rows = [
            (str(n), (START + timedelta(days=n)).isoformat(), "Received", "desk a", "low")
            for n in range(40)
        ]
        end = (START + timedelta(days=41)).isoformat()
        rows += [(str(n), end, "Closed", "desk a", "low") for n in range(40)]
        for figure in chapter_of(Demand, read_rows(rows), Terms()).figures:
            assert "chosen by their end" in figure.doubt

    def test_cases_chosen_by_their_beginning_spoil_the_backlog_only(self):
        """Where nobody arrives late, arrivals are right and the backlog melts away."""
        rows = [
            (str(n), (START + timedelta(days=n)).isoformat(), "Received", "desk a", "low")
            for n in range(30)
        ]
        rows += [
            (str(n), (START + timedelta(days=n + 30)).isoformat(), "Closed", "desk a", "low")
            for n in range(30)
        ]
        figures = chapter_of(Demand, read_rows(rows), Terms()).figures
        assert "chosen by their beginning" in figures["backlog"].doubt
        assert figures["arrivals_by_week"].doubt == ""


class TestEdges:
    def test_no_case(self):
        """An empty log has no demand, and says so."""
        chapter = chapter_of(Demand, Log(()), Terms())
        assert list(chapter.figures) == []
        assert {each.key for each in chapter.figures.left_out} >= {"peaks", "backlog"}

    def test_no_status(self):
        """Without a status nobody knows who waits; arrivals are known all the same."""
        figures = chapter_of(Demand, Log((Case("1", (Row(0),)),)), Terms()).figures
        assert [each.key for each in figures.left_out] == ["backlog"]
        assert figures["arrivals_by_day"].value == {"1970-01-01": 1}

    def test_reopened_counts_again(self):
        """Solved and come back: it waits again, until it is solved again."""
        days = [START + timedelta(days=n) for n in range(4)]
        log = Log((case("1", *zip(days, ["open", "resolved", "open", "closed"], strict=True)),))
        backlog = chapter_of(Demand, log, Terms()).figures["backlog"].value
        assert list(backlog.values()) == [1, 0, 1, 0]

    @pytest.mark.parametrize("year", [1, 9999])
    def test_the_ends_of_time(self, year):
        """A date that is surely wrong makes no error, and no line of three million days."""
        ends = (
            datetime(year, 1, 1, tzinfo=UTC)
            if year == 1
            else datetime(year, 12, 31, 23, tzinfo=UTC)
        )
        first, last = sorted((ends, START))
        log = Log((case("1", (first, "open")), case("2", (last, "closed"))))
        figures = chapter_of(Demand, log, SAO_PAULO).figures
        assert (last - first).days > MOST_DAYS
        assert sum(figures["arrivals_by_week"].value.values()) == 2
        assert len(figures["arrivals_by_day"].value) == 2
        assert len(figures["backlog"].value) == 1

    def test_weeks_are_named_by_their_monday(self):
        """A case that comes on a Sunday belongs to the Monday before."""
        log = Log((case("1", (datetime(2026, 3, 8, 23, tzinfo=UTC), "open")),))
        assert chapter_of(Demand, log, Terms()).figures["arrivals_by_week"].value == {
            str(date(2026, 3, 2)): 1
        }


class TestTheZone:
    def test_is_that_of_the_entry_tier(self):
        """A policy says by whose clock the desk lives."""
        office = WorkCalendar(timezone="Asia/Shanghai", hours={"mon-fri": ["09:00-17:00"]})
        policy = EscalationPolicy("desk", ["N1"], [], calendars={"office": office})
        late = datetime(2026, 3, 2, 20, tzinfo=UTC)  # 04:00 on Tuesday in Shanghai
        figures = chapter_of(
            Demand, Log((case("1", (late, "open")),)), Terms(policy=policy)
        ).figures
        assert figures["arrivals_by_hour_of_week"].value["Tuesday"]["04"] == 1
        assert "Asia/Shanghai" in figures["arrivals_by_hour_of_week"].definition

    def test_is_utc_where_nobody_says(self):
        """Without hours the clock is UTC's, and the definition says that it was not told."""
        for terms in (Terms(), Terms(policy=EscalationPolicy("desk", ["N1"], []))):
            figures = chapter_of(Demand, Log((case("1", (START, "open")),)), terms).figures
            assert "nothing says the desk's own zone" in figures["peaks"].definition

    def test_is_that_of_the_mapping_where_no_calendar_says(self, tmp_path):
        """A log without offsets is on somebody's wall: read at once or in parts, that is the desk's."""
        path = tmp_path / "log.csv"
        path.write_text("id,at\n1,2026-03-02 23:30\n2,2026-03-03 09:00\n", encoding="utf-8")
        plan = Mapping(case="id", at="at", zone="America/Sao_Paulo")
        log, parts = read(path, mapping=plan), shards(path, 3, mapping=plan)
        assert merged([part.read() for part in parts]) == log
        whole = study(log)
        assert said(study(parts)["demand"]) == said(whole["demand"])
        figure = whole["demand"].figures["arrivals_by_day"]
        assert figure.value == {"2026-03-02": 1, "2026-03-03": 1}
        assert "of America/Sao_Paulo, the zone of the log's mapping" in figure.definition
        assert "UTC" not in whole["demand"].figures["peaks"].doubt
        for hours in (WorkCalendar.always("Asia/Shanghai"), SAO_PAULO.hours):
            definition = study(log, hours=hours)["demand"].figures["peaks"].definition
            assert f"by the clock of {hours.timezone}, in which" in definition

    @pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
    def test_is_not_told_by_a_log_that_is_written_in_utc(self, zone):
        """That an export is in UTC says how it was made, not where its desk is."""
        log = read([{"id": "1", "at": "2026-03-02 09:00"}], case="id", at="at", zone=zone)
        assert "nothing says" in study(log)["demand"].figures["peaks"].definition
