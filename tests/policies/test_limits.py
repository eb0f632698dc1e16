"""Policies are data from outside: too much is refused by name, and no file brings the reader down."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, Permission, Rule, load_policy
from escalate.core import limits
from escalate.core.protocol import Goal
from escalate.errors import BadInput, InvalidFile, InvalidPolicy, LimitExceeded

TIERS = [{"name": "N1"}]
STEP = {"at": "50%", "tag": "x"}
TARGET = {"clock": "ownership", "within": "1h", "default": True}


def desk(**more: Any) -> dict[str, Any]:
    """The least policy, and more."""
    return {"name": "d", "tiers": TIERS} | more


def rows(count: int, **more: Any) -> list[dict[str, Any]]:
    """So many tables, each with a name of its own."""
    return [{"name": f"n{number}", **more} for number in range(count)]


HOURS = {"timezone": "UTC", "hours": {"mon": ["09:00-12:00"]}}
RULE = {"on": "opened", "tag": "x"}
TOO_MUCH = {
    "tiers": lambda n: desk(tiers=rows(limits.PARTS["tiers"] + n)),
    "paths": lambda n: desk(
        tiers=rows(2), paths=[{"from": "n0", "to": "n1"}] * (limits.PARTS["paths"] + n)
    ),
    "targets": lambda n: desk(targets=[TARGET] * (limits.PARTS["targets"] + n)),
    "rules": lambda n: desk(rules=rows(limits.PARTS["rules"] + n, **RULE)),
    "request_types": lambda n: desk(request_types=rows(limits.PARTS["request_types"] + n)),
    "receivers": lambda n: desk(receivers=rows(limits.PARTS["receivers"] + n)),
    "calendars": lambda n: desk(
        tiers=[{"name": "N1", "calendar": "always"}],
        calendars={f"c{i}": HOURS for i in range(limits.PARTS["calendars"] + n)},
    ),
    "priorities": lambda n: desk(
        priorities=[f"p{i}" for i in range(limits.PARTS["priorities"] + n)]
    ),
    "clocks": lambda n: desk(clocks=rows(limits.PARTS["clocks"] + n, start=["opened"])),
    "permissions": lambda n: desk(
        permissions=[{"command": "Take", "roles": ["a"]}] * (limits.PARTS["permissions"] + n)
    ),
    "goals": lambda n: desk(goals=[{"measure": "m", "at_most": 1}] * (limits.PARTS["goals"] + n)),
    "reasons": lambda n: desk(reasons=[f"r{i}" for i in range(limits.PARTS["reasons"] + n)]),
    "targets[0].steps": lambda n: desk(
        targets=[TARGET | {"steps": [STEP | {"name": f"s{i}"} for i in range(limits.STEPS + n)]}]
    ),
    "request_types[0].checklist": lambda n: desk(
        request_types=[
            {"name": "x", "checklist": [{"milestone": f"m{i}"} for i in range(limits.CHECKS + n)]}
        ]
    ),
    "rules[0].tag": lambda n: desk(
        rules=[{"name": "r", "on": "opened", "tag": [f"t{i}" for i in range(limits.WORDS + n)]}]
    ),
    "name": lambda n: desk(name="x" * (limits.NAME + n)),
    "tiers[0].title": lambda n: desk(tiers=[{"name": "N1", "title": "x" * (limits.TEXT + n)}]),
    "max_bounces": lambda n: desk(max_bounces=limits.COUNT + n),
    "rules[0].times": lambda n: desk(rules=[{"name": "r", **RULE, "times": limits.COUNT + n}]),
    "targets[0].days": lambda n: desk(
        targets=[{"clock": "ownership", "days": limits.COUNT + n, "default": True}]
    ),
    "targets[0].within": lambda n: desk(
        targets=[TARGET | {"within": f"{limits.AMOUNT_HOURS + n}h"}]
    ),
    "reopen_within": lambda n: desk(reopen_within=f"{limits.WALL_DAYS + n}d"),
    "rules[0].after": lambda n: desk(
        rules=[{"name": "r", "on": "idle", "tag": "x", "after": f"{limits.WALL_DAYS + n}d"}]
    ),
}


@pytest.mark.parametrize("place", TOO_MUCH)
def test_as_much_as_allowed_loads_and_more_is_named(place: str) -> None:
    """At the limit a policy loads; one more, and the error says what, where and how much is right."""
    assert load_policy(TOO_MUCH[place](0))
    with pytest.raises(InvalidFile) as error:
        load_policy(TOO_MUCH[place](1))
    assert error.value.place == place
    assert error.value.reason == LimitExceeded.code
    assert "at most" in error.value.wanted
    assert isinstance(error.value.__cause__, LimitExceeded)


def test_every_list_of_a_policy_has_its_limit() -> None:
    """A new kind of part gets a limit, and a test above."""
    assert set(limits.PARTS) <= set(TOO_MUCH)


def test_the_docs_tell_the_limits() -> None:
    """Whoever changes a limit changes the page that tells it."""
    page = (FilePath(__file__).parents[2] / "docs/reference/policy-files.md").read_text(
        encoding="utf-8"
    )
    told = page.partition("## Limits")[2]
    for number in (
        *{*limits.PARTS.values()},
        limits.STEPS,
        limits.CHECKS,
        limits.WORDS,
        limits.NAME,
        limits.TEXT,
        limits.COUNT,
        limits.AMOUNT_HOURS,
        limits.WALL_DAYS,
        limits.SPANS_A_DAY,
        limits.DATES,
        limits.CONDITION,
        limits.CONDITION_DEPTH,
        limits.NESTING,
    ):
        assert f" {number:,} " in told


class TestMistakesThatLookHarmless:
    """What loaded once and meant something else, or nothing."""

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"priorities": []}, "priorities: got (), wanted at least one priority"),
            ({"reopen_within": 5}, "reopen_within: got 5, wanted an amount"),
            ({"calendars": {" ": HOURS}}, "wanted a name for each calendar"),
            (
                {"permissions": [{"command": "Take", "roles": []}]},
                "roles: got (), wanted at least one role",
            ),
            (
                {"rules": [{"name": "r", "on": "idle", "after": 3, "tag": "x"}]},
                "rules[0].after: got 3",
            ),
            (
                {"rules": [{"name": "r", "on": "opened", "cooldown": 3, "tag": "x"}]},
                "cooldown: got 3",
            ),
        ],
    )
    def test_they_are_told(self, more: dict[str, Any], says: str) -> None:
        """A bare number has no unit; an empty list allows nothing."""
        with pytest.raises(BadInput) as error:
            load_policy(desk(**more))
        assert says in str(error.value)

    def test_in_python_too(self) -> None:
        """Amounts below none, goals at infinity and commands for nobody are refused where they are made."""
        for make in (
            lambda: EscalationPolicy("d", ["N1"], reopen_within=-1),
            lambda: Rule("r", on="opened", tag="x", cooldown=-1),
            lambda: Goal("m", at_least=float("nan")),
            lambda: Permission("Take", []),
        ):
            with pytest.raises(InvalidPolicy):
                make()


HEAD = b'name = "d"\n[[tiers]]\nname = "N1"\n'
JSON = json.dumps(desk()).encode()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.toml", b"", "also name, tiers"),
        ("a.toml", b"\xff\xfen\x00a\x00", "a.toml:1: got 'bytes that are no UTF-8"),
        ("a.toml", HEAD + b"x = \xff", "a.toml:4: got 'bytes that are no UTF-8"),
        ("a.toml", HEAD + b"x = ", "a.toml:4: got 'Invalid value"),
        ("a.toml", HEAD + b"max_bounces = " + b"9" * 5_000, "numbers that people can read"),
        ("a.toml", b"max_bounces = 0x" + b"f" * 5_000 + b"\n" + HEAD, "too long to show"),
        (
            "a.toml",
            HEAD + b'[[targets]]\nclock = "update"\ndays = 0x' + b"f" * 5_000,
            "targets[0].days: got a int too long to show, wanted a whole number",
        ),
        ("a.toml", b"max_bounces = 1e400\n" + HEAD, "max_bounces: got inf"),
        ("a.toml", b"place_at = nan\n" + HEAD, "place_at: got nan"),
        ("a.toml", b"place_at = " + b"[" * 20 + b"]" * 20 + b"\n" + HEAD, "nested too deeply"),
        ("a.toml", b"x = " + b"[" * 400 + b"]" * 400 + b"\n" + HEAD, "nested too deeply"),
        ("a.toml", b"name = 2026-01-01\n" + HEAD[11:], "name: got"),
        ("a.json", b"", "a.json:1: got 'Expecting value', wanted JSON"),
        ("a.json", b"[]", "wanted a table"),
        ("a.json", b'{"name": "d",\n}', "a.json:2: got"),
        ("a.json", b'{"name": "d", "name": "e"}', "the key 'name' twice"),
        ("a.json", b'{"name": NaN}', "NaN, which is no number"),
        ("a.json", b'{"name": "\\ud800"}', "text of Unicode"),
        ("a.json", b'{"name": ' + b"[" * 100_000, "nested too deeply"),
        ("a.json", b'{"max_bounces": ' + b"9" * 5_000 + b"}", "of which every part can be read"),
        ("a.json", b" " * 1_000_001, "more than 1 MB"),
    ],
)
def test_a_hostile_file_gets_one_plain_answer(
    tmp_path: FilePath, name: str, content: bytes, says: str
) -> None:
    """Whatever bytes a file has, the answer is an error of ours that can be shown."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        load_policy(path)
    assert says in str(error.value)
    assert len(str(error.value)) < 2_000


@pytest.mark.parametrize("name", [".", "none.toml", "a\0b"])
def test_what_is_no_file_is_said_so(tmp_path: FilePath, name: str) -> None:
    """A folder, a missing file, a name that no file can have."""
    with pytest.raises(InvalidFile):
        load_policy(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", b"\xef\xbb\xbf" + HEAD),
        ("a.toml", HEAD.replace(b"\n", b"\r\n")),
        ("a.json", b"\xef\xbb\xbf" + JSON),
        ("a.JSON", JSON),
    ],
)
def test_marks_and_line_ends_of_other_systems_are_fine(
    tmp_path: FilePath, name: str, content: bytes
) -> None:
    """A file from an editor on Windows is the same policy."""
    path = tmp_path / name
    path.write_bytes(content)
    assert load_policy(path) == EscalationPolicy("d", ["N1"])


@given(st.binary(max_size=60), st.sampled_from(["a.toml", "a.json"]))
def test_no_bytes_whatever_give_anything_but_our_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    """No file brings the reader down."""
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(HEAD + content if name == "a.toml" else content)
    try:
        load_policy(path)
    except BadInput as error:
        assert str(error)  # noqa: PT017 - that it can be shown at all
