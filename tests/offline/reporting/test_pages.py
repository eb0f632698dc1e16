"""Reports as pages: everything is shown, nothing in a log comes alive, and anybody can read it."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from escalate.errors import BadInput
from escalate.offline.figures import Figure, Figures, Share, Spread
from escalate.offline.figures.values import Chapter
from escalate.offline.figures.words import shown
from escalate.offline.reporting import Found, report
from escalate.offline.reporting.cells import leaves
from escalate.offline.reporting.styles import DARK, LIGHT, MARKS, SCOPE, TEXTS, fragment

from .looking import look
from .samples import CHAPTER, FIGURES, LONG_WHY, POLICY, SAMPLE, WHY, example, figure
from .strategies import founds

ALONE = {"meta", "br", "link", "img", "input", "hr"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "a", "header", "h1", "h2", "h3", "h4", "p",
    "nav", "ul", "li", "main", "section", "table", "thead", "tbody", "tr", "th", "td", "strong", "small",
    "article",
    "figure", "details", "summary", "svg", "desc", "g", "rect", "line", "circle", "text", "path", "polyline",
}  # fmt: skip
SHOWN_BY_KEY = {"cases"}


class Page(HTMLParser):
    """The tags, attributes and texts of a page; every tag must be closed where it was opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.heads: list[int] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Keep the tag."""
        self.tags.add(tag)
        self.attributes += attrs
        if tag in ("h1", "h2", "h3", "h4", "h5"):
            self.heads.append(int(tag[1]))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        """Keep a tag that is closed at once."""
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """Nobody writes a comment."""
        pytest.fail(f"a comment: {data}")


def texts_of(found: Found) -> list[str]:
    """Every text that a page must show."""
    said = []
    for chapter in found.chapters:
        said += [chapter.title, *chapter.remarks]
        for each in chapter.figures:
            said += [each.title, each.definition, each.doubt]
            said += [name for path, _ in leaves(each.value) for name in path]
        said += [text for left in chapter.figures.left_out for text in (left.key, left.why)]
    for quality in filter(None, [found.quality]):
        for notice in (*quality.unmapped_words, *quality.ties):
            said += [notice.about, *(example.text for example in notice.examples)]
    return said


@settings(max_examples=150, deadline=None)
@given(found=founds)
def test_no_text_of_a_log_comes_alive(found: Found) -> None:
    """Whatever names tiers, teams and products, it is letters: no tag, no attribute, no comment."""
    for html in (report(found, title="<b>").to_html(), report(found)._repr_html_()):
        page = Page(html)
        assert page.tags <= TAGS
        for name, value in page.attributes:
            assert not name.startswith("on")
            assert name not in ("src", "href") or str(value).startswith("#")
        seen = "".join(page.texts)
        for text in texts_of(found):
            assert shown(text) in seen


@settings(max_examples=60, deadline=None)
@given(found=founds)
def test_nothing_invisible_gets_onto_a_page(found: Found) -> None:
    """Control characters and marks that turn the line around are written out."""
    html = report(found).to_html().replace("\n", "")
    assert all(letter.isprintable() or letter in "\u200c\u200d" for letter in html)


@settings(max_examples=60, deadline=None)
@given(found=founds)
def test_every_picture_is_whole_and_told(found: Found) -> None:
    """Each picture is well-formed XML with a title and a description, and keeps to numbers."""
    html = report(found).to_html()
    for piece in html.split('<svg role="img"')[1:]:
        depth, end = 1, 0
        while depth:
            opens, closes = piece.find("<svg", end), piece.find("</svg>", end)
            depth += 1 if -1 < opens < closes else -1
            end = (opens if -1 < opens < closes else closes) + 5
        picture = ElementTree.fromstring(f'<svg role="img"{piece[: end + 1]}')  # noqa: S314 - our own
        names = [child.tag.rpartition("}")[2] for child in picture][:2]
        assert names == ["title", "desc"]
        for each in picture.iter():
            for name in ("x", "y", "width", "height", "cx", "cy", "x1", "x2", "points", "d"):
                assert "nan" not in each.get(name, "")
                assert "inf" not in each.get(name, "")


@settings(max_examples=30, deadline=None)
@given(found=founds)
def test_the_same_figures_give_the_same_bytes(found: Found) -> None:
    """A report can be kept under version control: only figures change it."""
    assert report(found).to_html() == report(found).to_html()


def test_headings_are_in_order() -> None:
    """No level is skipped, so that one can go from heading to heading."""
    heads = Page(report(SAMPLE, example()).to_html()).heads
    assert heads[0] == 1
    assert heads.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(heads))


@pytest.fixture(scope="module")
def seen() -> list[dict[str, Any]]:
    """What Chromium shows of a page, a part of a notebook, and a page about nothing."""
    notebook = (
        '<!doctype html><html lang="en"><body><div class="outside"><p>x</p><h3>y</h3><table></table>'
        "<svg></svg></div>{}</body></html>"
    )
    twice = report(SAMPLE)._repr_html_() + CHAPTER._repr_html_()
    nothing = Found([Chapter("none", "Nothing", Figures(()))])
    pages = [
        report(SAMPLE, example(), title="A year", policy=POLICY).to_html(),
        notebook.format(""),
        notebook.format(twice),
        report(nothing).to_html(),
    ]
    return look(pages)


def test_every_chart_is_drawn(seen: list[dict[str, Any]]) -> None:
    """On a phone and a screen, by day and by night: no picture is empty, and each has a table behind it."""
    wanted = {each.title for each in FIGURES if each.key not in SHOWN_BY_KEY}
    for size in ("phone", "screen", "night"):
        charts = seen[0][size]["charts"]
        assert wanted <= {each["title"] for each in charts}
        for chart in charts:
            assert chart["width"] > 200, chart
            assert chart["height"] > 20, chart
            assert chart["marks"] > 0 or "0.0 %" in chart["desc"], chart
            assert chart["desc"], chart
            assert chart["tabled"], chart
            assert not chart["outside"], chart
            assert chart["colours"] > 2, chart


def test_nothing_is_asked_and_nothing_complains(seen: list[dict[str, Any]]) -> None:
    """No request leaves, nothing runs, and the console stays empty."""
    for each in seen:
        assert not each["asked"]
        assert not each["errors"]
        assert not each["screen"]["alive"]


def test_a_page_fits_a_phone_and_paper(seen: list[dict[str, Any]]) -> None:
    """No page scrolls sideways; on paper there are no links, and black stands on white."""
    for each in seen:
        assert each["phone"]["wider"] <= 0
        assert each["screen"]["wider"] <= 0
    assert seen[0]["paper"]["hidden"]
    assert seen[0]["paper"]["told"]
    assert seen[0]["paper"]["ground"] == "rgb(255, 255, 255)"
    assert 1 < seen[0]["paper"]["pages"] < 20


def test_a_page_can_be_found_through(seen: list[dict[str, Any]]) -> None:
    """One main part, a language, links that lead somewhere, names that are there once."""
    for each in (seen[0], seen[3]):
        assert each["screen"]["mains"] == 1
        assert each["screen"]["lang"] == "en"
        assert each["screen"]["links"]
        assert not each["screen"]["skipped"]
    for each in seen:
        assert not each["screen"]["twice"]


def test_a_notebook_keeps_its_looks(seen: list[dict[str, Any]]) -> None:
    """The rules of a report in a notebook reach nothing outside of it."""
    assert seen[1]["screen"]["outside"] == seen[2]["screen"]["outside"]
    assert len(seen[2]["screen"]["outside"]) == 4
    assert len(seen[2]["screen"]["charts"]) > 20


def test_every_rule_of_a_fragment_begins_with_its_class() -> None:
    """No selector of a fragment means anything but what lies in the report."""
    for rule in fragment().split("}")[:-1]:
        for selector in rule.partition("{")[0].strip().split(","):
            assert selector.strip().startswith(f".{SCOPE}"), selector


def luminance(colour: str) -> float:
    """The relative luminance of a colour, by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (MARKS, 3.0)], ids=["texts", "marks"])
def test_colours_can_be_told_apart(
    palette: dict[str, str], pairs: tuple[tuple[str, str], ...], least: float
) -> None:
    """Texts and drawn things stand out as WCAG AA asks, by day and by night."""
    for one, ground in pairs:
        assert contrast(palette[one], palette[ground]) >= least, (one, ground)


def test_a_count_is_so_many_times_its_mean() -> None:
    """A count that is held against a mean is no part of it, so it is no share of more than all."""
    html = figure("peaks", {"Monday": Share(55, 4.4)}, "bars")._repr_html_()
    assert "55, 12.5 times the mean of 4.4" in html
    assert "<td>55</td><td>4.4</td><td>12.5</td>" in html
    assert '<th scope="col">Times the mean</th>' in html
    assert " %" not in html


def test_a_median_says_what_it_is_of() -> None:
    """How long something took stands with how many cases that is told of."""
    spread = Spread(744, 2.0, 0.5, 6.0)
    html = figure("solved", spread)._repr_html_()
    assert '<p class="value">median 30 min<small>, 744 cases</small></p>' in html
    assert "median 1.0 h, 1 case" in figure("n", {"N1": Spread(1, 1.0, 1.0, 1.0)})._repr_html_()


def test_a_doubt_stands_beside_its_figure() -> None:
    """Who reads a figure reads what speaks against it, and its definition."""
    html = figure("kept", Share(1, 2), doubt="The log is short.")._repr_html_()
    assert "<strong>Doubt:</strong> The log is short." in html
    assert WHY in html


def test_a_long_definition_waits_behind_a_click() -> None:
    """A card is a figure first: what takes long to tell is folded, what is short stands open."""
    folded = '<details class="counted"><summary>How it is counted</summary><p class="definition">'
    assert f"{folded}{LONG_WHY}</p></details>" in figure("k", 1, why=LONG_WHY)._repr_html_()
    assert f"{folded}{'x' * 161}<" in figure("k", 1, why="x" * 161)._repr_html_()
    assert "How it is counted" not in figure("k", 1, why="x" * 160)._repr_html_()


def test_a_report_begins_in_short() -> None:
    """Before everything stand two sentences a chapter, verdicts behind, each with a way to its chapter."""
    fit = Chapter("fit", "Fit & <co>", Figures(()), ("Verdict: <fits>.", "one", "two", "three"))
    silent = Chapter("flow", "Flow", Figures(()))
    other = Chapter("other", "Other", Figures(()), ("last",))
    html = report(Found([silent, fit, other], SAMPLE.quality)).to_html()
    box = html.partition('<section class="in-short" id="in-short">')[2].partition("</section>")[0]
    fits = '<a href="#chapter-2">Fit &amp; &lt;co&gt;</a>'
    assert box.split("\n")[1:] == [
        "<h2>In short</h2><ul>",
        f"<li>one ({fits})</li>",
        f"<li>two ({fits})</li>",
        '<li>last (<a href="#chapter-3">Other</a>)</li>',
        f"<li>Verdict: &lt;fits&gt;. ({fits})</li>",
        "</ul>",
    ]
    assert html.index("In short</h2>") < html.index("Data quality</h2>")


def test_who_says_nothing_has_no_box() -> None:
    """A report without a remark begins with its data."""
    html = report(Found([Chapter("a", "A", Figures((FIGURES[0],)))])).to_html()
    assert "In short" not in html


def test_what_was_left_out_is_listed_with_why() -> None:
    """Nothing is missing in silence."""
    html = report(SAMPLE).to_html()
    assert "by_team: the log tells no team: map a team column" in html
    assert "65,533 rows read, 65,531 usable" in html
    assert "1 left out" in html


def test_a_long_table_says_how_much_is_missing() -> None:
    """A thousand names do not make a page of a thousand rows."""
    many = Found([Chapter("a", "A", Figures((figure("n", {f"{n}": n for n in range(1000)}),)))])
    html = report(many).to_html()
    assert html.count("<tr>") == 10 + 1 + 400 + 1
    assert "All 1,000 rows" in html
    assert "And 600 more; an export has them all." in html


def test_a_log_is_told_once() -> None:
    """Two parts from one log have one data quality, two logs have two."""
    once = report(SAMPLE, SAMPLE).to_html()
    assert once.count("Unreadable rows, left out") == report(SAMPLE).to_html().count(
        "Unreadable rows, left out"
    )
    assert "Log 2" in report(SAMPLE, example()).to_html()
    assert "Log 2" in report(report(SAMPLE, example())).to_html()


@pytest.mark.parametrize("part", [None, "text", Figure("a", "A", 1, "B"), 7])
def test_what_has_no_chapters_is_refused(part: Any) -> None:
    """Who reports something else learns what would work."""
    with pytest.raises(BadInput, match="something with chapters"):
        report(part)


def test_a_report_of_nothing_is_refused() -> None:
    """Nothing to report is a mistake."""
    with pytest.raises(BadInput, match="study"):
        report()
