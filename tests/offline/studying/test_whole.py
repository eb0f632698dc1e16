"""A study is the same however its log is cut, and says what it can of any log."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import random
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import load_policy
from escalate.errors import BadInput
from escalate.offline import Chapter, Log, Mapping, Study, read, shards, study
from escalate.offline.figures.values import Figure
from escalate.offline.sharding import merged_quality
from escalate.offline.studying.terms import Terms
from escalate.offline.studying.whole import CHAPTERS
from tests.offline.logs import TIERS
from tests.offline.studying.desks import csv_of, desk_rows, mapping, read_desk

POLICY = load_policy("examples/replay/policy.toml")


def said(found):
    """Return a study, or chapters, to the byte."""
    return json.dumps(found.to_json(), allow_nan=False).encode()


@given(rows=desk_rows(), parts=st.integers(1, 4), seed=st.integers(0, 99), names=st.booleans())
def test_the_same_in_whatever_parts_and_order(rows, parts, seed, names):
    """Cases dealt out at random and put together give every chapter to the byte."""
    log = read_desk(rows, assignee=True)
    dice = random.Random(seed)  # noqa: S311  no secret
    dealt = [[] for _ in range(parts)]
    for case in dice.sample(log.cases, len(log.cases)):
        dealt[dice.randrange(parts)].append(case)
    terms = Terms(
        tiers=TIERS, bots=frozenset(["N1"]), hours=POLICY.calendars["office"], names=names
    )
    for make in CHAPTERS:
        whole = make(terms)
        for case in log.cases:
            whole.add(case)
        gathered = make(terms)
        for part in dealt:
            some = make(terms)
            for case in part:
                some.add(case)
            gathered.merge(pickle.loads(pickle.dumps(some)))  # noqa: S301  ours
        assert said(gathered.chapter(log.quality)) == said(whole.chapter(log.quality))


@settings(max_examples=25)
@given(rows=desk_rows(), count=st.integers(1, 5), ordered=st.booleans(), policy=st.booleans())
def test_shards_of_a_file_are_the_log(rows, count, ordered, policy, tmp_path_factory):
    """A file that is read in shards, here or in threads, gives the study of the log read at once."""
    path = tmp_path_factory.mktemp("logs") / "log.csv"
    path.write_bytes(csv_of(rows))
    plan = mapping(ordered=ordered)
    how = {"policy": POLICY if policy else None}
    whole = said(study(read(path, mapping=plan), **how))
    parts = shards(path, count, mapping=plan)
    assert said(study(parts, **how)) == whole
    with ThreadPoolExecutor(2) as pool:
        assert said(study(parts[::-1], executor=pool, **how)) == whole


def test_other_processes_give_the_same(tmp_path):
    """What is gathered travels between processes, policy and all."""
    path = tmp_path / "log.csv"
    lines = [f"{i % 40},2026-03-{1 + i % 28:02}T09:00Z,new,t{i % 3}" for i in range(400)]
    path.write_text("case_id,timestamp,activity,org:group\n" + "\n".join(lines), encoding="utf-8")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = study(shards(path, 3), policy=POLICY, executor=pool)
    assert said(found) == said(study(read(path), policy=POLICY))


@given(rows=desk_rows(), again=st.booleans())
def test_every_figure_can_be_shown_and_kept(rows, again):
    """All is plain JSON, every figure has its definition, and no key stands twice in a chapter."""
    found = study(read_desk(rows, assignee=again), policy=POLICY if again else None)
    assert json.loads(said(found))["chapters"].keys() == {chapter.key for chapter in found.chapters}
    for chapter in found.chapters:
        assert isinstance(chapter, Chapter)
        keys = [each.key for each in (*chapter.figures, *chapter.figures.left_out)]
        assert len(set(keys)) == len(keys)
        for figure in chapter.figures:
            assert figure.definition.endswith(".")
            check_chart(figure)


def check_chart(figure: Figure) -> None:
    """A chart is only asked for where the value can be drawn as one."""
    if figure.chart != "none":
        assert isinstance(figure.value, dict)
    if figure.chart in ("heat", "flow"):
        assert all(isinstance(row, dict) for row in figure.value.values())


@given(rows=desk_rows())
def test_the_same_figures_whatever_the_log_holds(rows):
    """A figure is there or left out with its reason: a log decides which, never whether it is told."""
    keys, nothing = (
        {chapter.key: _keys(chapter) for chapter in found.chapters if chapter.key != "requests"}
        for found in (study(read_desk(rows)), study(Log(())))
    )
    assert keys == nothing


def _keys(chapter: Chapter) -> set[str]:
    # The chapter "requests" is apart: a whole table of it is left out under one key.
    return {each.key for each in (*chapter.figures, *chapter.figures.left_out)}


class TestStudy:
    def test_lines_of_the_log_stand_behind_those_of_the_policy(self):
        """A policy says which line is the first; others that the log has are not lost."""
        rows = [("1", "2026-03-02T09:00Z", "Solved", team, *[""] * 5) for team in ("desk a",)]
        found = study(read_desk(rows), tiers=("N3",))["flow"].figures
        assert list(found["cases_by_line_at_start"].value) == ["N3", "N1", "N2"]

    def test_lines_that_nobody_declares_are_found_in_the_shards(self, tmp_path):
        """Where neither mapping nor policy orders them, lines stand by name, as in the log."""
        path = tmp_path / "log.csv"
        lines = "".join(f"{i},2026-01-01T00Z,line {9 - i}\n" for i in range(9))
        path.write_text(f"case_id,timestamp,tier\n{lines}", encoding="utf-8")
        found = study(shards(path, 3, mapping=Mapping(tier="tier")))
        starts = found["flow"].figures["cases_by_line_at_start"].value
        assert list(starts) == [f"line {i}" for i in range(1, 10)]
        assert "(line 1)" in found["flow"].figures["stays_in_first_line"].definition

    def test_a_chapter_that_there_is_not(self):
        """A misspelt chapter is answered with the one that was meant."""
        with pytest.raises(KeyError, match="did you mean 'flow'"):
            study(Log(()))["flwo"]

    def test_it_shows_what_it_holds(self):
        """At a prompt a study says how much it was made from, and its chapters."""
        shown = repr(study(read_desk([("1", "2026-03-02T09:00Z", "Solved", "desk a", *[""] * 5)])))
        assert shown.startswith("Study(rows=1, figures: flow=")
        assert isinstance(study(Log(())), Study)

    def test_progress_sees_every_case(self):
        """A bar can be put around the cases as they go by."""
        log = read_desk(
            [(f"{i}", "2026-03-02T09:00Z", "Solved", "desk a", *[""] * 5) for i in range(3)]
        )
        seen = []
        study(log, progress=lambda cases: [seen.append(case.id) or case for case in cases])
        assert sorted(seen) == ["0", "1", "2"]

    @pytest.mark.parametrize("source", ["log.csv", None, (), [], 7])
    def test_what_is_no_log_is_refused(self, source):
        """A path is not read by guess: read it or cut it into shards first."""
        with pytest.raises(BadInput, match="a log, or every shard"):
            study(source)

    def test_some_of_the_shards_are_not_a_log(self, tmp_path):
        """Half of a log would give half of the truth."""
        path = tmp_path / "log.csv.gz"
        path.write_bytes(gzip.compress(b"case_id,timestamp\n1,2026-01-01T00Z\n"))
        with pytest.raises(BadInput, match="every shard"):
            study(shards(path, 3)[:2])

    def test_an_executor_needs_shards(self):
        """No rows travel to another process."""
        with ThreadPoolExecutor(1) as pool, pytest.raises(BadInput, match="executor"):
            study(Log(()), executor=pool)

    def test_quality_is_that_of_the_whole(self, tmp_path):
        """What shards could not read is told together."""
        path = tmp_path / "log.csv"
        path.write_bytes(b"case_id,timestamp\n1,soon\n2,2026-01-01T00Z\n")
        parts = shards(path, 2)
        found = study(parts)
        assert found.quality == merged_quality(part.read().quality for part in parts)
        assert found.quality.rows == 2


def test_no_text_is_taken_for_more_than_text():
    """Names from a log reach figures as they stand: whoever shows them escapes them."""
    file = io.BytesIO(b"case_id,timestamp,org:group\n1,2026-01-01T00Z,<b>=1+1\n")
    found = study(read(file))["people"].figures["cases_by_team"].value
    assert found == {"<b>=1+1": 1}
