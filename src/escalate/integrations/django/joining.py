"""Due dates and tiers beside the host's own columns."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

from escalate.integrations.django.models import TicketState

COLUMNS = ("tier", "status", "due_at", "breached_at")


def with_escalation(tickets: QuerySet[Any]) -> QuerySet[Any]:
    """Return *tickets* with ``escalate_tier``, ``_status``, ``_due_at`` and ``_breached_at`` beside them.

    They can be shown, filtered and ordered by, as in
    ``with_escalation(Ticket.objects.all()).filter(escalate_breached_at__isnull=False)``.
    """
    state = TicketState.objects.filter(ticket=Cast(OuterRef("pk"), CharField()))
    found = {f"escalate_{name}": Subquery(state.values(name)[:1]) for name in COLUMNS}
    return tickets.annotate(**found)
