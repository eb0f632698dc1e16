"""Changing the policy of tickets in flight: looked at first, then done, and taken back if it was wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import attrs

from escalate.core import events as e
from escalate.core.engine import Outcome, fold, rebase
from escalate.core.events import Event
from escalate.core.explained import tell
from escalate.core.instants import as_instant
from escalate.core.model import Actor, Ticket, words
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput, InsideApply, Refused, UnknownTicket, nearest
from escalate.runtime.asking import Askers
from escalate.runtime.context import run_of
from escalate.runtime.doors import as_key, known_actor, of_kind
from escalate.runtime.policybook import Edition, PolicyBook
from escalate.runtime.proof import Proof, proof_of
from escalate.runtime.proving import prove
from escalate.stores.base import Store

if TYPE_CHECKING:
    from escalate.runtime.errands import Errands
    from escalate.runtime.visiting import Deed, Visit

Wanted = Iterable[str] | Callable[[Ticket], bool]
Edit = Callable[[Ticket, EscalationPolicy, datetime], Outcome]


@attrs.frozen
class ClockMove:
    """What becomes of one clock of a ticket.

    Attributes:
        clock: Which one.
        was: Its target so far, and ``due_was`` when it was due; none without one.
        now: Its target from now on, and ``due_now`` when it is due; none without one.
    """

    clock: str
    was: str | None
    due_was: datetime | None
    now: str | None
    due_now: datetime | None

    def __str__(self) -> str:
        before = _promise(self.was, self.due_was)
        return f"{self.clock}: {before} > {_promise(self.now, self.due_now)}"


@attrs.frozen(kw_only=True)
class Rebasing:
    """What a change of policy means for one ticket.

    Attributes:
        ticket_id: The ticket.
        source: Name and version of the policy that it stands under before.
        policy: Name and version of the one afterwards; the same if it was refused.
        tier_was: Its tier before, and ``tier_now`` the tier afterwards.
        tier_now: The same, unless it is called otherwise or something moved it at once.
        clocks: The clocks whose target or due instant is another one.
        at_once: What happens at once because of it.
        refusal: Why it stays where it is; none if it does not. What is no refusal of ours, such as an
            error of the host's, is in ``desk.failures()`` too.
    """

    ticket_id: str
    source: tuple[str, str]
    policy: tuple[str, str]
    tier_was: str
    tier_now: str
    clocks: tuple[ClockMove, ...] = ()
    at_once: tuple[Event, ...] = ()
    refusal: Exception | None = None

    def __str__(self) -> str:
        if self.refusal is not None:
            return f"{self.ticket_id}: stays, {self.refusal}"
        if self.source == self.policy:
            return f"{self.ticket_id}: is there already"
        tier = "" if self.tier_was == self.tier_now else f", {self.tier_was} > {self.tier_now}"
        lines = [f"{self.ticket_id}: {' '.join(self.source)} > {' '.join(self.policy)}{tier}"]
        lines += [f"  {each}" for each in self.clocks]
        lines += [f"  at once: {tell(event)}" for event in self.at_once]
        return "\n".join(lines)


@attrs.frozen
class Rebased:
    """What a change of policy means for all tickets that were meant; ``str()`` makes a page of it.

    Attributes:
        tickets: One for each ticket, in the order in which they were named.
        done: Whether it was done; false for a preview.
    """

    tickets: tuple[Rebasing, ...]
    done: bool

    @property
    def moved(self) -> tuple[str, ...]:
        """The tickets that come under another edition."""
        return tuple(each.ticket_id for each in self.tickets if each.source != each.policy)

    @property
    def refused(self) -> Mapping[str, Exception]:
        """The tickets that stay where they are, each with why."""
        return {each.ticket_id: each.refusal for each in self.tickets if each.refusal is not None}

    def __str__(self) -> str:
        what = "moved" if self.done else "would move"
        head = f"{len(self.moved)} of {len(self.tickets)} tickets {what}, {len(self.refused)} stay"
        return "\n".join([head, *map(str, self.tickets)])


class Moving(ABC):
    """How every desk changes the policy of tickets in flight, whoever owns them."""

    name: str
    _store: Store
    _book: PolicyBook
    _askers: Askers
    _errands: Errands
    _clock: Callable[[], datetime]

    def publish(
        self,
        policy: EscalationPolicy,
        *,
        by: Actor,
        despite: Iterable[str] = (),
        proof: bool = True,
    ) -> Edition:
        """Add *policy* to the policy book; tickets in flight stay on theirs until somebody rebases them.

        A desk that owns its tickets opens new ones under the newest edition; one that is embedded, under
        what its ``policy_for`` says. Before, it is proved as :meth:`EscalationPolicy.verify` does, which may
        take seconds; what the proof came to stays with the edition, as its ``proof``.

        Args:
            policy: The policy.
            by: Who publishes it.
            despite: The codes of what may be refuted all the same, such as ``"silent-pause"``.
            proof: Whether it is proved at all; one that the book has already is not.

        Raises:
            PolicyRefuted: It lacks a property, and *despite* does not name it.
            InvalidPolicy: The book has another policy of that name and version.
            BadInput: *by* is nobody in particular, or the policy names a classifier that the desk does
                not have.
        """
        known_actor("publish.by", by)
        wanted = 'a policy, e.g. load_policy("policy.toml")'
        of_kind("publish", policy, EscalationPolicy, wanted)
        policy = self._as_kept(policy)
        self._askers.check(policy)
        proved = _proved(policy, despite) if proof and not self._book.holds(policy) else None
        return self._book.publish(policy, by=by, now=self._clock(), proof=proved)

    def _as_kept(self, policy: EscalationPolicy) -> EscalationPolicy:
        """Return *policy* as this desk follows it."""
        return policy

    def rebase(
        self,
        tickets: Wanted,
        *,
        to: tuple[str, str],
        by: Actor,
        tiers: Mapping[str, str] = NOTHING,
        preview: bool = False,
    ) -> Rebased:
        """Let tickets in flight come under another edition of the policy book, and return what that means.

        Each ticket on its own: timers that lie before now fire first, under its own edition; then its
        clocks go on under the targets of the other, with the time that they have used, and what that
        makes late happens at once. A ticket without a place there stays as it is, and is named.

        Args:
            tickets: Their ids, or a function that says of each ticket that is not done whether it is meant.
            to: Name and version of the edition.
            by: Who has it so; the journal of each ticket names them.
            tiers: What tiers are called there, where that is not the same.
            preview: Whether only to look: nothing is stored, and nobody is told.

        Raises:
            BadInput: *by* is nobody in particular, or *tiers* names a tier that the edition does not have.
            UnknownPolicy: The policy book has no such edition.
            InsideApply: It was asked from within ``host.apply``.
        """
        self._check_free("rebase")
        known_actor("rebase.by", by)
        policy = self._book.policy(_edition(to))
        of_kind(
            "rebase.tiers", tiers, Mapping, 'what tiers are called there, e.g. {"N2": "second"}'
        )
        for name in tiers.values():
            if name not in policy.tier_names:
                raise BadInput("rebase.tiers", name, nearest(str(name), policy.tier_names))

        def edit(ticket: Ticket, was: EscalationPolicy, now: datetime) -> Outcome:
            return rebase(ticket, was, policy, by=by, now=now, tiers=tiers)

        def one(ticket_id: str) -> Rebasing:
            return self._rebased(ticket_id, policy, edit, preview=preview)

        return Rebased(tuple(map(one, self._meant(tickets))), done=not preview)

    def undo_rebase(self, tickets: Wanted, *, by: Actor, preview: bool = False) -> Rebased:
        """Take the last change of policy of tickets back, and return what that means.

        Their clocks count on as if it had never been made; what fired meanwhile is a fact and stays. A
        ticket that has moved to a tier which the edition of before does not know stays, and is named.

        Args:
            tickets: As for :meth:`rebase`; those whose policy was never changed are left out.
            by: Who has it so; the journal of each ticket names them.
            preview: Whether only to look.

        Raises:
            BadInput: *by* is nobody in particular.
            InsideApply: It was asked from within ``host.apply``.
        """
        self._check_free("undo_rebase")
        known_actor("undo_rebase.by", by)
        found = []
        for ticket_id in self._meant(tickets):
            journal = self._store.events(self.name, ticket_id)
            last = _last_change(journal)
            if last is not None or not journal:
                found.append(self._undone(ticket_id, journal, last, by, preview=preview))
        return Rebased(tuple(found), done=not preview)

    def _check_free(self, asked: str) -> None:
        run = run_of(self)
        if run is not None:
            raise InsideApply(run.ticket_id, asked)

    def _undone(
        self,
        ticket_id: str,
        journal: tuple[Event, ...],
        last: e.Rebased | None,
        by: Actor,
        *,
        preview: bool,
    ) -> Rebasing:
        if last is None:
            return _stays(ticket_id, UnknownTicket(self.name, ticket_id))
        before = fold(None, (event for event in journal if event.seq < last.seq))
        policy = self._book.policy(last.source)
        back = {is_now: was for was, is_now in last.renamed}

        def edit(ticket: Ticket, was: EscalationPolicy, now: datetime) -> Outcome:
            # Of two tiers that became one, it goes back to the one it came from, unless it has left.
            stood = ticket.moves == before.moves
            names = back | ({ticket.tier: before.tier} if stood else {})
            return rebase(ticket, was, policy, by=by, now=now, tiers=names, before=before)

        return self._rebased(ticket_id, policy, edit, preview=preview)

    def _meant(self, tickets: Wanted) -> Iterator[str]:
        if callable(tickets):
            live = sorted(self._store.live(self.name), key=lambda each: (each.opened_us, each.id))
            return (each.id for each in live if tickets(each))
        if isinstance(tickets, str):
            raise BadInput("tickets", tickets, f"several ids, e.g. [{tickets!r}], or a function")
        if not isinstance(tickets, Iterable):
            raise BadInput("tickets", tickets, 'ids, e.g. ["T-1"], or a function of a ticket')
        return (as_key("ticket id", each) for each in dict.fromkeys(tickets))

    def _rebased(
        self, ticket_id: str, policy: EscalationPolicy, edit: Edit, *, preview: bool
    ) -> Rebasing:
        try:
            ticket = self.ticket(ticket_id)
            if ticket.policy == (policy.name, policy.version):
                return _change(ticket, ticket, ())
            if preview:
                ticket = self._handed_over(ticket, self._now_us())
                outcome = edit(ticket, self._policy_of(ticket), self._clock())
                assert outcome.ticket is not None  # there was one
                return _change(ticket, outcome.ticket, outcome.events, outcome.refusal)
            visit = self._visit(ticket_id, partial(_come_under, policy=policy, edit=edit))
            assert visit.ticket is not None  # as above
            return _change(ticket, visit.ticket, tuple(visit.events), visit.refusal)
        except Refused as why:
            return _stays(ticket_id, why)
        except Exception as why:  # noqa: BLE001 - one broken ticket holds up no other; recorded
            self._errands.failed(ticket_id, "rebase", why)
            return _stays(ticket_id, why)

    @abstractmethod
    def ticket(self, ticket_id: str) -> Ticket:
        """Return the ticket as it is stored."""

    @abstractmethod
    def _now_us(self) -> int:
        """Read the clock."""

    @abstractmethod
    def _handed_over(self, ticket: Ticket, until_us: int) -> Ticket:
        """Return *ticket* as it would be once it has been told of what is held and occurred by then."""

    @abstractmethod
    def _policy_of(self, ticket: Ticket) -> EscalationPolicy:
        """Return the policy that a ticket stands under."""

    @abstractmethod
    def _visit(self, ticket_id: str, deed: Deed) -> Visit:
        """Visit a ticket: load it, let the deed happen, keep what came of it."""


def _come_under(visit: Visit, policy: EscalationPolicy, edit: Edit) -> None:
    visit.come_under(policy, edit)


def _proved(policy: EscalationPolicy, despite: Iterable[str]) -> Proof:
    meant = words(despite)
    return proof_of(prove(policy, meant), meant)


def _edition(to: object) -> tuple[str, str]:
    match to:
        case (str(name), str(version)):
            return name, version
        case EscalationPolicy():
            return to.name, to.version
    raise BadInput("rebase.to", to, 'name and version of an edition, e.g. ("support", "2026-11")')


def _last_change(journal: Iterable[Event]) -> e.Rebased | None:
    """Return the last change of policy that nobody has taken back; none if there is none."""
    changes = [event for event in journal if isinstance(event, e.Rebased)]
    undone = {event.undoes for event in changes}
    standing = [event for event in changes if event.undoes is None and event.seq not in undone]
    return standing[-1] if standing else None


def _stays(ticket_id: str, why: Exception) -> Rebasing:
    nothing = ("", "")
    return Rebasing(
        ticket_id=ticket_id, source=nothing, policy=nothing, tier_was="", tier_now="", refusal=why
    )


def _change(
    before: Ticket,
    after: Ticket,
    events: tuple[Event, ...],
    refusal: Exception | None = None,
) -> Rebasing:
    at = next((i for i, event in enumerate(events) if isinstance(event, e.Rebased)), len(events))
    # What fired first would have fired anyway: the change is held against the ticket just before it.
    caught_up = fold(before, [event for event in events[:at] if event.seq > before.seq])
    names = sorted(caught_up.clocks.keys() | after.clocks.keys())
    moves = (_clock_move(name, caught_up, after) for name in names)
    return Rebasing(
        ticket_id=before.id,
        source=caught_up.policy,
        policy=after.policy,
        tier_was=caught_up.tier,
        tier_now=after.tier,
        clocks=tuple(
            each for each in moves if (each.was, each.due_was) != (each.now, each.due_now)
        ),
        at_once=events[at + 1 :],
        refusal=refusal,
    )


def _clock_move(name: str, before: Ticket, after: Ticket) -> ClockMove:
    return ClockMove(name, *_counts_on(name, before), *_counts_on(name, after))


def _counts_on(name: str, ticket: Ticket) -> tuple[str | None, datetime | None]:
    clock = ticket.clocks.get(name)
    if clock is None or not clock.is_live:
        return None, None
    return clock.target, None if clock.due_us is None else as_instant(clock.due_us)


def _promise(target: str | None, due: datetime | None) -> str:
    if target is None:
        return "no promise"
    return f"{target}, paused" if due is None else f"{target}, due {due:%Y-%m-%d %H:%M} UTC"
