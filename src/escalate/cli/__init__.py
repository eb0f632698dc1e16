"""The ``escalate`` command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_NEEDED = ("click", "rich")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command on *args*, or on those of the process, and return its exit code.

    0 means done, 2 that what was asked cannot be (one line on stderr says why), 1 an error of
    escalate itself, 130 an interrupt.
    """
    try:
        from escalate.cli.guard import run
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _NEEDED:
            raise
        sys.stderr.write('The escalate command needs: pip install "escalate-tiers[cli]"\n')
        return 2
    return run(sys.argv[1:] if args is None else list(args))
