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
    _always_somewhere_to_write()
    _never_fail_to_encode()
    if unread := next((each for each in args if not _is_text(each)), None):
        _say(
            f"got {unread!r}, wanted words in the encoding of this terminal; LC_ALL=C.UTF-8 reads most"
        )
        return 2
    try:
        return _run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough; and it is an OSError, so it comes first
        _forget_what_is_unwritten()
        return 1
    except (EscalateError, OSError, UnicodeError) as error:
        if isinstance(error, OSError):
            _forget_what_is_unwritten()
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


def _is_text(word: str) -> bool:
    """Return whether all letters of *word* were understood; a half one stands for a byte that was not."""
    return not any("\ud800" <= letter <= "\udfff" for letter in word)


def _always_somewhere_to_write() -> None:
    """Give a process that was started without a standard stream one that leads nowhere."""
    # It stays open as long as the process, as the stream that is missing would.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _forget_what_is_unwritten() -> None:
    """Lead stdout nowhere: what it still holds would only fail again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _never_fail_to_encode() -> None:
    """Let a terminal that lacks a letter of the log show its escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
