"""The scorecard: the goals of a policy against what happened, week by week; and what the team says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, Self
from zoneinfo import ZoneInfo

import attrs

from escalate.core.clockkinds import IDLE
from escalate.core.clocks import Clock, ClockState
from escalate.core.events import Breached
from escalate.core.instants import DAY_US
from escalate.core.policy import EscalationPolicy
from escalate.core.protocol import Goal
from escalate.errors import HorizonTooShort, nearest
from escalate.offline.figures.lines import NO_STATUS
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Share, Value, hours, quantile
from escalate.offline.following import follow_case
from escalate.offline.intervals import Estimate
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.deskclock import iso, shown_us, weekday_of, zone_of
from escalate.offline.studying.doubting import as_sentence, of_calendar
from escalate.offline.studying.goalmeasures import KEPT, MEASURES, NAMES, Measure
from escalate.offline.studying.telling import ABOUT, EVENT, told
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import SpansBy, merge_sums

MOST_SUBJECTS: Final = 50
"""Of how many parts of a policy feedback is shown."""

_KEPT: Final = (
    "Clock cycles with a target that were met, of those that were met or broken, counted in the week of that "
    "verdict, the last one where a reopening withdrew another; the engine counts them over what the log "
    "shows, with the policy as an adviser that moves nothing"
)
_NO_GOALS: Final = "the policy has no goals ([[goals]])"
_NO_POLICY: Final = "there is no policy whose goals could be looked at"
_NO_CLOCK: Final = "no clock with a target was met or broken"
_NO_FEEDBACK: Final = (
    "the log has no feedback: a desk's journal has it, as rows whose event is FeedbackGiven"
)


@attrs.define
class Weeks:
    """What the weeks add up to for one measure, each by the day on which its Monday falls.

    Attributes:
        sums: What the numbers of the cases add up to.
        cases: How many cases have one.
        spans: The numbers themselves, for medians.
    """

    sums: Counter[int] = attrs.field(factory=Counter)
    cases: Counter[int] = attrs.field(factory=Counter)
    spans: SpansBy[int] = attrs.field(factory=SpansBy)

    def add(self, week: int, number: Fraction | int, unit: str) -> None:
        """Take in the number of one case."""
        self.cases[week] += 1
        if unit == "hours":
            self.spans.add(week, int(number))
        else:
            self.sums[week] += number  # type: ignore[assignment]  # fractions add up as exactly

    def merge(self, other: Weeks) -> None:
        """Take in what another has of other cases."""
        merge_sums(self, other)

    def value(self, week: int, unit: str) -> tuple[float, Value]:
        """Return the number of a *week* that has one, and the same as the value of a figure."""
        count, total = self.cases[week], self.sums[week]
        if unit == "share":
            return total / count, Share(total, count)
        if unit == "hours":
            median = hours(quantile(sorted(self.spans[week]), Fraction(1, 2)))
            return median, median
        mean = float(Fraction(total, count))
        return mean, Estimate(mean, unit="number")


@attrs.define(init=False)
class Scorecard:
    """Gathers what the goals of a policy measure, by week, and the feedback on its parts."""

    terms: Terms
    zone: ZoneInfo
    advising: EscalationPolicy | None
    measures: dict[str, Weeks]
    cases: int
    completed: int
    beyond: int
    strange: set[str]
    feedback: Counter[tuple[str, str]]

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.zone, _ = zone_of(terms)
        goals = terms.policy.goals if terms.policy is not None else ()
        self.measures = {goal.measure: Weeks() for goal in goals if goal.measure in NAMES}
        self.advising = None
        if terms.policy is not None and KEPT in self.measures:
            self.advising = terms.policy.advisory()
        self.cases = self.completed = self.beyond = 0
        self.strange = set()
        self.feedback = Counter()

    def add(self, case: Case) -> None:
        """Take in one case."""
        self.cases += 1
        self._hear(case)
        if self.advising is not None:
            try:
                self._count(case, self.advising)
            except HorizonTooShort:
                self.beyond += 1  # which the figure then doubts
        at = case.first_completed
        if at is None:
            return
        self.completed += 1
        week = self._week(case.rows[at].at_us)
        for name, weeks in self.measures.items():
            if name != KEPT:
                number = MEASURES[name].of(case, self.terms)
                if number is not None:
                    weeks.add(week, number, MEASURES[name].unit)

    def merge(self, other: Self) -> None:
        """Take in what another has gathered over other cases."""
        merge_sums(self, other)
        for name, weeks in other.measures.items():
            self.measures[name].merge(weeks)

    def _week(self, at_us: int) -> int:
        day = shown_us(at_us, self.zone) // DAY_US
        return day - weekday_of(day)

    def _hear(self, case: Case) -> None:
        for row in case.rows:
            about = told(row, ABOUT)
            if about is not None and told(row, EVENT) == "FeedbackGiven":
                self.feedback[about, told(row, "policy") or "(unknown)"] += 1

    def _count(self, case: Case, advising: EscalationPolicy) -> None:
        # Conditions compare priorities by rank; one without a rank would quietly fail them all.
        seen = {row.priority for row in case.rows if row.priority is not None}
        self.strange |= seen - {*advising.priorities}
        if self.strange:
            return
        weeks = self.measures[KEPT]
        for at_us, is_met in _verdicts(case, advising):
            weeks.add(self._week(at_us), is_met, "share")

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return each goal with its weeks, how many were good, and the feedback."""
        return chapter_of("scorecard", "Scorecard", [*self._goals(quality), self._feedback()])

    def _goals(self, quality: DataQuality) -> Iterator[Figure | LeftOut]:
        if self.terms.policy is None or not self.terms.policy.goals:
            yield LeftOut("goals", _NO_POLICY if self.terms.policy is None else _NO_GOALS)
            return
        shown: list[Figure] = []
        hits: dict[str, dict[str, int]] = {}
        left_out: list[LeftOut] = []
        keys: Counter[str] = Counter()
        for goal in self.terms.policy.goals:
            key = f"{goal.measure}_{'at_most' if goal.at_least is None else 'at_least'}"
            keys[key] += 1
            key += f"_{keys[key]}" if keys[key] > 1 else ""
            why = self._why_not(goal)
            if why:
                left_out.append(LeftOut(key, why))
                continue
            name = _goal_text(goal)
            shown.append(self._weeks(goal, key, quality))
            weeks = self.measures[goal.measure]
            values = {week: weeks.value(week, _unit(goal))[0] for week in sorted(weeks.cases)}
            hits[name] = {iso(week): int(_is_good(goal, each)) for week, each in values.items()}
        if shown:
            yield _weeks_good(hits)
            yield _good_or_not(hits)
        yield from shown
        yield from left_out

    def _why_not(self, goal: Goal) -> str:
        """Return why nothing can be said of *goal*; empty if it can."""
        if goal.measure not in NAMES:
            return f"{goal.measure!r} is no measure; {nearest(goal.measure, NAMES)}"
        if self.measures[goal.measure].cases and not (goal.measure == KEPT and self.strange):
            return ""
        if goal.measure != KEPT:
            return MEASURES[goal.measure].missing if self.completed else NO_STATUS
        if not self.strange:
            return _NO_CLOCK
        assert self.terms.policy is not None  # goals come from one
        strange = min(self.strange)
        known = nearest(strange, self.terms.policy.priorities)
        return f"the log has the priority {strange!r}, which the policy does not know; {known}"

    def _weeks(self, goal: Goal, key: str, quality: DataQuality) -> Figure:
        weeks = self.measures[goal.measure]
        value = {iso(week): weeks.value(week, _unit(goal))[1] for week in sorted(weeks.cases)}
        if goal.measure == KEPT:
            return Figure(
                key, _goal_text(goal), value, _named(_KEPT), "bars", self._doubt_of_clocks()
            )
        means = MEASURES[goal.measure].means
        definition = _named(
            "Over the cases whose first completed row (status means resolved or closed) lies in the "
            f"week: {means}"
        )
        window = quality.evidence.window
        doubt = as_sentence(window.chosen_by_end()) or as_sentence(window.chosen_by_beginning())
        return Figure(key, _goal_text(goal), value, definition, "bars", doubt)

    def _doubt_of_clocks(self) -> str:
        return of_calendar(self.cases, self.beyond)

    def _feedback(self) -> Figure | LeftOut:
        if not self.feedback:
            return LeftOut("feedback", _NO_FEEDBACK)
        totals: Counter[str] = Counter()
        for (about, _), count in self.feedback.items():
            totals[about] += count
        most = sorted(totals, key=lambda about: (-totals[about], about))[:MOST_SUBJECTS]
        versions = sorted({version for _, version in self.feedback})
        value = {
            about: {version: self.feedback[about, version] for version in versions}
            for about in most
        }
        definition = (
            "Rows of a desk's journal whose event is FeedbackGiven, by the rule, path or target that "
            "they are about and by the name and version of the policy that the ticket was under; the "
            f"words are kept with the ticket. The {MOST_SUBJECTS} that most feedback is about."
        )
        return Figure("feedback", "Feedback of the team", value, definition, "heat")


def _verdicts(case: Case, advising: EscalationPolicy) -> Iterator[tuple[int, bool]]:
    """Yield for each promise of *case* when it was kept or broken, and which of them."""
    last: dict[tuple[str, int], tuple[Clock, int]] = {}
    broken: dict[tuple[str, int], int] = {}
    for _, event in follow_case(case, advising):
        for _, clock in event.clocks:
            last[clock.name, clock.cycle] = clock, event.at_us
        if isinstance(event, Breached):
            _, late = event.clocks[0]
            broken.setdefault((late.name, late.cycle), event.at_us)
    # A promise that was broken stays broken, whatever becomes of its clock.
    for key, (clock, at_us) in last.items():
        if clock.name == IDLE:
            continue
        if key in broken or clock.breached:
            yield broken.get(key, at_us), False
        elif clock.state is ClockState.MET and clock.target is not None:
            yield at_us, True


def _unit(goal: Goal) -> str:
    measure: Measure | None = MEASURES.get(goal.measure)
    return "share" if measure is None else measure.unit


def _goal_text(goal: Goal) -> str:
    if goal.at_least is None:
        return f"{goal.measure}: at most {goal.at_most:g}"
    return f"{goal.measure}: at least {goal.at_least:g}"


def _is_good(goal: Goal, number: float) -> bool:
    if goal.at_least is not None:
        return number >= goal.at_least
    return goal.at_most is not None and number <= goal.at_most


def _named(definition: str) -> str:
    weeks = "A week is named by its Monday, by the clock of the desk; weeks without are left out"
    return f"{definition}. {weeks}."


def _weeks_good(hits: Mapping[str, Mapping[str, int]]) -> Figure:
    value = {goal: Share(sum(weeks.values()), len(weeks)) for goal, weeks in hits.items()}
    definition = (
        "For each goal: the weeks in which it was reached, of the weeks that have a value; the first and "
        "the last week may be parts, and a week of few cases is hit or missed by chance."
    )
    return Figure("weeks_reached", "Weeks in which goals were reached", value, definition, "bars")


def _good_or_not(hits: Mapping[str, Mapping[str, int]]) -> Figure:
    definition = (
        "For each goal and each week that has a value: 1 if the goal was reached (at least, or at most, the "
        "number that it names), else 0."
    )
    return Figure("reached", "Goals reached, week by week", hits, definition, "heat")
