"""``escalate handbook``: a policy as the document that people are trained with."""

from __future__ import annotations

from pathlib import Path

import click

from escalate.cli.test import FILE
from escalate.policies import load_policy
from escalate.policies.handbook.language import LANGUAGES


@click.command(short_help="Print a policy as a training handbook.")
@click.argument("policy_file", metavar="POLICY", type=FILE)
@click.option("--tier", help="Only the part of this tier, such as N1.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES, case_sensitive=False),
    default="en",
    show_default=True,
    help="The language; names stay as the policy has them.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html"]),
    help="Markdown, or one HTML file that loads nothing; told by the ending of -o unless said.",
)
@click.option("--against", type=FILE, help="An older version of POLICY: what changed comes first.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file.",
)
def handbook(
    policy_file: Path,
    tier: str | None,
    lang: str,
    form: str | None,
    against: Path | None,
    output: Path | None,
) -> None:
    """Print POLICY as the document that people are trained with: all tiers, or one.

    It is made from the policy, so it is never out of date: print it again after each change.
    """
    older = None if against is None else load_policy(against)
    told = "html" if output is not None and output.suffix in (".html", ".htm") else "md"
    text = load_policy(policy_file).to_handbook(tier, lang, format=form or told, against=older)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
