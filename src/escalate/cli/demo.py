"""``escalate demo``: a week at a small desk, told from what its engine did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.demo_days import Days
from escalate.cli.demo_desk import policy
from escalate.cli.demo_lines import chapter, lines_of
from escalate.cli.demo_packet import packet_table
from escalate.cli.demo_story import CAST, ZONE
from escalate.cli.flowchart import flowchart
from escalate.cli.sections import Section, show, terminal
from escalate.core import events as e
from escalate.core.worktime import WorkTime
from escalate.offline.telling import who


@click.command(short_help="Tell a week at a small desk that was made up.")
def demo() -> None:
    """Tell a week at a small desk that was made up for this: who did what with its tickets, and why.

    A bot, three lines of support, a promise that is broken, a ticket that comes back. What is told is what
    the engine did: each line is made of its events.
    """
    days = Days(policy())
    days.live()
    show(_sections(days, terminal().width))


def _sections(days: Days, width: int) -> Iterator[Section]:
    hint = "A week at a desk that was made up for this; nobody in it is real"
    yield Section(hint, Group(*map(Text, (CAST, *_story(days, width)))), {})
    moved, packet = next(given for given in days.given if given[0].target == "N2")
    title = f"What N2 was given with {packet.ticket.id} by {who(moved)}"
    yield Section(title, packet_table(packet), {})
    yield Section("The week in figures", closing(days), {})
    moves = Counter((move.source, move.target) for move, _ in days.given)
    yield Section("Which way the tickets went", Text(flowchart(days.policy, moves)), {})


def _story(days: Days, width: int) -> Iterator[str]:
    for day, deeds in groupby(days.deeds, key=lambda deed: deed.at.astimezone(ZONE).date()):
        yield chapter(day)
        for deed in deeds:
            texts = days.desk.texts(deed.ticket)
            yield from (f"  {line}" for line in lines_of(deed, days.policy, texts, ZONE, width - 2))


def closing(days: Days) -> Table:
    """Return what became of each ticket: where it is, and how often what happened to it."""
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("ticket")
    table.add_column("is in")
    for name in ("moves", "told", "broken", "reopened", "refused", "solved after"):
        table.add_column(name, justify="right")
    for ticket in days.tickets:
        kinds = Counter(type(event) for event in days.desk.history(ticket.id))
        solved = ticket.clocks["resolution"]
        counts = (
            ticket.moves,
            kinds[e.NotifyAsked],
            kinds[e.Breached],
            ticket.reopens,
            len(days.desk.refusals(ticket.id)),
        )
        table.add_row(
            ticket.id,
            f"{ticket.tier}, {ticket.status}",
            *map(str, counts),
            f"{WorkTime(solved.used_us)} of {solved.within}",
        )
    return table
