"""``escalate plugins``: which classifiers are installed, and where they come from."""

from __future__ import annotations

import json
from collections.abc import Sequence

import attrs
import click

from escalate.classifiers.registry import Plugin, clashes, installed_plugins
from escalate.cli.text import printable


@click.command(short_help="List the classifiers that are installed.")
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of objects.")
def plugins(as_json: bool) -> None:
    """List the classifiers that are installed, with origin and version. None of them is imported.

    A policy may name one (classifier = "..."); it is loaded only where the host allows it.
    """
    found = installed_plugins()
    if as_json:
        click.echo(json.dumps([attrs.asdict(plugin) for plugin in found], indent=2))
    else:
        for line in _lines(found):
            click.echo(printable(line))
    for clash in clashes(found):
        raise clash


def _lines(found: Sequence[Plugin]) -> list[str]:
    if not found:
        return ["No classifier is installed. To write one: escalate new-classifier NAME"]
    width = max(len(plugin.name) for plugin in found)
    return [f"{plugin.name:{width}}  {plugin}" for plugin in found]
