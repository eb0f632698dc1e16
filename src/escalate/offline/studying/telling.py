"""What a row or a case tells beyond its columns of old: who, which request, how content the customer was."""

from __future__ import annotations

from typing import Final

from escalate.offline.log import Case, Row
from escalate.offline.studying.terms import Terms

ASSIGNEE: Final = "assignee"
"""The attribute that tells who has a case, in a desk's journal and wherever else it is mapped."""
EVENT: Final = "event"
"""The attribute that tells which event a row of a desk's journal is."""
ABOUT: Final = "about"
"""The attribute that tells what an event of a desk's journal is about."""


def told(row: Row, name: str) -> str | None:
    """Return the text of the attribute *name* without blanks around it; none if there is nothing.

    >>> told(Row(0, attributes=(("resource", " Ann "),)), "resource")
    'Ann'
    """
    return (row.attribute(name) or "").strip() or None


def team_of(row: Row) -> str | None:
    """Return the team of *row*, if it has one."""
    return row.team or None


def person_of(row: Row, terms: Terms) -> str | None:
    """Return whose row it is: what the attribute of *terms* says, else the assignee."""
    return told(row, terms.person) or told(row, ASSIGNEE)


def request_of(case: Case, terms: Terms) -> str | None:
    """Return the type of request of *case*, as the last row that tells it has it."""
    found = (told(row, terms.request) for row in reversed(case.rows))
    return next((each for each in found if each is not None), None)


def rating_of(case: Case, terms: Terms) -> str | None:
    """Return how content the customer was, as the last row that tells it has it.

    In a desk's journal that is what the event ``Rated`` is about.
    """
    for row in reversed(case.rows):
        found = told(row, terms.rating)
        if found is None and told(row, EVENT) == "Rated":
            found = told(row, ABOUT)
        if found is not None:
            return found
    return None
