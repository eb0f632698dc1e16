"""A ticket in flight comes under another edition of its policy: what becomes of its clocks.

What is live goes on under the targets of the other edition, with the time that it has used. What the
other edition does not keep is cancelled, and what only that one keeps begins now: a promise that nobody
had made cannot be half used up. Cycles that ended stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from escalate.core import clocks
from escalate.core.clockkinds import DEAF, IDLE, ClockKind
from escalate.core.clocks import Clock, Terms
from escalate.core.compiled import Compiled
from escalate.core.deciding.applying import apply_act
from escalate.core.deciding.clockwork import Reaction, pick, terms_of
from escalate.core.deciding.working import Working
from escalate.core.events import Change, ClockChange, Event, Rebased
from escalate.core.model import Actor, Draft, Ticket, thaw
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
from escalate.errors import NoPlace

REBASED: Final = "rebased"
_SINCE_OPENED: Final = frozenset({"resolution", "requester_wait", "agent_work"})


def move_under(
    working: Working,
    policy: EscalationPolicy,
    at_us: int,
    by: Actor,
    tiers: Mapping[str, str],
    before: Ticket | None,
) -> None:
    """Let the ticket come under *policy* at *at_us*.

    Args:
        working: The decision in the making, under the policy so far; from here on under *policy*.
        policy: The other edition.
        at_us: When.
        by: Who has it so.
        tiers: What tiers of the policy so far are called in the other, where that is not the same.
        before: The ticket as it was under *policy*, before the change that this one takes back.

    Raises:
        NoPlace: *policy* does not know the ticket's tier, or its priority.
    """
    draft = working.ticket
    check_place(draft, policy, tiers)
    was = working.policy
    event = Rebased(
        draft.policy,
        (policy.name, policy.version),
        tuple((name, tiers[name]) for name in sorted(_known(draft) & tiers.keys())),
        None if before is None else before.seq + 1,
        at_us=at_us,
        by=by,
    )
    after = apply_act(thaw(draft), event)
    working.policy, working.tables = policy, policy.compiled
    changes = _Rebasing(was, policy, after, event, before).changes()
    working.emit(event, changes=changes)


def check_place(draft: Draft, policy: EscalationPolicy, tiers: Mapping[str, str]) -> None:
    """Check that *policy* has a tier and a priority for a ticket.

    Raises:
        NoPlace: It has none.
    """
    key = policy.name, policy.version
    if tiers.get(draft.tier, draft.tier) not in policy.tier_names:
        raise NoPlace(draft.id, key, "tier", draft.tier, policy.tier_names)
    if draft.priority not in policy.priorities:
        raise NoPlace(draft.id, key, "priority", draft.priority, policy.priorities)


def _known(draft: Draft) -> set[str]:
    """Return every tier that a ticket remembers."""
    asked = {each.target for each in draft.requests if each.target is not None}
    return {draft.tier, *draft.senders, *draft.left, *draft.invited} | asked


class _Rebasing(Reaction):
    """What another edition does to the clocks of one ticket that stood under the policy *was*."""

    __slots__ = ("_before", "_now", "_old", "_was")

    def __init__(
        self,
        was: EscalationPolicy,
        policy: EscalationPolicy,
        draft: Draft,
        event: Event,
        before: Ticket | None,
    ) -> None:
        super().__init__(policy.compiled, draft, event, draft.status, draft.assignee)
        self._was = was
        self._now = policy
        self._old: Compiled = was.compiled
        self._before = before

    def changes(self) -> tuple[ClockChange, ...]:
        """Return what happens to the clocks, in the order in which a journal tells it."""
        found: list[ClockChange] = []
        if self.draft.status.is_done:
            return ()  # nothing runs, and what ended stays as it was
        for clock in self.draft.clocks.values():
            if clock.is_live:
                self._goes_on(clock, found)
        for name, kind in self.tables.clocks.items():
            last = self.draft.clocks.get(name)
            if last is not None and last.ended_by == REBASED:
                self._comes_back(last, found)
            elif last is None and name not in self._old.clocks and self._would_run(name, kind):
                self._begin(name, None, Change.START, DEAF, found)
        self._requests_begin(found)
        found.sort(key=lambda change: change[0])
        return tuple(found)

    def _goes_on(self, clock: Clock, found: list[ClockChange]) -> None:
        """Find on which terms a live clock goes on; none if the other edition keeps no such clock."""
        base, _, which = clock.name.partition(":")
        old = terms_of(self._old, clock)
        renamed = base == "accept" and which and which not in self.draft.invited
        if base not in self.tables.clocks or renamed:
            self._end(clock, old, REBASED, found, met=False)
            return
        terms = self._terms_ahead(clock, base)
        if self._alike(old, terms):
            return
        if base == IDLE:
            # Its rules are asked by its timer, also those that are overdue by now.
            found.append((Change.MARK, clocks.carry_over(clock, self.at_us, old, terms)))
            return
        self._on(self._counted(clock, old, terms), clock, terms, found)

    def _terms_ahead(self, clock: Clock, base: str) -> Terms:
        """Return the terms on which a clock goes on.

        A target that was chosen before a date was promised is not judged again. Who takes a change back
        has the target of before it: the other edition may have known none of that name.
        """
        picked = pick(self.tables, self.draft, base, self._tier_of(clock), self.at_us)
        if not clock.promised:
            return picked
        was = self._was_before(clock)
        chosen = was if was is not None and was.promised else clock
        return self.tables.terms_by_name.get((base, chosen.target, chosen.calendar), picked)

    def _counted(self, clock: Clock, old: Terms, terms: Terms) -> Clock:
        was = self._was_before(clock)
        if was is not None:
            return self._restored(clock, was, terms)
        if clock.promised:
            return clocks.carry_over(clock, self.at_us, old, terms)
        return clocks.retarget(clock, self.at_us, old, terms)

    def _comes_back(self, clock: Clock, found: list[ClockChange]) -> None:
        """Let a clock go on that the edition so far did not keep, and an earlier one did."""
        terms = self._terms_ahead(clock, clock.name)
        was = self._was_before(clock)
        if was is not None:
            back = self._restored(clock, was, terms)
        else:
            back = clocks.revive(clock, self.at_us, REBASED, terms)
            if clock.promised:
                back = clocks.carry_over(back, self.at_us, terms, terms)
            else:
                back = clocks.retarget(back, self.at_us, terms, terms)
        self._on(back, clock, terms, found, Change.RESUME)

    def _was_before(self, clock: Clock) -> Clock | None:
        """Return the very cycle as it was before the change that is taken back, if it ran then."""
        was = None if self._before is None else self._before.clocks.get(clock.name)
        return was if was is not None and was.is_live and was.cycle == clock.cycle else None

    def _restored(self, clock: Clock, was: Clock, terms: Terms) -> Clock:
        assert self._before is not None  # or there would be no cycle of before
        mine = terms_of(self.tables, was)
        left_us = self._before.changed_us
        back = clocks.restore(clock, was, left_us, self.at_us, mine)
        if back.promised or (mine.target, mine.calendar) == (terms.target, terms.calendar):
            return back
        return clocks.retarget(back, self.at_us, mine, terms)  # a field has changed meanwhile

    def _on(
        self,
        clock: Clock,
        was: Clock,
        terms: Terms,
        found: list[ClockChange],
        change: Change = Change.RETARGET,
    ) -> None:
        if ":" in clock.name:
            found.append((change, clock))  # those of requests never pause
        else:
            self._pause_or_resume(clock, was, change, DEAF, terms, found)

    def _tier_of(self, clock: Clock) -> str:
        base, _, which = clock.name.partition(":")
        return which if which and base == "accept" else self.draft.tier

    def _alike(self, old: Terms, terms: Terms) -> bool:
        """Whether two terms count alike, so that a clock need not notice."""
        same = (old.target, old.calendar, old.within_us, old.days, old.plan, old.steps)
        if same != (
            terms.target,
            terms.calendar,
            terms.within_us,
            terms.days,
            terms.plan,
            terms.steps,
        ):
            return False
        hours = self._was.calendar(old.calendar) == self._now.calendar(terms.calendar)
        return hours and old.pauses_in == terms.pauses_in

    def _would_run(self, name: str, kind: ClockKind) -> bool:
        """Whether a clock that only the other edition keeps would be running by now, for all one knows.

        Of a clock of a policy's own nobody knows: it begins with the next of its words.
        """
        draft = self.draft
        if name in _SINCE_OPENED or name == IDLE:
            return True
        if name == "accept":
            return not draft.accepted
        if name == "first_response":
            return not self._has_responded(name)
        if name == "next_response":
            said = [each.author for each in draft.messages if each.public]
            return self._has_responded(name) and said[-1:] == ["customer"]
        return kind.starts_when_active and draft.status.category == Status.OPEN.category

    def _requests_begin(self, found: list[ClockChange]) -> None:
        """Let clocks begin for invitations and approvals that nothing timed so far."""
        timed = {clock.name for clock in self.draft.clocks.values() if clock.is_live}
        waiting = [tier for tier, accepted in self.draft.invited.items() if not accepted]
        for tier in waiting:
            if f"accept:{tier}" not in timed:
                self._request_begins("accept", tier, tier, found)
        for request in self.draft.requests:
            if f"approval:{request.number}" not in timed:
                self._request_begins("approval", str(request.number), self.draft.tier, found)
