"""The texts of the three languages belong together."""

from __future__ import annotations

import string

import pytest

from escalate.core.clockkinds import BUILT_IN, WORDS
from escalate.core.condition.types import KINDS
from escalate.core.model import HANDOFF_FIELDS
from escalate.core.status import Status
from escalate.errors import BadInput
from escalate.policies.handbook.language import LANGUAGES, find_language
from escalate.policies.handbook.texts import Text, en

FORMS = {"en": 2, "pt-BR": 2, "zh-CN": 1}


def blanks(text: str) -> set[str]:
    """The names of the blanks of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms(text: Text) -> tuple[str, ...]:
    """Every form of a text."""
    return (text,) if isinstance(text, str) else text


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_everything(code: str) -> None:
    """No language lacks a text that another has, nor a blank in it."""
    texts = find_language(code).texts
    assert texts.keys() == en.TEXTS.keys()
    for key, text in texts.items():
        counted = isinstance(en.TEXTS[key], tuple)
        assert isinstance(text, tuple) is counted, key
        assert len(forms(text)) == (FORMS[code] if counted else 1), key
        for each in forms(text):
            assert blanks(each) == blanks(forms(en.TEXTS[key])[0]), key


def test_every_word_of_a_policy_has_a_text() -> None:
    """Clocks, events, statuses, subjects of conditions and handoff fields are said in words."""
    wanted = [f"clock.{name}" for name in BUILT_IN] + [f"on.{word}" for word in WORDS]
    wanted += [f"status.{status}" for status in Status]
    wanted += [f"subject.{name}" for name in KINDS if name not in ("tags", "milestones")]
    wanted += [
        f"{part}" for field in HANDOFF_FIELDS for part in (f"field.{field}", f"{field}.means")
    ]
    assert set(wanted) <= en.TEXTS.keys()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["0 hours", "1 hour", "2 hours", "1.5 hours"]),
        ("pt-BR", ["0 hora", "1 hora", "2 horas", "1.5 hora"]),
        ("zh-CN", ["0 小时", "1 小时", "2 小时", "1.5 小时"]),
    ],
)
def test_plurals_follow_each_language(code: str, said: list[str]) -> None:
    """Portuguese counts up to two as one, Chinese never changes the noun."""
    language = find_language(code)
    assert [language.say("unit.h", n=count) for count in (0, 1, 2, 1.5)] == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "Fri 6 March 2026, 18:00"),
        ("pt-BR", "sex., 6 de março de 2026, 18:00"),
        ("zh-CN", "2026年3月6日（周五）18:00"),
    ],
)
def test_dates_are_written_as_people_write_them(code: str, said: str) -> None:
    """An instant is shown on the wall of the desk's own zone."""
    assert find_language(code).instant(1_772_830_800_000_000, "America/Sao_Paulo") == said


def test_a_name_is_never_read_as_a_text() -> None:
    """Braces in a name of the policy come out as they are."""
    assert (
        find_language("en").say("event.rule", name="{n} {0.__class__}") == "Rule {n} {0.__class__}."
    )


def test_an_unknown_language_names_the_known_ones() -> None:
    """A language that is not there is refused with those that are; case does not matter."""
    with pytest.raises(BadInput, match="known: en, pt-BR, zh-CN"):
        find_language("de")
    assert find_language("PT_br").code == "pt-BR"
