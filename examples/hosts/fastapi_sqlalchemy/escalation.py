"""escalate in this desk: all there is to it."""

from typing import Any

from fastapi import HTTPException

from escalate import Actor, EscalationPolicy, HostedDesk
from escalate.core import commands as c
from escalate.core.facts import Did, Seen
from escalate.stores import SqlStore
from examples.hosts.fastapi_sqlalchemy.database import Database
from examples.hosts.fastapi_sqlalchemy.models import Comment, Ticket

COLUMNS = {"status": "state", "tier": "line", "priority": "urgency", "assignee": "agent"}


class TicketHost(Database):
    """The database of this desk, as escalate sees it."""

    def load(self, ticket_id: str) -> Seen | None:
        """Return what a ticket shows, and lock its row."""
        return shown_by(self.locked(Ticket, int(ticket_id)))

    def apply(self, ticket_id: str, events: Any) -> None:
        """Write what was decided."""
        for name in COLUMNS.keys() & events.changes.keys():
            setattr(self.locked(Ticket, int(ticket_id)), COLUMNS[name], events.changes[name])


def shown_by(row: Ticket | None) -> Seen | None:
    """Return what *row* shows, in the words of the policy."""
    shown = {part: getattr(row, column, None) for part, column in COLUMNS.items()}
    return row and Seen(**{part: it for part, it in shown.items() if it or part == "assignee"})


def embed(policy: EscalationPolicy, database: TicketHost, **more: Any) -> HostedDesk:
    """Embed a desk under *policy*."""
    store = SqlStore(database.run, paramstyle=database.paramstyle, dialect=database.dialect)
    with database.transaction():
        store.prepare()
    desk = HostedDesk(policy, database, store, **more)

    @database.before_change(Ticket)
    def veto(row: Ticket) -> None:
        if not (answer := desk.guard(str(row.id), shown_by(row))):
            raise HTTPException(409, f"{answer.refusal}; possible now: {', '.join(answer.may)}")

    database.after_write(Ticket)(lambda row: desk.reconcile(str(row.id)))

    @database.after_write(Comment)
    def hear(row: Comment) -> None:
        said: dict[str, Any] = {"text": row.text, "id": f"comment-{row.id}"}
        what = c.Reply(**said, by=Actor(row.author)) if row.author else c.CustomerReply(**said)
        desk.observe(str(row.ticket_id), Did(what))

    return desk
