"""manage.py escalate_tick: fire what is due, for a timer of the system or as a process that stays."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from escalate.integrations.django.apps import desk
from escalate.integrations.django.hosting import ModelHost


class Command(BaseCommand):
    """Ticks once, or goes on and on."""

    help = "Fires every timer that is due and sends what is to be sent. Any number may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which options there are."""
        parser.add_argument("--limit", type=int, help="end after so many visits to tickets")
        parser.add_argument("--every", type=float, help="go on, with so many seconds in between")
        parser.add_argument(
            "--sweep", action="store_true", help="look at every ticket first, for bulk edits"
        )

    def handle(
        self, *_: Any, limit: int | None, every: float | None, sweep: bool, **__: Any
    ) -> None:
        """Tick."""
        if limit is not None and limit < 1:
            raise CommandError(f"--limit {limit}: wanted 1 or more")
        while True:
            self._once(limit, sweep)
            if every is None:
                return
            close_old_connections()
            time.sleep(every)

    def _once(self, limit: int | None, sweep: bool) -> None:
        working = desk()
        host = working.host
        if sweep and isinstance(host, ModelHost):
            host.sweep(working)
        done = working.tick(limit)
        self.stdout.write(f"{len(done.tickets)} tickets moved on")
        if done.failed:
            failed = ", ".join(done.failed)
            self.stderr.write(f"could not be worked on, and the others were: {failed}")
