"""What the desk knows of each ticket, as rows that a host can join, filter and show."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    _Instant = models.DateTimeField[datetime | None, datetime | None]


class TicketState(models.Model):
    """A ticket as the desk last left it. It is written by the desk; to edit it changes nothing.

    ``due_at`` is the next due instant that a clock has; ``breached_at`` is when a promise was broken first.
    """

    ticket: models.CharField[str, str] = models.CharField(max_length=200, primary_key=True)
    tier: models.CharField[str, str] = models.CharField(max_length=100, db_index=True)
    status: models.CharField[str, str] = models.CharField(max_length=20, db_index=True)
    priority: models.CharField[str, str] = models.CharField(max_length=100)
    # Nobody is no empty name.
    assignee: models.CharField[str | None, str | None] = models.CharField(max_length=200, null=True)
    due_at: _Instant = models.DateTimeField(null=True, db_index=True)
    breached_at: _Instant = models.DateTimeField(null=True, db_index=True)

    class Meta:
        """How people call it."""

        verbose_name = "ticket"

    def __str__(self) -> str:
        return f"{self.ticket}: {self.status} in {self.tier}"
