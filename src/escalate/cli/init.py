"""``escalate init``: five questions, and a policy file to start from."""

from __future__ import annotations

import sys
import tomllib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import attrs
import click

from escalate.cli.first_policy import Answers, first_policy
from escalate.cli.text import printable, several
from escalate.errors import BadInput, InvalidFile
from escalate.policies import load_policy
from escalate.policies.schema import FILE

_QUESTIONS: Final = {
    "country": "Whose public holidays? A country such as BR, a part such as BR-SP, or none",
    "timezone": "In which time zone, such as America/Sao_Paulo",
    "hours": "Opening hours",
    "tiers": "Lines of support, the lowest first",
    "promises": "How long may a line keep a ticket, and how long until it is solved",
}


def _question(name: str) -> click.Option:
    return click.Option([f"--{name}"], help=f"{_QUESTIONS[name]}.  [{_shown(name)}]")


def _shown(name: str) -> str:
    return Answers().usual_promises if name == "promises" else str(getattr(Answers(), name))


@click.command(short_help="Ask five questions and write a first policy.")
@click.argument(
    "target", metavar="[POLICY]", default="policy.toml", type=click.Path(path_type=Path)
)
@click.option(
    "--years", default=3, type=click.IntRange(1, 20), help="Holidays of so many years.  [3]"
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--no-schema", is_flag=True, help="Write no schema for editors beside it.")
def init(target: Path, years: int, force: bool, no_schema: bool, **given: str | None) -> None:
    """Ask five questions and write a policy to start from, with a comment on each part.

    It asks in a terminal, unless a flag answers a question; what is not answered is as shown.
    """
    if target.exists() and not force:  # said before five questions are answered in vain
        raise _is_there(target)
    asked = sys.stdin.isatty() and not any(given.values())
    answers = (
        _asked() if asked else attrs.evolve(Answers(), **{k: v for k, v in given.items() if v})
    )
    text = _text(answers, years, schema=not no_schema)
    policy = load_policy(tomllib.loads(text))
    _write(target, text, force=force)
    if not no_schema:
        _write_schema(target.with_name(FILE.name))
    lines, promises = len(policy.tiers), len(policy.sla.targets)
    click.echo(f"Wrote {target}: {several(lines, 'line')}, {several(promises, 'promise')}.")
    click.echo(f"Change what is yours, then: escalate check {target}")


init.params += [_question(name) for name in _QUESTIONS]


def _text(answers: Answers, years: int, *, schema: bool) -> str:
    first = datetime.now(UTC).year
    return first_policy(answers, range(first, first + years), schema=schema)


def _asked() -> Answers:
    answers = Answers()
    for name, question in _QUESTIONS.items():
        usual = answers.usual_promises if name == "promises" else getattr(answers, name)
        answers = click.prompt(question, default=usual, value_proc=partial(_with, answers, name))
    return answers


def _with(answers: Answers, name: str, answer: str) -> Answers:
    """Return *answers* with one more; an answer that cannot be is told at once, and asked for again."""
    more = attrs.evolve(answers, **{name: answer})
    try:
        load_policy(tomllib.loads(_text(more, 1, schema=False)))
    except BadInput as wrong:
        raise click.BadParameter(printable(str(wrong))) from wrong
    return more


def _write(target: Path, text: str, *, force: bool) -> None:
    try:
        with target.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as there:
        raise _is_there(target) from there


def _is_there(target: Path) -> InvalidFile:
    wanted = "another name, or --force to write over it"
    return InvalidFile(str(target), "a file that is there already", wanted)


def _write_schema(target: Path) -> None:
    if not target.exists():  # whoever has one keeps it; `escalate schema` prints the new one
        target.write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
