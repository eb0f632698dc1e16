"""``escalate demo``: a few days at a small desk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import attrs
import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.demo_desk import policy
from escalate.cli.demo_packet import packets
from escalate.cli.demo_story import END, MONDAY, STORY, SUBJECTS, ZONE
from escalate.cli.flowchart import flowchart
from escalate.cli.sections import Section, show
from escalate.cli.telling import tell
from escalate.cli.telling_clocks import tell_clocks
from escalate.core import advance, events, step
from escalate.core.engine import Outcome
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.errors import Refused


@attrs.define
class Desk:
    """The desk of the demo while its days go by.

    Attributes:
        policy: What it lives by.
        tickets: Its tickets, as they are now.
        happened: All that happened, with the ticket it happened to.
        texts: What was written, by ticket and (event number, field).
    """

    policy: EscalationPolicy
    tickets: dict[str, Ticket] = attrs.field(factory=dict)
    happened: list[tuple[datetime, str, Event | Refused]] = attrs.field(factory=list)
    texts: dict[str, dict[tuple[int, str], str]] = attrs.field(factory=dict)

    def live(self) -> None:
        """Let the story happen, and between its scenes whatever is due."""
        for scene in sorted(STORY, key=lambda scene: scene.at):
            self._tick(scene.at)
            outcome = step(self.tickets.get(scene.ticket), scene.command, self.policy, now=scene.at)
            self._keep(scene.ticket, outcome)
            if outcome.refusal is not None:
                self.happened.append((scene.at, scene.ticket, outcome.refusal))
        self._tick(END)

    def _tick(self, now: datetime) -> None:
        due = [ticket for ticket in self.tickets.items() if ticket[1].due_us is not None]
        fired = [(key, advance(ticket, self.policy, before=now)) for key, ticket in due]
        for key, outcome in sorted(fired, key=lambda each: [event.at for event in each[1].events]):
            self._keep(key, outcome)

    def _keep(self, key: str, outcome: Outcome) -> None:
        assert outcome.ticket is not None  # only Open has none before, and it is never refused here
        self.tickets[key] = outcome.ticket
        self.happened += [(event.at, key, event) for event in outcome.events]
        self.texts.setdefault(key, {}).update(outcome.texts)


@click.command()
def demo() -> None:
    """Show a few days at a small desk that was made up for this: tickets, tiers, clocks, rules."""
    desk = Desk(policy())
    desk.live()
    moved = [what for _, _, what in desk.happened if isinstance(what, events.Moved)]
    moves = Counter((event.source, event.target) for event in moved)
    title = f"A desk made up for this demo, from {MONDAY:%A %d %B %Y}; nobody in it is real"
    show(
        [
            Section(title, _subjects(), {}),
            Section("What happened", _story(desk), {}),
            Section("What N2 was given with two of them", packets(desk.happened, desk.texts), {}),
            Section("Where the tickets are now", _closing(desk.tickets), {}),
            Section("Which way they went", Text(flowchart(desk.policy, moves)), {}),
        ]
    )


def _subjects() -> Group:
    lines = [f"{ticket}: {subject}" for ticket, subject in SUBJECTS.items()]
    hours = (
        "Office hours: Monday to Friday 9-12 and 13-18, Sao Paulo. N1 answers or hands over in 12 h;",
        "at 75 % its lead is warned, at 100 % the ticket goes to N2 by itself.",
    )
    return Group(*(Text(line) for line in (*lines, *hours)))


def _story(desk: Desk) -> Table:
    table = Table("when", "ticket", box=None, pad_edge=False)
    table.add_column("what happens", ratio=3)
    table.add_column("clocks", ratio=2)
    before = ("", "")
    for at, key, what in sorted(desk.happened, key=lambda each: each[0]):
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
