"""How classifiers of a few settings are kept: one JSON object, with what it is and in which form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from escalate.errors import BadInput

FORMAT: Final = 1
MOST_BYTES: Final = 64 * 1024 * 1024
"""How large a file may be; a rule or a keyword takes a hundred bytes."""


def write_table(path: str | Path, kind: str, content: Mapping[str, Any]) -> None:
    """Write *content* of a classifier of that *kind* to *path*; the same content gives the same bytes."""
    table = {"classifier": kind, "format": FORMAT, **content}
    told = json.dumps(table, indent=1, ensure_ascii=True, allow_nan=False)
    Path(path).write_text(f"{told}\n", encoding="ascii")


def read_table(path: str | Path, kind: str) -> dict[str, Any]:
    """Return what :func:`write_table` wrote to *path* for a classifier of that *kind*.

    Raises:
        BadInput: The file holds something else, or is of a later form.
    """
    wanted = f"a file that {kind}.save wrote"
    source = Path(path)
    if source.stat().st_size > MOST_BYTES:
        raise BadInput(str(path), f"{source.stat().st_size} bytes", f"{MOST_BYTES} at most")
    try:
        table = json.loads(source.read_bytes())
    except (ValueError, RecursionError) as why:
        raise BadInput(str(path), type(why).__name__, wanted) from why
    if not isinstance(table, dict) or table.get("classifier") != kind:
        raise BadInput(str(path), table, wanted)
    if table.get("format") != FORMAT:
        raise BadInput(
            f"{path}: format", table.get("format"), f"{FORMAT}, which this release reads"
        )
    return table
