"""The options with which a command leaves its figures in files: a page to read, rows to compute with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from escalate.core.policy import EscalationPolicy
from escalate.offline.reporting import Part, report

_ENDINGS: Final = (".csv", ".json", ".parquet")
_FILE = click.Path(dir_okay=False, path_type=Path)

Command = TypeVar("Command", bound=Callable[..., Any])


Target = TypeVar("Target", Path, str)


def in_a_folder(_: click.Context, __: click.Parameter, path: Target | None) -> Target | None:
    """Return *path* if a file can be made there as far as its folder goes; for the callback of an option.

    Raises:
        click.BadParameter: there is no such folder.
    """
    # Before anything is computed: who waited for the figures should not lose them to a typing error.
    if path is not None and not (folder := Path(path).parent).is_dir():
        raise click.BadParameter(f"there is no folder {str(folder)!r}: make it, or name another")
    return path


def _known_ending(
    context: click.Context, option: click.Parameter, path: Path | None
) -> Path | None:
    if path is not None and path.suffix.lower() not in _ENDINGS:
        raise click.BadParameter(f"{path.name!r} should end with one of {', '.join(_ENDINGS)}")
    return in_a_folder(context, option, path)


def report_options(command: Command) -> Command:
    """Give *command* the options ``--html`` and ``--export``, as ``html`` and ``export``."""
    export = click.option(
        "--export",
        type=_FILE,
        callback=_known_ending,
        help="Write every figure to this file, whose ending says how: .csv, .json or .parquet.",
    )
    html = click.option(
        "--html",
        type=_FILE,
        callback=in_a_folder,
        help="Write a report to this file: one HTML page that loads nothing, with pictures.",
    )
    return html(export(command))


def write_report(
    html: Path | None,
    export: Path | None,
    parts: Sequence[Part],
    policy: EscalationPolicy | None = None,
    *,
    title: str = "",
) -> None:
    """Write what *parts* found as *html* and *export* say; nothing where they are none.

    Raises:
        BadInput: a Parquet file is wanted, and pyarrow is not installed.
        OSError: a file cannot be written.
    """
    if html is None and export is None:
        return
    made = report(*parts, title=title, policy=policy)
    if html is not None:
        made.to_html(html)
    if export is not None:
        ways: dict[str, Callable[[Path], object]] = {
            ".csv": made.to_csv,
            ".json": made.to_json,
            ".parquet": made.to_parquet,
        }
        ways[export.suffix.lower()](export)
