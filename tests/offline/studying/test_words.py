"""What a study and a replay say is said in words that a reader of the page can see."""

from __future__ import annotations

import re

import pytest

from escalate import load_policy
from escalate.offline import compare, read, replay, study
from escalate.offline.figures import measure
from escalate.offline.figures.values import Chapter

from .reference import full_log

EXAMPLE = "examples/replay/"
POLICY = load_policy(EXAMPLE + "policy.toml")
LOGS = {
    "all that can be told": full_log(),
    "the example": read(EXAMPLE + "log.csv", mapping=EXAMPLE + "mapping.toml"),
}
REFERENCE = re.compile(r"\b(?:as|of|that|what|to) '([^']+)'")


@pytest.fixture(scope="module", params=LOGS)
def chapters(request: pytest.FixtureRequest) -> list[Chapter]:
    """All chapters over a log: of a study with a policy and without, a replay, a comparison."""
    log = LOGS[request.param]
    return [
        *study(log, policy=POLICY, bots=["N1"]).chapters,
        *study(log).chapters,
        *replay(log, POLICY).chapters,
        *compare(log, POLICY, POLICY).chapters,
        Chapter("figures", "Figures", measure(log)),
    ]


def test_no_definition_calls_a_figure_by_its_key(chapters: list[Chapter]) -> None:
    """Keys are for files: on a page nobody sees them, and names of modules neither."""
    keys = {figure.key for chapter in chapters for figure in chapter.figures}
    keys |= {left.key for chapter in chapters for left in chapter.figures.left_out}
    for figure in (figure for chapter in chapters for figure in chapter.figures):
        words = set(re.findall(r"\w*_\w*", f"{figure.definition} {figure.doubt}"))
        assert not words & keys, figure.key
        assert "escalate." not in figure.definition, figure.key


def test_a_definition_refers_to_figures_that_are_there(chapters: list[Chapter]) -> None:
    """A figure that a definition is built upon stands in the same chapter, under that title."""
    referred = set()
    for chapter in chapters:
        titles = {figure.title for figure in chapter.figures}
        for figure in chapter.figures:
            found = set(REFERENCE.findall(figure.definition))
            assert found <= titles, figure.key
            referred |= found
    assert {"Moves between lines", "In work, by case", "Cases by team"} <= referred
