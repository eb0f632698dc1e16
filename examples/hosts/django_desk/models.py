"""Tickets and comments, as such desks have them; nothing here knows of escalate but clean()."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Ticket(models.Model):
    """What a customer wants."""

    title = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10,
        default="new",
        choices=[
            (word, word) for word in ("new", "working", "asked", "vendor", "solved", "closed")
        ],
    )
    line = models.CharField(max_length=10, blank=True, default="")
    urgency = models.IntegerField(
        default=2, choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Say in the form what the policy does not allow."""
        from examples.hosts.django_desk.escalation import desk, host

        host.check(desk, self)


class Comment(models.Model):
    """What somebody says on a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    text = models.TextField()
    public = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.text[:40]
