"""A mistake anywhere in a policy file is told with its place, as the file's author would point at it."""

from __future__ import annotations

import pickle
import re
from pathlib import Path as FilePath

import pytest

from escalate import load_policy
from escalate.errors import BadInput, InvalidCondition, InvalidFile, InvalidPolicy

CLASSIC = FilePath(__file__).parents[2] / "examples" / "policies" / "classic.toml"


def mistake(folder: FilePath, was: str, becomes: str) -> BadInput:
    """The error that the classic policy gives with one thing changed."""
    text = CLASSIC.read_text(encoding="utf-8")
    assert was in text
    path = folder / "desk.toml"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_policy(path)
    assert re.match(rf"{re.escape(str(path))}(:\d+)?: ", str(error.value))
    return error.value


def without_line(error: BadInput) -> str:
    """What it says, but for the number of the line."""
    return re.sub(r"desk\.toml:\d+: ", "desk.toml: ", str(error))


URGENT_TARGET = 'tiers = ["N1"]\nwhen = \'priority == "urgent"\''
URGENT_PATH = 'to = "N3"\nwhen = \'priority == "urgent"\''


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('within = "80h"', 'within = "80x"', "desk.toml: targets[5].within: got '80x'"),
        ('within = "80h"', "within = 80", "desk.toml: targets[5].within: got 80"),
        ('at = "50%"', 'at = "half"', "desk.toml: targets[4].steps[0].at: got 'half'"),
        ('at = "50%"', 'at = "0%"', "desk.toml: targets[4].steps: got '0%'"),
        ('at = "50%", notify', 'at = "50%", notfy', "targets[4].steps[0].notfy: got 'notfy'"),
        ('at = "50%", notify = "duty_manager"', 'at = "50%"', "targets[4].steps[0]: got 'nothing"),
        (
            "default = true",
            'default = "yes"',
            "targets[3].default: got 'yes', wanted true or false",
        ),
        ("default = true", "", "targets[3].tiers: got (), wanted tiers, when, or default = true"),
        ('within = "24h"', "within = '1h'\ndays = 2", "desk.toml: targets[3]: got"),
        ('clock = "resolution"', 'clock = "resolutoin"', "targets[4].clock: got 'resolutoin'"),
        ('kind = "return"', 'kind = "retrun"', "paths[2].kind: got 'retrun'; did you mean"),
        (
            'requires = ["summary", "tried"]',
            'requires = ["sumary"]',
            "paths[0].requires: got 'sumary'",
        ),
        ('from = "N3"\nto = "N2"', 'from = "N3"\nto = "N4"', "desk.toml: paths[3].to: got 'N4'"),
        ('from = "N3"\nto = "N2"', 'from = "N3"\nto = "N3"', "desk.toml: paths[3]"),
        (
            'who = "agent" },\n]',
            'who = "agnet" },\n]',
            "request_types[0].checklist[1].who: got 'agnet'",
        ),
        (
            'milestone = "network_ok"',
            'milestone = ""',
            "request_types[0].checklist[1].milestone: got ''",
        ),
        (
            'name = "login"\ntier = "N1"',
            'name = "login"\ntier = "N4"',
            "request_types[0].tier: got 'N4'",
        ),
        ('after = "3d"', 'after = "3x"', "desk.toml: rules[2].after: got '3x'"),
        ('after = "3d"\n', "", "desk.toml: rules[2].after: got None"),
        (
            'on = "milestone"',
            'on = "milestnoe"',
            "rules[0].on: got 'milestnoe'; did you mean",
        ),
        ('escalate_to = "N2"\n[[rules]]', 'escalate_to = "N9"\n[[rules]]', "rules[0].escalate_to"),
        (
            'notify = "duty_manager"\n',
            'notify = "duty"\n',
            "desk.toml: rules[2].notify: got 'duty'",
        ),
        (
            'name = "vip starts higher"',
            'name = "silent pause"',
            "desk.toml: rules[2].name: got ['silent pause', 'silent pause'], wanted a name for each",
        ),
        (
            'calendar = "always"               # never',
            'calendar = "alway"  #',
            "receivers[1].calendar",
        ),
        ('fallback = "duty_manager"', "", "desk.toml: fallback: got None"),
        ('fallback = "duty_manager"', 'fallback = "x"', "desk.toml: fallback: got 'x'"),
        ('entry = "N1"', 'entry = "N7"', "desk.toml: entry: got 'N7'"),
        ("max_bounces = 2", "max_bounces = -2", "desk.toml: max_bounces: got -2"),
        ("max_bounces = 2", "max_bounces = true", "max_bounces: got True, wanted a whole number"),
        ('["09:00-12:00"', '["9-12"', "desk.toml: calendars.office.hours['mon-fri']: got '9-12'"),
        ("[calendars.office]", "[calendars.always]", "desk.toml: calendars: got 'always'"),
        ('"2026-12-25"', '"2026-12-52"', "desk.toml: calendars.office.holidays: got '2026-12-52'"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: FilePath, was: str, becomes: str, says: str
) -> None:
    """Typos, wrong types, unknown names and contradictions are each found where they stand."""
    error = mistake(tmp_path, was, becomes)
    assert isinstance(error, InvalidFile)
    assert says in without_line(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own error


@pytest.mark.parametrize(
    ("was", "becomes", "place", "got"),
    [
        ('"vip" in tags', '"vip" in tasg', "rules[1].when", '"vip"'),
        (URGENT_PATH, URGENT_PATH.replace("priority", "prority"), "paths[4].when", "prority"),
        (URGENT_TARGET, URGENT_TARGET.replace("urgent", "urgnet"), "targets[0].when", '"urgnet"'),
        ('{ at = "50%"', '{ at = "50%", when = "moves > x"', "targets[4].steps[0].when", "x"),
    ],
)
def test_a_condition_s_error_points_into_its_text(
    tmp_path: FilePath, was: str, becomes: str, place: str, got: str
) -> None:
    """The file and the place come first, then the condition with a caret below the wrong word."""
    error = mistake(tmp_path, was, becomes)
    assert isinstance(error, InvalidCondition)
    first, text, caret = str(error).split("\n")
    assert f"desk.toml:{error.line}: {place}: got " in first
    assert text[caret.index("^") :].strip('"').startswith(got.strip('"'))
    assert isinstance(error.__cause__, InvalidCondition)
    assert error.__cause__.text == error.text


def test_of_two_paths_that_join_the_same_tiers_the_wrong_one_is_named() -> None:
    """An error names a path by its tiers; the file has two of them, and one is wrong."""
    ways = [{"from": "A", "to": "B"}, {"from": "A", "to": "B", "kind": "transfer", "when": "x > 1"}]
    tiers = [{"name": "A"}, {"name": "B"}]
    with pytest.raises(InvalidCondition, match=r"^policy: paths\[1\]\.when: "):
        load_policy({"name": "desk", "tiers": tiers, "paths": ways})


def test_the_core_s_own_error_is_the_cause(tmp_path: FilePath) -> None:
    """Whoever needs what the core said finds it behind the error of the file."""
    error = mistake(tmp_path, 'entry = "N1"', 'entry = "N7"')
    assert isinstance(error.__cause__, InvalidPolicy)
    assert error.__cause__.what == "EscalationPolicy.entry"


def test_a_function_is_no_condition_of_a_file() -> None:
    """A policy that comes as data holds data: code is given in Python."""
    tiers = [{"name": "A"}, {"name": "B"}]
    path = {"from": "A", "to": "B", "when": lambda ticket: True}
    with pytest.raises(InvalidFile, match=r"paths\[0\]\.when: got .* wanted text"):
        load_policy({"name": "desk", "tiers": tiers, "paths": [path]})


def test_a_file_cannot_say_that_its_policy_does_not_act() -> None:
    """Whether a policy acts or only advises is said by who runs it, not in the file."""
    with pytest.raises(InvalidFile, match=r"policy: acts: got 'acts', wanted a key known there"):
        load_policy({"name": "desk", "tiers": [{"name": "A"}], "acts": False})
