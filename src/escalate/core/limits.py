"""How much a policy may hold. Policies are data from outside; what is read costs no more than this.

Each limit lies far above what a desk needs, and going over it is :class:`escalate.errors.LimitExceeded`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FILE_BYTES: Final = 1_000_000
"""A file of a policy or mapping."""
NESTING: Final = 16
"""Lists and tables within each other, in a file."""
PROBLEMS: Final = 50
"""Mistakes that one error lists."""

PARTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "tiers": 64,
        "paths": 1_000,
        "targets": 1_000,
        "rules": 1_000,
        "request_types": 1_000,
        "receivers": 1_000,
        "calendars": 64,
        "priorities": 64,
        "clocks": 64,
        "permissions": 1_000,
        "goals": 1_000,
        "reasons": 1_000,
    }
)
"""Parts of one policy, by the key under which a file has them."""
STEPS: Final = 1_000
"""Steps of one target."""
CHECKS: Final = 256
"""Checks of one request type."""
WORDS: Final = 1_000
"""Words in one list, such as the channels of a request type."""

NAME: Final = 200
"""Characters of a name or word."""
KEY: Final = 200
"""Characters of a key that a host gives: the id of a ticket."""
TEXT: Final = 2_000
"""Characters of a text for people: a title, what to ask, what a tier handles."""

COUNT: Final = 1_000_000
"""Bounces, moves, times and working days."""
AMOUNT_HOURS: Final = 1_200_000
"""Hours of open time; calendars reach from 1970 to 2100, which is less."""
WALL_DAYS: Final = 50_000
"""Days of wall-clock time."""

SPANS_A_DAY: Final = 48
"""Spans of open time on one day of a calendar."""
DATES: Final = 50_000
"""Holidays, breaks or overrides of a calendar; more than the dates from 1970 to 2100."""

CONDITION: Final = 1_000
"""Characters of a condition."""
CONDITION_DEPTH: Final = 20
"""Brackets within each other in a condition."""
