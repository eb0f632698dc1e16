"""What a line could learn: types of request that it passes on and the next solves with ease."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import attrs

from escalate.core.status import Status
from escalate.offline.figures.lines import NO_STATUS, NO_TIER
from escalate.offline.figures.values import Figure, LeftOut, Share, Spread
from escalate.offline.log import Case, Row
from escalate.offline.studying.listing import MOST, most_frequent, named
from escalate.offline.studying.stories import Stay, solved_row, stays
from escalate.offline.studying.telling import ABOUT, EVENT, request_of, told
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import SpansBy, merge_sums

_WAITS: Final = (Status.PENDING, Status.ON_HOLD)
_NO_CHECKS: Final = (
    "the log does not tell which checks were gone through and what else was tried; "
    "a desk's journal does"
)
_KEYS: Final = ("training_needs", "training_hours", "training_needs_by_checklist")
_NEEDS: Final = "Passed on, and solved by the next line with no wait"
_ALONE: Final = (
    "the line that it came to completed it for good in that very stay (a row there is completed, its status "
    "means resolved or closed, and so are all later rows of the case, which lie in no other known line) with "
    "no row there that waits (status means pending or on_hold)"
)

Shown = TypeVar("Shown")
Kind = tuple[str, str, str]
"""A type of request, the line that passed it on, and the line that it came to."""


@attrs.define
class Training:
    """What was passed on, and what became of it, in the cases that were added so far."""

    terms: Terms
    passed: Counter[Kind] = attrs.field(factory=Counter)
    alone: Counter[Kind] = attrs.field(factory=Counter)
    by_checklist: Counter[Kind] = attrs.field(factory=Counter)
    spent: SpansBy[Kind] = attrs.field(factory=SpansBy)
    tells_tier: bool = False
    tells_status: bool = False
    tells_request: bool = False
    tells_checks: bool = False

    def add(self, case: Case) -> None:
        """Take in one case."""
        request = request_of(case, self.terms)
        self.tells_request = self.tells_request or request is not None
        self.tells_status = self.tells_status or any(row.meaning is not None for row in case.rows)
        self.tells_tier = self.tells_tier or any(row.tier is not None for row in case.rows)
        self.tells_checks = self.tells_checks or told(case.rows[0], EVENT) is not None
        if request is None:
            return
        done, before = solved_row(case), ""
        for stay in stays(case):
            if self._is_up(before, stay.tier):
                self._add_stay((request, before, stay.tier), stay, done)
            before = stay.tier

    def merge(self, other: Training) -> None:
        """Take in what *other* has seen."""
        merge_sums(self, other)

    def figures(self) -> Iterator[Figure | LeftOut]:
        """Yield the figures."""
        missing = self._missing()
        if missing:
            yield from (LeftOut(key, missing) for key in _KEYS)
            return
        shown = most_frequent(self.alone)
        passed = "Of the times that a case of a type of request came from one line to one behind it"
        few = f"Those solved so most often, at most {MOST}; none where it never happened."
        yield Figure(
            _KEYS[0],
            _NEEDS,
            _by_kind(shown, lambda kind: Share(self.alone[kind], self.passed[kind])),
            f"{passed}: those in which {_ALONE}. {few}",
            "bars",
        )
        yield Figure(
            _KEYS[1],
            "How long the next line had these",
            _by_kind(shown, lambda kind: Spread.of(self.spent.get(kind, ()))),
            f"Hours of wall clock of the stays that solved what '{_NEEDS}' counts. {few}",
        )
        yield self._checklists(passed) if self.tells_checks else LeftOut(_KEYS[2], _NO_CHECKS)

    def _checklists(self, passed: str) -> Figure:
        shown = most_frequent(self.by_checklist)
        whose = (
            "any check counts as one of a checklist"
            if self.terms.policy is None
            else f"the checks are those of the type in the policy {self.terms.policy.name!r}"
        )
        definition = (
            f"{passed}: those in which, as '{_NEEDS}' counts, {_ALONE}, and in which the stay's rows "
            "up to its first completed one have a check gone through (event MilestoneReached) of the "
            "checklist, none of another, and nothing else that was tried (event AttemptRecorded); "
            f"{whose}. The {MOST} most frequent; none where it never happened."
        )
        value = _by_kind(shown, lambda kind: Share(self.by_checklist[kind], self.passed[kind]))
        title = "Passed on, and solved by the next line with the checklist alone"
        return Figure(_KEYS[2], title, value, definition, "bars")

    def _missing(self) -> str:
        if not self.tells_tier:
            return NO_TIER
        if not self.tells_status:
            return NO_STATUS
        if not self.tells_request:
            wanted = "map the type of request, or name it with request="
            return f"no row has the attribute {self.terms.request}: {wanted}"
        return ""

    def _is_up(self, source: str, target: str) -> bool:
        tiers = self.terms.tiers
        return source in tiers and target in tiers and tiers.index(source) < tiers.index(target)

    def _add_stay(self, kind: Kind, stay: Stay, done: Row | None) -> None:
        self.passed[kind] += 1
        if stay.to is not None or done is None or not any(row is done for row in stay.rows):
            return
        if any(row.meaning in _WAITS for row in stay.rows) or _comes_back(stay):
            return
        self.alone[kind] += 1
        self.spent.add(kind, stay.us)
        if self._is_by_checklist(kind[0], stay):
            self.by_checklist[kind] += 1

    def _is_by_checklist(self, request: str, stay: Stay) -> bool:
        checks = set()
        for row in stay.rows:
            event = told(row, EVENT)
            if event == "AttemptRecorded":
                return False
            if event == "MilestoneReached":
                checks.add(told(row, ABOUT))
            if row.is_completed:
                break
        policy = self.terms.policy
        if policy is None:
            return bool(checks)
        known = {
            check.milestone
            for each in policy.request_types
            if each.name == request
            for check in each.checklist
        }
        return bool(checks) and checks <= known


def _comes_back(stay: Stay) -> bool:
    at = next(i for i, row in enumerate(stay.rows) if row.is_completed)
    return not all(row.is_completed for row in stay.rows[at:])


def _by_kind(kinds: list[Kind], value: Callable[[Kind], Shown]) -> dict[str, Shown]:
    return named((f"{request}: {a} > {b}", value((request, a, b))) for request, a, b in kinds)
