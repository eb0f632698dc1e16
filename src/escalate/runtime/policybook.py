"""The policy book: every version of a desk's policies, so that a ticket keeps the one it came under."""

from __future__ import annotations

from datetime import datetime

import attrs

from escalate.core.instants import as_us, show_instant
from escalate.core.model import Actor
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, InvalidPolicy, UnknownPolicy
from escalate.runtime.policytext import read_policy, write_policy
from escalate.runtime.proof import Proof, read_proof, write_proof
from escalate.stores.base import PolicyText, Store


@attrs.frozen
class Edition:
    """A policy as the policy book has it.

    Attributes:
        policy: The policy.
        by: Who published it.
        at_us: When.
    """

    policy: EscalationPolicy
    by: Actor
    at_us: int = attrs.field(repr=show_instant)
    _proof: str | None = attrs.field(default=None, repr=False)  # read only when it is asked for

    @property
    def key(self) -> tuple[str, str]:
        """Name and version, as tickets refer to it."""
        return self.policy.name, self.policy.version

    @property
    def proof(self) -> Proof | None:
        """What its proof came to; none if it was published without one.

        Raises:
            NewerDocument: A later release wrote it.
            BrokenDocument: It cannot be read.
        """
        if self._proof is None:
            return None
        what = f"the proof of policy {self.policy.name!r} version {self.policy.version!r}"
        return read_proof(self._proof, what)


class PolicyBook:
    """The editions that a desk's store keeps. The newest is for new tickets.

    What another process publishes is seen at the next look: the store is asked each time that a new
    ticket comes, or one whose policy is not known here yet. A policy that no text can say, because a
    condition in it is a Python function, is known to the processes that were given it, and to no other.
    """

    def __init__(self, store: Store, desk: str) -> None:
        self._store = store
        self._desk = desk
        self._known: dict[tuple[str, str], EscalationPolicy] = {}

    def publish(
        self, policy: EscalationPolicy, *, by: Actor, now: datetime, proof: Proof | None = None
    ) -> Edition:
        """Add *policy* as the newest edition, with its *proof*; again, and unchanged, it is no news.

        Raises:
            InvalidPolicy: The book has another policy of that name and version.
            BadInput: *by* is no actor.
        """
        if not isinstance(by, Actor):
            raise BadInput("publish.by", by, 'who publishes it, e.g. Actor("ana")')
        written = None if proof is None else write_proof(proof)
        edition = Edition(policy, by, as_us(now, "now"), written)
        given = PolicyText(
            name=policy.name,
            version=policy.version,
            text=write_policy(policy),
            by=by,
            at_us=edition.at_us,
            policy=policy,
            proof=written,
        )
        if self._store.publish(self._desk, given):
            self._known[edition.key] = policy
            return edition
        kept = next(each for each in self._store.policies(self._desk) if each.key == given.key)
        if kept.text is None and kept.policy is None and given.text is None:
            # Nobody can compare what cannot be written: the name and version are taken at their word.
            self._known.setdefault(given.key, policy)
        if self._policy(kept) != policy:
            wanted = (
                "a version of its own: tickets were opened under another policy of that version"
            )
            raise InvalidPolicy(f"policy {policy.name!r}, version", policy.version, wanted)
        return Edition(policy, kept.by, kept.at_us, kept.proof)

    def holds(self, policy: EscalationPolicy) -> bool:
        """Return whether it has a policy of the same name and version."""
        key = policy.name, policy.version
        return any(each.key == key for each in self._store.policies(self._desk))

    def editions(self) -> tuple[Edition, ...]:
        """Return every edition, oldest first.

        Raises:
            UnknownPolicy: One of them is a policy that only other processes know.
        """
        kept = self._store.policies(self._desk)
        return tuple(Edition(self._policy(each), each.by, each.at_us, each.proof) for each in kept)

    def newest(self) -> EscalationPolicy:
        """Return the policy for new tickets.

        Raises:
            UnknownPolicy: It is one that only other processes know.
        """
        key = self._store.newest(self._desk)
        assert key is not None  # a desk publishes before it asks
        return self.policy(key)

    def policy(self, key: tuple[str, str]) -> EscalationPolicy:
        """Return the policy of that name and version.

        Raises:
            UnknownPolicy: The book does not hold it, or it is one that only other processes know.
        """
        if key in self._known:
            return self._known[key]
        kept = {each.key: each for each in self._store.policies(self._desk)}
        if key not in kept:
            raise UnknownPolicy(*key, tuple(" ".join(each) for each in kept))
        return self._policy(kept[key])

    def _policy(self, kept: PolicyText) -> EscalationPolicy:
        known = self._known.get(kept.key, kept.policy)
        if known is None and kept.text is not None:
            known = read_policy(kept.text, f"policy {kept.name!r} version {kept.version!r}")
        if known is None:
            raise UnknownPolicy(*kept.key, tuple(" ".join(each) for each in self._known))
        self._known[kept.key] = known
        return known
