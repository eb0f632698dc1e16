"""The desk of the demo while its week goes by, and all that happened at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import attrs

from escalate.cli.demo_story import END, MONDAY, STORY, Scene
from escalate.core import events
from escalate.core.commands import Open
from escalate.core.events import Event
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import Refused
from escalate.runtime import Desk, Packet
from escalate.testing import ManualClock


@attrs.frozen
class Deed:
    """What happened to one ticket at one instant: events, oldest first, or a refusal of what *by* asked."""

    at: datetime
    ticket: str
    events: tuple[Event, ...] = ()
    refusal: Refused | None = None
    by: Actor | None = None


class Days:
    """The desk of the demo while its week goes by.

    Attributes:
        policy: What it lives by.
        desk: The desk itself.
        deeds: All that happened, oldest first.
        given: What the next line was given with each move, as (the move, its packet).
    """

    def __init__(self, policy: EscalationPolicy) -> None:
        self.policy = policy
        self._clock = ManualClock(MONDAY)
        self.desk = Desk(policy, clock=self._clock, listeners=[self._hear])
        self._happened: list[Deed] = []
        self.given: list[tuple[events.Moved, Packet]] = []

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """All that happened, oldest first; what follows from something stands with it."""
        return tuple(self._joined())

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets as they are now, in the order in which they arrived."""
        return tuple(map(self.desk.ticket, dict.fromkeys(scene.ticket for scene in _in_order())))

    def live(self) -> None:
        """Let the story happen, and between its scenes whatever is due."""
        for scene in _in_order():
            self._clock.set(scene.at)
            self.desk.tick()
            try:
                self._play(scene)
            except Refused as why:
                deed = Deed(scene.at, scene.ticket, refusal=why, by=scene.command.by)
                self._happened.append(deed)
        self._clock.set(END)
        self.desk.tick()

    def _play(self, scene: Scene) -> None:
        command = scene.command
        if not isinstance(command, Open):
            self.desk.handle(scene.ticket, command)
            return
        self.desk.open(
            id=scene.ticket,
            subject=command.subject,
            channel=command.channel,
            request_type=command.request_type,
            tags=command.tags,
        )

    def _hear(self, ticket: Ticket, happened: tuple[Event, ...]) -> None:
        self._happened += [Deed(event.at, ticket.id, (event,)) for event in happened]
        moves = (event for event in happened if isinstance(event, events.Moved))
        self.given += [(move, self.desk.handoff(ticket)) for move in moves]

    def _joined(self) -> Iterator[Deed]:
        for (at, ticket, refused), deeds in groupby(
            self._happened, key=lambda deed: (deed.at, deed.ticket, deed.refusal is not None)
        ):
            if refused:
                yield from deeds
            else:
                yield Deed(at, ticket, tuple(event for deed in deeds for event in deed.events))


def _in_order() -> list[Scene]:
    return sorted(STORY, key=lambda scene: scene.at)
