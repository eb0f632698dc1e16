"""``python -m tests.verify.kit [words]``: judge every mutant, or those named with all the words."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import attrs

from tests.verify.kit.mutants import Mutant, Outcome, judge, mutants
from tests.verify.kit.tables import files

AT_ONCE: Final = 2


@attrs.define
class Row:
    """What became of the mutants of one operator."""

    code: str
    made: int = 0
    found: int = 0
    stories: int = 0
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count *outcome*."""
        self.made += 1
        self.found += not outcome.wrong
        self.stories += outcome.traces
        self.seconds += outcome.seconds


def main(words: list[str]) -> int:
    """Print a line for each operator, and what went wrong; return 1 if anything did."""
    chosen = [each for each in mutants() if all(word in str(each) for word in words)]
    rows: dict[str, Row] = {}
    wrong: list[str] = []
    began = time.perf_counter()
    with ProcessPoolExecutor(AT_ONCE) as pool:
        for mutant, outcome in zip(chosen, pool.map(judge, chosen, chunksize=4), strict=True):
            rows.setdefault(mutant.operator, Row(mutant.code)).add(outcome)
            if outcome.wrong:
                wrong.append(f"{mutant}: {outcome.wrong}")
    _show(chosen, rows, wrong)
    _say(f"{time.perf_counter() - began:.0f} s with {AT_ONCE} processes")
    return 1 if wrong or not chosen else 0


def _show(chosen: list[Mutant], rows: dict[str, Row], wrong: Iterable[str]) -> None:
    _say("| operator | made to break | mutants | found | stories | s |")
    _say("|---|---|---|---|---|---|")
    for operator, row in rows.items():
        figures = f"{row.made} | {row.found} | {row.stories} | {row.seconds:.1f}"
        _say(f"| {operator} | `{row.code}` | {figures} |")
    for each in wrong:
        _say(each)
    made, found = len(chosen), sum(row.found for row in rows.values())
    seconds = sum(row.seconds for row in rows.values())
    stories = sum(row.stories for row in rows.values())
    policies = len({each.policy for each in chosen})
    _say(
        f"{found} of {made} mutants of {policies} policies found by {len(rows)} operators; {stories} stories "
        f"replayed and witnessed; {seconds:.0f} s of the processor; {len(files())} good policies"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
