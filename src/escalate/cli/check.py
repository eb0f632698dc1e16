"""``escalate check`` and ``escalate schema``: whether a policy file is right, and what may stand in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.text import Text

from escalate.cli.places import line_finder
from escalate.cli.policy_words import tell_far_off, tell_path, tell_rule, tell_target, tell_tier
from escalate.cli.sections import Section, show, terminal, write_json
from escalate.cli.test import FILE
from escalate.cli.text import printable, several
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput
from escalate.policies import load_policy
from escalate.policies.schema import FILE as SCHEMA
from escalate.verify.findings import Report
from escalate.verify.search import Budget
from escalate.verify.showing import data_of, github_of, sarif_of, text_of


@click.command(short_help="Say what a policy promises, prove it, or tell all its mistakes.")
@click.argument("policy_file", metavar="POLICY", type=FILE)
@click.option("--against", type=FILE, help="Also say how it differs from this older version.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="For people, programs, code scanning, or the lines of a pull request on GitHub.",
)
@click.option(
    "--json",
    "json_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the answer to this file, mistakes with their lines; - is stdout, with no words.",
)
@click.option(
    "--cases",
    type=click.Path(dir_okay=False),
    help="Write the stories of what was found to this file, as cases for escalate test.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.01),
    default=300.0,
    show_default=True,
    help="Give up after so long; what is not known by then is unknown, never proved.",
)
@click.option("--strict", is_flag=True, help="What could not be found out counts as wrong, too.")
@click.option("--no-proof", is_flag=True, help="Only read the file: prove nothing.")
@click.pass_context
def check(
    context: click.Context,
    policy_file: Path,
    against: Path | None,
    form: str,
    json_target: str | None,
    cases: str | None,
    seconds: float,
    *,
    strict: bool,
    no_proof: bool,
) -> None:
    """Say whether POLICY, a TOML or JSON file, is right: what it promises, or all its mistakes.

    Every situation that a ticket can come to is looked at, and each property is proved, or refuted with a
    story that the real engine has run. Exits with 1 if one is refuted (a difference from an older version
    is only told), with 2 if the file has a mistake, which is told with its line.
    """
    if form == "json":
        json_target = json_target or "-"
    try:
        policy = load_policy(policy_file)
        older = None if against is None else load_policy(against)
    except BadInput as wrong:
        if json_target is None:
            raise
        problems = [_problem(each) for each in wrong.problems]
        write_json([Section("", "", {"ok": False, "problems": problems})], json_target)
        context.exit(2)
    sections = _sections(policy)
    if no_proof:
        _write(sections, json_target)
        return
    report = _proved(policy, older, seconds, strict=strict, quiet=form != "text")
    lines = line_finder(policy_file)
    if cases is not None:
        Path(cases).write_text(report.cases(), encoding="utf-8")
    if form == "sarif":
        click.echo(sarif_of(report, policy_file.as_posix(), lines))
    elif form == "github":
        click.echo("\n".join(github_of(report, policy_file.as_posix(), lines)))
    else:
        facts = {"ok": report.ok, "verification": data_of(report, lines)}
        title = _counted(report)
        proof = Section(title, _lines(map(printable, text_of(report))), facts)
        _write([*sections, proof], json_target)
    if report.refuted or (strict and report.unknown):
        context.exit(1)


def _counted(report: Report) -> str:
    """Return the heading of the proof: how many properties hold, and which do not."""
    by_answer: dict[str, list[int]] = {}
    for verdict in report.verdicts:
        by_answer.setdefault(verdict.answer, []).append(verdict.number)
    proved = len(by_answer.pop("proved", ()))
    rest = (f"{answer}: {', '.join(map(str, numbers))}" for answer, numbers in by_answer.items())
    return "; ".join([f"What is proved: {proved} of {len(report.verdicts)} properties", *rest])


def _write(sections: list[Section], json_target: str | None) -> None:
    if json_target is not None:
        write_json(sections, json_target)
    if json_target != "-":
        show(sections)


def _proved(
    policy: EscalationPolicy,
    older: EscalationPolicy | None,
    seconds: float,
    *,
    strict: bool,
    quiet: bool,
) -> Report:
    """Return the report on *policy*; on a terminal, how far it is is shown meanwhile."""
    console = terminal(stderr=True)
    budget = Budget(seconds=seconds)
    if quiet or not console.is_terminal:
        return policy.verify(older, budget=budget, strict=strict)
    with console.status("") as status:

        def progress(states: int, steps: int) -> None:
            status.update(f"{states:,} situations, {steps:,} questions; at most {seconds:g} s")

        return policy.verify(older, budget=budget, strict=strict, progress=progress)


@click.command(short_help="Print the JSON Schema of policy files, for editors.")
def schema() -> None:
    """Print the JSON Schema of policy files, for editors that complete and check them.

    A TOML file names it in its first line: #:schema ./policy.schema.json
    """
    click.echo(SCHEMA.read_text(encoding="utf-8"), nl=False)


def _problem(wrong: BadInput) -> dict[str, Any]:
    return {
        "file": getattr(wrong, "file", ""),
        "line": getattr(wrong, "line", None),
        "place": getattr(wrong, "place", ""),
        "code": getattr(wrong, "reason", "") or wrong.code,
        "message": str(wrong),
    }


def _sections(policy: EscalationPolicy) -> list[Section]:
    told = {
        "Lines of support": [tell_tier(tier, policy) for tier in policy.tiers],
        "Ways between them": [tell_path(path) for path in policy.paths],
        "Promises; for each, the first that fits a ticket": [
            line for target in _tried(policy) for line in tell_target(target, policy)
        ],
        "Promises that cannot be kept in time": list(tell_far_off(policy, datetime.now(UTC))),
        "What happens by itself": [tell_rule(rule) for rule in policy.rules],
        "What to check before handing on": [
            printable(f"{each.name}: {check.ask or check.milestone} ({check.who})")
            for each in policy.request_types
            for check in each.checklist
        ],
    }
    counts = {
        "tiers": len(policy.tiers),
        "paths": len(policy.paths),
        "targets": len(policy.sla.targets),
        "rules": len(policy.rules),
    }
    facts = {"ok": True, "policy": policy.name, "version": policy.version, **counts, "told": told}
    title = f'Policy "{policy.name}", version {policy.version}: no mistakes'
    sizes = ", ".join(several(count, name.removesuffix("s")) for name, count in counts.items())
    first = Section(title, Text(sizes), facts)
    return [first, *(Section(name, _lines(lines), {}) for name, lines in told.items() if lines)]


def _tried(policy: EscalationPolicy) -> list[Any]:
    # Clock by clock, defaults last: as the engine tries them.
    clocks = list(dict.fromkeys(target.clock for target in policy.sla.targets))
    return sorted(policy.sla.targets, key=lambda each: (clocks.index(each.clock), each.default))


def _lines(lines: Iterable[str]) -> Group:
    return Group(*(Text(line) for line in lines))
