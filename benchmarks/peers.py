"""``python -m benchmarks.peers NAME TICKETS DUE``: how long another help desk takes to look for what is due.

A process of its own, because Django has one configuration a process. It prints seconds as JSON: with
nothing due, and with so many. What is measured is what the peer's manual has cron run.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

_APPS = {
    "escalated-django": ["escalated"],
    "django-helpdesk": ["bootstrap4form", "helpdesk"],
}
_COMMANDS = {
    "escalated-django": ("check_sla", "evaluate_escalations"),
    "django-helpdesk": ("escalate_tickets",),
}


def _configure(name: str, folder: Path) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="measured",  # noqa: S106 - guards nothing
        USE_TZ=True,
        SITE_ID=1,
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HELPDESK_TEAMS_MODE_ENABLED=False,
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.humanize",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.sites",
            *_APPS[name],
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "peer.db"),
                "OPTIONS": {
                    "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                },
            }
        },
    )
    logging.disable(logging.CRITICAL)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _fill_escalated(tickets: int, due: int) -> Callable[[], object]:
    from django.utils import timezone
    from escalated.models import EscalationRule, SlaPolicy, Ticket

    policy = SlaPolicy.objects.create(name="usual", is_default=True)
    EscalationRule.objects.create(
        name="breached", trigger_type="sla_breach", actions={"escalate": True}
    )
    later = timezone.now() + timedelta(days=30)
    Ticket.objects.bulk_create(
        [
            Ticket(
                subject="No paper",
                description="The printer is out of paper",
                reference=f"ESC-{number}",
                sla_policy=policy,
                first_response_due_at=later,
                resolution_due_at=later,
            )
            for number in range(tickets)
        ],
        batch_size=500,
    )
    past = timezone.now() - timedelta(hours=1)
    return lambda: Ticket.objects.filter(pk__lte=due).update(first_response_due_at=past)


def _fill_helpdesk(tickets: int, due: int) -> Callable[[], object]:
    from django.utils import timezone
    from helpdesk.models import Queue, Ticket

    queue = Queue.objects.create(title="usual", slug="usual", escalate_days=1)
    Ticket.objects.bulk_create(
        [
            Ticket(
                title="No paper",
                description="The printer is out of paper",
                queue=queue,
                created=timezone.now(),
                priority=3,
            )
            for _ in range(tickets)
        ],
        batch_size=500,
    )
    past = timezone.now() - timedelta(days=3)
    return lambda: Ticket.objects.filter(pk__lte=due).update(created=past)


def _seconds(name: str) -> float:
    from django.core.management import call_command

    began = time.perf_counter()
    for command in _COMMANDS[name]:
        call_command(command, stdout=io.StringIO())
    return time.perf_counter() - began


def main(name: str, tickets: int, due: int) -> dict[str, Any]:
    """Fill a database, and measure."""
    warnings.simplefilter("ignore")  # those of the peers are not ours
    with tempfile.TemporaryDirectory() as folder:
        _configure(name, Path(folder))
        fill = {"escalated-django": _fill_escalated, "django-helpdesk": _fill_helpdesk}[name]
        make_due = fill(tickets, due)
        idle = [_seconds(name) for _ in range(4)][1:]
        make_due()
        return {"idle_s": median(idle), "due_s": _seconds(name)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
