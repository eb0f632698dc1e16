"""Regular expressions from a user's file cannot hang the reader."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.errors import PatternRefused
from escalate.offline.patterns import MAX_TEXT, guarded, matches

HARMLESS = [
    "",
    " 2nd",
    " 3rd$",
    r"^[A-Z]\d+$",
    "^(team|desk) (alpha|beta|gamma)( 2nd)?$",
    "(?i)second line",
    "(?P<line>N[123])",
    "(?:ab){2}",
    "a*b*c*",
    r"[\]*+(]x{2,4}?",
    r"\(\*\)",
    "x{}",
    "[]*]",
]
DANGEROUS = {
    "(a+)+": "on a group",
    "(a*)*": "on a group",
    "(a|b){2,}": "on a group",
    "(a){,}": "on a group",
    "a*b*c*d*": "at most 3",
    r"(a)\1": "back-references",
    "(?P<x>a)(?P=x)": "look-around",
    "a(?=b)": "look-around",
    "(?<!a)b": "look-around",
    "(a)(?(1)b|c)": "look-around",
    "(?x) a": "flag",
    "(?>a)": "back-reference or flag",
    "a?" * 40: "fewer alternatives",
    "(a|a)" * 40: "fewer alternatives",
    "(a|a){40}": "fewer alternatives",
    "((a?){9}){9}": "fewer alternatives",
    "x" * 201: "200 characters",
    "(": "unterminated",
    "a{99999999999}": "too large",
    "[[a]": "nested set",
    r"\q": "bad escape",
}


@pytest.mark.parametrize("pattern", HARMLESS)
def test_everyday_patterns_are_accepted(pattern):
    """What people write to tell teams apart just works."""
    assert guarded(pattern).pattern == pattern


@pytest.mark.parametrize(("pattern", "why"), DANGEROUS.items())
def test_a_refused_pattern_says_what_would_work(pattern, why):
    """A pattern that could run away is refused, with what to write instead."""
    with pytest.raises(PatternRefused, match=re.escape(why)) as refused:
        guarded(pattern, "tier.match[0].pattern")
    assert str(refused.value).startswith("tier.match[0].pattern: got ")


def test_something_that_is_no_text_is_refused():
    """A number is no pattern."""
    with pytest.raises(PatternRefused):
        guarded(7)


@given(pattern=st.text("ab()|?*+{}1,2[]^-\\d.", max_size=14), text=st.text("ab1", max_size=20))
def test_an_accepted_pattern_means_what_re_says(pattern, text):
    """The guard only says yes or no; it never changes what a pattern finds."""
    try:
        accepted = guarded(pattern)
    except PatternRefused:
        return
    assert matches(accepted, text) == bool(re.search(pattern, text))


@given(
    parts=st.lists(
        st.sampled_from(
            ["a?", "a*", "a+", "(a|a)", "(a?)", "a{0,5}", "(a|aa)?", "a{2,}", "b?", "."]
        ),
        max_size=12,
    )
)
def test_every_accepted_pattern_comes_to_an_end_on_a_text_made_to_hurt_it(parts):
    """Whatever passes the guard comes to an end on the longest text that is tried."""
    try:
        accepted = guarded("".join(parts) + "c")
    except PatternRefused:
        return
    assert not matches(accepted, "a" * MAX_TEXT)


def test_a_long_text_is_not_tried():
    """A text beyond the cap matches nothing, so it shows up as unmapped."""
    assert matches(guarded("a"), "a" * MAX_TEXT)
    assert not matches(guarded("a"), "a" * (MAX_TEXT + 1))
