"""Small random logs: the rows as a desk would export them, and the mapping that reads them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from escalate.offline import Log, Mapping, PriorityColumn, TierColumn, read

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEADER = ("case", "when", "state", "team", "impact")
TIERS = ("N1", "N2", "N3")
WORDS = {
    "Received": "new",
    "In work": "open",
    "Asked": "pending",
    "Parked": "on_hold",
    "Solved": "resolved",
    "Closed": "closed",
}
MAPPING = Mapping(
    case="case",
    at="when",
    status="state",
    words=WORDS,
    tier=TierColumn(
        "team", match={"^desk": "N1", "^product": "N2", "^builders": "N3"}, order=TIERS
    ),
    team="team",
    attributes=["impact"],
    priority=PriorityColumn("impact", {"low": "low", "high": "urgent"}),
)
TEAMS = ("desk a", "desk b", "product x", "builders")
LINE_OF = {"desk a": "N1", "desk b": "N1", "product x": "N2", "builders": "N3"}

CsvRow = tuple[str, str, str, str, str]


def at(hours: int) -> str:
    """Return the instant that many hours after the start of all logs, as text."""
    return (START + timedelta(hours=hours)).isoformat()


@st.composite
def csv_rows(draw: st.DrawFn, *, ties: bool = False) -> list[CsvRow]:
    """Return rows of up to five cases, whole hours apart, in any order."""
    rows: list[CsvRow] = []
    for case in range(draw(st.integers(1, 5))):
        hours = draw(st.lists(st.integers(0, 90), min_size=1, max_size=7, unique=not ties))
        for hour in hours:
            state, team = draw(st.sampled_from(list(WORDS))), draw(st.sampled_from(TEAMS))
            rows.append((str(case), at(hour), state, team, draw(st.sampled_from(["low", "high"]))))
    return draw(st.permutations(rows))


def as_csv(rows: list[CsvRow], header: tuple[str, ...] = HEADER, delimiter: str = ",") -> bytes:
    """Return *rows* as the bytes of a CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode()


def read_rows(rows: list[CsvRow], mapping: Mapping = MAPPING) -> Log:
    """Read *rows* from a file in memory."""
    return read(io.BytesIO(as_csv(rows)), mapping=mapping)
