"""What a store in SQL keeps of what was refused, and of what of the host went wrong."""

from __future__ import annotations

from escalate.stores import documents as d
from escalate.stores.asking import Asking
from escalate.stores.base import Failure, Refusal


class Refusing(Asking):
    """Keeps refusals and failures, which stand in no journal."""

    def refusals(self, desk: str, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        """Return the refused commands."""
        which, values = ("", ()) if ticket_id is None else (" AND ticket = ?", (ticket_id,))
        rows = self._rows(
            f"SELECT document FROM escalate_refusals WHERE desk = ?{which} ORDER BY number",  # noqa: S608
            desk,
            *values,
        )
        return tuple(d.read_plain(Refusal, text, "a refusal") for (text,) in rows)

    def refuse(self, desk: str, refusal: Refusal) -> None:
        """Keep the refusal of a command that has no ticket."""
        self._run(
            "INSERT INTO escalate_refusals (desk, ticket, at_us, document) VALUES (?, ?, ?, ?)",
            desk,
            refusal.ticket_id,
            refusal.at_us,
            d.write_plain(refusal),
        )

    def fail(self, desk: str, failure: Failure) -> None:
        """Keep *failure*."""
        self._run(
            "INSERT INTO escalate_failures (desk, ticket, at_us, document) VALUES (?, ?, ?, ?)",
            desk,
            failure.ticket_id,
            failure.at_us,
            d.write_plain(failure),
        )

    def failures(self, desk: str) -> tuple[Failure, ...]:
        """Return what went wrong."""
        rows = self._rows(
            "SELECT document FROM escalate_failures WHERE desk = ? ORDER BY number", desk
        )
        return tuple(d.read_plain(Failure, text, "a failure") for (text,) in rows)
