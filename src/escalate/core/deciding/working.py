"""One decision while it is being made: the draft of the ticket, the events so far, what is still to react."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from escalate.core.clocks import BREACH, Clock, dispute, fire, overdue
from escalate.core.deciding.applying import apply_act, apply_clocks
from escalate.core.deciding.clockwork import Reaction, terms_of
from escalate.core.events import (
    Breached,
    Change,
    ClockChange,
    Event,
    StepReached,
    carry,
    number,
    stamp,
)
from escalate.core.model import Actor, Draft, Ticket, freeze, thaw
from escalate.core.sealing import FrozenDict
from escalate.core.sla import Step
from escalate.core.status import Status

if TYPE_CHECKING:
    from escalate.core.compiled import Deed
    from escalate.core.policy import EscalationPolicy

SYSTEM: Final = Actor(kind="system")
NO_TEXTS: Final[Mapping[str, str]] = FrozenDict()
_NEW_TERMS: Final = (Change.RETARGET, Change.RESUME)


class Working:
    """A decision in the making.

    Attributes:
        draft: The ticket so far; none before it is opened.
        events: What has happened in this decision, oldest first.
        policy: What it is decided by, and ``tables`` the same to look up.
        said_us: The instant that was claimed for what happens now, where it lies before the ticket's
            last event and so cannot be followed.
        command_id: The id of the command that acts, until its first event carries it.
        contested: Clocks whose verdict the next event that matters calls in question.
        texts: The free texts that came with it, by (event number, field).
        turned: How many of the events have had their turn to set off rules, first in first out.
        trusted: Whether what is asked has been done already, so that it is followed and not judged.
        reached: Steps that a change of terms has passed and that are still to act.
    """

    __slots__ = (
        "command_id",
        "contested",
        "draft",
        "events",
        "policy",
        "reached",
        "said_us",
        "tables",
        "texts",
        "trusted",
        "turned",
    )

    def __init__(self, ticket: Ticket | None, policy: EscalationPolicy) -> None:
        self.draft: Draft | None = None if ticket is None else thaw(ticket)
        self.events: list[Event] = []
        self.policy = policy
        self.tables = policy.compiled
        self.said_us: int | None = None
        self.contested: tuple[str, ...] = ()
        self.command_id: str | None = None
        self.texts: dict[tuple[int, str], str] = {}
        self.turned = 0
        self.reached: list[Deed] = []
        self.trusted = False

    @property
    def ticket(self) -> Draft:
        """The draft of a ticket that is known to be there."""
        assert self.draft is not None
        return self.draft

    def date(self, claimed_us: int, *, no_later_than_us: int) -> int:
        """Return when what is claimed for *claimed_us* takes effect; a claim that is not followed is kept.

        A journal does not run back, and nothing in it lies ahead.
        """
        at_us = claimed_us if claimed_us <= no_later_than_us else no_later_than_us
        if self.draft is not None and self.draft.changed_us > at_us:
            at_us = self.draft.changed_us
        self.said_us = None if at_us == claimed_us else claimed_us
        return at_us

    def emit(
        self,
        event: Event,
        texts: Mapping[str, str] = NO_TEXTS,
        *,
        changes: tuple[ClockChange, ...] | None = None,
    ) -> None:
        """Let *event* happen: to the ticket, then to its clocks, then to the journal.

        Args:
            event: What happens.
            texts: The free texts that come with it, by field; empty ones are left out.
            changes: What it does to the clocks, where that is known; else it is worked out.
        """
        before = self.draft
        if before is None:
            status, assignee = Status.NEW, None
            number(event, 1)
        else:
            status, assignee = before.status, before.assignee
            number(event, before.seq + 1)
        if self.said_us is not None or self.command_id is not None:
            stamp(event, self.said_us, self.command_id)
            self.command_id = None
        draft = self.draft = apply_act(before, event)
        marked = self._disputed() if self.contested and (event.touches or event.words) else ()
        if changes is None:
            changes = Reaction(self.tables, draft, event, status, assignee).changes()
        if marked:
            named = {clock.name for _, clock in changes}
            changes = (*changes, *(each for each in marked if each[1].name not in named))
        if changes:
            carry(event, changes)
            apply_clocks(draft, event)
        self.events.append(event)
        if texts:
            seq = event.seq
            self.texts.update({(seq, field): text for field, text in texts.items() if text})
        for change, clock in changes:
            if change in _NEW_TERMS and clock.ended_us is None:
                self._overtaken(clock, event.at_us)

    def contest(self, claimed_us: int) -> None:
        """Let what happens next contest the verdicts that fell although it is said to have come before.

        An act at the very instant of a breach comes before it; of two acts the first to arrive does.
        """
        self.contested = tuple(
            clock.name
            for clock in self.ticket.clocks.values()
            if (clock.breached_us is not None and clock.breached_us >= claimed_us)
            or (clock.ended_us is not None and clock.ended_us > claimed_us)
        )

    def _disputed(self) -> tuple[ClockChange, ...]:
        """Mark the contested clocks."""
        clocks = self.ticket.clocks
        late = [dispute(clocks[name]) for name in self.contested if not clocks[name].disputed]
        self.contested = ()
        self.ticket.clocks = FrozenDict({**clocks, **{clock.name: clock for clock in late}})
        return tuple((Change.MARK, clock) for clock in late)

    def breach(self, clock: Clock, at_us: int, *, on_change: bool = False) -> None:
        """Let the breach of *clock* happen at *at_us*."""
        self.fire(
            clock,
            BREACH,
            Breached(clock.name, clock.target or "", on_change, at_us=at_us, by=SYSTEM),
        )

    def step_reached(
        self, clock: Clock, name: str, deed: Deed, at_us: int, *, on_change: bool = False
    ) -> bool:
        """Let the step that plans call *name* be reached; return whether its condition holds."""
        held = deed.when is None or deed.when.holds(self.ticket, at_us)
        assert isinstance(deed.doing, Step)
        event = StepReached(
            clock.name,
            clock.target or "",
            deed.doing.name,
            held,
            on_change,
            at_us=at_us,
            by=deed.by,
        )
        self.fire(clock, name, event)
        return held

    def freeze(self) -> Ticket | None:
        """Return the ticket as it is now; the work is over."""
        return None if self.draft is None else freeze(self.draft)

    def fire(self, clock: Clock, name: str, event: Event) -> None:
        """Let *event* happen, by which the entry *name* of the plan of *clock* fires."""
        fired = fire(clock, name, event.at_us, terms_of(self.tables, clock))
        self.emit(event, changes=((Change.MARK, fired),))

    def _overtaken(self, clock: Clock, at_us: int) -> None:
        """Let what other terms have passed happen now: the breach, and the one step left to run."""
        for name in overdue(clock, terms_of(self.tables, clock)):
            current = self.ticket.clocks[clock.name]
            if name == BREACH:
                self.breach(current, at_us, on_change=True)
                continue
            deed = self.tables.steps[name]
            if self.step_reached(current, name, deed, at_us, on_change=True):
                self.reached.append(deed)
