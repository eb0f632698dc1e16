"""Outlines: a ticket without its instants. One outline stands for every ticket that differs only in time.

The search keeps one ticket for each outline, *at rest*: everything about it happened at :data:`REST_US`,
and none of its timers is set. From there any age can be given to any clock, and any timer that could come
next can be made to. Whatever a real ticket does, some redated one does too, so nothing that can happen is
left out; that some combination of ages cannot come about is why a finding is replayed before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final

import attrs

from escalate.core.clocks import Clock, ClockState, OpenClock, Pause, Terms
from escalate.core.compiled import Compiled
from escalate.core.deciding.clockwork import terms_of
from escalate.core.model import Attempt, Draft, Fired, Request, Ticket, Verdict, freeze, thaw
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import FrozenDict, seal
from escalate.core.status import Status
from escalate.verify.noticing import Noticed, Value

Outline = tuple[Hashable, ...]
REST_US: Final = 4_000_000_000_000_000  # some instant, decades from both ends of every calendar
ALONE: Final = "by itself"


@attrs.frozen
class Due:
    """A timer fires: the entry *entry* of the plan of the clock *clock*."""

    clock: str
    entry: str


class Outliner:
    """Takes outlines of the tickets of one policy, and puts tickets at rest."""

    def __init__(self, noticed: Noticed) -> None:
        self._noticed = noticed
        self._policy: EscalationPolicy = noticed.policy
        self._tables: Compiled = noticed.policy.compiled
        words, clocks = noticed.words, self._tables.clocks
        self._answers = "next_response" in clocks or noticed.bots
        self._accepts = "accept" in clocks or "accepted" in words
        self._assigns = "assignee" in noticed.names or any(
            target.reassign for target in self._policy.sla.targets
        )
        self._named = noticed.constants("assignee")
        self._somebody = noticed.somebody
        self._classes = self.classifies
        self._priorities = self._classes_of_priorities()
        self._kinds = clocks
        back = [path for path in self._policy.paths if path.kind != "escalate"]
        self._bounces = bool(back) or "bounces" in noticed.names
        self._most_bounces = self._policy.max_bounces
        if "bounces" in noticed.names:
            self._most_bounces = max(self._most_bounces, noticed.most("bounces"))
        forth = {path.target for path in self._policy.paths if path.kind != "return"}
        self._left = frozenset(forth) if self._bounces else frozenset()
        self._tags = frozenset(noticed.keys("tags")) | noticed.tags_put_on
        self._milestones = frozenset(noticed.keys("milestones"))
        self._fields = {
            name: (noticed.judge(f"fields.{name}"), self._reps(name))
            for name in noticed.keys("fields")
        }
        self._attempts = {
            name: noticed.most(f"attempts.{name}") for name in noticed.keys("attempts")
        }

    @property
    def classifies(self) -> bool:
        """Whether a classifier's verdict can matter."""
        deeds = [*self._tables.rules, *self._tables.steps.values()]
        asked = any(deed.doing.classify for deed in deeds)
        read = "classification" in self._noticed.names or "classified" in self._noticed.words
        return bool(self._policy.classifier or asked or read)

    def _classes_of_priorities(self) -> Mapping[str, str]:
        every = self._policy.priorities
        usual = ["normal", *every] if "normal" in every else [*every]
        return self._noticed.classes("priority", usual)  # type: ignore[return-value]

    def _reps(self, name: str) -> Mapping[Any, Value]:
        judge = self._noticed.judge(f"fields.{name}")
        return {judge(value): value for value in self._noticed.field_values(name)}

    def priority(self, priority: str) -> str:
        """Return the priority that stands for all that conditions judge as *priority*."""
        return self._priorities.get(priority, priority)

    def of(self, ticket: Ticket) -> Outline:
        """Return the outline of *ticket*."""
        noticed = self._noticed
        names = noticed.names
        return (
            ticket.tier,
            ticket.status,
            self.priority(ticket.priority),
            ticket.request_type if "request_type" in names else None,
            ticket.channel if "channel" in names else None,
            self._assignee(ticket),
            ticket.responded if self._answers or self._classes else "",
            ticket.accepted or not self._accepts,
            min(ticket.automatic, self._policy.max_automatic),
            min(ticket.bounces, self._most_bounces) if self._bounces else 0,
            ticket.left & self._left,
            ticket.milestones & self._milestones,
            tuple(sorted(ticket.invited.items())),
            self._requests(ticket),
            self._counted(ticket),
            ticket.tags & self._tags,
            tuple(value for _, value in self._kept_fields(ticket)),
            tuple((what, self._tried(ticket, what)) for what in self._attempts),
            self._verdict(ticket),
            self._rules(ticket),
            self._clocks(ticket),
        )

    def caps(self) -> Iterator[str]:
        """Yield up to where things are counted, as far as any are: beyond it all tickets are alike."""
        names, noticed = self._noticed.names, self._noticed
        yield f"{self._policy.max_automatic} automatic moves in a row (max_automatic)"
        if self._bounces:
            yield f"{self._most_bounces} bounces"
        yield from (
            f"{noticed.most(name)} {name}" for name in ("moves", "reopens") if name in names
        )
        yield from (f"{most} attempts of {what!r}" for what, most in self._attempts.items())
        if any(path.approval for path in self._policy.paths):
            yield "2 requests that are alike"

    def _assignee(self, ticket: Draft) -> str | None:
        """Return who works on it: nobody, somebody whom conditions name, or anybody else."""
        name = ticket.assignee
        if name is None or not (self._assigns or self._classes):
            return None
        return name if name in self._named else self._somebody

    def _counted(self, ticket: Draft) -> tuple[int, int]:
        names, noticed = self._noticed.names, self._noticed
        most = noticed.most("moves") if "moves" in names else int(self._classes)
        reopens = min(ticket.reopens, noticed.most("reopens")) if "reopens" in names else 0
        return min(ticket.moves, most), reopens

    def _kept_fields(self, ticket: Draft) -> list[tuple[str, Value]]:
        return [
            (name, reps[judge(ticket.fields.get(name))])
            for name, (judge, reps) in self._fields.items()
        ]

    def _tried(self, ticket: Draft, what: str) -> int:
        return min(sum(each.what == what for each in ticket.attempts), self._attempts[what])

    def _verdict(self, ticket: Draft) -> Hashable:
        verdict = ticket.classification
        if verdict is None or "classification" not in self._noticed.names:
            return None
        judge = self._noticed.judge("classification.confidence")
        return verdict.tier, judge(verdict.confidence)

    def _rules(self, ticket: Draft) -> Hashable:
        acting = self._noticed.acting
        return tuple(
            sorted((name, each.times) for name, each in ticket.fired.items() if name in acting)
        )

    def _clocks(self, ticket: Draft) -> Hashable:
        found = []
        for name, clock in ticket.clocks.items():
            base, _, which = name.partition(":")
            if base != "approval" and self._matters(clock, ticket.status):
                found.append((base, which, self._clock(clock)))
        found.sort(key=itemgetter(0, 1))
        return tuple(found)

    def _clock(self, clock: Clock) -> Hashable:
        return (
            clock.target,
            clock.state if clock.ended_us is None else clock.ended_by,
            self._noticed.acting.intersection(clock.fired),
            clock.answered,
            clock.promised,
            clock.told_to_pause,
            clock.calendar,
        )

    def _requests(self, ticket: Draft) -> frozenset[Hashable]:
        """Return what waits for approval. Of requests that are alike, one stands for any number."""
        return frozenset(self._request(ticket, each) for each in ticket.requests)

    def _request(self, ticket: Draft, request: Request) -> Hashable:
        clock = ticket.clocks.get(f"approval:{request.number}")
        state = None if clock is None else self._clock(clock)
        return request.receiver, request.kind, request.target, state

    def _one_of_each(self, ticket: Draft) -> tuple[Request, ...]:
        """Return the requests of *ticket* without those that are like an earlier one."""
        return tuple({self._request(ticket, each): each for each in ticket.requests[::-1]}.values())

    def twins(self, ticket: Ticket) -> Iterator[Ticket]:
        """Yield *ticket*, at rest, with one of its requests for approval asked a second time.

        What comes of a third, the second has shown: no request looks at another.
        """
        for each in ticket.requests:
            draft = thaw(ticket)
            number = draft.seq = draft.seq + 1
            draft.requests = (*draft.requests, attrs.evolve(each, number=number))
            clock = draft.clocks.get(f"approval:{each.number}")
            if clock is not None:
                twin = self._clock_at_rest(clock, f"approval:{number}")
                draft.clocks = FrozenDict({**draft.clocks, twin.name: twin})
            yield freeze(draft)

    def _matters(self, clock: Clock, status: Status) -> bool:
        if clock.ended_us is None:
            return True
        waits = status.is_done or self._tables.on_reopen == "frozen"
        return clock.ended_by == Status.RESOLVED and waits and status is not Status.CLOSED

    def at_rest(self, ticket: Ticket) -> Ticket:
        """Return a ticket of the same outline to which everything happened at :data:`REST_US`."""
        draft = thaw(ticket)
        draft.opened_us = draft.entered_us = draft.changed_us = REST_US
        draft.resolved_us = REST_US if draft.status is Status.RESOLVED else None
        draft.due_us = draft.handoff = draft.promised = draft.requester = None
        draft.messages, draft.links, draft.ids, draft.senders = (), (), (), ()
        draft.priority = self.priority(draft.priority)
        draft.moves, draft.reopens = self._counted(draft)
        draft.automatic = min(draft.automatic, self._policy.max_automatic)
        draft.bounces = min(draft.bounces, self._most_bounces) if self._bounces else 0
        draft.left &= self._left
        draft.tags &= self._tags
        draft.milestones &= self._milestones
        draft.fields = FrozenDict(
            {name: value for name, value in self._kept_fields(draft) if value is not None}
        )
        tried = [Attempt(what) for what in self._attempts for _ in range(self._tried(draft, what))]
        draft.attempts = tuple(tried)
        self._forget(draft)
        draft.fired = FrozenDict(
            {
                name: Fired(each.times, REST_US)
                for name, each in draft.fired.items()
                if name in self._noticed.acting
            }
        )
        kept = self._one_of_each(draft)
        renamed = {f"approval:{each.number}": f"approval:{i}" for i, each in enumerate(kept, 1)}
        draft.requests = tuple(
            Request(i, each.receiver, each.asked_by, each.kind, each.target)
            for i, each in enumerate(kept, 1)
        )
        draft.seq = len(draft.requests)
        draft.clocks = FrozenDict(
            {
                named: self._clock_at_rest(clock, named)
                for name, clock in draft.clocks.items()
                if (named := renamed.get(name, name)) and self._stays(name, clock, draft, renamed)
            }
        )
        return freeze(draft)

    def _stays(self, name: str, clock: Clock, draft: Draft, renamed: Mapping[str, str]) -> bool:
        if name.startswith("approval:"):
            return name in renamed
        return self._matters(clock, draft.status)

    def _forget(self, draft: Draft) -> None:
        names = self._noticed.names
        if "request_type" not in names:
            draft.request_type = None
        if "channel" not in names:
            draft.channel = None
        draft.assignee = self._assignee(draft)
        if not (self._answers or self._classes):
            draft.responded = ""
        if not self._accepts:
            draft.accepted = True
        verdict = draft.classification
        if verdict is not None and "classification" in names:
            draft.classification = Verdict(verdict.tier, verdict.confidence)
        else:
            draft.classification = None

    def _clock_at_rest(self, clock: Clock, name: str) -> Clock:
        now = OpenClock(
            name, 1, REST_US, clock.state, clock.calendar, clock.target, clock.within_us
        )
        now.fired = tuple(entry for entry in clock.fired if entry in self._noticed.acting)
        now.answered, now.promised = clock.answered, clock.promised
        now.told_to_pause = clock.told_to_pause
        now.ended_by = clock.ended_by
        now.counted_us = REST_US
        if clock.ended_us is not None:
            now.ended_us = REST_US
        elif clock.state is ClockState.RUNNING:
            now.since_us = REST_US
        else:
            now.pauses = (Pause(REST_US, None, "paused"),)
        return seal(now, Clock)

    def waiting(self, ticket: Ticket) -> list[tuple[Due, Ticket]]:
        """Return every timer that could fire next and changes the ticket, with a ticket whose turn it is."""
        found = []
        for clock in ticket.clocks.values():
            if clock.state is ClockState.RUNNING:
                terms = terms_of(self._tables, clock)
                plan = terms.plan_for(clock.within_us)
                for index in self._next_entries(clock, terms):
                    before = tuple(entry.name for entry in plan[:index])
                    entry = plan[index]
                    due = _due(clock, entry.name, entry.amount_us, before)
                    found.append((Due(clock.name, entry.name), _with(ticket, due, REST_US)))
        return found

    def _next_entries(self, clock: Clock, terms: Terms) -> list[int]:
        plan = terms.plan_for(clock.within_us)
        left = [
            i
            for i, entry in enumerate(plan)
            if entry.name in self._noticed.acting and entry.name not in clock.fired
        ]
        # Shares and offsets of working days change places with how long the days are.
        return left if terms.days is not None or clock.promised else left[:1]

    def thresholds(self, was: Clock, now: Clock) -> frozenset[int]:
        """Return the ages of *was* at which its new terms have passed one entry of their plan more."""
        terms = terms_of(self._tables, now)
        plan = terms.plan_for(now.within_us)
        if terms.on_change == "restart" or not any(e.name in self._noticed.acting for e in plan):
            return frozenset()
        amounts = [entry.amount_us + 1 for entry in plan]
        if terms.on_change == "carry_fraction" and was.within_us and now.within_us:
            new, old = now.within_us, was.within_us
            amounts = [-(-amount * old // new) for amount in amounts]
        return frozenset(amounts)


def _due(clock: Clock, entry: str, amount_us: int, before: tuple[str, ...]) -> Clock:
    """Return *clock* with its age such that *entry* is due now."""
    now = _open(clock)
    since_us = REST_US - amount_us
    now.started_us = now.since_us = now.counted_us = since_us
    now.due_us = None if clock.within_us is None else since_us + clock.within_us
    now.fired = (*clock.fired, *(name for name in before if name not in clock.fired))
    now.next_us, now.next_name = REST_US, entry
    return seal(now, Clock)


def aged(ticket: Ticket, ages: Mapping[str, int]) -> Ticket:
    """Return *ticket*, at rest, with clocks that have used so much."""
    for name, age_us in ages.items():
        now = _open(ticket.clocks[name])
        now.started_us -= age_us
        now.counted_us -= age_us
        if now.since_us is None:
            now.used_us += age_us
        else:
            now.since_us -= age_us
        ticket = _with(ticket, seal(now, Clock), ticket.due_us)
    return ticket


def _with(ticket: Ticket, clock: Clock, due_us: int | None) -> Ticket:
    draft = thaw(ticket)
    draft.clocks = FrozenDict({**draft.clocks, clock.name: clock})
    draft.due_us = due_us
    return freeze(draft)


def redated(ticket: Ticket, change: Callable[[Draft], None]) -> Ticket:
    """Return a copy of *ticket* after *change*."""
    draft = thaw(ticket)
    change(draft)
    return freeze(draft)


_fields: Final = tuple(field.name for field in attrs.fields(OpenClock))


def _open(clock: Clock) -> OpenClock:
    return OpenClock(*(getattr(clock, name) for name in _fields))
