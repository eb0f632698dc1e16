"""django-helpdesk, as it is: hooks that fire three times for one comment, none for a bulk update."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.signals import post_save
from helpdesk.models import FollowUp, Queue, Ticket
from helpdesk.update_ticket import update_ticket

from escalate import EscalationPolicy
from escalate.runtime import at_instant
from escalate.runtime.hosts import Happened
from escalate.testing import host_checks
from examples.hosts.django_helpdesk import escalation
from tests.runtime.shop import names

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATUS_OF = {"open": 1, "resolved": 3, "closed": 4}
PRIORITY_OF = {"urgent": 1, "high": 2, "normal": 3, "low": 4}


@pytest.fixture(autouse=True)
def queues() -> None:
    """A queue for each line."""
    for slug in ("n1", "n2", "n3"):
        Queue.objects.create(title=slug, slug=slug)


class Bench:
    """django-helpdesk, set up for ``check_host``; it has no place for a veto."""

    vetoes = False

    def __init__(self, policy: EscalationPolicy, clock: Callable[[], datetime]) -> None:
        self.host = escalation.host
        self.desk = escalation.embed(policy, clock=clock)

    def create(self) -> str:
        """Somebody writes."""
        return str(Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1")).pk)

    def edit(self, ticket_id: str, **values: Any) -> None:
        """Somebody saves a form, and django-helpdesk saves the ticket again."""
        row = Ticket.objects.get(pk=ticket_id)
        for name, value in _columns(values).items():
            setattr(row, name, value)
        row.save()
        row.save()

    def bulk_edit(self, ticket_ids: Iterable[str], **values: Any) -> None:
        """The mass update of its ticket list."""
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
        "status": lambda word: ("status", STATUS_OF[word]),
        "tier": lambda word: ("queue", Queue.objects.get(slug=word.lower())),
        "priority": lambda word: ("priority", PRIORITY_OF[word]),
    }
    return dict(known[name](value) for name, value in values.items())


@pytest.mark.parametrize("check", host_checks(), ids=lambda check: check.__name__)
def test_django_helpdesk_keeps_the_host_contract(check: Callable[[Any], None]) -> None:
    """With its own tables, hooks and saves."""
    try:
        check(Bench)
    finally:
        escalation.connect(escalation.desk, Ticket)


@pytest.fixture
def saves() -> Iterator[list[str]]:
    """Counts how often django-helpdesk says that something was saved."""
    said: list[str] = []

    def hear(sender: type, **_: object) -> None:
        said.append(sender.__name__)

    post_save.connect(hear, sender=Ticket)
    post_save.connect(hear, sender=FollowUp)
    yield said
    post_save.disconnect(hear, sender=Ticket)
    post_save.disconnect(hear, sender=FollowUp)


def test_a_comment_is_one_however_often_its_hooks_fire(saves: list[str]) -> None:
    """The staff form saves the ticket several times for one comment; the journal has one reply."""
    ana = get_user_model().objects.create(username="ana", is_staff=True)
    with at_instant(MONDAY):
        row = Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1"))
    saves.clear()
    with at_instant(MONDAY + timedelta(hours=1)):
        update_ticket(
            ana, row, comment="Which cable?", public=True, new_status=Ticket.RESOLVED_STATUS
        )
    assert saves.count("Ticket") >= 3  # for the status, by the comment itself, and at the end
    assert saves.count("FollowUp") >= 2
    history = escalation.desk.history(str(row.pk))
    assert names(history).count("Replied") == 1
    assert names(history).count("Resolved") == 1
    assert "Which cable?" in escalation.desk.texts(str(row.pk)).values()


def test_a_ticket_nobody_answers_goes_to_the_next_queue() -> None:
    """The first automatic escalation in a real help desk."""
    with at_instant(MONDAY):
        row = Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1"))
    with at_instant(MONDAY + timedelta(hours=5)):
        assert escalation.desk.tick().tickets == (str(row.pk),)
        assert escalation.desk.tick().tickets == ()
    row.refresh_from_db()
    assert row.queue.slug == "n2"
    assert names(escalation.desk.history(str(row.pk))).count("Escalated") == 1


def test_a_customer_s_follow_up_reopens() -> None:
    """A comment of somebody who is no staff is the customer's."""
    ana = get_user_model().objects.create(username="ana", is_staff=True)
    row = Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1"))
    update_ticket(ana, row, comment="Done", new_status=Ticket.RESOLVED_STATUS, public=True)
    assert escalation.desk.ticket(str(row.pk)).status == "resolved"
    FollowUp.objects.create(ticket=row, date=MONDAY, comment="It is back", public=True)
    row.refresh_from_db()
    assert escalation.desk.ticket(str(row.pk)).status == "open"
    assert row.status in (Ticket.OPEN_STATUS, Ticket.REOPENED_STATUS)


def test_a_comment_saved_again_is_the_same_comment(saves: list[str]) -> None:
    """FollowUp.save() saves its ticket each time; whoever saves a comment thrice has said it once."""
    ana = get_user_model().objects.create(username="ana", is_staff=True)
    row = Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1"))
    said = FollowUp.objects.create(ticket=row, user=ana, comment="Which cable?", public=True)
    history = escalation.desk.history(str(row.pk))
    saves.clear()
    for _ in range(2):
        said.save()
    assert saves == ["Ticket", "FollowUp"] * 2
    assert escalation.desk.history(str(row.pk)) == history


def test_a_bulk_update_calls_no_hook_and_is_found_by_a_sweep(saves: list[str]) -> None:
    """What QuerySet.update() changes nobody tells of; a sweep follows it once."""
    rows = [
        Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1")) for _ in range(2)
    ]
    saves.clear()
    Ticket.objects.update(priority=1, status=Ticket.RESOLVED_STATUS)
    assert saves == []
    assert {escalation.desk.ticket(str(row.pk)).status for row in rows} == {"open"}
    escalation.host.sweep(escalation.desk)
    for row in rows:
        ticket = escalation.desk.ticket(str(row.pk))
        assert (ticket.status, ticket.priority, ticket.due_us) == ("resolved", "urgent", None)
    assert escalation.host.sweep(escalation.desk).tickets == ()


def test_a_comment_that_the_desk_leaves_while_it_writes_is_not_heard(
    saves: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that leaves a note on each move saves the ticket in the middle of it, hooks and all."""
    write = escalation.host.apply

    def note_it(ticket_id: str, happened: Happened) -> None:
        write(ticket_id, happened)
        if "tier" in happened.changes:
            row = Ticket.objects.get(pk=ticket_id)
            FollowUp.objects.create(ticket=row, comment=f"Now with {row.queue.slug}", public=False)

    monkeypatch.setattr(escalation.host, "apply", note_it)
    with at_instant(MONDAY):
        row = Ticket.objects.create(title="No net", queue=Queue.objects.get(slug="n1"))
    with at_instant(MONDAY + timedelta(hours=5)):
        saves.clear()
        assert escalation.desk.tick().tickets == (str(row.pk),)
        assert saves == ["Ticket", "Ticket", "FollowUp"]
        before = escalation.desk.history(str(row.pk))
        assert escalation.desk.tick().tickets == ()
    row.refresh_from_db()
    assert row.queue.slug == "n2"
    assert escalation.desk.history(str(row.pk)) == before
    assert names(before).count("Escalated") == 1
    assert "CustomerReplied" not in names(before)
    assert escalation.desk.failures() == ()
