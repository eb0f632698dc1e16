"""escalate in this desk: all there is to it."""

from pathlib import Path
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from escalate import Actor, EscalationPolicy, HostedDesk, load_policy
from escalate.core import commands as c
from escalate.core.facts import Did
from escalate.integrations.django import DjangoStore, ModelHost, connect
from examples.hosts.django_desk.models import Comment, Ticket

STATES = {
    "new": "new",
    "working": "open",
    "asked": "pending",
    "vendor": "on_hold",
    "solved": "resolved",
    "closed": "closed",
}
host = ModelHost(
    Ticket,
    {"status": "state", "tier": "line", "priority": "urgency", "assignee": "owner_id"},
    words={"status": STATES, "priority": {1: "low", 2: "normal", 3: "high", 4: "urgent"}},
)


def embed(policy: EscalationPolicy, **more: Any) -> HostedDesk:
    """Embed a desk under *policy*."""
    desk = HostedDesk(policy, host, DjangoStore(), **more)
    connect(desk, Ticket)
    return desk


desk = embed(load_policy(Path(__file__).with_name("policy.toml")))


@receiver(post_save, sender=Comment)
def commented(instance: Comment, **_: Any) -> None:
    """Tell of a comment; its id makes it one, however often Django says so."""
    about: dict[str, Any] = {"text": instance.text, "id": f"comment-{instance.pk}"}
    if instance.author_id is None:
        said: c.Command = c.CustomerReply(**about)
    else:
        said = (c.Reply if instance.public else c.Note)(**about, by=Actor(str(instance.author_id)))
    desk.observe(str(instance.ticket_id), Did(said))
    host.refresh(instance.ticket)  # whoever holds that row may save it again
