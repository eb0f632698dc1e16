"""Reading a log: nothing lost, nothing invented, whatever the file looks like."""

from __future__ import annotations

import gzip
import io
import pickle
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.core.status import Status
from escalate.errors import BadInput, InvalidFile, InvalidMapping
from escalate.offline import Log, Mapping, PriorityColumn, TierColumn, read
from tests.offline.logs import (
    HEADER,
    LINE_OF,
    MAPPING,
    WORDS,
    as_csv,
    at,
    csv_rows,
    read_rows,
)


def facts(log: Log) -> list[tuple[object, ...]]:
    """What a log says, without where it was said."""
    return [(case.id, *row[:-1]) for case in log.cases for row in case.rows]


def small(text: str, **columns: object) -> Log:
    """Read a few lines of CSV."""
    given = {"case": "id", "at": "at", **columns}
    return read(io.BytesIO(text.encode()), **given)


class TestRows:
    @given(rows=csv_rows(ties=True))
    def test_every_row_of_the_file_is_in_the_log_once(self, rows):
        """No row is lost and none appears twice, in whatever order the export has them."""
        log = read_rows(rows)
        read_back = Counter(
            (case.id, row.at.isoformat(), row.word, row.team, row.attribute("impact"))
            for case in log.cases
            for row in case.rows
        )
        assert read_back == Counter(rows)
        assert log.events == log.quality.rows == log.quality.kept == len(rows)

    @given(rows=csv_rows(), seed=st.integers(0, 99))
    def test_the_order_of_the_file_does_not_matter(self, rows, seed):
        """Sorted, shuffled or interleaved, the same rows are the same log."""
        shuffled = random.Random(seed).sample(rows, len(rows))  # noqa: S311  no secret
        assert facts(read_rows(shuffled)) == facts(read_rows(rows))

    @given(rows=csv_rows(ties=True))
    def test_rows_of_a_case_are_in_order_of_time_and_ties_keep_the_file_order(self, rows):
        """Rows at the same instant stay as the export had them, and are counted."""
        log = read_rows(rows)
        ties = 0
        for case in log.cases:
            order = [(row.at_us, row.line) for row in case.rows]
            assert order == sorted(order)
            ties += len(order) - len({at_us for at_us, _ in order})
        assert sum(notice.count for notice in log.quality.ties) == ties

    @given(rows=csv_rows())
    def test_words_and_teams_mean_what_the_mapping_says(self, rows):
        """Each row's status and line are those that the mapping gives its word and team."""
        for case in read_rows(rows).cases:
            for row in case.rows:
                assert row.meaning == WORDS[row.word]
                assert row.tier == LINE_OF[row.team]
                assert row.priority == {"low": "low", "high": "urgent"}[row.attribute("impact")]

    def test_a_priority_column_may_hold_the_policy_s_own_words(self):
        """Without words the column is taken as it is; an empty cell says nothing, and is counted."""
        log = small("id,at,p\n1,2026-01-01T00Z, high \n1,2026-01-01T01Z,\n", priority="p")
        assert [row.priority for row in log.cases[0].rows] == ["high", None]
        assert [(n.about, n.count) for n in log.quality.unmapped_priorities] == [("", 1)]

    def test_a_priority_word_without_a_meaning_is_counted(self):
        """What the mapping does not explain leaves the priority unknown and stands in the quality."""
        column = PriorityColumn("p", {"Major": "urgent"})
        log = small("id,at,p\n1,2026-01-01T00Z,Major\n1,2026-01-01T01Z,Huge\n", priority=column)
        assert [row.priority for row in log.cases[0].rows] == ["urgent", None]
        (notice,) = log.quality.unmapped_priorities
        assert (notice.about, notice.count, notice.examples[0].line) == ("Huge", 1, 3)
        assert not log.quality.is_clean

    def test_a_row_knows_its_line_in_the_file(self):
        """The line is the one an editor shows, header and line breaks in cells included."""
        log = small('id,at,note\n1,2026-01-01T00Z,"two\nlines"\n2,2026-01-01T01Z,x\n')
        assert [case.rows[0].line for case in log.cases] == [3, 4]

    def test_several_status_columns_are_joined(self):
        """Status and sub status make one word; an empty part leaves no slash behind."""
        log = small(
            "id,at,s,t\n1,2026-01-01T00Z,Done,Well\n1,2026-01-01T01Z,Done,\n",
            status=("s", "t"),
            words={"Done/Well": "resolved", "Done": "closed"},
        )
        assert [row.meaning for row in log.cases[0].rows] == [Status.RESOLVED, Status.CLOSED]

    def test_a_log_without_status_and_tier_can_be_read(self):
        """Case and instant are enough."""
        row = small("id,at\n1,2026-01-01T00Z\n").cases[0].rows[0]
        assert (row.tier, row.word, row.meaning, row.team, row.attributes) == (*[None] * 4, ())

    def test_a_log_survives_pickling(self):
        """A log can be sent to other processes."""
        log = read_rows([("1", at(0), "Solved", "desk a", "low")])
        assert pickle.loads(pickle.dumps((log, MAPPING))) == (log, MAPPING)  # noqa: S301  ours


class TestSources:
    @given(rows=csv_rows(ties=True))
    def test_gzip_byte_order_mark_path_and_dataframe_make_no_difference(
        self, rows, tmp_path_factory
    ):
        """A file, the same file packed, with a mark, or as a dataframe are one log."""
        plain = read_rows(rows)
        content = as_csv(rows)
        folder = tmp_path_factory.mktemp("logs")
        for name, data in (
            ("packed.csv", gzip.compress(content)),
            ("marked.csv", b"\xef\xbb\xbf" + content),
            ("unix.csv", content.replace(b"\r\n", b"\n")),
        ):
            path = folder / name
            path.write_bytes(data)
            assert read(path, mapping=MAPPING) == plain
        frame = pd.DataFrame(rows, columns=list(HEADER))
        assert facts(read(frame, mapping=MAPPING)) == facts(plain)

    @pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", None])
    def test_a_dataframe_may_hold_datetimes_and_numbers(self, zone):
        """Instants of a dataframe need not be text, nor ids; missing cells are empty."""
        when = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 10:30", None])
        frame = pd.DataFrame({"id": [7, 7, 8], "at": when, "team": ["a", None, "b"]})
        if zone is not None:
            frame["at"] = frame["at"].dt.tz_localize(zone)
        log = read(frame, case="id", at="at", zone="UTC", team="team")
        [case] = log.cases
        expected = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo(zone or "UTC"))
        assert (case.id, case.rows[0].at) == ("7", expected)
        assert case.rows[1].team == ""
        assert [(notice.about, notice.count) for notice in log.quality.unreadable] == [
            ("no instant", 1)
        ]

    def test_an_open_file_stays_open(self):
        """Who opens the file closes it."""
        for data in (b"id,at\n", gzip.compress(b"id,at\n")):
            file = io.BytesIO(data)
            assert read(file, case="id", at="at").cases == ()
            assert not file.closed

    def test_another_delimiter(self):
        """A semicolon between cells only needs saying."""
        log = small("id;at\n1;2026-01-01T00Z\n", delimiter=";")
        assert log.events == 1

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "a header line"),
            (b"id,at\n1,\xff\n", "UTF-8"),
            ("id,at\n".encode("utf-16"), "UTF-8"),
            (gzip.compress(b"id,at\n" * 9)[:-9], "whole gzip file"),
            (b"\x1f\x8b no gzip at all", "whole gzip file"),
            (b'"id,at\n1,2', "header"),
        ],
    )
    def test_a_file_that_is_no_log_is_refused_in_plain_words(self, content, message, tmp_path):
        """What is wrong with the file is said with its name."""
        path = tmp_path / "bad.csv"
        path.write_bytes(content)
        with pytest.raises(InvalidFile, match=rf"bad\.csv.*{message}"):
            read(path, case="id", at="at")

    def test_something_that_is_no_source_is_refused(self):
        """A number is no log."""
        with pytest.raises(BadInput, match="dataframe"):
            read(7, case="id", at="at")


class TestInstants:
    @given(
        when=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001  wall clock
        zone=st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]),
    )
    def test_the_clock_of_a_zone(self, when, zone):
        """An instant without an offset is read on the given clock; what it shows twice is told."""
        log = small(f"id,at\n1,{when.isoformat()}\n", zone=zone)
        local = when.replace(tzinfo=ZoneInfo(zone), fold=0)
        assert log.cases[0].rows[0].at == local.astimezone(UTC)
        # Counted the other way round: how many instants does this clock show as `when`?
        readings = {local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)}
        shown = [
            at for at in readings if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == when
        ]
        assert bool(log.quality.doubtful) == (len(shown) != 1)

    def test_a_time_shown_twice_takes_the_earlier_offset(self):
        """In the hour that repeats in autumn, the first pass counts, with a note."""
        log = small("id,at\n1,2026-10-25T02:30\n", zone="Europe/Berlin")
        assert log.cases[0].rows[0].at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        [notice] = log.quality.doubtful
        assert (notice.count, notice.examples[0].line) == (1, 2)

    def test_an_offset_in_the_data_wins_over_the_zone(self):
        """What the row says itself is never second-guessed."""
        log = small("id,at\n1,2026-10-25T02:30:00+05:30\n", zone="Europe/Berlin")
        assert log.cases[0].rows[0].at == datetime(2026, 10, 24, 21, tzinfo=UTC)
        assert log.quality.is_clean

    def test_a_format_of_ones_own(self):
        """A log may write its instants as its country does."""
        log = small("id,at\n1,02.03.2026 09:15\n", zone="UTC", at_format="%d.%m.%Y %H:%M")
        assert log.cases[0].rows[0].at == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


class TestDoubts:
    def test_every_unreadable_row_is_counted_with_reason_and_line(self):
        """Rows that cannot be read are told by reason, with where they stand."""
        log = small(
            "id,at\n"
            "1,2026-01-01T00:00Z\n"
            ",2026-01-01T00:00Z\n"
            "1,\n"
            "1,soon\n"
            "1,2026-01-01T00:00\n"
            "1\n"
            "1,2026-01-01T00:00Z,more\n"
            "1,0001-01-01T00:00+01:00\n"
            "\n"
            '1,"2026"x\n'
        )
        reasons = {notice.about: notice.examples[0].line for notice in log.quality.unreadable}
        assert [reason[:28] for reason, _ in sorted(reasons.items(), key=lambda item: item[1])] == [
            "no case",
            "no instant",
            "an instant that is not writt",
            "an instant without an offset",
            "fewer cells than the header ",
            "more cells than the header h",
            "an instant outside the years",
            "broken CSV: ',' expected aft",
        ]
        assert sorted(reasons.values()) == [3, 4, 5, 6, 7, 8, 9, 11]
        assert (log.events, log.quality.rows, log.quality.kept) == (1, 9, 1)

    def test_rows_after_a_broken_one_are_read(self):
        """One bad row costs one row."""
        log = small('id,at\n1,"a"b\n1,2026-01-01T00:00Z\n')
        assert (log.events, log.quality.rows) == (1, 2)

    def test_a_quote_that_never_closes_is_told(self):
        """The rest of the file is not swallowed without a word."""
        log = small('id,at\n1,2026-01-01T00:00Z\n1,"2026\n1,2026-01-01T00:00Z\n')
        [notice] = log.quality.unreadable
        assert "unexpected end of data" in notice.about

    @given(known=st.sets(st.sampled_from(sorted(WORDS))), rows=csv_rows())
    def test_an_unmapped_word_keeps_the_rows_other_facts(self, known, rows):
        """Words that the mapping lacks are counted one by one; their rows stay."""
        some = Mapping(
            case="case",
            at="when",
            status="state",
            words={word: WORDS[word] for word in known},
            team="team",
        )
        log = read_rows(rows, some)
        unmapped = {notice.about: notice.count for notice in log.quality.unmapped_words}
        assert unmapped == Counter(row[2] for row in rows if row[2] not in known)
        assert log.events == len(rows)
        assert all(row.team for case in log.cases for row in case.rows)

    def test_at_most_five_examples(self):
        """A million bad rows do not fill the screen."""
        log = small("id,at\n" + "1,x\n" * 50)
        [notice] = log.quality.unreadable
        assert notice.count == 50
        assert [example.line for example in notice.examples] == [2, 3, 4, 5, 6]

    def test_a_text_that_leads_to_no_tier_is_counted(self):
        """A team that no pattern knows has no line, and that is told."""
        tier = TierColumn("team", match={"^a": "N1"})
        log = small("id,at,team\n1,2026-01-01T00Z,apple\n1,2026-01-01T01Z,pear\n", tier=tier)
        assert [row.tier for row in log.cases[0].rows] == ["N1", None]
        assert [(each.about, each.count) for each in log.quality.unmapped_tiers] == [("pear", 1)]

    def test_a_tier_that_the_order_lacks_is_counted(self):
        """When the lines are declared, another name in the column is no line."""
        tier = TierColumn("line", order=("N1", "N2"))
        log = small("id,at,line\n1,2026-01-01T00Z,N1\n1,2026-01-01T01Z,N9\n", tier=tier)
        assert log.tiers == ("N1", "N2")
        assert [notice.about for notice in log.quality.unmapped_tiers] == ["N9"]

    def test_the_order_of_tiers_defaults_to_their_names(self):
        """A plain column of lines is ordered by name."""
        log = small("id,at,line\n1,2026-01-01T00Z,N2\n1,2026-01-01T01Z,N1\n", tier="line")
        assert log.tiers == ("N1", "N2")


class TestColumns:
    def test_a_missing_column_names_the_nearest(self):
        """A typing error in a column's name is answered with the name that was meant."""
        with pytest.raises(InvalidMapping, match=r"team: got 'tean'.*did you mean 'team'"):
            small("id,at,team\n", team="tean")

    def test_a_column_that_stands_twice_is_refused(self):
        """Which of two columns of one name was meant is not guessed."""
        with pytest.raises(InvalidFile, match="several columns 'at'"):
            small("id,at,at\n")

    def test_mapping_and_columns_together_are_refused(self):
        """Either the mapping speaks or the keywords do."""
        with pytest.raises(InvalidMapping, match="either"):
            read(io.BytesIO(b"id,at\n"), mapping=MAPPING, case="id")

    def test_a_file_that_is_not_there_is_an_os_error(self, tmp_path):
        """A missing file is told as everywhere in Python."""
        with pytest.raises(FileNotFoundError):
            read(Path(tmp_path) / "none.csv", case="id", at="at")
