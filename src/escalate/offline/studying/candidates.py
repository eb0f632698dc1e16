"""What kinds of requests there are, as figures; and which of them may need less of a tier, or no tier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from escalate.offline.figures.values import Chart, Figure, LeftOut, Share, Value, hours
from escalate.offline.studying.kinds import SOON_MINUTES, Kind, Move
from escalate.offline.studying.spending import WORKED
from escalate.offline.studying.stays import STAYS

SHOWN: Final = 20
"""How many of the most common are shown."""

Remark = tuple[int, str]
"""How many cases a sentence is about, and the sentence."""

_FEWEST: Final = 3
_MOST_REMARKS: Final = 5


@attrs.frozen
class Table:
    """The figures over kinds of one sort.

    Attributes:
        key: What ends the keys of its figures.
        by: What the kinds are told by.
        how: What the cases of one kind have in common.
        kinds: All of them.
        whole: The cases of all kinds and of none.
        tiers: The tiers in order; none if the log tells none.
        clock: How the time of work is called; empty if the log tells of no work.
        doubt: Why the figures may mean little.
    """

    key: str
    by: str
    how: str
    kinds: Mapping[str, Kind]
    whole: int
    tiers: tuple[str, ...]
    clock: str
    doubt: str = ""

    @property
    def _most_common(self) -> list[tuple[str, Kind]]:
        return sorted(self.kinds.items(), key=lambda item: (-item[1].cases, item[0]))[:SHOWN]

    def figures(self) -> Iterator[Figure | LeftOut]:
        """Yield how common the kinds are, what they cost, who solves them, and what may be done."""
        common = self._most_common
        of = f"the {SHOWN} most common kinds of cases {self.how}"
        yield self._figure(
            "common",
            "Common requests",
            {name: Share(kind.cases, self.whole) for name, kind in common},
            f"For {of}: those cases, of all.",
            "bars",
        )
        if not self.clock:
            why = "no row's status means open, that is, in work: map a status column and its words"
            yield from (
                LeftOut(f"{what}_{self.key}", why) for what in ("work", "checklist", "help_page")
            )
        else:
            yield from self._work(common, of)
        if self.tiers:
            yield self._figure(
                "solved",
                "Solved by",
                {name: {tier: kind.solved[tier] for tier in self.tiers} for name, kind in common},
                f"For {of}: the cases by the tier in which they are first completed. {STAYS}.",
                "heat",
            )
        else:
            yield LeftOut(
                f"solved_{self.key}", "the log tells no line of support: map a tier column"
            )

    def _work(self, common: list[tuple[str, Kind]], of: str) -> Iterator[Figure]:
        work = f"work is {self.clock} in intervals that {WORKED}"
        soon = f"more than none and at most {SOON_MINUTES} minutes"
        yield self._figure(
            "work",
            "Time spent on them",
            {name: hours(kind.work_us) for name, kind in common},
            f"For {of}: hours of work on them; {work}.",
            "bars",
        )
        yield self._figure(
            "checklist",
            "Candidates for the checklist of the tier below",
            {
                f"{name}, {move[0]} to {move[1]}": Share(count, self.kinds[name].up[move])
                for count, name, move in self._passed_on()
            },
            f"For each kind of cases {self.how} and each two tiers: of the cases that the first passed "
            "on to the second, which stands higher, those that the second, or the first once it had "
            f"them back, then solved, with work of the second that was {soon}; {work}. The "
            f"{SHOWN} with most such cases, {_FEWEST} at least. {STAYS}.",
            "bars",
        )
        yield self._figure(
            "help_page",
            "Candidates for a help page",
            {name: Share(count, self.kinds[name].cases) for count, name in self._easy()},
            f"For each kind of cases {self.how}: those that were solved in their first stay, with work "
            f"that was {soon}; {work}. The {SHOWN} with most such cases, {_FEWEST} at least. {STAYS}.",
            "bars",
        )

    def _passed_on(self) -> list[tuple[int, str, Move]]:
        found = []
        for name, kind in self.kinds.items():
            counts: Counter[Move] = Counter()
            for (move, _), times in kind.soon.items():
                counts[move] += times
            found += [(count, name, move) for move, count in counts.items() if count >= _FEWEST]
        return sorted(found, key=lambda each: (-each[0], each[1:]))[:SHOWN]

    def remarks(self) -> Iterator[Remark]:
        """Yield what the candidates say in words."""
        for count, name, (source, target) in self._passed_on():
            kind = self.kinds[name]
            minutes = kind.minutes((source, target))
            half = minutes[(len(minutes) - 1) // 2]
            yield (
                count,
                f"Of {kind.cases:,} cases “{name}” {kind.up[source, target]:,} went from {source} to "
                f"{target}; {count:,} of these were solved with at most {SOON_MINUTES} minutes of work "
                f"there, half of them within {half}: a check more for {source} may keep them.",
            )
        for count, name in self._easy():
            yield (
                count,
                f"Of {self.kinds[name].cases:,} cases “{name}” {count:,} were solved where they came "
                f"in, with at most {SOON_MINUTES} minutes of work: a help page may answer them.",
            )

    def _easy(self) -> list[tuple[int, str]]:
        easy = [
            (kind.at_once, name) for name, kind in self.kinds.items() if kind.at_once >= _FEWEST
        ]
        return sorted(easy, key=lambda each: (-each[0], each[1]))[:SHOWN]

    def _figure(
        self, what: str, title: str, value: Mapping[str, Value], definition: str, chart: Chart
    ) -> Figure:
        return Figure(
            f"{what}_{self.key}", f"{title}, {self.by}", value, definition, chart, self.doubt
        )


def remarks_of(tables: Sequence[Table]) -> tuple[str, ...]:
    """Return what the candidates of all tables say, those with most cases first."""
    said = {remark for table in tables for remark in table.remarks()}
    best = sorted(said, key=lambda each: (-each[0], each[1]))[:_MOST_REMARKS]
    return tuple(sentence for _, sentence in best)
