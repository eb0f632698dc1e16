"""What people do with tickets; nothing here knows of escalate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from sqlalchemy import update

from examples.hosts.fastapi_sqlalchemy.database import Database
from examples.hosts.fastapi_sqlalchemy.models import Agent, Comment, Ticket


@attrs.frozen
class HelpDesk:
    """Tickets in a database."""

    database: Database

    def hire(self, name: str) -> None:
        """Let somebody answer."""
        with self.database.transaction() as session:
            session.add(Agent(name=name))

    def open(self, title: str, **values: Any) -> int:
        """Write down what a customer wants, and return its number."""
        with self.database.transaction() as session:
            ticket = Ticket(title=title, **values)
            session.add(ticket)
            session.flush()
            return ticket.id

    def edit(self, number: int, **values: Any) -> None:
        """Change a ticket."""
        with self.database.transaction() as session:
            ticket = session.get_one(Ticket, number)
            for name, value in values.items():
                setattr(ticket, name, value)

    def edit_many(self, numbers: Iterable[int], **values: Any) -> None:
        """Change many tickets with one statement; SQLAlchemy tells nobody of it."""
        with self.database.transaction() as session:
            session.execute(update(Ticket).where(Ticket.id.in_(list(numbers))).values(**values))

    def say(self, number: int, text: str, author: str | None = None) -> None:
        """Add a comment: of an agent, or else of the customer."""
        with self.database.transaction() as session:
            ticket = session.get_one(Ticket, number)
            ticket.comments.append(Comment(text=text, author=author))

    def show(self, number: int) -> dict[str, Any] | None:
        """Return a ticket as it stands; none if there is no such one."""
        with self.database.transaction() as session:
            ticket = session.get(Ticket, number)
            if ticket is None:
                return None
            names = ("id", "title", "state", "line", "urgency", "agent")
            comments = [{"author": each.author, "text": each.text} for each in ticket.comments]
            return {**{name: getattr(ticket, name) for name in names}, "comments": comments}
