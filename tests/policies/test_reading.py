"""Policy files: what they say, and what is said about those that are wrong."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, SLAPolicy, Target, Tier, WorkCalendar, load_policy
from escalate.errors import BadInput, InvalidFile
from escalate.policies.shapes import POLICY, RULE, STEP, TARGET

EXAMPLES = sorted(
    path
    for path in (FilePath(__file__).parents[2] / "examples").rglob("*.toml")
    if not path.name.endswith(".cases.toml")
    if path.name != "mapping.toml"
)

TOML = """
name = "support"
version = "2026-11"
entry = "N1"

[calendars.office]
timezone = "America/Sao_Paulo"
hours = { mon-fri = ["09:00-12:00", "13:00-18:00"] }
holidays = ["2026-12-25"]

[[tiers]]
name = "N1"
title = "First line"
handles = ["simple and known requests"]
[[tiers]]
name = "N2"

[[paths]]
from = "N1"
to = "N2"
[[paths]]
from = "N2"
to = "N1"
kind = "return"

[[targets]]
clock = "ownership"
tiers = ["N1"]
within = "12h"
[[targets]]
clock = "resolution"
within = "80h"
default = true
pause_while = ["pending"]
"""

PYTHON = EscalationPolicy(
    "support",
    [Tier("N1", "First line", handles=["simple and known requests"]), "N2"],
    [Path("N1", "N2"), Path("N2", "N1", kind="return")],
    sla=SLAPolicy(
        [
            Target("ownership", "12h", tiers=["N1"]),
            Target("resolution", "80h", default=True, pause_while=["pending"]),
        ]
    ),
    calendars={
        "office": WorkCalendar(
            timezone="America/Sao_Paulo",
            hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]},
            holidays=["2026-12-25"],
        )
    },
    entry="N1",
    version="2026-11",
)


def written(folder: FilePath, text: str) -> FilePath:
    """A policy file with this text."""
    path = folder / "desk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_and_python_say_the_same(tmp_path: FilePath) -> None:
    """A policy reads alike in TOML and in Python."""
    assert load_policy(written(tmp_path, TOML)) == PYTHON


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_example_loads(path: FilePath) -> None:
    """The policies under examples/ are policies."""
    assert load_policy(path).tiers


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (
            'entry = "N1"',
            'entyr = "N1"',
            "desk.toml: entyr: got 'entyr', wanted a key known there; did you mean 'entry'",
        ),
        ('within = "12h"', 'within = "soon"', "desk.toml: targets[0]"),
        ('kind = "return"', 'kind = "retrun"', "desk.toml: paths[1]"),
        (
            'to = "N2"',
            'too = "N2"',
            "desk.toml: paths[0].too: got 'too', wanted a key known there; did you mean 'to'",
        ),
        (
            'clock = "ownership"\n',
            "",
            "desk.toml: targets[0]: got ['tiers', 'within'], wanted also clock",
        ),
        ('from = "N1"', 'from = "N7"', "desk.toml: paths[0].from: got 'N7'; known: N1, N2"),
        ('"America/Sao_Paulo"', '"America/Sao_Paolo"', "desk.toml: calendars.office"),
        ('["09:00-12:00"', '["9-12"', "desk.toml: calendars.office"),
        ('tiers = ["N1"]', 'tiers = "N1"', "a list of words"),
        ("[[tiers]]", "[tiers]", "wanted TOML"),
        ('entry = "N1"', "tiers = 3", "wanted TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: FilePath, was: str, becomes: str, says: str
) -> None:
    """Whoever mistypes a key or a value reads the file, the place and what would work."""
    assert was in TOML
    with pytest.raises(InvalidFile) as error:
        load_policy(written(tmp_path, TOML.replace(was, becomes, 1)))
    assert says in re.sub(r"desk\.toml:\d+: ", "desk.toml: ", str(error.value))


def test_a_file_that_is_not_there_is_said_so(tmp_path: FilePath) -> None:
    """A wrong path is an error of ours, with the path."""
    with pytest.raises(InvalidFile, match=r"nothing\.toml: got 'No such file or directory'"):
        load_policy(tmp_path / "nothing.toml")


@pytest.mark.parametrize("value", [3, "x", [], None, {"a": {}}, [[]], [{"name": 3}], float("nan")])
@pytest.mark.parametrize("key", POLICY.fields)
def test_a_value_of_the_wrong_shape_is_bad_input(key: str, value: object) -> None:
    """Whatever stands where a table, a list or a word should, the answer is an error of ours."""
    policy = {"name": "desk", "tiers": [{"name": "N1"}], key: value}
    with contextlib.suppress(
        BadInput
    ):  # a value that fits by chance is fine; nothing else may come
        load_policy(policy)


KEYS = sorted({*POLICY.fields, *TARGET.fields, *RULE.fields, *STEP.fields, "from", "to", "x"})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("75%"),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
    ),
    st.sampled_from(KEYS),
)
def test_no_mapping_whatever_gives_anything_but_our_errors(value: object, key: str) -> None:
    """Policies are data from outside: nothing in them reaches a user as a traceback."""
    with contextlib.suppress(BadInput):
        load_policy({"name": "desk", "tiers": [{"name": "N1"}], "paths": value, "targets": value})
    with contextlib.suppress(BadInput):
        load_policy({"name": "desk", "tiers": [{"name": "N1"}], key: value})
    with contextlib.suppress(BadInput):
        rule = {"name": "r", "on": "opened", "tag": "x", key: value}
        load_policy({"name": "desk", "tiers": [{"name": "N1"}], "rules": [rule]})
    with contextlib.suppress(BadInput):
        load_policy({"name": value, "tiers": value})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff", "UTF-8"),
        (b"#" * 1_000_001, "more than 1 MB"),
        (b"name = " + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_plain_words(
    tmp_path: FilePath, content: bytes, says: str
) -> None:
    """A file of bytes, a huge one and one made to exhaust the reader get one sentence each."""
    path = tmp_path / "desk.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match=says):
        load_policy(path)
