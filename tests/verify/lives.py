"""What can be done with a ticket, found anew from the words of its policy: the oracle of the proofs.

Nothing here knows how proofs are made. It takes the words of a policy's file, gives commands and lets time
pass with the engine's own ``step`` and ``advance``, and keeps what happens.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import product
from typing import Final

import attrs

from escalate import Actor, Attempt, EscalationPolicy, Handoff, Path, Ticket, Verdict
from escalate.core import advance, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.instants import as_instant
from escalate.errors import BadInput

MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
TELLING: Final = (e.NotifyAsked, e.Moved, e.Invited, e.ApprovalAsked)
_BOT: Final = Actor("machine", "bot")
_STRANGER: Final = Actor("joe")
_ALL: Final = Handoff(summary="s", reason="r", tried=(Attempt("t"),), hypothesis="h", ask="a")


@attrs.frozen
class Scene:
    """One thing that happened.

    Attributes:
        at: When.
        command: What was asked; none where time passes.
        events: What came of it.
        ticket: The ticket afterwards.
    """

    at: datetime
    command: c.Command | None
    events: tuple[e.Event, ...]
    ticket: Ticket

    @property
    def next_timer(self) -> datetime | None:
        """The instant just behind the next timer, if there is one."""
        if self.ticket.due_us is None:
            return None
        return max(self.at, as_instant(self.ticket.due_us)) + TICK


Life = tuple[Scene, ...]


@attrs.define(eq=False, slots=False)
class Desk:
    """A desk that works by *policy*, and everything that can be asked there."""

    policy: EscalationPolicy

    @cached_property
    def _text(self) -> str:
        return self.policy.to_toml().replace('\\"', '"')

    @cached_property
    def _person(self) -> Actor:
        roles = {role for path in self.policy.paths for role in path.by}
        roles |= {role for each in self.policy.permissions for role in each.roles}
        return Actor("ann", roles=roles | {each.name for each in self.policy.receivers})

    @cached_property
    def _boss(self) -> Actor:
        return attrs.evolve(self._person, id="boss")

    @cached_property
    def _tags(self) -> list[str]:
        return sorted(set(re.findall(r'"(\w+)" in tags', self._text)))

    @cached_property
    def _values(self) -> list[tuple[str, int]]:
        numbers = {int(n) + by for n in re.findall(r"[=<>] (\d+)", self._text) for by in (-1, 0, 1)}
        return list(product(sorted(set(re.findall(r"fields\.(\w+)", self._text))), sorted(numbers)))

    @cached_property
    def openings(self) -> list[c.Open]:
        """How a ticket may come in."""
        policy = self.policy
        types = [None, *dict.fromkeys(each.name for each in policy.request_types)]
        channels = [None, *sorted({ch for each in policy.request_types for ch in each.channels})]
        found = [
            c.Open("T-1", request_type=kind, priority=priority, channel=channel)
            for kind, priority, channel in product(types, policy.priorities[::-1], channels)
        ]
        found += [c.Open("T-1", tags=frozenset({tag})) for tag in self._tags]
        return found + [c.Open("T-1", fields={name: n}) for name, n in self._values]

    @cached_property
    def _common(self) -> list[c.Command]:
        policy, by = self.policy, self._person
        found: list[c.Command] = [c.CustomerReply(), c.RequestHuman(), c.Reply(by=by)]
        plain = (c.Take, c.Wait, c.Hold, c.Resume, c.Resolve, c.Reopen, c.Close, c.Note, c.Accept)
        found += [kind(by=by) for kind in plain]
        found += [c.Reply(then="wait", by=by), c.Reply(then="resolve", by=by)]
        found += [c.SetPriority(priority, by=by) for priority in policy.priorities]
        found += [c.ReachMilestone(name, by=by) for name in policy.milestones]
        found += [kind(tag, by=by) for tag in self._tags for kind in (c.Tag, c.Untag)]
        found += [c.SetField(name, n, by=by) for name, n in self._values]
        tried = sorted(set(re.findall(r'attempts\("(\w+)', self._text))) or ["something"]
        found += [c.RecordAttempt(name, by=_BOT) for name in tried]
        found += [c.SetRequestType(each.name, by=by) for each in policy.request_types]
        found += [c.Invite(tier, by=by) for tier in policy.tier_names]
        found += [c.Close(by=_STRANGER), c.Resolve(by=_STRANGER)]
        return found + self._signals() + self._of_bots()

    def _signals(self) -> list[c.Command]:
        words = {rule.on for rule in self.policy.rules}
        for clock in self.policy.clocks:
            words |= {*clock.start, *clock.stop, *clock.pause, *clock.resume}
        found: list[c.Command] = []
        for word in sorted(words):
            try:
                found.append(c.Signal(word, by=_BOT))
            except BadInput:
                continue  # a word of the engine's own, which nobody can say
        return found

    def _of_bots(self) -> list[c.Command]:
        found: list[c.Command] = []
        if any(tier.kind == "bot" for tier in self.policy.tiers):
            found += [c.Reply(bot=True, by=_BOT), c.Reply(bot=True, then="wait", by=_BOT)]
        if self.policy.classifier or any(rule.on == "classified" for rule in self.policy.rules):
            shares = product(self.policy.tier_names, (None, 0.1, 0.6, 0.95))
            found += [c.Classify(Verdict(tier, share)) for tier, share in shares]
        return found

    def _move(self, path: Path) -> c.Command:
        if path.kind == "return":
            return c.Return("r", path.target, _ALL, by=self._person)
        kind = c.Escalate if path.kind == "escalate" else c.Transfer
        return kind(path.target, _ALL, override="o", by=self._person)

    def commands(self, ticket: Ticket) -> Iterator[c.Command]:
        """Yield what can be asked of *ticket*, sensible or not."""
        yield from self._common
        for path in self.policy.paths:
            if path.source == ticket.tier:
                yield self._move(path)
                yield attrs.evolve(self._move(path), handoff=None)
                yield attrs.evolve(self._move(path), by=_STRANGER)
        for request in ticket.requests:
            yield c.Approve(request.number, by=self._boss)
            yield c.Decline(request.number, "no", by=self._boss)
        for tier in ticket.invited:
            yield c.Accept(tier, by=self._boss)
            yield c.Withdraw(tier, by=self._boss)

    def opened(self, opening: c.Open, at: datetime = MONDAY) -> Scene:
        """Return what comes of *opening*."""
        outcome = step(None, opening, self.policy, now=at)
        assert outcome.ticket is not None, outcome.refusal
        return Scene(at, opening, outcome.events, outcome.ticket)

    def asked(self, scene: Scene, command: c.Command, at: datetime | None = None) -> Scene:
        """Return what comes of giving *command* after *scene*."""
        outcome = step(scene.ticket, command, self.policy, now=at or scene.at)
        assert outcome.ticket is not None
        return Scene(at or scene.at, command, outcome.events, outcome.ticket)

    def waited(self, scene: Scene, at: datetime) -> Scene:
        """Return what comes of letting time pass until *at*."""
        outcome = advance(scene.ticket, self.policy, before=at)
        assert outcome.ticket is not None
        return Scene(at, None, outcome.events, outcome.ticket)

    def left_alone(self, scene: Scene, days: int = 400) -> tuple[e.Event, ...]:
        """Return what still happens if nobody acts after *scene*."""
        return self.waited(scene, scene.at + timedelta(days=days)).events

    def random_life(self, dice: random.Random, length: int = 30) -> Life:
        """Return a life in which people act, or do not, as the dice fall."""
        start = MONDAY + timedelta(hours=dice.randrange(168))
        life = [self.opened(dice.choice(self.openings), start)]
        for _ in range(length):
            scene, timer = life[-1], life[-1].next_timer
            if timer is not None and dice.random() < 0.4:
                life.append(self.waited(scene, timer))
                continue
            at = scene.at + timedelta(minutes=dice.choice([0, 0, 1, 30, 600, 6000]))
            every = list(self.commands(scene.ticket))
            moves = every[len(self._common) :]
            life.append(
                self.asked(
                    scene, dice.choice(moves if moves and dice.random() < 0.3 else every), at
                )
            )
        return tuple(life)


def told(life: Life) -> str:
    """Return *life* as one line."""
    return " / ".join(f"{scene.at:%d.%m. %H:%M:%S} {_said(scene.command)}" for scene in life)


def _said(command: c.Command | None) -> str:
    if command is None:
        return "time passes"
    given = attrs.asdict(command, filter=lambda field, value: field.name != "by" and bool(value))
    return f"{type(command).__name__} {' '.join(map(str, given.values()))}".strip()
