"""Admin pages: what the desk knows of a ticket, why, and its journal. They show, and change nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from escalate.integrations.django.apps import desk
from escalate.integrations.django.models import TicketState
from escalate.runtime.rows import rows

_SHOWN = ("at", "event", "by_kind", "by", "status", "tier", "about")


@admin.register(TicketState)
class TicketStateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ticket, its explanation and its journal."""

    list_display = ("ticket", "status", "tier", "priority", "assignee", "due_at", "breached_at")
    list_filter = ("tier", "status", "priority")
    search_fields = ("ticket",)
    readonly_fields = (*list_display, "explanation", "journal")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one: tickets are the host's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits one: it is what the journal says."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one."""
        return False

    @admin.display(description="Why it stands there")
    def explanation(self, state: TicketState) -> SafeString:
        """Show why the ticket stands where it stands, and what may be done."""
        return format_html("<pre>{}</pre>", desk().explain(state.ticket))

    @admin.display(description="Journal")
    def journal(self, state: TicketState) -> SafeString:
        """Show what has happened, oldest first."""
        found = rows(desk().history(state.ticket))
        lines = (
            [format_html_join("", "<td>{}</td>", ([row[name] or ""] for name in _SHOWN))]
            for row in found
        )
        head = format_html_join("", "<th>{}</th>", ([name.replace("_", " ")] for name in _SHOWN))
        body = format_html_join("", "<tr>{}</tr>", lines)
        return format_html("<table><tr>{}</tr>{}</table>", head, body)
