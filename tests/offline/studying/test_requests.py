"""Common requests: kinds counted by hand, clusters that do not depend on order, candidates in words."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate.core.status import Status
from escalate.offline import Case, Log, Row
from escalate.offline.figures.values import Share
from escalate.offline.studying import requests as module
from escalate.offline.studying.clustering import MOST_CLUSTERS, clusters
from escalate.offline.studying.kinds import MOST_NAMES
from escalate.offline.studying.requests import LONGEST_SUBJECT, Requests
from escalate.offline.studying.sampling import Sample
from escalate.offline.studying.terms import Terms
from tests.offline.studying.parts import (
    MINUTE,
    chapter_of,
    desks,
    in_parts,
    lived,
    logs,
    said,
    shares,
)

TERMS = Terms(tiers=("N1", "N2", "N3"))
DONE = (Status.RESOLVED, Status.CLOSED)


def request_of(case):
    """What the last row says that says anything."""
    told = [row.attribute("request_type") for row in case.rows if row.attribute("request_type")]
    return told[-1] if told else None


def runs_of(case):
    """The tiers one after the other, each with the minutes of work in it."""
    runs = []
    for tier, meaning, minutes in lived(case)[0]:
        if tier is not None:
            if not runs or runs[-1][0] != tier:
                runs.append([tier, 0])
            runs[-1][1] += minutes if meaning is Status.OPEN else 0
    return runs


@settings(max_examples=40)
@given(log=logs() | desks())
def test_kinds_are_counted_one_by_one(log):
    """How common, how long, solved by whom, passed on for nothing: each kind told from its rows."""
    figures = chapter_of(Requests, log, TERMS).figures
    kinds = {kind for kind in map(request_of, log.cases) if kind}
    keys = [figure.key for figure in figures]
    if not kinds:
        assert "common_request_type" not in keys
        return
    common = figures["common_request_type"].value
    assert set(common) == kinds
    has_work = any(row.meaning is Status.OPEN for case in log.cases for row in case.rows)
    assert ("work_request_type" in keys) is has_work
    for kind in kinds:
        cases = [case for case in log.cases if request_of(case) == kind]
        assert common[kind] == Share(len(cases), len(log.cases))
        if "solved_request_type" in keys:
            solvers = Counter(lived(case)[1] for case in cases)
            by_tier = figures["solved_request_type"].value[kind]
            assert by_tier == {tier: solvers[tier] for tier in TERMS.tiers}
        if has_work:
            rows = [each for case in cases for each in case.intervals()]
            minutes = sum(us for row, us in rows if row.meaning is Status.OPEN) / MINUTE
            assert figures["work_request_type"].value[kind] == pytest.approx(minutes / 60)
            check_candidates(figures, kind, cases)


def check_candidates(figures, kind, cases):
    """Hold the two lists of candidates against the runs of tiers."""
    at_once, up, soon = 0, Counter(), Counter()
    for case in cases:
        runs, solver = runs_of(case), lived(case)[1]
        at_once += len(runs) == 1 and solver is not None and 0 < runs[0][1] <= 15
        moves, quick = set(), set()
        for i in range(len(runs) - 1):
            (below, _), (above, worked) = runs[i], runs[i + 1]
            if below < above:
                moves.add((below, above))
                back = [tier for tier, _ in runs[i + 2 :]]
                if solver is not None and back in ([], [below]) and 0 < worked <= 15:
                    quick.add((below, above))
        up.update(moves)
        soon.update(quick)
    page = figures["help_page_request_type"].value
    assert page.get(kind, Share(at_once, len(cases))) == Share(at_once, len(cases))
    assert (kind in page) is (at_once >= 3)
    checks = figures["checklist_request_type"].value
    for move in up:
        name = f"{kind}, {move[0]} to {move[1]}"
        assert (name in checks) is (soon[move] >= 3)
        assert checks.get(name, Share(soon[move], up[move])) == Share(soon[move], up[move])


@settings(max_examples=40)
@given(log=logs() | desks(), where=shares, order=st.randoms())
def test_parts_and_order_do_not_matter(log, where, order):
    """Gathered in parts and put together, the chapter is the same to the byte."""
    assert said(in_parts(Requests, log, TERMS, where, order)) == said(
        chapter_of(Requests, log, TERMS)
    )


@given(
    texts=st.dictionaries(st.text(max_size=12), st.integers(1, 5), max_size=12), order=st.randoms()
)
def test_clusters_do_not_depend_on_order(texts, order):
    """Whatever people write, each text is in one cluster at most, and the order does not matter."""
    shuffled = list(texts.items())
    order.shuffle(shuffled)
    found = clusters(texts)
    assert clusters(dict(shuffled)) == found
    seen = [text for cluster in found for text in cluster.texts]
    assert len(set(seen)) == len(seen)
    assert set(seen) <= set(texts)
    sizes = [sum(texts[text] for text in cluster.texts) for cluster in found]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size > 1 for size in sizes)


@given(ids=st.lists(st.text(max_size=4), unique=True, max_size=30), cuts=shares, order=st.randoms())
def test_a_sample_is_the_same_in_parts(ids, cuts, order):
    """Who is drawn depends on the cases, not on how they were dealt out."""
    whole, parts = Sample(5), [Sample(5) for _ in range(4)]
    for i, each in enumerate(ids):
        whole.add(each, each)
        parts[cuts[i % len(cuts)]].add(each, each)
    order.shuffle(parts)
    together = Sample(5)
    for part in parts:
        together.merge(part)
    assert list(together) == list(whole)
    assert together.seen == whole.seen == len(ids)
    assert len(whole) == min(5, len(ids))


LANGUAGES = {
    "pt": (
        ("Minha senha está bloqueada", "senha bloqueada", "Senha bloqueada no portal"),
        ("Boleto não chegou", "não recebi o boleto", "boleto vencido"),
        ("Impressora não imprime", "impressora sem tinta", "a impressora não liga"),
    ),
    "zh": (
        ("忘记密码", "密码忘记了怎么办", "重置密码"),
        ("打印机不能打印", "打印机卡纸", "打印机无法打印文件"),
        ("发票没有收到", "请补开发票", "发票抬头错误"),
    ),
    "en": (
        ("VPN connection drops", "VPN disconnected again", "cannot connect to VPN"),
        ("invoice missing", "amount on invoice wrong", "invoice sent twice"),
        ("printer out of paper", "printer jammed", "no colour from printer"),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_says_the_same_is_together_in_any_script(language):
    """Nothing knows a language: what shares its telling words is one cluster, spaces or not."""
    groups = LANGUAGES[language]
    found = clusters({text: 1 for group in groups for text in group})
    assert {frozenset(cluster.texts) for cluster in found} == set(map(frozenset, groups))


def test_no_more_clusters_than_there_is_room_for():
    """A thousand subjects, each twice and none like another, are cut to the most that is shown."""
    words = [f"{a}{b}{c}xyz" for a in "bdfghjklmn" for b in "aeiou" for c in "prstvwzqx"]
    assert len(words) > MOST_CLUSTERS
    assert len(clusters(dict.fromkeys(words, 2) | {f"{word}!": 2 for word in words})) <= (
        MOST_CLUSTERS
    )


def passed_on(number, subject, minutes, back=False):
    """A case that N1 passes on after an hour, and N2 solves after some minutes of work."""
    rows = [
        Row(0, "N1", meaning=Status.OPEN, attributes=(("subject", subject),)),
        Row(60 * MINUTE, "N2", meaning=Status.OPEN),
        Row((60 + minutes) * MINUTE, "N1" if back else "N2", meaning=Status.OPEN),
        Row((61 + minutes) * MINUTE, "N1" if back else "N2", meaning=Status.RESOLVED),
    ]
    return Case(
        str(number), tuple(rows if back else [*rows[:2], rows[2]._replace(meaning=Status.CLOSED)])
    )


class TestWords:
    def test_candidates_for_the_checklist_come_as_a_sentence(self):
        """Most of these went to N2 and were solved in five minutes: N1 could have asked."""
        cases = [passed_on(n, "PIN blocked", 5) for n in range(4)]
        cases += [passed_on(n + 4, "my PIN is blocked", 4, back=True) for n in range(2)]
        cases += [passed_on(9, "PIN blocked", 300)]
        [remark] = chapter_of(Requests, Log(tuple(cases)), TERMS).remarks
        assert remark == (
            "Of 7 cases “PIN blocked” 7 went from N1 to N2; 6 of these were solved with at most 15 "
            "minutes of work there, half of them within 5: a check more for N1 may keep them."
        )

    def test_candidates_for_a_help_page_come_as_a_sentence(self):
        """What the first line solves in no time may be answered before anybody asks."""
        rows = (
            Row(0, "N1", meaning=Status.OPEN, attributes=(("subject", "forgot password"),)),
            Row(3 * MINUTE, "N1", meaning=Status.CLOSED),
        )
        chapter = chapter_of(Requests, Log(tuple(Case(str(n), rows) for n in range(3))), TERMS)
        assert "“forgot password” 3 were solved where they came in" in chapter.remarks[0]
        assert chapter.figures["help_page_subject"].value == {"forgot password": Share(3, 3)}

    def test_examples_are_told_with_how_often_they_came(self):
        """Whoever reads a cluster's name sees what people wrote."""
        cases = [passed_on(n, "PIN blocked", 5) for n in range(3)]
        cases += [passed_on(7, "my PIN is blocked", 5)]
        figures = chapter_of(Requests, Log(tuple(cases)), TERMS).figures
        assert figures["subject_examples"].value == {
            "PIN blocked": {"PIN blocked": 3, "my PIN is blocked": 1}
        }


class TestBounds:
    def test_many_subjects_are_sampled_and_it_is_said(self, monkeypatch):
        """Beyond a bound some cases stand for all, and every figure about them says how many."""
        monkeypatch.setattr(module, "MOST_SUBJECTS", 10)
        cases = tuple(passed_on(n, "PIN blocked", 5) for n in range(25))
        figures = chapter_of(Requests, Log(cases), TERMS).figures
        assert figures["common_subject"].value == {"PIN blocked": Share(10, 10)}
        assert "10 of 25 cases" in figures["common_subject"].doubt
        assert "10 of 25 cases" in figures["subject_examples"].doubt

    def test_a_long_subject_is_cut_and_it_is_said(self):
        """A letter pasted into the subject does not fill the memory."""
        cases = tuple(passed_on(n, "x" * 10_000, 5) for n in range(2))
        figure = chapter_of(Requests, Log(cases), TERMS).figures["common_subject"]
        assert f"2 subjects are longer than {LONGEST_SUBJECT}" in figure.doubt
        assert max(map(len, figure.value)) <= 60

    def test_a_column_of_free_text_names_no_kinds(self):
        """Where nearly every case has a product of its own, that is no product."""
        rows = [(Row(0, attributes=(("product", str(n)),)),) for n in range(MOST_NAMES + 1)]
        log = Log(tuple(Case(str(n), each) for n, each in enumerate(rows)))
        whys = {each.key: each.why for each in chapter_of(Requests, log, TERMS).figures.left_out}
        assert "too many to be kinds" in whys["common_product"]

    def test_names_that_look_alike_once_cut_stay_apart(self):
        """Two clusters whose names begin alike are two lines of a table."""
        texts = ["alpha " * 15 + "one two three four", "alpha " * 15 + "five six seven eight"]
        assert module._unused("a", {"a": None, "a (2)": None}) == "a (3)"
        assert module._short(texts[0]) == module._short(texts[1])


class TestEdges:
    def test_no_case(self):
        """An empty log has no requests, and says why for each kind."""
        chapter = chapter_of(Requests, Log(()), Terms())
        assert list(chapter.figures) == []
        assert len(chapter.figures.left_out) == 3
        assert chapter.remarks == ()

    def test_no_tiers_and_no_status(self):
        """What is asked for is known without knowing who solved it."""
        rows = (Row(0, attributes=(("product", "vpn"),)),)
        figures = chapter_of(Requests, Log((Case("1", rows),)), Terms()).figures
        assert [figure.key for figure in figures] == ["common_product"]
        whys = {each.key: each.why for each in figures.left_out}
        assert "tier" in whys["solved_product"]
        assert "in work" in whys["checklist_product"]
