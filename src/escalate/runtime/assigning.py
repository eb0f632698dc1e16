"""Who gets a ticket that comes to a tier: in turn, whoever has least, or by skill.

An assigner keeps nothing: whose turn it is, and who has how much, the desk reads from its store and says
with each candidate. So any number of processes agree, and nothing is lost when one ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import attrs

from escalate.core.model import Ticket


@attrs.frozen
class Candidate:
    """Somebody who is on duty in the ticket's tier.

    Attributes:
        agent: The host's key.
        load: How many tickets they have that are neither resolved nor closed.
        turn: The number of their last turn in this tier; 0 if they never had one.
        skills: Those of the skills that the assigner asks for which they have.
    """

    agent: str
    load: int = 0
    turn: int = 0
    skills: frozenset[str] = frozenset()


class Assigner(Protocol):
    """Says who gets a ticket. It is asked while the ticket is locked, and does not call the desk."""

    def skills_for(self, ticket: Ticket) -> Iterable[str]:
        """Return the skills about which it wants to know who has them."""
        ...

    def choose(self, ticket: Ticket, candidates: Sequence[Candidate]) -> str | None:
        """Return one of *candidates*, or none: then the ticket stays in the queue of its tier."""
        ...


class RoundRobin:
    """Gives tickets in turn: to whoever's last turn in the tier is longest ago, then by name.

    >>> RoundRobin().choose(None, [Candidate("ana", turn=7), Candidate("rui", turn=4)])
    'rui'
    """

    def skills_for(self, ticket: Ticket) -> Iterable[str]:
        """Ask for none."""
        return ()

    def choose(self, ticket: Ticket, candidates: Sequence[Candidate]) -> str | None:
        """Return whose turn it is."""
        return min(candidates, key=_in_turn).agent if candidates else None


class LeastLoaded:
    """Gives a ticket to whoever has fewest, and among those in turn.

    >>> LeastLoaded().choose(None, [Candidate("ana", load=3), Candidate("rui", load=5)])
    'ana'
    """

    def skills_for(self, ticket: Ticket) -> Iterable[str]:
        """Ask for none."""
        return ()

    def choose(self, ticket: Ticket, candidates: Sequence[Candidate]) -> str | None:
        """Return who has fewest."""
        if not candidates:
            return None
        return min(candidates, key=lambda each: (each.load, *_in_turn(each))).agent


def skill_tags(ticket: Ticket) -> frozenset[str]:
    """Return the skills that *ticket* needs: what follows ``skill:`` in its tags.

    A rule of the policy can put such a tag on.
    """
    prefix = "skill:"
    return frozenset(tag.removeprefix(prefix) for tag in ticket.tags if tag.startswith(prefix))


@attrs.frozen
class BySkill:
    """Gives a ticket to somebody who has all the skills that it needs; nobody fits: to nobody.

    Attributes:
        needs: Which skills a ticket needs; :func:`skill_tags` unless it says otherwise.
        then: Who chooses among those who fit.
    """

    needs: Callable[[Ticket], Iterable[str]] = skill_tags
    then: Assigner = attrs.field(factory=RoundRobin)

    def skills_for(self, ticket: Ticket) -> Iterable[str]:
        """Ask for those that the ticket needs."""
        return {*self.needs(ticket), *self.then.skills_for(ticket)}

    def choose(self, ticket: Ticket, candidates: Sequence[Candidate]) -> str | None:
        """Return one who fits."""
        needed = frozenset(self.needs(ticket))
        return self.then.choose(ticket, [each for each in candidates if needed <= each.skills])


def _in_turn(candidate: Candidate) -> tuple[int, str]:
    return candidate.turn, candidate.agent
