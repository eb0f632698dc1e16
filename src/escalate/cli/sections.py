"""What a command found: the same thing for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import click
from rich.console import Console, RenderableType
from rich.text import Text

from escalate.cli.text import printable


@attrs.frozen
class Section:
    """A part of a command's answer.

    Attributes:
        title: Its heading.
        body: What people see.
        json: What programs get; the keys of all sections lie side by side.
    """

    title: str
    body: RenderableType
    json: Mapping[str, Any]


def terminal(*, stderr: bool = False) -> Console:
    """Return a console that takes no text for markup, emoji or something to colour."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show(sections: Iterable[Section]) -> None:
    """Print *sections* for people."""
    console = terminal()
    for section in sections:
        console.print(Text(printable(section.title), style="bold"))
        console.print(section.body)
        console.print()


def write_json(sections: Iterable[Section], target: str) -> None:
    """Write *sections* as one JSON object to the file *target*, or to stdout for ``-``.

    Raises:
        OSError: the file cannot be written.
    """
    merged = {key: value for section in sections for key, value in section.json.items()}
    text = json.dumps(merged, indent=2, allow_nan=False) + "\n"
    if target == "-":
        click.echo(text, nl=False)
    else:
        Path(target).write_text(text, encoding="utf-8")
