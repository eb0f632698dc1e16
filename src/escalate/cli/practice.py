"""``escalate practice``: tickets to train a team on a policy, with the engine as the teacher."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import click

from escalate.cli.practice_tickets import Exercise, Question, exercises
from escalate.cli.test import FILE
from escalate.cli.text import printable
from escalate.core.commands import Open
from escalate.errors import nearest
from escalate.policies import load_policy


@attrs.define
class Score:
    """How many questions were answered, and how many of them as the engine does."""

    right: int = 0
    asked: int = 0

    def __str__(self) -> str:
        if not self.asked:
            return "nothing answered"
        return f"{self.right} of {self.asked} right, {100 * self.right // self.asked} %"


@click.command(short_help="Train on made-up tickets: where does each go?")
@click.argument("policy", type=FILE)
@click.option("--seed", type=int, default=1, show_default=True, help="Which tickets are drawn.")
@click.option(
    "--count",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="How many tickets.",
)
def practice(policy: Path, seed: int, count: int) -> None:
    """Practise POLICY on made-up tickets: say where each goes and what to check first.

    An answer is a word or its number; an empty line means that you do not know; Ctrl-D ends it. The same
    seed draws the same tickets, so that a team can compare.
    """
    loaded = load_policy(policy)
    score = Score()
    answers = _lines()
    for number, exercise in enumerate(exercises(loaded, seed=seed, count=count), 1):
        _say("", f"Ticket {number} of {count}: {_described(exercise.opening)}")
        if not _go_through(exercise, answers, score):
            break
    _say("", str(score))


def _lines() -> Iterator[str]:
    for line in sys.stdin:
        yield line.strip()


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(printable(line))


def _described(opening: Open) -> str:
    kind = "a request of no type" if opening.request_type is None else opening.request_type
    said = [kind, f"priority {opening.priority}"]
    if opening.channel:
        said.append(f"by {opening.channel}")
    if opening.tags:
        said.append(f"tagged {', '.join(sorted(opening.tags))}")
    said += [f"{name} is {value}" for name, value in opening.fields.items()]
    return ", ".join(said)


def _go_through(exercise: Exercise, answers: Iterator[str], score: Score) -> bool:
    """Ask all questions of *exercise*; return whether there may be more answers."""
    for question in exercise.questions:
        answer = _ask(question, answers)
        if answer is None:
            return False
        score.asked += 1
        score.right += answer == question.answer
        verdict = "Right" if answer == question.answer else f"No: {question.answer}"
        _say(f"  {verdict}.", *(f"    {line}" for line in question.why))
    return True


def _ask(question: Question, answers: Iterator[str]) -> str | None:
    """Return what was answered, "" for not knowing; none if there are no more answers."""
    options = ", ".join(f"{index} {option}" for index, option in enumerate(question.options, 1))
    _say(f"  {question.asks}  [{options}]")
    for answer in answers:
        if answer in ("", *question.options):
            return answer
        if answer.isdecimal() and 1 <= int(answer) <= len(question.options):
            return question.options[int(answer) - 1]
        _say(f"  {answer!r} is no answer here; {nearest(answer, question.options)}")
    return None
