"""escalate in django-helpdesk: each line of support is a queue, n1, n2 and n3."""

from pathlib import Path
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from helpdesk.models import FollowUp, Ticket

from escalate import Actor, EscalationPolicy, HostedDesk, load_policy
from escalate.core import commands as c
from escalate.core.facts import Did
from escalate.integrations.django import DjangoStore, ModelHost, connect

COLUMNS = {"status": "status", "tier": "queue__slug", "priority": "priority"}
host = ModelHost(
    Ticket,
    {**COLUMNS, "assignee": "assigned_to_id"},
    words={
        "status": {1: "open", 2: "open", 3: "resolved", 4: "closed", 5: "closed"},
        "tier": {"n1": "N1", "n2": "N2", "n3": "N3"},
        "priority": {1: "urgent", 2: "high", 3: "normal", 4: "low", 5: "low"},
    },
)


def embed(policy: EscalationPolicy, **more: Any) -> HostedDesk:
    """Embed a desk under *policy*."""
    desk = HostedDesk(policy, host, DjangoStore(), **more)
    connect(desk, Ticket)
    return desk


desk = embed(load_policy(Path(__file__).with_name("policy.toml")))


@receiver(post_save, sender=FollowUp)
def followed_up(instance: FollowUp, **_: Any) -> None:
    """Tell of a comment: of a customer, if nobody of the staff wrote it."""
    if instance.comment:
        about: dict[str, Any] = {"text": instance.comment, "id": f"follow-up-{instance.pk}"}
        if instance.user is None or not instance.user.is_staff:
            said: c.Command = c.CustomerReply(**about)
        else:
            said = (c.Reply if instance.public else c.Note)(
                **about, by=Actor(str(instance.user_id))
            )
        desk.observe(str(instance.ticket_id), Did(said))
        host.refresh(instance.ticket)  # whoever holds that row may save it again
