"""Tick in a tracker, from cron or a timer: ``python tick.py TRACKER_HOME``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from escalate.runtime.ticking import Ticked
from roundup import instance


def tick(home: str) -> Ticked:
    """Fire what is due in the tracker at *home*, each issue in a transaction of its own."""
    db = instance.open(home).open("admin")
    try:
        db.desk.host.in_request = False  # nobody but the desk commits here
        return db.desk.tick()
    finally:
        db.close()


def main(arguments: Sequence[str]) -> int:
    """Tick once, and say what was done; 1 if an issue could not be worked on, 2 without a tracker."""
    if len(arguments) != 1 or not Path(arguments[0], "config.ini").is_file():
        sys.stderr.write(f"give the home of one tracker, not {' '.join(arguments) or 'nothing'}\n")
        return 2
    done = tick(arguments[0])
    sys.stdout.write(f"{len(done.tickets)} issues moved on\n")
    if done.failed:
        sys.stderr.write(f"could not be worked on: {', '.join(done.failed)}\n")
    return 1 if done.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
