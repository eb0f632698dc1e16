"""``escalate practice``: training a team on its policy."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from escalate import load_policy
from escalate.cli import main
from escalate.cli.practice_tickets import exercises

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "policies"
CLASSIC = FOLDER / "classic.toml"
POLICIES = sorted(path for path in FOLDER.glob("*.toml") if not path.name.endswith(".cases.toml"))


@pytest.fixture
def practise(monkeypatch, capsys):
    """Practise with answers coming through a pipe; returns what was printed."""

    def run(answers: str, *options: str, policy: Path = CLASSIC) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(answers))
        assert main(["practice", str(policy), *options]) == 0
        seen = capsys.readouterr()
        assert seen.err == ""
        return seen.out

    return run


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_who_answers_as_the_engine_does_has_everything_right(path, practise):
    """The answers are the engine's own, and each comes with its reason."""
    drawn = list(exercises(load_policy(path), seed=3, count=6))
    questions = [question for exercise in drawn for question in exercise.questions]
    assert all(question.answer in question.options and question.why for question in questions)
    answers = "".join(f"{question.answer}\n" for question in questions)
    done = practise(answers, "--seed", "3", "--count", "6", policy=path)
    assert done.endswith(f"{len(questions)} of {len(questions)} right, 100 %\n")


def test_a_wrong_answer_is_told_the_right_one_and_why(practise):
    """The reason is the engine's: which rule, which path, which check."""
    done = practise("\n" * 200, "--count", "20")
    assert "0 of 60 right, 0 %" in done
    assert "No: N2." in done
    assert "because rule 'vip starts higher', on opened in N1 when" in done
    assert "stays in N1 until its checks are done; left: password_verified, network_ok" in done
    assert "N3 must be told: summary, tried, hypothesis" in done


def test_a_way_that_is_open_too_is_not_called_closed(practise, tmp_path):
    """Whoever named the second of two ways learns that the policy names another first, not of a form."""
    policy = tmp_path / "desk.toml"
    policy.write_text(
        """name = "desk"
tiers = [{ name = "N1" }, { name = "N2" }, { name = "N3" }, { name = "V" }]
paths = [
  { from = "N1", to = "N2", requires = ["summary"] },
  { from = "N1", to = "N3", requires = ["summary"] },
  { from = "N1", to = "V", kind = "transfer", when = "moves > 5" },
]
""",
        encoding="utf-8",
    )
    told = practise("N1\nN3\n", "--count", "1", policy=policy)
    assert "escalate to N3 is open too; the policy names N2 first" in told
    assert "fill in" not in told
    assert "transfer to V: no, " in told


def test_the_same_seed_draws_the_same_tickets(practise):
    """A team can compare; another seed is another lesson."""
    first, again, other = (practise("\n" * 99, "--seed", seed) for seed in "117")
    assert first == again
    assert first != other


def test_numbers_slips_and_an_early_end(practise):
    """An answer may be a number; a slip is asked again with the nearest word; what is answered is scored."""
    done = practise("1\nn2\n")
    assert "Right." in done
    assert "'n2' is no answer here" in done
    assert done.endswith("1 of 1 right, 100 %\n")
    assert practise("").endswith("nothing answered\n")


def test_no_text_of_a_policy_steers_the_terminal(tmp_path, practise):
    """Names and checks are shown and never obeyed."""
    path = tmp_path / "odd.toml"
    path.write_text(
        'name = "x"\ntiers = [ { name = "N\\u001b[31m1" } ]\npriorities = ["\\u202eevil"]\n'
    )
    assert not {"\x1b", "\u202e"} & set(practise("\n" * 99, policy=path))


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_in_a_terminal_each_question_waits_for_its_answer():
    """Typed answers work like piped ones, and Ctrl-D ends it with a score."""
    mine, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "escalate", "practice", str(CLASSIC), "--count", "1"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        seen = ""
        while "Where does it go when it comes in?" not in seen:
            seen += process.stdout.readline()
        os.write(mine, b"N1\n")
        while "N1" not in seen.splitlines()[-1] or "Right" not in seen:
            seen += process.stdout.readline()
        os.write(mine, b"\x04")
        seen += process.stdout.read()
    os.close(mine)
    assert seen.endswith("1 of 1 right, 100 %\n")
