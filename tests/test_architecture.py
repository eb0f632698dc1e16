"""The house: who may import whom, held over the syntax tree of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import escalate

SOURCE = Path(escalate.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))

# A room may import from its own and from lower floors, never from a sibling or from above.
FLOORS = (
    {"errors", "_lazy"},
    {"core"},
    {"policies", "verify", "classifiers", "stores"},
    {"offline", "runtime"},
    {"integrations", "testing"},
    {"cli"},
    {"__main__"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# Imports that go up, inside a function, because a method is where people look for it.
DELEGATES: dict[str, set[str]] = {
    "core/policy.py": {
        "escalate.policies.diagram",
        "escalate.policies.handbook.building",
        "escalate.policies.picture",
        "escalate.policies.writing",
        "escalate.verify.findings",
        "escalate.verify.proving",
        "escalate.verify.search",
    }
}


def room_of(path: Path) -> str:
    """The room that a module lives in: the first folder or file below the package."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Every module of ours that a syntax tree imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"relative import at line {node.lineno}: write the whole name")
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_one_way(path: Path) -> None:
    """A module imports its own room and the floors below, and no sibling room."""
    room = room_of(path)
    if room == "__init__":
        return  # the package's table of contents names every room, and loads none
    allowed = DELEGATES.get(str(path.relative_to(SOURCE)), set())
    for name in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] != "escalate" or len(parts) == 1 or parts[1] == room or name in allowed:
            continue
        assert FLOOR_OF[parts[1]] < FLOOR_OF[room], f"{room} must not import {name}"


def test_every_room_has_a_floor() -> None:
    """A new folder must say where in the house it stands."""
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms <= set(FLOOR_OF)


def test_no_core_module_is_named_like_a_function_that_core_exports() -> None:
    """``from escalate.core import step`` is the function, however the modules were loaded before."""
    import escalate.core

    modules = {path.stem for path in (SOURCE / "core").glob("*.py")}
    functions = {name for name in escalate.core.__all__ if callable(getattr(escalate.core, name))}
    assert not modules & functions


def calls_of(tree: ast.AST) -> Iterator[str]:
    """Every call as it is written, such as ``datetime.now``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", sorted((SOURCE / "core").glob("*.py")), ids=lambda path: path.stem)
def test_core_reads_no_clock_and_no_dice(path: Path) -> None:
    """The same input gives the same answer: no I/O, no clock, no randomness, no logging in core."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {"logging", "random", "secrets", "time", "os", "io"} & set(imports_of(tree))
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print"}
    assert not clocks & set(calls_of(tree))


FORBIDDEN = {"eval", "exec", "pickle.loads", "pickle.load", "os.system", "subprocess.run"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_given_is_ever_run(path: Path) -> None:
    """Policies, mappings and logs are data: no eval, no exec, no pickle, no shell."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not FORBIDDEN & set(calls_of(tree))
