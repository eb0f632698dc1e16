"""The policy book: every version of a desk's policies, so that a ticket keeps the one it came under."""

from __future__ import annotations

from datetime import datetime

from escalate.core.instants import as_us
from escalate.core.model import Actor
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, InvalidPolicy, UnknownPolicy
from escalate.stores.base import Edition, Store


class PolicyBook:
    """The editions that a desk's store keeps. The newest is for new tickets.

    What another process publishes is seen at the next look: the store is asked each time that a new
    ticket comes, or one whose policy is not known here yet.
    """

    def __init__(self, store: Store, desk: str) -> None:
        self._store = store
        self._desk = desk
        self._known: dict[tuple[str, str], EscalationPolicy] = {}

    def publish(self, policy: EscalationPolicy, *, by: Actor, now: datetime) -> Edition:
        """Add *policy* as the newest edition; again, and unchanged, it is no news.

        Raises:
            InvalidPolicy: The book has another policy of that name and version.
            BadInput: *by* is no actor.
        """
        if not isinstance(by, Actor):
            raise BadInput("publish.by", by, 'who publishes it, e.g. Actor("ana")')
        edition = Edition(policy, by, as_us(now, "now"))
        if self._store.publish(self._desk, edition):
            return edition
        kept = next(each for each in self.editions() if each.key == edition.key)
        if kept.policy != policy:
            wanted = (
                "a version of its own: tickets were opened under another policy of that version"
            )
            raise InvalidPolicy(f"policy {policy.name!r}, version", policy.version, wanted)
        return kept

    def editions(self) -> tuple[Edition, ...]:
        """Return every edition, oldest first."""
        return self._store.editions(self._desk)

    def newest(self) -> EscalationPolicy:
        """Return the policy for new tickets."""
        return self.editions()[-1].policy

    def policy(self, key: tuple[str, str]) -> EscalationPolicy:
        """Return the policy of that name and version.

        Raises:
            UnknownPolicy: The book does not hold it.
        """
        if key not in self._known:
            self._known.update({each.key: each.policy for each in self.editions()})
        if key not in self._known:
            known = tuple(" ".join(each) for each in self._known)
            raise UnknownPolicy(*key, known)
        return self._known[key]
