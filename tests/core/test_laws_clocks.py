"""Laws on clocks (SEMANTICS 3 and 5.3), judged by a desk with a stopwatch that ticks every minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from datetime import date, time, timedelta
from typing import Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from escalate import (
    Actor,
    EscalationPolicy,
    SLAPolicy,
    Step,
    Target,
    Tier,
    WorkCalendar,
)
from escalate.core import advance, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.clocks import BREACH, Clock
from escalate.core.model import Ticket
from escalate.core.protocol import Receiver
from escalate.core.rules import Rule
from escalate.testing import START, Shifts, Stride, walk
from tests.core.busy_desk import (
    ANN,
    CHANGES,
    DONE,
    EDGES,
    EVE,
    EVERYTHING,
    HOLDS,
    MINUTE,
    SHIFTS,
    busy_lives,
    busy_policies,
    changing_policies,
    moments,
)


@given(
    busy_policies(),
    busy_lives(EVERYTHING),
    st.lists(st.sampled_from([0, 1, 1, 2, 3, 4]), min_size=14, max_size=14),
)
def test_law_3_at_a_busy_desk_too_it_does_not_matter_when_you_look(
    policy: EscalationPolicy, life: list[Stride], looks: list[int]
) -> None:
    """5.3: looks in between leave the same journal, the same ticket and the same refusals."""
    seen = [attrs.evolve(s, looks=(look,)) for s, look in zip(life, looks, strict=False)]
    plain, looked = walk(policy, life), walk(policy, seen, looking=True)
    assert looked.journal == plain.journal
    assert looked.ticket == plain.ticket
    assert [str(each) for each in looked.refusals] == [str(each) for each in plain.refusals]


CLOCKS: Final = (
    "first_response",
    "next_response",
    "update",
    "requester_wait",
    "agent_work",
    "resolution",
    "ownership",
)
ACTIVE: Final = ("new", "open")
WAITS: Final = ("pending", "on_hold")
PAUSES: Final = {
    "update": WAITS,
    "agent_work": WAITS,
    "resolution": WAITS,
    "requester_wait": ("pending",),
}
HORIZON: Final = 150
WORDS: Final = ("wait", "hold", "resume", "resolve", "reopen", "take", "take")
SPEECH: Final = (
    "reply",
    "reply",
    "reply and wait",
    "reply and resolve",
    "customer",
    "customer",
    "note",
)
DEEDS: Final[dict[str, c.Command]] = {
    "take": c.Take(by=ANN),
    "wait": c.Wait(by=ANN),
    "hold": c.Hold(by=ANN),
    "resume": c.Resume(by=ANN),
    "resolve": c.Resolve(by=ANN),
    "reopen": c.Reopen(by=ANN),
    "reply": c.Reply(by=ANN),
    "reply and wait": c.Reply(then="wait", by=ANN),
    "reply and resolve": c.Reply(then="resolve", by=ANN),
    "customer": c.CustomerReply(),
    "note": c.Note(by=ANN),
}


@attrs.define
class Counting:
    """One clock as a person with a stopwatch would keep it: a tick a minute."""

    name: str
    within: int
    plan: list[tuple[int, str]]
    hours: Shifts
    state: str = "none"
    cycle: int = 0
    used: int = 0
    fired: list[str] = attrs.field(factory=list)
    breached: int | None = None
    ended_by_resolving: bool = False
    answered: bool = False

    def begin(self, status: str) -> None:
        """Start the next cycle."""
        self.state, self.used, self.fired, self.breached = "running", 0, [], None
        self.cycle += 1
        self.answered = False
        self.stand(status)

    @property
    def live(self) -> bool:
        """Whether it runs or is paused."""
        return self.state in ("running", "paused")

    def stand(self, status: str) -> None:
        """Stop or go on by the status."""
        if self.live:
            self.state = "paused" if status in PAUSES.get(self.name, ()) else "running"

    def open_at(self, minute: int) -> bool:
        """Whether the desk is open in the minute that begins then."""
        period = self.hours.open_minutes + self.hours.closed_minutes
        return (int(START.timestamp()) // 60 + minute) % period < self.hours.open_minutes


@attrs.define
class Desk:
    """A ticket of one tier as 1.3 and 3.2 to 3.5 tell it, walked minute by minute."""

    clocks: list[Counting]
    on_reopen: str
    idle_after: int
    status: str = "new"
    assignee: str | None = None
    responded: bool = False
    accepted: bool = True
    idle: int | None = 0
    found: list[tuple[int, str, str]] = attrs.field(factory=list)

    def open(self) -> None:
        """The ticket comes in."""
        for clock in self.clocks:
            if clock.name != "next_response":
                clock.begin(self.status)

    def do(self, word: str) -> None:
        """Somebody does something; what the lifecycle does not allow changes nothing."""
        verb = {"reply and wait": "wait", "reply and resolve": "resolve"}.get(word, word)
        replies, was = word.startswith("reply"), self.status
        if verb in EDGES:
            sources, target = EDGES[verb]
            if verb == "take" and was not in DONE:
                if was != "new" and self.assignee == "ann":
                    return
                target = "open" if was == "new" else was
            elif was not in sources and (was != target or not replies):
                return
            self.status = target
        elif (word == "reply" and was == "new") or (
            word == "customer" and was in ("pending", "resolved")
        ):
            self.status = "open"
        if word == "take":
            self.assignee = "ann"
        if replies:
            self.assignee, self.responded = self.assignee or "ann", True
        for clock in self.clocks:
            self._hears(clock, was, word, replies=replies)
        if self.status in DONE:
            self.idle = None
        else:
            self.idle = 0

    def _hears(self, clock: Counting, was: str, word: str, *, replies: bool) -> None:
        by_reply = clock.name in ("first_response", "next_response", "update") and replies
        if self.status in DONE:
            if clock.live:
                meets = clock.name in ("resolution", "requester_wait", "agent_work", "ownership")
                clock.state = "met" if meets or by_reply else "cancelled"
                clock.ended_by_resolving = not by_reply
        elif clock.live:
            self._goes_on(clock, by_reply=by_reply, replies=replies)
        elif was in DONE and clock.ended_by_resolving:
            if self.on_reopen == "resume":
                clock.state = "running"
                clock.stand(self.status)
            elif self.on_reopen == "new_cycle":
                clock.begin(self.status)
        elif self._begins(clock, was, word, replies=replies):
            clock.begin(self.status)

    def _goes_on(self, clock: Counting, *, by_reply: bool, replies: bool) -> None:
        clock.answered |= replies
        answered = clock.name == "ownership" and clock.answered and self.status == "pending"
        if by_reply or answered:
            clock.state, clock.ended_by_resolving = "met", False
        if by_reply and clock.name == "update":
            clock.begin(self.status)
        clock.stand(self.status)

    def _begins(self, clock: Counting, was: str, word: str, *, replies: bool) -> bool:
        if clock.name == "next_response":
            return word == "customer" and self.responded
        if clock.name == "update" and replies:
            return True
        if self.on_reopen == "frozen" and clock.ended_by_resolving:
            return False
        active_again = self.status in ACTIVE and was not in ACTIVE
        return clock.name in ("update", "ownership") and active_again

    def tick(self, minute: int) -> None:
        """Let what is due at the beginning of this minute happen, then count the minute."""
        for clock in self.clocks:
            for amount, name in clock.plan:
                due = clock.state == "running" and clock.open_at(minute) and clock.used >= amount
                if due and name not in clock.fired:
                    clock.fired.append(name)
                    clock.breached = minute if name == BREACH else clock.breached
                    self.found.append((minute, clock.name, name))
        if self.idle is not None:
            if self.idle == self.idle_after:
                self.found.append((minute, "idle", "sleepy"))
            self.idle += 1
        for clock in self.clocks:
            clock.used += clock.state == "running" and clock.open_at(minute)


@st.composite
def stopwatch_desks(draw: st.DrawFn) -> tuple[EscalationPolicy, Desk]:
    """A policy of one tier, and the same desk with a stopwatch."""
    names = draw(st.lists(st.sampled_from(CLOCKS), min_size=2, max_size=4, unique=True))
    names += ["ownership"] * ("ownership" not in names)  # the one with the most to say
    shares = {"50%": (1, 2, 0), "100%": (1, 1, 0), "150%": (3, 2, 0), "1m after": (1, 1, 1)}
    targets, clocks = [], []
    for name in names:
        within = draw(st.sampled_from([2, 2, 4, 6, 8]))
        at = draw(st.lists(st.sampled_from(sorted(shares)), max_size=2, unique=True))
        hours = draw(st.sampled_from(["day", "night", "always"]))
        targets.append(
            Target(
                name,
                f"{within}m",
                calendar=hours,
                steps=[Step(share, notify="lead") for share in at],
                default=True,
            )
        )
        amounts = [(within * shares[a][0] // shares[a][1] + shares[a][2], a) for a in at]
        plan = sorted([(within, BREACH), *amounts], key=lambda entry: entry[0])
        clocks.append(Counting(name, within, plan, SHIFTS.get(hours, Shifts(1, 0))))
    idle_after = draw(st.integers(2, 9))
    mode = draw(st.sampled_from(["resume", "resume", "new_cycle", "frozen"]))
    policy = EscalationPolicy(
        "stopwatch",
        [Tier("N1", calendar="day")],
        sla=SLAPolicy(targets),
        rules=[Rule("sleepy", on="idle", after=f"{idle_after}m", notify="lead", times=99)],
        receivers=[Receiver("lead", calendar="day")],
        fallback="lead",
        calendars=SHIFTS,
        on_reopen=mode,
    )
    return policy, Desk(clocks, mode, idle_after)


@given(
    stopwatch_desks(),
    st.lists(
        st.tuples(st.sampled_from([0, 1, 1, 2, 3, 5, 7]), st.sampled_from((*WORDS, *SPEECH))),
        min_size=8,
        max_size=20,
    ),
)
def test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts(
    both: tuple[EscalationPolicy, Desk], life: list[tuple[int, str]]
) -> None:
    """5.3: somebody who looks every minute sees each timer at the instant and in the order of the journal."""
    policy, desk = both
    due: dict[int, list[str]] = {}
    minute = 0
    for later, word in life:
        minute += later
        due.setdefault(minute, []).append(word)
    desk.open()
    for now in range(HORIZON + 1):
        for word in due.get(now, []):
            desk.do(word)
        desk.tick(now)
    result = walk(policy, [Stride(DEEDS[word], minutes=later) for later, word in life])
    end = START + timedelta(minutes=HORIZON, seconds=30)
    outcome = advance(result.ticket, policy, before=end)
    assert outcome.ticket is not None
    assert _fired([*result.journal, *outcome.events]) == desk.found
    assert outcome.ticket.status == desk.status
    for clock in desk.clocks:
        _same(outcome.ticket.clocks.get(clock.name), clock)


def _fired(journal: list[e.Event]) -> list[tuple[float, str, str]]:
    start_us = int(START.timestamp()) * 1_000_000
    found = []
    for event in journal:
        minute = (event.at_us - start_us) / MINUTE
        if isinstance(event, e.Breached):
            found.append((minute, event.clock, BREACH))
        elif isinstance(event, e.StepReached):
            found.append((minute, event.clock, event.step))
        elif isinstance(event, e.IdleReached):
            found.append((minute, "idle", event.rule))
    return found


def _same(clock: Clock | None, counted: Counting) -> None:
    if clock is None:
        assert counted.state == "none"
        return
    assert (clock.cycle, clock.state) == (counted.cycle, counted.state)
    assert clock.breached == (counted.breached is not None)
    if clock.since_us is None:
        assert clock.used_us == counted.used * MINUTE


@given(busy_policies(), busy_lives(EVERYTHING))
def test_law_3_the_target_that_applies_is_the_first_that_matches(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """3.7: at every moment a running clock counts on the first target for the ticket as it is then."""
    for moment in moments(walk(policy, life).journal):
        ticket = moment.after
        for name, clock in ticket.clocks.items():
            if clock.is_live and not clock.promised and name != "idle":
                assert clock.target == _target_for(policy, ticket, name)


def _target_for(policy: EscalationPolicy, ticket: Ticket, clock: str) -> str | None:
    """The name of the first target that matches, the default last."""
    targets = [each for each in policy.sla.targets if each.clock == clock]
    for each in sorted(targets, key=lambda each: each.default):
        if (not each.tiers or ticket.tier in each.tiers) and HOLDS[each.when](ticket):
            return each.name
    return None


CHANGING: Final = (
    *[each for each in CHANGES if isinstance(each, c.SetPriority)] * 2,
    *(c.Wait(by=ANN), c.Hold(by=EVE), c.Resume(by=ANN), c.Resume(by=ANN)),
    *(c.Escalate("N2", by=EVE), c.Return(to="N1", by=EVE)),
)


@given(changing_policies(), busy_lives(CHANGING, most=10))
def test_law_3_what_another_target_makes_of_the_time_used(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """3.8: from the start less the pauses, the same share, or nothing; late at once if that is too much."""
    journal = walk(policy, life).journal
    for number, moment in enumerate(moments(journal), start=1):
        for change, clock in moment.event.clocks:
            was = moment.before.clocks.get(clock.name)
            if change is not e.Change.RETARGET or was is None or clock.promised:
                continue
            assert clock.used_us == _used_on(policy, was, clock, moment.event.at_us)
            late = clock.within_us is not None and clock.used_us > clock.within_us
            follows = journal[number + 1 :]
            breaches = [each for each in follows if isinstance(each, e.Breached)][:1]
            if late and not was.breached:
                assert breaches
                assert breaches[0].on_change
                assert breaches[0].at_us == moment.event.at_us


def _used_on(policy: EscalationPolicy, was: Clock, now: Clock, at_us: int) -> int:
    target = next((each for each in policy.sla.targets if each.name == now.target), None)
    old, hours = policy.calendar(was.calendar), policy.calendar(now.calendar)
    mode = "keep_start" if target is None else target.on_change
    if mode == "keep_start" or was.within_us is None or now.within_us is None:
        total = hours.elapsed_us(was.started_us, at_us)
        for span in was.pauses:
            total -= hours.elapsed_us(span.since_us, span.until_us or at_us)
        return total
    if mode == "restart":
        return 0
    used = was.used_us + (0 if was.since_us is None else old.elapsed_us(was.since_us, at_us))
    return used * now.within_us // was.within_us


@given(
    st.lists(st.sampled_from(["10%", "25%", "50%", "75%", "100%"]), min_size=2, unique=True),
    st.integers(2, 9),
    st.integers(1, 12),
)
def test_law_3_of_the_steps_that_a_change_has_passed_only_the_highest_runs(
    shares: list[str], within: int, minutes: int
) -> None:
    """3.8: raised late, a ticket does not send all warnings of the tighter promise at once."""
    steps = [Step(share, notify="lead") for share in shares]
    policy = EscalationPolicy(
        "raised",
        ["N1"],
        sla=SLAPolicy(
            [
                Target("resolution", f"{within}m", when='priority >= "high"', steps=steps),
                Target("resolution", "9h", default=True),
            ]
        ),
        receivers=[Receiver("lead")],
        fallback="lead",
    )
    result = walk(policy, [Stride(c.SetPriority("high"), minutes=minutes)])
    passed = [share for share in shares if within * int(share[:-1]) < 100 * minutes]
    highest = sorted(passed, key=lambda share: int(share[:-1]))[-1:]
    reached = [event for event in result.journal if isinstance(event, e.StepReached)]
    assert [(event.step, event.on_change) for event in reached] == [(s, True) for s in highest]
    later = advance(result.ticket, policy, before=result.end + timedelta(hours=1)).events
    reached_later = [event.step for event in later if isinstance(event, e.StepReached)]
    assert sorted(reached_later) == sorted(set(shares) - set(passed))


@given(busy_policies(), busy_lives(EVERYTHING))
def test_law_3_a_step_acts_only_if_its_condition_holds(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """3.9: the condition is judged when the step is reached, and decides whether anything follows."""
    conditions = {
        f"{target.name}: {step.name}": step.when
        for target in policy.sla.targets
        for step in target.steps
    }
    idle: set[Actor] = set()
    for moment in moments(walk(policy, life).journal):
        event = moment.event
        if isinstance(event, e.StepReached):
            held = HOLDS[conditions[event.by.id]](moment.before)
            assert event.held == held
            (idle.discard if held else idle.add)(event.by)
        else:
            assert event.by not in idle


@given(busy_policies(), busy_lives(EVERYTHING))
def test_law_3_a_step_is_reached_once_in_a_cycle(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """3.9: a warning does not repeat, however often somebody looks; and a cycle breaches once."""
    seen: Counter[Hashable] = Counter()
    for event in walk(policy, life, looking=True).journal:
        if isinstance(event, e.StepReached | e.Breached):
            ((_, clock),) = event.clocks
            name = BREACH if isinstance(event, e.Breached) else (event.target, event.step)
            seen[clock.name, clock.cycle, name] += 1
    assert all(times == 1 for times in seen.values())


@given(
    st.integers(0, 27 * 24 * 60),
    st.integers(1, 6),
)
def test_law_3_a_promise_of_working_days_is_due_on_the_nth_day_that_has_hours(
    minutes: int, days: int
) -> None:
    """2.6, 3.7: two working days from Friday 15:00 are Tuesday 15:00; closed days do not count."""
    hours = WorkCalendar(
        "UTC",
        {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        holidays=[date(2026, 3, 16)],
    )
    policy = EscalationPolicy(
        "days",
        [Tier("N1", calendar="day")],
        sla=SLAPolicy([Target("resolution", days=days, default=True)]),
        calendars={"day": hours},
    )
    now = START.replace(hour=0) + timedelta(minutes=minutes)
    ticket = step(None, c.Open("T-1"), policy, now=now).ticket
    assert ticket is not None
    at, left = now, days
    while left:
        at += timedelta(days=1)
        left -= at.weekday() < 5 and at.date() != date(2026, 3, 16)
    if at.time() < time(9):
        at = at.replace(hour=9, minute=0, second=0, microsecond=0)
    due = ticket.clocks["resolution"].due_at
    assert due is not None
    if at.time() < time(17):
        assert due == at
    else:  # after hours: the day is over, so the next opening ends it
        assert due > at
        assert due.time() == time(9)
