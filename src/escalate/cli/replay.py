"""``escalate replay``: what a log tells."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click
from rich.progress import Progress

from escalate.cli.sections import Section, show, terminal, write_json
from escalate.cli.show_chapters import comparison_section
from escalate.cli.show_figures import figures_section
from escalate.cli.show_quality import quality_section
from escalate.cli.show_replay import replay_section
from escalate.core.policy import EscalationPolicy
from escalate.offline import Log, Mapping, compare, read, split
from escalate.offline import replay as run
from escalate.offline.figures import measure
from escalate.offline.gathering import Progress as Wrap
from escalate.offline.gathering import Source
from escalate.offline.replaying import first_promise
from escalate.policies import load_policy

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHARDS_A_PROCESS = 4  # so that no process waits long for the last shard of another


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
    "--against",
    "other_file",
    type=_FILE,
    help="TOML: another policy, to say which tickets it judges differently, and why.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Replay in so many processes, the log cut into parts that need not fit into memory together.",
)
@click.option(
    "--json",
    "json_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the figures, each with its definition, to this file; - is stdout, with no tables.",
)
def replay(
    log: Path,
    mapping: Path | None,
    policy_file: Path | None,
    other_file: Path | None,
    processes: int,
    json_target: str | None,
) -> None:
    """Print figures over LOG: CSV, JSON lines, XES or Parquet (also gzip), a row per change of a case.

    With a policy, its engine follows every case: which moves the policy lacks, which promises were kept.
    """
    if policy_file is None and (other_file is not None or processes > 1):
        asked = "--against" if other_file is not None else "--processes"
        raise click.UsageError(f"{asked} is about a replay, which needs --policy as well")
    policies = [load_policy(file) for file in (policy_file, other_file) if file is not None]
    plan = Mapping() if mapping is None else Mapping.from_file(mapping)
    if processes > 1:
        sections = _in_processes(log, plan, policies, processes)
    else:
        sections = _here(_read(log, plan), policies)
    if json_target is not None:
        write_json(sections, json_target)
    if json_target != "-":
        show(sections)


def _here(log: Log, policies: list[EscalationPolicy]) -> list[Section]:
    quality = quality_section(log.quality)
    if not policies:
        return [quality, figures_section(measure(log))]
    promise = first_promise(policies[0])
    figures = measure(
        log,
        tiers=policies[0].tier_names,
        within=None if promise is None else promise.within,
        calendar=None if promise is None else promise.hours,
    )
    console = terminal(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        wrap = partial(progress.track, description="Replaying")
        return [quality, figures_section(figures), *_replayed(log, policies, wrap)]


def _in_processes(
    log: Path, plan: Mapping, policies: list[EscalationPolicy], processes: int
) -> list[Section]:
    """Replay in other processes; figures that want the whole log in memory are left to one process."""
    # They begin with nothing of ours, which is the same on every system.
    spawned = get_context("spawn")
    with (
        split(log, processes * _SHARDS_A_PROCESS, mapping=plan) as parts,
        ProcessPoolExecutor(processes, mp_context=spawned) as pool,
    ):
        return _replayed(parts, policies, iter, pool)


def _replayed(
    source: Source,
    policies: list[EscalationPolicy],
    wrap: Wrap,
    pool: ProcessPoolExecutor | None = None,
) -> list[Section]:
    found = run(source, policies[0], executor=pool, progress=wrap)
    sections = [replay_section(found, policies[0])]
    if pool is not None:
        sections.insert(0, quality_section(found.quality))
    if len(policies) > 1:
        both = compare(source, policies[0], policies[1], executor=pool, progress=wrap)
        sections.append(comparison_section(both))
    return sections


def _read(path: Path, mapping: Mapping) -> Log:
    console = terminal(stderr=True)
    with (
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        progress.open(path, "rb", description="Reading") as file,
    ):
        return read(file, mapping=mapping)
