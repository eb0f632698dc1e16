"""What the quality report says of a log as a whole, and where it keeps silent."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.offline import read
from escalate.offline.doubts.notices import Count
from tests.offline.logs import WORDS


def log_of(rows, **mapping):
    """Read rows of case, instant and further columns."""
    header = ["id", "at", *mapping.pop("header", [])]
    text = "\n".join(",".join(map(str, row)) for row in [header, *rows])
    return read(io.BytesIO(text.encode()), case="id", at="at", **mapping)


def days(offset, *numbers):
    """One case with a row on each of these days of 2026."""
    start = datetime(2026, 1, 10, 9)  # noqa: DTZ001  the offset is written beside it
    return [(1, (start + timedelta(days=n)).isoformat() + offset) for n in numbers]


class TestClocks:
    @pytest.mark.parametrize(
        ("offset", "numbers", "doubtful"),
        [
            ("+01:00", (0, 180), True),
            ("-03:00", (0, 180), True),
            ("+01:00", (0, 20), False),  # winter only: summer time would not show
            ("+01:00", (170, 180), False),
            ("Z", (0, 180), False),  # UTC has no summer
            ("+00:00", (0, 180), False),
        ],
    )
    def test_one_offset_all_year(self, offset, numbers, doubtful):
        """A clock that keeps one offset through summer and winter is doubted, unless it is UTC's."""
        zones = log_of(days(offset, *numbers)).quality.zones
        assert bool(zones) == doubtful
        if doubtful:
            assert offset in zones[0].about
            assert zones[0].count == len(numbers)

    def test_two_offsets_are_what_a_clock_with_summer_time_shows(self):
        """Nothing is doubtful about that."""
        rows = [*days("+01:00", 0), *days("+02:00", 180)]
        assert log_of(rows).quality.zones == ()

    def test_offsets_on_some_rows_only(self):
        """Rows without an offset are read on the mapping's zone, and told where others have one."""
        rows = [*days("", 0, 1), *days("Z", 2)]
        [notice] = log_of(rows, zone="Europe/Berlin").quality.zones
        assert (notice.count, [each.line for each in notice.examples]) == (2, [2, 3])
        assert log_of(days("", 0, 1), zone="Europe/Berlin").quality.zones == ()

    def test_never_shown_and_shown_twice_are_two_things(self):
        """A time that the zone's clock leaps over is a sign that the zone is another one."""
        rows = [(1, "2026-03-29T02:30"), (1, "2026-10-25T02:30")]
        doubtful = log_of(rows, zone="Europe/Berlin").quality.doubtful
        assert {each.about[-12:]: each.examples[0].line for each in doubtful} == {
            " shows this time twice"[-12:]: 3,
            "never shows this time"[-12:]: 2,
        }


def states(*cases, gap=1):
    """Cases that begin a day apart, each with these states an hour apart."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        (i, (start + timedelta(days=i * gap, hours=n)).isoformat(), state)
        for i, case in enumerate(cases)
        for n, state in enumerate(case)
    ]


STATUS = {"header": ["state"], "status": "state", "words": WORDS}


class TestWindow:
    def test_cases_that_are_cut_at_either_end(self):
        """Not new at first, completed at first, not completed at last: each is counted, with its cases."""
        whole = ["Received", "Solved"]
        rows = states(whole, whole, ["Closed"], ["In work", "Solved"], ["Received", "Asked"])
        cut = {each.about[:17]: each for each in log_of(rows, **STATUS).quality.cut}
        assert {about: [e.text for e in each.examples] for about, each in cut.items()} == {
            "not completed in ": ["4"],
            "completed in the ": ["2"],
            "not new in the fi": ["3"],
        }

    def test_a_desk_whose_tickets_never_are_new(self):
        """Where most cases begin in another status, that is how the desk works."""
        rows = states(["In work", "Solved"], ["In work", "Solved"], ["Received", "Solved"])
        assert log_of(rows, **STATUS).quality.cut == ()

    def test_without_a_meaning_there_is_no_doubt(self):
        """Words that are not explained say nothing of beginnings and ends."""
        rows = states(["?"], ["?"])
        assert log_of(rows, **{**STATUS, "words": {}}).quality.cut == ()

    def test_cases_chosen_by_their_end(self):
        """When all cases end in the last days, earlier ones are missing: the arrivals are the extract's."""
        start = datetime(2026, 1, 1, tzinfo=UTC)
        rows = [(i, (start + timedelta(days=5 * i)).isoformat()) for i in range(20)]
        rows += [(i, (start + timedelta(days=98, hours=i)).isoformat()) for i in range(20)]
        [notice] = log_of(rows).quality.cut
        assert notice.about.startswith("nearly every case ends in the last 9 of 98 days")
        assert notice.count == 20

    def test_cases_chosen_by_their_beginning(self):
        """When no case begins any more though others go on, the log was cut by its beginnings."""
        rows = [*states(*([["a"]] * 40)), (0, "2026-03-01T00:00:00+00:00", "a")]
        [notice] = log_of(rows, header=["state"]).quality.cut
        assert notice.about.startswith("no case begins in the last 20 of 59 days")

    def test_a_plain_year_is_not_doubted(self):
        """Cases that come and go all the time are no selection."""
        assert log_of(states(*[["Received", "Solved"]] * 60), **STATUS).quality.cut == ()


class TestLeaks:
    @given(
        values=st.lists(
            st.lists(st.sampled_from("ab"), min_size=2, max_size=4), min_size=9, max_size=14
        )
    )
    def test_a_column_that_never_changes_within_a_case(self, values):
        """It may have been written back from the end; one that changes, or is always the same, was not."""
        start = datetime(2026, 1, 1, tzinfo=UTC)
        rows = [
            (i, (start + timedelta(days=i, hours=n)).isoformat(), value)
            for i, case in enumerate(values)
            for n, value in enumerate(case)
        ]
        fixed = all(len(set(case)) == 1 for case in values)
        several = len({value for case in values for value in case}) > 1
        for named in ({"attributes": ["p"]}, {"priority": "p"}, {"team": "p"}, {"tier": "p"}):
            leaks = log_of(rows, header=["p"], **named).quality.leaks
            assert bool(leaks) == (fixed and several and len(values) >= 10)
            assert all(notice.count == len(values) for notice in leaks)

    def test_an_instant_that_lies_ahead_of_its_row(self):
        """A closing time on the first row was known to nobody then."""
        rows = [
            (1, "2026-01-01T00Z", "2026-01-05T10:00:00Z"),
            (2, "2026-01-01T00Z", "2025-01-05T10:00Z"),
        ]
        [notice] = log_of(rows, header=["closed"], attributes=["closed"]).quality.leaks
        assert (notice.about, notice.count) == ("closed: an instant that lies after its row", 1)
        assert notice.examples[0].line == 2

    def test_the_report_is_json(self):
        """Programs get the same."""
        rows = [(1, "2026-01-01T00Z", "2026-01-05T10:00:00Z")]
        report = log_of(rows, header=["closed"], attributes=["closed"]).quality.to_json()
        assert report["leaks"][0]["examples"] == ({"line": 2, "text": "2026-01-05T10:00:00Z"},)
        assert (report["zones"], report["cut"], report["recognised"]) == ([], [], ())
        assert "evidence" not in report


@given(st.lists(st.lists(st.integers(1, 99)), max_size=4))
def test_the_first_places_are_kept_however_a_log_was_cut(parts):
    """Counts that are put together name the first five places of all, and no more."""
    whole = Count()
    for part in parts:
        count = Count()
        for line in part:
            count.add(line, "x")
        whole.merge(count.count, count.examples)
    lines = sorted(line for part in parts for line in part)
    assert whole.count == len(lines)
    assert [example.line for example in whole.examples] == lines[:5]
