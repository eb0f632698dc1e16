"""The search: every outline that a ticket can come to, found with the engine's own ``step`` and ``advance``.

Breadth first, so the first way to an outline is a shortest one. Time is left open: any timer that could
come next comes next, and where the age of a clock decides, every age that decides otherwise is tried.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, Final

import attrs

from escalate.core import commands as c
from escalate.core.engine import Outcome, advance, step
from escalate.core.events import Event
from escalate.core.instants import as_instant
from escalate.core.model import Draft, Fired, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.sealing import FrozenDict
from escalate.core.status import Status
from escalate.errors import BadInput
from escalate.verify.abstracting import Abstracted, abstracted
from escalate.verify.alphabet import Act, Alphabet, Answer, alphabet_of, command_of
from escalate.verify.noticing import Noticed, noticed_by
from escalate.verify.outline import REST_US, Due, Outline, Outliner, aged, redated

_NOW: Final = as_instant(REST_US)
_JUST_AFTER: Final = as_instant(REST_US + 1)
_NO_AGES: Final[Mapping[str, int]] = {}


@attrs.frozen(kw_only=True)
class Budget:
    """How much a search may cost before it gives up and says so.

    Attributes:
        states: Outlines to keep.
        seconds: Seconds of the processor.
        memory_mb: Megabytes that the process may grow by.
    """

    states: int = attrs.field(default=200_000)
    seconds: float = attrs.field(default=300.0)
    memory_mb: int = attrs.field(default=2_000)

    def __attrs_post_init__(self) -> None:
        for name in ("states", "seconds", "memory_mb"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise BadInput(f"Budget.{name}", value, "a number above 0")


@attrs.define(eq=False)
class Node:
    """An outline that was reached.

    Attributes:
        ticket: A ticket of it, at rest.
        parent: The node it was first reached from, by number; -1 for an opening.
        act: What led here from there, and ``ages`` how much the clocks had used that mattered.
        depth: How many acts away from the opening it is.
    """

    ticket: Ticket
    parent: int
    act: Act
    ages: Mapping[str, int]
    depth: int


@attrs.frozen(eq=False)
class Edge:
    """One way in which an act can come out.

    Attributes:
        source: The number of the node before; -1 for an opening.
        act: What happened.
        ages: How much the clocks had used that mattered.
        events: What came of it.
        ticket: The ticket afterwards, not yet at rest.
        target: The number of the node afterwards; -1 if the search had no room for it.
    """

    source: int
    act: Act
    ages: Mapping[str, int]
    events: tuple[Event, ...]
    ticket: Ticket
    target: int


Observer = Callable[["Edge"], None]


@attrs.define(eq=False)
class Space:
    """What a search found.

    Attributes:
        policy: The policy as the search saw it.
        noticed: What it can notice.
        alphabet: What was asked.
        nodes: Every outline reached, in the order of the search; ``index`` finds them.
        edges: For each node and act, the nodes that it may lead to.
        steps: How often the engine was asked, refusals included.
        stopped: Which budget ran out; empty if the search is complete.
        seconds: How long it took, in seconds of the processor.
    """

    abstracted: Abstracted
    noticed: Noticed
    outliner: Outliner
    alphabet: Alphabet
    nodes: list[Node] = attrs.field(factory=list)
    index: dict[Outline, int] = attrs.field(factory=dict)
    edges: list[list[tuple[Act, frozenset[int]]]] = attrs.field(factory=list)
    steps: int = 0
    stopped: str = ""
    seconds: float = 0.0
    memory_mb: float = 0.0

    @property
    def policy(self) -> EscalationPolicy:
        """The policy as the search saw it."""
        return self.abstracted.policy

    def way_to(self, number: int) -> list[Node]:
        """Return the nodes that lead to the one of that number, the opening first."""
        found = []
        while number >= 0:
            node = self.nodes[number]
            found.append(node)
            number = node.parent
        return found[::-1]


def explore(
    policy: EscalationPolicy,
    observers: tuple[Observer, ...] = (),
    *,
    budget: Budget | None = None,
    progress: Callable[[int, int], None] | None = None,
    begin: Callable[[Space], None] | None = None,
) -> Space:
    """Return every outline that tickets of *policy* can come to.

    Args:
        policy: The policy.
        observers: Each is shown every edge, once.
        budget: When to give up.
        progress: Is told the number of outlines and of engine steps, now and then.
        begin: Is shown the space while it is still empty.
    """
    seen = abstracted(policy)
    noticed = noticed_by(seen.policy)
    outliner = Outliner(noticed)
    space = Space(seen, noticed, outliner, alphabet_of(noticed, outliner))
    if begin is not None:
        begin(space)
    return _Search(space, observers, budget or Budget(), progress).run()


class _Search:
    def __init__(
        self,
        space: Space,
        observers: tuple[Observer, ...],
        budget: Budget,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.space = space
        self.observers = observers
        self.budget = budget
        self.progress = progress
        self.policy = space.policy
        self.queue: deque[int] = deque()
        self._began_s = time.process_time()
        self._began_mb = _resident_mb()

    def run(self) -> Space:
        space = self.space
        for opening in space.alphabet.openings():
            for ages, outcome in self._outcomes(None, opening):
                if outcome.refusal is None:
                    self._reach(-1, opening, ages, outcome)
        expanded = 0
        while self.queue and not space.stopped:
            self._expand(self.queue.popleft())
            expanded += 1
            if expanded % 256 == 0:
                self._check()
        space.seconds = time.process_time() - self._began_s
        space.memory_mb = max(0.0, _resident_mb() - self._began_mb)
        return space

    def _check(self) -> None:
        space, budget = self.space, self.budget
        if self.progress is not None:
            self.progress(len(space.nodes), space.steps)
        if time.process_time() - self._began_s > budget.seconds:
            space.stopped = "seconds"
        elif _resident_mb() - self._began_mb > budget.memory_mb:
            space.stopped = "memory"

    def _expand(self, number: int) -> None:
        ticket = self.space.nodes[number].ticket
        # A verdict has no hash, and nothing else asks twice for what is not the very same object.
        found: dict[object, tuple[Act, set[int]]] = {}
        for start, act, ages in self._acts(ticket):
            key = act if isinstance(act, Due | Answer) else id(act)
            _, targets = found.setdefault(key, (act, set()))
            for more, outcome in self._outcomes(start, act):
                if outcome.refusal is None and outcome.events:
                    targets.add(
                        self._reach(number, act, {**ages, **more} if more else ages, outcome)
                    )
                else:
                    targets.add(number)
        while len(self.space.edges) <= number:
            self.space.edges.append([])
        self.space.edges[number] = [
            (act, frozenset(targets)) for act, targets in found.values() if targets != {number}
        ]

    def _acts(self, ticket: Ticket) -> Iterator[tuple[Ticket, Act, Mapping[str, int]]]:
        """Yield what can happen to *ticket*, with the ticket at an age where it does."""
        late = _too_late(ticket, self.policy)
        for each in (ticket, *self.space.outliner.twins(ticket)):
            starts = list(dates(each, self.space.noticed))
            for act in self.space.alphabet.of(each):
                for start in starts:
                    yield start, act, _NO_AGES
                if late is not None and isinstance(act, c.CustomerReply):
                    yield late, act, {"reopening": self.policy.reopen_within_us or 0}
            for start in starts:
                for due, turn in self.space.outliner.waiting(start):
                    yield turn, due, _NO_AGES

    def _outcomes(
        self, start: Ticket | None, act: Act
    ) -> Iterator[tuple[Mapping[str, int], Outcome]]:
        """Yield every way in which *act* can come out, whatever the ages of clocks are."""
        ages: dict[str, set[int]] = {}
        for outcome in self._asked(start, act):
            if start is not None and outcome.events:
                self._find_ages(start, outcome, ages)
            yield _NO_AGES, outcome
        if ages:
            assert start is not None
            yield from self._older(start, act, ages)

    def _older(
        self, start: Ticket, act: Act, ages: dict[str, set[int]]
    ) -> Iterator[tuple[Mapping[str, int], Outcome]]:
        """Yield how *act* comes out at *ages*, and at those that are found to matter on the way."""
        tried: set[tuple[tuple[str, int], ...]] = {()}
        known = -1
        while known < (known := sum(map(len, ages.values()))):
            for row in product(*([(name, age) for age in sorted(ages[name])] for name in ages)):
                key = tuple(sorted(each for each in row if each[1]))
                if key in tried:
                    continue
                tried.add(key)
                for outcome in self._asked(aged(start, dict(key)), act):
                    if outcome.events:
                        self._find_ages(start, outcome, ages)
                    yield dict(key), outcome

    def _find_ages(self, start: Ticket, outcome: Outcome, ages: dict[str, set[int]]) -> None:
        clocks = start.clocks
        for event in outcome.events:
            for _, clock in event.clocks:
                was = clocks.get(clock.name)
                if was is None or (was.target == clock.target and was.calendar == clock.calendar):
                    continue
                if clock.cycle == was.cycle and clock.started_us <= REST_US:
                    found = self.space.outliner.thresholds(was, clock)
                    if found:
                        ages.setdefault(clock.name, {0}).update(found)

    def _asked(self, ticket: Ticket | None, act: Act) -> Iterator[Outcome]:
        if not self.space.abstracted.answers.many:
            yield self._ask(ticket, act)
            return
        for _ in self.space.abstracted.answers.rows():
            yield self._ask(ticket, act)

    def _ask(self, ticket: Ticket | None, act: Act) -> Outcome:
        self.space.steps += 1
        if isinstance(act, Due):
            assert ticket is not None
            return advance(ticket, self.policy, before=_JUST_AFTER)
        command = command_of(act, ticket, self.space.alphabet.chief)
        assert command is not None  # requests are answered on tickets that have them
        return step(ticket, command, self.policy, now=_NOW)

    def _reach(self, source: int, act: Act, ages: Mapping[str, int], outcome: Outcome) -> int:
        ticket = outcome.ticket
        assert ticket is not None
        space = self.space
        target = self._number(source, act, ages, ticket)
        edge = Edge(source, act, ages, outcome.events, ticket, target)
        for observer in self.observers:
            observer(edge)
        if target < 0 and not space.stopped:
            return source
        return target

    def _number(self, source: int, act: Act, ages: Mapping[str, int], ticket: Ticket) -> int:
        space = self.space
        outline = space.outliner.of(ticket)
        known = space.index.get(outline)
        if known is not None:
            return known
        if len(space.nodes) >= self.budget.states:
            space.stopped = "states"
            return -1
        number = space.index[outline] = len(space.nodes)
        depth = 0 if source < 0 else space.nodes[source].depth + 1
        space.nodes.append(Node(space.outliner.at_rest(ticket), source, act, ages, depth))
        self.queue.append(number)
        return number


def dates(ticket: Ticket, noticed: Noticed) -> Iterator[Ticket]:
    """Yield *ticket* once for every way in which its age and the rest of its rules can matter."""
    ages = noticed.ages
    rests = [
        rule for rule in noticed.policy.rules if rule.cooldown_us and rule.name in ticket.fired
    ]
    if len(ages) == 1 and not rests:
        yield ticket
        return
    rows: Any = product(ages, *([(rule, 0), (rule, rule.cooldown_us)] for rule in rests))
    for (age_us, stay_us), *slept in rows:

        def dated(draft: Draft, age: int = age_us, stay: int = stay_us, rest: Any = slept) -> None:
            draft.opened_us -= age
            draft.entered_us -= stay
            fired = {
                rule.name: Fired(draft.fired[rule.name].times, REST_US - by) for rule, by in rest
            }
            draft.fired = FrozenDict({**draft.fired, **fired})

        yield redated(ticket, dated)


def _too_late(ticket: Ticket, policy: EscalationPolicy) -> Ticket | None:
    """Return *ticket*, resolved so long ago that a message reopens it no more."""
    if policy.reopen_within_us is None or ticket.status is not Status.RESOLVED:
        return None
    within_us = policy.reopen_within_us

    def later(draft: Draft) -> None:
        draft.resolved_us = REST_US - within_us - 1

    return redated(ticket, later)


def _resident_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows does not tell; there the number of states bounds the memory
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
