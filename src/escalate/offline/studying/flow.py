"""The chapter "flow": how cases move between lines and teams, where they are solved, what comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from escalate.offline.figures import lines
from escalate.offline.figures.lines import NO_STATUS, NO_TEAM, NO_TIER, Whereabouts
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Share, Spread
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.studying import doubting, flowing
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.listing import MOST, counts_of, named, way
from escalate.offline.studying.stories import (
    completions,
    solved_row,
    stays,
    there_and_back,
    was_one_contact,
)
from escalate.offline.studying.telling import EVENT
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import Spans, SpansBy, merge_sums

_NO_BOT: Final = (
    'no line is known to be a bot\'s: give a policy whose tiers have kind = "bot", or bots='
)
_NO_WORD: Final = "the log has no status words: map a status column"


@attrs.define
class Flow:
    """Gathers what the chapter tells, over cases in any order and in any parts."""

    terms: Terms
    seen: Whereabouts = attrs.field(factory=Whereabouts)
    chart: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    before_move: SpansBy[tuple[str, str]] = attrs.field(factory=SpansBy)
    stays: SpansBy[str] = attrs.field(factory=SpansBy)
    solved: Counter[str | None] = attrs.field(factory=Counter)
    line_bounces: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    team_bounces: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    bounced_lines: int = 0
    bounced_teams: int = 0
    to_completed: SpansBy[tuple[str, bool]] = attrs.field(factory=SpansBy)
    completions: Counter[str | None] = attrs.field(factory=Counter)
    undone: Counter[str | None] = attrs.field(factory=Counter)
    one_contact: int = 0
    deflected: int = 0
    variants: Counter[tuple[str, ...]] = attrs.field(factory=Counter)
    ways: Counter[tuple[str, ...]] = attrs.field(factory=Counter)
    tells_words: bool = False

    def add(self, case: Case) -> None:
        """Take in one case."""
        tiers, teams = lines.tier_runs(case), lines.team_runs(case)
        self.seen.add_with_runs(case, tiers, teams)
        self._add_stays(case)
        self._add_bounces(case, tiers, teams)
        done = solved_row(case)
        if done is not None:
            self.solved[done.tier] += 1
            self.deflected += bool(self.terms.bots) and _by_bots(case, self.terms.bots)
        for row, again in completions(case):
            self.completions[row.tier] += 1
            self.undone[row.tier] += again
        self.one_contact += was_one_contact(case, self.terms) or False
        self.variants[tuple([row.word or "(none)" for row in case.rows])] += 1
        self.ways[tuple(tiers)] += 1
        self.tells_words = self.tells_words or any(row.word for row in case.rows)

    def merge(self, other: Flow) -> None:
        """Take in what *other* has gathered over other cases."""
        merge_sums(self, other)

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return the chapter."""
        tiers = self.seen.lines(self.terms.tiers)
        return chapter_of("flow", "Flow", [*self._where(tiers, quality), *self._back(quality)])

    # -- one case

    def _add_stays(self, case: Case) -> None:
        is_over = case.rows[-1].is_completed
        before = flowing.START
        for stay in stays(case):
            self.chart[before, stay.tier] += 1
            before = stay.tier
            if stay.to is not None or is_over:
                self.stays.add(stay.tier, stay.us)
                self.before_move.add((stay.tier, stay.to or flowing.COMPLETED), stay.us)
        if before != flowing.START:
            self.chart[before, flowing.COMPLETED if is_over else flowing.NOT_COMPLETED] += 1

    def _add_bounces(self, case: Case, tiers: Sequence[str], teams: Sequence[str]) -> None:
        self.bounced_lines += _count(there_and_back(tiers), self.line_bounces)
        self.bounced_teams += _count(there_and_back(teams), self.team_bounces)
        at = case.first_completed
        if at is not None:
            us = case.rows[at].at_us - case.rows[0].at_us
            self.to_completed.add(("line", lines.got_back(tiers)), us)
            self.to_completed.add(("team", lines.got_back(teams)), us)

    # -- the chapter

    def _where(self, tiers: Sequence[str], quality: DataQuality) -> Iterator[Figure | LeftOut]:
        seen = self.seen
        yield Figure("cases", "Cases", seen.cases, "Cases with at least one readable row.")
        yield Figure("events", "Events", seen.events, "Readable rows of all cases together.")
        if seen.tiers:
            yield flowing.flowchart(self.chart, tiers, tells_status=seen.tells_status)
            yield lines.moves(seen, tiers)
            yield flowing.before_move(self.before_move, tiers)
            yield flowing.stays_by_line(self.stays, tiers)
            start = lines.cases_by_line_at_start(seen, tiers)
            yield attrs.evolve(start, doubt=doubting.of_beginnings(seen.cases, quality))
            yield lines.stays_in_first_line(seen, tiers[0])
            yield from self._solved(tiers)
        else:
            yield from (LeftOut(key, NO_TIER) for key in _OF_LINES)
        yield self._first_contact() if seen.tells_status else LeftOut(_CONTACT, NO_STATUS)
        yield self._deflection()
        yield from self._variants()

    def _solved(self, tiers: Sequence[str]) -> Iterator[Figure | LeftOut]:
        if not self.seen.tells_status:
            yield from (LeftOut(key, NO_STATUS) for key in _OF_COMPLETIONS)
            return
        yield lines.cases_by_line_at_first_completed(self.seen, tiers)
        value = lines.by_line(self.solved, tiers)
        value["not completed"] = self.seen.cases - self.solved.total()
        definition = (
            "Cases whose last row is completed (its status means resolved or closed), by the line of "
            "the row that began the last run of completed rows; 'not completed' are all others."
        )
        yield Figure("solved_by_line", "Solved, by line", value, definition, "bars")
        yield flowing.reopened_by_line(self.undone, self.completions, tiers)

    def _first_contact(self) -> Figure:
        definition = (
            "Of the cases with a completed row: those that never were reopened, and up to their first "
            "completed row were in one line, one team and one person's hands, as far as the log tells "
            "these, did not wait for the customer (status means pending) and, in a desk's journal, had "
            f"no further message of the customer (no row whose {EVENT} is CustomerReplied)."
        )
        value = Share(self.one_contact, self.seen.completed.total())
        return Figure(_CONTACT, "Solved at the first contact", value, definition)

    def _deflection(self) -> Figure | LeftOut:
        key = "deflection"
        if not self.terms.bots:
            return LeftOut(key, _NO_BOT)
        if not self.seen.tells_status:
            return LeftOut(key, NO_STATUS)
        bots = ", ".join(sorted(self.terms.bots))
        definition = (
            f"Cases all of whose rows lie in lines without humans ({bots}) and whose last row is "
            "completed (its status means resolved or closed), of all cases."
        )
        return Figure(key, "Solved by a bot", Share(self.deflected, self.seen.cases), definition)

    def _variants(self) -> Iterator[Figure | LeftOut]:
        cases = self.seen.cases
        if self.tells_words:
            yield Figure(
                "variants_count",
                "Different sequences of status words",
                len(self.variants),
                "How many different sequences the status words of a case's rows form.",
            )
            definition = (
                "Cases whose rows have exactly these status words in this order, of all cases; a number "
                f"behind a word says how many rows in a row have it. The {MOST} most frequent."
            )
            shown = named((way(some), Share(n, cases)) for some, n in counts_of(self.variants))
            yield Figure("variants", "Most frequent sequences", shown, definition, "bars")
        else:
            yield from (LeftOut(key, _NO_WORD) for key in ("variants_count", "variants"))
        if self.seen.tiers:
            definition = (
                "Cases that went through exactly these lines in this order, of all cases; rows of "
                f"unknown line are passed over. The {MOST} most frequent."
            )
            ways = ((way(some) or "(unknown)", Share(n, cases)) for some, n in counts_of(self.ways))
            yield Figure("ways", "Most frequent ways", named(ways), definition, "bars")
        else:
            yield LeftOut("ways", NO_TIER)

    def _back(self, quality: DataQuality) -> Iterator[Figure | LeftOut]:
        seen = self.seen
        if seen.tiers:
            yield lines.back_to_same_line(seen)
            yield flowing.bounces("line", self.line_bounces, self.bounced_lines)
            yield self._slower("line")
        else:
            yield from (LeftOut(key, NO_TIER) for key in _backs("line"))
        if seen.tells_team:
            yield lines.back_to_same_team(seen)
            yield flowing.bounces("team", self.team_bounces, self.bounced_teams)
            yield flowing.bounces_by_pair(self.team_bounces)
            yield self._slower("team")
        else:
            yield from (LeftOut(key, NO_TEAM) for key in (*_backs("team"), "bounces_by_team_pair"))
        if seen.tells_status:
            doubt = doubting.of_reopenings(quality)
            yield attrs.evolve(lines.reopened(seen), doubt=doubt)
        else:
            yield LeftOut("reopened", NO_STATUS)

    def _slower(self, what: str) -> Figure | LeftOut:
        key = f"to_first_completed_if_back_to_same_{what}"
        if not self.seen.tells_status:
            return LeftOut(key, NO_STATUS)
        value = {
            f"same {what} got it back": Spread.of(self.to_completed.get((what, True), Spans())),
            "others": Spread.of(self.to_completed.get((what, False), Spans())),
        }
        definition = (
            "Over the cases with a completed row (status means resolved or closed): hours of wall "
            f"clock from the first row to the first completed one, for those that some {what} got back "
            f"(as '{lines.BACK[what]}' counts them) and for the others."
        )
        title = f"To the first Completed, where a {what} got it back and elsewhere"
        return Figure(key, title, value, definition)


def _count(bounces: Iterator[tuple[str, str]], seen: Counter[tuple[str, str]]) -> bool:
    """Count *bounces* among those that were *seen*, and return whether there are any."""
    some = False
    for pair in bounces:
        seen[pair] += 1
        some = True
    return some


def _by_bots(case: Case, bots: frozenset[str]) -> bool:
    return all(row.tier in bots for row in case.rows)


def _backs(what: str) -> tuple[str, ...]:
    return (
        f"back_to_same_{what}",
        f"bounces_between_{what}s",
        f"to_first_completed_if_back_to_same_{what}",
    )


_CONTACT: Final = "first_contact_resolution"
_OF_COMPLETIONS: Final = (
    "cases_by_line_at_first_completed",
    "solved_by_line",
    "reopened_by_line",
)
_OF_LINES: Final = (
    "flowchart",
    "moves",
    "hours_before_move",
    "stays_by_line",
    "cases_by_line_at_start",
    "stays_in_first_line",
    *_OF_COMPLETIONS,
)
