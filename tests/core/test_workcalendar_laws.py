"""The laws of open time (SEMANTICS 2.5), and the library against an oracle that shares no code."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalate.core.instants import as_instant
from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.errors import HorizonTooShort
from tests.core.calendar_oracle import Oracle, Plan, exists, minute_of
from tests.core.calendar_strategies import AIMS, AMOUNTS_US, aimed, calendar_of, plans

TWO = st.tuples(AIMS, AIMS)
QUESTIONS = st.tuples(
    st.sampled_from(["deadline_us", "start_for_us", "due_open_us", "next_close_us"]),
    AIMS | st.integers(0, 2**52 - 1),
    st.just(0) | AMOUNTS_US,
)


@st.composite
def desks(draw: st.DrawFn) -> tuple[WorkCalendar, Oracle]:
    """A calendar and the oracle for the same hours, open at least once in the oracle's row."""
    plan = draw(plans())
    oracle = Oracle(plan)
    assume(any(oracle.open))
    return calendar_of(plan), oracle


class TestAgainstTheOracle:
    @given(desk=desks(), aim=AIMS)
    def test_open_or_closed(self, desk, aim):
        """The desk is open in exactly the minutes in which somebody counting by hand finds it open."""
        calendar, oracle = desk
        at = aimed(oracle, aim)
        assert calendar.is_open_us(at) == oracle.is_open(at)

    @given(desk=desks(), aims=TWO)
    def test_elapsed(self, desk, aims):
        """Open time between two instants is what counting minute by minute gives."""
        calendar, oracle = desk
        start, end = sorted(aimed(oracle, aim) for aim in aims)
        assert calendar.elapsed_us(start, end) == oracle.elapsed(start, end)

    @given(desk=desks(), aim=AIMS, amount=AMOUNTS_US)
    def test_deadline(self, desk, aim, amount):
        """A deadline is the first instant at which a stopwatch that runs in open hours shows it (2.4)."""
        calendar, oracle = desk
        start = aimed(oracle, aim)
        due = oracle.deadline(start, amount)
        assume(due is not None)
        assert calendar.deadline_us(start, amount) == due

    @given(desk=desks(), aim=AIMS, amount=AMOUNTS_US)
    def test_due_open(self, desk, aim, amount):
        """The instant at which somebody can act on a deadline is the next open one (2.4)."""
        calendar, oracle = desk
        start = aimed(oracle, aim)
        due = oracle.deadline(start, amount)
        opens = oracle.next_open(due) if due is not None and due < oracle.span_us[1] else None
        assume(opens is not None)
        assert calendar.due_open_us(start, amount) == opens

    @given(desk=desks(), aim=AIMS, amount=AMOUNTS_US)
    def test_start_for(self, desk, aim, amount):
        """Running the stopwatch backwards finds the latest start that still makes it (2.4)."""
        calendar, oracle = desk
        end = aimed(oracle, aim)
        start = oracle.start_for(end, amount)
        assume(start is not None)
        assert calendar.start_for_us(end, amount) == start

    @given(desk=desks(), aim=AIMS)
    def test_edges(self, desk, aim):
        """The next opening and closing are where the row of minutes changes."""
        calendar, oracle = desk
        at = aimed(oracle, aim)
        opens, closes = oracle.next_open(at), oracle.next_close(at)
        assert opens is None or calendar.next_open_us(at) == opens
        assert closes is None or calendar.next_close_us(at) == closes

    @given(desk=desks(), aims=TWO)
    def test_windows(self, desk, aims):
        """The windows listed between two instants tile exactly the open minutes between them."""
        calendar, oracle = desk
        start, end = sorted(aimed(oracle, aim) for aim in aims)
        listed = calendar.windows(as_instant(start), as_instant(end))
        edges = [edge for window in listed for edge in window]
        assert edges == sorted(set(edges))
        assert sum((b - a for a, b in listed), timedelta()) == timedelta(
            microseconds=oracle.elapsed(start, end)
        )
        assert all(oracle.is_open(calendar.next_open_us(start)) for _ in listed[:1])

    @given(plan=plans(), days=st.integers(1, 3), aim=AIMS)
    def test_working_days(self, plan, days, aim):
        """Working days are the dates whose own windows leave an open minute (2.6)."""
        oracle = Oracle(plan)
        assume(any(oracle.open))
        start = aimed(oracle, aim)
        today = as_instant(start).astimezone(ZoneInfo(plan.zone)).date()
        rows = [Oracle(_only(plan, today + timedelta(days=n)), days=14) for n in range(1, 5)]
        working = [row for row in rows if any(row.open)]
        assume(len(working) >= days)
        closes = calendar_of(plan).deadline_days(as_instant(start), days, end_of_day=True)
        assert closes == as_instant(working[days - 1].edges_us()[-1])


class TestLaws:
    @given(desk=desks(), aim=AIMS, amount=AMOUNTS_US)
    def test_a_deadline_has_its_amount_elapsed(self, desk, aim, amount):
        """elapsed(s, deadline(s, n)) == n, and the instant before it has less."""
        calendar, oracle = desk
        start = aimed(oracle, aim)
        due = calendar.deadline_us(start, amount)
        assert calendar.elapsed_us(start, due) == amount
        assert calendar.elapsed_us(start, due - 1) == amount - 1

    @given(desk=desks(), aim=AIMS, amount=AMOUNTS_US)
    def test_start_for_mirrors_deadline(self, desk, aim, amount):
        """The latest start has the amount elapsed by the end, and the instant after it has less."""
        calendar, oracle = desk
        end = aimed(oracle, aim)
        start = calendar.start_for_us(end, amount)
        assert calendar.elapsed_us(start, end) == amount
        assert calendar.elapsed_us(start + 1, end) == amount - 1
        assert calendar.deadline_us(start, amount) <= end

    @given(desk=desks(), aim=AIMS)
    def test_no_amount_is_due_at_the_next_opening(self, desk, aim):
        """Nothing to do is due when the desk is next open; backwards, when it was last open."""
        calendar, oracle = desk
        at = aimed(oracle, aim)
        due, start = calendar.deadline_us(at, 0), calendar.start_for_us(at, 0)
        assert calendar.is_open_us(due)
        assert start <= at <= due
        assert (start == at == due) or not calendar.is_open_us(at)
        assert calendar.elapsed_us(start, due) == 0
        assert start == at or calendar.elapsed_us(start - 1, start) == 1

    @given(desk=desks(), aims=st.tuples(AIMS, AIMS, AIMS))
    def test_elapsed_adds_up_over_any_split(self, desk, aims):
        """Cutting a span in two loses and gains nothing."""
        calendar, oracle = desk
        a, b, c = sorted(aimed(oracle, aim) for aim in aims)
        assert calendar.elapsed_us(a, c) == calendar.elapsed_us(a, b) + calendar.elapsed_us(b, c)

    @given(desk=desks(), aims=TWO, amounts=st.tuples(AMOUNTS_US, AMOUNTS_US))
    def test_deadlines_are_monotone(self, desk, aims, amounts):
        """Starting later or promising more never makes a deadline earlier."""
        calendar, oracle = desk
        one, two = sorted(aimed(oracle, aim) for aim in aims)
        less, more = sorted(amounts)
        assert calendar.deadline_us(one, less) <= calendar.deadline_us(two, less)
        assert calendar.deadline_us(one, less) <= calendar.deadline_us(one, more)
        assert calendar.start_for_us(one, more) <= calendar.start_for_us(two, less)

    @given(desk=desks(), aim=AIMS, amount=AMOUNTS_US, zone=st.sampled_from(["Asia/Tokyo", "UTC"]))
    def test_the_zone_of_the_question_does_not_matter(self, desk, aim, amount, zone):
        """The same instant, written in any zone, has the same deadline; answers are in UTC."""
        calendar, oracle = desk
        start = as_instant(aimed(oracle, aim))
        due = calendar.deadline(start, WorkTime(amount))
        assert calendar.deadline(start.astimezone(ZoneInfo(zone)), WorkTime(amount)) == due
        assert due.utcoffset() == timedelta()

    @given(plan=plans(), aim=AIMS, amount=AMOUNTS_US)
    def test_taking_hours_away_never_makes_a_deadline_earlier(self, plan, aim, amount):
        """A holiday or a break only ever postpones (5.6), also where the clocks jump."""
        without = Plan(plan.zone, plan.around, plan.week, overrides=plan.overrides)
        oracle = Oracle(plan)
        assume(any(oracle.open))
        start = aimed(oracle, aim)
        assert calendar_of(without).deadline_us(start, amount) <= calendar_of(plan).deadline_us(
            start, amount
        )

    @given(desk=desks(), asked=st.lists(QUESTIONS, min_size=1, max_size=6))
    def test_answers_do_not_depend_on_earlier_questions(self, desk, asked):
        """A calendar that has answered questions about any year answers like a fresh one."""
        used, oracle = desk
        for name, where, amount in asked:
            at = where if isinstance(where, int) else aimed(oracle, where)
            assert _answer(used, name, at, amount) == _answer(_fresh(used), name, at, amount)


def _only(plan: Plan, on) -> Plan:
    """The plan with no windows but those of one date, its breaks kept."""
    return Plan(
        plan.zone, plan.around, ((),) * 7, breaks=plan.breaks, overrides={on: plan.own_spans(on)}
    )


def _fresh(calendar: WorkCalendar) -> WorkCalendar:
    return WorkCalendar(
        calendar.timezone, calendar.hours, calendar.holidays, calendar.breaks, calendar.overrides
    )


def _answer(calendar: WorkCalendar, name: str, at: int, amount: int) -> object:
    try:
        if name == "next_close_us":
            return calendar.next_close_us(at)
        return getattr(calendar, name)(at, amount)
    except HorizonTooShort as error:
        return str(error)


def test_the_oracle_resolves_wall_times_as_the_semantics_say():
    """The oracle itself: a time in the gap moves on, a time that comes twice is the first (2.3)."""
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert minute_of("Europe/Berlin", spring, 150) == minute_of("Europe/Berlin", spring, 210)
    assert minute_of("Europe/Berlin", autumn, 180) - minute_of("Europe/Berlin", autumn, 150) == 90
    assert not exists("Pacific/Apia", date(2011, 12, 30))
    assert minute_of("Pacific/Apia", date(2011, 12, 30), 90) == minute_of(
        "Pacific/Apia", date(2011, 12, 31), 90
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC"])
def test_always_open_is_wall_clock_time(zone):
    """A calendar that never closes counts every microsecond."""
    always = WorkCalendar.always(zone)
    assert always.elapsed_us(5, 10**15) == 10**15 - 5
    assert always.deadline_us(5, 10**15) == 10**15 + 5
    assert always.start_for_us(10**15, 7) == 10**15 - 7
    assert always.next_open_us(5) == always.start_for_us(5, 0) == 5
