"""The policy book as a store in SQL keeps it."""

from __future__ import annotations

from escalate.core.model import Actor
from escalate.stores import documents as d
from escalate.stores.asking import Asking
from escalate.stores.base import PolicyText


class Policies(Asking):
    """Keeps every version of a desk's policies."""

    def publish(self, desk: str, policy: PolicyText) -> bool:
        """Keep *policy* as the newest one, unless it is there."""
        taken = self._run(
            "INSERT INTO escalate_policies (desk, name, version, at_us, published_by, document, proof)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            desk,
            policy.name,
            policy.version,
            policy.at_us,
            d.write_plain(policy.by),
            policy.text,
            policy.proof,
        )
        return taken > 0

    def newest(self, desk: str) -> tuple[str, str] | None:
        """Return name and version of the newest policy."""
        rows = self._rows(
            "SELECT name, version FROM escalate_policies WHERE desk = ? ORDER BY number DESC LIMIT 1",
            desk,
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def policies(self, desk: str) -> tuple[PolicyText, ...]:
        """Return the policy book."""
        rows = self._rows(
            "SELECT name, version, at_us, published_by, document, proof FROM escalate_policies"
            " WHERE desk = ? ORDER BY number",
            desk,
        )
        return tuple(
            PolicyText(
                name=name,
                version=version,
                text=text,
                by=d.read_plain(Actor, by, f"the publisher of policy {name!r}"),
                at_us=at_us,
                proof=proof,
            )
            for name, version, at_us, by, text, proof in rows
        )
