"""Logs of a made-up help desk, any number of rows long, the same for the same seed.

Cases of about eight rows in three lines of support: they arrive by day more than at night, are taken, wait
for customers and suppliers, go up and now and then back, are resolved, and some come back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from escalate.offline import Mapping, PriorityColumn, TierColumn

MAPPING = Mapping(
    case="ticket",
    at="at",
    status="status",
    words={
        "New": "new",
        "In progress": "open",
        "Waiting for customer": "pending",
        "Waiting for supplier": "on_hold",
        "Resolved": "resolved",
        "Closed": "closed",
    },
    tier=TierColumn("line", order=("N1", "N2", "N3")),
    team="team",
    priority=PriorityColumn("priority"),
    attributes=["resource"],
)
HEADER = "ticket,at,status,line,team,priority,resource\n"
_START = datetime(2025, 1, 6, tzinfo=UTC)
_PRIORITIES = ("low", "normal", "normal", "normal", "high", "urgent")
_BUSY = [1] * 8 + [6, 9, 10, 9, 6, 7, 9, 9, 8, 6] + [2] * 6  # arrivals by hour of the day, in UTC
_CHUNK = 20_000


def write_log(path: Path, events: int, *, seed: int = 8) -> int:
    """Write a CSV file of at least so many rows, in order of time but for chunks of 20,000 cases.

    Returns:
        How many rows there are.
    """
    dice = random.Random(seed)  # noqa: S311 - chance for a benchmark
    written, case = 0, 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        while written < events:
            rows: list[tuple[datetime, str]] = []
            for _ in range(_CHUNK):
                case += 1
                rows += _case(dice, case)
                if written + len(rows) >= events:
                    break
            rows.sort()
            file.writelines(row for _, row in rows)
            written += len(rows)
    return written


def _case(dice: random.Random, number: int) -> Iterator[tuple[datetime, str]]:
    # A hundred thousand tickets a year, so that a longer log is one of a longer life.
    day = number * 365 // 100_000
    hour = dice.choices(range(24), _BUSY)[0]
    at = _START + timedelta(days=day, hours=hour, seconds=dice.randrange(3600))
    line, status, priority = 1, "New", dice.choice(_PRIORITIES)
    team, who = dice.randrange(4), dice.randrange(12)
    for step in range(dice.choice((4, 5, 6, 7, 8, 9, 10, 12, 14))):
        if step:
            at += timedelta(seconds=int(dice.expovariate(1 / 14_400)) + 30)
            status, line, priority = _next(dice, status, line, priority)
            if dice.random() < 0.3:
                team, who = dice.randrange(4), dice.randrange(12)
        yield (
            at,
            f"T-{number},{at.isoformat()},{status},N{line},N{line} team {team},{priority},P{line}{who:02}\n",
        )
    if status != "Resolved":
        at += timedelta(seconds=int(dice.expovariate(1 / 14_400)) + 30)
        yield (
            at,
            f"T-{number},{at.isoformat()},Resolved,N{line},N{line} team {team},{priority},P{line}{who:02}\n",
        )


def _next(dice: random.Random, status: str, line: int, priority: str) -> tuple[str, int, str]:
    if dice.random() < 0.03:
        priority = dice.choice(_PRIORITIES)
    if status != "In progress":
        return "In progress", line, priority  # it goes on, also after it was resolved
    chance = dice.random()
    if chance < 0.25 and line < 3:
        line += 1
    elif chance < 0.32 and line > 1:
        line -= 1
    elif chance < 0.60:
        status = "Waiting for customer"
    elif chance < 0.70:
        status = "Waiting for supplier"
    elif chance < 0.82:
        status = "Resolved"
    return (
        status,
        line,
        priority,
    )  # else a row that tells of another team or person, or of nothing new
