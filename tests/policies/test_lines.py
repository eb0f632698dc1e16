"""Every value of a file is found on the line where it stands."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate.policies.lines import Lines, Parts, json_lines, toml_lines
from escalate.policies.tomltext import document, inline, key
from tests.policies.test_writing import TABLES

EXAMPLES = sorted((FilePath(__file__).parents[2] / "examples").rglob("*.toml"))


def leaves(value: Any, parts: Parts = ()) -> Iterator[tuple[Parts, Any]]:
    """Every value that is no table and no list, with its place."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*parts, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*parts, index))
    else:
        yield parts, value


def nests(value: Any, parts: Parts = ()) -> Iterator[Parts]:
    """The place of every table and list below the top."""
    if isinstance(value, dict | list):
        if parts:
            yield parts
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in inside:
            yield from nests(each, (*parts, name))


def every_leaf_is_on_its_line(text: str) -> None:
    """What tomllib reads at a place is written on the line that is found for it."""
    found, rows = toml_lines(text), text.replace("\r\n", "\n").split("\n")
    read = tomllib.loads(text)
    for parts, value in leaves(read):
        row = rows[found[parts] - 1]
        if isinstance(value, str):
            assert inline(value) in row or '"""' in row or "'''" in row or value in row
        elif not isinstance(value, float):
            assert str(value).lower() in row.lower() or "0x" in row
        if isinstance(parts[-1], str):
            assert parts[-1] in row or key(parts[-1]) in row
    assert set(nests(read)) <= set(found)
    assert set(found) == {*nests(read), *(parts for parts, _ in leaves(read))}


@given(TABLES, TABLES, st.sampled_from(["\n", "\r\n"]))
def test_every_value_of_a_written_file_has_its_line(
    table: dict[str, Any], plain: dict[str, Any], end: str
) -> None:
    """Whatever values, keys and line ends a file has, each value is found where it is."""
    tables: dict[str, Any] = plain | {"t": {"a b": table, "c": table}, "l": [table, table]}
    every_leaf_is_on_its_line(document(tables).replace("\n", end))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_value_of_the_examples_has_its_line(path: FilePath) -> None:
    """With comments, lists over several lines and inline tables as people write them."""
    every_leaf_is_on_its_line(path.read_text(encoding="utf-8"))


ODD = '''# first line
title.short = "a" # dotted
"quoted key" . 'lit' = 'b'
text = """
[[not a table]]
c = "d" \\"""" # still text, then its end
raw = \'\'\'it's '' ]\'\'\'
when = 1979-05-27 07:32:00   # a blank in a value
at = 07:32:00
numbers = [ 1, # one
  2,
  [ "]", "#" ], { x = [
    3 ], y.z = 4 },
]
[ a . "b.c" ]
d = -1.5e3
[[ list ]]
[list.inner]
e = true
[[list.more]]
[[list.more]]
f = "g"
[[list]]
[list.inner]
e = false
[a]
late = 1
'''


QUOTES = "\n".join(['a = """"x"""""', "b = ''''x'''''", "c = 3"])


def test_quotes_at_the_ends_of_long_texts() -> None:
    """A text in three quotes may begin and end with quotes of its own."""
    assert tomllib.loads(QUOTES) == {"a": '"x""', "b": "'x''", "c": 3}
    assert toml_lines(QUOTES) == {("a",): 1, ("b",): 2, ("c",): 3}


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (("title", "short"), 2),
        (("quoted key", "lit"), 3),
        (("text",), 4),
        (("raw",), 7),
        (("when",), 8),
        (("numbers", 1), 11),
        (("numbers", 2, 1), 12),
        (("numbers", 3, "x", 0), 13),
        (("numbers", 3, "y", "z"), 13),
        (("a", "b.c"), 15),
        (("a", "b.c", "d"), 16),
        (("list",), 17),
        (("list", 0, "inner", "e"), 19),
        (("list", 0, "more", 1, "f"), 22),
        (("list", 1), 23),
        (("list", 1, "inner", "e"), 25),
        (("a",), 26),
        (("a", "nothing", "there"), 26),
        (("nothing",), None),
    ],
)
def test_the_odd_corners_of_toml(parts: Parts, line: int | None) -> None:
    """Dotted and quoted keys, texts of several lines, lists of lists, tables in any order."""
    assert Lines(ODD, toml_lines).of(parts) == line


def test_the_odd_file_as_a_whole() -> None:
    """No value of it is missed, and nothing is found that is not there."""
    read = tomllib.loads(ODD)
    assert set(toml_lines(ODD)) == {*nests(read), *(parts for parts, _ in leaves(read))}


@given(TABLES, st.sampled_from([None, 1]))
def test_every_value_of_a_json_file_has_its_line(table: dict[str, Any], indent: int | None) -> None:
    """In JSON too, on one line or on many."""
    text = json.dumps(table, indent=indent)
    found, rows = json_lines(text), text.split("\n")
    for parts, value in leaves(table):
        assert json.dumps(value) in rows[found[parts] - 1]
    assert set(found) == {*nests(table), *(parts for parts, _ in leaves(table))}
