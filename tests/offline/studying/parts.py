"""Gathering a log in parts, and what a chapter says to programs."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from escalate.core.status import Status
from escalate.offline import Case, Log, Row
from escalate.offline.figures.values import Chapter
from escalate.offline.gathering import gather
from escalate.offline.studying.terms import ChapterGatherer, Terms

Make = Callable[[Terms], ChapterGatherer]


def chapter_of(make: Make, log: Log, terms: Terms) -> Chapter:
    """Return the chapter over a log in memory."""
    gathered, quality = gather(log, make(terms))
    return gathered.chapter(quality)


def said(chapter: Chapter) -> str:
    """Return the chapter as a program reads it, refused if it is no JSON."""
    return json.dumps({chapter.key: chapter.to_json()}, allow_nan=False)


def in_parts(make: Make, log: Log, terms: Terms, shares: Sequence[int], order: Any) -> Chapter:
    """Return the chapter gathered in parts, case i in part shares[i], in another order, parts by pickle."""
    cases = list(log.cases)
    order.shuffle(cases)
    parts = [make(terms) for _ in range(4)]
    for i, case in enumerate(cases):
        parts[shares[i % len(shares)]].add(case)
    order.shuffle(parts)
    whole = make(terms)
    for part in parts:
        whole.merge(pickle.loads(pickle.dumps(part)))  # noqa: S301  our own, as it would travel
    return whole.chapter(log.quality)


shares = st.lists(st.integers(0, 3), min_size=1, max_size=12)

MINUTE = 60_000_000
STATUSES = (None, *Status)
SUBJECTS = (
    "PIN blocked",
    "my PIN is blocked",
    "invoice missing",
    "忘记密码",
    "密码忘记",
    " ",
    None,
)
REQUESTS = ("login", "billing", "", None)


def _attributes(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    given = {
        "subject": draw(st.sampled_from(SUBJECTS)),
        "request_type": draw(st.sampled_from(REQUESTS)),
        "rating": draw(st.sampled_from([None, None, "1", "4.5", "good", "nan", ""])),
    }
    return tuple((name, text) for name, text in given.items() if text is not None)


@st.composite
def logs(draw: st.DrawFn, most: int = 8) -> Log:
    """Return logs of cases whose rows tell a tier, a status and attributes, or do not."""
    cases = []
    for number in range(draw(st.integers(0, most))):
        rows = [
            Row(
                draw(st.integers(0, 4_000)) * 7 * MINUTE,
                tier=draw(st.sampled_from(["N1", "N1", "N2", "N3", None])),
                meaning=draw(st.sampled_from(STATUSES)),
                team=draw(st.sampled_from(["a", "b", None])),
                attributes=_attributes(draw),
                priority=draw(st.sampled_from(["low", "high", None])),
            )
            for _ in range(draw(st.integers(1, 6)))
        ]
        rows.sort(key=lambda row: row.at_us)
        cases.append(Case(str(number), tuple(rows)))
    return Log(tuple(cases), ("N1", "N2", "N3"))


def case_of(
    number: object, *stays: tuple[str, int], until: Status = Status.RESOLVED, **told: str
) -> Case:
    """Return a case that each tier works on for so many minutes, the last one to the end.

    A tier that begins with a dash waits for the customer instead.
    """
    at, rows = 0, []
    priority = told.pop("priority", None)
    for name, minutes in stays:
        meaning = Status.PENDING if name.startswith("-") else Status.OPEN
        tier = name.removeprefix("-")
        rows.append(
            Row(at, tier, meaning=meaning, attributes=tuple(told.items()), priority=priority)
        )
        at += minutes * MINUTE
    last = rows[-1]
    rows.append(last._replace(at_us=at, meaning=until))
    return Case(str(number), tuple(rows))


WAYS = (
    ("N1",),
    ("N1", "-N1", "N1"),
    ("N1", "N2"),
    ("N1", "-N2", "N2"),
    ("N1", "N2", "N1"),
    ("N1", "N2", "N3"),
    ("N2", "N1"),
    ("N2",),
)


@st.composite
def desks(draw: st.DrawFn, least: int = 8, most: int = 40) -> Log:
    """Return a log of a desk as desks are: few kinds of cases, most of them solved, quickly or slowly."""
    cases = []
    dice = draw(st.randoms(use_true_random=False))
    for number in range(draw(st.integers(least, most))):
        way = dice.choice(WAYS)
        stays = [(name, dice.choice([0, 1, 5, 14, 15, 16, 30, 200])) for name in way]
        told = {
            "request_type": dice.choice(["login", "login", "billing"]),
            "priority": dice.choice(["low", "low", "high"]),
        }
        until = dice.choice([Status.RESOLVED, Status.CLOSED, Status.RESOLVED, Status.OPEN])
        cases.append(case_of(number, *stays, until=until, **told))
    return Log(tuple(cases), ("N1", "N2", "N3"))


def lived(case):
    """Who had the case in each minute until it was first completed, and in which state; and its solver."""
    end = case.first_completed
    rows = case.rows[: len(case.rows) if end is None else end + 1]
    known, holders = None, []
    for i, row in enumerate(rows):
        known = row.tier or known
        until = rows[i + 1].at_us if i + 1 < len(rows) else row.at_us
        holders.append((known, row.meaning, (until - row.at_us) // MINUTE))
    return holders, None if end is None else known
