"""A pytest plugin for runs over a planted copy: is it the copy that runs, and which test failed by what?

``ESCALATE_PLANTED`` names the folder that must be the one imported, ``ESCALATE_WITNESS`` the file that
gets one line of JSON for each test that failed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

import escalate
from escalate.errors import EscalateError

# For trying whether a law catches a defect with other examples too: MUTANTS_PROFILE=other.
settings.register_profile("other", deadline=None, database=None, phases=[Phase.generate])


def pytest_configure() -> None:
    """Stop at once if the package that is imported is not the planted one."""
    planted = Path(os.environ["ESCALATE_PLANTED"])
    if planted not in Path(escalate.__file__).parents:
        raise pytest.UsageError(f"imported {escalate.__file__}, not the copy in {planted}")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Write down what made a test fail, and whether that is a law that does not hold."""
    if call.excinfo is None or call.excinfo.errisinstance(pytest.skip.Exception):
        return
    causes = list(_leaves(call.excinfo.value))
    line = {
        "test": item.nodeid,
        "law_broken": call.when == "call" and all(map(_is_verdict, causes)),
        "why": "; ".join(f"{type(cause).__name__}: {cause}"[:300] for cause in causes),
    }
    with Path(os.environ["ESCALATE_WITNESS"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error


def _is_verdict(error: BaseException) -> bool:
    """Whether a test said "no", rather than broke: a crash of the copy or of Hypothesis is no verdict."""
    return isinstance(error, AssertionError | EscalateError | pytest.fail.Exception)
