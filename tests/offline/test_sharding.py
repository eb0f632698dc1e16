"""A log that is read in parts is the same log."""

from __future__ import annotations

import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.errors import BadInput, InvalidFile, InvalidMapping
from escalate.offline import Mapping, TierColumn, merged, merged_quality, read, shards
from tests.offline.formats import as_jsonl, as_parquet, as_xes, said
from tests.offline.logs import WORDS, as_csv
from tests.offline.test_formats import HEADER, MAPPING, ROWS

FREE = Mapping(words=WORDS, tier=TierColumn("org:group"), zone="Europe/Berlin")
WRITERS = {
    "csv": lambda rows, header: as_csv(list(rows), tuple(header)),
    "jsonl": as_jsonl,
    "parquet": as_parquet,
    "xes": as_xes,
}


@given(
    rows=ROWS.filter(bool),
    count=st.integers(1, 7),
    kind=st.sampled_from(sorted(WRITERS)),
    mapping=st.sampled_from([MAPPING, FREE]),
    broken=st.booleans(),
)
def test_any_number_of_shards_gives_the_same_log(
    rows, count, kind, mapping, broken, tmp_path_factory
):
    """Cases, rows, where they stand, and every doubt with its examples: the same to the byte."""
    data = WRITERS[kind](rows, HEADER)
    if broken and kind in ("csv", "jsonl"):
        data += b'"x"y\n1,2\n'  # no row of CSV, no JSON: nobody's
    path = tmp_path_factory.mktemp("logs") / "log"
    path.write_bytes(data)
    whole = read(path, mapping=mapping)
    descriptors = pickle.loads(pickle.dumps(shards(path, count, mapping=mapping)))  # noqa: S301  ours
    parts = [descriptor.read() for descriptor in descriptors]
    for some in (parts, parts[::-1]):
        assert said(merged(some), places=True) == said(whole, places=True)
        assert merged(some) == whole
    assert merged_quality(part.quality for part in parts) == whole.quality
    assert all(any(each.holds(case.id) for each in descriptors) for case in whole.cases)


def test_other_processes_read_what_they_are_told(tmp_path):
    """Descriptors travel, rows do not: a shard is a few hundred bytes, and any process can read it."""
    path = tmp_path / "log.csv"
    path.write_text(
        "case_id,timestamp\n"
        + "".join(f"{i % 50},2026-01-01T00:{i % 60:02}Z\n" for i in range(9_000)),
        encoding="utf-8",
    )
    descriptors = shards(path, 3)
    assert max(len(pickle.dumps(each)) for each in descriptors) < 2_000
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_read, descriptors))
    assert merged(parts) == read(path)
    assert all(part.cases for part in parts)


def _read(shard):
    return shard.read()


def test_a_file_that_changed_is_not_mixed_with_what_it_was(tmp_path):
    """Shards of two states of a file would be neither: the second is refused."""
    path = tmp_path / "log.csv"
    path.write_bytes(b"case_id,timestamp\n1,2026-01-01T00Z\n")
    [shard] = shards(os.fspath(path), 1)
    assert shard.read() == read(path)
    with path.open("ab") as file:
        file.write(b"2,2026-01-01T00Z\n")
    with pytest.raises(InvalidFile, match=r"log\.csv: got '52 bytes', wanted the 35 bytes"):
        shard.read()


def test_what_cannot_be_cut_is_refused(tmp_path):
    """Only a file can travel, in a sensible number of parts."""
    path = tmp_path / "log.csv"
    path.write_bytes(b"case_id,when\n1,2026-01-01T00Z\n")
    with pytest.raises(BadInput, match=r"shards\(path\)"):
        shards([{"case_id": 1}], 2)
    for count in (0, 10_001, True, 2.0):
        with pytest.raises(BadInput, match=r"shards\(count\)"):
            shards(path, count)
    with pytest.raises(InvalidMapping, match=r"at\.column"):
        shards(path, 2)
    log = read(path, case="case_id", at="when")
    for parts in ([], [log, log]):
        with pytest.raises(BadInput, match=r"merged\(parts\)"):
            merged(parts)
