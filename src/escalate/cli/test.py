"""``escalate test``: whether a policy does what its cases say."""

from __future__ import annotations

from pathlib import Path

import click

from escalate.cli.junit import junit
from escalate.cli.text import printable
from escalate.policies import load_policy
from escalate.testing import CaseRun, load_cases, run_case

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="test", short_help="Run the cases of a policy, and say why one failed.")
@click.argument("policy", type=FILE)
@click.argument("cases", type=FILE)
@click.option(
    "--junit",
    "junit_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the results as JUnit XML, which CI servers show, to this file; - is stdout, with no lines.",
)
def test(policy: Path, cases: Path, junit_target: str | None) -> int:
    """Run the CASES, a TOML file, under POLICY: one line per case, and why one failed.

    Exits with 0 if all passed, with 1 if one failed, and with 2 if a file does not read.
    """
    loaded = load_policy(policy)
    runs = [run_case(loaded, case) for case in load_cases(cases)]
    if junit_target is not None:
        _write(junit(runs, policy=loaded.name, file=cases.name), junit_target)
    if junit_target != "-":
        for line in _lines(runs):
            click.echo(line)
    return 0 if all(run.passed for run in runs) else 1


def _lines(runs: list[CaseRun]) -> list[str]:
    lines = []
    for run in runs:
        lines.append(f"{'ok  ' if run.passed else 'FAIL'}  {printable(run.case.name)}")
        lines += [f"      {printable(line)}" for line in run.failure().splitlines()]
    failed = sum(not run.passed for run in runs)
    return [*lines, f"{len(runs)} {'case' if len(runs) == 1 else 'cases'}, {failed} failed"]


def _write(document: str, target: str) -> None:
    if target == "-":
        click.echo(document, nl=False)
    else:
        Path(target).write_text(document, encoding="utf-8")
