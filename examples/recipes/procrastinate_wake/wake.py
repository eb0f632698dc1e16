"""Jobs of procrastinate that wake a hosted desk when something is due, made in the host's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from procrastinate.tasks import Task

from escalate.core import next_due
from escalate.runtime.hosts import Happened


def wake_when_due(host: Any, wake: Task[Any, Any, Any], connection: Callable[[], Any]) -> None:
    """Have *host* defer *wake* to when a ticket is due next, in the transaction that makes it so.

    Args:
        host: What the desk was given as its host.
        wake: A task that ticks. A job that finds nothing due any more is done at once.
        connection: Returns the psycopg connection of the transaction that is open.
    """
    write = host.apply

    def apply(ticket_id: str, happened: Happened) -> None:
        write(ticket_id, happened)
        due_at = next_due(happened.ticket)
        if due_at is not None:
            # A tick fires what lies before its own instant.
            at = due_at + timedelta(microseconds=1)
            wake.configure(schedule_at=at, connection=connection()).defer()

    host.apply = apply
