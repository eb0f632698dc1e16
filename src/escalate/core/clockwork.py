"""When clocks start, pause, resume and end: what one event does to all clocks of its ticket.

The arithmetic of one clock is in :mod:`escalate.core.clocks`, what each clock listens to in
:mod:`escalate.core.clockkinds`. A ticket is looked at as the event leaves it, so the target that applies
is the one for where the ticket is now.
"""

from __future__ import annotations

from typing import Final

from escalate.core import clocks
from escalate.core import events as e
from escalate.core.clockkinds import IDLE, ClockKind
from escalate.core.clocks import Clock, ClockState, Terms
from escalate.core.compiled import EVERYTHING, Compiled
from escalate.core.events import Change, ClockChange, Event
from escalate.core.model import Draft
from escalate.core.status import Status

WITHDRAWN: Final = "withdrawn"


class Reaction:
    """What one event does to the clocks of one ticket.

    Attributes:
        draft: The ticket as the event leaves it, its clocks still as they were.
        before: The status before the event.
        words: What the event is called, the status that it led to included.
        reassigned: Whether it was taken from one person and given to another.
    """

    __slots__ = ("at_us", "before", "draft", "event", "reassigned", "tables", "words")

    def __init__(
        self,
        tables: Compiled,
        draft: Draft,
        event: Event,
        before: Status,
        assignee: str | None,
    ) -> None:
        self.tables = tables
        self.draft = draft
        self.event = event
        self.at_us = event.at_us
        self.before = before
        self.words = event.words
        self.reassigned = None not in (assignee, draft.assignee) and assignee != draft.assignee
        if draft.status is not before:
            self.words = self.words | {draft.status.value}

    def changes(self) -> tuple[ClockChange, ...]:
        """Return what happens to the clocks, in the order in which a journal tells it."""
        found: list[ClockChange] = []
        if not self.draft.status.is_done:
            self._of_a_ticket_at_work(found)
        elif not self.before.is_done:
            live = (clock for clock in self.draft.clocks.values() if clock.is_live)
            found += [self._ended_with_the_ticket(clock) for clock in live]
        if len(found) > 1:
            found.sort(key=_journal_order)
        return tuple(found)

    def _of_a_ticket_at_work(self, found: list[ClockChange]) -> None:
        for name, kind in self.tables.clocks.items():
            if name == IDLE:
                self._idle(found)
            elif self._concerns(name, kind):
                self._one_clock(name, kind, found)
        if isinstance(self.event, _OF_REQUESTS):
            self._requests(found)

    def _concerns(self, name: str, kind: ClockKind) -> bool:
        """Whether the event can change anything about that clock."""
        tables = self.tables
        if self.draft.status is not self.before or self.words & tables.hears[name]:
            return True
        if self.event.touches & tables.reads[name] or EVERYTHING in tables.reads[name]:
            return True
        return self.reassigned and kind.met_by_answer

    def _ended_with_the_ticket(self, clock: Clock) -> ClockChange:
        kind = self.tables.clocks[base_name(clock)]
        terms = terms_of(self.tables, clock)
        word = self._stopping_word(kind, terms)
        met = bool(word) or (self.draft.status is Status.RESOLVED and kind.met_by_resolving)
        if not word:
            gone = kind.of_request or clock.name == IDLE
            word = WITHDRAWN if gone else self.draft.status.value
        state = ClockState.MET if met else ClockState.CANCELLED
        ended = clocks.end(clock, self.at_us, state, word, terms)
        return (Change.STOP if met else Change.CANCEL), ended

    def _stopping_word(self, kind: ClockKind, terms: Terms) -> str:
        """Return the word by which the event meets a clock, if it does."""
        heard = self.words & kind.stops_on
        if heard:
            return min(heard)
        if terms.bots and "bot_replied" in self.words and "replied" in kind.stops_on:
            return "bot_replied"
        return ""

    def _one_clock(self, name: str, kind: ClockKind, found: list[ClockChange]) -> None:
        """Find what happens to one clock: one cycle may end, and one may go on or begin."""
        was = self.draft.clocks.get(name)
        change, clock = None, was
        if clock is not None and not clock.is_live and self._revives(clock):
            change = Change.RESUME
            clock = clocks.revive(clock, self.at_us, Status.RESOLVED, terms_of(self.tables, clock))
        if clock is not None and clock.is_live:
            clock = self._answered(kind, clock)
            ended = self._ended(kind, clock)
            if ended is not None:
                found.append(ended)
                clock = ended[1]
        if clock is None or not clock.is_live:
            started = self._started(name, kind, clock)
            if started is None:
                return
            change, clock = started
        elif self._resets(kind):
            change, clock = Change.RESET, self._begun(name, clock)
        else:
            change, clock = self._retargeted(name, clock, change)
        change, clock = self._paused_or_resumed(kind, clock, change)
        if clock is not was:
            found.append((change or Change.MARK, clock))

    def _revives(self, clock: Clock) -> bool:
        mode = self.tables.on_reopen
        return mode == "resume" and self.before.is_done and clock.ended_by == Status.RESOLVED

    def _answered(self, kind: ClockKind, clock: Clock) -> Clock:
        if not kind.met_by_answer or clock.answered:
            return clock
        by_bot = "bot_replied" in self.words and terms_of(self.tables, clock).bots
        return clocks.answer(clock) if by_bot or "replied" in self.words else clock

    def _ended(self, kind: ClockKind, clock: Clock) -> ClockChange | None:
        terms = terms_of(self.tables, clock)
        word = self._stopping_word(kind, terms)
        if kind.met_by_answer and clock.answered and self.draft.status is Status.PENDING:
            word = "answered"
        elif kind.met_by_answer and self.reassigned and terms.reassign and not word:
            word = "reassigned"
        if word:
            return Change.STOP, clocks.end(clock, self.at_us, ClockState.MET, word, terms)
        if self.words & kind.cancels_on:
            word = min(self.words & kind.cancels_on)
            return Change.CANCEL, clocks.end(clock, self.at_us, ClockState.CANCELLED, word, terms)
        return None

    def _started(
        self, name: str, kind: ClockKind, was: Clock | None
    ) -> tuple[Change, Clock] | None:
        if was is not None and self.before.is_done and was.ended_by == Status.RESOLVED:
            if self.tables.on_reopen == "frozen":
                return None
            return Change.START, self._begun(name, was)
        if self._hears_a_start(name, kind) or self._is_needed_again(kind, was):
            return Change.START, self._begun(name, was)
        return None

    def _hears_a_start(self, name: str, kind: ClockKind) -> bool:
        heard = bool(self.words & kind.starts_on)
        if kind.after_response and heard:
            return self._has_responded(name)
        if "bot_replied" in self.words and "replied" in kind.starts_on:
            return self._pick(name).bots
        return heard

    def _has_responded(self, name: str) -> bool:
        by = self.draft.responded
        return by == "person" or (by == "bot" and self._pick(name).bots)

    def _is_needed_again(self, kind: ClockKind, was: Clock | None) -> bool:
        if self.reassigned and was is not None and was.ended_by == "reassigned":
            return True
        became_active = self.draft.status.category == "active" and self.before.category != "active"
        return kind.starts_when_active and became_active

    def _begun(self, name: str, was: Clock | None) -> Clock:
        cycle = 1 if was is None else was.cycle + 1
        return clocks.begin(name, cycle, self.at_us, self._pick(name))

    def _resets(self, kind: ClockKind) -> bool:
        return bool(self.words & kind.resets_on)

    def _retargeted(
        self, name: str, clock: Clock, change: Change | None
    ) -> tuple[Change | None, Clock]:
        if clock.promised or not self.event.touches:
            return change, clock
        terms = self._pick(name)
        if terms.target == clock.target and terms.calendar == clock.calendar:
            return change, clock
        old = terms_of(self.tables, clock)
        return change or Change.RETARGET, clocks.retarget(clock, self.at_us, old, terms)

    def _paused_or_resumed(
        self, kind: ClockKind, clock: Clock, change: Change | None
    ) -> tuple[Change | None, Clock]:
        if clock.promised:
            return change, clock
        terms = terms_of(self.tables, clock)
        reason = self._reason_to_pause(kind, clock, terms)
        if reason and clock.state is ClockState.RUNNING:
            return change or Change.PAUSE, clocks.pause(clock, self.at_us, reason, terms)
        if not reason and clock.state is ClockState.PAUSED:
            return change or Change.RESUME, clocks.resume(clock, self.at_us, terms)
        return change, clock

    def _reason_to_pause(self, kind: ClockKind, clock: Clock, terms: Terms) -> str:
        if self.draft.status in terms.pauses_in:
            return self.draft.status.value
        if clock.state is ClockState.PAUSED:
            told = clock.pauses[-1].reason in kind.pauses_on
            return clock.pauses[-1].reason if told and not self.words & kind.resumes_on else ""
        return min(self.words & kind.pauses_on, default="")

    def _idle(self, found: list[ClockChange]) -> None:
        was = self.draft.clocks.get(IDLE)
        stirred = isinstance(self.event, _STIRRING) or self.event.touches & _STIRRED
        if was is None or not was.is_live:
            found.append((Change.START, self._begun(IDLE, was)))
        elif stirred:
            found.append((Change.RESET, self._begun(IDLE, was)))

    def _requests(self, found: list[ClockChange]) -> None:
        """Find what happens to the clocks of invitations and approvals, one for each of them."""
        match self.event:
            case e.Invited(tier=tier) if "accept" in self.tables.clocks:
                terms = pick(self.tables, self.draft, "accept", tier, self.at_us)
                clock = clocks.begin(f"accept:{tier}", 1, self.at_us, terms)
                found.append((Change.START, clock))
            case e.ApprovalAsked() if "approval" in self.tables.clocks:
                terms = pick(self.tables, self.draft, "approval", self.draft.tier, self.at_us)
                clock = clocks.begin(f"approval:{self.event.seq}", 1, self.at_us, terms)
                found.append((Change.START, clock))
            case e.InvitationAccepted(tier=tier):
                self._request_ends(f"accept:{tier}", "accepted", found)
            case e.InvitationWithdrawn(tier=tier):
                self._request_ends(f"accept:{tier}", WITHDRAWN, found)
            case e.Approved(request=number) | e.Declined(request=number):
                self._request_ends(f"approval:{number}", "answered", found)
            case e.ApprovalWithdrawn(request=number):
                self._request_ends(f"approval:{number}", WITHDRAWN, found)
            case e.Moved():
                for name in self.draft.clocks:
                    if name.startswith("approval:"):
                        self._request_ends(name, WITHDRAWN, found)

    def _request_ends(self, name: str, word: str, found: list[ClockChange]) -> None:
        clock = self.draft.clocks.get(name)
        if clock is None or not clock.is_live:
            return
        met = word != WITHDRAWN
        state = ClockState.MET if met else ClockState.CANCELLED
        ended = clocks.end(clock, self.at_us, state, word, terms_of(self.tables, clock))
        found.append((Change.STOP if met else Change.CANCEL, ended))

    def _pick(self, name: str) -> Terms:
        return pick(self.tables, self.draft, name, self.draft.tier, self.at_us)


_STIRRING: Final = (e.Opened, e.Replied, e.BotReplied, e.CustomerReplied, e.Noted, e.Moved)
_STIRRED: Final = frozenset({"status", "tier", "assignee"})
_OF_REQUESTS: Final = (
    e.Invited,
    e.InvitationAccepted,
    e.InvitationWithdrawn,
    e.ApprovalAsked,
    e.Approved,
    e.Declined,
    e.ApprovalWithdrawn,
    e.Moved,
)


def base_name(clock: Clock) -> str:
    """Return which clock it is; those of invitations and approvals have a name each."""
    return clock.name.partition(":")[0]


def pick(tables: Compiled, draft: Draft, name: str, tier: str, at_us: int) -> Terms:
    """Return the terms of the first target that matches *draft* on this clock in *tier*."""
    ways = tables.terms_to_try(name, tier)
    for terms in ways:
        if terms.when is None or terms.when.holds(draft, at_us):
            return terms
    return ways[-1]


def terms_of(tables: Compiled, clock: Clock) -> Terms:
    """Return the terms that *clock* counts on."""
    return tables.terms_by_name[base_name(clock), clock.target, clock.calendar]


def _journal_order(change: ClockChange) -> int:
    return change[0]
