"""A log that a command is given, read with a bar that shows how far it is."""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress

from escalate.cli.sections import terminal
from escalate.offline import Log, Mapping, read


def read_log(path: Path, mapping: Mapping) -> Log:
    """Read the log at *path*.

    Raises:
        EscalateError: it cannot be read, or *mapping* does not fit.
        OSError: the file cannot be opened.
    """
    console = terminal(stderr=True)
    with (
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        progress.open(path, "rb", description="Reading") as file,
    ):
        return read(file, mapping=mapping)
