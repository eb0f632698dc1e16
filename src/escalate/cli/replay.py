"""``escalate replay``: what a log tells."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from rich.progress import Progress

from escalate.cli.reading import read_log
from escalate.cli.reporting import report_options, write_report
from escalate.cli.sections import show, terminal, write_json
from escalate.cli.show_figures import figures_section
from escalate.cli.show_quality import quality_section
from escalate.cli.show_replay import replay_section
from escalate.core.policy import EscalationPolicy
from escalate.offline import Log, Mapping, Replay
from escalate.offline import replay as run
from escalate.offline.figures import Figures, measure
from escalate.offline.figures.values import Chapter
from escalate.offline.replaying import first_promise
from escalate.offline.reporting import Found, Part
from escalate.policies import load_policy

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="Print figures over a log, also under a policy.")
@click.argument("log", type=_FILE)
@click.option(
    "--mapping",
    type=_FILE,
    help="TOML: what the columns and words of LOG mean; not needed where columns have standard names.",
)
@click.option(
    "--policy",
    "policy_file",
    type=_FILE,
    help="TOML: the policy that the engine replays LOG under.",
)
@click.option(
    "--json",
    "json_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the figures, each with its definition, to this file; - is stdout, with no tables.",
)
@report_options
def replay(
    log: Path,
    mapping: Path | None,
    policy_file: Path | None,
    json_target: str | None,
    html: Path | None,
    export: Path | None,
) -> None:
    """Print figures over LOG: CSV, JSON lines, XES or Parquet (also gzip), a row per change of a case.

    With a policy, its engine follows every case: which moves the policy lacks, which promises were kept.
    """
    policy = None if policy_file is None else load_policy(policy_file)
    found = read_log(log, Mapping() if mapping is None else Mapping.from_file(mapping))
    figures = _figures(found, policy)
    sections = [quality_section(found.quality), figures_section(figures)]
    parts: list[Part] = [Found([Chapter("figures", "Figures", figures)], found.quality)]
    if policy is not None:
        replayed = _replayed(found, policy)
        sections.append(replay_section(replayed, policy))
        parts.append(replayed)
    write_report(html, export, parts, policy, title=f"What {log.name} says")
    if json_target is not None:
        write_json(sections, json_target)
    if json_target != "-":
        show(sections)


def _figures(log: Log, policy: EscalationPolicy | None) -> Figures:
    if policy is None:
        return measure(log)
    promise = first_promise(policy)
    return measure(
        log,
        tiers=policy.tier_names,
        within=None if promise is None else promise.within,
        calendar=None if promise is None else promise.hours,
    )


def _replayed(log: Log, policy: EscalationPolicy) -> Replay:
    console = terminal(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        return run(log, policy, progress=partial(progress.track, description="Replaying"))
