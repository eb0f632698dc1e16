"""Small random logs of whole desks, and the plain facts of them that oracles count with."""

from __future__ import annotations

import io

from hypothesis import strategies as st

from escalate.offline import Log, Mapping, PriorityColumn, TierColumn, read
from tests.offline.logs import LINE_OF, TEAMS, TIERS, WORDS, as_csv, at

HEADER = ("case", "when", "state", "team", "impact", "who", "kind", "mark", "assignee")
DONE = ("Solved", "Closed")
HOUR_OF = {at(hour): hour for hour in range(91)}
_NAMES = {"resource": "who", "request_type": "kind", "rating": "mark"}

DeskRow = tuple[str, ...]


def mapping(*, assignee: bool = False, ordered: bool = True) -> Mapping:
    """Return what reads the rows; *assignee* maps that column too, *ordered* declares the lines."""
    match = {"^desk": "N1", "^product": "N2", "^builders": "N3"}
    return Mapping(
        case="case",
        at="when",
        status="state",
        words=WORDS,
        tier=TierColumn("team", match=match, order=TIERS) if ordered else TierColumn("impact"),
        team="team",
        attributes=_NAMES | ({"assignee": "assignee"} if assignee else {}),
        priority=PriorityColumn("impact", {"low": "low", "high": "urgent"}),
    )


@st.composite
def desk_rows(draw: st.DrawFn, *, cases: int = 5) -> list[DeskRow]:
    """Return rows of some cases, whole hours apart, in any order, with much that is not told."""
    rows: list[DeskRow] = []
    for case in range(draw(st.integers(1, cases))):
        hours = draw(st.lists(st.integers(0, 90), min_size=1, max_size=7, unique=True))
        for hour in hours:
            said = (
                draw(st.sampled_from([*WORDS, "Received", "In work", "Solved", "Odd"])),
                draw(st.sampled_from([*TEAMS, "desk a", "cleaners", ""])),
                draw(st.sampled_from(["low", "high", "odd"])),
                draw(st.sampled_from(["Ann", "Bob", "Cy", " "])),
                draw(st.sampled_from(["login", "billing", ""])),
                draw(st.sampled_from(["", "", "1", "5", "3.5", "great"])),
                draw(st.sampled_from(["Ann", "Bob", ""])),
            )
            rows.append((f"c{case}", at(hour), *said))
    return draw(st.permutations(rows))


def csv_of(rows: list[DeskRow]) -> bytes:
    """Return *rows* as the bytes of a CSV file."""
    return as_csv(rows, HEADER)  # type: ignore[arg-type]  logs have five columns, desks nine


def read_desk(rows: list[DeskRow], *, assignee: bool = False) -> Log:
    """Read *rows* from a file in memory."""
    return read(io.BytesIO(csv_of(rows)), mapping=mapping(assignee=assignee))


class Told:
    """What a row says, as an oracle sees it."""

    def __init__(self, row: DeskRow) -> None:
        self.case, when, self.word, self.team, impact, who, kind, mark, assignee = row
        self.hour = HOUR_OF[when]
        self.line = LINE_OF.get(self.team)
        self.priority = {"low": "low", "high": "urgent"}.get(impact)
        self.who, self.kind, self.mark, self.assignee = who.strip(), kind, mark, assignee
        self.done = self.word in DONE


def cases_of(rows: list[DeskRow]) -> list[list[Told]]:
    """Return each case's rows, oldest first."""
    cases: dict[str, list[Told]] = {}
    for row in sorted(map(Told, rows), key=lambda row: row.hour):
        cases.setdefault(row.case, []).append(row)
    return list(cases.values())


def hourly(case: list[Told]) -> list[Told]:
    """Return, for each hour between the first and the last row, the row in force."""
    hours = range(case[0].hour, case[-1].hour)
    return [[row for row in case if row.hour <= hour][-1] for hour in hours]


def first_done(case: list[Told]) -> Told | None:
    """Return the first completed row."""
    return next((row for row in case if row.done), None)


def kind_of(case: list[Told]) -> str:
    """Return the type of request that was told last."""
    return [row.kind for row in case if row.kind][-1] if any(row.kind for row in case) else ""


def solved(case: list[Told]) -> Told | None:
    """Return the row from which on all rows are completed."""
    for i, row in enumerate(case):
        if all(later.done for later in case[i:]):
            return row
    return None


def changes(names: list[str | None]) -> list[str]:
    """Return the known names, each only where it is not the one before."""
    known = [name for name in names if name]
    return [name for i, name in enumerate(known) if i == 0 or known[i - 1] != name]
