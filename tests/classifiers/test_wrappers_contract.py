"""Every wrapper keeps the contract that it wraps, alone and around another wrapper."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from wrapped_classifiers import MAKERS, Words, all_around, cascade, shadow

from escalate.classifiers import (
    Cascade,
    Conformal,
    Redact,
    Shadow,
    Timeout,
)
from escalate.classifiers.base import can_save
from escalate.errors import BadInput
from escalate.testing import ClassifierBench, classifier_checks, parametrize_with_checks
from tests.classifiers.saying import TIERS, Fields


def bench(make: Callable[[], Any]) -> ClassifierBench:
    """A wrapper on the bench."""
    return ClassifierBench(make=make, load=lambda path: type(make()).load(path, Words))


@parametrize_with_checks([bench(make) for make in (all_around, cascade, shadow)])
def test_wrappers_keep_the_contract(
    classifier: ClassifierBench, check: Callable[..., None]
) -> None:
    """All that is promised of classifiers holds of wrappers, one inside the other."""
    check(classifier)


SLOW = {"says_the_same_in_every_process", "goes_to_another_process", "survives_a_megabyte"}
"""Checks that start processes or read megabytes: for the wrappers above, all others together."""


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_each_wrapper_keeps_the_contract_alone(make: Callable[[], Any]) -> None:
    """Every promise but the slow ones, which they keep together; and it survives being pickled."""
    on_bench = bench(make)
    for check in classifier_checks(on_bench):
        if check.name not in SLOW:
            check(on_bench)
    assert pickle.loads(pickle.dumps(make())) == make()  # noqa: S301 - our own bytes


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_wrapper_is_called_after_what_it_holds(make: Callable[[], Any]) -> None:
    """A journal says who answered, and which settings it had: another setting is another version."""
    made = make()
    assert "words" in made.name or "first" in made.name
    for field in attrs.fields(type(made)):
        if field.init and isinstance(getattr(made, field.name), int | float):
            other = attrs.evolve(made, **{field.alias: getattr(made, field.name) / 2})
            assert other.version != made.version, field.name


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_what_is_saved_comes_back_equal(make: Callable[[], Any], tmp_path: Path) -> None:
    """The same wrapper, and byte for byte the same file when saved again."""
    made = make()
    made.save(tmp_path / "one")
    back = type(made).load(tmp_path / "one", Words)
    back.save(tmp_path / "two")
    assert back == made
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_wrapper_can_be_saved_where_what_it_holds_can() -> None:
    """A function cannot be saved, so a wrapper around one does not offer it."""
    assert can_save(Redact(Words()))
    assert not can_save(Redact(lambda ticket: "N1"))


def test_a_file_loads_no_class_that_nobody_gave(tmp_path: Path) -> None:
    """A file that names a class has it loaded only if it is of this library, or given by the caller."""
    Redact(Words()).save(tmp_path / "one")
    with pytest.raises(
        BadInput, match="a classifier inside: got 'Words', wanted a class given to load"
    ):
        Redact.load(tmp_path / "one")
    with pytest.raises(
        BadInput, match="wrapper: got 'Redact', wanted Timeout, whose load was called"
    ):
        Timeout.load(tmp_path / "one", Words)


def test_a_file_of_a_later_release_says_so(tmp_path: Path) -> None:
    """What this release cannot read, it does not guess at."""
    with zipfile.ZipFile(tmp_path / "one", "w") as file:
        table = {"format": 2, "wrapper": "Redact", "settings": {}, "inner": ["Words"]}
        file.writestr("wrapper.json", json.dumps(table))
    with pytest.raises(BadInput, match="format: got 2, wanted 1, which this release reads"):
        Redact.load(tmp_path / "one", Words)


def test_a_small_file_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would unpack to more than a gigabyte is refused before it is."""
    monkeypatch.setattr("escalate.classifiers.wrappers.saving.MOST_BYTES", 10)
    Redact(Words()).save(tmp_path / "one")
    with pytest.raises(BadInput, match="wanted at most 10"):
        Redact.load(tmp_path / "one", Words)


def test_what_is_declared_inside_is_declared_outside() -> None:
    """Cost, meaning and whether it repeats itself are those of what it holds."""

    @attrs.frozen
    class Dice(Fields):
        deterministic: bool = False
        meaning: str = "score"

    assert (Redact(Dice()).cost, Redact(Dice()).meaning, Redact(Dice()).deterministic) == (
        0.5,
        "score",
        False,
    )
    assert (Shadow(Fields(), Dice()).cost, Shadow(Fields(), Dice()).deterministic) == (1.0, False)
    assert Cascade([Fields(), Dice()]).meaning == "score"
    assert Conformal(Fields()).meaning == "none"
    assert TIERS[0].name == "N1"
