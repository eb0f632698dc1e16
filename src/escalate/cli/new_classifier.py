"""``escalate new-classifier``: a package with a classifier, its tests and its entry point."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from escalate.cli.first_classifier import files_of
from escalate.errors import BadInput, InvalidFile

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_LONGEST: Final = 60
_TAKEN: Final = frozenset({"src", "test", "tests", "escalate-tiers"})


@click.command("new-classifier", short_help="Write a package with a classifier and its tests.")
@click.argument("name")
@click.option(
    "--into",
    default=".",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder in which its folder is made.  [.]",
)
def new_classifier(name: str, into: Path) -> None:
    """Write a package called NAME, such as acme-outage: a classifier, its entry point and its tests.

    The tests pass at once. Nothing that is there already is written over.
    """
    _check(name)
    target = into / name
    _write(target, files_of(name))
    click.echo(f"Wrote {target}: a classifier, its tests, a README.")
    click.echo(f'Try it:  cd {target} && python -m pip install -e ".[test]" && python -m pytest')
    click.echo("See it:  escalate plugins")


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        wanted = f"lower-case letters, digits and single hyphens, {_LONGEST} at most: acme-outage"
        raise BadInput("NAME", name, wanted)
    module = name.replace("-", "_")
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        raise BadInput("NAME", name, "a name that is no word of Python, such as acme-outage")
    if name in _TAKEN or module in sys.stdlib_module_names or find_spec(module) is not None:
        raise BadInput("NAME", name, "a name that no module has yet, such as acme-outage")


def _write(target: Path, files: Mapping[str, str]) -> None:
    try:
        target.mkdir(parents=True)
    except FileExistsError as there:
        wanted = "another name, or --into another folder; nothing is written over"
        raise InvalidFile(str(target), "something that is there already", wanted) from there
    for path, text in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
