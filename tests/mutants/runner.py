"""Plants one defect in a copy of the package and asks the law that must catch it.

Nothing outside a temporary folder is changed. A defect counts as caught only if the copy is what ran, a
named law ran, and that law said no; a crash while collecting, a timeout or another test's failure is
no catch.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "escalate"
AT_ONCE: Final = 2
TIMEOUT_S: Final = 120.0
TESTS_FAILED: Final = 1  # pytest's exit code for "a test said no"


@attrs.frozen(kw_only=True)
class Defect:
    """A mistake that somebody could make, and the law that must not let it pass.

    Attributes:
        name: What goes wrong, in a few words.
        why: What a desk would see, in one sentence that a support lead understands.
        file: The module, below ``src/escalate``.
        old: The code as it is; it stands exactly once in *file*.
        new: The code with the mistake.
        caught_by: The laws that are asked, as pytest names them; one of them must fail.
        hangs: Whether the mistake makes the engine run for ever, so that a timeout is the catch.
    """

    name: str
    why: str
    file: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    hangs: bool = False


@attrs.frozen
class Finding:
    """What came of asking the laws of a copy.

    Attributes:
        caught: Whether a named law said no.
        said: What it said, or why this is no catch.
        seconds: How long it took.
    """

    caught: bool
    said: str
    seconds: float


class DefectMoved(LookupError):
    """The code that a defect replaces is not there, or not once: move the defect along with the code."""


def plant(defect: Defect, package: Path) -> None:
    """Put *defect* into the copy of the package at *package*.

    Raises:
        DefectMoved: Its ``old`` does not stand exactly once in its file.
    """
    path = package / defect.file
    text = path.read_text(encoding="utf-8")
    times = text.count(defect.old)
    if times != 1:
        raise DefectMoved(
            f"{defect.name!r}: its old code stands {times} times in src/escalate/{defect.file}, not once. "
            f"Move the defect in tests/mutants/defects.py along with the code. It looks for:\n{defect.old}"
        )
    path.write_text(text.replace(defect.old, defect.new), encoding="utf-8")
    for stale in path.parent.glob(f"__pycache__/{path.stem}.*"):
        stale.unlink()  # it may have the second and the size of the planted file


def ask(defect: Defect) -> Finding:
    """Plant *defect* and return what its laws say; one that has lost its place is not caught."""
    with _copy() as folder:
        try:
            plant(defect, folder / "escalate")
        except DefectMoved as why:
            return Finding(False, str(why), 0.0)
        return _run(folder, defect.caught_by, hangs=defect.hangs)


def ask_the_sound(law: str) -> Finding:
    """Return what *law* says of a copy in which nothing is planted; it must not be caught."""
    with _copy() as folder:
        return _run(folder, (law,))


def ask_all(defects: Iterable[Defect]) -> Iterator[tuple[Defect, Finding]]:
    """Yield each of *defects* with what its laws say, in order, several at a time."""
    known = tuple(defects)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(known, pool.map(ask, known), strict=True)


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="escalate-planted-") as name:
        folder = Path(name).resolve()
        shutil.copytree(SOURCE, folder / "escalate")
        yield folder


def _run(folder: Path, laws: tuple[str, ...], *, hangs: bool = False) -> Finding:
    witness = folder / "witness.jsonl"
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {
        "PYTHONPATH": path,
        "ESCALATE_PLANTED": str(folder),
        "ESCALATE_WITNESS": str(witness),
        "HYPOTHESIS_PROFILE": os.environ.get("MUTANTS_PROFILE", "quick"),
    }
    options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "-p", "tests.mutants.witness"]
    command = [sys.executable, "-m", "pytest", *options, *laws]
    began = time.perf_counter()
    try:
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Finding(hangs, f"no answer within {TIMEOUT_S:.0f} s", time.perf_counter() - began)
    seconds = time.perf_counter() - began
    lines = witness.read_text(encoding="utf-8").splitlines() if witness.exists() else []
    for each in map(json.loads, lines):
        asked = any(each["test"].split("[")[0] == law.split("[")[0] for law in laws)
        if asked and each["law_broken"] and result.returncode == TESTS_FAILED:
            return Finding(True, each["why"], seconds)
    if lines:
        return Finding(False, "no verdict: " + json.loads(lines[0])["why"], seconds)
    if result.returncode == 0:
        return Finding(False, "every law that was asked holds", seconds)
    tail = "\n".join((result.stdout + result.stderr).splitlines()[-12:])
    return Finding(False, f"pytest ended with {result.returncode}:\n{tail}", seconds)
