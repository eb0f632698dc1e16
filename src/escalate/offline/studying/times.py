"""The chapter "time": how long things take, what the time is spent on, and by what that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from escalate.core.status import Status
from escalate.errors import HorizonTooShort
from escalate.offline.figures import promise, times
from escalate.offline.figures.lines import NO_STATUS, NO_TIER, completed_row
from escalate.offline.figures.promise import InTime
from escalate.offline.figures.times import Durations
from escalate.offline.figures.values import Chapter, Figure, LeftOut
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.replaying import first_promise
from escalate.offline.studying import doubting, timing
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.spending import closings, place_of, spending
from escalate.offline.studying.telling import ASSIGNEE, request_of
from escalate.offline.studying.terms import Terms
from escalate.offline.studying.timing import ALL, Name
from escalate.offline.sums import SpansBy, merge_sums

_NO_HOURS: Final = "nothing says when the desk is open: give a policy with calendars, or hours="
_NO_PROMISE: Final = (
    "nothing says how long the first line may take: give a policy with an ownership target there"
)
_NO_QUEUE: Final = (
    f"no status of the log means new and it has no attribute {ASSIGNEE}: waiting for somebody and being "
    "worked on look the same"
)
_NO_CLOSING: Final = "no case of the log is first resolved and then closed"


@attrs.define
class Time:
    """Gathers what the chapter tells, over cases in any order and in any parts."""

    terms: Terms
    cases: int = 0
    taken: Durations = attrs.field(factory=Durations)
    kept: InTime | None = attrs.Factory(lambda self: _promise(self.terms), takes_self=True)
    spans: SpansBy[timing.Key] = attrs.field(factory=SpansBy)
    states: Counter[str] = attrs.field(factory=Counter)
    cases_by: Counter[Name] = attrs.field(factory=Counter)
    meanings: set[Status | None] = attrs.field(factory=set)
    beyond: int = 0
    tells_assignee: bool = False
    has_moves: bool = False
    queues_later: bool = False

    def add(self, case: Case) -> None:
        """Take in one case."""
        self.cases += 1
        self.taken.add(case)
        request = request_of(case, self.terms)
        self._add_spending(case, request)
        self._add_ends(case, request)
        try:
            self._add_open(case, request)
        except HorizonTooShort:
            self.beyond += 1  # which figures then doubt
        self._add_what_is_told(case, request)

    def merge(self, other: Time) -> None:
        """Take in what *other* has gathered over other cases."""
        merge_sums(self, other)

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return the chapter."""
        seen = {name for group, name in self.cases_by if group == "line"}
        tiers = tuple(dict.fromkeys((*self.terms.tiers, *sorted(seen)))) if seen else ()
        found = [*self._ends(tiers, quality), *self._states(tiers), *self._groups(tiers)]
        return chapter_of("time", "Time", found)

    # -- one case

    def _add_spending(self, case: Case, request: str | None) -> None:
        spent: dict[timing.Key, int] = {}
        for (place, state), us in spending(case).items():
            self.states[state] += us
            spent[ALL, state] = spent.get((ALL, state), 0) + us
            for name in timing.names_of(place, request):
                for measure in (timing.OUTSIDE, state):
                    key = (name, measure)
                    spent[key] = spent.get(key, 0) + us
        for key, us in spent.items():
            self.spans.add(key, us)

    def _add_ends(self, case: Case, request: str | None) -> None:
        done = completed_row(case)
        if done is not None:
            for name in timing.names_of(place_of(done), request):
                self.spans.add((name, timing.WALL), done.at_us - case.rows[0].at_us)
        for row, us in closings(case):
            for name in (ALL, *timing.names_of(place_of(row), request)):
                self.spans.add((name, timing.CLOSING), us)

    def _add_open(self, case: Case, request: str | None) -> None:
        done = completed_row(case)
        if done is not None and self.terms.hours is not None:
            open_us = self.terms.hours.elapsed_us(case.rows[0].at_us, done.at_us)
            for name in (ALL, *timing.names_of(place_of(done), request)):
                self.spans.add((name, timing.OPEN), open_us)
        if self.kept is not None:
            self.kept.add(case)

    def _add_what_is_told(self, case: Case, request: str | None) -> None:
        places = set(map(place_of, case.rows))
        self.cases_by.update({name for place in places for name in timing.names_of(place, request)})
        first: str | None = None
        moved = False
        for row in case.rows:
            self.meanings.add(row.meaning)
            first = first or row.tier
            moved = moved or row.tier not in (None, first)
            self.queues_later = self.queues_later or (moved and row.meaning is Status.NEW)
        self.has_moves = self.has_moves or moved
        self.tells_assignee = self.tells_assignee or any(
            name == ASSIGNEE for name, _ in case.rows[0].attributes
        )

    # -- the chapter

    @property
    def _tells_status(self) -> bool:
        return bool(self.meanings - {None})

    @property
    def _tells_queue(self) -> bool:
        return Status.NEW in self.meanings or self.tells_assignee

    def _ends(self, tiers: Sequence[str], quality: DataQuality) -> Iterator[Figure | LeftOut]:
        open_, wall = "first_line_within_open", "first_line_within_wall"
        if not self._tells_status:
            keys = (
                "to_first_completed",
                timing.OPEN,
                "to_first_completed_without_waits",
                timing.CLOSING,
                wall,
                open_,
            )
            yield from (LeftOut(key, NO_STATUS) for key in keys)
            return
        doubt = doubting.of_spans(self.cases, quality)
        yield attrs.evolve(times.to_first_completed(self.taken), doubt=doubt)
        beyond = doubting.of_calendar(self.cases, self.beyond)
        if self.terms.hours is None:
            yield LeftOut(timing.OPEN, _NO_HOURS)
        else:
            yield attrs.evolve(
                timing.open_to_completed(self.spans), doubt=f"{doubt} {beyond}".strip()
            )
        yield attrs.evolve(times.to_first_completed_without_waits(self.taken), doubt=doubt)
        has_closing = (ALL, timing.CLOSING) in self.spans
        yield timing.closing(self.spans) if has_closing else LeftOut(timing.CLOSING, _NO_CLOSING)
        if not tiers or self.kept is None:
            yield from (LeftOut(key, _NO_PROMISE if tiers else NO_TIER) for key in (wall, open_))
        else:
            yield attrs.evolve(promise.first_line_within_wall(self.kept), doubt=beyond)
            yield attrs.evolve(promise.first_line_within_open(self.kept), doubt=beyond)

    def _states(self, tiers: Sequence[str]) -> Iterator[Figure | LeftOut]:
        if not self._tells_status:
            keys = ("hours_by_line", "hours_by_state", *timing.STATE_KEYS)
            yield from (LeftOut(key, NO_STATUS) for key in keys)
            return
        if tiers:
            yield times.hours_by_line(self.taken, tiers)
        else:
            yield LeftOut("hours_by_line", NO_TIER)
        yield timing.hours_by_state(self.states, tells_queue=self._tells_queue)
        for state, meaning in (("customer_wait", "pending"), ("third_party_wait", "on_hold")):
            doubt = "" if Status(meaning) in self.meanings else timing.never(meaning)
            if state == "customer_wait":  # has been a figure of its own for longer
                yield attrs.evolve(times.customer_wait(self.taken), doubt=doubt)
            else:
                yield attrs.evolve(timing.hours_in(state, self.states), doubt=doubt)
            yield attrs.evolve(timing.spread_in(state, self.spans), doubt=doubt)
        for state in ("in_queue", "in_work"):
            if self._tells_queue:
                doubt = timing.NO_LATER_QUEUE if self._hides_later_queues else ""
                yield attrs.evolve(timing.hours_in(state, self.states), doubt=doubt)
                yield attrs.evolve(timing.spread_in(state, self.spans), doubt=doubt)
            else:
                yield from (LeftOut(key, _NO_QUEUE) for key in (f"{state}_hours", state))

    @property
    def _hides_later_queues(self) -> bool:
        return self.has_moves and not self.queues_later and not self.tells_assignee

    def _groups(self, tiers: Sequence[str]) -> Iterator[Figure | LeftOut]:
        priorities = () if self.terms.policy is None else self.terms.policy.priorities
        orders = {"line": tiers, "priority": priorities}
        for group, missing in timing.GROUPS.items():
            if not self._tells_status:
                yield LeftOut(f"by_{group}", NO_STATUS)
            elif not any(found == group for found, _ in self.cases_by):
                yield LeftOut(f"by_{group}", missing.format(request=self.terms.request))
            else:
                names = timing.shown(group, self.cases_by, orders.get(group))
                measures = timing.measures(
                    tells_queue=self._tells_queue, tells_hours=self.terms.hours is not None
                )
                yield timing.by(group, names, self.cases_by, self.spans, measures)


def _promise(terms: Terms) -> InTime | None:
    """Return what counts how the first promise of the policy was kept, if it makes one."""
    promised = None if terms.policy is None else first_promise(terms.policy)
    if promised is None or terms.policy is None:
        return None
    return InTime(terms.policy.entry_tier, promised.within, promised.hours)
