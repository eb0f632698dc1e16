"""Runs one benchmark by name."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "engine": "benchmarks.engine",
    "time": "benchmarks.open_time",
    "verify": "benchmarks.verify",
}


def main(names: list[str]) -> int:
    """Run the benchmarks named, or say which there are."""
    if not names or not BENCHMARKS.keys() >= set(names):
        print(f"usage: python -m benchmarks NAME...; there is {', '.join(sorted(BENCHMARKS))}")
        return 2
    for name in names:
        importlib.import_module(BENCHMARKS[name]).main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
