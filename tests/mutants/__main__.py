"""``python -m tests.mutants [words]``: plant every defect, or those named with the words; who caught it?"""

from __future__ import annotations

import statistics
import sys
import time

from tests.mutants.defects import DEFECTS
from tests.mutants.runner import ask_all


def main(words: list[str]) -> int:
    """Print the table and return 1 if a defect was missed."""
    chosen = [each for each in DEFECTS if not words or any(word in each.name for word in words)]
    wide = max((len(each.name) for each in chosen), default=0)
    missed, took, began = 0, [], time.perf_counter()
    for defect, finding in ask_all(chosen):
        law = ", ".join(law.rpartition("::")[2] for law in defect.caught_by)
        verdict = "caught" if finding.caught else "MISSED"
        _say(f"{defect.name:{wide}}  {verdict}  {finding.seconds:5.1f} s  {law}")
        if not finding.caught:
            _say(f"    {finding.said}")
        missed += not finding.caught
        took.append(finding.seconds)
    median = statistics.median(took) if took else 0.0
    total = time.perf_counter() - began
    _say(
        f"{len(took) - missed} of {len(took)} defects caught in {total:.0f} s, median {median:.1f} s"
    )
    return 1 if missed or not took else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
