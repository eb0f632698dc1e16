"""What becomes of a ticket once the facts that are held for it are handed over: for those who only look."""

from __future__ import annotations

from collections.abc import Iterable

from escalate.core.engine import observe
from escalate.core.instants import as_instant
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.stores.base import Held


def in_order(held: Held) -> tuple[int, int]:
    """Return by what facts are handed over: when they occurred, and those of one instant as they came."""
    return held.at_us, -held.number


def handed_over(
    ticket: Ticket, held: Iterable[Held], policy: EscalationPolicy, until_us: int
) -> Ticket:
    """Return *ticket* as it would be once it has been told of what occurred by *until_us*."""
    for each in sorted(held, key=in_order):
        if each.at_us <= until_us:
            now = as_instant(each.at_us)
            ticket = observe(ticket, each.fact, policy, now=now).ticket or ticket
    return ticket
