"""On which line of a policy file something stands that a report names, such as ``rules[1].when``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from escalate.policies.lines import Lines, Parts, json_lines, toml_lines


def line_finder(file: Path) -> Callable[[str], int | None]:
    """Return what finds the line of a place in *file*; none for the file as a whole."""
    scan = json_lines if file.suffix.lower() == ".json" else toml_lines
    lines = Lines(file.read_text(encoding="utf-8-sig"), scan)
    return lambda place: lines.of(parts_of(place)) if place else None


def parts_of(place: str) -> Parts:
    """Return the keys and indexes that *place* goes through.

    >>> parts_of("targets[2].steps[0].when")
    ('targets', 2, 'steps', 0, 'when')
    """
    found = re.findall(r"([^.\[\]]+)|\[(\d+)\]", place)
    return tuple(int(index) if index else name for name, index in found)
