"""``escalate diagram``: a policy as a picture."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import click

from escalate.cli.test import FILE
from escalate.cli.text import printable
from escalate.errors import InvalidFile
from escalate.policies import load_policy

_INSTALL = "Mermaid's command on PATH; npm install --global @mermaid-js/mermaid-cli installs mmdc"
_SECONDS = 120


@click.command(short_help="Draw a policy as a Mermaid flowchart.")
@click.argument("policy", type=FILE)
@click.option(
    "--svg",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw it to this file with Mermaid's own command, mmdc, which must be on PATH.",
)
@click.option("--no-statuses", is_flag=True, help="Leave out what may happen to a ticket's status.")
@click.option(
    "--puppeteer",
    type=FILE,
    help="JSON that mmdc passes to its browser, e.g. where that is (executablePath).",
)
def diagram(policy: Path, target: Path | None, no_statuses: bool, puppeteer: Path | None) -> None:
    """Print POLICY as a Mermaid flowchart: tiers, paths, what rules and steps move, and when.

    Many sites and editors draw what is printed between ```mermaid and ```.
    """
    text = load_policy(policy).to_mermaid(statuses=not no_statuses)
    if target is None:
        click.echo(text, nl=False)
    else:
        _draw(text, target, puppeteer)


def _draw(text: str, target: Path, puppeteer: Path | None) -> None:
    command = shutil.which("mmdc")
    if command is None:
        raise click.UsageError(f"--svg needs {_INSTALL}")
    with tempfile.TemporaryDirectory() as folder:
        source, drawn = Path(folder) / "policy.mmd", Path(folder) / "policy.svg"
        source.write_text(text, encoding="utf-8")
        arguments = [command, "--input", str(source), "--output", str(drawn), "--quiet"]
        if puppeteer is not None:
            arguments += ["--puppeteerConfigFile", str(puppeteer)]
        _run(arguments)
        if not drawn.exists():
            raise InvalidFile(str(target), "nothing drawn by mmdc", "a picture; try mmdc by hand")
        target.write_bytes(drawn.read_bytes())


def _run(arguments: list[str]) -> None:
    # The program is the one called mmdc on PATH, and a list of arguments is read by no shell.
    with subprocess.Popen(  # noqa: S603
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        try:
            said, _ = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired as late:
            process.kill()  # before the block waits for it
            raise click.ClickException(f"mmdc was not done after {_SECONDS} s") from late
    if process.returncode:
        last = printable(" ".join(said.split())[-500:])
        raise click.ClickException(f"mmdc could not draw it: {last}")
