"""What the next line is given with a ticket, as a table."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from escalate.cli.text import printable
from escalate.runtime.packet import NONE_RECORDED, Packet


def packet_table(packet: Packet) -> Table:
    """Return what is in *packet*, point by point."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, value in _rows(packet):
        table.add_row(name, Text(printable(value)))
    return table


def _rows(packet: Packet) -> Iterator[tuple[str, str]]:
    passed = packet.passed[-1]
    yield from passed.texts.items()
    yield from ((field, NONE_RECORDED) for field in passed.missing)
    tried = [f"{each.what} ({'worked' if each.worked else 'in vain'})" for each in packet.attempts]
    yield "tried", ", ".join(tried) or NONE_RECORDED
    due = [f"{clock.clock.name}, {clock.left} left" for clock in packet.clocks]
    yield "promises", "; ".join(due) or NONE_RECORDED
    yield "said so far", "; ".join(f"{said.author}: {said.text}" for said in packet.said)
