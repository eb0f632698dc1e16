"""``escalate demo``: a few days at a small desk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.demo_desk import MONDAY, STORY, SUBJECTS, ZONE, policy
from escalate.cli.flowchart import flowchart
from escalate.cli.sections import Section, show
from escalate.cli.telling import local, tell, tell_clock
from escalate.core import events, step
from escalate.core.events import Event
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.errors import Refused

Happened = tuple[datetime, str, Event | Refused]


@click.command()
def demo() -> None:
    """Show a few days at a small desk that was made up for this: tickets, tiers, clocks."""
    rules = policy()
    tickets, happened = _run(rules)
    moves = Counter((e.source, e.target) for _, _, e in happened if isinstance(e, events.Moved))
    show(
        [
            Section(f"A desk made up for this demo, from {MONDAY:%A %d %B %Y}", _subjects(), {}),
            Section("What happened", _story(happened), {}),
            Section("Where the tickets are now", _closing(tickets), {}),
            Section("Which way they went", Text(flowchart(rules, moves)), {}),
        ]
    )


def _run(rules: EscalationPolicy) -> tuple[dict[str, Ticket], list[Happened]]:
    """Return the tickets at the end, and all that happened in order of time."""
    tickets: dict[str, Ticket] = {}
    happened: list[Happened] = []
    for scene in STORY:
        outcome = step(tickets.get(scene.ticket), scene.command, rules, now=scene.at)
        assert outcome.ticket is not None
        tickets[scene.ticket] = outcome.ticket
        happened += [(event.at, scene.ticket, event) for event in outcome.events]
        if outcome.refusal is not None:
            happened.append((scene.at, scene.ticket, outcome.refusal))
    return tickets, sorted(happened, key=lambda each: each[0])


def _story(happened: list[Happened]) -> Table:
    table = Table("when", "ticket", "what happens", "clocks", box=None, pad_edge=False)
    for at, ticket, what in happened:
        if isinstance(what, Refused):
            table.add_row(local(at, ZONE), ticket, f"refused: {what}", "")
        else:
            table.add_row(local(at, ZONE), ticket, tell(what), _clocks(what))
    return table


def _subjects() -> Group:
    lines = [f"{ticket}: {subject}" for ticket, subject in SUBJECTS.items()]
    hours = "Office hours: Monday to Friday 9-12 and 13-18, Sao Paulo. N1 answers or hands over in 12 h."
    return Group(*(Text(line) for line in (*lines, hours)))


def _clocks(event: Event) -> str:
    told = (tell_clock(change, clock, ZONE) for change, clock in event.clocks)
    return "; ".join(filter(None, told))


def _closing(tickets: dict[str, Ticket]) -> Table:
    table = Table("ticket", "tier", "status", "moves", "resolution", box=None, pad_edge=False)
    for ticket in tickets.values():
        clock = ticket.clocks["resolution"]
        verdict = "breached" if clock.breached else clock.state.value
        used = f"{verdict}, {WorkTime(clock.used_us)} of {clock.within}"
        table.add_row(ticket.id, ticket.tier, ticket.status.value, str(ticket.moves), used)
    return table
