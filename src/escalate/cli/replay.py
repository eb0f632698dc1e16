"""``escalate replay``: what a log tells."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import attrs
import click
from rich.progress import Progress

from escalate.cli.reading import read_log
from escalate.cli.reporting import in_a_folder, report_options, write_report
from escalate.cli.sections import Section, show, terminal, write_json
from escalate.cli.show_chapters import comparison_section
from escalate.cli.show_figures import figures_section
from escalate.cli.show_quality import quality_section, refuse_if_none_usable
from escalate.cli.show_replay import replay_section
from escalate.core.policy import EscalationPolicy
from escalate.offline import Log, Mapping, compare, split
from escalate.offline import replay as run
from escalate.offline.figures import Figures, measure
from escalate.offline.figures.values import Chapter
from escalate.offline.gathering import Progress as Wrap
from escalate.offline.gathering import Source
from escalate.offline.replaying import first_promise
from escalate.offline.reporting import Found, Part
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
    callback=in_a_folder,
    help="Write the figures, each with its definition, to this file; - is stdout, with no tables.",
)
@report_options
def replay(
    *,
    log: Path,
    mapping: Path | None,
    policy_file: Path | None,
    other_file: Path | None,
    processes: int,
    json_target: str | None,
    html: Path | None,
    export: Path | None,
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
        found = _in_processes(log, plan, policies, processes)
    else:
        found = _here(read_log(log, plan), policies, log.name)
    write_report(html, export, found.parts, *policies[:1], title=f"What {log.name} says")
    if json_target is not None:
        write_json(found.sections, json_target)
    if json_target != "-":
        show(found.sections)


@attrs.frozen
class _Answer:
    """What was found in the file of this name, as the terminal shows it and as reports take it."""

    name: str
    sections: list[Section]
    parts: list[Part]


def _here(log: Log, policies: list[EscalationPolicy], name: str) -> _Answer:
    refuse_if_none_usable(log.quality, name)
    figures = _figures(log, policies)
    part = Found([Chapter("figures", "Figures", figures)], log.quality)
    answer = _Answer(name, [quality_section(log.quality), figures_section(figures)], [part])
    if policies:
        console = terminal(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            wrap = partial(progress.track, description="Replaying")
            _replay(answer, log, policies, wrap)
    return answer


def _figures(log: Log, policies: list[EscalationPolicy]) -> Figures:
    if not policies:
        return measure(log)
    promise = first_promise(policies[0])
    return measure(
        log,
        tiers=policies[0].tier_names,
        within=None if promise is None else promise.within,
        calendar=None if promise is None else promise.hours,
    )


def _in_processes(
    log: Path, plan: Mapping, policies: list[EscalationPolicy], processes: int
) -> _Answer:
    """Replay in other processes; figures that want the whole log in memory are left to one process."""
    # They begin with nothing of ours, which is the same on every system.
    spawned = get_context("spawn")
    answer = _Answer(log.name, [], [])
    with (
        split(log, processes * _SHARDS_A_PROCESS, mapping=plan) as parts,
        ProcessPoolExecutor(processes, mp_context=spawned) as pool,
    ):
        _replay(answer, parts, policies, iter, pool)
    return answer


def _replay(
    answer: _Answer,
    source: Source,
    policies: list[EscalationPolicy],
    wrap: Wrap,
    pool: ProcessPoolExecutor | None = None,
) -> None:
    """Add to *answer* what the engine makes of *source*."""
    found = run(source, policies[0], executor=pool, progress=wrap)
    if pool is not None:
        refuse_if_none_usable(found.quality, answer.name)
        answer.sections.append(quality_section(found.quality))
    answer.sections.append(replay_section(found, policies[0]))
    answer.parts.append(found)
    if len(policies) > 1:
        both = compare(source, policies[0], policies[1], executor=pool, progress=wrap)
        answer.sections.append(comparison_section(both))
        answer.parts.append(both)
