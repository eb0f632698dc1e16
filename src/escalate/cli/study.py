"""``escalate study``: what a log says of the desk behind it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click
from rich.progress import Progress

from escalate.cli.reading import read_log
from escalate.cli.reporting import in_a_folder, report_options, write_report
from escalate.cli.sections import Section, show, terminal, write_json
from escalate.cli.show_chapters import chapter_sections
from escalate.cli.show_quality import quality_section, refuse_if_none_usable
from escalate.core.policy import EscalationPolicy
from escalate.offline import Mapping, Study, split
from escalate.offline import study as run
from escalate.policies import load_policy

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MOST_PROCESSES = 64


@click.command(short_help="Say what a log tells of a desk, chapter by chapter.")
@click.argument("log", type=_FILE)
@click.option(
    "--mapping",
    "mapping_file",
    type=_FILE,
    help="TOML: what the columns and words of LOG mean; not needed where columns have standard names.",
)
@click.option(
    "--policy",
    "policy_file",
    type=_FILE,
    help="TOML: whose lines, opening hours, goals and checklists to look at.",
)
@click.option("--names", is_flag=True, help="Call people by name instead of by number.")
@click.option(
    "--json",
    "json_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    callback=in_a_folder,
    help="Write the figures, each with its definition, to this file; - is stdout, with no tables.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, _MOST_PROCESSES),
    default=1,
    show_default=True,
    help="Read LOG in so many parts at once; the answer is the same.",
)
@report_options
def study(
    *,
    log: Path,
    mapping_file: Path | None,
    policy_file: Path | None,
    names: bool,
    json_target: str | None,
    processes: int,
    html: Path | None,
    export: Path | None,
) -> None:
    """Say what LOG tells of a desk: CSV, JSON lines, XES or Parquet (also gzip), a row per change of a case.

    How cases flow between lines, what their time is spent on, what teams and people do, and what is doubtful
    about it. Nothing is changed and nothing leaves this machine. What each figure means stands in the page
    that --html writes, and in --json.
    """
    policy = None if policy_file is None else load_policy(policy_file)
    mapping = Mapping() if mapping_file is None else Mapping.from_file(mapping_file)
    found = _study(log, mapping, policy, names=names, processes=processes)
    refuse_if_none_usable(found.quality, log.name)
    sections: list[Section] = [quality_section(found.quality), *chapter_sections(found.chapters)]
    write_report(html, export, [found], policy, title=f"What {log.name} says")
    if json_target is not None:
        write_json(sections, json_target)
    if json_target != "-":
        show(sections)


def _study(
    path: Path, mapping: Mapping, policy: EscalationPolicy | None, *, names: bool, processes: int
) -> Study:
    if processes > 1:
        # Not forked: a copy of a process with threads, such as that of a progress bar, may hang.
        with (
            split(path, processes, mapping=mapping) as parts,
            ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
        ):
            return run(parts, policy=policy, names=names, executor=pool)
    log = read_log(path, mapping)
    console = terminal(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        track = partial(progress.track, description="Studying")
        return run(log, policy=policy, names=names, progress=track)
