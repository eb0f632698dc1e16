"""Figures as rows: whatever names are, a spreadsheet computes nothing, and every number comes back."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from escalate.errors import BadInput
from escalate.offline.figures import Figures, Share
from escalate.offline.figures.values import Chapter
from escalate.offline.figures.words import shown
from escalate.offline.reporting import Found, export_rows, guarded, report, unguarded

from .samples import CHAPTER, SAMPLE, TIMES, figure
from .strategies import HOSTILE, founds, texts

HEAD = ["chapter", "figure", "path", "field", "value", "unit", "doubt"]


def cells(found: Found) -> list[dict[str, str]]:
    """The rows of the CSV of *found*, as another program reads them."""
    return list(csv.DictReader(io.StringIO(report(found).to_csv())))


@settings(max_examples=100, deadline=None)
@given(found=founds)
def test_no_cell_is_a_formula(found: Found) -> None:
    """A name such as =1+1 stays a name; numbers are the only cells that may begin with a sign."""
    for row in csv.reader(io.StringIO(report(found).to_csv())):
        assert len(row) == len(HEAD)
        for name, cell in zip(HEAD, row, strict=True):
            if name == "value" and cell not in ("", "value"):
                float(cell)
            else:
                assert not cell.lstrip().startswith(tuple("=+-@\t\r\n＝＋－＠")), cell


@settings(max_examples=100, deadline=None)
@given(found=founds)
def test_rows_come_back_from_csv(found: Found) -> None:
    """What was written is read again: texts without their guard, numbers to the last digit."""
    wanted = list(export_rows([found]))
    read = cells(found)
    assert len(read) == len(wanted)
    for row, cell in zip(wanted, read, strict=True):
        assert unguarded(cell["chapter"]) == shown(row.chapter)
        assert unguarded(cell["path"]) == shown(" > ".join(row.path))
        assert unguarded(cell["doubt"]) == shown(row.doubt)
        assert (float(cell["value"]) if cell["value"] else None) == row.value
        assert isinstance(row.value, float | None) or "." not in cell["value"]


@given(text=st.one_of(texts, st.text()))
def test_a_guard_can_be_taken_away(text: str) -> None:
    """No text is lost, and no two become one."""
    assert unguarded(guarded(text)) == text
    assert len(guarded(text)) - len(text) in (0, 1)


@settings(max_examples=40, deadline=None)
@given(found=founds)
def test_rows_come_back_from_parquet(
    found: Found, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Parquet keeps the names of a path apart, and counts and hours as numbers."""
    path = tmp_path_factory.mktemp("rows") / "figures.parquet"
    report(found).to_parquet(path)
    read = parquet.read_table(path).to_pylist()
    wanted = list(export_rows([found]))
    assert [row["value"] for row in read] == [row.value for row in wanted]
    assert [len(row["path"]) for row in read] == [len(row.path) for row in wanted]
    assert [row["unit"] for row in read] == [row.unit for row in wanted]


@settings(max_examples=40, deadline=None)
@given(found=founds)
def test_json_is_json(found: Found, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is in the file is what is returned, and no text is lost in it."""
    path = tmp_path_factory.mktemp("json") / "figures.json"
    returned = report(found).to_json(path)
    read = json.loads(path.read_text(encoding="utf-8"))
    assert read["chapters"] == json.loads(json.dumps(returned))["chapters"]
    assert [each["title"] for each in read["chapters"]] == [each.title for each in found.chapters]


def test_every_field_of_a_spread_is_a_row() -> None:
    """The marks and the shape of a distribution can be computed with."""
    one = Found(
        [Chapter("time", "Time", Figures((figure("open", {"N1": TIMES}, doubt="Short."),)))]
    )
    rows = {row.field: row for row in export_rows([one])}
    assert rows["cases"].value == 100
    assert rows["median"].value == TIMES.median_hours
    assert rows["median"].unit == "hours"
    assert rows["p95"].value == TIMES.p95_hours
    assert sum(rows[name].value or 0 for name in TIMES.rungs) == 100
    assert {row.doubt for row in rows.values()} == {"Short."}
    assert {row.path for row in rows.values()} == {("N1",)}


@pytest.mark.parametrize(
    ("share", "unit"),
    [(Share(3, 4), "count"), (Share(1.5, 4.0), "hours"), (Share(42, 12.5), "count")],
)
def test_a_share_says_what_it_is_of(share: Share, unit: str) -> None:
    """Counts are whole numbers; a count against a mean of counts is no time."""
    one = Found([Chapter("a", "A", Figures((figure("s", share),)))])
    assert [row.unit for row in export_rows([one])] == [unit, unit, "share"]


def test_files_are_the_same_everywhere(tmp_path: Path) -> None:
    """No line ends of the machine: files can be compared to the byte."""
    made = report(SAMPLE)
    text = made.to_csv(tmp_path / "a.csv")
    page = made.to_html(str(tmp_path / "a.html"))
    assert (tmp_path / "a.csv").read_bytes() == text.encode()
    assert (tmp_path / "a.html").read_bytes() == page.encode()
    assert b"\r" not in text.encode()


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing library is said in words."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadInput, match=r'pip install "escalate-tiers\[analytics\]"'):
        report(SAMPLE).to_parquet(tmp_path / "a.parquet")


def test_hostile_names_are_hostile() -> None:
    """The names of the properties do hold what a guard is for."""
    assert sum(guarded(text) != text for text in HOSTILE) >= 8
    assert report(SAMPLE).chapters == (CHAPTER,)
