"""When clocks start, pause, resume and end: what one event does to all clocks of its ticket.

The arithmetic of one clock is in :mod:`escalate.core.clocks`, what each clock listens to in
:mod:`escalate.core.clockkinds`. A ticket is looked at as the event leaves it, so the target that applies
is the one for where the ticket is now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Final

from escalate.core import clocks
from escalate.core import events as e
from escalate.core.clockkinds import IDLE, ClockKind, Heard
from escalate.core.clocks import Clock, ClockState, Terms
from escalate.core.compiled import EVERYTHING, Compiled
from escalate.core.events import Change, ClockChange, Event
from escalate.core.model import Draft
from escalate.core.status import Status

WITHDRAWN: Final = "withdrawn"
_JOURNAL_ORDER: Final = itemgetter(0)


class Reaction:
    """What one event does to the clocks of one ticket.

    Attributes:
        draft: The ticket as the event leaves it, its clocks still as they were.
        before: The status before the event.
        reassigned: Whether it was taken from one person and given to another.
    """

    __slots__ = ("at_us", "before", "draft", "event", "reassigned", "tables")

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
        now = draft.assignee
        self.reassigned = assignee is not None and now is not None and assignee != now

    def changes(self) -> tuple[ClockChange, ...]:
        """Return what happens to the clocks, in the order in which a journal tells it."""
        draft, event, tables = self.draft, self.event, self.tables
        status = draft.status
        anew = None if status is self.before else status
        found: list[ClockChange] = []
        if status.is_done:
            if not self.before.is_done:
                self._end_all(found)
        else:
            running = draft.clocks
            for name, kind, heard in tables.ears(event.words, event.touches, anew):
                clock = running.get(name)
                if clock is not None and clock.ended_us is None:
                    self._live(clock, kind, heard, found)
                else:
                    self._at_rest(name, clock, kind, heard, found)
            if tables.idle_rules:
                self._idle(found)
            if tables.times_requests:
                requests = _OF_REQUESTS.get(type(event))
                if requests is not None:
                    requests(self, found)
                if event.touches:
                    self._retarget_requests(found)
        if len(found) > 1:
            found.sort(key=_JOURNAL_ORDER)
        return tuple(found)

    def _end_all(self, found: list[ClockChange]) -> None:
        """End every clock of a ticket that is resolved or closed now."""
        status = self.draft.status
        ears = self.tables.all_ears(self.event.words, status)
        for clock in self.draft.clocks.values():
            if clock.ended_us is not None:
                continue
            _, kind, heard = ears[base_name(clock)]
            terms = terms_of(self.tables, clock)
            word = heard.stops or ("bot_replied" if heard.bot_stops and terms.bots else "")
            met = bool(word) or (status is Status.RESOLVED and kind.met_by_resolving)
            if not word:
                gone = kind.of_request or clock.name == IDLE
                word = WITHDRAWN if gone else status.value
            self._end(clock, terms, word, found, met=met)

    def _end(
        self, clock: Clock, terms: Terms, word: str, found: list[ClockChange], *, met: bool
    ) -> Clock:
        state = ClockState.MET if met else ClockState.CANCELLED
        ended = clocks.end(clock, self.at_us, state, word, terms)
        found.append((Change.STOP if met else Change.CANCEL, ended))
        return ended

    def _live(self, was: Clock, kind: ClockKind, heard: Heard, found: list[ClockChange]) -> None:
        """Find what happens to a clock that runs or is paused."""
        terms = terms_of(self.tables, was)
        clock, word = was, heard.stops
        if not word and heard.bot_stops and terms.bots:
            word = "bot_replied"
        if kind.met_by_answer and not word:
            clock, word = self._answered(was, heard, terms)
        if word or heard.cancels:
            ended = self._end(clock, terms, word or heard.cancels, found, met=bool(word))
            self._at_rest(was.name, ended, kind, heard, found)
        elif heard.resets:
            self._begin(was.name, was, Change.RESET, heard, found)
        else:
            self._go_on(clock, was, None, heard, found)

    def _answered(self, clock: Clock, heard: Heard, terms: Terms) -> tuple[Clock, str]:
        """Return *clock* knowing of a reply, and the word by which that meets it."""
        if not clock.answered and (heard.replied or (heard.bot_replied and terms.bots)):
            clock = clocks.answer(clock)
        if clock.answered and self.draft.status is Status.PENDING:
            return clock, "answered"
        return clock, "reassigned" if self.reassigned and terms.reassign else ""

    def _at_rest(
        self,
        name: str,
        was: Clock | None,
        kind: ClockKind,
        heard: Heard,
        found: list[ClockChange],
    ) -> None:
        """Find whether a clock that does not run begins a cycle, or goes on with its last."""
        if self.before.is_done and was is not None and self._ended_by_resolving(was, kind):
            mode = self.tables.on_reopen
            if mode == "resume":
                terms = terms_of(self.tables, was)
                revived = clocks.revive(was, self.at_us, Status.RESOLVED.value, terms)
                self._go_on(revived, was, Change.RESUME, heard, found)
            elif mode == "new_cycle":
                self._begin(name, was, Change.START, heard, found)
        elif self._starts(name, was, kind, heard):
            self._begin(name, was, Change.START, heard, found)

    def _ended_by_resolving(self, was: Clock, kind: ClockKind) -> bool:
        """Whether the ticket, reopening, finds this clock as resolving left it, in the same tier."""
        if was.ended_by != Status.RESOLVED:
            return False
        return kind.whole_ticket or self.draft.entered_us <= (was.ended_us or 0)

    def _starts(self, name: str, was: Clock | None, kind: ClockKind, heard: Heard) -> bool:
        if heard.starts:
            return not kind.after_response or self._has_responded(name)
        if heard.bot_starts and self._pick(name).bots:
            return True
        if was is not None and was.ended_by == "reassigned" and self.reassigned:
            return True
        if not kind.starts_when_active or self.draft.status is self.before:
            return False
        if (
            self.tables.on_reopen == "frozen"
            and was is not None
            and was.ended_by == Status.RESOLVED
        ):
            return False
        return self.draft.status.category == "active" != self.before.category

    def _has_responded(self, name: str) -> bool:
        by = self.draft.responded
        return by == "person" or (by == "bot" and self._pick(name).bots)

    def _begin(
        self,
        name: str,
        was: Clock | None,
        change: Change,
        heard: Heard,
        found: list[ClockChange],
    ) -> None:
        terms = self._pick(name)
        begun = clocks.begin(name, 1 if was is None else was.cycle + 1, self.at_us, terms)
        self._pause_or_resume(begun, was, change, heard, terms, found)

    def _go_on(
        self,
        clock: Clock,
        was: Clock,
        change: Change | None,
        heard: Heard,
        found: list[ClockChange],
    ) -> None:
        """Find whether another target applies now to a clock that goes on."""
        if not clock.promised and (change is not None or self._may_choose_anew(clock)):
            terms = self._pick(clock.name)
            if terms.target != clock.target or terms.calendar != clock.calendar:
                change = change or Change.RETARGET
                old = terms_of(self.tables, clock)
                clock = clocks.retarget(clock, self.at_us, old, terms)
        else:
            terms = terms_of(self.tables, clock)
        self._pause_or_resume(clock, was, change, heard, terms, found)

    def _may_choose_anew(self, clock: Clock) -> bool:
        """Whether another target may apply now to a clock that has been live all along.

        While none of what the choice reads is touched, the target stays; but a tier that the policy does
        not know may have other hours, which nobody reads.
        """
        touches, tables = self.event.touches, self.tables
        reads = tables.reads[clock.name]
        if not touches:
            return EVERYTHING in reads
        if not reads.isdisjoint(touches) or EVERYTHING in reads:
            return True
        return (clock.name, self.draft.tier, clock.target, clock.calendar) not in tables.choices

    def _pause_or_resume(
        self,
        clock: Clock,
        was: Clock | None,
        change: Change | None,
        heard: Heard,
        terms: Terms,
        found: list[ClockChange],
    ) -> None:
        if not clock.promised:
            word = heard.pauses or ("" if heard.resumes else clock.told_to_pause)
            if word != clock.told_to_pause:
                clock = clocks.told(clock, word)
            status = self.draft.status
            reason = status.value if status in terms.pauses_in else word
            if reason and clock.state is ClockState.RUNNING:
                change = change or Change.PAUSE
                clock = clocks.pause(clock, self.at_us, reason, terms)
            elif not reason and clock.state is ClockState.PAUSED:
                change = change or Change.RESUME
                clock = clocks.resume(clock, self.at_us, terms)
        if clock is not was:
            found.append((change or Change.MARK, clock))

    def _idle(self, found: list[ClockChange]) -> None:
        was = self.draft.clocks.get(IDLE)
        event = self.event
        stirred = isinstance(event, _STIRRING) or bool(event.touches & _STIRRED)
        if isinstance(event, e.CustomerReplied) and event.automatic:
            stirred = False  # out of office: nobody has done anything
        live = was is not None and was.is_live
        if stirred or not live:
            # It has one set of terms and hears no words: nothing is picked, and nothing pauses it.
            cycle = 1 if was is None else was.cycle + 1
            terms = self.tables.terms_elsewhere[IDLE][0]
            begun = clocks.begin(IDLE, cycle, self.at_us, terms)
            found.append((Change.RESET if live else Change.START, begun))

    def _invited(self, found: list[ClockChange]) -> None:
        assert isinstance(self.event, e.Invited)
        self._request_begins("accept", self.event.tier, self.event.tier, found)

    def _approval_asked(self, found: list[ClockChange]) -> None:
        self._request_begins("approval", str(self.event.seq), self.draft.tier, found)

    def _invitation_over(self, found: list[ClockChange]) -> None:
        assert isinstance(self.event, e.InvitationAccepted | e.InvitationWithdrawn)
        word = "accepted" if isinstance(self.event, e.InvitationAccepted) else WITHDRAWN
        self._request_ends(f"accept:{self.event.tier}", word, found)

    def _approval_over(self, found: list[ClockChange]) -> None:
        assert isinstance(self.event, e.Approved | e.Declined | e.ApprovalWithdrawn)
        word = WITHDRAWN if isinstance(self.event, e.ApprovalWithdrawn) else "answered"
        self._request_ends(f"approval:{self.event.request}", word, found)

    def _moved(self, found: list[ClockChange]) -> None:
        """End what a move makes moot: requests to move, and an invitation of the tier it came to."""
        for name in self.draft.clocks:
            if name.startswith("approval:") or name == f"accept:{self.draft.tier}":
                self._request_ends(name, WITHDRAWN, found)

    def _retarget_requests(self, found: list[ClockChange]) -> None:
        """Find whether other targets apply now to the clocks of invitations and approvals."""
        ending = {clock.name for _, clock in found}
        for name, clock in self.draft.clocks.items():
            base, _, which = name.partition(":")
            if not which or name in ending or not self.event.touches & self.tables.reads[base]:
                continue
            tier = which if base == "accept" else self.draft.tier
            terms = pick(self.tables, self.draft, base, tier, self.at_us)
            if terms.target != clock.target or terms.calendar != clock.calendar:
                old = terms_of(self.tables, clock)
                found.append((Change.RETARGET, clocks.retarget(clock, self.at_us, old, terms)))

    def _request_begins(self, kind: str, which: str, tier: str, found: list[ClockChange]) -> None:
        if kind in self.tables.clocks:
            terms = pick(self.tables, self.draft, kind, tier, self.at_us)
            clock = clocks.begin(f"{kind}:{which}", 1, self.at_us, terms)
            found.append((Change.START, clock))

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
_OF_REQUESTS: Final[Mapping[type[Event], Callable[[Reaction, list[ClockChange]], None]]] = {
    e.Invited: Reaction._invited,
    e.InvitationAccepted: Reaction._invitation_over,
    e.InvitationWithdrawn: Reaction._invitation_over,
    e.ApprovalAsked: Reaction._approval_asked,
    e.Approved: Reaction._approval_over,
    e.Declined: Reaction._approval_over,
    e.ApprovalWithdrawn: Reaction._approval_over,
    e.Escalated: Reaction._moved,
    e.Returned: Reaction._moved,
    e.Transferred: Reaction._moved,
}


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
    """Return the terms that *clock* counts on.

    A cycle that ended under an earlier edition of the policy may name a target that is gone; should it go
    on, it comes to count on the terms of today, and until then on those of no target.
    """
    found = tables.terms_by_name.get((clock.name, clock.target, clock.calendar))
    if found is None:
        base = base_name(clock)
        found = tables.terms_by_name.get((base, clock.target, clock.calendar))
        if found is None:
            found = tables.terms_elsewhere[base][-1]
    return found
