"""Stories that really happen: what a search found, run again in the real engine, in real hours.

A search leaves time open, so a way that it found may need ages that no ticket can have at once. Here the
way is walked with instants: now, when a clock is old enough, after the next timers. Only what comes of
that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import attrs

from escalate.core import commands as c
from escalate.core.clocks import BREACH, ClockState
from escalate.core.deciding.clockwork import terms_of
from escalate.core.engine import Outcome, advance, step
from escalate.core.events import Event
from escalate.core.explained import zone_of
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Actor, Ticket
from escalate.core.opentime.zonedays import find_zone
from escalate.core.policy import ALWAYS, EscalationPolicy
from escalate.errors import BadInput, ConditionFailed
from escalate.verify.alphabet import Act, Answer, command_of
from escalate.verify.outline import Due

MINUTE: Final = timedelta(minutes=1)
_TICK: Final = timedelta(microseconds=1)
_MONDAY: Final = date(2026, 3, 2)
_LOOKS: Final = 60  # timers to wait through for one that is to fire
_TRIES: Final = 1_500  # engine steps that a story may cost


@attrs.frozen
class Moment:
    """Something that happens in a story.

    Attributes:
        at: When, in UTC.
        command: What was asked; none where time passes.
        events: What came of it, timers that fired before included, oldest first.
        ticket: The ticket afterwards.
    """

    at: datetime
    command: c.Command | None
    events: tuple[Event, ...]
    ticket: Ticket


@attrs.frozen
class Trace:
    """A life of a ticket, as the real engine tells it.

    Attributes:
        policy: The policy that it runs under.
        moments: What happens, in order.
    """

    policy: EscalationPolicy = attrs.field(repr=False)
    moments: tuple[Moment, ...]

    @property
    def ticket(self) -> Ticket:
        """The ticket at the end."""
        return self.moments[-1].ticket

    @property
    def journal(self) -> tuple[Event, ...]:
        """Everything that happens, oldest first."""
        return tuple(event for moment in self.moments for event in moment.events)

    def replay(self) -> Trace:
        """Return the same life, run once more in the engine."""
        ticket: Ticket | None = None
        found = []
        for moment in self.moments:
            if moment.command is None:
                assert ticket is not None
                outcome = advance(ticket, self.policy, before=moment.at)
            else:
                outcome = step(ticket, moment.command, self.policy, now=moment.at)
            ticket = outcome.ticket
            assert ticket is not None
            found.append(Moment(moment.at, moment.command, outcome.events, ticket))
        return Trace(self.policy, tuple(found))


@attrs.frozen
class Leg:
    """One act of a way that a search found, with how much clocks should have used by then."""

    act: Act
    ages: Mapping[str, int]


Shows = Callable[[Trace], bool]


def realised(
    policy: EscalationPolicy,
    way: Sequence[Leg],
    shows: Shows,
    by: Actor,
    *,
    starts: Sequence[datetime] = (),
) -> Trace | None:
    """Return a life along *way* that *shows* what it should; none if none was found.

    Args:
        policy: The real policy, with its calendars.
        way: What happens, the opening first.
        shows: What the story is about, asked of the life as the engine tells it.
        by: Who answers requests for approval.
        starts: When the ticket may come in; none means a Monday morning and some other hours.
    """
    walker = _Walker(policy, tuple(way), shows, by)
    for start in starts or starts_of(policy):
        found = walker.walk(start)
        if found is not None:
            return found
    return None


def starts_of(policy: EscalationPolicy) -> tuple[datetime, ...]:
    """Return instants at which a story may begin, the plainest first."""
    name = policy.calendar_name(policy.entry_tier)
    if name == ALWAYS:
        name = next(iter(policy.calendars), ALWAYS)
    zone = find_zone(zone_of(policy.calendar(name)))
    days = [(0, time(9)), (4, time(17, 30)), (5, time(12)), (1, time(23))]
    return tuple(
        datetime.combine(_MONDAY + timedelta(days=day), at, zone).astimezone(UTC)
        for day, at in days
    )


class _Walker:
    """Walks one way, going back where it leads nowhere."""

    def __init__(
        self, policy: EscalationPolicy, way: tuple[Leg, ...], shows: Shows, by: Actor
    ) -> None:
        self.policy = policy
        self.way = way
        self.shows = shows
        self.by = by
        self.tries = _TRIES

    def walk(self, start: datetime) -> Trace | None:
        opening = self.way[0].act
        assert isinstance(opening, c.Open)
        try:
            outcome = step(None, opening, self.policy, now=start)
            if outcome.ticket is None:
                return None
            return self._on(1, (Moment(start, opening, outcome.events, outcome.ticket),))
        except (ConditionFailed, BadInput):
            return None  # a function of the policy gave no answer, or a calendar ends

    def _on(self, index: int, moments: tuple[Moment, ...]) -> Trace | None:
        if index == len(self.way):
            trace = Trace(self.policy, moments)
            return trace if self.shows(trace) else None
        leg = self.way[index]
        steps = (
            self._fired(leg.act, moments) if isinstance(leg.act, Due) else self._asked(leg, moments)
        )
        for further in steps:
            found = self._on(index + 1, (*moments, *further))
            if found is not None or self.tries <= 0:
                return found
        return None

    def _asked(self, leg: Leg, moments: tuple[Moment, ...]) -> Iterator[tuple[Moment, ...]]:
        """Yield what comes of asking now, or later."""
        last = moments[-1]
        assert not isinstance(leg.act, Due)
        for at in self._instants(leg, last):
            self.tries -= 1
            ticket = last.ticket
            if isinstance(leg.act, Answer):
                ticket = self._looked(ticket, at).ticket or ticket
            command = command_of(leg.act, ticket, self.by)
            if command is None:
                continue
            outcome = step(last.ticket, command, self.policy, now=at)
            if outcome.refusal is None and outcome.ticket is not None:
                yield (Moment(at, command, outcome.events, outcome.ticket),)

    def _instants(self, leg: Leg, last: Moment) -> Iterator[datetime]:
        old = sorted(set(self._old_enough(leg.ages, last)))
        yield from old or [last.at]
        if old:
            yield last.at
        at, ticket = last.at, last.ticket
        for _ in range(4):
            if ticket.due_us is None:
                return
            due = as_instant(ticket.due_us)
            yield from (at for at in (due - _TICK, due) if at > last.at)
            at = max(due, at) + MINUTE
            yield at
            ticket = self._looked(ticket, at).ticket or ticket

    def _old_enough(self, ages: Mapping[str, int], last: Moment) -> Iterator[datetime]:
        """Yield when all of *ages* have come, by each of the hours that may count."""
        now_us = as_us(last.at)
        for name, age_us in ages.items():
            if name == "reopening":
                yield last.at + timedelta(microseconds=age_us) + MINUTE
                continue
            clock = last.ticket.clocks.get(self._real_name(name, last.ticket))
            if clock is None:
                continue
            terms = [terms_of(self.policy.compiled, clock)]
            for each in (*terms, *self.policy.compiled.other_terms(name.partition(":")[0])):
                used = each.hours.elapsed_us(clock.started_us, now_us)
                if age_us > used:
                    yield as_instant(each.hours.deadline_us(now_us, age_us - used)) + MINUTE
                else:
                    yield last.at

    def _looked(self, ticket: Ticket, at: datetime) -> Outcome:
        self.tries -= 1
        return advance(ticket, self.policy, before=at)

    def _fired(self, due: Due, moments: tuple[Moment, ...]) -> Iterator[tuple[Moment, ...]]:
        """Yield what comes of waiting until that timer has fired, others before it included."""
        for pause in (MINUTE, _TICK):
            found: list[Moment] = []
            last = moments[-1]
            name = self._real_name(due.clock, last.ticket)
            for _ in range(_LOOKS):
                clock = last.ticket.clocks.get(name)
                if clock is None or clock.state is not ClockState.RUNNING:
                    break
                if last.ticket.due_us is None or self.tries <= 0:
                    break
                at = max(as_instant(last.ticket.due_us), last.at) + pause
                outcome = self._looked(last.ticket, at)
                assert outcome.ticket is not None
                last = Moment(at, None, outcome.events, outcome.ticket)
                found.append(last)
                if any(_has_fired(event, name, due.entry) for event in outcome.events):
                    yield tuple(found)
                    break

    @staticmethod
    def _real_name(name: str, ticket: Ticket) -> str:
        base, colon, which = name.partition(":")
        if base == "approval" and which.isdecimal() and int(which) <= len(ticket.requests):
            return f"{base}{colon}{ticket.requests[int(which) - 1].number}"
        return name


def _has_fired(event: Event, clock: str, entry: str) -> bool:
    return any(each.name == clock and entry in each.fired for _, each in event.clocks)


__all__ = ["BREACH", "Leg", "Moment", "Shows", "Trace", "realised", "starts_of"]
