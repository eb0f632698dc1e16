"""What stands between the command and the person: one readable line, never a traceback."""

from __future__ import annotations

import io
import os
import sys

import click

from escalate.cli.app import app
from escalate.cli.text import printable
from escalate.errors import EscalateError

_OFF = ("", "0", "false", "no")


def run(args: list[str]) -> int:
    """Run the command on *args* and return its exit code; ``--debug`` lets errors through."""
    _never_fail_to_encode()
    try:
        return _run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough; and it is an OSError, so it comes first
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (EscalateError, OSError, UnicodeError) as error:
        if _debugging(args):
            raise
        _say(_described(error))
        return 2
    except Exception as error:  # the last line of defence is the point of this file
        if _debugging(args):
            raise
        _say(f"sorry, this is an error of escalate itself ({type(error).__name__}: {error})")
        _say("ESCALATE_DEBUG=1, or --debug right after escalate, shows where it happened")
        return 1


def _run(args: list[str]) -> int:
    try:
        code = app.main(args, prog_name="escalate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    sys.stdout.flush()  # here, where a reader that has left can still be met quietly
    return code if isinstance(code, int) else 0


def _debugging(args: list[str]) -> bool:
    return "--debug" in args or os.environ.get("ESCALATE_DEBUG", "").lower() not in _OFF


def _described(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _say(message: str) -> None:
    # Errors have lines of their own: a condition and where it is wrong, a list of mistakes.
    shown = "\n".join(map(printable, message.split("\n")))
    sys.stderr.write(f"escalate: {shown}\n")


def _never_fail_to_encode() -> None:
    """Let a terminal that lacks a letter of the log show its escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
