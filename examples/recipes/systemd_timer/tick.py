"""Tick once, and say what was done; 1 if a ticket could not be worked on, so that systemd marks the unit."""

from __future__ import annotations

import sys

from examples.recipes.desk import desk


def main() -> int:
    """Tick."""
    done = desk().tick()
    sys.stdout.write(f"{len(done.tickets)} tickets moved on\n")
    if done.failed:
        sys.stderr.write(f"could not be worked on: {', '.join(done.failed)}\n")
    return 1 if done.failed else 0


if __name__ == "__main__":
    sys.exit(main())
