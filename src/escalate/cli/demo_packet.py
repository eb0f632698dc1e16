"""What the next line is given with a ticket, as a table: two handoffs to N2 side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.table import Table
from rich.text import Text

from escalate.cli.telling import who
from escalate.core.events import Moved
from escalate.runtime.packet import NONE_RECORDED, Packet

_FIELDS: Final = ("summary", "hypothesis", "ask")


def packets(given: Mapping[str, tuple[Moved, Packet]], tickets: Iterable[str]) -> Table:
    """Return what was *given* with these tickets, one column each."""
    columns = {f"{key}, from {who(given[key][0])}": _rows(given[key][1]) for key in tickets}
    table = Table("", *columns, box=None, pad_edge=False)
    for name in next(iter(columns.values())):
        table.add_row(name, *(Text(rows[name]) for rows in columns.values()))
    return table


def _rows(packet: Packet) -> dict[str, str]:
    passed = packet.passed[-1]
    tried = [f"{each.what} ({'worked' if each.worked else 'in vain'})" for each in packet.attempts]
    return {
        **{field: passed.texts.get(field, NONE_RECORDED) for field in _FIELDS},
        "tried": ", ".join(tried) or NONE_RECORDED,
        "checked": ", ".join(check.milestone for check in packet.done) or NONE_RECORDED,
        "still to check": ", ".join(check.milestone for check in packet.left) or "nothing",
        "required, missing": ", ".join(passed.missing) or "nothing",
        "messages": str(len(packet.said)),
    }
