"""Runs one benchmark by name."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = {
    "classifiers": "benchmarks.classifiers:main",
    "engine": "benchmarks.engine:main",
    "kit": "benchmarks.classifier_kit:main",
    "offline": "benchmarks.offline:main",
    "offline-large": "benchmarks.offline:large",
    "runtime": "benchmarks.runtime:main",
    "runtime-small": "benchmarks.runtime:small",
    "time": "benchmarks.open_time:main",
    "verify": "benchmarks.verify:main",
}


def main(names: list[str]) -> int:
    """Run the benchmarks named, or say which there are."""
    if not names or not BENCHMARKS.keys() >= set(names):
        print(f"usage: python -m benchmarks NAME...; there is {', '.join(sorted(BENCHMARKS))}")
        return 2
    for name in names:
        module, _, function = BENCHMARKS[name].partition(":")
        getattr(importlib.import_module(module), function)()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
