"""A Django desk with its own tickets: what it takes to embed escalate, and what it is good for."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, override_settings

from escalate import Actor, EscalationPolicy
from escalate.errors import BadInput
from escalate.integrations.django import ModelHost, with_escalation
from escalate.integrations.django.apps import desk as named_desk
from escalate.integrations.django.models import TicketState
from escalate.runtime import at_instant
from escalate.testing import host_checks
from examples.hosts.django_desk import escalation
from examples.hosts.django_desk.models import Comment, Ticket
from tests.runtime.shop import names

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATE_OF = {word: own for own, word in escalation.STATES.items()}
URGENCY_OF = {"low": 1, "normal": 2, "high": 3, "urgent": 4}


class Bench:
    """The desk of the example, set up for ``check_host``."""

    vetoes = True

    def __init__(self, policy: EscalationPolicy, clock: Callable[[], datetime]) -> None:
        self.host = escalation.host
        self.desk = escalation.embed(policy, clock=clock)

    def create(self) -> str:
        """Somebody writes."""
        return str(Ticket.objects.create(title="No net", line="N1").pk)

    def edit(self, ticket_id: str, **values: Any) -> None:
        """Somebody fills in a form."""
        row = Ticket.objects.get(pk=ticket_id)
        for name, value in _columns(values).items():
            setattr(row, name, value)
        self.host.check(self.desk, row)
        row.save()

    def bulk_edit(self, ticket_ids: Iterable[str], **values: Any) -> None:
        """Somebody selects many and clicks; Django calls no hook."""
        Ticket.objects.filter(pk__in=list(ticket_ids)).update(**_columns(values))

    def shows(self, ticket_id: str) -> Mapping[str, Any] | None:
        """The row, in the words of escalate."""
        row = Ticket.objects.filter(pk=ticket_id).first()
        if row is None:
            return None
        seen = self.host.shown_by(row)
        return {"status": seen.status, "tier": seen.tier, "priority": seen.priority}

    def tick(self) -> None:
        """A worker, with a connection of its own."""
        self.desk.tick()
        if threading.current_thread() is not threading.main_thread():
            connection.close()


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    known = {
        "status": lambda word: ("state", STATE_OF[word]),
        "tier": lambda word: ("line", word),
        "priority": lambda word: ("urgency", URGENCY_OF[word]),
    }
    return dict(known[name](value) for name, value in values.items())


@pytest.mark.parametrize("check", host_checks(), ids=lambda check: check.__name__)
def test_a_django_desk_keeps_the_host_contract(check: Callable[[Any], None]) -> None:
    """Rows, journal and timers of a real database, in one transaction."""
    try:
        check(Bench)
    finally:
        escalation.connect(escalation.desk, Ticket)


class TestTheExample:
    def test_a_ticket_nobody_answers_is_escalated(self) -> None:
        """From a row to an automatic escalation, and back to the row."""
        with at_instant(MONDAY):
            row = Ticket.objects.create(title="No net")
        row.refresh_from_db()
        assert row.line == "N1"
        with at_instant(MONDAY + timedelta(hours=5)):
            call_command("escalate_tick", stdout=io.StringIO())
        row.refresh_from_db()
        assert row.line == "N2"
        state = TicketState.objects.get(pk=str(row.pk))
        assert (state.tier, state.breached_at) == ("N2", MONDAY + timedelta(hours=4))

    def test_a_comment_is_a_reply(self) -> None:
        """An agent's public comment takes the ticket on; saved thrice, it is one."""
        ana = get_user_model().objects.create(username="ana")
        row = Ticket.objects.create(title="No net")
        said = Comment.objects.create(ticket=row, author=ana, text="Which cable?")
        said.save()
        said.save()
        row.refresh_from_db()
        assert (row.state, row.owner) == ("working", ana)
        history = names(escalation.desk.history(str(row.pk)))
        assert history.count("Replied") == 1
        assert "Which cable?" in str(escalation.desk.handoff(str(row.pk)))

    def test_a_request_that_fails_leaves_nothing(self) -> None:
        """Row, journal and what can be joined are rolled back together."""

        def request() -> None:
            with transaction.atomic():
                Ticket.objects.create(title="No net")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            request()
        assert not TicketState.objects.exists()
        assert escalation.desk.live() == ()

    def test_a_form_says_what_is_possible(self) -> None:
        """An illegal move is an error of the form, with the paths that there are."""
        row = Ticket.objects.create(title="No net", line="N1")
        row.line = "N3"
        with pytest.raises(
            ValidationError, match=r"paths from N1: N2.*possible now: .*escalate to N2"
        ):
            row.full_clean()
        row.line = "N2"
        row.full_clean()

    def test_due_dates_can_be_joined_and_filtered(self) -> None:
        """They stand beside the host's own columns."""
        with at_instant(MONDAY):
            late = Ticket.objects.create(title="late")
        with at_instant(MONDAY + timedelta(hours=5)):
            fine = Ticket.objects.create(title="fine")
            escalation.desk.tick()
        rows = with_escalation(Ticket.objects.all())
        assert list(rows.filter(escalate_breached_at__isnull=False)) == [late]
        assert [row.escalate_tier for row in rows.order_by("escalate_due_at")] == ["N1", "N2"]
        assert rows.get(pk=fine.pk).escalate_due_at == MONDAY + timedelta(hours=9)

    def test_a_sweep_finds_what_no_signal_tells(self) -> None:
        """Bulk creation, bulk updates and deletes by SQL are found; old closed tickets are left alone."""
        old = Ticket(title="old", state="closed")
        new = Ticket(title="new")
        Ticket.objects.bulk_create([old, new])
        gone = Ticket.objects.create(title="gone")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM desk_ticket WHERE id = %s", [gone.pk])
        call_command("escalate_tick", "--sweep", stdout=io.StringIO())
        assert [ticket.id for ticket in escalation.desk.live()] == [str(new.pk)]
        Ticket.objects.filter(pk=new.pk).update(state="solved")
        call_command("escalate_tick", "--sweep", stdout=io.StringIO())
        assert escalation.desk.live() == ()

    def test_a_deleted_ticket_has_no_timers(self) -> None:
        """Whoever deletes a row ends its clocks."""
        row = Ticket.objects.create(title="No net")
        key = str(row.pk)
        row.delete()
        assert escalation.desk.ticket(key).status == "closed"

    def test_the_admin_shows_journal_and_explanation_escaped(self) -> None:
        """People see why; what customers wrote cannot run."""
        user = get_user_model().objects.create_superuser("root", "r@example.com", "root")
        row = Ticket.objects.create(title="No net", line="<script>")
        client = Client()
        client.force_login(user)
        assert client.get("/admin/escalate/ticketstate/").status_code == 200
        page = client.get(f"/admin/escalate/ticketstate/{row.pk}/change/").content.decode()
        assert "PathViolated" in page
        assert "what some agent may do" in page
        assert "&lt;script&gt;" in page
        assert "<td><script>" not in page
        assert client.get("/admin/escalate/ticketstate/add/").status_code == 403

    def test_a_ticket_that_cannot_be_worked_on_is_named_by_the_command(
        self, monkeypatch: Any
    ) -> None:
        """And the others are worked on."""
        with at_instant(MONDAY):
            rows = [Ticket.objects.create(title="No net") for _ in range(2)]
        apply = escalation.host.apply

        def crash(ticket_id: str, events: Any) -> None:
            if ticket_id == str(rows[0].pk):
                raise ConnectionError("no line")
            apply(ticket_id, events)

        monkeypatch.setattr(escalation.host, "apply", crash)
        said, wrong = io.StringIO(), io.StringIO()
        with at_instant(MONDAY + timedelta(hours=5)):
            call_command("escalate_tick", stdout=said, stderr=wrong)
        assert said.getvalue() == "1 tickets moved on\n"
        assert str(rows[0].pk) in wrong.getvalue()


class TestSettings:
    def test_limits_are_checked(self) -> None:
        """A limit of nothing is an error without a traceback."""
        with pytest.raises(CommandError, match="1 or more"):
            call_command("escalate_tick", limit=0)

    @pytest.mark.parametrize(
        ("path", "says"), [(None, "is not set"), ("nowhere.desk", "cannot be loaded")]
    )
    def test_a_desk_that_is_not_there_is_said_so(self, path: str | None, says: str) -> None:
        """The setting is named, and what it should hold."""
        with override_settings(ESCALATE_DESK=path), pytest.raises(ImproperlyConfigured, match=says):
            named_desk()

    def test_a_column_for_nothing_is_an_error(self) -> None:
        """A misspelt part is named, with the nearest one."""
        with pytest.raises(BadInput, match="did you mean 'priority'"):
            ModelHost(Ticket, {"prority": "urgency"})

    def test_a_new_row_may_hold_anything(self) -> None:
        """Before it is saved there is nothing to hold it against."""
        escalation.host.check(escalation.desk, Ticket(title="x", line="N3"), Actor("ana"))


SCHEMA_LINE = "#:schema ../../../src/escalate/policies/policy.schema.json\n"


def test_the_how_to_shows_what_is_tested() -> None:
    """The code and the policy in the page are those of the example, to the letter."""
    root = Path(escalation.__file__).parents[3]
    page = (root / "docs/how-to/embed-in-django.md").read_text(encoding="utf-8")
    for name in ("escalation.py", "policy.toml"):
        text = (root / "examples/hosts/django_helpdesk" / name).read_text(encoding="utf-8")
        # Where the schema lies is this repository's own matter.
        assert text.removeprefix(SCHEMA_LINE) in page
