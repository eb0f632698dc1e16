"""Do tiers fit: every figure behind the answer, told from the cases by hand."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import WorkCalendar
from escalate.core.status import Status
from escalate.offline import Case, Log, Row
from escalate.offline.figures.values import HOUR_US, Share
from escalate.offline.intervals import wilson
from escalate.offline.studying.boxes import FEWEST_LEFT
from escalate.offline.studying.fit import FEWEST_OWN, Fit
from escalate.offline.studying.terms import Terms
from tests.offline.studying.parts import (
    MINUTE,
    case_of,
    chapter_of,
    desks,
    in_parts,
    lived,
    logs,
    said,
    shares,
)

TERMS = Terms(tiers=("N1", "N2", "N3"))
OPEN, PENDING, DONE = Status.OPEN, Status.PENDING, Status.RESOLVED


def stays(case):
    """Each stay as tier, minutes without waits for the customer, minutes of work, end."""
    holders, solver = lived(case)
    found = []
    for tier, meaning, minutes in holders:
        if tier is None:
            continue
        if not found or found[-1][0] != tier:
            found.append([tier, 0, 0, "cut"])
        if len(found) > 1:
            found[-2][3] = "passed on"
        found[-1][1] += 0 if meaning is PENDING else minutes
        found[-1][2] += minutes if meaning is OPEN else 0
    if found and solver is not None:
        found[-1][3] = "solved"
    return found


def request_of(case):
    """What the last row says that says anything."""
    told = [row.attribute("request_type") for row in case.rows if row.attribute("request_type")]
    return told[-1] if told else ""


@settings(max_examples=40)
@given(log=logs())
def test_what_each_tier_has_and_does(log):
    """Cases and hours of work by tier."""
    figures = chapter_of(Fit, log, TERMS).figures
    keys = [figure.key for figure in figures]
    every = [stay for case in log.cases for stay in stays(case)]
    if not every:
        assert keys == []
        return
    for tier in TERMS.tiers:
        had = sum(any(stay[0] == tier for stay in stays(case)) for case in log.cases)
        assert figures["cases_by_tier"].value[tier] == had
        if "work_by_tier" in keys:
            minutes = sum(stay[2] for stay in every if stay[0] == tier)
            assert figures["work_by_tier"].value[tier] == pytest.approx(minutes / 60)


@settings(max_examples=40)
@given(log=desks())
def test_how_much_longer_those_take_that_moved(log):
    """Means of like cases, weighed by those that moved, with the interval of a textbook."""
    groups = {}
    moved = 0
    for case in log.cases:
        had = stays(case)
        if had and had[-1][3] == "solved":
            alike = (had[0][0], request_of(case), case.rows[0].priority)
            pair = groups.setdefault(alike, ([], []))
            pair[len(had) > 1].append(sum(stay[1] for stay in had) / 60)
            moved += len(had) > 1
    both = [pair for pair in groups.values() if min(map(len, pair)) > 1]
    whole = sum(len(there) for _, there in both)
    figures = chapter_of(Fit, log, TERMS).figures
    if not whole:
        assert "longer_when_moved" in {each.key for each in figures.left_out}
        return
    more = sum(
        len(there) / whole * (statistics.mean(there) - statistics.mean(stayed))
        for stayed, there in both
    )
    spread = sum(
        (len(there) / whole) ** 2
        * sum(statistics.variance(each) / len(each) for each in (stayed, there))
        for stayed, there in both
    )
    value = figures["longer_when_moved"].value
    assert value["hours"] == pytest.approx(more, abs=1e-9)
    assert value["at most"] - value["hours"] == pytest.approx(
        1.959963984540054 * math.sqrt(spread), abs=1e-9
    )
    assert value["hours"] - value["at least"] == pytest.approx(value["at most"] - value["hours"])
    assert figures["moved_and_compared"].value == Share(whole, moved)


@settings(max_examples=40)
@given(log=logs() | desks(), where=shares, order=st.randoms())
def test_parts_and_order_do_not_matter(log, where, order):
    """Gathered in parts and put together, the chapter is the same to the byte."""
    assert said(in_parts(Fit, log, TERMS, where, order)) == said(chapter_of(Fit, log, TERMS))


@settings(max_examples=40)
@given(log=desks(most=90))
def test_what_the_first_line_could_keep(log):
    """Solved elsewhere within what four of five of the first line's own cases need, type by type."""
    own, above, whole = {}, {}, 0
    for case in log.cases:
        had = stays(case)
        if had[0][0] != "N1" or had[-1][3] != "solved":
            continue
        whole += 1
        if len(had) == 1:
            own.setdefault(request_of(case), []).append(had[0][2])
        elif had[-1][0] != "N1":
            above.setdefault(request_of(case), []).append(sum(stay[2] for stay in had[1:]))
    everything = [minutes for each in own.values() for minutes in each]
    more = 0
    for request, minutes in above.items():
        likely = own.get(request, [])
        likely = likely if len(likely) >= FEWEST_OWN else everything
        if likely:
            marks = (
                statistics.quantiles(likely * 2, n=5, method="inclusive")
                if len(likely) == 1
                else (statistics.quantiles(likely, n=5, method="inclusive"))
            )
            more += sum(0 < each <= marks[3] + 1e-9 for each in minutes)
    value = chapter_of(Fit, log, TERMS).figures["could_keep"].value
    assert list(value.values()) == [
        wilson(len(everything), whole),
        wilson(more, whole),
        wilson(len(everything) + more, whole),
    ]


@settings(max_examples=40)
@given(log=desks(least=20, most=90))
def test_the_chance_that_a_tier_still_solves(log):
    """After each time shown, of the stays that went on, those that ended solved; and where half is lost."""
    figures = chapter_of(Fit, log, TERMS).figures
    ended = {"N1": [], "N2": [], "N3": []}
    for case in log.cases:
        for tier, minutes, _, end in stays(case):
            if end != "cut":
                ended[tier].append((minutes, end == "solved"))
    keys = [figure.key for figure in figures]
    shown = figures["still_solves"].value if "still_solves" in keys else {}
    boxes = figures["time_boxes"].value if "time_boxes" in keys else {}
    for tier, all_ in ended.items():
        assert (tier in shown) is (len(all_) >= FEWEST_LEFT)
        chances = list(shown.get(tier, {}).items())
        times = sorted(minutes for minutes, _ in all_)
        looked = [0.0] + [
            statistics.quantiles(times, n=20, method="inclusive")[i]
            for i in range(19)
            if len(times) > 1
        ]
        expected = {}
        for i, mark in enumerate(looked):
            left = [solved for minutes, solved in all_ if not i or minutes > mark + 1e-9]
            if len(left) >= FEWEST_LEFT:
                expected.setdefault(round(mark, 6), wilson(sum(left), len(left)))
        assert [share for _, share in chances] == list(expected.values())
        check_box(boxes.get(tier), expected)


def check_box(box, expected):
    """The box is where all that follow are below one half; its ends ask the ends of the intervals."""
    marks = list(expected.items())
    below = [all(share.value < 0.5 for _, share in marks[i:]) for i in range(len(marks))]
    surely = [all(share.high < 0.5 for _, share in marks[i:]) for i in range(len(marks))]
    if not any(below):
        assert box is None
        return
    assert box["box"] * 60 == pytest.approx(marks[below.index(True)][0], abs=1e-4)
    maybe = [share.low < 0.5 for _, share in marks]
    assert box["at least"] * 60 == pytest.approx(marks[maybe.index(True)][0], abs=1e-4)
    assert ("at most" in box) is any(surely)
    if any(surely):
        assert box["at most"] * 60 == pytest.approx(marks[surely.index(True)][0], abs=1e-4)


def test_times_that_look_alike_stay_apart():
    """Stays of seconds have as many lines in the table as those of days."""
    second = MINUTE // 60
    cases = []
    for n in range(200):
        rows = (Row(0, "N1", meaning=OPEN), Row(n * second // 10, "N1", meaning=DONE))
        cases.append(Case(str(n), rows))
    figure = chapter_of(Fit, Log(tuple(cases)), TERMS).figures["still_solves"]
    assert len(figure.value["N1"]) == 19  # a twentieth is left then, which is too few to look at


class TestVerdicts:
    def test_tiers_that_fit(self):
        """The first line solves nine of ten, and what goes up is hard: they fit, in numbers."""
        cases = [case_of(n, ("N1", 10)) for n in range(180)]
        cases += [case_of(n + 200, ("N1", 10), ("N2", 600)) for n in range(20)]
        chapter = chapter_of(Fit, Log(tuple(cases)), TERMS)
        assert chapter.remarks[0].startswith(
            "N1 solves 90.0% (85.1% to 93.4%) of what begins there"
        )
        assert chapter.remarks[-1].startswith(
            "Verdict: the tiers fit this work. N1 solves at least 85%"
        )

    def test_too_much_goes_up(self):
        """A third comes back solved in five minutes: the first line could have kept it."""
        cases = [case_of(n, ("N1", 10)) for n in range(120)]
        cases += [case_of(n + 200, ("N1", 10), ("N2", 5)) for n in range(60)]
        chapter = chapter_of(Fit, Log(tuple(cases)), TERMS)
        assert "(60) were solved elsewhere" in chapter.remarks[1]
        assert chapter.remarks[-1].startswith("Verdict: too much goes up. At least 27%")

    def test_the_first_line_only_passes_on(self):
        """Where hardly anything is solved that begins there, it is in the wrong place."""
        cases = [case_of(n, ("N1", 10)) for n in range(20)]
        cases += [case_of(n + 200, ("N1", 10), ("N2", 600)) for n in range(180)]
        chapter = chapter_of(Fit, Log(tuple(cases)), TERMS)
        assert "N1 passes on more than it solves from the start" in " ".join(chapter.remarks)
        assert chapter.remarks[-1].startswith("Verdict: N1 mostly passes on.")

    def test_a_few_cases_decide_nothing(self):
        """Two cases say nothing, and the verdict says so."""
        chapter = chapter_of(
            Fit, Log((case_of(1, ("N1", 10)), case_of(2, ("N1", 9), ("N2", 99)))), TERMS
        )
        assert chapter.remarks[-1].startswith("Verdict: open.")

    def test_a_time_box(self):
        """Quick ones are solved, slow ones passed on: after half an hour the question is due."""
        dice = random.Random(4)  # noqa: S311  chance for a test
        cases = [case_of(n, ("N1", dice.randint(1, 30))) for n in range(200)]
        cases += [case_of(n + 300, ("N1", dice.randint(30, 60)), ("N2", 600)) for n in range(150)]
        chapter = chapter_of(Fit, Log(tuple(cases)), TERMS)
        box = chapter.figures["time_boxes"].value["N1"]
        assert 0 < box["at least"] <= box["box"] <= box["at most"] <= 0.5
        assert "of wall clock in N1" in " ".join(chapter.remarks)
        assert "N2 solves more than it passes on" in " ".join(chapter.remarks)

    def test_no_effect_is_claimed(self):
        """That cases which move take longer is a difference, and the sentence says what it is not."""
        cases = [case_of(n, ("N1", 10 + n)) for n in range(5)]
        cases += [case_of(n + 9, ("N1", 10), ("N2", 60 + n)) for n in range(5)]
        chapter = chapter_of(Fit, Log(tuple(cases)), TERMS)
        [remark] = [each for each in chapter.remarks if "moved took" in each]
        assert "no effect of the move" in remark
        assert "not the effect" in chapter.figures["longer_when_moved"].definition


class TestEdges:
    @pytest.mark.parametrize(
        "log",
        [
            Log(()),
            Log(
                (
                    Case(
                        "1",
                        (Row(0), Row(9)),
                    ),
                )
            ),
        ],
    )
    def test_no_case_or_no_tier(self, log):
        """Without lines nobody can say whether they fit."""
        chapter = chapter_of(Fit, log, TERMS)
        assert list(chapter.figures) == []
        assert chapter.remarks == ()
        assert len(chapter.figures.left_out) == 7

    def test_nobody_says_which_line_is_the_first(self):
        """Names of lines do not say their order; the study must be told."""
        chapter = chapter_of(Fit, Log((case_of(1, ("N1", 10)),)), Terms())
        assert "which is the first" in chapter.figures.left_out[0].why

    def test_no_status(self):
        """Without a status it is known who had a case, and not who solved it."""
        chapter = chapter_of(Fit, Log((Case("1", (Row(0, "N1"), Row(9, "N2"))),)), TERMS)
        assert [figure.key for figure in chapter.figures] == ["cases_by_tier"]
        assert len(chapter.figures.left_out) == 6
        assert chapter.remarks == ()

    def test_open_time_counts_where_hours_are_known(self):
        """A night between two rows is no work of anybody."""
        office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
        friday = 15 * 24 * HOUR_US + 16 * HOUR_US  # 1970-01-16, 16:00
        rows = (Row(friday, "N1", meaning=OPEN), Row(friday + 66 * HOUR_US, "N1", meaning=DONE))
        terms = Terms(tiers=("N1",), hours=office)
        figure = chapter_of(Fit, Log((Case("1", rows),)), terms).figures["work_by_tier"]
        assert figure.value == {"N1": 2.0}
        assert "open time" in figure.definition

    def test_cases_beyond_the_calendar_are_counted(self):
        """A case of the year 1000 has no open time; it is left out and every figure says so."""
        office = WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
        old = Case("2", (Row(-(3 * 10**16), "N1", meaning=OPEN), Row(0, "N1", meaning=DONE)))
        log = Log((old, case_of(1, ("N1", 10))))
        figure = chapter_of(Fit, log, Terms(tiers=("N1",), hours=office)).figures["cases_by_tier"]
        assert figure.value == {"N1": 1}
        assert "1 of 2 cases" in figure.doubt
