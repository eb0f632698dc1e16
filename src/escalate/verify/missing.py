"""Words that are missed: steps that other terms pass by, and conditions that did not hold at the time.

Of the steps that a change of terms passes only the highest runs (SEMANTICS 3.8), and a step or rule whose
condition does not hold at its instant has had its turn. So a word counts only if it tells in every
situation in which it may come; a way on which it is missed is walked before it counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from escalate.core.clockkinds import IDLE
from escalate.core.clocks import Clock, ClockState, Terms
from escalate.core.compiled import Compiled, Deed
from escalate.core.deciding.clockwork import terms_of
from escalate.core.model import Ticket
from escalate.verify.alphabet import Act
from escalate.verify.noticing import tells_somebody
from escalate.verify.outline import REST_US
from escalate.verify.search import Edge, Space
from escalate.verify.telling import entries_ahead, tells, words_in

Cycle = tuple[str | None, ...]


@attrs.frozen
class Overtaking:
    """A change of terms that may pass by a step that tells.

    Attributes:
        source: The situation before, by number, and ``act`` what changes the terms there.
        clock: The clock; ``ages`` how much it may have used when that happens.
    """

    source: int
    act: Act
    clock: str
    ages: tuple[int, ...]


@attrs.define(eq=False)
class Overtaken:
    """Watches a search for changes of terms by which a step that tells may be passed by.

    Attributes:
        late: The targets to which a running clock came, and whose plan has such a step.
    """

    _space: Space | None = None
    _risky: frozenset[str] = frozenset()
    _seen: dict[tuple[str, int], tuple[int, Act, str, int | None]] = attrs.field(factory=dict)

    @property
    def late(self) -> frozenset[str]:
        """The targets to which a running clock comes late, and that lose a word by it."""
        return frozenset(target for target, _ in self._seen)

    def begin(self, space: Space) -> None:
        """Learn which targets have a step that tells before one that may not."""
        self._space = space
        tables = space.policy.compiled
        every = (terms for ways in tables.terms.values() for terms in ways)
        self._risky = frozenset(t.target for t in every if t.target and _may_lose(tables, t))

    def watch(self, edge: Edge) -> None:
        """See whether a clock came to other terms."""
        if not self._risky or edge.source < 0 or edge.target < 0:
            return
        assert self._space is not None
        clocks = self._space.nodes[edge.source].ticket.clocks
        for event in edge.events:
            for _, clock in event.clocks:
                was = clocks.get(clock.name)
                if clock.target in self._risky and was is not None and _comes_over(was, clock):
                    found = edge.source, edge.act, clock.name, was.within_us
                    self._seen.setdefault((clock.target, edge.target), found)

    def ways(self, target: str | None = None) -> Iterator[Overtaking]:
        """Yield the changes to *target*, or to any, by which a step that tells there is passed by."""
        assert self._space is not None
        for (mine, after), (source, act, name, within_us) in self._seen.items():
            ticket = self._space.nodes[after].ticket
            clock = ticket.clocks.get(name)
            if target not in (None, mine) or clock is None or clock.target != mine:
                continue
            ages = tuple(_ages(self._space, ticket, clock, within_us))
            if ages:
                yield Overtaking(source, act, name, ages)


def _may_lose(tables: Compiled, terms: Terms) -> bool:
    """Whether a step of *terms* may tell, and one behind it may be heard by nobody."""
    deeds = [deed for entry in terms.plan if (deed := tables.steps.get(entry.name)) is not None]
    first = next((i for i, deed in enumerate(deeds) if tells_somebody(deed.doing)), len(deeds))
    return terms.on_change != "restart" and not all(map(_surely_tells, deeds[first + 1 :]))


def _surely_tells(deed: Deed) -> bool:
    doing = deed.doing
    spoken = bool(doing.notify or (doing.ask_approval and not doing.move))
    return deed.when is None and deed.at is None and spoken


def _comes_over(was: Clock, now: Clock) -> bool:
    same = was.target == now.target and was.calendar == now.calendar
    return (
        not same and now.cycle == was.cycle and now.started_us <= REST_US and now.ended_us is None
    )


def passed_by(ticket: Ticket, clock: Clock, space: Space) -> dict[str, list[int]]:
    """Return the steps of *clock* that tell, each with the amounts of those behind it that do not."""
    noticed = space.noticed
    tables = noticed.policy.compiled
    lost: dict[str, list[int]] = {}
    deaf: list[int] = []
    for entry in reversed(terms_of(tables, clock).plan_for(clock.within_us)):
        deed = tables.steps.get(entry.name)
        if deed is None:
            continue
        if not tells(ticket, deed, noticed):
            deaf.append(entry.amount_us)
        elif deaf:
            lost[entry.name] = deaf[:]
    return lost


def _ages(space: Space, ticket: Ticket, clock: Clock, old_us: int | None) -> Iterator[int]:
    terms = terms_of(space.policy.compiled, clock)
    found = passed_by(ticket, clock, space).values()
    for amount_us in sorted({amount for each in found for amount in each}):
        if terms.on_change == "carry_fraction" and old_us and clock.within_us:
            yield -(-(amount_us + 1) * old_us // clock.within_us)
        else:
            yield amount_us + 1


def cycle_of(ticket: Ticket, clock: Clock) -> Cycle:
    """Return what stays as it is while the plan of *clock* goes on, as far as a search can see it."""
    if clock.name == IDLE:
        return IDLE, ticket.tier, str(ticket.status), ticket.assignee
    return clock.name.partition(":")[0], clock.target


def steady_words(space: Space, late: frozenset[str]) -> dict[Cycle, frozenset[str]]:
    """Return, for each cycle of a clock, the steps and rules that tell in every situation of it."""
    found: dict[Cycle, frozenset[str]] = {}
    tables = space.policy.compiled
    for node in space.nodes:
        ticket = node.ticket
        for clock in ticket.clocks.values():
            comes_late = clock.target in late
            if clock.state is not ClockState.RUNNING and not (comes_late and clock.is_live):
                continue
            ahead = entries_ahead(clock, terms_of(tables, clock), space.noticed)
            heard = {deed.name for _, deed in ahead if tells(ticket, deed, space.noticed)}
            if comes_late:
                heard -= passed_by(ticket, clock, space).keys()
            cycle = cycle_of(ticket, clock)
            found[cycle] = found.get(cycle, frozenset(heard)) & heard
    return found


def missed(space: Space, numbers: set[int]) -> Iterator[tuple[int, str, str, Act, int]]:
    """Yield ways into the situations *numbers* on which a word of theirs has had its turn in silence.

    Each is the situation before, the clock and the entry that comes there, the act that leads on, and
    the situation that it leads to.
    """
    for source, edges in enumerate(space.edges):
        ticket = space.nodes[source].ticket
        for act, targets in edges:
            for number in targets & numbers - {source}:
                after = space.nodes[number].ticket
                for word in words_in(after, space.noticed):
                    clock = ticket.clocks.get(word.clock.name)
                    if clock is None or clock.state is not ClockState.RUNNING:
                        continue
                    if cycle_of(ticket, clock) != cycle_of(after, word.clock):
                        continue
                    if not tells(ticket, word.deed, space.noticed):
                        entry = _entry_of(word.deed, space)
                        yield source, clock.name, entry, act, number


def _entry_of(deed: Deed, space: Space) -> str:
    idle = space.policy.compiled.idle_rules
    return next((name for name, each in idle.items() if each is deed), deed.name)
