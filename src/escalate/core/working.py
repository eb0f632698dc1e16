"""One decision while it is being made: the draft of the ticket and the events so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from escalate.core.applying import apply_act, apply_clocks
from escalate.core.clocks import BREACH, fire, is_late
from escalate.core.clockwork import react, terms_of
from escalate.core.events import Breached, Change, ClockChange, Event, complete
from escalate.core.model import Actor, Draft, Status, Ticket, freeze, thaw

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy

SYSTEM: Final = Actor(kind="system")


class Working:
    """A decision in the making.

    Attributes:
        draft: The ticket so far; none before it is opened.
        events: What has happened in this decision, oldest first.
        policy: What it is decided by, and ``tables`` the same to look up.
        said_us: The instant that was claimed for what happens now, where it lies before the ticket's
            last event and so cannot be followed.
    """

    __slots__ = ("draft", "events", "policy", "said_us", "tables")

    def __init__(self, ticket: Ticket | None, policy: EscalationPolicy) -> None:
        self.draft: Draft | None = None if ticket is None else thaw(ticket)
        self.events: list[Event] = []
        self.policy = policy
        self.tables = policy.compiled
        self.said_us: int | None = None

    def no_earlier_than_last(self, at_us: int) -> int:
        """Return *at_us*, or the ticket's last instant if that is later; then the claim is noted."""
        last_us = at_us if self.draft is None else self.draft.changed_us
        self.said_us = at_us if at_us < last_us else None
        return max(at_us, last_us)

    def emit(self, event: Event) -> None:
        """Let *event* happen: to the ticket, then to its clocks, then to the journal."""
        before = Status.NEW if self.draft is None else self.draft.status
        complete(event, seq=self._next_seq(), said_us=self.said_us)
        draft = self.draft = apply_act(self.draft, event)
        self._record(event, react(self.tables, draft, event, before))
        for change, clock in event.clocks:
            if change is Change.RETARGET and is_late(clock):
                self.breach(clock.name, event.at_us, on_change=True)

    def breach(self, name: str, at_us: int, *, on_change: bool = False) -> None:
        """Let the breach of the clock of that *name* happen at *at_us*."""
        assert self.draft is not None  # a clock runs only on a ticket
        clock = self.draft.clocks[name]
        event = Breached(name, clock.target or "", on_change, at_us=at_us, by=SYSTEM)
        complete(event, seq=self._next_seq())
        apply_act(self.draft, event)
        self._record(
            event, ((Change.MARK, fire(clock, BREACH, at_us, terms_of(self.tables, clock))),)
        )

    def freeze(self) -> Ticket | None:
        """Return the ticket as it is now; the work is over."""
        return None if self.draft is None else freeze(self.draft)

    def _next_seq(self) -> int:
        return 1 if self.draft is None else self.draft.seq + 1

    def _record(self, event: Event, clocks: tuple[ClockChange, ...]) -> None:
        assert self.draft is not None  # the event has been applied to it
        complete(event, clocks=clocks)
        apply_clocks(self.draft, event)
        self.events.append(event)
