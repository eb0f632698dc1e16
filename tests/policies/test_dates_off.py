"""Holidays of a country, in a policy file."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from escalate import EscalationPolicy, load_policy
from escalate.errors import InvalidFile


def desk(days_off: object) -> EscalationPolicy:
    """A policy whose calendar has these holidays."""
    hours = {"mon-sun": ["09:00-17:00"]}
    calendar = {"timezone": "America/Sao_Paulo", "hours": hours, "holidays": days_off}
    return load_policy({"name": "d", "tiers": [{"name": "A"}], "calendars": {"office": calendar}})


def days_off(policy: EscalationPolicy) -> frozenset[date]:
    """The holidays of its calendar."""
    return policy.calendar("office").holidays  # type: ignore[attr-defined]  # a WorkCalendar


def test_a_country_s_holidays_are_known() -> None:
    """``{ country = "BR" }`` closes the desk on Christmas, every year; a part has days of its own."""
    brazil = days_off(desk({"country": "BR"}))
    assert {date(2026, 12, 25), date(2031, 12, 25)} <= brazil
    assert date(2026, 7, 9) not in brazil
    assert date(2026, 7, 9) in days_off(desk({"country": "BR", "subdivision": "SP"}))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"country": "BX"},
            r"calendars\.office\.holidays\.country: got 'BX', wanted an ISO 3166 code",
        ),
        (
            {"country": "BR", "subdivision": "ZZ"},
            r"holidays\.subdivision: got 'ZZ', wanted a part of BR",
        ),
        ({"subdivision": "SP"}, r"holidays\.country: got None, wanted text"),
        ({"county": "BR"}, r"holidays\.county: got 'county', wanted .* did you mean 'country'"),
        ({"country": 3}, r"holidays\.country: got 3, wanted text"),
        (["soon"], r"calendars\.office\.holidays: got 'soon', wanted a date"),
    ],
)
def test_what_is_no_country_is_told_with_its_place(given: object, says: str) -> None:
    """A code that nobody knows, or a misspelt key, is named."""
    with pytest.raises(InvalidFile, match=says):
        desk(given)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed the extra is told its name, and that a list of dates needs none."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(InvalidFile, match=r'pip install "escalate-tiers\[holidays\]"'):
        desk({"country": "BR"})
    assert days_off(desk(["2026-12-25"])) == {date(2026, 12, 25)}
