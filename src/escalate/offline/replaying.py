"""A log through the engine: what a policy makes of tickets that have already been.

The tickets follow the log; the engine counts their clocks, and notes each move and status that the
policy does not allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import attrs

from escalate.core import commands, facts, observe
from escalate.core.clocks import Clock
from escalate.core.events import Event, Moved, Opened, PathViolated
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.timeline import OpenTime
from escalate.core.worktime import WorkTime
from escalate.offline.log import Case, Log, Row

EXAMPLES: Final = 5


@attrs.define
class Tally:
    """How often something was seen, and the first cases it was seen in."""

    times: int = 0
    cases: list[str] = attrs.field(factory=list)

    def add(self, case_id: str) -> None:
        """Count one more, in this case."""
        self.times += 1
        if len(self.cases) < EXAMPLES and case_id not in self.cases:
            self.cases.append(case_id)


@attrs.frozen
class Replay:
    """What the engine made of a log.

    Attributes:
        cases: Tickets replayed.
        events: Events in all their journals.
        moves: How often a ticket went from one tier to another, by (source, target).
        violations: What the policy does not allow and was followed all the same, by
            (why, source, target).
        started_elsewhere: Cases that began in another tier than the policy's entry, by tier.
        cycles: Cycles of clocks, by (target, verdict): met, breached, cancelled, or running when the
            log ends.
    """

    cases: int
    events: int
    moves: Mapping[tuple[str, str], int]
    violations: Mapping[tuple[str, str, str], Tally]
    started_elsewhere: Mapping[str, Tally]
    cycles: Mapping[tuple[str, str], int]


def replay(
    log: Log,
    policy: EscalationPolicy,
    *,
    progress: Callable[[Iterable[Case]], Iterable[Case]] = iter,
) -> Replay:
    """Run every case of *log* through the engine under *policy* and return what came of it.

    Args:
        log: What happened.
        policy: What is counted and allowed. It moves nothing: the tickets follow the log.
        progress: Wraps the cases as they are replayed, such as a progress bar does.

    >>> from escalate import EscalationPolicy, Path
    >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    >>> log = Log((Case("17", (Row(0, tier="N1"), Row(5, tier="N2"), Row(9, tier="N1"))),))
    >>> dict(replay(log, policy).moves)
    {('N1', 'N2'): 1, ('N2', 'N1'): 1}
    >>> list(replay(log, policy).violations)
    [('path', 'N2', 'N1')]
    """
    tallies = _Tallies(policy.entry_tier)
    for case in progress(log.cases):
        tallies.add(case, [event for _, event in follow_case(case, policy)])
    return tallies.result()


@attrs.define
class _Tallies:
    """The counts of a replay while it runs."""

    entry: str
    cases: int = 0
    events: int = 0
    moves: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    violations: dict[tuple[str, str, str], Tally] = attrs.field(factory=dict)
    started_elsewhere: dict[str, Tally] = attrs.field(factory=dict)
    cycles: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    def add(self, case: Case, journal: list[Event]) -> None:
        """Count one case by its journal."""
        self.cases += 1
        self.events += len(journal)
        cycles: dict[tuple[str, int], Clock] = {}
        for event in journal:
            for _, clock in event.clocks:
                cycles[clock.name, clock.cycle] = clock
            if isinstance(event, Moved):
                self.moves[event.source, event.target] += 1
            elif isinstance(event, PathViolated):
                key = (event.why, event.source, event.target)
                self.violations.setdefault(key, Tally()).add(case.id)
            elif isinstance(event, Opened) and event.tier != self.entry:
                self.started_elsewhere.setdefault(event.tier, Tally()).add(case.id)
        # A reopening withdraws a verdict, so only the last word on each cycle counts.
        self.cycles.update(_verdict(clock) for clock in cycles.values())

    def result(self) -> Replay:
        """Return the counts."""
        counts = attrs.asdict(self, recurse=False)
        del counts["entry"]
        return Replay(**counts)


def _verdict(clock: Clock) -> tuple[str, str]:
    name = clock.target or f"{clock.name}, no target"
    if clock.breached:
        return name, "breached"
    return name, "running" if clock.is_live else clock.state.value


def follow_case(case: Case, policy: EscalationPolicy) -> Iterator[tuple[Ticket, Event]]:
    """Yield the journal of one case under *policy*, each event with the ticket after its row."""
    ticket: Ticket | None = None
    for row in case.rows:
        at = row.at
        for fact in _facts(row, case, ticket):
            outcome = observe(ticket, fact, policy, now=at)
            ticket = outcome.ticket
            assert ticket is not None  # the first fact opens it
            for event in outcome.events:
                yield ticket, event


def _facts(row: Row, case: Case, ticket: Ticket | None) -> list[facts.Fact]:
    """Return what *row* says."""
    status = facts.UNKNOWN if row.meaning is None else row.meaning
    tier = facts.UNKNOWN if row.tier is None else row.tier
    seen = facts.Seen(status=status, tier=tier)
    if ticket is None:
        return [facts.Did(commands.Open(case.id, tier=row.tier)), seen]
    return [seen]


@attrs.frozen
class Promise:
    """How long the entry tier may keep a ticket, and when it is open."""

    within: WorkTime
    hours: OpenTime


def first_promise(policy: EscalationPolicy) -> Promise | None:
    """Return what the first ownership target of the entry tier promises, if there is one."""
    tables = policy.compiled
    if "ownership" not in tables.clocks:
        return None
    terms = tables.terms_to_try("ownership", policy.entry_tier)[0]
    return None if terms.within_us is None else Promise(WorkTime(terms.within_us), terms.hours)
