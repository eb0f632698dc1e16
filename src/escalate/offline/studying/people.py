"""The chapter "people": what teams and people do, what comes back after them, what they could learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Final

import attrs

from escalate.offline.figures.lines import NO_STATUS, NO_TEAM
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Share
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.hands import Hands
from escalate.offline.studying.rating import SATISFACTION, Scale, as_rating
from escalate.offline.studying.stories import outline_of
from escalate.offline.studying.telling import person_of, rating_of, team_of
from escalate.offline.studying.terms import Terms
from escalate.offline.studying.training import Training
from escalate.offline.sums import merge_sums


def _keys(what: str, plural: str) -> tuple[str, ...]:
    return (
        f"cases_by_{what}",
        f"time_by_{what}",
        f"passed_on_by_{what}",
        f"transfers_between_{plural}",
        f"completed_by_{what}",
        f"reopened_after_{what}",
        f"satisfaction_by_{what}",
    )


_TEAM_KEYS: Final = _keys("team", "teams")
_PERSON_KEYS: Final = _keys("person", "people")


@attrs.define
class People:
    """Gathers what the chapter tells, over cases in any order and in any parts."""

    terms: Terms
    cases: int = 0
    teams: Hands = attrs.field(factory=Hands)
    people: Hands = attrs.field(factory=Hands)
    ratings: Counter[Fraction] = attrs.field(factory=Counter)
    unread: int = 0
    training: Training = attrs.Factory(lambda self: Training(self.terms), takes_self=True)

    def add(self, case: Case) -> None:
        """Take in one case."""
        self.cases += 1
        rating = self._rating(case)
        outline = outline_of(case)
        self.teams.add(case, outline, team_of, rating)
        self.people.add(case, outline, lambda row: person_of(row, self.terms), rating)
        self.training.add(case)

    def merge(self, other: People) -> None:
        """Take in what *other* has gathered over other cases."""
        merge_sums(self, other)

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return the chapter."""
        _ = quality  # what the window cuts changes nothing that is told here
        found = [*self._satisfaction(), *self._teams(), *self._people(), *self.training.figures()]
        return chapter_of("people", "People and teams", found)

    # -- one case

    def _rating(self, case: Case) -> Fraction | None:
        text = rating_of(case, self.terms)
        if text is None:
            return None
        rating = as_rating(text)
        if rating is None:
            self.unread += 1
        else:
            self.ratings[rating] += 1
        return rating

    # -- the chapter

    def _satisfaction(self) -> Iterator[Figure | LeftOut]:
        scale = Scale(self.ratings)
        if not scale.count:
            yield from (LeftOut(key, self._no_rating) for key in ("rated", "satisfaction"))
            return
        unread = f"{self.unread:,} ratings are no numbers and are left out." if self.unread else ""
        definition = (
            f"Cases with a rating that is a number (attribute {self.terms.rating}, or in a desk's journal "
            "what an event Rated is about; the last row that tells one counts), of all cases."
        )
        rated = Share(scale.count, self.cases)
        yield Figure("rated", "Rated", rated, definition, doubt=unread)
        definition = (
            "Mean of these ratings, with Wilson's 95 % interval of a share, where the lowest rating of the "
            "log counts as 0 and the highest as 1: rather too wide than too narrow. No interval where all "
            "are the same."
        )
        mean = scale.mean(self.ratings)
        yield Figure("satisfaction", SATISFACTION, mean, definition, doubt=unread)

    @property
    def _no_rating(self) -> str:
        if self.unread:
            return f"none of {self.unread:,} ratings is a number: map one that is, or name it with rating="
        return (
            f"no row has the attribute {self.terms.rating}: map the rating, or name it with rating="
        )

    def _teams(self) -> Iterator[Figure | LeftOut]:
        return self._of(self.teams, "team", _TEAM_KEYS, NO_TEAM)

    def _people(self) -> Iterator[Figure | LeftOut]:
        missing = (
            f"no row has the attribute {self.terms.person}: map who acts, or name it with person="
        )
        people = self.people
        if not self.terms.names:
            people = people.renamed(_numbered(people.cases))
        return self._of(people, "person", _PERSON_KEYS, missing)

    def _of(
        self, hands: Hands, what: str, keys: Sequence[str], missing: str
    ) -> Iterator[Figure | LeftOut]:
        if not hands.cases:
            yield from (LeftOut(key, missing) for key in keys)
            return
        scale = Scale(self.ratings)
        for figure in hands.figures(what, scale):
            needs_status = figure.key in (f"completed_by_{what}", f"reopened_after_{what}")
            if needs_status and not self.training.tells_status:
                yield LeftOut(figure.key, NO_STATUS)
            else:
                yield figure
        if not scale.count:
            yield LeftOut(f"satisfaction_by_{what}", self._no_rating)


def _numbered(cases: Counter[str]) -> dict[str, str]:
    """Return what to call each of those who have *cases*, by how many; nothing in it tells their names."""
    order = sorted(cases, key=lambda name: (-cases[name], _digest(name)))
    return {name: f"person {number}" for number, name in enumerate(order, 1)}


def _digest(name: str) -> bytes:
    # Equals must have an order that is always the same, and not that of the alphabet, which tells of names.
    return sha256(name.encode("utf-8", "surrogatepass")).digest()
