"""More laws of the engine (SEMANTICS 1 and 3 to 5), each judged by a model that knows nothing of it.

The lives come from :mod:`tests.core.busy_desk`; the models are here: a desk with a stopwatch that ticks
every minute, a desk that knows statuses and paths only, and small ones beside their laws.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from escalate import (
    Actor,
    EscalationPolicy,
    Path,
    SLAPolicy,
    Step,
    Target,
    Tier,
    WorkCalendar,
)
from escalate.core import advance, evolve, observe, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.clocks import BREACH, Clock
from escalate.core.model import Handoff, Ticket, Verdict
from escalate.core.protocol import Permission, Receiver
from escalate.core.rules import Rule
from escalate.errors import TooManyMoves
from escalate.testing import START, Shifts, Stride, Walk, walk
from tests.core.busy_desk import (
    ANN,
    BOB,
    CHANGES,
    CHECKS,
    COMMANDS,
    EVE,
    HOLDS,
    MOVES,
    REQUESTS,
    SEEN,
    SHIFTS,
    STATUS,
    TALK,
    TIERS,
    TOLD,
    WAYS,
    Moment,
    busy_lives,
    busy_policies,
    changing_policies,
    moments,
)

MINUTE: Final = 60_000_000
EVERYTHING: Final = (*COMMANDS, *SEEN)
AUTOMATIC: Final = ("rule", "system")
EDGES: Final = {
    "take": ({"new"}, "open"),
    "wait": ({"new", "open"}, "pending"),
    "hold": ({"new", "open", "pending"}, "on_hold"),
    "resume": ({"pending", "on_hold"}, "open"),
    "resolve": ({"new", "open", "pending", "on_hold"}, "resolved"),
    "reopen": ({"resolved"}, "open"),
    "close": ({"resolved"}, "closed"),
    "cancel": ({"new", "open", "pending", "on_hold", "resolved"}, "closed"),
}
DONE: Final = ("resolved", "closed")
VERBS: Final[dict[str, Any]] = {
    "take": c.Take,
    "wait": c.Wait,
    "hold": c.Hold,
    "resume": c.Resume,
    "resolve": c.Resolve,
    "reopen": c.Reopen,
    "close": c.Close,
    "cancel": c.Cancel,
}
APPROVED: Final = [Path(*way, approval="lead" if way[2] == "escalate" else None) for way in WAYS]
ASKING: Final = (
    *[c.Escalate("N2", by=who) for who in (EVE, BOB)] * 3,
    *[c.Escalate(by=who, reason="stuck") for who in (ANN, EVE)] * 2,
    *(c.Approve(number, by=who) for number in (2, 3, 4, 5) for who in (ANN, EVE, BOB)),
    *(c.Return(to="N1", by=EVE), c.Decline(3, by=EVE), c.Signal("outage", by=ANN)),
)
REQUIRING: Final = [
    Path(*way, requires=("summary",) if way[1] == "N2" else ("tried", "ask")) for way in WAYS
]


OPEN_WAYS: Final = [Path(*way) for way in WAYS]
BACK_AND_FORTH: Final = (*[c.Return(by=ANN)] * 6, *MOVES, c.Escalate(by=ANN), c.Escalate(by=ANN))


# -- 5.1 and 1: where a ticket goes


@given(busy_policies(), busy_lives())
def test_law_1_a_move_takes_a_path_whose_condition_held(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.1: nobody moves a ticket along a path that was not open when they, or a rule, set out."""
    for judged, moment in _moves(walk(policy, life).journal):
        event = moment.event
        ways = _ways(policy, event)
        assert any(HOLDS[way.when](judged) for way in ways), event


def _moves(journal: list[e.Event]) -> Iterator[tuple[Ticket, Moment]]:
    """Each move, with the ticket on which it was judged: a rule or step is judged before it acts."""
    set_out: dict[Actor, Ticket] = {}
    for moment in moments(journal):
        if isinstance(moment.event, e.RuleFired | e.StepReached):
            set_out[moment.event.by] = moment.before
        if isinstance(moment.event, e.Moved):
            yield set_out.get(moment.event.by, moment.before), moment


def _ways(policy: EscalationPolicy, event: Any) -> list[Path]:
    leg = event.source, event.target, event.kind
    return [path for path in policy.paths if (path.source, path.target, path.kind) == leg]


COMING_BACK: Final = (c.Resolve(by=EVE), c.CustomerReply("hello"), c.Reopen(by=EVE))


@given(busy_policies(), busy_lives((*EVERYTHING, *COMING_BACK * 8)))
def test_law_1_every_ticket_counts_moves_bounces_and_reopens(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.6, 5.8: an arrival where it had been before is a bounce, unless it was returned there."""
    moves = bounces = reopens = 0
    left: set[str] = set()
    for moment in moments(walk(policy, life).journal):
        event = moment.event
        if isinstance(event, e.Moved):
            came_again = event.target in left and event.kind != "return"
            assert event.bounce == came_again
            moves, bounces = moves + 1, bounces + came_again
            left.add(event.source)
        was, now = moment.before.status, moment.after.status
        left_closed = was == "closed" != now  # as hosts do, 5.8; what is closed stays so otherwise
        reopens += left_closed or (was == "resolved" and not now.is_done)
        counts = moment.after.counts
        assert (counts.moves, counts.bounces, counts.reopens) == (moves, bounces, reopens)


@given(
    busy_policies(paths=OPEN_WAYS, max_bounces=1, rules=()),
    busy_lives(BACK_AND_FORTH, least=8, most=16),
)
def test_law_1_a_ticket_that_bounced_enough_goes_no_further_back(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.6: at max_bounces nothing returns or goes to a tier already left, and somebody is told once."""
    for moment in moments(walk(policy, life).journal):
        event, before = moment.event, moment.before
        if isinstance(event, e.Moved) and before.bounces >= policy.max_bounces:
            assert event.kind == "escalate" or event.target not in before.left
            assert event.kind != "return"


@given(
    busy_policies() | busy_policies(paths=OPEN_WAYS, max_automatic=16),
    busy_lives((*BACK_AND_FORTH, *BACK_AND_FORTH, *SEEN), least=6),
)
def test_law_1_who_is_told_that_a_ticket_bounced_too_often(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.6: the very arrival that reaches max_bounces tells the receiver that the policy names."""
    journal = walk(policy, life).journal
    told = [event for event in journal if isinstance(event, e.NotifyAsked)]
    receivers = [event.receiver for event in told if event.about == "max_bounces"]
    arrivals = [event for event in journal if isinstance(event, e.Moved) and event.bounce]
    reached = len(arrivals) >= policy.max_bounces
    assert receivers == [policy.on_exhausted or policy.fallback] * reached


@given(busy_policies(), busy_lives(EVERYTHING))
def test_law_1_a_move_begins_afresh(policy: EscalationPolicy, life: list[Stride]) -> None:
    """1.5: it clears the assignee, keeps the status, ends the ownership cycle and begins the next."""
    for moment in moments(walk(policy, life).journal):
        event, before, after = moment.event, moment.before, moment.after
        if not isinstance(event, e.Moved):
            assert event.at_us >= before.entered_us
            continue
        assert (after.tier, after.assignee, after.status) == (event.target, None, before.status)
        assert (after.entered_us, after.fired) == (event.at_us, {})
        owned = before.clocks.get("ownership")
        if owned is not None and owned.is_live:
            changes = [change for change, clock in event.clocks if clock.name == "ownership"]
            assert changes[0] is e.Change.STOP
            assert after.clocks["ownership"].started_us == event.at_us
            assert after.clocks["ownership"].cycle == owned.cycle + 1


@given(
    busy_policies(paths=OPEN_WAYS, max_bounces=9, rules=()),
    busy_lives(BACK_AND_FORTH, most=12, least=6),
)
def test_law_1_a_return_goes_to_the_tier_that_sent_it(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.4: without a target, back is where it came from; a move back forgets who came after."""
    senders: list[str] = []
    result = walk(policy, life)
    for stride, (_, outcome) in zip(life, result.outcomes[1:], strict=True):
        for event in outcome.events:
            if not isinstance(event, e.Moved):
                continue
            by_hand = event.by.kind == "agent" and stride.deed == c.Return(by=ANN)
            if by_hand and senders:
                assert event.target == senders[-1]
            senders = _senders(senders, event)


def _senders(senders: list[str], event: Any) -> list[str]:
    if event.target in senders:
        return senders[: senders.index(event.target)]
    return [] if event.kind == "return" else [*senders, event.source]


@attrs.define
class Paper:
    """What a desk would write on a slip of paper about one ticket."""

    tier: str
    status: str = "new"
    assignee: str | None = None
    senders: list[str] = attrs.field(factory=list)
    left: set[str] = attrs.field(factory=set)
    moves: int = 0
    bounces: int = 0
    reopens: int = 0


PLAIN: Final = EscalationPolicy(
    "plain",
    TIERS,
    [Path(*way) for way in WAYS if way != ("N1", "N3", "escalate")],
    max_bounces=2,
)
WHO: Final = st.sampled_from([ANN, EVE, BOB])


class Desks(RuleBasedStateMachine):
    """Several tickets under a policy without conditions, against slips of paper."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[str, Ticket] = {}
        self.papers: dict[str, Paper] = {}
        self.now = START

    def give(self, which: int, command: c.Command) -> tuple[Paper, bool]:
        """Give *command* for one of the tickets; return its paper and whether it was refused."""
        self.now += timedelta(minutes=1)
        name = f"T-{which % len(self.tickets)}"
        outcome = step(self.tickets[name], command, PLAIN, now=self.now)
        assert outcome.ticket is not None
        self.tickets[name] = outcome.ticket
        return self.papers[name], outcome.refusal is not None

    @initialize()
    def begins(self) -> None:
        """Two tickets are there."""
        for name in ("T-0", "T-1"):
            ticket = step(None, c.Open(name), PLAIN, now=self.now).ticket
            assert ticket is not None
            self.tickets[name], self.papers[name] = ticket, Paper("N1")

    @rule(which=st.integers(0, 1), verb=st.sampled_from(sorted(EDGES)), who=WHO)
    def changes_status(self, which: int, verb: str, who: Actor) -> None:
        """The lifecycle of 1.3, written out: a verb leads along its edge, stays, or is refused."""
        paper, refused = self.give(which, VERBS[verb](by=who))
        sources, target = EDGES[verb]
        was = paper.status
        if verb == "take" and was not in DONE:
            paper.status, paper.assignee = "open" if was == "new" else was, who.id
            assert not refused
            return
        assert refused == (was not in sources and was != target)
        if was in sources:
            paper.status = target
            paper.reopens += verb == "reopen"

    @rule(which=st.integers(0, 1), then=st.sampled_from(["stay", "wait", "resolve"]), who=WHO)
    def replies(self, which: int, then: Any, who: Actor) -> None:
        """An agent's reply takes the ticket on, and may end the matter."""
        paper, refused = self.give(which, c.Reply("hi", then=then, by=who))
        sources, target = EDGES.get(then, (set(), paper.status))
        assert refused == (paper.status not in sources and paper.status != target)
        if refused:
            return
        paper.status = "open" if (then, paper.status) == ("stay", "new") else target
        paper.assignee = paper.assignee or who.id

    @rule(which=st.integers(0, 1), automatic=st.booleans())
    def customer_writes(self, which: int, automatic: bool) -> None:
        """A customer ends a wait and reopens; an out of office does neither; nothing is refused."""
        paper, refused = self.give(which, c.CustomerReply("hello", automatic=automatic))
        assert not refused
        if not automatic and paper.status in ("pending", "resolved"):
            paper.reopens += paper.status == "resolved"
            paper.status = "open"

    @rule(
        which=st.integers(0, 1),
        kind=st.sampled_from(["escalate", "return", "transfer"]),
        to=st.sampled_from([*TIERS, None]),
    )
    def moves(self, which: int, kind: str, to: str | None) -> None:
        """A ticket goes along a declared path, not back too often, and not once it is done."""
        to = to or ("N3" if kind == "transfer" else None)
        ask: Any = {"escalate": c.Escalate, "return": c.Return, "transfer": c.Transfer}[kind]
        paper, refused = self.give(which, ask(to=to, by=ANN))
        if to is None and kind == "return" and paper.senders:
            to = paper.senders[-1]
        legs = [(way.source, way.target, way.kind) for way in PLAIN.paths]
        open_ = [t for s, t, k in legs if (s, k) == (paper.tier, kind) and to in (None, t)]
        back = bool(open_) and (kind == "return" or (kind == "transfer" and open_[0] in paper.left))
        stuck = back and paper.bounces >= PLAIN.max_bounces
        assert refused == (paper.status in DONE or not open_ or stuck)
        if refused:
            return
        (target, *_) = open_
        paper.moves += 1
        paper.bounces += target in paper.left and kind != "return"
        paper.left.add(paper.tier)
        if target in paper.senders:
            paper.senders = paper.senders[: paper.senders.index(target)]
        else:
            paper.senders = [] if kind == "return" else [*paper.senders, paper.tier]
        paper.tier, paper.assignee = target, None

    @invariant()
    def papers_agree(self) -> None:
        """Each ticket is what its paper says."""
        for name, paper in self.papers.items():
            ticket = self.tickets[name]
            assert (ticket.tier, ticket.status) == (paper.tier, paper.status)
            assert ticket.assignee == paper.assignee
            assert (ticket.senders, ticket.left) == (tuple(paper.senders), paper.left)
            counts = ticket.counts
            found = counts.moves, counts.bounces, counts.reopens
            assert found == (paper.moves, paper.bounces, paper.reopens)


def test_law_1_a_desk_does_what_its_lifecycle_and_paths_say() -> None:
    """1.3 to 1.6: statuses, tiers, assignees and counts of several tickets are what a person would note."""
    run_state_machine_as_test(Desks, settings=settings(max_examples=150, stateful_step_count=30))


# -- 5.2: journal and ticket


@given(busy_policies(), busy_lives(EVERYTHING))
def test_law_2_a_busy_ticket_is_the_fold_of_its_events(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.2: whatever happened, reading the journal event by event gives each ticket back, whole."""
    result = walk(policy, life)
    read: Ticket | None = None
    journal = iter(result.journal)
    for _, outcome in result.outcomes:
        for _ in outcome.events:
            read = evolve(read, next(journal))
        assert read == outcome.ticket
    assert [event.seq for event in result.journal] == list(range(1, len(result.journal) + 1))


@given(busy_policies(), busy_lives())
def test_law_2_whatever_a_busy_desk_refuses_changes_nothing(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.2: after a refusal the ticket is what the passing of time alone makes of it."""
    _refusals_change_nothing(walk(policy, life), policy)


@given(busy_policies(paths=APPROVED), busy_lives(ASKING))
def test_law_2_a_refused_approval_changes_nothing(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.2: a request stands until somebody who may answers it."""
    _refusals_change_nothing(walk(policy, life), policy)


def _refusals_change_nothing(result: Walk, policy: EscalationPolicy) -> None:
    before = result.outcomes[0][1].ticket
    for at, outcome in result.outcomes[1:]:
        assert before is not None
        if outcome.refusal is not None:
            waited = advance(before, policy, before=at)
            assert (outcome.ticket, outcome.events) == (waited.ticket, waited.events)
            assert outcome.refusal.fired == outcome.events
        before = outcome.ticket


CHECKED: Final = [each for each in CHANGES if isinstance(each, c.ReachMilestone)]
RECORDED: Final = (
    *CHECKED,
    *[each for each in CHANGES if isinstance(each, c.RecordAttempt)] * 2,
    *[each for each in REQUESTS if isinstance(each, c.Promise)],
    *TALK,
)


WELL_TOLD: Final = (
    c.Escalate(handoff=TOLD, reason="stuck", by=EVE, override="in a hurry"),
    c.Return(handoff=TOLD, reason="not ours", by=EVE),
    c.RecordAttempt("reset", worked=False, by=ANN),
)
HALF_TOLD: Final = (
    c.Escalate("N2", handoff=Handoff(ask="look"), by=ANN),
    c.Escalate("N3", handoff=Handoff(ask="look", summary="slow"), by=ANN),
    c.Return(handoff=Handoff(hypothesis="dust"), by=ANN),
    c.Transfer("N1", reason="theirs", by=ANN),
)


# -- 1.8 to 1.11: handoffs, approvals, checks, permissions


@given(
    busy_policies() | busy_policies(paths=OPEN_WAYS, max_bounces=9),
    busy_lives((*RECORDED, *WELL_TOLD * 6, *MOVES, *SEEN)),
)
def test_law_9_no_move_loses_anything(policy: EscalationPolicy, life: list[Stride]) -> None:
    """5.9: each handoff holds every attempt, milestone, message, promise and text that came before it."""
    result = walk(policy, life)
    written = {key for _, outcome in result.outcomes for key in outcome.texts}
    tried: Counter[Any] = Counter()
    said, reached, promised = 1, set(), None
    texts: set[tuple[int, str]] = set()
    for event in result.journal:
        if isinstance(event, e.AttemptRecorded):
            tried[event.attempt] += 1
        said += isinstance(event, e.Replied | e.BotReplied | e.CustomerReplied | e.Noted)
        if isinstance(event, e.MilestoneReached):
            reached.add(event.milestone)
        if isinstance(event, e.Promised):
            promised = event.clock, event.due_us
        if isinstance(event, e.Moved):
            now = event.handoff
            assert tried <= Counter(now.tried)
            assert (now.messages, now.promised) == (said, promised)
            assert now.milestones == reached
            texts |= {key for key in written if key[0] == event.seq}
            assert texts <= set(now.texts)
            tried = Counter(now.tried)


@given(busy_policies(rules=(), paths=REQUIRING), busy_lives((*HALF_TOLD * 2, *MOVES, *RECORDED)))
def test_law_9_a_person_hands_over_what_the_path_requires(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.8: a manual move has every required field, filled by hand or from the record."""
    for stride, moment in _by_hand(policy, life):
        told = getattr(stride.deed, "handoff", None)
        given_ = {name for name in ("summary", "hypothesis", "ask") if getattr(told, name, "")}
        given_ |= {"reason"} if stride.deed.reason else set()
        given_ |= {"tried"} if moment.before.attempts or getattr(told, "tried", ()) else set()
        requires = [set(way.requires) for way in _ways(policy, moment.event)]
        assert any(needed <= given_ for needed in requires)
        assert given_ == set(moment.event.handoff.given)


@given(
    busy_policies(rules=(), paths=OPEN_WAYS),
    busy_lives((*CHECKED, *CHECKED, *MOVES, c.Escalate(by=ANN))),
)
def test_law_9_nobody_hands_over_with_checks_left_unless_they_say_why(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.10: a person's escalation or transfer out of the request's tier has its checks done, or a reason."""
    opening = c.Open("T-1", request_type="login")
    for stride, moment in _by_hand(policy, life, opening):
        before, event = moment.before, moment.event
        here = before.request_type == "login" and before.tier == "N1"
        left = [name for name in CHECKS if here and name not in before.milestones]
        assert list(event.handoff.checks_left) == left
        if left and event.kind != "return":
            assert stride.deed.override
            assert event.handoff.overridden


def _by_hand(
    policy: EscalationPolicy, life: list[Stride], opening: c.Open | None = None
) -> Iterator[tuple[Any, Moment]]:
    """Each move that a person made at once, with the stride in which they did."""
    result = walk(policy, life, opening=opening)
    asked = {
        id(event): stride
        for stride, (_, outcome) in zip(life, result.outcomes[1:], strict=True)
        for event in outcome.events
        if isinstance(event, e.Moved) and event.by.kind == "agent"
    }
    for moment in moments(result.journal):
        stride = asked.get(id(moment.event))
        if stride is not None and isinstance(stride.deed, c.Escalate | c.Return | c.Transfer):
            yield stride, moment


@given(
    busy_policies(paths=APPROVED, rules=()) | busy_policies(paths=APPROVED),
    busy_lives(ASKING, least=6),
)
def test_law_9_nobody_approves_what_they_asked_for(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.9: who approves is a receiver and not the asker; until then the ticket stays where it is."""
    asked: dict[int, e.ApprovalAsked] = {}
    last: e.Event | None = None
    for event in walk(policy, life).journal:
        if isinstance(event, e.ApprovalAsked):
            asked[event.seq] = event
        if isinstance(event, e.Approved):
            request = asked.pop(event.request)
            assert event.by.id != request.by.id
            assert request.receiver in event.by.roles
        if isinstance(event, e.Escalated):
            assert isinstance(last, e.Approved)
        last = event


LEADS_ONLY: Final = [
    Path(*way, by="lead" if way[2] == "transfer" or way[0] == "N3" else None) for way in WAYS
]


@given(
    busy_policies(
        paths=LEADS_ONLY,
        permissions=[Permission("Hold", ["lead"]), Permission("Escalate", ["lead"], at=["N1"])],
    ),
    busy_lives((*MOVES, *MOVES, *STATUS, c.Escalate(by=EVE), c.Transfer("N1", by=ANN))),
)
def test_law_1_only_who_may_does(policy: EscalationPolicy, life: list[Stride]) -> None:
    """1.11: commands and paths that name roles are for people who have one of them."""
    last: e.Event | None = None
    for event in walk(policy, life).journal:
        if isinstance(event, e.Held):
            assert "lead" in event.by.roles
        if isinstance(event, e.Moved) and event.by.kind == "agent":
            if event.kind == "escalate" and event.source == "N1":
                assert "lead" in event.by.roles
            if not isinstance(last, e.Approved):
                ways = _ways(policy, event)
                assert any(not way.by or event.by.roles.intersection(way.by) for way in ways)
        last = event


# -- 3: clocks


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


# -- 4: rules


SHAKY: Final = (
    *(None, '"vip" in tags', '"vip" not in tags'),
    *('priority >= "high"', 'priority == "low"', 'priority == "normal"'),
)
SPOKEN: Final[tuple[dict[str, Any], ...]] = (
    {"tag": "vip"},
    {"set_priority": "high"},
    {"set_priority": "low"},
    {"notify": "lead"},
    {"escalate_to": "N2"},
    {"escalate_to": "N3"},
    {"tag": "vip", "transfer_to": "N3"},
)


@given(
    st.lists(st.tuples(st.sampled_from(SPOKEN), st.sampled_from(SHAKY)), min_size=2, max_size=6),
    st.lists(st.sampled_from([d for d in CHANGES if not isinstance(d, c.Classify)]), max_size=3),
)
def test_law_4_rules_are_judged_together_and_act_in_turn(
    written: list[tuple[dict[str, Any], str | None]], before: list[c.Command]
) -> None:
    """4.3: all are judged before any acts; they act as declared, of those that move only the first, last."""
    rules = [
        Rule(f"rule {number}", on="storm", when=when, **doing)
        for number, (doing, when) in enumerate(written)
    ]
    policy = EscalationPolicy(
        "turns",
        TIERS,
        [Path(*way) for way in WAYS],
        rules=[*rules, Rule("outage", on="outage", notify="lead")],
        receivers=[Receiver("lead")],
        fallback="lead",
        request_types=busy_request_types(),
    )
    result = walk(policy, [Stride(command) for command in before])
    outcome = step(result.ticket, c.Signal("storm"), policy, now=result.end)
    matching = [rule for rule in rules if HOLDS[rule.when](result.ticket)]
    still = [rule.name for rule in matching if rule.move is None]
    movers = [rule.name for rule in matching if rule.move is not None]
    fired = [event.rule for event in outcome.events if isinstance(event, e.RuleFired)]
    assert fired == [*still, *movers[:1]]
    moved = [event.by.id for event in outcome.events if isinstance(event, e.Moved)]
    assert len(moved) <= 1
    assert moved in ([], movers[:1])


def busy_request_types() -> list[Any]:
    """The request types that the deeds of a busy desk name."""
    from escalate.core.protocol import Check, RequestType

    return [RequestType("login", "N1", checklist=map(Check, CHECKS))]


RESTING: Final = [
    Rule("rests", on="outage", notify="lead", times=4, cooldown="2m"),
    Rule("once", on="outage", notify="manager", at=["N1", "N2"]),
]


@given(
    busy_policies() | busy_policies(rules=RESTING),
    busy_lives((*CHANGES, *[c.Signal("outage", by=ANN)] * 16, *TALK, *MOVES), least=8, most=16),
)
def test_law_4_a_rule_fires_so_often_in_a_stay_and_rests_between(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """4.3: at most ``times`` in one stay in a tier, in its tiers only, and spaced by its cooldown."""
    rules = {rule.name: rule for rule in policy.rules}
    fired: dict[str, list[int]] = {}
    for moment in moments(walk(policy, life).journal):
        event = moment.event
        if isinstance(event, e.Moved) or getattr(event, "placed", None):
            fired = {}
        if isinstance(event, e.RuleFired):
            rule, times = rules[event.rule], fired.setdefault(event.rule, [])
            assert not rule.at or moment.before.tier in rule.at
            assert len(times) < rule.times
            if times and rule.cooldown_us:
                assert event.at_us - times[-1] >= rule.cooldown_us
            times.append(event.at_us)


RESTLESS: Final = [
    Rule("up", on="customer_replied", escalate_to="N2", times=9),
    Rule("down", on="entered", at=["N2"], return_to="N1", times=9),
    Rule("again", on="returned", escalate_to="N2", times=9),
    Rule("asleep", on="idle", after="3m", escalate_to="N3", times=9),
]


@given(
    busy_policies(paths=OPEN_WAYS, max_bounces=99, rules=RESTLESS, max_automatic=2)
    | busy_policies(paths=OPEN_WAYS, max_automatic=1),
    busy_lives(EVERYTHING),
)
def test_law_7_a_person_must_act_between_so_many_automatic_moves(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """4.4, 5.7: rules and timers together move no further than max_automatic; only then they are refused."""
    moved = 0
    for moment in moments(walk(policy, life).journal):
        event = moment.event
        if event.by.kind in ("agent", "customer"):
            moved = 0
        elif isinstance(event, e.Moved) and event.by.kind in AUTOMATIC:
            moved += 1
        assert moved <= policy.max_automatic
        assert moment.after.automatic == moved
        if isinstance(event, e.MoveRefused) and event.why == TooManyMoves("", 0).violates:
            assert moved == policy.max_automatic


TOUCHED: Final[tuple[tuple[c.Command, ...], ...]] = (
    *((), (c.CustomerReply("hello"),), (c.Note("aside", by=ANN),)),
    *((c.Reply("hi", by=ANN),), (c.Reply("beep", bot=True),), (c.Assign("bob", by=ANN),)),
    *((c.Take(by=ANN),), (c.Escalate("N2", by=ANN),), (c.Wait(by=ANN),)),
    (c.Escalate("N2", by=ANN), c.Return(by=ANN)),
)


@pytest.mark.parametrize("before", TOUCHED, ids=lambda deeds: [type(d).__name__ for d in deeds])
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("confidence", [None, 0.5, 0.79, 0.8, 0.9])
def test_law_4_a_verdict_places_only_what_nobody_has_touched(
    before: tuple[c.Command, ...], tier: str, confidence: float | None
) -> None:
    """4.7: a ticket is placed while it is new, untouched and at the entry, and if the verdict is sure."""
    result = walk(PLAIN, [Stride(each) for each in before], opening=c.Open("T-1", tier=tier))
    ticket = result.ticket
    outcome = step(ticket, c.Classify(Verdict("N3", confidence)), PLAIN, now=result.end)
    assert outcome.ticket is not None
    sure = confidence is None or confidence >= 0.8
    touched = ticket.status != "new" or ticket.assignee or ticket.moves or ticket.responded
    places = sure and not touched and tier == "N1"
    assert outcome.ticket.tier == ("N3" if places else ticket.tier)
    assert outcome.ticket.moves == ticket.moves


# -- 5.4 to 5.13


@given(
    busy_policies() | busy_policies(permissions=[Permission("Hold", ["lead"])]),
    busy_lives((*SEEN, *[f.Did(c.Hold(by=ANN)), f.TierIs("N3")] * 4)),
)
def test_law_8_every_breach_of_the_policy_that_was_seen_is_journalled(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.8: no fact is refused; just before a move that the policy does not allow stands what it breaks."""
    result = walk(policy, life)
    assert not result.refusals
    last: e.Event | None = None
    for moment in moments(result.journal):
        event, before = moment.event, moment.before
        if isinstance(event, e.Moved) and event.by.kind == "agent":
            ways = _ways(policy, event)
            open_ = [way for way in ways if HOLDS[way.when](before) and not way.approval]
            if before.status.is_done or not open_:
                assert isinstance(last, e.PathViolated)
                assert (last.source, last.target) == (event.source, event.target)
        if isinstance(event, e.StatusChanged) and event.source != event.status:
            edges = {target for sources, target in EDGES.values() if event.source in sources}
            if not isinstance(event, e.CustomerReplied | e.Replied) and event.status not in edges:
                assert isinstance(last, e.PathViolated)
                assert last.source == event.source
        last = event


@given(busy_policies(), busy_lives((*EVERYTHING, *STATUS, *STATUS)))
def test_law_6_a_done_ticket_of_a_busy_desk_has_no_timers(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """3.5, 5.6: once a ticket is resolved or closed, nothing runs, nobody is asked, and nothing fires."""
    for moment in moments(walk(policy, life).journal):
        ticket = moment.after
        if ticket.status.is_done:
            assert ticket.due_us is None
            assert not any(clock.is_live for clock in ticket.clocks.values())
            assert (ticket.requests, ticket.invited) == ((), {})
        if moment.before.status.is_done:
            assert not isinstance(moment.event, e.Breached | e.StepReached | e.IdleReached)


@given(
    busy_policies(),
    busy_lives(least=3, most=8),
    st.sampled_from((*MOVES, *TALK, *STATUS, *CHANGES)),
    st.integers(0, 9),
)
def test_law_4_a_command_that_was_seen_before_changes_nothing(
    policy: EscalationPolicy, life: list[Stride], command: Any, later: int
) -> None:
    """5.4: a desk may ask again with the same id; what it asked for happens once."""
    command = attrs.evolve(command, id="c-1", by=EVE)
    result = walk(policy, life)
    first = step(result.ticket, command, policy, now=result.end)
    assert first.ticket is not None
    acted = any(event.command_id == "c-1" for event in first.events)
    now = result.end + timedelta(minutes=later)
    again = step(first.ticket, command, policy, now=now)
    if acted:
        waited = advance(first.ticket, policy, before=now)
        assert (again.events, again.refusal) == (waited.events, None)
        assert again.ticket == waited.ticket


@given(busy_policies(), busy_lives(least=1, most=5), st.permutations([0, 1, 2, 3]))
def test_law_4_unrelated_commands_of_one_instant_may_come_in_any_order(
    policy: EscalationPolicy, life: list[Stride], order: list[int]
) -> None:
    """5.4: two people who do unrelated things at once need not be told who was first."""
    deeds: list[c.Command] = [
        c.Tag("blue", by=ANN),
        c.SetField("floor", 3, by=ANN),
        c.Link("problem", "P-1", by=ANN),
        c.Rate(5),
    ]
    rules = [rule for rule in policy.rules if rule.on != "field_changed"]
    policy = attrs.evolve(policy, rules=rules)
    result = walk(policy, life)
    ends = []
    for turn in ([0, 1, 2, 3], order):
        ticket: Ticket | None = result.ticket
        for number in turn:
            ticket = step(ticket, deeds[number], policy, now=result.end).ticket
        assert ticket is not None
        ends.append(ticket)
    assert ends[0] == ends[1]


@given(busy_policies(), busy_lives((*COMMANDS, *STATUS, *STATUS)))
def test_law_6_a_pause_never_makes_a_deadline_earlier(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.6: whoever waits for the customer has at least as much time afterwards as before."""
    due: dict[Hashable, int] = {}
    for event in walk(policy, life).journal:
        for _, clock in event.clocks:
            key = clock.name, clock.cycle, clock.target, clock.promised, clock.counted_us
            if clock.due_us is not None:
                assert clock.due_us >= due.get(key, 0)
                due[key] = clock.due_us


def _without_notices(policy: EscalationPolicy) -> EscalationPolicy:
    """The policy whose rules and steps tell nobody; those that do nothing else are gone."""
    targets = [
        attrs.evolve(
            target,
            steps=[attrs.evolve(s, notify=()) for s in target.steps if not _only_tells(s)],
        )
        for target in policy.sla.targets
    ]
    rules = [attrs.evolve(rule, notify=()) for rule in policy.rules if not _only_tells(rule)]
    return attrs.evolve(policy, sla=SLAPolicy(targets), rules=rules)


def _only_tells(doing: Any) -> bool:
    others = (doing.move, doing.tag, doing.set_priority, doing.invite, doing.ask_approval)
    return not any(others) and not doing.classify


NUMBERED: Final = (c.Approve, c.Decline, c.Withdraw)


ASLEEP: Final = [
    Rule("asleep", on="idle", after="4m", set_priority="high", times=9),
    Rule("told", on="outage", notify="lead", times=9),
    Rule("told too", on="idle", after="2m", notify="lead", times=9),
    Rule("up", on="priority_changed", escalate_to="N2", notify="manager", times=9),
]


@given(
    busy_policies() | busy_policies(rules=ASLEEP),
    busy_lives([each for each in EVERYTHING if not isinstance(each, NUMBERED)]).map(
        lambda life: [attrs.evolve(stride, aim="later") for stride in life]
    ),
)
def test_law_6_telling_people_changes_nothing(policy: EscalationPolicy, life: list[Stride]) -> None:
    """1.7, 5.6: a policy without its notices decides the same in everything else, at the same instants."""
    told, untold = walk(policy, life), walk(_without_notices(policy), life)
    only_tell = {rule.name for rule in policy.rules if _only_tells(rule)}
    assert list(_decisions(told, only_tell)) == list(_decisions(untold, set()))
    for ticket in (told.ticket, untold.ticket):
        assert ticket.status == told.ticket.status
    assert _facts_of(told.ticket) == _facts_of(untold.ticket)


def _facts_of(ticket: Ticket) -> Hashable:
    return (
        *(ticket.tier, ticket.status, ticket.priority, ticket.assignee, ticket.tags),
        *(ticket.counts, ticket.automatic, ticket.accepted, ticket.senders, ticket.left),
        tuple(sorted(ticket.invited.items())),
    )


def _decisions(result: Walk, only_tell: set[str]) -> Iterator[Hashable]:
    """What was decided, without numbers, notices and what only tells."""
    for event in result.journal:
        if isinstance(event, e.NotifyAsked | e.StepReached):
            continue
        if isinstance(event, e.RuleFired | e.IdleReached) and event.rule in only_tell:
            continue
        clocks = tuple(
            (change, clock.name, clock.cycle, clock.state, clock.due_us, clock.used_us)
            for change, clock in event.clocks
            if change is not e.Change.MARK and ":" not in clock.name and clock.name != "idle"
        )
        said = (
            repr(getattr(event, name, None))
            for name in ("source", "target", "status", "priority", "tag", "tier", "rule", "clock")
        )
        yield type(event).__name__, event.at_us, event.by, *said, clocks


LATE: Final = (*SEEN, f.Did(c.Reply(by=ANN)), f.Did(c.CustomerReply()))


@given(
    busy_policies(),
    busy_lives(least=2, most=8),
    st.sampled_from(LATE),
    st.integers(-3, 40),
    st.integers(0, 9),
)
def test_law_10_a_late_fact_keeps_its_own_instant(
    policy: EscalationPolicy, life: list[Stride], fact: f.Fact, minute: int, later: int
) -> None:
    """5.10: it is journalled no earlier than what stands there, and says when it was so."""
    result = walk(policy, life)
    occurred = START + timedelta(minutes=minute)
    now = max(result.end + timedelta(minutes=later), occurred)
    fact = attrs.evolve(fact, occurred_at=occurred)
    fired = advance(result.ticket, policy, before=now)
    assert fired.ticket is not None
    last = fired.ticket.changed_at
    outcome = observe(result.ticket, fact, policy, now=now)
    assert outcome.events[: len(fired.events)] == fired.events
    for event in outcome.events[len(fired.events) :]:
        assert event.at == max(occurred, last)
        assert event.said_at == (occurred if occurred < last else None)
    assert outcome.ticket is not None
    for name, was in fired.ticket.clocks.items():
        now_ = outcome.ticket.clocks.get(name)
        if now_ is not None and now_.cycle == was.cycle and was.breached:
            assert now_.breached_us == was.breached_us


@given(st.integers(0, 30), st.integers(1, 20), st.integers(0, 9))
def test_law_10_a_verdict_that_a_late_fact_contradicts_stays_and_is_disputed(
    said: int, within: int, later: int
) -> None:
    """5.10: a reply in time, at the due instant at the latest, that was seen too late undoes no breach."""
    assert _after_a_late_reply(said, within, later) == ("met", True, said <= within)


def _after_a_late_reply(said: int, within: int, later: int) -> tuple[str, bool, bool]:
    """State, breach and dispute of a first response due after *within* that came after *said* minutes."""
    policy = attrs.evolve(
        PLAIN, sla=SLAPolicy([Target("first_response", f"{within}m", default=True)])
    )
    reply = f.Did(c.Reply("hi", by=ANN), occurred_at=START + timedelta(minutes=said))
    now = START + timedelta(minutes=max(said, within) + later, seconds=1)
    ticket = observe(walk(policy, []).ticket, reply, policy, now=now).ticket
    assert ticket is not None
    clock = ticket.clocks["first_response"]
    return str(clock.state), clock.breached, clock.disputed


@given(
    busy_policies(),
    busy_lives((*[each for each in CHANGES if isinstance(each, c.Classify)] * 5, *EVERYTHING)),
)
def test_law_11_an_advisory_policy_does_nothing_by_itself(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.11: rules and steps say what they would do; tier and status change only by what people did."""
    for moment in moments(walk(policy.advisory(), life).journal):
        event = moment.event
        if event.by.kind in AUTOMATIC:
            quiet = e.Advised | e.StepReached | e.Breached | e.IdleReached | e.ReceiverMissed
            assert isinstance(event, quiet), event
            assert (moment.after.tier, moment.after.status) == (
                moment.before.tier,
                moment.before.status,
            )
        assert not isinstance(event, e.NotifyAsked)
        assert not getattr(event, "placed", None)


@given(busy_policies(), busy_lives(SEEN))
def test_law_11_under_advice_a_ticket_is_where_it_was_seen(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.11: after each fact about tier or status the ticket is just there, and stays until the next."""
    result = walk(policy.advisory(), life)
    tier, status = "N1", "new"
    for stride, (_, outcome) in zip(life, result.outcomes[1:], strict=True):
        ticket, fact = outcome.ticket, stride.deed
        assert ticket is not None
        if isinstance(fact, f.Did):
            tier, status = ticket.tier, ticket.status
        if isinstance(fact, f.TierIs):
            tier = fact.tier
        if isinstance(fact, f.StatusIs):
            status = fact.status
        if isinstance(fact, f.Seen):
            tier, status = str(fact.tier), str(fact.status)
        assert (ticket.tier, ticket.status) == (tier, status)


# -- 5.13 in small: every life of a few strides, one policy that notices much


NOTICING: Final = EscalationPolicy(
    "noticing",
    TIERS,
    [
        Path("N1", "N2"),
        Path("N1", "N3"),
        Path("N2", "N3"),
        Path("N2", "N1", "return"),
        Path("N3", "N2", "return"),
        Path("N3", "N1", "return"),
        Path("N2", "N1", "transfer"),
    ],
    sla=SLAPolicy(
        [
            Target("ownership", "2m", when='priority >= "high"', steps=[Step("150%", tag="vip")]),
            Target("ownership", "4m", steps=[Step("50%", notify="lead")], default=True),
            Target("first_response", "3m", default=True),
            Target("resolution", "9m", steps=[Step("1m after", notify="lead")], default=True),
        ]
    ),
    rules=[
        Rule("once", on="outage", tag="vip", when='moves >= 1 and "vip" not in tags'),
        Rule("twice", on="outage", notify="lead", times=2),
        Rule("up", on="customer_replied", at=["N1"], escalate_to="N2", when="bounces < 1"),
        Rule("away", on="outage", at=["N2"], escalate_to="N3"),
        Rule("sleepy", on="idle", after="5m", notify="lead"),
    ],
    receivers=[Receiver("lead")],
    fallback="lead",
    max_bounces=1,
    max_automatic=1,
    reopen_within="8m",
)
WATCH: Final = Actor("watch", "bot")
SHORT: Final[tuple[c.Command | None, ...]] = (
    None,
    c.Take(by=ANN),
    c.Reply(by=ANN),
    c.Wait(by=ANN),
    c.CustomerReply(),
    c.Resolve(by=ANN),
    c.Escalate("N2", by=ANN),
    c.Escalate("N3", by=ANN),
    c.Return(by=ANN),
    c.SetPriority("high", by=ANN),
    c.Signal("outage", by=WATCH),
    c.Accept(by=ANN),
)
ASKED: Final = (*SHORT[1:], c.Transfer("N1", by=ANN))


def test_law_13_in_every_short_life_equal_shapes_have_equal_futures() -> None:
    """5.13: of all lives of three strides, those that end in one shape answer every input alike."""
    opened = step(None, c.Open("T-1"), NOTICING, now=START).ticket
    assert opened is not None
    alike: dict[Hashable, dict[Hashable, tuple[Ticket, datetime]]] = {}
    for life in product(SHORT, repeat=3):
        ticket, now = opened, START
        for command in life:
            now += timedelta(minutes=2)
            ticket = _live_on(ticket, command, now)
        same = alike.setdefault(ticket.shape(NOTICING, now=now), {})
        same.setdefault(_marks(ticket), (ticket, now))
    together = [each for each in alike.values() if len(each) > 1]
    assert len(together) > 20
    for (first, now), *others in map(dict.values, together):
        expected = _answers(first, now)
        for ticket, later in others:
            for answer, wanted in zip(_answers(ticket, later), expected, strict=True):
                assert answer == wanted


def test_law_13_a_tag_that_only_a_rule_puts_on_is_noticed_too() -> None:
    """5.13: with a tag already there, a rule that puts it on journals nothing; so the shapes differ."""
    policy = EscalationPolicy("tagging", ["N1"], rules=[Rule("mark", on="outage", tag="seen")])
    plain = walk(policy, []).ticket
    tagged = walk(policy, [Stride(c.Tag("seen"))]).ticket
    answers = [
        [type(event) for event in step(ticket, c.Signal("outage"), policy, now=START).events]
        for ticket in (plain, tagged)
    ]
    shapes = [ticket.shape(policy, now=START) for ticket in (plain, tagged)]
    assert (answers[0] == answers[1]) == (shapes[0] == shapes[1])


def _marks(ticket: Ticket) -> Hashable:
    """What could make a difference, so that of lives that left the same marks one is enough."""
    clocks = tuple((clock.name, clock.state, clock.answered) for clock in ticket.clocks.values())
    counts = (
        ticket.counts,
        ticket.seq,
        ticket.automatic,
        len(ticket.fired),
        ticket.accepted,
        ticket.responded,
    )
    return *counts, ticket.senders, ticket.assignee, clocks


def _live_on(ticket: Ticket, command: c.Command | None, now: datetime) -> Ticket:
    outcome = (
        advance(ticket, NOTICING, before=now)
        if command is None
        else step(ticket, command, NOTICING, now=now)
    )
    assert outcome.ticket is not None
    return outcome.ticket


def _answers(ticket: Ticket, now: datetime) -> list[Hashable]:
    """What each input comes to: what is done, when after *now*, and who is told."""
    found: list[Hashable] = []
    for command in ASKED:
        assert command is not None
        outcome = step(ticket, command, NOTICING, now=now)
        assert outcome.ticket is not None
        end = advance(outcome.ticket, NOTICING, before=now + timedelta(minutes=9))
        said = [_said(event, now) for event in (*outcome.events, *end.events)]
        found.append((str(command), outcome.refusal and outcome.refusal.code, *said))
    return found


def _said(event: Any, now: datetime) -> Hashable:
    names = ("source", "target", "status", "bounce", "held", "clock", "step", "rule", "receiver")
    values = (str(getattr(event, name, "")) for name in (*names, "about", "why", "on_change"))
    return type(event).__name__, event.at - now, event.by, *values
