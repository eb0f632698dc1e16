"""``python -m tests.deep [MINUTES]``: asks every law again and again, with examples never seen before.

One property alone could fill the time, so the laws are asked in rounds of a few hundred examples each,
several files at once. It ends with the first law that fails, or when the time is over.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import count
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FILES: Final = tuple(
    path.relative_to(ROOT)
    for path in sorted((ROOT / "tests" / "core").glob("test_*.py"))
    if "def test_law" in path.read_text(encoding="utf-8")
)
AT_ONCE: Final = os.cpu_count() or 1


def _ask(file: Path, until: float) -> tuple[Path, int | None, str]:
    """Return what pytest says of the laws in *file*; no exit code if the time was over first."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(file)]
    try:
        run = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"HYPOTHESIS_PROFILE": "deep"},
            capture_output=True,
            text=True,
            check=False,
            timeout=max(1.0, until - time.monotonic()),
        )
    except subprocess.TimeoutExpired:
        return file, None, ""
    return file, run.returncode, run.stdout


def main(minutes: float = 10.0) -> int:
    """Ask for so many minutes; return 0 if every law held."""
    until = time.monotonic() + minutes * 60
    whole = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        turns = (FILES[number % len(FILES)] for number in count())
        asked: set[Future[tuple[Path, int | None, str]]] = set()
        while time.monotonic() < until:
            while len(asked) < AT_ONCE:
                asked.add(pool.submit(_ask, next(turns), until))
            done, asked = wait(asked, return_when=FIRST_COMPLETED)
            for future in done:
                file, code, said = future.result()
                if code:
                    print(said)
                    return 1
                whole += code == 0
                print(
                    f"{file}: {'held' if code == 0 else 'held until the time was over'}", flush=True
                )
    print(f"{minutes:g} minutes over, {whole} whole runs of {len(FILES)} files, no law failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(float(word) for word in sys.argv[1:2])))
