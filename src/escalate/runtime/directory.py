"""Who is there: people, their roles, tiers, skills and hours. A host has its own; here is a plain one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

import attrs

from escalate.core.instants import as_us
from escalate.core.model import word_set
from escalate.core.opentime.timeline import OpenTime
from escalate.errors import BadInput


class Directory(Protocol):
    """Knows people. It is asked at delivery, so its answers may change at any time.

    Names of people are the host's own keys, the same that ``Actor.id`` and ``Ticket.assignee`` hold. A
    directory is asked while a ticket is locked: it answers quickly and does not call the desk.
    """

    def on_duty(self, name: str, at: datetime) -> Collection[str]:
        """Return who is there at *at* for the receiver, role or tier called *name*; maybe nobody."""
        ...

    def having(self, word: str) -> Collection[str]:
        """Return everybody who has the role or the skill *word*, or works in the tier of that name."""
        ...


@attrs.frozen
class Person:
    """Somebody of the desk.

    Attributes:
        id: The host's key.
        tiers: The tiers they work in.
        roles: The receivers they stand behind, and the roles they have.
        skills: What they can do.
        hours: When they are there; none means always.
        away: Spans in which they are not, as (from, until) in aware instants, the end left out.
    """

    id: str
    tiers: frozenset[str] = attrs.field(default=frozenset(), converter=word_set, kw_only=True)
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=word_set, kw_only=True)
    skills: frozenset[str] = attrs.field(default=frozenset(), converter=word_set, kw_only=True)
    hours: OpenTime | None = attrs.field(default=None, kw_only=True)
    away: tuple[tuple[datetime, datetime], ...] = attrs.field(
        default=(), converter=tuple, kw_only=True
    )

    def is_there(self, at: datetime) -> bool:
        """Whether they are on duty at *at*."""
        at_us = as_us(at, "at")
        if any(as_us(since, "away") <= at_us < as_us(until, "away") for since, until in self.away):
            return False
        return self.hours is None or self.hours.is_open_us(at_us)


class Staff:
    """A directory in memory.

    Raises:
        BadInput: Two people have the same id.

    >>> from datetime import UTC
    >>> staff = Staff([Person("ana", tiers=["N1"], roles=["lead"]), Person("rui", tiers=["N1"])])
    >>> staff.on_duty("N1", datetime(2026, 3, 2, 9, tzinfo=UTC))
    ('ana', 'rui')
    >>> staff.having("lead")
    ('ana',)
    """

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._people: dict[str, Person] = {}
        for person in people:
            if person.id in self._people:
                raise BadInput("Staff", person.id, "each person once")
            self.put(person)

    def put(self, person: Person) -> None:
        """Let *person* be there from now on, in place of whoever had that id."""
        self._people = {**self._people, person.id: person}

    def remove(self, person_id: str) -> None:
        """Forget a person; one who is not there is no error."""
        self._people = {key: each for key, each in self._people.items() if key != person_id}

    def on_duty(self, name: str, at: datetime) -> tuple[str, ...]:
        """Return who is there at *at* for *name*, by id."""
        return tuple(
            sorted(
                each.id
                for each in self._people.values()
                if name in (each.tiers | each.roles) and each.is_there(at)
            )
        )

    def having(self, word: str) -> tuple[str, ...]:
        """Return who has the role or skill *word* or works in that tier, by id."""
        return tuple(
            sorted(
                each.id
                for each in self._people.values()
                if word in (each.skills | each.roles | each.tiers)
            )
        )
