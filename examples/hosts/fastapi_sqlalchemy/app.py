"""The API of the desk, and the clock of escalate beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from escalate import EscalationPolicy, load_policy
from examples.hosts.fastapi_sqlalchemy.escalation import TicketHost, embed
from examples.hosts.fastapi_sqlalchemy.help_desk import HelpDesk

State = Literal["new", "open", "pending", "on_hold", "resolved", "closed"]


class NewTicket(BaseModel):
    """What a customer wants."""

    title: str


class Edit(BaseModel):
    """What an agent changes; what is absent stays."""

    state: State | None = None
    line: str | None = None
    urgency: Literal["low", "normal", "high", "urgent"] | None = None
    agent: str | None = None


class NewComment(BaseModel):
    """What somebody says; without an author, the customer does."""

    text: str
    author: str | None = None


def create_app(
    url: str = "sqlite:///desk.sqlite3",
    *,
    policy: EscalationPolicy | None = None,
    tick_every_s: float = 30,
    **more: Any,
) -> FastAPI:
    """Return the desk; as many processes as you like may serve it, and all of them tick."""
    database = TicketHost(url)
    people = HelpDesk(database)
    policy = policy or load_policy(Path(__file__).with_name("policy.toml"))
    desk = embed(policy, database, **more)

    async def tick() -> None:
        while True:
            await asyncio.to_thread(desk.tick)
            await asyncio.sleep(tick_every_s)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ticking = asyncio.create_task(tick())
        yield
        ticking.cancel()

    app = FastAPI(title="A help desk", lifespan=lifespan)
    app.state.desk, app.state.people = desk, people

    @app.post("/agents/{name}", status_code=201)
    def hire(name: str) -> None:
        people.hire(name)

    @app.post("/tickets", status_code=201)
    def open_ticket(new: NewTicket) -> dict[str, Any]:
        return found(people.show(people.open(new.title)))

    @app.get("/tickets/{number}")
    def show(number: int) -> dict[str, Any]:
        return found(people.show(number))

    @app.patch("/tickets/{number}")
    def edit(number: int, wanted: Edit) -> dict[str, Any]:
        found(people.show(number))
        people.edit(number, **wanted.model_dump(exclude_unset=True))
        return found(people.show(number))

    @app.post("/tickets/{number}/comments", status_code=201)
    def comment(number: int, new: NewComment) -> dict[str, Any]:
        found(people.show(number))
        people.say(number, new.text, new.author)
        return found(people.show(number))

    return app


def found(ticket: dict[str, Any] | None) -> dict[str, Any]:
    """Return *ticket*, or say that there is none."""
    if ticket is None:
        raise HTTPException(404, "no such ticket")
    return ticket
