"""What is happening to a ticket, whichever tier owns it."""

from __future__ import annotations

from enum import StrEnum

from escalate.errors import BadInput


class Status(StrEnum):
    """What is happening to a ticket, whichever tier owns it. Hosts map their own words to these."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"  # waits for the customer
    ON_HOLD = "on_hold"  # waits for a third party
    RESOLVED = "resolved"  # may reopen
    CLOSED = "closed"  # final

    @property
    def category(self) -> str:
        """``"active"`` for new and open, else the status itself.

        >>> Status.NEW.category, Status.PENDING.category
        ('active', 'pending')
        """
        return "active" if self in (Status.NEW, Status.OPEN) else self.value

    @property
    def is_done(self) -> bool:
        """Whether nobody owes this ticket anything: resolved or closed."""
        return self in (Status.RESOLVED, Status.CLOSED)


def as_status(value: Status | str) -> Status:
    """Return the status that *value* names.

    Raises:
        BadInput: There is no such status.
    """
    try:
        return Status(value)
    except ValueError:
        raise BadInput("status", value, f"one of {', '.join(Status)}") from None
