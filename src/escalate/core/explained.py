"""What an explanation says, and how it reads; :mod:`escalate.core.explaining` finds it out.

Attributes hold instants in UTC; pages show them in the zone of the calendar that counts. Words of a
ticket are shown and never interpreted, and what could move a reader's cursor is written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Literal

import attrs

from escalate.core import events as e
from escalate.core.clocks import Clock
from escalate.core.commands import Command
from escalate.core.doing import Doing
from escalate.core.events import Event
from escalate.core.instants import as_instant
from escalate.core.model import Actor, Ticket
from escalate.core.opentime.calendarforms import Calendar
from escalate.core.opentime.explanation import Explanation as CalendarExplanation
from escalate.core.opentime.timeline import OpenTime
from escalate.core.opentime.zonedays import find_zone
from escalate.core.worktime import WorkTime
from escalate.errors import Refused

Standing = Literal["tried", "elsewhere", "not tried"]
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def plain(text: str) -> str:
    r"""Return *text* on one line, with all that is not a printable letter written out.

    >>> plain("red \x1b[31m")
    'red \\x1b[31m'
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def local(at: datetime, zone: tzinfo) -> str:
    """Return how *at* reads on the wall in *zone*, to the second or as exact as it is."""
    there = at.astimezone(zone)
    seconds = ":%S" if there.second or there.microsecond else ""
    fraction = ".%f" if there.microsecond else ""
    return f"{_WEEKDAYS[there.weekday()]} {there:%Y-%m-%d %H:%M{seconds}{fraction} %Z}"


def zone_of(hours: OpenTime) -> str:
    """Return the name of the zone that a calendar is written in; ``"UTC"`` if it has none."""
    zone = getattr(hours, "timezone", None) or getattr(hours, "zone", None)
    return zone if isinstance(zone, str) else "UTC"


def deeds(doing: Doing) -> str:
    """Return what a step or a rule does.

    >>> deeds(Doing(escalate_to="N2", notify=["lead", "duty"]))
    'escalate to N2, notify lead, duty'
    """
    found = [] if doing.move is None else [f"{doing.move[0]} to {doing.move[1]}"]
    said = {
        "invite": doing.invite,
        "notify": ", ".join(doing.notify),
        "set priority": doing.set_priority,
        "tag": ", ".join(doing.tag),
        "ask for the approval of": doing.ask_approval,
    }
    found += [f"{verb} {what}" for verb, what in said.items() if what]
    return ", ".join([*found, "classify again"] if doing.classify else found)


def tell(event: Event) -> str:
    """Return what happens with *event*, in a few words."""
    match event:
        case e.Breached(clock=clock):
            said = f"{clock} breaches"
        case e.StepReached(clock=clock, step=step, held=held):
            said = f"{clock} reaches {step}" + ("" if held else ", whose condition does not hold")
        case e.IdleReached(rule=rule) | e.RuleFired(rule=rule):
            said = f"rule {rule}"
        case e.Moved(source=source, target=target):
            said = f"{event.kind} from {source} to {target}"
        case e.MoveRefused(target=target, why=why):
            said = f"no move to {target}, because of its {why}"
        case e.NotifyAsked(receiver=receiver):
            said = f"notify {receiver}"
        case e.ApprovalAsked(receiver=receiver):
            said = f"ask for the approval of {receiver}"
        case e.StatusChanged(source=was, status=status) if was is not status:
            said = f"from {was} to {status}"
        case _:
            name = type(event).__name__
            said = "".join(f" {each.lower()}" if each.isupper() else each for each in name)
    return said.strip()


@attrs.frozen
class ExplainedPause:
    """A span of a cycle that does not count.

    Attributes:
        since: When it began, in UTC.
        until: When it was over, in UTC; none while it lasts.
        reason: The status or the word that caused it.
        open: Its open time in the clock's calendar, so far if it lasts.
    """

    since: datetime
    until: datetime | None
    reason: str
    open: WorkTime


@attrs.frozen
class OtherTarget:
    """A target of the same clock that does not apply.

    Attributes:
        name: Its name.
        standing: ``"tried"`` before and not for this ticket, ``"elsewhere"`` if it is for other tiers,
            ``"not tried"`` because one that comes first applies.
        why: The same in words, with the part of its condition that is false.
    """

    name: str
    standing: Standing
    why: str


@attrs.frozen
class Upcoming:
    """The next entry of a clock's plan.

    Attributes:
        name: The breach, or the step.
        at: The instant after which it fires, in UTC.
        does: What it then does; empty if nothing but being noted.
    """

    name: str
    at: datetime
    does: str = ""


@attrs.frozen(kw_only=True)
class ExplainedClock:
    """Why a clock that runs, or is paused, is due when it is.

    Attributes:
        clock: The clock itself.
        hours: The calendar that it counts in; its name is ``clock.calendar``.
        timezone: The calendar's zone; ``"UTC"`` if it has none.
        days: The working days promised, if the target says it in days.
        used: Open time used so far.
        left: Open time left until it is due; none without a target, or if it is over.
        over: Open time used beyond what was promised; none if there is some left.
        fires_at: When the breach fires, in UTC: when it is due, rolled to an open instant. None while
            it cannot breach.
        pauses: The spans that do not count.
        others: The other targets of this clock, in declared order.
        next: What fires next on it, if anything does.
    """

    clock: Clock
    hours: OpenTime = attrs.field(repr=False, eq=False)
    timezone: str
    days: int | None
    used: WorkTime
    left: WorkTime | None
    over: WorkTime | None
    fires_at: datetime | None
    pauses: tuple[ExplainedPause, ...]
    others: tuple[OtherTarget, ...]
    next: Upcoming | None

    @property
    def due_at(self) -> datetime | None:
        """The deadline that people are shown, in UTC; none while paused or without a target."""
        return self.clock.due_at

    @property
    def counted(self) -> CalendarExplanation | None:
        """The opening hours that lead from the start of the present run to the due instant.

        Worked out on each call. None if there is no such count: without a due instant, for a date that was
        promised, for a clock that was late already when it came to its target, and for calendars that
        cannot tell.
        """
        clock = self.clock
        if clock.since_us is None or clock.within_us is None or clock.promised:
            return None
        left = clock.within_us - clock.used_us
        if left < 0 or not isinstance(self.hours, Calendar):
            return None
        return self.hours.explain(as_instant(clock.since_us), WorkTime(left))

    def lines(self) -> Iterator[str]:
        """Yield how it reads, line by line."""
        clock, zone = self.clock, find_zone(self.timezone)
        cycle = f" (cycle {clock.cycle})" if clock.cycle > 1 else ""
        yield f"{clock.name}{cycle}: {self._state(zone)}"
        yield f"  {self._promise()}, in the hours of {clock.calendar}"
        yield f"  since {local(clock.started_at, zone)}: {self._balance()}"
        if clock.counted_us != clock.started_us:
            brought = f", {WorkTime(clock.carried_us)} brought along" if clock.carried_us else ""
            yield f"  counted from {local(as_instant(clock.counted_us), zone)}{brought}"
        for pause in self.pauses:
            until = "now" if pause.until is None else local(pause.until, zone)
            span = f"{local(pause.since, zone)} to {until}"
            yield f"  {pause.reason} from {span}: {pause.open} does not count"
        for other in self.others:
            yield f"  not {other.name!r}: {other.why}"
        if self.next is not None:
            does = f": {self.next.does}" if self.next.does else ""
            yield f"  next: {self.next.name} after {local(self.next.at, zone)}{does}"

    def _state(self, zone: tzinfo) -> str:
        clock = self.clock
        late = ""
        if clock.breached_us is not None:
            late = f", breached at {local(as_instant(clock.breached_us), zone)}"
        if clock.due_at is not None:
            return f"due {local(clock.due_at, zone)}{late}"
        return ("paused" if clock.since_us is None else "runs without a due instant") + late

    def _promise(self) -> str:
        clock = self.clock
        if clock.target is None:
            return "no target applies"
        if clock.promised:
            return f"a date was promised in place of {clock.target!r}"
        days = "" if self.days is None else f"{self.days} working days, here "
        return f"{days}{clock.within} promised by {clock.target!r}"

    def _balance(self) -> str:
        if self.over is not None:
            return f"{self.used} used, {self.over} too much"
        return f"{self.used} used" + ("" if self.left is None else f", {self.left} left")


@attrs.frozen(kw_only=True)
class ExplainedRule:
    """Whether a rule would act now, if what it waits for happened.

    Attributes:
        name: Its name.
        on: The word that it waits for.
        does: What it does.
        fired: How often it has fired in this stay in the tier.
        last_at: When last, in UTC.
        against: Why it would not act now; empty if it would.
        idle_until: For a rule that waits for nothing to happen: the instant after which it is asked, in
            UTC, if nothing happens until then.
    """

    name: str
    on: str
    does: str
    fired: int
    last_at: datetime | None
    against: tuple[str, ...]
    idle_until: datetime | None

    @property
    def would_act(self) -> bool:
        """Whether it would act now."""
        return not self.against

    def line(self, zone: tzinfo) -> str:
        """Return how it reads."""
        often = {0: "", 1: ", fired once"}.get(self.fired, f", fired {self.fired} times")
        last = "" if self.last_at is None else f" ({local(self.last_at, zone)})"
        when = "" if self.idle_until is None else f" after {local(self.idle_until, zone)}"
        verdict = f"not now: {'; '.join(self.against)}" if self.against else f"would {self.does}"
        return f"{self.name!r} on {self.on}{when}{often}{last}: {verdict}"


@attrs.frozen
class Choice:
    """Something that can be asked of the ticket now, and what would come of it.

    Attributes:
        what: The verb, or the move and where to.
        command: The command that was tried out.
        events: What would happen; nothing if it changes nothing or is refused.
        refusal: Why it would be refused, if it would.
    """

    what: str
    command: Command
    events: tuple[Event, ...]
    refusal: Refused | None

    @property
    def allowed(self) -> bool:
        """Whether it would be accepted."""
        return self.refusal is None

    def line(self) -> str:
        """Return how it reads."""
        if self.refusal is not None:
            return f"{self.what}: no, {self.refusal}"
        return f"{self.what}: {'; '.join(map(tell, self.events)) or 'changes nothing'}"


@attrs.frozen(kw_only=True)
class Explanation:
    """Why a ticket stands where it stands, and what can become of it; ``str()`` makes a page of it.

    Attributes:
        ticket: The ticket as it is at ``at``, after all timers that lie before it. Whether anybody has
            stored that is not known here.
        at: The instant that it speaks of, in UTC.
        timezone: The zone of the page, but for clocks that count in another: that of the tier's calendar.
        by: Who is meant by "may"; none means some agent.
        advises: Whether the policy only advises, so that rules and steps do nothing.
        caught_up: What timers did between the ticket that was given and ``at``.
        clocks: Those that run or are paused.
        rules: In declared order.
        choices: What can be asked of it.
        next_at: The instant after which something happens by itself, in UTC.
        next_events: What will happen then if nobody acts before.
    """

    ticket: Ticket
    at: datetime
    timezone: str
    by: Actor | None
    advises: bool
    caught_up: tuple[Event, ...]
    clocks: tuple[ExplainedClock, ...]
    rules: tuple[ExplainedRule, ...]
    choices: tuple[Choice, ...]
    next_at: datetime | None
    next_events: tuple[Event, ...]

    def __str__(self) -> str:
        return "\n".join(plain(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        ticket, zone = self.ticket, find_zone(self.timezone)
        whose = "nobody's" if ticket.assignee is None else f"{ticket.assignee}'s"
        where = f"{ticket.status} in {ticket.tier}, {ticket.priority}, {whose}"
        yield f"ticket {ticket.id!r} at {local(self.at, zone)}: {where}"
        if self.caught_up:
            yield f"  timers had their turn first: {'; '.join(map(tell, self.caught_up))}"
        if self.advises:
            yield "  the policy only advises: its rules and steps do nothing"
        if self.next_at is not None:
            then = "; ".join(map(tell, self.next_events))
            yield f"  by itself after {local(self.next_at, zone)}: {then}"
        for clock in self.clocks:
            yield from clock.lines()
        if self.rules:
            yield "rules"
            yield from (f"  {rule.line(zone)}" for rule in self.rules)
        who = "some agent" if self.by is None else (self.by.id or f"some {self.by.kind}")
        yield f"what {who} may do"
        yield from (f"  {choice.line()}" for choice in self.choices)
