"""The same log in any format is the same log, and one that is broken is told in plain words."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from escalate import Actor, Attempt, Desk, Handoff, load_policy
from escalate.cli.app import app
from escalate.core import commands
from escalate.errors import BadInput, EscalateError, InvalidFile, InvalidMapping
from escalate.offline import Mapping, TierColumn, read
from escalate.offline.recognising import JOURNAL_COLUMNS
from escalate.runtime.rows import COLUMNS
from tests.offline.formats import FORMATS, as_csv, as_jsonl, as_parquet, as_xes, said
from tests.offline.logs import WORDS, at

POLICY = Path(__file__).resolve().parents[2] / "examples" / "policies" / "classic.toml"
HEADER = ("case:concept:name", "time:timestamp", "concept:name", "org:group", "org:resource")
MAPPING = Mapping(words=WORDS, tier=TierColumn("org:group", match={"^desk": "N1", "": "N2"}))
# What a cell may hold in all formats: XML has no control characters, CSV no line end that it keeps.
TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"
    ),
    max_size=12,
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", " 3", ""]),
        st.one_of(
            st.integers(0, 20_000).map(at), st.sampled_from(["", "soon", "2026-03-02 09:00"])
        ),
        st.sampled_from([*WORDS, "Napping", ""]),
        st.sampled_from(["desk a", "builders"]) | TEXTS,
        TEXTS,
    ),
    max_size=12,
)


@given(rows=ROWS)
def test_every_format_gives_the_same_log(rows):
    """Cases, rows, order and doubts are the same to the byte, whatever the log was written in."""
    expected = said(read(FORMATS["csv"](rows, HEADER), mapping=MAPPING))
    for name, write in FORMATS.items():
        if rows or name not in ("jsonl", "jsonl.gz", "xes", "xes.gz", "rows"):
            assert said(read(write(rows, HEADER), mapping=MAPPING)) == expected, name


def test_standard_names_need_no_mapping():
    """A log of process mining is read as it is; what was taken for what is told."""
    rows = [("7", at(0), "open", "desk a", "ann"), ("7", at(2), "resolved", "builders", "bob")]
    for write in FORMATS.values():
        log = read(write(rows, HEADER))
        [case] = log.cases
        assert [(row.meaning.value, row.team) for row in case.rows] == [
            ("open", "desk a"),
            ("resolved", "builders"),
        ]
        assert case.rows[1].attribute("resource") == "bob"
        assert dict(log.quality.recognised) == {
            "case": "case:concept:name",
            "at.column": "time:timestamp",
            "status.columns[0]": "concept:name",
            "team": "org:group",
            "attributes.resource": "org:resource",
        }


def test_a_name_that_is_not_standard_must_be_said():
    """What stands for the case is never guessed from how a column looks."""
    with pytest.raises(InvalidMapping, match=r"case: .* which has none called case:concept:name"):
        read(io.BytesIO(b"ticket,timestamp\n1,2026-01-01T00Z\n"))
    log = read(io.BytesIO(b"ticket,timestamp\n1,2026-01-01T00Z\n"), case="ticket")
    assert log.events == 1


def test_a_complete_mapping_is_not_added_to():
    """Who names case and instant has said it all: a column with a standard name stays out."""
    data = b"case_id,timestamp,org:group\n1,2026-01-01T00Z,a\n"
    log = read(io.BytesIO(data), case="case_id", at="timestamp")
    assert (log.cases[0].rows[0].team, log.quality.recognised) == (None, ())


class TestJournal:
    def test_a_desk_s_journal_is_a_log(self):
        """``read(desk.log())`` needs no mapping, also after a journey through a file."""
        desk = Desk(load_policy(POLICY))
        ticket = desk.open(subject="Can't log in", channel="chat", requester="c-1")
        handoff = Handoff(summary="s", tried=[Attempt("t")])
        desk.handle(ticket.id, commands.Escalate(to="N2", handoff=handoff, by=Actor("ann")))
        log = read(desk.log())
        [case] = log.cases
        assert [case.rows[0].tier, case.rows[-1].tier] == ["N1", "N2"]
        assert [row.attribute("event") for row in case.rows] == [e["event"] for e in desk.log()]
        assert log.quality.is_clean  # a journal knows its order: a tie is no doubt
        lines = "".join(json.dumps(each) + "\n" for each in desk.log())
        assert said(read(io.BytesIO(lines.encode()))) == said(log)
        assert said(read(pl.DataFrame(desk.log(), infer_schema_length=None))) == said(log)

    def test_its_columns_are_those_of_the_desk(self):
        """What shows a journal is what desks write."""
        assert set(JOURNAL_COLUMNS) <= set(COLUMNS)
        assert read(()).cases == ()

    def test_a_list_of_anything_else_is_refused(self):
        """A list of numbers is no log."""
        with pytest.raises(BadInput, match=r"read\(source\)\[1\].*a row"):
            read([{"case_id": "1"}, 7])


class TestCells:
    def test_instants_numbers_and_gaps_of_parquet_and_polars(self):
        """Typed columns say the same as text: instants to the microsecond, no cell for nothing."""
        when = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC)
        frame = pl.DataFrame({"case_id": [7, 7], "timestamp": [when, None], "Resource": [None, 1]})
        file = io.BytesIO()
        frame.write_parquet(file)
        file.seek(0)
        nanoseconds = io.BytesIO()
        fine = pa.array([when, None], pa.timestamp("us", "Europe/Berlin")).cast(
            pa.timestamp("ns", "Europe/Berlin")
        )
        table = pa.table({"case_id": [7, 7], "timestamp": fine, "Resource": pa.array([None, 1])})
        parquet.write_table(table, nanoseconds)
        nanoseconds.seek(0)
        for source in (frame, file, nanoseconds, table):
            log = read(source)
            assert [row.at for row in log.cases[0].rows] == [when]
            assert (log.cases[0].id, log.cases[0].rows[0].attribute("resource")) == ("7", "")
            assert [each.about for each in log.quality.unreadable] == ["no instant"]

    def test_json_keeps_numbers_as_they_are_written(self):
        """A version 7.10 is not 7.1, and what is nested is its JSON."""
        line = (
            b'{"case_id": 7.10, "timestamp": "2026-01-01T00Z", "x": [true, {"a": null}], "y": true}'
        )
        log = read(io.BytesIO(line), case="case_id", at="timestamp", attributes=["x", "y"])
        assert log.cases[0].id == "7.10"
        assert log.cases[0].rows[0].attributes == (("x", '[true, {"a": null}]'), ("y", "true"))

    def test_a_column_that_comes_late_is_a_column(self):
        """Lines and events need not all have the same keys; what one lacks is empty there."""
        rows = [("1", at(0), "open", "a", "ann")]
        late = as_jsonl(
            rows, HEADER
        ) + b'{"case:concept:name": "1", "time:timestamp": "%s", "z": 1}' % (at(1).encode())
        log = read(io.BytesIO(late), case=HEADER[0], at=HEADER[1], attributes=["z", HEADER[4]])
        assert [row.attributes[0][1] for row in log.cases[0].rows] == ["", "1"]
        assert [row.attributes[1][1] for row in log.cases[0].rows] == ["ann", ""]
        with pytest.raises(InvalidMapping, match=r"team: got 'zz'.*known: .*z"):
            read(io.BytesIO(late), case=HEADER[0], at=HEADER[1], team="zz")


LONG = "x" * 1_000_000
ROW = ("1", at(0), "open", "desk", "ann")


class TestLongCells:
    @pytest.mark.parametrize("name", FORMATS)
    def test_a_cell_of_a_million_letters_costs_its_row(self, name):
        """It is counted with the reason, and the rows around it are read."""
        rows = [ROW, ("1", at(1), LONG, "desk", "ann"), ("1", at(2), "open", "desk", "ann")]
        log = read(FORMATS[name](rows, HEADER))
        [notice] = log.quality.unreadable
        assert (log.events, notice.count) == (2, 1)
        assert "131" in notice.about

    @pytest.mark.parametrize("suffix", ["", "\n"])
    def test_a_line_without_an_end_is_not_taken_into_memory(self, suffix):
        """Four megabytes without a line end are no log, also when they were packed to a few bytes."""
        for start in ("case_id,timestamp\n", '{"case_id": "1"}\n'):
            data = gzip.compress((start + "x" * 9_000_000 + suffix).encode())
            with pytest.raises(
                InvalidFile, match=r"after line 1: got 'a line of more than 4,194,304"
            ):
                read(
                    io.BytesIO(data), case="case_id", at="case_id2" if "{" in start else "timestamp"
                )


def xes(inside: str, before: str = "") -> bytes:
    """Return a log with *inside* in it."""
    return f'<?xml version="1.0"?>\n{before}<log>{inside}</log>'.encode()


EVENT = '<event><date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event>'
NAME = '<string key="concept:name" value="1"/>'
LAUGHS = (
    '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    + "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 9 if i else "&b;"}">' for i in range(9))
    + "]>"
)


class TestXes:
    @pytest.mark.parametrize(
        ("data", "place", "message"),
        [
            (xes("&b8;", LAUGHS), "line 2", "a document type"),
            (
                xes("&x;", '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
                "line 2",
                "type",
            ),
            (
                xes("", '<!DOCTYPE log SYSTEM "http://localhost/x.dtd">'),
                "line 2",
                "a document type",
            ),
            (xes("<trace>&nope;</trace>"), "line 2", "undefined entity"),
            (xes("<a>" * 5_000 + "</a>" * 5_000), "line 2", "tags in each other"),
            (
                xes(f'<trace><string key="{"k" * 9_000_000}" value="1"/></trace>'),
                "line",
                "4,194,304",
            ),
            (xes(f"<!--{'-x' * 5_000_000}-->"), "line", "4,194,304"),
            (
                xes("<trace>" + "".join(f'<int key="{i}" value="1"/>' for i in range(2_000))),
                "",
                "1,000",
            ),
            (xes(f"<trace>{NAME}{NAME}</trace>"), "line 2", "two attributes 'concept:name'"),
            (xes(f"<trace>{EVENT}{NAME}</trace>"), "line 2", "after its events"),
            (xes('<trace><string key="a"/></trace>'), "line 2", "without value"),
            (xes('<trace><string value="a"/></trace>'), "line 2", "without key"),
            (xes("<trace>")[:-6], "line 2", "no element found"),
            (b"<html></html>", "line 1", "wanted XES"),
            (xes("\xe9").decode().encode("latin-1"), "line 2", "invalid token"),
            (gzip.compress(xes(f"<trace>{NAME}{EVENT}</trace>") * 99)[:-20], "", "whole gzip"),
        ],
    )
    def test_what_is_broken_or_made_to_harm_is_refused_by_name(
        self, data, place, message, tmp_path
    ):
        """No entity is expanded, no file or address opened, nothing huge is kept."""
        path = tmp_path / "log.xes"
        path.write_bytes(data)
        with pytest.raises(InvalidFile, match=rf"^log\.xes, .*{place}.*{message}"):
            read(path)

    def test_attributes_of_attributes_and_containers_are_none_of_the_event_s(self):
        """Only what an event says of itself becomes a column."""
        nested = (
            f'<extension name="x"/><global scope="event"><string key="g" value="1"/></global>'
            f"<trace>{NAME}<event>"
            '<date key="time:timestamp" value="2026-03-02T09:00:00Z"><string key="m" value="1"/></date>'
            '<list key="l"><string key="n" value="1"/></list></event></trace>'
        )
        with pytest.raises(InvalidMapping, match=r"known: case:concept:name, time:timestamp$"):
            read(io.BytesIO(xes(nested)), case="case:concept:name", at="time:timestamp", team="m")


def _hurt(data: bytes) -> bytes:
    return data[:9] + b"\xff" * 300 + data[309:]


BROKEN = {
    "empty.csv": b"",
    "blank.csv": b"\n\n",
    "empty.gz": gzip.compress(b""),
    "cut.csv.gz": gzip.compress(as_csv([ROW] * 99, HEADER))[:-12],
    "cut.jsonl.gz": gzip.compress(as_jsonl([ROW] * 99, HEADER))[:-12],
    "cut.xes.gz": gzip.compress(as_xes([ROW] * 99, HEADER))[:-12],
    "cut.parquet": as_parquet([ROW] * 99, HEADER)[:-30],
    "hurt.parquet": _hurt(as_parquet([(*ROW[:4], str(i)) for i in range(99)], HEADER)),
    "packed.parquet.gz": gzip.compress(as_parquet([ROW], HEADER)),
    "latin.csv": as_csv([(*ROW[:4], "J\xf6rg")], HEADER).decode().encode("latin-1"),
    "latin.jsonl": b'{"case_id": "1", "timestamp": "\xf6"}\n',
    "wide.csv": as_csv([ROW], HEADER).decode().encode("utf-16"),
    "twice.csv": b"case_id,timestamp,case_id\n1,2026-01-01T00Z,2\n",
    "twice.jsonl": b'{"case_id": "1", "case_id": "2"}\n',
    "list.json": b'[{"case_id": "1"}]',
    "numbers.jsonl": b"{]\n7\n",
    "log.zip": b"PK\x03\x04" + b"\x00" * 99,
    "desk.db": b"SQLite format 3\x00",
    "page.html": b"<!doctype html><html></html>",
    "columns.csv": ",".join(map(str, range(20_000))).encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_an_error_that_names_it(name, tmp_path):
    """Whatever is wrong with a file, the error is ours and says which file, and where in it."""
    path = tmp_path / name
    path.write_bytes(BROKEN[name])
    with pytest.raises(EscalateError) as caught:
        read(path)
    assert name in str(caught.value)


def test_no_broken_file_gives_a_traceback(tmp_path):
    """``escalate replay`` says one line about each."""
    code = (
        "import sys; from escalate.cli.guard import run\n"
        "sys.exit(0 if all(run(['replay', each]) == 2 for each in sys.argv[1:]) else 9)"
    )
    paths = [tmp_path / name for name in BROKEN]
    for path in paths:
        path.write_bytes(BROKEN[path.name])
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == len(BROKEN)


@given(data=st.binary(max_size=200), start=st.sampled_from([b"", b"<log>", b'{"a":1}\n', b"PAR1"]))
def test_no_bytes_whatever_give_another_error(data, start):
    """A file made of anything is read or refused; nothing else ever comes out."""
    for content in (start + data, gzip.compress(start + data), as_parquet([ROW], HEADER) + data):
        with suppress(EscalateError):
            read(io.BytesIO(content))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_mark_and_any_line_ends_are_read(ends):
    """Files of other systems are read as they are, also where two kinds of line end meet."""
    for data in (as_csv([ROW, ROW], HEADER), as_jsonl([ROW, ROW], HEADER)):
        mixed = b"\xef\xbb\xbf" + data.replace(b"\r\n", b"\n").replace(b"\n", ends.encode(), 1)
        log = read(io.BytesIO(mixed))
        assert log.events == 2
        assert not log.quality.unreadable


def test_pandas_with_two_columns_of_one_name():
    """A dataframe may have them; a log may not."""
    frame = pd.DataFrame([["1", at(0), "2"]], columns=["case_id", "timestamp", "case_id"])
    with pytest.raises(EscalateError, match="case_id"):
        read(frame)


@pytest.mark.parametrize("name", ["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet", "xes", "xes.gz"])
def test_the_command_reads_every_kind_of_file(name, tmp_path):
    """``escalate replay`` needs no mapping for standard names, and says what it took for what."""
    path = tmp_path / "log"
    path.write_bytes(
        FORMATS[name]([ROW, ("1", at(1), "resolved", "desk", "ann")], HEADER).getvalue()
    )
    done = CliRunner().invoke(app, ["replay", str(path)], catch_exceptions=False)
    shown = " ".join(done.stdout.split())
    assert shown.startswith("Data quality 2 rows read, 2 usable")
    assert "case = 'case:concept:name'" in shown
    assert shown.index("Data quality") < shown.index("Figures")
