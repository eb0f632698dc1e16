"""Figures agree with oracles that count the slow and simple way."""

from __future__ import annotations

import json
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.errors import BadInput
from escalate.offline import Case, Log, Mapping, Row
from escalate.offline.figures import Share, Spread, measure
from tests.offline.logs import LINE_OF, TIERS, at, csv_rows, read_rows

DONE = {"Solved", "Closed"}
HOUR_OF = {at(hour): hour for hour in range(91)}
OFFICE = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})


def by_case(rows):
    """Each case's rows as (hour, word, team), sorted: all that the oracles know."""
    cases = {}
    for case, when, word, team, _ in sorted(rows, key=lambda row: HOUR_OF[row[1]]):
        cases.setdefault(case, []).append((HOUR_OF[when], word, team))
    return list(cases.values())


def in_force(case, hour):
    """The row that is in force during the hour that begins then."""
    return [row for row in case if row[0] <= hour][-1]


def hours_of(case, wanted):
    """Hours between a case's first and last row whose row in force is wanted."""
    return [
        hour for hour in range(case[0][0], case[-1][0]) if wanted(hour, *in_force(case, hour)[1:])
    ]


def first_done(case):
    """The first completed row, or none."""
    return next((row for row in case if row[1] in DONE), None)


@given(rows=csv_rows())
def test_moves_tile_the_changes_of_line(rows):
    """Every change of line is one move, for its pair and no other."""
    expected = {a: {b: 0 for b in TIERS if b != a} for a in TIERS}
    for case in by_case(rows):
        lines = [LINE_OF[team] for _, _, team in case]
        for i in range(1, len(lines)):
            if lines[i] != lines[i - 1]:
                expected[lines[i - 1]][lines[i]] += 1
    assert measure(read_rows(rows))["moves"].value == expected


@given(rows=csv_rows())
def test_hours_are_counted_one_by_one(rows):
    """Hours in a line, and of waiting, are those at which a row of that kind is in force."""
    figures = measure(read_rows(rows))
    for line in TIERS:
        spent = sum(
            len(hours_of(case, lambda _, word, team: word not in DONE and LINE_OF[team] == line))  # noqa: B023  called at once
            for case in by_case(rows)
        )
        assert figures["hours_by_line"].value[line] == spent
    waited = sum(len(hours_of(case, lambda _, word, __: word == "Asked")) for case in by_case(rows))
    working = sum(
        len(hours_of(case, lambda _, word, __: word not in DONE)) for case in by_case(rows)
    )
    assert figures["customer_wait_hours"].value == Share(waited, working)


@given(rows=csv_rows())
def test_the_way_to_the_first_completed(rows):
    """Wall time runs from the first row to the first completed one; customer waits come off it."""
    cases = [case for case in by_case(rows) if first_done(case)]
    wall = [first_done(case)[0] - case[0][0] for case in cases]
    waits = [
        len(hours_of(case, lambda hour, word, _: word == "Asked" and hour < first_done(case)[0]))  # noqa: B023  called at once
        for case in cases
    ]
    figures = measure(read_rows(rows))
    check_spread(figures["to_first_completed"].value, wall)
    check_spread(
        figures["to_first_completed_without_waits"].value,
        [all_ - waited for all_, waited in zip(wall, waits, strict=True)],
    )


def check_spread(spread, hours):
    """Compare with the standard library's statistics."""
    assert spread.cases == len(hours)
    if not hours:
        assert spread == Spread(0, None, None, None)
        return
    assert spread.mean_hours == pytest.approx(statistics.fmean(hours))
    assert spread.median_hours == statistics.median(hours)
    tenths = statistics.quantiles([*hours] * (1 + (len(hours) == 1)), n=10, method="inclusive")
    assert spread.p90_hours == pytest.approx(tenths[-1])
    assert spread.p10_hours == pytest.approx(tenths[0])
    assert (spread.min_hours, spread.max_hours) == (min(hours), max(hours))
    quarters = statistics.quantiles([*hours] * (1 + (len(hours) == 1)), n=4, method="inclusive")
    assert [spread.p25_hours, spread.p75_hours] == pytest.approx([quarters[0], quarters[2]])
    ends = [1 / 12, 1 / 4, 1, 4, 12, 24, 72, 168, 336, 720, float("inf")]
    below = [0, *(sum(hour <= end for hour in hours) for end in ends)]
    assert list(spread.rungs.values()) == [b - a for a, b in pairwise(below)]


@given(rows=csv_rows())
def test_who_stays_where_and_what_comes_back(rows):
    """Staying, completing, coming back and reopening, each told from the rows one by one."""
    cases = by_case(rows)
    figures = measure(read_rows(rows))
    lines = [[LINE_OF[team] for _, _, team in case] for case in cases]
    teams = [[team for _, _, team in case] for case in cases]
    stays = sum(set(each) == {"N1"} for each in lines)
    assert figures["stays_in_first_line"].value == Share(stays, len(cases))
    assert figures["back_to_same_line"].value == Share(sum(map(came_back, lines)), len(cases))
    assert figures["back_to_same_team"].value == Share(sum(map(came_back, teams)), len(cases))
    where = [LINE_OF[first_done(case)[2]] for case in cases if first_done(case)]
    expected = {line: where.count(line) for line in TIERS}
    expected["never completed"] = len(cases) - len(where)
    assert figures["cases_by_line_at_first_completed"].value == expected
    reopenings = [
        sum(case[i][1] in DONE and case[i + 1][1] not in DONE for i in range(len(case) - 1))
        for case in cases
    ]
    assert figures["reopened"].value == {
        "cases": len([count for count in reopenings if count]),
        "occurrences": sum(reopenings),
    }


def came_back(names):
    """Whether some name is left and returned to."""
    return any(
        names[i] == names[k] != names[j]
        for i in range(len(names))
        for j in range(i, len(names))
        for k in range(j, len(names))
    )


@given(rows=csv_rows(), limit=st.integers(0, 40))
def test_what_the_first_line_does_in_time(rows, limit):
    """Solved or passed on in time: open hours are counted one by one on the office's clock."""
    figures = measure(read_rows(rows), within=WorkTime.of(hours=limit), calendar=OFFICE)
    starting = [case for case in by_case(rows) if LINE_OF[case[0][2]] == "N1"]
    wall = opened = 0
    for case in starting:
        ends = [hour for hour, word, team in case if word in DONE or LINE_OF[team] != "N1"]
        if ends:
            span = range(case[0][0], ends[0])
            wall += len(span) <= limit
            opened += len([hour for hour in span if is_office_hour(hour)]) <= limit
    assert figures["first_line_within_wall"].value == Share(wall, len(starting))
    assert figures["first_line_within_open"].value == Share(opened, len(starting))


def is_office_hour(hour):
    """Hour 0 is Monday 09:00; the office is open until 17:00, Monday to Friday."""
    day, of_day = divmod(hour + 9, 24)
    return day % 7 < 5 and 9 <= of_day < 17


@given(rows=csv_rows())
def test_shares_by_impact_add_up(rows):
    """The cases of all impacts are all cases, and so are those that stay."""
    figures = measure(read_rows(rows))
    parts = figures["stays_in_first_line_by_impact"].value.values()
    whole = figures["stays_in_first_line"].value
    assert Share(sum(p.part for p in parts), sum(p.whole for p in parts)) == whole


@given(rows=csv_rows())
def test_every_figure_reads_back_from_json_with_its_definition(rows):
    """The file for programs says of every number how it was computed."""
    figures = measure(read_rows(rows), within=WorkTime.of(hours=12), calendar=OFFICE)
    data = json.loads(json.dumps(figures.to_json(), allow_nan=False))
    assert data["left_out"] == {}
    assert list(data["figures"]) == [figure.key for figure in figures]
    for entry in data["figures"].values():
        assert entry["definition"].endswith(".")
        assert len(entry["definition"]) > 20


class TestEdges:
    def test_an_empty_log(self):
        """A log without cases has figures of nothing, and no division by it."""
        figures = measure(Log((), TIERS))
        assert figures["cases"].value == 0
        assert figures["stays_in_first_line"].value.share is None

    def test_a_case_that_starts_completed_takes_no_time(self):
        """Completed at once is 0 hours, and in time for any promise."""
        figures = measure(
            read_rows([("1", at(0), "Closed", "desk a", "low")]),
            within=WorkTime(0),
            calendar=OFFICE,
        )
        assert figures["to_first_completed"].value == Spread.of([0])
        assert figures["to_first_completed"].value.max_hours == 0
        assert figures["first_line_within_open"].value == Share(1, 1)

    def test_a_case_never_completed_is_in_no_average(self):
        """What is still open says nothing about how long it takes."""
        rows = [("1", at(0), "In work", "desk a", "low"), ("2", at(0), "Solved", "desk a", "low")]
        figures = measure(read_rows(rows))
        assert figures["to_first_completed"].value.cases == 1
        assert figures["cases_by_line_at_first_completed"].value["never completed"] == 1

    def test_an_unknown_line_is_no_evidence_of_a_move(self):
        """N1, unknown, N1 is neither a move nor a return, yet not surely a stay."""
        rows = tuple(Row(us, tier=tier) for us, tier in enumerate(("N1", None, "N1")))
        figures = measure(Log((Case("1", rows),), TIERS))
        assert figures["moves"].value["N1"] == {"N2": 0, "N3": 0}
        assert figures["back_to_same_line"].value.part == 0
        assert figures["stays_in_first_line"].value.part == 0

    def test_figures_that_the_log_does_not_allow_are_named_with_the_reason(self):
        """Without tier, status, team and promise, what is missing is told figure by figure."""
        bare = Mapping(case="case", at="when")
        figures = measure(read_rows([("1", at(0), "Solved", "desk a", "low")], bare))
        assert [figure.key for figure in figures] == ["cases", "events"]
        whys = {each.key: each.why for each in figures.left_out}
        assert len(whys) == 14
        assert "tier" in whys["moves"]
        assert "team" in whys["back_to_same_team"]
        assert "status" in whys["reopened"]

    def test_another_attribute(self):
        """The share that stays can be split by any attribute; one that is not there is told."""
        log = read_rows([("1", at(0), "Solved", "desk a", "low")])
        figures = measure(log, by=("impact", "colour"))
        assert figures["stays_in_first_line_by_impact"].value == {"low": Share(1, 1)}
        assert "stays_in_first_line_by_colour" in {each.key for each in figures.left_out}

    def test_tiers_of_a_policy_come_first(self):
        """The policy says which line is the first; lines that only the log has come behind."""
        log = read_rows([("1", at(0), "Solved", "builders", "low")])
        figures = measure(log, tiers=("N3", "N1"))
        assert figures["stays_in_first_line"].value.part == 1
        assert list(figures["cases_by_line_at_start"].value) == ["N3", "N1"]

    def test_a_promise_without_hours_leaves_the_open_figure_out(self):
        """Wall clock needs no calendar; open time does."""
        log = read_rows([("1", at(0), "Solved", "desk a", "low")])
        figures = measure(log, within=WorkTime.of(hours=1))
        assert figures["first_line_within_wall"].value == Share(1, 1)
        assert [each.key for each in figures.left_out] == ["first_line_within_open"]

    def test_asking_for_an_unknown_figure_names_the_nearest(self):
        """A misspelt key is answered with the one that was meant."""
        with pytest.raises(BadInput, match="did you mean 'moves'"):
            measure(read_rows([("1", at(0), "Solved", "desk a", "low")]))["move"]

    def test_the_office_closes_over_the_weekend(self):
        """Friday evening to Monday morning is hardly any open time, but long by the wall."""
        rows = [
            ("1", at(4 * 24 + 7), "Received", "desk a", "low"),
            ("1", at(7 * 24), "Solved", "desk a", "low"),
        ]
        figures = measure(read_rows(rows), within=WorkTime.of(hours=12), calendar=OFFICE)
        assert figures["first_line_within_wall"].value.part == 0
        assert figures["first_line_within_open"].value.part == 1
