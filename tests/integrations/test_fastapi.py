"""A desk on FastAPI and SQLAlchemy: what it takes to embed escalate, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import NoResultFound
from sqlalchemy.pool import NullPool

from escalate import EscalationPolicy, Ticket
from escalate.core.events import Event
from escalate.testing import ManualClock, host_checks
from examples.hosts.fastapi_sqlalchemy.app import create_app
from examples.hosts.fastapi_sqlalchemy.escalation import COLUMNS, TicketHost, embed
from examples.hosts.fastapi_sqlalchemy.help_desk import HelpDesk
from tests.postgres import schema_in
from tests.runtime.shop import names

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def make_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], TicketHost]]:
    """Makes empty databases of each kind."""
    numbers = count()
    with ExitStack() as stack:

        def make() -> TicketHost:
            url, more = f"sqlite:///{tmp_path}/{next(numbers)}.db", {}
            if request.param == "postgres":
                conninfo = stack.enter_context(
                    schema_in(request.getfixturevalue("postgres_server"))
                )
                url, more = "postgresql+psycopg://", {"creator": lambda: psycopg.connect(conninfo)}
            database = TicketHost(url, poolclass=NullPool, **more)
            stack.callback(database.engine.dispose)
            return database

        yield make


class Bench:
    """The desk of the example, set up for ``check_host``."""

    vetoes = True

    def __init__(
        self, host: TicketHost, policy: EscalationPolicy, clock: Callable[[], datetime]
    ) -> None:
        self.host, self.people = host, HelpDesk(host)
        self.desk = embed(policy, host, clock=clock)

    def create(self) -> str:
        """Somebody writes."""
        return str(self.people.open("No net", line="N1"))

    def edit(self, ticket_id: str, **values: Any) -> None:
        """Somebody edits."""
        self.people.edit(int(ticket_id), **_columns(values))

    def bulk_edit(self, ticket_ids: Iterable[str], **values: Any) -> None:
        """Somebody edits many with one statement."""
        self.people.edit_many(map(int, ticket_ids), **_columns(values))

    def shows(self, ticket_id: str) -> Mapping[str, Any] | None:
        """What the API answers, in the words of escalate."""
        row = self.people.show(int(ticket_id))
        return row and {name: row[column] for name, column in COLUMNS.items()}

    def tick(self) -> None:
        """A worker."""
        self.desk.tick()


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {COLUMNS[name]: value for name, value in values.items()}


@pytest.mark.parametrize("check", host_checks(), ids=lambda check: check.__name__)
def test_the_desk_keeps_the_host_contract(
    check: Callable[[Any], None], make_database: Callable[[], TicketHost]
) -> None:
    """Rows of SQLAlchemy, journal and timers in one transaction."""
    check(lambda policy, clock: Bench(make_database(), policy, clock))


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """The desk of the example, in a file, which ticks all the time."""
    return create_app(f"sqlite:///{tmp_path}/desk.db", tick_every_s=0.01)


class TestTheExample:
    def test_an_illegal_move_is_a_conflict_that_says_what_is_possible(self, app: FastAPI) -> None:
        """Whoever asks for N3 is told of N2, and the ticket stays where it is."""
        with TestClient(app) as client:
            assert client.post("/tickets", json={"title": "No net"}).json()["line"] == "N1"
            answer = client.patch("/tickets/1", json={"line": "N3", "urgency": "high"})
            assert answer.status_code == 409
            assert "paths from N1: N2; possible now: " in answer.json()["detail"]
            shown = client.get("/tickets/1").json()
            assert (shown["line"], shown["urgency"]) == ("N1", "normal")
            assert client.patch("/tickets/1", json={"line": "N2"}).json()["line"] == "N2"
        assert names(app.state.desk.history("1"))[-1] == "Escalated"

    def test_a_comment_is_a_reply(self, app: FastAPI) -> None:
        """An agent's comment takes the ticket on, and a customer's is one of the customer."""
        with TestClient(app) as client:
            client.post("/agents/ana")
            client.post("/tickets", json={"title": "No net"})
            about = {"text": "Which cable?", "author": "ana"}
            shown = client.post("/tickets/1/comments", json=about).json()
            assert (shown["state"], shown["agent"]) == ("open", "ana")
            client.post("/tickets/1/comments", json={"text": "The grey one"})
        happened = names(app.state.desk.history("1"))
        assert (happened.count("Replied"), happened.count("CustomerReplied")) == (1, 1)

    def test_a_ticket_nobody_answers_is_escalated_while_the_desk_is_served(
        self, tmp_path: Path
    ) -> None:
        """Whatever serves the API ticks beside it."""
        clock = ManualClock(MONDAY)
        moved = threading.Event()

        def listen(_: Ticket, happened: tuple[Event, ...]) -> None:
            if "Escalated" in names(happened):
                moved.set()

        url = f"sqlite:///{tmp_path}/desk.db"
        with TestClient(create_app(url, tick_every_s=0.01, clock=clock, listeners=[listen])) as api:
            api.post("/tickets", json={"title": "No net"})
            clock.advance(hours=5)
            assert moved.wait(30)
            assert api.get("/tickets/1").json()["line"] == "N2"

    def test_a_request_that_fails_leaves_nothing(self, app: FastAPI) -> None:
        """What was said before the error is neither a row nor a message."""
        app.state.people.open("No net")
        before = app.state.desk.history("1")

        def request() -> None:
            with app.state.desk.host.transaction():
                app.state.people.say(1, "It is back")
                app.state.people.edit(2, state="closed")

        with pytest.raises(NoResultFound):
            request()
        assert app.state.desk.history("1") == before
        assert app.state.people.show(1)["comments"] == []

    def test_there_is_no_such_ticket(self, app: FastAPI) -> None:
        """A number that nobody gave is not found."""
        with TestClient(app) as client:
            assert client.get("/tickets/7").status_code == 404
