"""Do tiers fit? What each tier does, what a move goes with, what the first could keep, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, Self

import attrs

from escalate.core.status import Status
from escalate.errors import HorizonTooShort
from escalate.offline.figures.lines import NO_STATUS
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Share, hours, quantile
from escalate.offline.intervals import wilson
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.studying.boxes import SHARES, Box, Chance, Ends, box_of, still_solves
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.doubting import of_calendar, of_spans
from escalate.offline.studying.fitwords import said_of
from escalate.offline.studying.moved import Cost, Moved
from escalate.offline.studying.spending import WORKED
from escalate.offline.studying.stays import STAYS, Stay, clock_of, in_order, stays_of
from escalate.offline.studying.telling import request_of
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import Spans, SpansBy, merge_sums

MOST: Final = Fraction(4, 5)
"""The first line solves most of its own within the work that so many of them need at most."""
FEWEST_OWN: Final = 20
"""With fewer cases of a request type that the first line solves, all types together are looked at."""

_KEYS: Final = (
    "cases_by_tier",
    "work_by_tier",
    "could_keep",
    "longer_when_moved",
    "moved_and_compared",
    "time_boxes",
    "still_solves",
)
_NO_TIERS: Final = (
    "no line of support is known: map a tier column, and say which is the first (tiers=)"
)
_NO_WORK: Final = "no row's status means open, that is, in work: map a status column and its words"
_LONGEST_NAME: Final = 200


@attrs.define
class Fit:
    """Gathers what tiers do with cases up to their first completed row."""

    terms: Terms
    cases: int = 0
    beyond: int = 0
    tells_status: bool = False
    tells_work: bool = False
    by_tier: Counter[str] = attrs.field(factory=Counter)
    work: Counter[str] = attrs.field(factory=Counter)
    own: SpansBy[str] = attrs.field(factory=SpansBy)
    above: SpansBy[str] = attrs.field(factory=SpansBy)
    started: int = 0
    moved: Moved = attrs.field(factory=Moved)
    ends: Ends = attrs.field(factory=Ends)

    def add(self, case: Case) -> None:
        """Take in one case."""
        self.cases += 1
        for row in case.rows:
            self.tells_status = self.tells_status or row.meaning is not None
            self.tells_work = self.tells_work or row.meaning is Status.OPEN
        try:
            stays = stays_of(case, clock_of(self.terms)[0])
        except HorizonTooShort:
            self.beyond += 1  # which every figure then doubts
            return
        if not stays:
            return
        self.by_tier.update({stay.tier for stay in stays})
        for stay in stays:
            self.work[stay.tier] += stay.work_us
            self.ends.add(stay)
        if stays[-1].end == "solved":
            self._add_solved(case, stays)

    def _add_solved(self, case: Case, stays: Sequence[Stay]) -> None:
        request = (request_of(case, self.terms) or "")[:_LONGEST_NAME]
        alike = (stays[0].tier, request, case.rows[0].priority or "")
        self.moved.add(alike, len(stays) > 1, sum(stay.spent_us for stay in stays))
        if stays[0].tier != self._first:
            return
        self.started += 1
        if len(stays) == 1:
            self.own.add(request, stays[0].work_us)
        elif stays[-1].tier != self._first:
            elsewhere = sum(stay.work_us for stay in stays if stay.tier != self._first)
            self.above.add(request, elsewhere)

    @property
    def _first(self) -> str | None:
        return self.terms.tiers[0] if self.terms.tiers else None

    def merge(self, other: Self) -> None:
        """Take in what another has gathered over other cases."""
        merge_sums(self, other)

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return the figures, and in sentences what they say together."""
        if self._first is None or not self.by_tier:
            return chapter_of("fit", "Do tiers fit?", (LeftOut(key, _NO_TIERS) for key in _KEYS))
        found = list(self._figures(self._first, quality))
        return chapter_of("fit", "Do tiers fit?", found, self._remarks(self._first))

    def _figures(self, first: str, quality: DataQuality) -> Iterator[Figure | LeftOut]:
        clock = clock_of(self.terms)[1]
        beyond = of_calendar(self.cases, self.beyond)
        doubt = " ".join(filter(None, (beyond, of_spans(self.cases, quality))))
        tiers = self._tiers
        yield Figure(
            "cases_by_tier",
            "Cases that a tier has had",
            {tier: self.by_tier[tier] for tier in tiers},
            f"Cases with a stay in the tier, each once. {STAYS}.",
            "bars",
            beyond,
        )
        if self.tells_work:
            yield Figure(
                "work_by_tier",
                "Work by tier",
                {tier: hours(self.work[tier]) for tier in tiers},
                f"Hours of {clock} in the stays of the tier, in intervals that {WORKED}. {STAYS}.",
                "bars",
                doubt,
            )
        else:
            yield LeftOut("work_by_tier", _NO_WORK)
        if not self.tells_status:
            yield from (LeftOut(key, NO_STATUS) for key in _KEYS[2:])
            return
        yield (
            self._could_keep(first, clock, doubt)
            if self.tells_work
            else LeftOut("could_keep", _NO_WORK)
        )
        yield from self._longer(clock, doubt)
        yield from self._boxes(clock, doubt)

    @property
    def _tiers(self) -> tuple[str, ...]:
        return in_order(self.terms.tiers, self.by_tier)

    def _could_keep(self, first: str, clock: str, doubt: str) -> Figure:
        kept, more = self.keeps()
        whole = self.started
        value = {
            f"solved by {first} alone": wilson(kept, whole),
            "solved elsewhere with as little work": wilson(more, whole),
            "both together": wilson(kept + more, whole),
        }
        definition = (
            f"Of the cases whose first stay is in {first} and that are solved: those with no other stay; "
            f"those solved in another tier, with work outside of {first} of more than none and no more than "
            f"is enough for {float(MOST):.0%} of the former of the same request type (of all types where "
            f"one has fewer than {FEWEST_OWN} of them); and both together. Work is {clock} in intervals "
            f"that {WORKED}. Shares with Wilson's 95 % interval. As little "
            f"work elsewhere does not prove that {first} could have done it. {STAYS}."
        )
        title = f"What {first} keeps, and could keep"
        return Figure("could_keep", title, value, definition, "bars", doubt)

    def keeps(self) -> tuple[int, int]:
        """Return how many cases the first tier solved alone, and how many more it could have."""
        everything = sorted(us for spans in self.own.values() for us in spans)
        more = 0
        for request, spans in self.above.items():
            own = sorted(self.own.get(request, Spans()))
            likely = own if len(own) >= FEWEST_OWN else everything
            if likely:
                most_us = quantile(likely, MOST)
                more += sum(0 < us <= most_us for us in spans)
        return len(everything), more

    def _longer(self, clock: str, doubt: str) -> Iterator[Figure | LeftOut]:
        cost = self.moved.cost()
        moved, compared = self.moved.cases, cost.moved if cost is not None else 0
        alike = (
            "the same first tier, request type (of the last row that tells it) and priority (of the first "
            "row), of which there are at least two that moved and two that did not"
        )
        if cost is None:
            why = f"no case that moved has like ones that did not: {alike}"
            yield LeftOut("longer_when_moved", why)
        else:
            yield Figure(
                "longer_when_moved",
                "How much longer cases take that move",
                _as_hours(cost),
                "Over solved cases with stays: the mean time of those with several stays less that of like "
                f"ones with one stay, weighed by how many moved among those alike; alike means {alike}. Time "
                f"is {clock} from the first stay to the first completed row without the intervals that begin "
                "at a row that waits for the customer. 'at least' and 'at most' are the ends of the 95 % "
                "interval (normal, each group with a variance of its own). Cases that move may be harder "
                f"ones: this is a difference and not the effect of moving them. {STAYS}.",
                "none",
                doubt,
            )
        yield Figure(
            "moved_and_compared",
            "Cases that moved and have their like",
            Share(compared, moved),
            f"Of the solved cases with several stays: those with like ones; alike means {alike}.",
            "none",
            doubt,
        )

    def _boxes(self, clock: str, doubt: str) -> Iterator[Figure | LeftOut]:
        boxes, chances = self.boxes(), {}
        for tier in self._tiers:
            left = still_solves(self.ends, tier)
            if left:
                chances[tier] = {_label(each): each.solved for each in left}
        if not chances:
            why = "no tier has enough stays that ended solved or passed on"
            yield from (LeftOut(key, why) for key in _KEYS[5:])
            return
        still = (
            "of the stays in the tier that ended solved or passed on and took longer, those that ended "
            f"solved; a stay's time is its {clock} without the intervals that begin at a row that waits for "
            "the customer"
        )
        at = (
            f"looked at after no time and after the times within which {SHARES[1]:.0%}, {SHARES[2]:.0%} and "
            f"so on to {SHARES[-1]:.0%} of its stays end, while twenty go on"
        )
        if any(boxes.values()):
            yield Figure(
                "time_boxes",
                "Time-boxes that the data suggests",
                {tier: _as_box(box) for tier, box in boxes.items() if box is not None},
                f"For each tier the time after which it solves fewer than half: {still}; {at}. 'box' is the "
                "first such time from which on it stays below half, 'at least' the first at which half is "
                "not beyond the lower end of Wilson's 95 % interval, 'at most' the first from which on half "
                "is above its upper end; left out where there is none. Stays that the end of the log cuts "
                f"are not counted. {STAYS}.",
                "none",
                doubt,
            )
        else:
            yield LeftOut("time_boxes", "every tier solves more than it passes on, however late")
        yield Figure(
            "still_solves",
            "The chance that a tier still solves a case",
            chances,
            "By tier, by the share of its stays that are over, and by how long they took at most: "
            f"{still}; {at}. With Wilson's 95 % interval. {STAYS}.",
            "none",
            doubt,
        )

    def boxes(self) -> dict[str, Box | None]:
        """Return the time-box of each tier that has enough stays; none where it solves most anyway."""
        return {
            tier: box_of(left) for tier in self._tiers if (left := still_solves(self.ends, tier))
        }

    def _remarks(self, first: str) -> tuple[str, ...]:
        if not self.tells_status:
            return ()
        kept, more = self.keeps()
        clock = clock_of(self.terms)[1]
        solved = self.started if self.tells_work else 0
        return said_of(first, clock, kept, more, solved, self.moved.cost(), self.boxes())


def _label(chance: Chance) -> str:
    return f"{chance.over:.0%} over, after {hours(chance.us):,.2f} h"


def _as_hours(cost: Cost) -> Mapping[str, float]:
    return {
        "hours": cost.more_us / 3_600_000_000,
        "at least": cost.low_us / 3_600_000_000,
        "at most": cost.high_us / 3_600_000_000,
    }


def _as_box(box: Box) -> Mapping[str, float]:
    ends = {"box": box.us, "at least": box.low_us, "at most": box.high_us}
    return {name: hours(us) for name, us in ends.items() if us is not None}
