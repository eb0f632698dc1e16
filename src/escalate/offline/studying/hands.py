"""What passes through whose hands: the same for teams and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Final

import attrs

from escalate.offline.figures.lines import runs
from escalate.offline.figures.values import Figure, Spread
from escalate.offline.intervals import wilson
from escalate.offline.log import Case, Row
from escalate.offline.studying.listing import MOST, SHOWN, counts_of, most_frequent, named
from escalate.offline.studying.rating import SATISFACTION, Scale
from escalate.offline.studying.stories import Outline
from escalate.offline.sums import SpansBy, merge_sums

_HANDLED: Final = (
    "completed rows right after a completed row, such as a night job's, are passed over"
)

Whose = Callable[[Row], str | None]


@attrs.define
class Hands:
    """What passed through whose hands in the cases that were added so far."""

    cases: Counter[str] = attrs.field(factory=Counter)
    spent: SpansBy[str] = attrs.field(factory=SpansBy)
    passed: Counter[str] = attrs.field(factory=Counter)
    transfers: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    completed: Counter[str] = attrs.field(factory=Counter)
    undone: Counter[str] = attrs.field(factory=Counter)
    ratings: Counter[tuple[str, Fraction]] = attrs.field(factory=Counter)

    def add(self, case: Case, outline: Outline, whose: Whose, rating: Fraction | None) -> None:
        """Take in one case, each of whose rows is in the hands that *whose* says."""
        names = [whose(row) for row in case.rows]
        stays = runs(names[i] for i in outline.handled)
        # Loops and no updates of counters, which cost more for the one or two names of most cases.
        for who in set(stays):
            self.cases[who] += 1
        for move in pairwise(stays):
            self.transfers[move] += 1
        for who in set(stays[:-1]):
            self.passed[who] += 1
        spent: dict[str, int] = {}
        for i, us in outline.unfinished:
            if name := names[i]:
                spent[name] = spent.get(name, 0) + us
        for who, us in spent.items():
            self.spent.add(who, us)
        for i, again in outline.completions:
            if name := names[i]:
                self.completed[name] += 1
                self.undone[name] += again
                if rating is not None and not again:
                    self.ratings[name, rating] += 1

    def merge(self, other: Hands) -> None:
        """Take in what *other* has seen."""
        merge_sums(self, other)

    def renamed(self, names: Mapping[str, str]) -> Hands:
        """Return the same under other *names*, of which there is one for each."""
        return Hands(
            Counter({names[name]: n for name, n in self.cases.items()}),
            SpansBy({names[name]: spans for name, spans in self.spent.items()}),
            Counter({names[name]: n for name, n in self.passed.items()}),
            Counter({(names[a], names[b]): n for (a, b), n in self.transfers.items()}),
            Counter({names[name]: n for name, n in self.completed.items()}),
            Counter({names[name]: n for name, n in self.undone.items()}),
            Counter({(names[name], rating): n for (name, rating), n in self.ratings.items()}),
        )

    def figures(self, what: str, scale: Scale) -> Iterator[Figure]:
        """Yield what is told of each *what*, ``"team"`` or ``"person"``, of those with most cases."""
        shown = most_frequent(self.cases)
        counts = {name: self.cases[name] for name in shown}
        cases, completed = f"Cases by {what}", f"Completed by a {what}"
        plural = "teams" if what == "team" else "people"
        yield Figure(
            f"cases_by_{what}",
            cases,
            counts,
            f"Cases with at least one row of the {what}; {_HANDLED}. {SHOWN}",
            "bars",
        )
        yield Figure(
            f"time_by_{what}",
            f"Time with a {what}",
            {name: Spread.of(self.spent.get(name, ())) for name in shown},
            "Over the cases with such an interval: hours of wall clock of a case in all intervals that "
            f"begin at a row of the {what} which is not completed (status means resolved or closed). {SHOWN}",
        )
        yield Figure(
            f"passed_on_by_{what}",
            f"Passed on by a {what}",
            {name: wilson(self.passed[name], self.cases[name]) for name in shown},
            f"Of what '{cases}' counts: the cases in which the row after one of its rows is another "
            f"{what}'s; {_HANDLED}, and so are rows of no known {what}. With Wilson's 95 % interval. {SHOWN}",
            "bars",
        )
        transfers = ((f"{a} > {b}", n) for (a, b), n in counts_of(self.transfers))
        yield Figure(
            f"transfers_between_{plural}",
            f"Between which {plural} cases are passed on",
            named(transfers),
            f"How often a row of the first {what} is followed, in the same case, by a row of the second; "
            f"{_HANDLED}, and so are rows of no known {what}. The {MOST} most frequent.",
            "bars",
        )
        yield Figure(
            f"completed_by_{what}",
            completed,
            {name: self.completed[name] for name in shown},
            "How often a case was completed (a completed row that follows none; its status means resolved or "
            f"closed) at a row of the {what}. {SHOWN}",
            "bars",
        )
        yield Figure(
            f"reopened_after_{what}",
            f"Reopened after a {what}",
            {name: wilson(self.undone[name], self.completed[name]) for name in shown},
            f"Of what '{completed}' counts: the times after which a later row of the case is not "
            f"completed; with Wilson's 95 % interval. {SHOWN}",
            "bars",
        )
        if scale.count:
            yield self._satisfaction(what, scale)

    def _satisfaction(self, what: str, scale: Scale) -> Figure:
        rated: dict[str, Counter[Fraction]] = {}
        for (name, rating), n in self.ratings.items():
            rated.setdefault(name, Counter())[rating] += n
        value = {
            name: scale.mean(rated[name]) for name in most_frequent(self.cases) if name in rated
        }
        definition = (
            f"Mean rating of the cases whose last run of completed rows begins at a row of the {what} and "
            f"lasts to the case's last row, with the interval of '{SATISFACTION}'. {SHOWN}"
        )
        return Figure(
            f"satisfaction_by_{what}", f"Satisfaction by {what}", value, definition, "bars"
        )
