"""Figures where a notebook asks for them, and moves as Mermaid draws them."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path
from escalate.errors import BadInput
from escalate.offline import compare, read, replay, study
from escalate.offline.figures import Figures, Spread
from escalate.offline.figures.values import Chapter, Value
from escalate.offline.reporting import Chaptered, Found, Mermaid, report
from escalate.offline.reporting.flow import flow_of
from escalate.policies.lanes import Lanes
from tests.policies.drawing import draw

from .samples import CHAPTER, EXAMPLE, FLOW, POLICY, SAMPLE, figure
from .strategies import HOSTILE, founds


@attrs.frozen
class Study(Chaptered):
    """Something with chapters, as another module has it."""

    chapters: tuple[Chapter, ...]


def chapter(*figures_: object) -> Chapter:
    """A chapter of these figures."""
    return Chapter("flow", "Flow", Figures(figures_))  # type: ignore[arg-type]


def test_whatever_has_chapters_shows_itself() -> None:
    """A study, a chapter, figures and one figure are shown in a notebook, each with its definition."""
    one = figure("cases", 7)
    things = [Study((CHAPTER,)), SAMPLE, CHAPTER, CHAPTER.figures, one, report(SAMPLE)]
    for each in things:
        html = each._repr_html_()  # type: ignore[attr-defined]
        assert html.startswith('<div class="escalate-report"><style>')
        assert html.endswith("</div>")
        assert "Counted by hand for a test." in html
        assert "<script" not in html
        assert " id=" not in html


@settings(max_examples=40, deadline=None)
@given(found=founds)
def test_anything_can_be_shown(found: Found) -> None:
    """No figure makes a notebook fail."""
    for part in found.chapters:
        assert part._repr_html_()
        for each in part.figures:
            assert each._repr_html_()


def test_jupyter_gets_the_type_that_it_draws() -> None:
    """JupyterLab finds Mermaid under its own type; anything else finds the text."""
    diagram = report(SAMPLE).to_mermaid()
    assert diagram._repr_mimebundle_()["text/vnd.mermaid"] == diagram
    assert diagram._repr_mimebundle_()["text/plain"] == str(diagram)
    assert isinstance(diagram, Mermaid)


def test_a_flowchart_has_counts_times_and_what_the_policy_lacks() -> None:
    """The way from N1 to N2 says how often and how long; one without a path says so."""
    diagram = report(SAMPLE, policy=POLICY).to_mermaid()
    assert 't0["N1<br/>4#46;1 h"]' in diagram or 't0["N1<br/>4.1 h"]' in diagram
    assert 't0 ==>|"1,834<br/>4' in diagram
    assert "no path" in diagram
    assert "-.->" in diagram


def test_mermaid_draws_it() -> None:
    """The real Mermaid draws the flowchart, and nothing in a name runs there."""
    names = [f"{name} z{place}" for place, name in enumerate(HOSTILE)][:11]
    hostile: dict[str, Value] = {
        a: {b: 1 + place}
        for place, (a, b) in enumerate(zip(names, names[1:] + names[:1], strict=True))
    }
    diagrams = [
        report(SAMPLE, policy=POLICY).to_mermaid(),
        report(Found([chapter(figure("moves", hostile, "flow"))])).to_mermaid(),
    ]
    for drawn in draw(diagrams):
        assert "error" not in drawn, drawn["error"]
        assert not drawn["dangerous"]
        assert drawn["labels"]


def test_paths_that_nobody_went_are_drawn_too() -> None:
    """A policy's way that no ticket took stands there with nought."""
    policy = EscalationPolicy("desk", ["N1", "N2", "N3"], [Path("N1", "N2"), Path("N2", "N3")])
    moves = figure("moves", {"N1": {"N2": 3}, "N2": {"N1": 1}}, "flow")
    flow = flow_of(moves, None, policy)
    assert flow is not None
    assert list(flow.boxes) == ["N1", "N2", "N3"]
    assert {(way.source, way.target): (way.times, way.kind) for way in flow.ways} == {
        ("N1", "N2"): (3, "escalate"),
        ("N2", "N3"): (0, "escalate"),
        ("N2", "N1"): (1, "none"),
    }


def test_tiers_stand_in_the_order_of_the_policy() -> None:
    """Start, tiers, end: wherever the log begins."""
    policy = EscalationPolicy("desk", ["N1", "N2", "N3"], [Path("N1", "N2")])
    value: dict[str, Value] = {"(start)": {"N3": 1}, "N3": {"N1": 1}, "N1": {"(end)": 1}}
    flow = flow_of(figure("moves", value, "flow"), None, policy)
    assert flow is not None
    assert list(flow.boxes) == ["(start)", "N1", "N2", "N3", "(end)"]


def test_a_log_of_a_hundred_teams_is_drawn_as_far_as_it_can_be_read() -> None:
    """The busiest ways are drawn; how many are not is said."""
    value: dict[str, Value] = {
        f"team {a}": {f"team {b}": a + b for b in range(100) if a != b} for a in range(100)
    }
    flow = flow_of(figure("moves", value, "flow"))
    assert flow is not None
    assert len(flow.boxes) <= 12
    assert len(flow.ways) == 24
    assert flow.left_out == 100 * 99 - 24
    assert max(way.times for way in flow.ways) == 99 + 98


pairs = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1])


@given(ways=st.lists(pairs, unique=True, max_size=24), rising=st.booleans())
def test_no_way_lies_on_another(ways: list[tuple[int, int]], rising: bool) -> None:
    """Ways share a lane only where one ends before the other begins, and all lie in the picture."""
    lanes = Lanes(6, tuple(ways), rising=rising, shared=True)
    wide, tall = lanes.size
    spans = [sorted((lanes.start(way), lanes.end(way))) for way in range(len(ways))]
    for one, (begins, ends) in enumerate(spans):
        assert 0 < begins < ends < tall
        assert lanes.edge < lanes.lane(one) < wide
        for other, (other_begins, other_ends) in enumerate(spans):
            if one != other and lanes.lane(one) == lanes.lane(other):
                assert ends < other_begins or begins > other_ends


def test_times_before_moves_stand_beside_their_ways() -> None:
    """The chapter's own figure of waiting times is the one that is drawn."""
    waits = figure("hours_before_move", {"N1": {"N2": Spread(1, 2.0, 2.0, 2.0)}})
    moves = figure("moves", FLOW, "flow")
    flow = flow_of(moves, chapter(moves, waits))
    assert flow is not None
    assert {way.wait for way in flow.ways if (way.source, way.target) == ("N1", "N2")} == {2.0}


def test_without_moves_there_is_no_diagram() -> None:
    """Who asks for a flowchart of a log without tiers learns why there is none."""
    with pytest.raises(BadInput, match="moves between tiers or teams"):
        report(Found([chapter(figure("cases", 7))])).to_mermaid()


def test_studies_replays_and_comparisons_show_themselves() -> None:
    """What the library finds is what a notebook shows, without a call of anything."""
    log = read(EXAMPLE / "log.csv", mapping=EXAMPLE / "mapping.toml")
    for found in (study(log), replay(log, POLICY), compare(log, POLICY, POLICY)):
        html = found._repr_html_()
        assert "28 rows read, 28 usable" in html
        assert all(f"<h3>{chapter.title}</h3>" in html for chapter in found.chapters)
    assert "The way of the cases" in report(study(log), replay(log, POLICY)).to_html()
