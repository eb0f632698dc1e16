"""The laws can fail: each of these defects, planted in a copy of the package, is caught by a named law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import attrs
import pytest

from tests.mutants.defects import DEFECTS
from tests.mutants.runner import (
    AT_ONCE,
    SOURCE,
    Defect,
    DefectMoved,
    Finding,
    ask,
    ask_the_sound,
    plant,
)

NAMES = [defect.name for defect in DEFECTS]
ASKED = sorted({law for defect in DEFECTS for law in defect.caught_by})


@pytest.fixture(scope="module")
def findings(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Future[Finding]]]:
    """What comes of every run that a selected test waits for; the machine does several at a time."""
    chosen = {item.name for item in request.session.items}
    pool = ThreadPoolExecutor(AT_ONCE)
    found = {
        defect.name: pool.submit(ask, defect)
        for defect in DEFECTS
        if f"test_a_planted_defect_is_caught[{defect.name}]" in chosen
    }
    found |= {
        law: pool.submit(ask_the_sound, law)
        for law in ASKED
        if f"test_the_sound_engine_passes_the_same_law[{_short(law)}]" in chosen
    }
    yield found
    pool.shutdown(cancel_futures=True)


def _short(law: str) -> str:
    return law.rpartition("::")[2]


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_defect_is_caught(name: str, findings: Mapping[str, Future[Finding]]) -> None:
    """Whoever makes this mistake hears of it from a law, by name."""
    finding = findings[name].result()
    assert finding.caught, finding.said


@pytest.mark.parametrize("law", ASKED, ids=_short)
def test_the_sound_engine_passes_the_same_law(
    law: str, findings: Mapping[str, Future[Finding]]
) -> None:
    """The same run over a copy without a defect finds nothing, so "caught" means the defect."""
    finding = findings[law].result()
    assert finding.said == "every law that was asked holds"


def test_every_defect_has_a_name_of_its_own() -> None:
    """A defect is reported by its name."""
    assert len(set(NAMES)) == len(NAMES) >= 30


def test_a_defect_whose_code_has_changed_says_where_it_belongs(tmp_path: object) -> None:
    """Who changes the code that a defect replaces is told to move the defect along."""
    lost = attrs.evolve(DEFECTS[0], old="no such code")
    with pytest.raises(DefectMoved, match="stands 0 times in src/escalate/core"):
        plant(lost, SOURCE)


def test_a_defect_that_no_law_notices_is_not_called_caught() -> None:
    """A change that makes no difference is reported as missed, not waved through."""
    harmless = Defect(
        name="nothing",
        why="Nobody would see anything.",
        file="core/deciding/timers.py",
        old='"""Timers:',
        new='"""Timers :',
        caught_by=("tests/core/test_shape.py::test_a_shape_is_hashable_and_measured_now",),
    )
    assert not ask(harmless).caught


def test_a_copy_that_does_not_even_load_is_not_called_caught() -> None:
    """A typo fails every test there is; that shows nothing about the laws."""
    broken = Defect(
        name="a typo",
        why="Nothing works.",
        file="core/deciding/timers.py",
        old="def catch_up(",
        new="def catch_up((",
        caught_by=("tests/core/test_shape.py::test_a_shape_is_hashable_and_measured_now",),
    )
    assert not ask(broken).caught
