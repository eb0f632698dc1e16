"""The numpy forms are the scalar forms, bit for bit (SEMANTICS 2.5)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.core.instants import DAY_US
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import BadInput, EndBeforeStart, HorizonTooShort, InvalidWorkTime
from tests.core.calendar_oracle import Oracle
from tests.core.calendar_strategies import AIMS, AMOUNTS_US, aimed, calendar_of, plans

OFFICE = WorkCalendar("UTC", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
LAST_US = 47_847 * DAY_US
ANYWHERE = st.integers(1_200_000_000_000_000, 1_900_000_000_000_000)


@given(
    plan=plans(), asked=st.lists(st.tuples(AIMS | ANYWHERE, st.just(0) | AMOUNTS_US), min_size=1)
)
def test_deadlines_equal_the_scalars(plan, asked):
    """A column of deadlines holds what a loop would give, no amount at all included."""
    oracle = Oracle(plan)
    starts = [at if isinstance(at, int) else aimed(oracle, at) for at, _ in asked]
    amounts = [amount for _, amount in asked]
    found = calendar_of(plan).deadlines(np.array(starts), np.array(amounts))
    scalar = calendar_of(plan)
    assert found.dtype == np.int64
    assert found.tolist() == [
        scalar.deadline_us(s, n) for s, n in zip(starts, amounts, strict=True)
    ]


@given(plan=plans(), asked=st.lists(st.tuples(AIMS | ANYWHERE, AIMS | ANYWHERE), min_size=1))
def test_elapsed_many_equals_the_scalars(plan, asked):
    """A column of open times holds what a loop would give."""
    oracle = Oracle(plan)
    spans = [
        sorted(at if isinstance(at, int) else aimed(oracle, at) for at in pair) for pair in asked
    ]
    found = calendar_of(plan).elapsed_many(*np.array(spans).T)
    scalar = calendar_of(plan)
    assert found.dtype == np.int64
    assert found.tolist() == [scalar.elapsed_us(start, end) for start, end in spans]


@pytest.mark.parametrize(
    "calendar",
    [
        OFFICE,
        WorkCalendar.always(),
        OFFICE | WorkCalendar("Asia/Tokyo", {"sun": ["22:00-03:00"]}),
        WorkCalendar("UTC", {"mon": [f"{n // 2:02}:{n % 2 * 30:02}-23:59:59" for n in range(48)]}),
        WorkCalendar("UTC", {"mon": [f"09:{n:02}-09:{n:02}:30" for n in range(48)]}),
        WorkCalendar("UTC", {}, overrides={"2026-03-02": ["09:00-17:00"]}),
    ],
    ids=["office", "always", "combined", "one window", "many tiny windows", "one day ever"],
)
def test_a_large_column(calendar):
    """Thousands of pairs over decades, more than one block of them, equal the loop."""
    rng = np.random.default_rng(7)
    starts = rng.integers(0, 1_770_000_000_000_000, 20_000)
    ends = starts + rng.integers(0, 900 * DAY_US, 20_000)
    looped = [
        calendar.elapsed_us(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    assert calendar.elapsed_many(starts, ends).tolist() == looped
    amounts = rng.integers(0, 3_600_000_000 * 8, 20_000) * rng.integers(0, 2, 20_000)
    due = [
        calendar.deadline_us(a, n) for a, n in zip(starts.tolist(), amounts.tolist(), strict=True)
    ]
    assert calendar.deadlines(starts, amounts).tolist() == due


def test_shapes_broadcast():
    """One start and a column of amounts, or a table of pairs, come back in their shape."""
    assert OFFICE.deadlines(0, [[1], [2], [3]]).shape == (3, 1)
    assert OFFICE.elapsed_many(np.zeros((2, 1), np.int64), np.full(3, DAY_US)).shape == (2, 3)
    assert OFFICE.deadlines(np.int64(0), 5).shape == ()
    assert OFFICE.deadlines([], []).shape == (0,)
    assert OFFICE.elapsed_many(np.zeros((0, 3), np.int64), 1).shape == (0, 3)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64"])
def test_any_integer_dtype(dtype):
    """Whole numbers of any width that fits are whole microseconds."""
    starts = np.array([1, 2, 3], dtype)
    assert OFFICE.elapsed_many(starts, starts + 1).tolist() == [0, 0, 0]


class TestRefusals:
    @pytest.mark.parametrize(
        "values", [[1.0], ["1"], [True], [None], [2**64], np.array([1], "uint64")]
    )
    def test_what_is_no_whole_microsecond(self, values):
        """Floats would round, so they are refused by dtype (2.1)."""
        for ask in (OFFICE.deadlines, OFFICE.elapsed_many):
            with pytest.raises(BadInput, match="wanted whole microseconds in an integer dtype"):
                ask(values, [1])
            with pytest.raises(BadInput, match="wanted whole microseconds in an integer dtype"):
                ask([1], values)

    def test_shapes_that_do_not_fit(self):
        """Three starts and two amounts are no pairs."""
        with pytest.raises(BadInput) as caught:
            OFFICE.deadlines([1, 2, 3], [1, 2])
        assert str(caught.value) == (
            "deadlines: got 'shapes (3,) and (2,)', wanted shapes that broadcast to one"
        )

    def test_an_end_before_its_start(self):
        """The first pair that is the wrong way round is named."""
        with pytest.raises(EndBeforeStart) as caught:
            OFFICE.elapsed_many([1, 5, 9], [2, 4, 8])
        assert str(caught.value) == "elapsed_many, pair 1: got (5, 4), wanted start <= end"

    def test_a_negative_amount(self):
        """The first negative amount is named."""
        with pytest.raises(InvalidWorkTime, match="deadlines, amount 2: got -7"):
            OFFICE.deadlines([0, 0, 0], [1, 0, -7])

    @pytest.mark.parametrize("outside", [-1, LAST_US, 2**62])
    def test_an_instant_outside_the_horizon(self, outside):
        """The first instant outside 1970 to 2100 is named, never answered (2.7)."""
        with pytest.raises(
            HorizonTooShort, match=r"deadlines, start 1: .*1970-01-01 to 2100-12-31 in UTC"
        ):
            OFFICE.deadlines([0, outside], 5)
        with pytest.raises(HorizonTooShort, match=r"elapsed_many, (start|end) 1: "):
            OFFICE.elapsed_many([0, min(outside, 0)], [1, outside])

    @pytest.mark.parametrize("amount", [2**40, 2**50, 2**62, 2**63 - 1])
    def test_an_answer_outside_the_horizon(self, amount):
        """The first pair without an answer is named, also where sums would overflow (2.7)."""
        with pytest.raises(HorizonTooShort, match=r"deadlines, pair 1: .*wanted an answer from"):
            OFFICE.deadlines([0, LAST_US - DAY_US, LAST_US - DAY_US], [5, amount, amount])

    def test_no_opening_is_left(self):
        """Nothing at all, asked after the last closing, has no answer."""
        with pytest.raises(HorizonTooShort, match="deadlines, pair 1"):
            OFFICE.deadlines([0, LAST_US - 1], 0)

    def test_a_deadline_at_the_very_end(self):
        """An answer at the first instant of 2101 lies outside, as it does for the scalar."""
        always = WorkCalendar.always()
        assert always.deadlines([LAST_US - 5], [4]).tolist() == [LAST_US - 1]
        with pytest.raises(HorizonTooShort):
            always.deadline_us(LAST_US - 5, 5)
        with pytest.raises(HorizonTooShort, match="deadlines, pair 0"):
            always.deadlines([LAST_US - 5], [5])
