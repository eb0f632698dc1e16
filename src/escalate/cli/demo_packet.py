"""What the next line is given with a ticket, as a table: two handoffs to N2 side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from rich.table import Table
from rich.text import Text

from escalate.cli.telling import who
from escalate.core.events import Event, Moved
from escalate.core.model import HandedOver
from escalate.errors import Refused

_FIELDS: Final = ("summary", "hypothesis", "ask")
_NONE: Final = "none recorded"
Texts = Mapping[tuple[int, str], str]


def packets(
    happened: Iterable[tuple[datetime, str, Event | Refused]], texts: Mapping[str, Texts]
) -> Table:
    """Return what N2 was given with the ticket a rule passed on, and with the one a person did."""
    moves = {
        key: what
        for _, key, what in happened
        if isinstance(what, Moved) and key in ("login", "export") and what.source == "N1"
    }
    columns = {
        f"{key}, from {who(move)}": _packet(move.handoff, texts[key]) for key, move in moves.items()
    }
    table = Table("", *columns, box=None, pad_edge=False)
    for name in next(iter(columns.values())):
        table.add_row(name, *(Text(packet[name]) for packet in columns.values()))
    return table


def _packet(handoff: HandedOver, texts: Texts) -> dict[str, str]:
    written = {field: texts[number, field] for number, field in handoff.texts}
    tried = [f"{each.what} ({'worked' if each.worked else 'in vain'})" for each in handoff.tried]
    return {
        **{field: written.get(field, _NONE) for field in _FIELDS},
        "tried": ", ".join(tried) or _NONE,
        "checked": ", ".join(sorted(handoff.milestones)) or _NONE,
        "still to check": ", ".join(handoff.checks_left) or "nothing",
        "required, missing": ", ".join(handoff.missing) or "nothing",
        "messages": str(handoff.messages),
    }
