"""Measures callables side by side in one process, so that ratios survive a busy machine.

Times are CPU seconds of this process. The callables take turns within each round; a figure is the median
over rounds, a ratio the median of the rounds' ratios.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from statistics import median

import attrs

ROUNDS = 9
_SHORTEST_S = 0.02  # a turn lasts at least this long, far above what the CPU clock can tell apart


@attrs.frozen
class Timings:
    """Seconds per call of each callable, round by round."""

    rounds: dict[str, list[float]]

    def seconds(self, name: str) -> float:
        """Return the median seconds per call."""
        return median(self.rounds[name])

    def ratio(self, slower: str, faster: str) -> float:
        """Return how many times longer *slower* took, as the median over rounds."""
        pairs = zip(self.rounds[slower], self.rounds[faster], strict=True)
        return median(slow / fast for slow, fast in pairs)

    def spread(self, name: str) -> float:
        """Return the interquartile range over rounds, as a share of the median."""
        ordered = sorted(self.rounds[name])
        quarter = len(ordered) // 4
        return (ordered[-1 - quarter] - ordered[quarter]) / median(ordered)


def measure(calls: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> Timings:
    """Time each callable in every round, in turn, as often as a turn needs to be long enough."""
    times = {name: _calls_a_turn(call) for name, call in calls.items()}
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            found[name].append(_turn(call, times[name]))
    return Timings(found)


def child_cpu_ms(code: str, rounds: int = ROUNDS) -> float:
    """Return the median CPU milliseconds, user and system, of a Python process that runs *code*.

    Bytecode is cached, as it is for an installed package, whatever this process was told.
    """
    found = []
    with tempfile.TemporaryDirectory() as cache:
        surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(rounds + 1):
            before = _children_s()
            subprocess.run([sys.executable, "-c", code], check=True, env=surroundings)  # noqa: S603 - ours
            found.append(_children_s() - before)
    return median(found[1:]) * 1000  # the first one wrote the cache


def show_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that is Markdown too."""
    widths = [max(len(row[n]) for row in [header, *rows]) for n in range(len(header))]
    print(f"\n{title}\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        print(
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            + " |"
        )


def show_versions(*packages: str) -> None:
    """Print what the figures were measured with."""
    found = [f"Python {platform.python_version()}", f"{os.cpu_count()} cores"]
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} is not installed")
    print(", ".join(found))


def human(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _calls_a_turn(call: Callable[[], object]) -> int:
    call()  # what is worked out once belongs to no turn
    times = 1
    while (spent := _turn(call, times) * times) < _SHORTEST_S:
        times = max(2 * times, int(times * _SHORTEST_S / spent)) if spent else 2 * times
    return times


def _turn(call: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times
