"""One look at a file tells all that is wrong with it, each with its line."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import load_policy
from escalate.core import limits
from escalate.errors import BadInput, InvalidCondition, InvalidFile, SeveralProblems

CLASSIC = (FilePath(__file__).parents[2] / "examples" / "policies" / "classic.toml").read_text(
    encoding="utf-8"
)
# What is changed, into what, and where that is a mistake.
MISTAKES = [
    ("max_bounces = 2", "max_bounces = -2", "max_bounces"),
    ('entry = "N1"', 'entyr = "N1"', "entyr"),
    ('on_exhausted = "duty_manager"', 'on_exhausted = "nobody"', "on_exhausted"),
    ('timezone = "America/Sao_Paulo"', 'timezone = "Mars/Olympus"', "calendars.office.timezone"),
    ('title = "First line"', 'titel = "First line"', "tiers[0].titel"),
    ('title = "Product specialists"', "title = 3", "tiers[1].title"),
    ('channels = ["chat"', 'channels = [3, "chat"', "request_types[0].channels"),
    ('"hypothesis"]', '"hypo"]', "paths[1].requires"),
    ('to = "N3"\nwhen', 'to = "N4"\nwhen', "paths[4].to"),
    ('within = "24h"', 'within = "soon"', "targets[3].within"),
    ('within = "4h"', 'within = "4h"\ncalender = "always"', "targets[4].calender"),
    ('at = "50%", notify', 'at = "50%", notfy', "targets[4].steps[0].notfy"),
    ('reached("network_ok")', 'reached("netwrk_ok")', "rules[0].when"),
    (
        '"vip" in tags\'\nescalate_to = "N2"',
        '"vip" in tags\'\nescalate_to = "N8"',
        "rules[1].escalate_to",
    ),
    ('after = "3d"', 'after = "3 days"', "rules[2].after"),
    ('name = "not a simple login"', 'name = "vip starts higher"', "rules[1].name"),
]


def told(folder: FilePath, text: str, name: str = "desk.toml") -> BadInput:
    """The error that a file with this text gives."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_policy(path)
    return error.value


@given(st.lists(st.sampled_from(MISTAKES), unique=True, min_size=2))
def test_all_mistakes_are_told_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, mistakes: list[tuple[str, str, str]]
) -> None:
    """However many mistakes a file has, each is told where it stands, and nothing that follows from one."""
    text = CLASSIC
    for was, becomes, _ in mistakes:
        assert text.count(was) >= 1
        text = text.replace(was, becomes, 1)
    error = told(tmp_path_factory.getbasetemp(), text)
    assert isinstance(error, SeveralProblems)
    assert sorted(each.place for each in error.problems) == sorted(place for *_, place in mistakes)
    rows = text.split("\n")
    for each in error.problems:
        assert each.place.rpartition(".")[2] in rows[each.line - 1] + "name"
    assert [each.line for each in error.problems] == sorted(each.line for each in error.problems)


@pytest.mark.parametrize(
    ("was", "becomes", "place"),
    [
        ('fallback = "duty_manager"', "fallback = 3", "fallback"),
        ('fallback = "duty_manager"', 'falback = "duty_manager"', "falback"),
        ('priorities = ["urgent"]', "priorities = 3", "priorities"),
        ('to = "N2"', 'too = "N2"', "paths[0].too"),
        ('milestone = "network_ok"', "milestone = 3", "request_types[0].checklist[1].milestone"),
        ('name = "N3"', "name = 3", "tiers[2].name"),
        ('name = "tier_lead"', 'nmae = "tier_lead"', "receivers[0].nmae"),
        (
            '[calendars.office]\ntimezone = "America/Sao_Paulo"',
            "[calendars.office]",
            "calendars.office",
        ),
        ('clock = "resolution"\nwhen', "when", "targets[4]"),
    ],
)
def test_what_follows_from_a_mistake_is_left_unsaid(
    tmp_path: FilePath, was: str, becomes: str, place: str
) -> None:
    """One slip is one message, though a name, a way or a word is then missing in many places."""
    text = CLASSIC.replace("max_bounces = 2", 'priorities = ["urgent"]')
    assert was in text
    error = told(tmp_path, text.replace(was, becomes, 1))
    assert [each.place for each in error.problems] == [place]


def test_the_error_carries_its_data_over_processes(tmp_path: FilePath) -> None:
    """A host that checks policies in a worker gets the same error, with files, places and lines."""
    text = CLASSIC.replace("max_bounces = 2", "max_bounces = true").replace('"vip" in', '"vip" ni')
    error = told(tmp_path, text)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own error
    assert str(again) == str(error)
    assert again.code == "several-problems"
    assert again.got == 2
    first, second = again.problems
    assert isinstance(first, InvalidFile)
    assert isinstance(second, InvalidCondition)
    assert (first.file, first.place, first.line) == (str(tmp_path / "desk.toml"), "max_bounces", 8)
    assert (second.place, second.file) == ("rules[1].when", first.file)
    assert first.problems == (first,)


def test_one_mistake_is_that_mistake_itself(tmp_path: FilePath) -> None:
    """Nobody unpacks a list of one."""
    error = told(tmp_path, CLASSIC.replace("max_bounces = 2", "max_bounces = -2"))
    assert type(error) is InvalidFile
    assert (error.line, error.reason) == (8, "invalid-policy")


def test_more_mistakes_than_anybody_reads_are_counted(tmp_path: FilePath) -> None:
    """A file of rubbish gives a page, not a book."""
    error = told(
        tmp_path,
        CLASSIC.replace("title =", "titel =", 1)
        + "".join(f'[[rules]]\nname = "r{n}"\non = "opened"\nnotify = "x{n}"\n' for n in range(80)),
    )
    assert error.got == 81
    assert len(error.problems) == limits.PROBLEMS
    assert str(error).endswith(f"and {81 - limits.PROBLEMS} more")


def test_two_rules_of_one_name_are_told_apart(tmp_path: FilePath) -> None:
    """The same mistake in two rules of the same name is told for each, on its own line."""
    rule = '[[rules]]\nname = "a"\non = "opened"\nnotify = "x"\n'
    error = told(tmp_path, f'name = "d"\n[[tiers]]\nname = "N1"\n{rule}{rule}')
    assert [(each.place, each.line) for each in error.problems] == [
        ("fallback", None),
        ("rules[0].notify", 7),
        ("rules[1].name", 9),
        ("rules[1].notify", 11),
    ]


def test_json_has_places_and_lines_too(tmp_path: FilePath) -> None:
    """A policy in JSON is told the same way."""
    tables = {"name": "d", "tiers": [{"name": "N1", "titel": "x"}], "entry": "N2"}
    error = told(tmp_path, json.dumps(tables, indent=1), "desk.json")
    assert [(each.place, each.line) for each in error.problems] == [
        ("tiers[0].titel", 6),
        ("entry", 9),
    ]
    assert re.search(r"desk\.json:6: tiers\[0\]\.titel: got 'titel'", str(error))
