"""Laws on where a ticket goes (SEMANTICS 1 and 5.1), judged by desks that know statuses and paths only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import attrs
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
)
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import step
from escalate.core.model import Ticket
from escalate.testing import START, Stride, walk
from tests.core.busy_desk import (
    ANN,
    BACK_AND_FORTH,
    BOB,
    DONE,
    EDGES,
    EVE,
    EVERYTHING,
    HOLDS,
    OPEN_WAYS,
    PLAIN,
    SEEN,
    TIERS,
    VERBS,
    Moment,
    busy_lives,
    busy_policies,
    moments,
    ways_of,
)


@given(busy_policies(), busy_lives())
def test_law_1_a_move_takes_a_path_whose_condition_held(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.1: nobody moves a ticket along a path that was not open when they, or a rule, set out."""
    for judged, moment in _moves(walk(policy, life).journal):
        event = moment.event
        ways = ways_of(policy, event)
        assert any(HOLDS[way.when](judged) for way in ways), event


def _moves(journal: list[e.Event]) -> Iterator[tuple[Ticket, Moment]]:
    """Each move, with the ticket on which it was judged: a rule or step is judged before it acts."""
    set_out: dict[Actor, Ticket] = {}
    for moment in moments(journal):
        if isinstance(moment.event, e.RuleFired | e.StepReached):
            set_out[moment.event.by] = moment.before
        if isinstance(moment.event, e.Moved):
            yield set_out.get(moment.event.by, moment.before), moment


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
