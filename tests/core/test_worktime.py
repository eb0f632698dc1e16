"""Amounts of open time: how they read, add up and refuse to be anything else (SEMANTICS 2.1)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.core.worktime import WorkTime, as_worktime
from escalate.errors import InvalidWorkTime

AMOUNTS = st.integers(0, 10**15).map(WorkTime)


class TestReading:
    @pytest.mark.parametrize(
        ("text", "us"),
        [
            ("12h", 43_200_000_000),
            ("1h30m", 5_400_000_000),
            ("90m", 5_400_000_000),
            ("1.5h", 5_400_000_000),
            (" 1h 30m 5s ", 5_405_000_000),
            ("0.000001s", 1),
            ("0h", 0),
            ("PT12H30M", 45_000_000_000),
            ("PT0.5S", 500_000),
        ],
    )
    def test_the_ways_to_write_an_amount(self, text, us):
        """Hours, minutes and seconds, short or as ISO 8601, fractions exact."""
        assert WorkTime.parse(text).us == us

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "h",
            "12",
            "-1h",
            "1d",
            "P1D",
            "PT",
            "1m2h",
            "1,5h",
            "1e3s",
            "١h",
            None,
            12,
            timedelta(1),
        ],
    )
    def test_what_is_no_amount(self, text):
        """Days, bare numbers and wall-clock time are no amount of open time."""
        with pytest.raises(InvalidWorkTime, match="a day or a week is no amount of open time"):
            WorkTime.parse(text)

    def test_half_a_microsecond(self):
        """What is no whole number of microseconds is refused, not rounded."""
        with pytest.raises(InvalidWorkTime, match="wanted a whole number of microseconds"):
            WorkTime.parse("0.0000005s")

    @given(amount=AMOUNTS)
    def test_text_reads_back(self, amount):
        """What an amount shows of itself reads as the same amount."""
        assert WorkTime.parse(str(amount)) == amount
        assert eval(repr(amount)) == amount  # noqa: S307 - the very promise of a repr

    def test_as_worktime(self):
        """Where an amount is wanted, its text will do."""
        assert as_worktime("2h") == as_worktime(WorkTime.of(hours=2))


class TestArithmetic:
    @given(amount=AMOUNTS, part=st.integers(0, 300), whole=st.integers(1, 300))
    def test_a_share_is_exact_and_rounded_down(self, amount, part, whole):
        """A share of an amount is the fraction's whole part, whatever floats would say (2.1)."""
        exact = Fraction(amount.us * part, whole)
        assert 0 <= exact - amount.share(part, whole).us < 1

    @given(one=AMOUNTS, two=AMOUNTS)
    def test_amounts_add_and_compare(self, one, two):
        """Amounts add up, subtract back and are ordered by length."""
        assert (one + two) - two == one
        assert (one < two) == (one.us < two.us)
        assert bool(one) == (one.us > 0)

    def test_wall_clock_time_does_not_mix(self):
        """Open time and wall-clock time never add up by accident."""
        with pytest.raises(TypeError):
            WorkTime(1) + timedelta(1)
        with pytest.raises(TypeError):
            WorkTime(1) - 1

    def test_total_seconds(self):
        """Reports want seconds."""
        assert WorkTime.of(minutes=1, seconds=30).total_seconds() == 90.0


class TestRefusals:
    @pytest.mark.parametrize("us", [-1, 1.0, True, "1", None])
    def test_amounts_are_whole_and_not_negative(self, us):
        """An amount is whole microseconds, and there is none below nothing."""
        with pytest.raises(InvalidWorkTime, match=r"WorkTime\.us"):
            WorkTime(us)

    def test_less_than_nothing(self):
        """Taking away more than there is, is an error."""
        with pytest.raises(InvalidWorkTime, match="an amount that is not negative"):
            WorkTime(1) - WorkTime(2)

    def test_parts_are_whole_numbers(self):
        """Hours and minutes are given as whole numbers; text takes fractions."""
        with pytest.raises(InvalidWorkTime, match=r"WorkTime\.of\(hours=\.\.\.\): got 1\.5"):
            WorkTime.of(hours=1.5)

    @pytest.mark.parametrize(("part", "whole"), [(1, 0), (1, -2), (-1, 2)])
    def test_impossible_shares(self, part, whole):
        """A share has a positive whole and no negative part."""
        with pytest.raises(InvalidWorkTime, match=r"WorkTime\.share"):
            WorkTime(10).share(part, whole)
