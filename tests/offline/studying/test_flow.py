"""The chapter "flow" agrees with oracles that count the slow and simple way."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise

from hypothesis import given

from escalate import EscalationPolicy, Path, Tier
from escalate.offline import Case, Log, Row, read, study
from escalate.offline.figures import Share
from tests.offline.logs import TIERS
from tests.offline.studying.desks import (
    cases_of,
    changes,
    desk_rows,
    first_done,
    hourly,
    read_desk,
    solved,
)
from tests.offline.test_figures import check_spread


def flow(rows, **how):
    """The figures of the chapter."""
    return study(read_desk(rows), **how)["flow"].figures


def value(figures, key):
    """The value of a figure; none if it was left out."""
    return next((figure.value for figure in figures if figure.key == key), None)


def check_spreads(found, hours):
    """Compare spreads by name with lists of hours by name; names without hours do not matter."""
    assert {name for name, spread in found.items() if spread.cases} == set(hours)
    for name, spread in found.items():
        check_spread(spread, hours.get(name, []))


def arrows(case):
    """The way of a case over the flowchart, step by step."""
    lines = changes([row.line for row in case])
    end = "(completed)" if case[-1].done else "(not completed)"
    return list(zip(["(start)", *lines], [*lines, end], strict=True)) if lines else []


def stays_of(case):
    """Each stay as (line, next line or none, hours outside Completed), told hour by hour."""
    stays = []
    for row in case:
        if row.line and (not stays or stays[-1][0] != row.line):
            stays.append([row.line, None, row.hour])
    for stay, after in pairwise(stays):
        stay[1] = after[0]
    ends = [stay[2] for stay in stays[1:]] + [case[-1].hour] * bool(stays)
    hours = {case[0].hour + i: row for i, row in enumerate(hourly(case))}
    return [
        (line, to, sum(not hours[hour].done for hour in range(begin, end)))
        for (line, to, begin), end in zip(stays, ends, strict=True)
    ]


@given(rows=desk_rows())
def test_the_flowchart_has_every_step_of_every_case(rows):
    """Every case comes from the start, goes where its rows go, and ends once."""
    expected = Counter(arrow for case in cases_of(rows) for arrow in arrows(case))
    found = value(flow(rows), "flowchart") or {}
    assert {(a, b): n for a, row in found.items() for b, n in row.items()} == dict(expected)


@given(rows=desk_rows())
def test_the_flow_into_a_line_is_the_flow_out_of_it(rows):
    """No case is lost or made on the flowchart."""
    chart = value(flow(rows), "flowchart") or {}
    for line in TIERS:
        assert sum(row.get(line, 0) for row in chart.values()) == sum(chart.get(line, {}).values())


@given(rows=desk_rows())
def test_stays_are_counted_hour_by_hour(rows):
    """How long stays last, by line and by where they lead."""
    by_line, by_move = {}, {}
    for case in cases_of(rows):
        for line, to, hours in stays_of(case):
            if to or case[-1].done:
                by_line.setdefault(line, []).append(hours)
                by_move.setdefault((line, to or "(completed)"), []).append(hours)
    figures = flow(rows)
    check_spreads(value(figures, "stays_by_line") or {}, by_line)
    found = value(figures, "hours_before_move") or {}
    check_spreads({(a, b): each for a, row in found.items() for b, each in row.items()}, by_move)


@given(rows=desk_rows())
def test_where_cases_are_solved_for_good(rows):
    """By the line of the row from which on all rows are completed."""
    where = [solved(case) for case in cases_of(rows)]
    expected = {line: sum(bool(row) and row.line == line for row in where) for line in TIERS}
    unknown = sum(bool(row) and not row.line for row in where)
    expected |= {"unknown": unknown} if unknown else {}
    expected["not completed"] = where.count(None)
    assert (value(flow(rows), "solved_by_line") or expected) == expected


@given(rows=desk_rows())
def test_what_is_reopened_by_who_completed_it(rows):
    """Each time that a case becomes completed, and whether it stays so."""
    times, undone = Counter(), Counter()
    for case in cases_of(rows):
        for i, row in enumerate(case):
            if row.done and (i == 0 or not case[i - 1].done):
                times[row.line] += 1
                undone[row.line] += not all(later.done for later in case[i:])
    found = value(flow(rows), "reopened_by_line") or {}
    assert {name: (share.part, share.whole) for name, share in found.items() if share.whole} == {
        name or "unknown": (undone[name], times[name]) for name in times
    }


@given(rows=desk_rows())
def test_bounces_go_straight_back(rows):
    """A, B, A with nothing between; a detour over C is none, though the case came back."""
    for what, key in (("line", lambda row: row.line), ("team", lambda row: row.team)):
        bounced = []
        for case in cases_of(rows):
            names = changes([key(row) for row in case])
            triples = zip(names, names[1:], names[2:], strict=False)
            bounced.append([(a, b) for a, b, c in triples if a == c])
        figures = flow(rows)
        occurrences = sum(map(len, bounced))
        expected = {"cases": sum(map(bool, bounced)), "occurrences": occurrences}
        assert (value(figures, f"bounces_between_{what}s") or expected) == expected
        if what == "team" and value(figures, "bounces_by_team_pair"):
            assert sum(value(figures, "bounces_by_team_pair").values()) == occurrences


@given(rows=desk_rows())
def test_cases_that_came_back_are_slower_or_not(rows):
    """The way to the first completed row, apart for cases that somebody got back."""
    for what, key in (("line", lambda row: row.line), ("team", lambda row: row.team)):
        hours = {}
        for case in cases_of(rows):
            names = changes([key(row) for row in case])
            name = f"same {what} got it back" if len(set(names)) < len(names) else "others"
            if first_done(case):
                hours.setdefault(name, []).append(first_done(case).hour - case[0].hour)
        found = value(flow(rows), f"to_first_completed_if_back_to_same_{what}")
        if found is not None:
            check_spreads(found, hours)


@given(rows=desk_rows())
def test_once_was_enough(rows):
    """One line, one team, one person, no question to the customer, nothing reopened."""
    completed = [case for case in cases_of(rows) if first_done(case)]
    once = 0
    for case in completed:
        before = case[: case.index(first_done(case)) + 1]
        hands = [
            {row.line for row in before},
            {row.team for row in before},
            {r.who for r in before},
        ]
        alone = all(len(each - {None, ""}) <= 1 for each in hands)
        asked = any(row.word == "Asked" for row in before)
        back = any(not row.done for row in case[len(before) :])
        once += alone and not asked and not back
    assert (value(flow(rows), "first_contact_resolution") or Share(0, 0)) == Share(
        once, len(completed)
    )


@given(rows=desk_rows())
def test_what_a_bot_solves_nobody_else_had(rows):
    """Deflected cases never leave the lines without humans, and end completed."""
    cases = cases_of(rows)
    done = sum(case[-1].done and all(row.line == "N1" for row in case) for case in cases)
    found = value(flow(rows, bots=["N1"]), "deflection")
    assert (found or Share(done, len(cases))) == Share(done, len(cases))


@given(rows=desk_rows())
def test_variants_are_whole_sequences(rows):
    """Every sequence of words is one variant, every sequence of lines one way."""
    cases = cases_of(rows)
    words = Counter(tuple(row.word for row in case) for case in cases)
    ways = Counter(tuple(changes([row.line for row in case])) for case in cases)
    figures = flow(rows)
    assert value(figures, "variants_count") == len(words)
    found = value(figures, "variants").values()
    assert sorted(share.part for share in found) == sorted(words.values())
    assert {share.whole for share in found} == {len(cases)}
    expected = {" > ".join(way) or "(unknown)": n for way, n in ways.items()}
    found = value(figures, "ways")
    assert found is None or {name: share.part for name, share in found.items()} == expected


class TestEdges:
    def test_a_log_without_cases(self):
        """Nothing is divided by nothing, and lines that no case was in are no evidence."""
        figures = study(Log((), TIERS))["flow"].figures
        assert figures["cases"].value == 0
        assert "stays_in_first_line" in {each.key for each in figures.left_out}

    def test_a_log_without_lines_says_what_is_missing(self):
        """Each figure that needs lines is left out with the reason."""
        log = Log((Case("1", (Row(0, word="x"), Row(5, word="y"))),))
        chapter = study(log)["flow"]
        whys = {each.key: each.why for each in chapter.figures.left_out}
        assert "map a tier column" in whys["flowchart"]
        assert "map a team column" in whys["back_to_same_team"]
        assert "map a status column" in whys["first_contact_resolution"]
        assert chapter.figures["variants"].value == {"x > y": Share(1, 1)}

    def test_the_bots_of_a_policy_are_known(self):
        """Deflection needs no more than a policy that says which line is a bot."""
        policy = EscalationPolicy("p", [Tier("N1", kind="bot"), "N2"], [Path("N1", "N2")])
        rows = [("1", "2026-03-02T09:00Z", "Solved", "desk a", *["", "", "", "", ""])]
        assert study(read_desk(rows), policy=policy)["flow"].figures["deflection"].value == Share(
            1, 1
        )

    def test_a_question_to_the_customer_is_a_second_contact(self):
        """One team and one person are not enough where the customer had to be asked."""
        told = ["", "Ann", "", "", ""]
        rows = [
            ("1", "2026-03-02T09:00Z", "In work", "desk a", *told),
            ("1", "2026-03-02T10:00Z", "Asked", "desk a", *told),
            ("1", "2026-03-02T11:00Z", "Solved", "desk a", *told),
        ]
        assert flow(rows)["first_contact_resolution"].value == Share(0, 1)
        assert flow([rows[0], rows[2]])["first_contact_resolution"].value == Share(1, 1)

    def test_words_that_read_alike_stay_apart(self):
        """Two sequences never share a line, whatever their words hold."""
        one = Case("1", (Row(0, word="a"), Row(1, word="b")))
        other = Case("2", (Row(0, word="a > b"),))
        found = study(Log((one, other)))["flow"].figures["variants"].value
        assert sorted(share.part for share in found.values()) == [1, 1]

    def test_a_message_of_the_customer_is_a_second_contact(self):
        """In a desk's journal it shows; the case was not solved at the first contact."""
        header = "ticket,number,at,event,status,tier,priority\n"
        lines = [
            "1,1,2026-03-02T09:00Z,Opened,new,N1,low",
            "1,2,2026-03-02T10:00Z,CustomerReplied,open,N1,low",
            "1,3,2026-03-02T11:00Z,Resolved,resolved,N1,low",
        ]
        for kept, part in ((lines, 0), ([lines[0], lines[2]], 1)):
            file = io.BytesIO((header + "\n".join(kept)).encode())
            figures = study(read(file))["flow"].figures
            assert figures["first_contact_resolution"].value == Share(part, 1)
