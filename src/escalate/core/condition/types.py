"""What a condition may speak of: its names, their types, and the words that a policy knows.

How conditions are written and read is in :mod:`escalate.core.condition.reading`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal

import attrs

from escalate.core.status import Status

Kind = Literal["word", "rank", "count", "share", "span", "field", "flag"]
FieldType = Literal["text", "number", "flag"]
Constant = str | int | float | bool | None

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "priority": "rank",
        "status": "word",
        "tier": "word",
        "assignee": "word",
        "channel": "word",
        "request_type": "word",
        "classification.tier": "word",
        "classification.confidence": "share",
        "moves": "count",
        "bounces": "count",
        "reopens": "count",
        "attempts": "count",
        "age": "span",
        "in_tier_for": "span",
        "fields": "field",
        "tags": "flag",
        "milestones": "flag",
    }
)
"""The type of each name. ``milestones`` is written ``reached("...")``."""

MAY_BE_NONE: Final = frozenset({"assignee", "channel", "request_type"})
"""Names for which ``none`` is a value; what else is missing makes its comparisons false."""

WRITTEN: Final = (
    *(name for name in KINDS if name not in ("attempts", "fields", "milestones")),
    'attempts("...")',
    "fields.x",
    'reached("...")',
)
"""Every name as a policy author writes it."""


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


@attrs.frozen(kw_only=True)
class Vocabulary:
    """The words that a policy knows, and that its conditions may therefore compare with.

    Attributes:
        priorities: Lowest first; ``priority >= "high"`` goes by this order.
        tiers: The names of its tiers.
        request_types: The names of its request types.
        milestones: The milestones of all its checklists.
        channels: The channels it names; empty means that any word is a channel.
        statuses: The statuses there are.
    """

    priorities: tuple[str, ...] = attrs.field(
        default=("low", "normal", "high", "urgent"), converter=_words
    )
    tiers: tuple[str, ...] = attrs.field(default=(), converter=_words)
    request_types: tuple[str, ...] = attrs.field(default=(), converter=_words)
    milestones: tuple[str, ...] = attrs.field(default=(), converter=_words)
    channels: tuple[str, ...] = attrs.field(default=(), converter=_words)
    statuses: tuple[str, ...] = attrs.field(default=tuple(Status), converter=_words)

    def known(self, name: str) -> tuple[str, ...] | None:
        """Return the only words that *name* can be, in order; none if it can be any word.

        >>> Vocabulary(tiers=("N1", "N2")).known("tier")
        ('N1', 'N2')
        """
        by_name = {
            "priority": self.priorities,
            "status": self.statuses,
            "tier": self.tiers,
            "classification.tier": self.tiers,
            "request_type": self.request_types,
            "milestones": self.milestones,
            "channel": self.channels or None,
        }
        return by_name.get(name)


@attrs.frozen
class Subject:
    """What a comparison looks at.

    Attributes:
        name: One of :data:`KINDS`.
        of: Which field, attempt, tag or milestone, for those names that need it.

    >>> str(Subject("attempts", "reset")), Subject("attempts", "reset").key
    ('attempts("reset")', 'attempts.reset')
    """

    name: str
    of: str | None = None

    @property
    def kind(self) -> Kind:
        """The type of its name."""
        return KINDS[self.name]

    @property
    def key(self) -> str:
        """What tells it from all others, such as ``"moves"``, ``"fields.x"`` and ``"tags.vip"``."""
        return self.name if self.of is None else f"{self.name}.{self.of}"

    @property
    def read(self) -> str:
        """What of a ticket it reads: its name, with the field's own; one for all classification."""
        if self.name == "fields":
            return self.key
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        if self.name == "attempts":
            return f"attempts({quoted(self.of or '')})"
        return self.key


def quoted(word: str) -> str:
    """Return *word* as a condition writes it.

    >>> quoted("vip")
    '"vip"'
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_UNITS_US: Final = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
}
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_WALL_TIME: Final = re.compile(r"\s*".join(rf"(?:({_NUMBER}){unit})?" for unit in _UNITS_US))


def wall_time_us(text: str) -> int | None:
    """Return the microseconds of a length of wall-clock time, none if *text* says no such thing.

    A day is 24 hours and a week seven days, whatever the clocks on the wall do.

    >>> wall_time_us("1d12h"), wall_time_us("1.5h"), wall_time_us("soon")
    (129600000000, 5400000000, None)
    """
    found = _WALL_TIME.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    parts = zip(found.groups(), _UNITS_US.values(), strict=True)
    us = sum((Fraction(number) * unit for number, unit in parts if number), Fraction())
    return us.numerator if us.denominator == 1 else None


def show_wall_time(us: int) -> str:
    """Write a length of time so that :func:`wall_time_us` reads it back.

    >>> show_wall_time(129600000000), show_wall_time(1500000), show_wall_time(0)
    ('1d12h', '1.5s', '0s')
    """
    shown, rest = "", us
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _UNITS_US[unit])
        shown += f"{count}{unit}" if count else ""
    seconds, part = divmod(rest, 1_000_000)
    if rest or not us:
        shown += f"{seconds}.{part:06}".rstrip("0").rstrip(".") + "s" if part else f"{seconds}s"
    return shown
