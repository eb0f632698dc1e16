"""``escalate check`` and ``escalate schema``: whether a policy file is right, and what may stand in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.text import Text

from escalate.cli.policy_words import tell_far_off, tell_path, tell_rule, tell_target, tell_tier
from escalate.cli.sections import Section, show, write_json
from escalate.cli.text import printable, several
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput
from escalate.policies import load_policy
from escalate.policies.schema import FILE


@click.command(short_help="Say what a policy promises, or all its mistakes.")
@click.argument("policy_file", metavar="POLICY", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--json",
    "json_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the answer to this file, mistakes with their lines; - is stdout, with no words.",
)
@click.pass_context
def check(context: click.Context, policy_file: Path, json_target: str | None) -> None:
    """Say whether POLICY, a TOML or JSON file, is right: what it promises, or all its mistakes.

    Each mistake is told with its line. Exits with 2 if there is one.
    """
    try:
        sections = _sections(load_policy(policy_file))
    except BadInput as wrong:
        if json_target is None:
            raise
        problems = [_problem(each) for each in wrong.problems]
        write_json([Section("", "", {"ok": False, "problems": problems})], json_target)
        context.exit(2)
    if json_target is not None:
        write_json(sections, json_target)
    if json_target != "-":
        show(sections)


@click.command(short_help="Print the JSON Schema of policy files, for editors.")
def schema() -> None:
    """Print the JSON Schema of policy files, for editors that complete and check them.

    A TOML file names it in its first line: #:schema ./policy.schema.json
    """
    click.echo(FILE.read_text(encoding="utf-8"), nl=False)


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
