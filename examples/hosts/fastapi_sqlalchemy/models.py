"""Tickets, comments and agents; nothing here knows of escalate."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What all tables share."""


class Agent(Base):
    """Somebody who answers."""

    __tablename__ = "agents"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)


class Ticket(Base):
    """What a customer wants."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="new")
    line: Mapped[str | None] = mapped_column(String(10), default=None)
    urgency: Mapped[str] = mapped_column(String(10), default="normal")
    agent: Mapped[str | None] = mapped_column(ForeignKey("agents.name"), default=None)
    comments: Mapped[list[Comment]] = relationship(order_by="Comment.id")


class Comment(Base):
    """What somebody says on a ticket; without an author, the customer does."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    author: Mapped[str | None] = mapped_column(ForeignKey("agents.name"), default=None)
    text: Mapped[str] = mapped_column(String(2000))
