"""``python -m benchmarks offline``: what reading and replaying a log costs, and where the time goes.

The logs are made by :mod:`benchmarks.logs`, the same on every machine. Times are CPU seconds of one process,
except where several work or a command is run: those are seconds on the clock.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.harness import human, show_table, show_versions
from benchmarks.logs import MAPPING, write_log
from escalate import load_policy
from escalate.offline import Log, read, replay, split
from escalate.offline.following import journal_of

ROOT = Path(__file__).parents[1]
VOLVO = ROOT.parent / "shared" / "data" / "volvo_incidents" / "volvo_incidents.csv.gz"
POLICY = ROOT / "examples" / "policies" / "classic.toml"
_MANY = 1_000_000
_MOST = 10_000_000
_AGAINST = 200_000
_ROUNDS = 3
_PEER = "ESCALATE_BENCH_PM4PY"

# Commands over the Volvo log, with its mapping. One line for each part of the library that has one.
_UNDER = ("--policy", str(ROOT / "examples" / "volvo" / "policy.toml"), "--html", os.devnull)
COMMANDS = {
    "study, report included": ("study", *_UNDER),
    "replay, report included": ("replay", *_UNDER),
}


def main() -> None:
    """Print the tables, but for the log that wants many minutes."""
    show_versions("attrs", "click", "rich")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if VOLVO.exists():
        _commands()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        rows = write_log(log, _MANY)
        _one_core(log, rows)
        _two_processes(log, rows)
        few = Path(folder) / "few.csv"
        _against_pm4py(few, write_log(few, _AGAINST), Path(folder))


def large() -> None:
    """Print what ten million rows take, cut into shards; about a quarter of an hour on two cores."""
    show_versions("attrs")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        rows = write_log(log, _MOST)
        began = time.perf_counter()
        with _in_processes(log, shards=80, processes=2) as run:
            cut_s = time.perf_counter() - began
            result = run()
        whole_s = time.perf_counter() - began
        # Kilobytes, of this process and of the largest of those that it waited for.
        peaks = (
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        here, there = peaks
        show_table(
            f"{rows:,} rows, {log.stat().st_size / 1e6:,.0f} MB, in 80 shards by two processes",
            ("what", "figure"),
            [
                ("cut into shards", human(cut_s)),
                ("cut and replayed", human(whole_s)),
                ("most memory, the process that puts together", f"{here:,.0f} MB"),
                ("most memory, each that replays", f"{there:,.0f} MB"),
                ("tickets", f"{result.cases:,}"),
                ("breaches kept", f"{len(result.breaches):,}"),
            ],
        )


def _commands() -> None:
    rows = []
    mapping = str(ROOT / "examples" / "volvo" / "mapping.toml")
    for name, (command, *options) in COMMANDS.items():
        words = [
            sys.executable,
            "-m",
            "escalate",
            command,
            str(VOLVO),
            "--mapping",
            mapping,
            *options,
        ]
        times = []
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - ours
            times.append(time.perf_counter() - began)
        rows.append((f"escalate {name}", human(median(times))))
    show_table(
        "The Volvo IT incident log (65,533 rows) from the command line", ("what", "time"), rows
    )


def _one_core(path: Path, rows: int) -> None:
    policy = load_policy(POLICY)
    advising = policy.advisory()
    log, reading_s = _cpu_s(lambda: read(path, mapping=MAPPING))
    following_s = _cpu_s(lambda: _follow(log, advising))[1]
    result, replaying_s = _cpu_s(lambda: replay(log, policy))
    parts = (
        ("reading the CSV", reading_s),
        ("following: the engine, every clock, step and rule", following_s),
        ("counting what the journals say", max(0.0, replaying_s - following_s)),
        ("reading and replaying", reading_s + replaying_s),
    )
    show_table(
        f"{rows:,} rows, {result.cases:,} tickets, {result.events:,} events under classic.toml, one core",
        ("what", "CPU", "a row"),
        [(name, human(seconds), human(seconds / rows)) for name, seconds in parts],
    )


def _follow(log: Log, policy: Any) -> None:
    for case in log.cases:
        journal_of(case, policy)


def _two_processes(path: Path, rows: int) -> None:
    times: dict[int, float] = {}
    for processes in (1, 2):
        began = time.perf_counter()
        with _in_processes(path, shards=8, processes=processes) as run:
            run()
        times[processes] = time.perf_counter() - began
    show_table(
        f"{rows:,} rows cut into 8 shards and replayed, on the clock (load {os.getloadavg()[0]:.1f})",
        ("processes", "time", "against one"),
        [
            (str(number), human(spent), f"{times[1] / spent:.2f} x")
            for number, spent in times.items()
        ],
    )


@contextmanager
def _in_processes(path: Path, *, shards: int, processes: int) -> Iterator[Callable[[], Any]]:
    spawned = multiprocessing.get_context("spawn")
    with (
        split(path, shards, mapping=MAPPING) as parts,
        ProcessPoolExecutor(processes, mp_context=spawned) as pool,
    ):
        yield lambda: replay(parts, load_policy(POLICY), executor=pool)


def _cpu_s(call: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return call(), time.process_time() - began


# -- against pm4py


def ours(path: Path) -> dict[str, float]:
    """Return the CPU seconds of what pm4py does too."""
    from collections import Counter
    from itertools import pairwise

    log, reading_s = _cpu_s(lambda: read(path, mapping=MAPPING))
    words = {
        "variants": lambda: Counter(tuple(row.word for row in case.rows) for case in log.cases),
        "throughput times": lambda: [
            case.rows[-1].at_us - case.rows[0].at_us for case in log.cases
        ],
        "start and end": lambda: (
            Counter(case.rows[0].word for case in log.cases),
            Counter(case.rows[-1].word for case in log.cases),
        ),
        "directly follows": lambda: Counter(
            (a.word, b.word) for case in log.cases for a, b in pairwise(case.rows)
        ),
    }
    return {"reading": reading_s} | {name: _cpu_s(call)[1] for name, call in words.items()}


def _against_pm4py(path: Path, rows: int, folder: Path) -> None:
    python = os.environ.get(_PEER) or _venv(folder)
    script = Path(__file__).with_name("pm4py_peer.py")
    said = subprocess.run(  # noqa: S603 - ours
        [python, str(script), str(path)], check=True, capture_output=True, text=True
    )
    # It greets people on the same stream.
    peer = json.loads(next(line for line in said.stdout.splitlines() if line.startswith("{")))
    mine = ours(path)
    show_table(
        f"{rows:,} rows beside {peer.pop('version')}, CPU",
        ("what", "escalate", "pm4py", "pm4py takes"),
        [
            (name, human(spent), human(peer[name]), f"{peer[name] / spent:.2f} x")
            for name, spent in mine.items()
        ],
    )


def _venv(folder: Path) -> str:
    """Return a Python with pm4py, which is AGPL: a yardstick, never a dependency."""
    venv.create(folder / "peer", with_pip=True)
    python = str(folder / "peer" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "pm4py"], check=True)  # noqa: S603 - ours
    return python
