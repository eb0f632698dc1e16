"""The JSON Schema of policy files: what an editor knows is what the library takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given

from escalate import EscalationPolicy, WorkCalendar, load_policy
from escalate.core.condition.types import wall_time_us
from escalate.core.rules import wall_us
from escalate.errors import BadInput
from escalate.policies.schema import FILE, schema_text, told_of
from escalate.policies.shapes import SHAPES
from escalate.testing.strategies import policies
from tests.policies.test_keys import EVERY_KEY
from tests.policies.test_writing import CALENDARS, EXAMPLES

SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
CLASSIC = next(p for p in EXAMPLES if p.stem == "classic").read_text(encoding="utf-8")


def as_json(tables: object) -> Any:
    """What a validator of TOML sees: dates are texts."""
    return json.loads(json.dumps(tables, default=str))


def test_the_schema_that_ships_is_up_to_date() -> None:
    """Whoever changes a class of policies runs ``python -m escalate.policies.schema``."""
    assert FILE.read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_example_is_valid_and_finds_the_schema(path: FilePath) -> None:
    """An editor that opens an example finds the schema by its first line."""
    text = path.read_text(encoding="utf-8")
    VALIDATOR.validate(as_json(tomllib.loads(text)))
    named = re.match(r"#:schema (\S+)\n", text)
    assert named is not None
    assert (path.parent / named[1]).resolve() == FILE.resolve()


def taplo(path: FilePath) -> subprocess.CompletedProcess[str]:
    """What the checker behind the editors' plugins says of a file, by its ``#:schema`` line."""
    command = [str(FilePath(sys.executable).with_name("taplo")), "check", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent)


def test_an_editor_checks_the_examples_and_sees_a_mistake(tmp_path: FilePath) -> None:
    """Taplo, which is behind Even Better TOML, takes every example and not a misspelt one."""
    for path in EXAMPLES:
        done = taplo(path)
        assert done.returncode == 0, done.stderr
    wrong = tmp_path / "wrong.toml"
    text = re.sub("#:schema .*", f"#:schema {FILE.as_uri()}", CLASSIC)
    wrong.write_text(text.replace('kind = "return"', 'kind = "retrun"', 1), encoding="utf-8")
    done = taplo(wrong)
    assert done.returncode != 0
    assert "retrun" in done.stdout + done.stderr


def test_a_file_that_uses_every_key_is_valid() -> None:
    """No key of a policy file is unknown to the schema."""
    VALIDATOR.validate(as_json(tomllib.loads(EVERY_KEY)))


@given(policies(), CALENDARS)
def test_whatever_policy_is_written_is_valid(policy: EscalationPolicy, hours: WorkCalendar) -> None:
    """The schema takes every file that the library writes."""
    VALIDATOR.validate(json.loads(policy.with_calendars(lambda _: hours).to_json()))


def test_a_json_file_may_name_its_schema(tmp_path: FilePath) -> None:
    """Editors are told where the schema is by a key of the file, which says nothing else."""
    tables = {"$schema": "./policy.schema.json", "name": "d", "tiers": [{"name": "N1"}]}
    path = tmp_path / "desk.json"
    path.write_text(json.dumps(tables), encoding="utf-8")
    VALIDATOR.validate(tables)
    assert load_policy(path) == EscalationPolicy("d", ["N1"])


BROKEN = [
    ("max_bounces = 2", "max_bounces = -2"),
    ("max_bounces = 2", "max_bounces = 2.5"),
    ("max_bounces = 2", "max_bounces = true"),
    ("max_bounces = 2", "max_bounces = 10000000"),
    ("max_bounces = 2", "place_at = 1.5"),
    ("max_bounces = 2", 'on_reopen = "resum"'),
    ("max_bounces = 2", 'reopen_within = "soon"'),
    ("max_bounces = 2", "reopen_within = 3"),
    ("max_bounces = 2", "priorities = []"),
    ('name = "support"', 'nmae = "support"'),
    ('name = "support"', 'name = " "'),
    ('entry = "N1"', "entry = 1"),
    ('{ mon-fri = ["09:00-12:00"', '{ mon-fry = ["09:00-12:00"'),
    ('"09:00-12:00"', '"9-12"'),
    ('"09:00-12:00"', '"09:00-25:00"'),
    ('["2026-12-25"]', '["25.12.2026"]'),
    ('["2026-12-25"]', '{ county = "BR" }'),
    ('title = "First line"', 'titel = "First line"'),
    ('handles = ["simple and known requests"]', 'handles = "simple"'),
    ('who = "agent"', 'who = "agnet"'),
    ('milestone = "network_ok", ', ""),
    ('kind = "return"', 'kind = "retrun"'),
    ('"tried", "hypothesis"]', '"tried", "hypo"]'),
    ('clock = "resolution"\n', ""),
    ('within = "80h"', 'within = "80x"'),
    ('within = "80h"', 'within = ""'),
    ('within = "80h"', "within = 80"),
    ('within = "80h"', 'within = "80h"\ndays = 2'),
    ('within = "80h"\n', ""),
    ('within = "80h"', 'within = "80h"\npause_while = ["waiting"]'),
    ('within = "80h"', 'within = "80h"\non_change = "keep"'),
    ("default = true\n", ""),
    ("default = true", 'default = "yes"'),
    ('at = "50%"', 'at = "half"'),
    ('at = "50%", ', ""),
    ('{ at = "50%", notify = "duty_manager" }', '{ at = "50%" }'),
    ('at = "50%"', 'at = "50%", deliver = "later"'),
    ('at = "100%", escalate_to = "N2"', 'at = "100%", escalate_to = "N2", return_to = "N1"'),
    ('after = "3d"\n', ""),
    ('after = "3d"', "after = 3"),
    ('on = "opened"', 'on = "opened"\nafter = "3d"'),
    ('on = "opened"', 'on = "opened"\ntimes = 0'),
    ('on = "opened"', ""),
    ("[[paths]]", '[[permissions]]\ncommand = "Resolv"\nroles = ["a"]\n[[paths]]'),
    ("[[paths]]", '[[permissions]]\ncommand = "Resolve"\nroles = []\n[[paths]]'),
    ("[[paths]]", '[[goals]]\nmeasure = "kept"\n[[paths]]'),
]


@pytest.mark.parametrize(("was", "becomes"), BROKEN)
def test_what_the_schema_refuses_the_library_refuses(was: str, becomes: str) -> None:
    """An editor marks these mistakes, and loading the file tells them too."""
    assert was in CLASSIC
    tables = tomllib.loads(CLASSIC.replace(was, becomes, 1))
    assert not VALIDATOR.is_valid(as_json(tables))
    with pytest.raises(BadInput):
        load_policy(tables)


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in (schema, *schema["definitions"].values()):
        yield from table["properties"].items()


def test_every_key_is_explained() -> None:
    """An editor has a sentence for every key, without the marks of our docs."""
    for key, schema in _properties(SCHEMA):
        if key != "$schema":
            assert schema["description"].strip()
            assert not re.search(r"``|:meth:|:class:", schema["description"])


def test_every_attribute_that_is_documented_is_there() -> None:
    """A docstring that speaks of an attribute by another name is a docstring nobody mended."""
    for make in SHAPES:
        names = {field.name for field in attrs.fields(make)} | {f.alias for f in attrs.fields(make)}
        assert set(told_of(make)) <= names


@pytest.mark.parametrize(
    "text", ["3d", "1d12h", "2w", "1.5h", "90s", "1d 2h", "3", "d", "3x", "h3"]
)
def test_the_schema_takes_the_amounts_that_the_library_takes(text: str) -> None:
    """How long nothing must have happened is written one way for both."""
    known = SCHEMA["definitions"]["Rule"]["properties"]["after"]
    assert jsonschema.Draft7Validator(known).is_valid(text) == (wall_time_us(text) is not None)
    if wall_time_us(text) is not None:
        assert wall_us(text) == wall_time_us(text)
