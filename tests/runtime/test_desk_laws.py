"""A desk against a model that knows nothing of it: slips of paper, a stopwatch, and the plain engine."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from escalate import Desk, EscalationPolicy, MemoryStore
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold, rank
from escalate.core.engine import advance, step
from escalate.errors import Refused
from escalate.testing import START, ManualClock
from tests.core.busy_desk import COMMANDS, busy_policies


def wordy(command: c.Command, text: str) -> c.Command:
    """The same command, saying *text* where it says anything."""
    return altered(command, text=text) if hasattr(command, "text") else command


def altered(command: c.Command, **changes: Any) -> c.Command:
    """A copy of *command* with other values."""
    twin = copy(command)
    for name, value in changes.items():
        object.__setattr__(twin, name, value)
    return twin


class DeskLife(RuleBasedStateMachine):
    """Opens, handles and ticks at random times; beside it a plain dict of journals, never ticked."""

    desk: Desk
    policy: EscalationPolicy

    @initialize(policy=busy_policies())
    def begins(self, policy: EscalationPolicy) -> None:
        """A desk that nobody has written to."""
        self.policy = policy
        self.clock = ManualClock(START)
        self.heard: dict[str, list[e.Event]] = {}
        self.desk = Desk(policy, MemoryStore(), clock=self.clock, listeners=[self.listen])
        self.journals: dict[str, list[e.Event]] = {}
        self.said: dict[str, list[str]] = {}
        self.refused = 0
        self.given: dict[str, dict[str, c.Command]] = {}

    def listen(self, ticket: Any, events: tuple[e.Event, ...]) -> None:
        """Hear what happens."""
        self.heard.setdefault(ticket.id, []).extend(events)

    def _written(self) -> str:
        return f"words {sum(map(len, self.said.values()))}"

    @rule(seconds=st.integers(0, 400))
    def time_goes_by(self, seconds: int) -> None:
        """Nobody looks for a while."""
        self.clock.set(self.clock() + timedelta(seconds=seconds))

    @rule(priority=st.sampled_from(["low", "normal", "urgent"]))
    def opens(self, priority: str) -> None:
        """A customer comes."""
        name, text = f"T-{len(self.journals)}", self._written()
        ticket = self.desk.open(id=name, subject=text, priority=priority)
        opened = step(
            None, c.Open(name, subject=text, priority=priority), self.policy, now=self.clock()
        )
        self.journals[name] = list(opened.events)
        self.said[name] = [text]
        assert ticket == opened.ticket

    @precondition(lambda self: self.journals)
    @rule(which=st.integers(0, 5), command=st.sampled_from(COMMANDS), key=st.integers(0, 9))
    def somebody_acts(self, which: int, command: c.Command, key: int) -> None:
        """A command comes to what the engine says, however long nobody ticked; asked twice, it is one."""
        name = list(self.journals)[which % len(self.journals)]
        command = wordy(command, self._written())
        if key < 3:
            command = altered(command, id=f"k-{key}")
        was = self.given.setdefault(name, {}).get(f"k-{key}") if key < 3 else None
        before = fold(None, self.journals[name])
        if was is not None:
            late = advance(before, self.policy, before=self.clock())
            self.journals[name] += late.events
        else:
            outcome = step(before, command, self.policy, now=self.clock())
            self.journals[name] += outcome.events
            self.said[name] += outcome.texts.values()
        answer = self._answer(name, command)
        if was is not None:
            assert answer in (None, "already-refused")
        else:
            assert answer == (outcome.refusal and outcome.refusal.code)
            self.refused += answer is not None
            self._follow(name, list(outcome.events))
        if key < 3:
            self.given[name][f"k-{key}"] = command

    def _answer(self, name: str, command: c.Command) -> str | None:
        try:
            self.desk.handle(name, command)
        except Refused as why:
            return why.code
        return None

    def _follow(self, name: str, events: list[e.Event]) -> None:
        """A message that came too late has a ticket of its own, and the two know each other."""
        for event in events:
            if isinstance(event, e.FollowUpWanted):
                new = f"{name}.follow-up-{event.seq}"
                self.journals[new] = list(self.desk.history(new))
                self.said[new] = [self.desk.texts(name)[event.seq - 1, "text"]]
                assert self.desk.ticket(new).links == (("follows", name),)
                assert ("follow-up", new) in self.desk.ticket(name).links
                self.journals[name] += self.desk.history(name)[len(self.journals[name]) :]

    @precondition(lambda self: self.journals)
    @rule(which=st.integers(0, 5))
    def a_customer_writes_too_late(self, which: int) -> None:
        """A ticket is closed, and then its customer writes."""
        for command in (c.Resolve(), c.Close(), c.CustomerReply()):
            self.somebody_acts(which, command, 9)

    @rule()
    def ticks(self) -> None:
        """Somebody looks; a second look finds nothing."""
        self.desk.tick()
        now = self.clock()
        for name, journal in self.journals.items():
            late = advance(fold(None, journal), self.policy, before=now)
            journal.extend(late.events)
            assert list(self.desk.history(name)) == journal
        assert self.desk.tick().tickets == ()

    @invariant()
    def every_ticket_is_the_fold_of_its_history(self) -> None:
        """A ticket is what its journal says, and the listeners heard all of it, once, in order."""
        for name in self.journals:
            history = self.desk.history(name)
            assert fold(None, history) == self.desk.ticket(name)
            assert self.heard[name] == list(history)

    @invariant()
    def nothing_depends_on_ticks(self) -> None:
        """The desk's journal and the engine's are one once both have caught up."""
        now = self.clock()
        for name, journal in self.journals.items():
            seen = advance(self.desk.ticket(name), self.policy, before=now).ticket
            assert seen == advance(fold(None, journal), self.policy, before=now).ticket

    @invariant()
    def queues_are_ranked(self) -> None:
        """Each live ticket stands in the queue of its tier, in the order of rank, now."""
        now = self.clock()
        seen = [
            advance(fold(None, journal), self.policy, before=now).ticket
            for journal in self.journals.values()
        ]
        for tier in self.policy.tier_names:
            live = [each for each in seen if each and each.tier == tier and not each.status.is_done]
            assert self.desk.queue(tier) == rank(live, self.policy, now)

    @invariant()
    def nobody_loses_a_text(self) -> None:
        """All that was ever written is there."""
        for name, said in self.said.items():
            assert sorted(self.desk.texts(name).values()) == sorted(said)

    @invariant()
    def refusals_are_kept(self) -> None:
        """Each refused command stands in the table of refusals, and in no journal."""
        assert len(self.desk.refusals()) == self.refused
        assert self.desk.failures() == ()


def test_a_desk_does_what_the_engine_says_whenever_anybody_looks() -> None:
    """Open, handle, tick and wait in any order: nothing is lost, doubled, late or out of order."""
    run_state_machine_as_test(DeskLife, settings=settings(max_examples=60, stateful_step_count=25))
