"""The command around the commands: no traceback, no surprise, whatever is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import escalate.cli
from escalate.cli import guard

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "replay"
LOG, MAPPING = str(EXAMPLE / "log.csv"), str(EXAMPLE / "mapping.toml")


def run(code: str, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python *code* in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )


MAIN = "import sys; from escalate.cli import main; sys.exit(main())"


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_it_says_what_to_install(missing):
    """Who installed the library alone is told what the command needs."""
    done = run(f"import sys; sys.modules[{missing!r}] = None\n{MAIN}", "replay")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'The escalate command needs: pip install "escalate-tiers[cli]"\n'


def test_another_missing_module_is_not_blamed_on_the_extra():
    """A broken installation is not hidden behind advice that does not help."""
    done = run(f"import sys; sys.modules['attrs'] = None\n{MAIN}", "--version")
    assert done.returncode == 1
    assert "attrs" in done.stderr


def test_the_version():
    """``escalate --version`` names the command and its version."""
    done = run(MAIN, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("escalate 0.")


@pytest.mark.parametrize(
    ("log", "mapping", "message"),
    [
        (b"", MAPPING, "log.csv: got 'nothing', wanted a header line"),
        (b"\xff\xfe", MAPPING, "UTF-8"),
        (b"a,b\n1,2\n", MAPPING, "case: got 'ticket', wanted a column of log.csv"),
        (b"ticket,when\n", "none.toml", "none.toml"),
        (b"ticket,when\n", LOG, "wanted TOML"),
    ],
)
def test_bad_input_is_one_readable_message(tmp_path, log, mapping, message):
    """Whatever is wrong with the files, there is a sentence and no traceback."""
    path = tmp_path / "log.csv"
    path.write_bytes(log)
    done = run(MAIN, "replay", str(path), "--mapping", mapping)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_place_that_cannot_be_written_is_one_readable_message(tmp_path):
    """JSON for a folder that is not there is refused before anything is read, with what would work."""
    target = str(tmp_path / "none" / "out.json")
    done = run(MAIN, "replay", LOG, "--mapping", MAPPING, "--json", target)
    assert done.returncode == 2
    assert done.stderr.strip().endswith("none': make it, or name another")
    assert "Traceback" not in done.stderr


def test_a_wrong_option_names_the_usage():
    """A misspelt option is answered with how to call the command."""
    done = run(MAIN, "replay", LOG, "--maping", MAPPING)
    assert done.returncode == 2
    assert "Usage: escalate replay" in done.stderr


def test_a_terminal_without_the_letters_shows_their_escapes(tmp_path):
    """A log in another script is readable on a terminal that knows only ASCII."""
    log = tmp_path / "log.csv"
    log.write_text("ticket,when,status,team,impact\n1,2026-03-02,é,desk a,ü\n", encoding="utf-8")
    done = run(MAIN, "replay", str(log), "--mapping", MAPPING, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert r"\xe9" in done.stdout


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_of_ours_is_an_apology_and_a_hint(monkeypatch, capsys, debug):
    """An unexpected error is no wall of text, unless one asks for it."""

    @click.command()
    def broken() -> None:
        raise ZeroDivisionError("\x1b[31m")

    monkeypatch.setitem(guard.app.commands, "broken", broken)
    if debug:
        with pytest.raises(ZeroDivisionError):
            escalate.cli.main(["--debug", "broken"])
        return
    assert escalate.cli.main(["broken"]) == 1
    shown = capsys.readouterr().err
    assert "ZeroDivisionError" in shown
    assert "ESCALATE_DEBUG=1" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), click.Abort()], ids=["while it runs", "while it asks"]
)
def test_an_interrupt_is_quiet(monkeypatch, capsys, error):
    """Ctrl-C is no error to talk about."""

    @click.command()
    def stopped() -> None:
        raise error

    monkeypatch.setitem(guard.app.commands, "stopped", stopped)
    assert escalate.cli.main(["stopped"]) == 130
    assert capsys.readouterr().err.strip() == ""


def test_a_pipe_that_closes_early_is_quiet():
    """``escalate replay ... | head -1`` ends without a word on stderr."""
    command = [sys.executable, "-c", MAIN, "replay", LOG, "--mapping", MAPPING, "--json", "-"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_debug_in_the_environment(monkeypatch, tmp_path):
    """ESCALATE_DEBUG=1 shows where bad input was met; 0 does not."""
    empty = tmp_path / "log.csv"
    empty.write_bytes(b"")
    arguments = ("replay", str(empty), "--mapping", MAPPING)
    assert "Traceback" in run(MAIN, *arguments, ESCALATE_DEBUG="1").stderr
    assert "Traceback" not in run(MAIN, *arguments, ESCALATE_DEBUG="0").stderr


def test_a_full_disk_is_one_line(tmp_path):
    """Where nothing more can be written, one line says so, and Python adds nothing at its end."""
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", MAIN, "check", str(EXAMPLE / "policy.toml")],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        )
    assert done.returncode == 2
    assert done.stderr.decode() == "escalate: No space left on device\n"


def test_without_a_standard_stream_it_works_all_the_same():
    """A service that closes stdout and stderr gets the exit code of what it asked."""
    closed = f"import sys; sys.stdout = sys.stderr = None\n{MAIN}"
    assert run(closed, "check", "--no-proof", str(EXAMPLE / "policy.toml")).returncode == 0
    assert run(closed, "check", "none.toml").returncode == 2


def test_a_word_that_the_terminal_could_not_read_is_said(capsys, tmp_path):
    """Umlauts typed in a terminal of another encoding are no error of ours, and no file."""
    target = tmp_path / "desk.toml"
    assert escalate.cli.main(["init", str(target), "--tiers", "L\udcc3\udcbctt"]) == 2
    assert "wanted words in the encoding of this terminal" in capsys.readouterr().err
    assert not target.exists()
