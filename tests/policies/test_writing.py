"""Policies to files and back: what is read back is equal."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import (
    EscalationPolicy,
    Path,
    SLAPolicy,
    Step,
    Target,
    Tier,
    WorkCalendar,
    load_policy,
)
from escalate.core.conditions import Vocabulary, parse
from escalate.errors import BadInput, CannotWrite
from escalate.policies.tomltext import document, inline
from escalate.testing import Shifts
from escalate.testing.strategies import policies
from tests.policies.test_keys import PYTHON as EVERY_KEY

EXAMPLES = sorted(
    path
    for path in (FilePath(__file__).parents[2] / "examples").rglob("*.toml")
    if path.name != "mapping.toml" and not path.name.endswith(".cases.toml")
)
HOURS = st.dictionaries(
    st.sampled_from(["mon-fri", "sun-thu", "sat", "mon,wed"]),
    st.lists(st.sampled_from(["09:00-12:00", "13:00-18:00", "22:00-06:00"]), min_size=1),
    min_size=1,
)
DATES = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CALENDARS = st.builds(
    WorkCalendar,
    st.sampled_from(["America/Sao_Paulo", "UTC", "Asia/Tokyo"]),
    HOURS,
    holidays=st.frozensets(DATES, max_size=20),
    overrides=st.dictionaries(DATES, st.just(["10:00-11:00"]), max_size=4),
    breaks=st.dictionaries(DATES, st.just(["10:00-11:00"]), max_size=4),
)


def both_ways(policy: EscalationPolicy) -> None:
    """Write and read back, as TOML and as JSON."""
    assert load_policy(tomllib.loads(policy.to_toml())) == policy
    assert load_policy(json.loads(policy.to_json())) == policy


@given(policies(), CALENDARS)
def test_any_policy_is_read_back_as_it_was(policy: EscalationPolicy, hours: WorkCalendar) -> None:
    """Whatever a policy says in Python, its file says the same."""
    both_ways(policy.with_calendars(lambda _: hours))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_example_is_read_back_as_it_was(path: FilePath) -> None:
    """Whoever loads an example, changes it and writes it loses only comments."""
    both_ways(load_policy(path))


def test_a_policy_that_uses_every_key_is_read_back_as_it_was() -> None:
    """No key is forgotten on the way out."""
    both_ways(EVERY_KEY)


@given(st.text(), st.text(), st.text(min_size=1).filter(str.strip))
def test_any_words_survive(title: str, ask: str, name: str) -> None:
    """Quotes, line ends, marks that turn the writing around and emoji in a text come back."""
    name = "x" + name[:100]
    check = {"milestone": name, "ask": ask[:500]}
    desk = {
        "name": name,
        "tiers": [{"name": name, "title": title[:100]}],
        "request_types": [{"name": name, "checklist": [check]}],
        "calendars": {name: {"timezone": "UTC", "hours": {"mon": ["09:00-12:00"]}}},
    }
    both_ways(load_policy(desk))


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.text("'\"\\a\n", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)
TABLES = st.dictionaries(st.text(max_size=5), VALUES, max_size=3)


@given(TABLES, TABLES)
def test_whatever_is_written_is_the_toml_of_it(
    table: dict[str, Any], plain: dict[str, Any]
) -> None:
    """The writer of TOML is right for any value, not only for those of policies."""
    tables: dict[str, Any] = plain | {"t": {"a b": table, "c": table}, "l": [table, table]}
    assert tomllib.loads(document(tables)) == tables
    assert "\n" not in inline(tables)
    assert inline(tables).isprintable()


def test_a_long_list_of_holidays_has_a_line_a_year() -> None:
    """Holidays of many years can be read and compared year by year."""
    days = [date(year, month, 1) for year in (2026, 2027) for month in (1, 5)]
    hours = WorkCalendar("UTC", {"mon": ["09:00-12:00"]}, holidays=[*days, *_twelve(2028)])
    text = EscalationPolicy("desk", ["N1"], calendars={"office": hours}).to_toml()
    assert '\nholidays = [\n  "2026-01-01", "2026-05-01",\n  "2027-01-01", "2027-05-01",\n' in text


def _twelve(year: int) -> list[date]:
    return [date(year, month, 2) for month in range(1, 13)]


def test_the_file_reads_as_a_person_would_write_it() -> None:
    """Sections in the order of a desk, steps in one line, nothing that goes without saying."""
    policy = EscalationPolicy(
        "desk",
        ["N1", "N2"],
        [Path("N1", "N2", when='"vip" in tags')],
        sla=SLAPolicy(
            [Target("ownership", "12h", tiers=["N1"], steps=[Step("100%", escalate_to="N2")])]
        ),
    )
    assert policy.to_toml(schema="./policy.schema.json") == (
        """\
#:schema ./policy.schema.json
name = "desk"

[[tiers]]
name = "N1"
[[tiers]]
name = "N2"

[[paths]]
from = "N1"
to = "N2"
when = '"vip" in tags'

[[targets]]
clock = "ownership"
tiers = ["N1"]
within = "12h"
steps = [ { at = "100%", escalate_to = "N2" } ]
"""
    )


def test_a_condition_that_was_read_before_is_its_text() -> None:
    """A path made with a parsed condition equals one made with its text, and is written as that."""
    read = parse("moves > 2", Vocabulary())
    assert Path("N1", "N2", when=read) == Path("N1", "N2", when="moves > 2")
    both_ways(EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2", when=read)]))


class TestNames:
    """Targets and steps get names by themselves; only names that somebody gave are written."""

    def test_what_was_left_out_gets_its_name_again(self) -> None:
        """Two targets of one text are told apart the same way when they are read back."""
        twins = [Target("ownership", "1h", tiers=["N1"])] * 3
        policy = EscalationPolicy("desk", ["N1"], sla=SLAPolicy(twins))
        assert "name = " not in policy.to_toml().partition("[[targets]]")[2]
        both_ways(policy)

    def test_a_name_outlives_the_target_that_made_it_necessary(self) -> None:
        """Journals keep pointing at the second of two once the first is gone."""
        twins = [Target("ownership", "1h", tiers=["N1"])] * 2
        policy = EscalationPolicy("desk", ["N1"], sla=SLAPolicy(twins))
        later = policy.without(policy.sla.targets[0])
        assert 'name = "ownership 1h in N1 (2)"' in later.to_toml()
        both_ways(later)

    @pytest.mark.parametrize("given", ["ownership 1h", "ownership 1h (2)", "ownership 1h (3)"])
    def test_a_name_that_looks_like_one_of_ours_survives(self, given: str) -> None:
        """Whatever name somebody gave, between unnamed ones, stays where it was."""
        plain = Target("ownership", "1h", default=True)
        named = Target("ownership", "1h", default=True, name=given)
        for order in ([named, plain, plain], [plain, named, plain], [plain, plain, named]):
            try:
                promise = SLAPolicy(order)
            except BadInput:
                continue  # the name was taken by then, which is said when it is made
            both_ways(EscalationPolicy("desk", ["N1"], sla=promise))


class TestWhatCannotBeWritten:
    """A file that would say something else is not written; the error says what would work."""

    @pytest.mark.parametrize(
        ("policy", "place", "wanted"),
        [
            (
                EscalationPolicy("d", ["A", "B"], [Path("A", "B", when=lambda ticket: True)]),
                "policy: paths[0].when",
                "a Python function is no data",
            ),
            (
                EscalationPolicy("d", ["A"], calendars={"x": Shifts(1)}),
                "policy: calendars.x",
                "a WorkCalendar",
            ),
            (
                EscalationPolicy(
                    "d",
                    ["A"],
                    calendars={"x": WorkCalendar.always() | WorkCalendar.always("Asia/Tokyo")},
                ),
                "policy: calendars.x",
                "cannot combine calendars",
            ),
            (EscalationPolicy("d", ["A"]).advisory(), "EscalationPolicy.acts", "call .advisory()"),
            (EscalationPolicy("d", [Tier("A", title="\ud800")]), "policy", "text of Unicode"),
        ],
    )
    def test_it_is_named(self, policy: EscalationPolicy, place: str, wanted: str) -> None:
        """Functions, combined calendars, advice and broken text are refused with their place."""
        for write in (policy.to_toml, policy.to_json):
            with pytest.raises(CannotWrite) as error:
                write()
            assert error.value.what == place
            assert wanted in error.value.wanted
            assert error.value.code == "cannot-write"
