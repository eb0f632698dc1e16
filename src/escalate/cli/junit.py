"""Results of cases as JUnit XML, the form in which CI servers read tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from escalate.cli.text import printable
from escalate.testing import CaseRun


def junit(runs: Sequence[CaseRun], *, policy: str, file: str) -> str:
    """Return *runs* of the cases in *file* under *policy* as one JUnit XML document.

    Everything that people wrote is escaped; what XML cannot hold at all is written out.
    """
    failed = sum(not run.passed for run in runs)
    counts = f'tests="{len(runs)}" failures="{failed}" errors="0" skipped="0"'
    suite = _attribute(policy)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}>",
        f"  <testsuite name={suite} {counts}>",
        *(_case(run, file) for run in runs),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(run: CaseRun, file: str) -> str:
    head = f"    <testcase name={_attribute(run.case.name)} classname={_attribute(file)}"
    if run.passed:
        return f"{head}/>"
    wrong = next(str(each) for moment in run.moments for each in moment.wrong)
    lines = "\n".join(escape(_allowed(line)) for line in run.failure().splitlines())
    return f"{head}>\n      <failure message={_attribute(wrong)}>{lines}</failure>\n    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text))


def _allowed(text: str) -> str:
    # Control characters, lone surrogates and the like have no place in XML, escaped or not.
    return printable(text)
