"""What other people's code may import."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

TABLES = [
    "escalate",
    "escalate.classifiers",
    "escalate.core",
    "escalate.offline",
    "escalate.offline.reporting",
    "escalate.policies",
    "escalate.runtime",
    "escalate.stores",
]


@pytest.mark.parametrize("package", TABLES)
def test_contents_are_sorted(package: str) -> None:
    """A table of contents reads in order."""
    names = importlib.import_module(package).__all__
    assert list(names) == sorted(names, key=lambda name: (not name[0].isupper(), name))


@pytest.mark.parametrize("package", TABLES)
def test_every_public_name_is_there_and_says_what_it_means(package: str) -> None:
    """Every name of every table of contents loads and has a docstring of its own."""
    module = importlib.import_module(package)
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isfunction(thing) or inspect.ismodule(thing):
            assert inspect.getdoc(thing), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt import says which module has no such name."""
    with pytest.raises(AttributeError, match="module 'escalate' has no attribute 'Tickt'"):
        importlib.import_module("escalate").Tickt  # noqa: B018 - looking it up is the test


def test_importing_escalate_loads_none_of_its_heavy_friends() -> None:
    """``import escalate`` costs nothing until something of it is used."""
    probe = (
        "import sys, escalate; "
        "heavy = {'statemachine', 'pendulum', 'numpy', 'attr', 'click', 'rich'} & set(sys.modules); "
        "sys.exit(f'loaded: {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_calendar_and_a_ticket_need_no_statechart_and_no_numpy() -> None:
    """The names of the model load without python-statemachine, pendulum or numpy."""
    probe = (
        "import sys; from escalate import WorkCalendar, Ticket, EscalationPolicy, load_policy; "
        "heavy = {'statemachine', 'pendulum', 'numpy'} & set(sys.modules); "
        "sys.exit(f'loaded: {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
