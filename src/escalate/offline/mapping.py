"""What the columns and words of a log mean.

A value that is checked at birth. How it stands in a file is in
:mod:`escalate.offline.mapping_file`, what is done with it in :mod:`escalate.offline.reading`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingLike
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from escalate.core.sealing import FrozenDict
from escalate.core.status import Status
from escalate.errors import InvalidMapping, nearest
from escalate.offline.patterns import guarded

_STATUSES: Final = tuple(status.value for status in Status)


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone *name*, such as ``"Europe/Stockholm"``.

    Raises:
        InvalidMapping: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise InvalidMapping("at.zone", name, 'a zone such as "Europe/Stockholm"') from error


def _column(what: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidMapping(what, value, "the name of a column")
    return value


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    items = value.items() if isinstance(value, MappingLike) else value
    return tuple((pattern, tier) for pattern, tier in items)


@attrs.frozen
class TierColumn:
    """Where a log says which line of support has the case.

    Attributes:
        column: The column that holds the tier, or a text (a team's name) that tells it.
        match: Pairs of a regular expression and a tier; the first one found in the text decides,
            and a text without one has no known tier. Empty: the column holds the tier itself.
            :func:`escalate.offline.patterns.guarded` says which expressions are accepted.
        order: The tiers, the first line first. Empty: in the order of *match*, or sorted by name.

    Raises:
        InvalidMapping: a name is empty or stands twice, or *match* names a tier that *order* lacks.
        PatternRefused: a regular expression is malformed or could run away.

    >>> TierColumn("Team", match={" 2nd": "N2", "": "N1"}, order=("N1", "N2")).tiers
    ('N1', 'N2')
    """

    column: str
    match: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_pairs)
    order: tuple[str, ...] = attrs.field(default=(), converter=_texts)

    def __attrs_post_init__(self) -> None:
        _column("tier.column", self.column)
        for i, tier in enumerate(self.order):
            if not isinstance(tier, str) or not tier or tier in self.order[:i]:
                raise InvalidMapping(f"tier.order[{i}]", tier, "a tier that stands there once")
        for i, (pattern, tier) in enumerate(self.match):
            guarded(pattern, f"tier.match[{i}].pattern")
            if not isinstance(tier, str) or not tier:
                raise InvalidMapping(f"tier.match[{i}].tier", tier, "the name of a tier")
            if self.order and tier not in self.order:
                raise InvalidMapping(
                    f"tier.match[{i}].tier",
                    tier,
                    f"a tier of tier.order; {nearest(tier, self.order)}",
                )

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers that this declares, the first line first; none if only the log knows them."""
        return self.order or tuple(dict.fromkeys(tier for _, tier in self.match))


def _priorities(value: Any) -> MappingLike[str, str]:
    return FrozenDict(dict(value))


@attrs.frozen
class PriorityColumn:
    """Where a log says how urgent a case is.

    Attributes:
        column: The column that holds the priority.
        words: What each of its words means in the policy. Empty: the column holds the policy's own
            words.

    Raises:
        InvalidMapping: a name is empty.

    >>> PriorityColumn("Impact", {"Major": "urgent"}).words["Major"]
    'urgent'
    """

    column: str
    words: MappingLike[str, str] = attrs.field(factory=dict, converter=_priorities)

    def __attrs_post_init__(self) -> None:
        _column("priority.column", self.column)
        for word, priority in self.words.items():
            if not isinstance(priority, str) or not priority:
                raise InvalidMapping(
                    f"priority.words[{word!r}]", priority, "a priority of the policy"
                )


def _priority(value: PriorityColumn | str | None) -> PriorityColumn | None:
    return PriorityColumn(value) if isinstance(value, str) else value


def _tier(value: TierColumn | str | None) -> TierColumn | None:
    return TierColumn(value) if isinstance(value, str) else value


def _words(value: MappingLike[str, str]) -> MappingLike[str, Status]:
    return FrozenDict({word: _status(word, meaning) for word, meaning in value.items()})


def _status(word: str, meaning: str) -> Status:
    if meaning not in _STATUSES:
        place = f"status.words[{word!r}]"
        raise InvalidMapping(place, meaning, f"a status; {nearest(str(meaning), _STATUSES)}")
    return Status(meaning)


def _attributes(value: MappingLike[str, str] | Iterable[str]) -> MappingLike[str, str]:
    columns = value if isinstance(value, MappingLike) else {name: name for name in value}
    return FrozenDict(dict(columns))


@attrs.frozen
class Mapping:
    """What the columns and words of a log mean.

    Attributes:
        case: The column that tells cases apart. Without it, or without *at*, what is left open is
            looked for under the names of :mod:`escalate.offline.recognising` when a log is read.
        at: The column with the instant: ISO 8601, unless *at_format* says otherwise.
        zone: The time zone of instants that carry no offset, such as ``"Europe/Stockholm"``.
            Without it such rows are unreadable.
        at_format: How instants are written, in the directives of ``datetime.strptime``.
        status: One column or several, joined by ``/`` where they are not empty.
        words: What each status word means: new, open, pending (waits for the customer), on_hold
            (waits for anyone else), resolved or closed. The last two are *completed*.
        tier: A column that holds the line of support, or a :class:`TierColumn`.
        team: The column with the team.
        attributes: Further columns to keep, by the name to keep them under; or just columns.
        priority: A column that holds the priority, or a :class:`PriorityColumn`.
        delimiter: What stands between the cells of a CSV file.
        in_order: Whether rows of a case at the same instant stand in the order in which they
            happened, so that a tie is no doubt.

    Raises:
        InvalidMapping: a part cannot be; the message names the part as a mapping file would.

    >>> Mapping(case="id", at="when", status="state", words={"Done": "resolved"}).words["Done"]
    <Status.RESOLVED: 'resolved'>
    """

    case: str | None = None
    at: str | None = None
    zone: str | None = None
    at_format: str | None = None
    status: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    words: MappingLike[str, Status] = attrs.field(factory=dict, converter=_words)
    tier: TierColumn | None = attrs.field(default=None, converter=_tier)
    team: str | None = None
    attributes: MappingLike[str, str] = attrs.field(factory=dict, converter=_attributes)
    priority: PriorityColumn | None = attrs.field(default=None, converter=_priority)
    delimiter: str = ","
    in_order: bool = False

    def __attrs_post_init__(self) -> None:
        for place, column in self.columns():
            _column(place, column)
            if column == self.at and place != "at.column":
                raise InvalidMapping(place, column, "another column than the instant's")
        if self.zone is not None:
            zone_of(self.zone)
        if self.at_format is not None:
            _check_format(self.at_format)
        is_complete = self.case is not None and self.at is not None
        if is_complete and self.words and not self.status:
            raise InvalidMapping("status.columns", (), "the columns that hold the status words")
        if not isinstance(self.delimiter, str) or len(self.delimiter) != 1 or self.delimiter == '"':
            raise InvalidMapping("delimiter", self.delimiter, 'one character, such as ";"')

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is used, each after the place that names it."""
        if self.case is not None:
            yield "case", self.case
        if self.at is not None:
            yield "at.column", self.at
        for i, column in enumerate(self.status):
            yield f"status.columns[{i}]", column
        if self.tier is not None:
            yield "tier.column", self.tier.column
        if self.team is not None:
            yield "team", self.team
        if self.priority is not None:
            yield "priority.column", self.priority.column
        for name, column in self.attributes.items():
            yield f"attributes.{name}", column

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Mapping:
        """Read a mapping from a TOML file.

        Raises:
            InvalidFile: the file is no TOML in UTF-8.
            InvalidMapping: a key is unknown or missing, or a value cannot be.
            OSError: the file cannot be opened.
        """
        from escalate.offline.mapping_file import load_mapping

        return load_mapping(path)


def _check_format(layout: str) -> None:
    sample = datetime(2026, 11, 3, 14, 5, 9, tzinfo=UTC)
    try:
        datetime.strptime(sample.strftime(layout), layout)  # noqa: DTZ007  only its form is tried
    except (ValueError, TypeError, AttributeError) as error:
        wanted = f'directives of datetime.strptime, such as "%d/%m/%Y %H:%M" ({error})'
        raise InvalidMapping("at.format", layout, wanted) from error
