"""Conditions in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.core.conditions import Vocabulary, parse
from escalate.policies.handbook.conditions import in_words
from escalate.policies.handbook.language import LANGUAGES, find_language
from escalate.testing.strategies import TIMED

WORDS = Vocabulary(
    tiers=("N1", "N2"), request_types=("login",), milestones=("password_verified", "network_ok")
)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('priority >= "high"', 'the priority is at least "high"'),
        (
            'status in ("pending", "on_hold")',
            "the status is waiting for the customer or waiting for a third party",
        ),
        ("assignee == none", "the assignee is not set"),
        ("assignee != none", "the assignee is set"),
        ('not reached("network_ok")', 'the check "network_ok" is not done'),
        ('"vip" not in tags', 'it is not tagged "vip"'),
        ('age > "1d12h"', "the age of the ticket is above 1 day 12 hours"),
        ("fields.paid == true", 'the field "paid" is yes'),
        (
            "moves >= 1 and (bounces == 0 or reopens > 2)",
            "the number of moves is at least 1 and (the number of times it came back is 0 or the "
            "number of reopenings is above 2)",
        ),
        (
            'moves >= 1 and bounces == 0 or "vip" in tags',
            "(the number of moves is at least 1 and the number of times it came back is 0) or it is "
            'tagged "vip"',
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: str, said: str) -> None:
    """Somebody who never saw a condition understands it, brackets included."""
    assert in_words(condition, WORDS, find_language("en")) == said


def test_a_condition_is_said_in_each_language() -> None:
    """The same in Portuguese and Chinese."""
    condition = '"vip" in tags and not priority == "low"'
    assert in_words(condition, WORDS, find_language("pt-BR")) == (
        "tem a etiqueta “vip” e não é verdade que a prioridade é “low”"
    )
    assert (
        in_words(condition, WORDS, find_language("zh-CN")) == "带有标签“vip”，且并非优先级是“low”"
    )


def test_a_python_function_is_named() -> None:
    """What only the program knows is said to be so."""
    assert "is_big" in in_words(is_big, WORDS, find_language("en"))


def is_big(ticket: object) -> bool:
    """A condition in Python."""
    return bool(ticket)


CONDITIONS = [each for each in TIMED if each]


@given(
    parts=st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=4),
    ops=st.lists(
        st.sampled_from([" and ", " or ", " and not ", " or not "]), min_size=3, max_size=3
    ),
    code=st.sampled_from(LANGUAGES),
)
def test_other_conditions_are_other_words(parts: list[str], ops: list[str], code: str) -> None:
    """Two conditions that differ never read the same, in any language."""
    text = f"({parts[0]})" + "".join(
        f"{op}({part})" for op, part in zip(ops, parts[1:], strict=False)
    )
    whole, first = parse(text, WORDS, clock=True), parse(parts[0], WORDS, clock=True)
    language = find_language(code)
    said = in_words(whole, WORDS, language)
    assert said
    assert (said == in_words(first, WORDS, language)) is (str(whole) == str(first))
