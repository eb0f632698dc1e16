"""``escalate demo``: a few days at a small desk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.demo_desk import policy
from escalate.cli.demo_packet import packets
from escalate.cli.demo_story import END, MONDAY, STORY, SUBJECTS, ZONE, Scene
from escalate.cli.flowchart import flowchart
from escalate.cli.sections import Section, show
from escalate.cli.telling import tell
from escalate.cli.telling_clocks import tell_clocks
from escalate.core import events
from escalate.core.commands import Open
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.errors import Refused
from escalate.runtime import Desk, Packet
from escalate.testing import ManualClock

Happened = list[tuple[datetime, str, Event | Refused]]


class Days:
    """The desk of the demo while its days go by.

    Attributes:
        policy: What it lives by.
        desk: The desk itself.
        happened: All that happened, with the ticket it happened to.
        given: What the second line was given with each ticket that the first line passed on.
    """

    def __init__(self, policy: EscalationPolicy) -> None:
        self.policy = policy
        self._clock = ManualClock(MONDAY)
        self.desk = Desk(policy, clock=self._clock, listeners=[self._hear])
        self.happened: Happened = []
        self.given: dict[str, tuple[events.Moved, Packet]] = {}

    @property
    def tickets(self) -> dict[str, Ticket]:
        """The tickets as they are now, in the order in which they arrived."""
        return {scene.ticket: self.desk.ticket(scene.ticket) for scene in _in_order()}

    def live(self) -> None:
        """Let the story happen, and between its scenes whatever is due."""
        for scene in _in_order():
            self._clock.set(scene.at)
            self.desk.tick()
            try:
                self._play(scene)
            except Refused as why:
                self.happened.append((scene.at, scene.ticket, why))
        self._clock.set(END)
        self.desk.tick()

    def _play(self, scene: Scene) -> None:
        command = scene.command
        if not isinstance(command, Open):
            self.desk.handle(scene.ticket, command)
            return
        self.desk.open(
            id=scene.ticket,
            subject=SUBJECTS[scene.ticket],
            channel=command.channel,
            priority=command.priority,
            request_type=command.request_type,
            tags=command.tags,
        )

    def _hear(self, ticket: Ticket, happened: tuple[Event, ...]) -> None:
        for event in happened:
            self.happened.append((event.at, ticket.id, event))
            if isinstance(event, events.Moved) and event.source == "N1":
                self.given[ticket.id] = event, self.desk.handoff(ticket)


def _in_order() -> list[Scene]:
    return sorted(STORY, key=lambda scene: scene.at)


@click.command(short_help="Tell a week at a small desk that was made up.")
def demo() -> None:
    """Show a few days at a small desk that was made up for this: tickets, tiers, clocks, rules."""
    days = Days(policy())
    days.live()
    moved = [what for _, _, what in days.happened if isinstance(what, events.Moved)]
    moves = Counter((event.source, event.target) for event in moved)
    title = f"A desk made up for this demo, from {MONDAY:%A %d %B %Y}; nobody in it is real"
    show(
        [
            Section(title, _subjects(), {}),
            Section("What happened", _story(days.happened), {}),
            Section(
                "What N2 was given with two of them", packets(days.given, ("login", "export")), {}
            ),
            Section("Where the tickets are now", _closing(days.tickets), {}),
            Section("Which way they went", Text(flowchart(days.policy, moves)), {}),
        ]
    )


def _subjects() -> Group:
    lines = [f"{ticket}: {subject}" for ticket, subject in SUBJECTS.items()]
    hours = (
        "Office hours: Monday to Friday 9-12 and 13-18, Sao Paulo. N1 answers or hands over in 12 h;",
        "at 75 % its lead is warned, at 100 % the ticket goes to N2 by itself.",
    )
    return Group(*(Text(line) for line in (*lines, *hours)))


def _story(happened: Happened) -> Table:
    table = Table("when", "ticket", box=None, pad_edge=False)
    table.add_column("what happens", ratio=3)
    table.add_column("clocks", ratio=2)
    before = ("", "")
    for at, key, what in sorted(happened, key=lambda each: each[0]):
        here = (f"{at.astimezone(ZONE):%a %d %H:%M}", key)
        lead = ("", "") if here == before else here
        before = here
        if isinstance(what, Refused):
            table.add_row(*lead, Text(f"refused: {what}"), "")
        else:
            table.add_row(*lead, Text(tell(what)), Text(tell_clocks(what, ZONE)))
    return table


def _closing(tickets: dict[str, Ticket]) -> Table:
    table = Table("ticket", "tier", "status", "moves", "resolution", box=None, pad_edge=False)
    for ticket in tickets.values():
        clock = ticket.clocks["resolution"]
        verdict = "breached" if clock.breached else clock.state.value
        used = f"{verdict}, {WorkTime(clock.used_us)} of {clock.within}"
        table.add_row(ticket.id, ticket.tier, ticket.status.value, str(ticket.moves), used)
    return table
