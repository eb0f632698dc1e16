"""The rows that classifiers may learn from, and how they are parted. Test rows are not read here."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from escalate import Tier
from escalate.classifiers import TicketText, ticket_of

DATA = Path(__file__).parents[3] / "shared" / "data"
Rows = list[tuple[str, str]]
"""Texts and their labels."""


def banking(part: str = "train") -> Rows:
    """Return the texts of BANKING77 and their intents."""
    path = DATA / "banking77" / f"{part}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def clinc(part: str) -> Rows:
    """Return the texts of one part of CLINC150 and their intents."""
    with gzip.open(DATA / "clinc150" / "data_full.json.gz", "rt", encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return [(text, label) for text, label in table[part]]


def parted(rows: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Return *rows* in two parts at random, the second with that share of them.

    Not by label: what a promise of coverage stands on has to come as the rows do.
    """
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - which row goes where is no secret
    size = round(len(mixed) * share)
    return mixed[size:], mixed[:size]


def tickets(rows: Rows) -> list[TicketText]:
    """Return a ticket for each text."""
    return [ticket_of(text) for text, _ in rows]


def labels(rows: Rows) -> list[str]:
    """Return the label of each text."""
    return [label for _, label in rows]


def as_tiers(names: Sequence[str]) -> list[Tier]:
    """Return a tier for each of *names*, so that wrappers made for tiers serve for intents too."""
    return [Tier(name) for name in names]


def tier_table() -> dict[str, tuple[str, str]]:
    """Return the tier of each intent of BANKING77, as we see it, and why."""
    with (Path(__file__).parent / "banking77_tiers.csv").open(encoding="utf-8") as file:
        return {row["intent"]: (row["tier"], row["reason"]) for row in csv.DictReader(file)}


def by_tier(rows: Rows) -> Rows:
    """Return the texts with the tier of their intent."""
    table = tier_table()
    return [(text, table[label][0]) for text, label in rows]
