"""What is happening to a ticket, whichever tier owns it."""

from __future__ import annotations

from enum import StrEnum

from escalate.errors import BadInput


class Status(StrEnum):
    """What is happening to a ticket. Hosts map their own words to these.

    Attributes:
        category: What clocks look at: ``"active"`` for new and open, else the status itself.
        is_done: Whether nobody owes the ticket anything: resolved or closed.

    >>> Status.NEW.category, Status.PENDING.category, Status.RESOLVED.is_done
    ('active', 'pending', True)
    """

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"  # waits for the customer
    ON_HOLD = "on_hold"  # waits for a third party
    RESOLVED = "resolved"  # may reopen
    CLOSED = "closed"  # final

    category: str
    is_done: bool

    def __init__(self, value: str) -> None:
        # Worked out once: the engine asks at every event.
        self.category = "active" if value in ("new", "open") else value
        self.is_done = value in ("resolved", "closed")


def as_status(value: Status | str) -> Status:
    """Return the status that *value* names.

    Raises:
        BadInput: There is no such status.
    """
    if isinstance(value, Status):
        return value
    try:
        return Status(value)
    except ValueError:
        raise BadInput("status", value, f"one of {', '.join(Status)}") from None
