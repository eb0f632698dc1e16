"""A log cut into files is the same log, and its files are gone afterwards."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.errors import InvalidFile, InvalidMapping
from escalate.offline import Mapping, merged, read, shards, split
from tests.offline.formats import said
from tests.offline.test_formats import HEADER, MAPPING, ROWS
from tests.offline.test_sharding import FREE, WRITERS


@given(
    rows=ROWS.filter(bool),
    count=st.integers(1, 7),
    kind=st.sampled_from(sorted(WRITERS)),
    mapping=st.sampled_from([MAPPING, FREE]),
    broken=st.booleans(),
)
def test_any_number_of_files_gives_the_same_log(
    rows, count, kind, mapping, broken, tmp_path_factory
):
    """Cases, rows, where they stand, and every doubt with its examples: the same to the byte."""
    data = WRITERS[kind](rows, HEADER)
    if broken and kind in ("csv", "jsonl"):
        data += b'"x"y\n1,2\n'  # no row of CSV, no JSON: nobody's
    path = tmp_path_factory.mktemp("logs") / "log"
    path.write_bytes(data)
    whole = read(path, mapping=mapping)
    with split(path, count, mapping=mapping) as cut:
        parts = [shard.read() for shard in pickle.loads(pickle.dumps(cut))]  # noqa: S301  ours
        alike = [shard.read() for shard in shards(path, count, mapping=mapping)]
    assert said(merged(parts), places=True) == said(whole, places=True)
    assert merged(parts) == whole
    assert [each.cases for each in parts] == [each.cases for each in alike]


def test_cells_of_any_text_come_back(tmp_path):
    """Quotes, line ends, marks of no character and half characters of JSON are put aside and read back."""
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"case_id": "a\\r\\n\\"b,", "timestamp": "2026-01-01T00Z", "org:group": "\\ud800 \\u0000 ü"}\n'
        '{"case_id": "!", "timestamp": null, "org:group": ""}\n'
        '{"case_id": "  ", "timestamp": "2026-01-01T00Z"}\n',
        encoding="utf-8",
    )
    whole = read(path)
    with split(path, 3) as cut:
        assert merged([shard.read() for shard in cut]) == whole
    assert whole.cases[0].rows[0].team == "\ud800 \x00 ü"


def test_the_files_are_gone_when_the_work_is_done(tmp_path):
    """What was put aside lies in the folder that was asked for, and goes even if the work fails."""
    path, room = tmp_path / "log.csv", tmp_path / "room"
    room.mkdir()
    path.write_bytes(b"case_id,timestamp\n1,2026-01-01T00Z\n")

    def work() -> None:
        with split(path, 2, folder=room) as cut:
            assert all(Path(shard.part).is_relative_to(room) for shard in cut)
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert not list(room.iterdir())


def test_a_part_that_changed_is_refused(tmp_path):
    """A part that somebody wrote to is not the part that was put aside."""
    path = tmp_path / "log.csv"
    path.write_bytes(b"case_id,timestamp\n1,2026-01-01T00Z\n")
    with split(path, 1) as [shard]:
        Path(shard.part).write_text("1\n", encoding="utf-8")
        with pytest.raises(InvalidFile, match=r"0\.csv: got '2 bytes', wanted the"):
            shard.read()


def test_wrong_columns_are_told_before_anything_is_cut(tmp_path):
    """A column that is missing, or stands there twice, is told as by read."""
    path = tmp_path / "log.csv"
    path.write_bytes(b"id,at,at\n1,2026-01-01T00Z,2026-01-01T00Z\n")
    with (
        pytest.raises(InvalidMapping, match=r"a column of log\.csv"),
        split(path, 2, mapping=Mapping("id", "when")),
    ):
        pass
    with (
        pytest.raises(InvalidFile, match="several columns 'at'"),
        split(path, 2, mapping=Mapping("id", "at")),
    ):
        pass
