"""The Volvo incident log: every figure, computed a second time with pandas and nothing of ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escalate import load_policy
from escalate.core.workcalendar import WorkCalendar
from escalate.core.worktime import WorkTime
from escalate.offline import read, shards, study
from escalate.offline.figures import measure

pytestmark = pytest.mark.shared_data

MAPPING = Path(__file__).resolve().parents[2] / "examples" / "volvo" / "mapping.toml"
LINES = ["1st", "2nd", "3rd"]
HOUR = pd.Timedelta(hours=1)


@pytest.fixture
def source(shared_data):
    """The log's file."""
    return shared_data / "volvo_incidents" / "volvo_incidents.csv.gz"


@pytest.fixture
def frame(source):
    """The log as pandas reads it, with the columns that the oracle needs."""
    rows = pd.read_csv(source, dtype=str, keep_default_na=False)
    frame = pd.DataFrame({"case": rows["SR Number"], "team": rows["Involved ST"]})
    frame["impact"] = rows["SR Latest Impact"]
    frame["at"] = pd.to_datetime(rows["Change Date+Time"], utc=True)
    suffix = frame["team"].str.partition(" ")[2]
    frame["line"] = suffix.map({"": "1st", "2nd": "2nd", "3rd": "3rd", "2nd 3rd": "2nd"})
    frame["done"] = rows["Status"].eq("Completed")
    frame["wait"] = rows["Sub Status"].eq("Wait - User")
    groups = frame.groupby("case")
    frame["span"] = (groups["at"].shift(-1) - frame["at"]) / HOUR
    frame["before"] = ~groups["done"].cummax()
    return frame


def oracle(frame):
    """Every figure, as JSON has it."""
    cases = frame.groupby("case")
    first = cases.first()
    busy = frame[~frame["done"]]
    done = frame[frame["done"]].drop_duplicates("case").set_index("case")
    stays = frame["line"].eq("1st").groupby(frame["case"]).all()
    impact = first["impact"]
    wall = (done["at"] - first["at"].reindex(done.index)) / HOUR
    waits = frame[frame["before"] & frame["wait"]].groupby("case")["span"].sum()
    net = wall - waits.reindex(done.index).fillna(0)
    reopened = frame[frame.groupby("case")["done"].shift(1).eq(True) & ~frame["done"]]
    by_done = done["line"].value_counts().reindex(LINES, fill_value=0).to_dict()
    waited, whole = busy.loc[busy["wait"], "span"].sum(), busy["span"].sum()
    return {
        "cases": len(first),
        "events": len(frame),
        "moves": moves(frame),
        "cases_by_line_at_start": first["line"].value_counts().reindex(LINES).to_dict(),
        "stays_in_first_line": share(stays.sum(), len(stays)),
        "stays_in_first_line_by_impact": {
            name: share(stays[impact == name].sum(), (impact == name).sum())
            for name in sorted(impact.unique())
        },
        "back_to_same_line": share(came_back(frame, "line"), len(first)),
        "back_to_same_team": share(came_back(frame, "team"), len(first)),
        "reopened": {"cases": reopened["case"].nunique(), "occurrences": len(reopened)},
        "cases_by_line_at_first_completed": {**by_done, "never completed": len(first) - len(done)},
        "to_first_completed": spread(wall),
        "to_first_completed_without_waits": spread(net),
        "hours_by_line": busy.groupby("line")["span"].sum().to_dict(),
        "customer_wait_hours": share(waited, whole),
        **in_time(frame, first),
    }


def share(part, whole):
    """A share as JSON has it."""
    return {"part": part, "whole": whole, "share": part / whole}


def spread(hours):
    """A spread as JSON has it."""
    return {
        "cases": len(hours),
        "mean_hours": hours.mean(),
        "median_hours": hours.median(),
        "p90_hours": hours.quantile(0.9),
        "min_hours": hours.min(),
        **{f"p{at}_hours": hours.quantile(at / 100) for at in (10, 25, 75, 95)},
        "max_hours": hours.max(),
        "ladder": ladder(hours),
    }


def ladder(hours):
    """How many lie in each bin, the upper end included."""
    ends = [-1, 5 / 60, 0.25, 1, 4, 12, 24, 72, 168, 336, 720, np.inf]
    names = ["5 min", "15 min", "1 h", "4 h", "12 h", "1 day", "3 days", "1 week", "2 weeks"]
    names = [f"up to {name}" for name in [*names, "30 days"]]
    # Whole seconds, since a float of hours may lie a hair above the end of its bin.
    seconds = (hours * 3600).round()
    cut = pd.cut(seconds, [end * 3600 for end in ends], labels=[*names, "more"])
    return {name: int(count) for name, count in cut.value_counts(sort=False).items()}


def moves(frame):
    """Count ordered pairs of lines in a cross table."""
    before = frame.groupby("case")["line"].shift(1)
    table = pd.crosstab(before, frame["line"])
    return {a: {b: table.loc[a, b] for b in LINES if b != a} for a in LINES}


def came_back(frame, column):
    """Count cases with more runs than distinct values."""
    starts = frame[column].ne(frame.groupby("case")[column].shift(1))
    runs = starts.groupby(frame["case"]).sum()
    return (runs > frame.groupby("case")[column].nunique()).sum()


def in_time(frame, first):
    """Count what the first line did within 12 h, by the wall and by an office's clock."""
    starting = first[first["line"].eq("1st")]
    out = frame[frame["done"] | frame["line"].ne("1st")].drop_duplicates("case").set_index("case")
    ends = out["at"].reindex(starting.index)
    begins = starting["at"][ends.notna()]
    ends = ends[ends.notna()]
    wall = (ends - begins) / HOUR
    opened = office_hours(ends) - office_hours(begins)
    return {
        "first_line_within_wall": share((wall <= 12).sum(), len(starting)),
        "first_line_within_open": share((opened <= 12 + 1e-9).sum(), len(starting)),
    }


def office_hours(at):
    """Open hours since 2010-01-01, Mon-Fri 08:00-17:00 in Stockholm.

    Clocks change there on Sundays at night, so on open days the local clock may be subtracted.
    """
    local = at.dt.tz_convert("Europe/Stockholm").dt.tz_localize(None)
    days = local.dt.normalize()
    whole = np.busday_count(np.datetime64("2010-01-01"), days.to_numpy().astype("datetime64[D]"))
    today = ((local - days) / HOUR).clip(8, 17) - 8
    return 9 * whole + today.where(local.dt.day_of_week < 5, 0)


def test_every_figure_agrees_with_an_independent_computation(source, frame):
    """An analyst who computes the figures in pandas gets the same numbers, all of them."""
    office = WorkCalendar(timezone="Europe/Stockholm", hours={"mon-fri": ["08:00-17:00"]})
    log = read(source, mapping=MAPPING)
    ours = measure(log, within=WorkTime.of(hours=12), calendar=office).to_json()
    theirs = oracle(frame)
    assert ours["left_out"] == {}
    assert ours["figures"].keys() == theirs.keys()
    for key, expected in theirs.items():
        value = ours["figures"][key]["value"]
        print(f"{key}: {value}")  # noqa: T201  shown by pytest -s, for who wants to see them
        compare(key, value, expected)


def compare(key, value, expected):
    """Counts agree exactly, hours to a relative 1e-9."""
    if isinstance(expected, dict):
        assert value.keys() == expected.keys(), key
        for name, part in expected.items():
            compare(f"{key}.{name}", value[name], part)
    elif isinstance(value, int):
        assert value == expected, key
    else:
        assert value == pytest.approx(expected, rel=1e-9), key


def test_the_log_is_read_whole_and_without_a_doubt(source):
    """All 65,533 events of 7,554 cases are there; the mean case spans 12.08 days."""
    log = read(source, mapping=MAPPING)
    assert (len(log.cases), log.events) == (7554, 65533)
    assert log.quality.is_clean
    assert ["+01:00" in notice.about for notice in log.quality.zones] == [True]
    assert [notice.count for notice in log.quality.cut] == [8, 4, 7554]
    assert [notice.about.split(":")[0] for notice in log.quality.leaks] == ["impact", "priority"]
    spans = [case.rows[-1].at_us - case.rows[0].at_us for case in log.cases]
    assert sum(spans) / len(spans) / 86_400_000_000 == pytest.approx(12.08, abs=0.005)
    assert log.cases[0].rows[0].at.isoformat() == "2010-03-31T14:59:42+00:00"


def test_known_shares(source):
    """What was known beforehand comes out: 60.2 % stay, 16.7 % come back to a team, 31.5 % wait."""
    figures = measure(read(source, mapping=MAPPING))
    for key, percent in (
        ("stays_in_first_line", 60.2),
        ("back_to_same_team", 16.7),
        ("customer_wait_hours", 31.5),
    ):
        assert round(figures[key].value.share * 100, 1) == percent


def test_the_study_tells_what_was_known(source):
    """60.2 % stay, 16.7 % come back to a team and take 20.8 days instead of 4.7, 31.5 % is waiting."""
    found = study(read(source, mapping=MAPPING), policy=load_policy(MAPPING.parent / "policy.toml"))
    flow, time = found["flow"].figures, found["time"].figures
    assert round(flow["stays_in_first_line"].value.share * 100, 1) == 60.2
    assert round(flow["back_to_same_team"].value.share * 100, 1) == 16.7
    slower = flow["to_first_completed_if_back_to_same_team"].value
    assert round(slower["same team got it back"].mean_hours / 24, 1) == 20.8
    assert round(slower["others"].mean_hours / 24, 1) == 4.7
    assert round(time["customer_wait_hours"].value.share * 100, 1) == 31.5
    assert (time["first_line_within_open"].value.part, flow["variants_count"].value) == (5311, 2278)
    assert "in_queue" in {each.key for each in time.left_out}


def test_the_study_is_that_of_its_shards(source):
    """The real file in three shards gives the same study to the byte."""
    whole = study(read(source, mapping=MAPPING)).to_json()
    parts = study(shards(source, 3, mapping=MAPPING)).to_json()
    assert json.dumps(parts) == json.dumps(whole)
