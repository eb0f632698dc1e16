"""``escalate replay``: what a log tells."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import Progress

from escalate.cli.sections import Section, show, terminal, write_json
from escalate.cli.show_figures import figures_section
from escalate.cli.show_quality import quality_section
from escalate.offline import Log, Mapping, read
from escalate.offline.figures import measure

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("log", type=_FILE)
@click.option(
    "--mapping", type=_FILE, required=True, help="TOML: what the columns and words of LOG mean."
)
@click.option(
    "--json",
    "json_target",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the figures, each with its definition, to this file; - is stdout, with no tables.",
)
def replay(log: Path, mapping: Path, json_target: str | None) -> None:
    """Print figures over LOG, a CSV file (also gzip) in UTF-8 with one row per change of a case."""
    sections = _sections(_read(log, Mapping.from_file(mapping)))
    if json_target is not None:
        write_json(sections, json_target)
    if json_target != "-":
        show(sections)


def _sections(log: Log) -> list[Section]:
    return [figures_section(measure(log)), quality_section(log.quality)]


def _read(path: Path, mapping: Mapping) -> Log:
    console = terminal(stderr=True)
    with (
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        progress.open(path, "rb", description="Reading") as file,
    ):
        return read(file, mapping=mapping)
