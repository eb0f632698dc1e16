"""4 and 15. If nobody acts, somebody is told; how long that takes at worst is known. Pauses included.

Bad: a promise that pauses while the customer is asked, and nothing else. A customer who never answers, or a
reply that was lost, and the ticket waits for ever::

    Target("resolution", "40h", default=True, steps=[Step("100%", notify="lead")])

Good: the same with a rule that looks after pauses::

    Rule("silent pause", on="idle", after="3d", when='status in ("pending", "on_hold")', notify="lead")

A step that has spoken in its cycle, or a rule in its stay, counts as told: nobody is told twice. One whose
condition did not hold at its time, or that a change of terms passed by, has not spoken.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import chain, islice
from typing import ClassVar, Final

import attrs

from escalate.core import events as e
from escalate.core.engine import advance
from escalate.core.policy import EscalationPolicy
from escalate.verify.findings import Finding, Verdict
from escalate.verify.hours import Promise, Worst, worst_wall
from escalate.verify.missing import Overtaken, cycle_of, missed, steady_words
from escalate.verify.outline import Due
from escalate.verify.properties.base import SEARCHED, SPURIOUS, TRIED, Inquiry, Property
from escalate.verify.realising import Leg, Moment, Trace
from escalate.verify.search import Edge, Space
from escalate.verify.telling import Word, words_in


class Forgotten(Property):
    """Looks for tickets in work of which nobody is ever told."""

    number = 4
    code = "forgotten"
    title = "If nobody acts on a ticket in work, somebody is told in time"
    categories: ClassVar[tuple[str, ...]] = ("active",)
    sentence = "A ticket that is {status} in {tier} can lie there for ever: nobody is told of it."
    mend = (
        "Give every tier a promise with a step that tells somebody; default = true covers the rest."
    )

    def __init__(self) -> None:
        self._overtaken = Overtaken()

    def begin(self, space: Space) -> None:
        """Learn whose words may be passed by."""
        self._overtaken.begin(space)

    def watch(self, edge: Edge) -> None:
        """See whether a change of terms passes a word by."""
        self._overtaken.watch(edge)

    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""
        space = inquiry.space
        steady = steady_words(space, self._overtaken.late)
        silent: dict[tuple[str, str], list[int]] = {}
        doubtful: dict[tuple[str, str], set[int]] = {}
        longest: tuple[Worst, Word] | None = None
        for number, node in enumerate(space.nodes):
            ticket = node.ticket
            if ticket.category not in self.categories:
                continue
            words = list(words_in(ticket, space.noticed))
            if not words:
                found = silent.setdefault((ticket.tier, ticket.category), [])
                if len(found) < TRIED:
                    found.append(number)
                continue
            heard = [w for w in words if w.deed.name in steady[cycle_of(ticket, w.clock)]]
            if not heard:
                doubtful.setdefault((ticket.tier, ticket.category), set()).add(number)
                continue
            soonest = _soonest(inquiry.policy, heard)
            if soonest is not None and (longest is None or soonest[0].wall_us > longest[0].wall_us):
                longest = soonest
        return self._answer(inquiry, silent, doubtful, longest)

    def _answer(
        self,
        inquiry: Inquiry,
        silent: dict[tuple[str, str], list[int]],
        doubtful: dict[tuple[str, str], set[int]],
        longest: tuple[Worst, Word] | None,
    ) -> Verdict:
        findings = []
        for numbers in silent.values():
            for number in numbers:
                ticket = inquiry.space.nodes[number].ticket
                outline = inquiry.space.outliner.of(ticket)
                trace = inquiry.trace(number, partial(_is_there, inquiry, outline))
                if trace is not None:
                    findings.append(self._finding(inquiry, trace))
                    break
        if doubtful and not findings:
            trace = self._missed(inquiry, {each for found in doubtful.values() for each in found})
            findings += [] if trace is None else [self._finding(inquiry, trace)]
        figures = {} if longest is None else {"longest_h": longest[0].wall_us / 3_600_000_000}
        if findings:
            return self.refuted("a ticket was followed", *findings, figures=figures)
        if silent or doubtful:
            return self.unknown(SPURIOUS, figures=figures)
        if not inquiry.complete:
            return self.stopped(inquiry, figures=figures)
        told = (
            "" if longest is None else f"; at worst after {longest[0]}, by {longest[1].deed.name!r}"
        )
        return self.proved(f"{SEARCHED}{told}", figures=figures)

    def _missed(self, inquiry: Inquiry, numbers: set[int]) -> Trace | None:
        """Return a life on which every word is missed that would have told of the ticket."""
        shows = partial(_never_heard_of, self.categories)
        late = (
            inquiry.trace(way.source, shows, Leg(way.act, {way.clock: age}))
            for way in islice(self._overtaken.ways(), TRIED)
            for age in way.ages
        )
        silent = (
            inquiry.trace(source, shows, Due(clock, entry), act)
            for source, clock, entry, act, _ in islice(missed(inquiry.space, numbers), TRIED)
        )
        return next((trace for trace in chain(late, silent) if trace is not None), None)

    def _finding(self, inquiry: Inquiry, trace: Trace) -> Finding:
        ticket, policy = trace.ticket, inquiry.policy
        status = str(ticket.status).replace("_", " ")
        trace = attrs.evolve(trace, moments=(*trace.moments, _later(trace, 30)))
        return Finding(
            code=self.code,
            severity="error" if policy.receivers else "warning",
            sentence=self.sentence.format(status=status, tier=ticket.tier),
            place=f"tiers[{policy.tier_names.index(ticket.tier)}]",
            mend=self.mend,
            trace=trace,
        )


class SilentPause(Forgotten):
    """Looks for pauses of which nobody is ever told."""

    number = 15
    code = "silent-pause"
    title = "If nobody ends a pause, somebody is told in time"
    categories = ("pending", "on_hold")
    sentence = "A ticket that is {status} in {tier} can stay so for ever: nobody is told of it."
    mend = 'Add a rule with on = "idle" that tells somebody after a few days.'


def _is_there(inquiry: Inquiry, outline: object, life: Trace) -> bool:
    """Whether *life* ends in that situation, and in a year from then nobody is told."""
    there = inquiry.space.outliner.of(life.ticket) == outline
    return there and not any(isinstance(event, _TELLS) for event in _later(life, 366).events)


def _never_heard_of(categories: tuple[str, ...], life: Trace) -> bool:
    """Whether *life* ends in work or in a pause, and nobody was told, nor is in a year from then."""
    every = (*life.journal, *_later(life, 366).events)
    there = life.ticket.category in categories
    return there and not any(isinstance(event, _TELLS) for event in every)


def _later(life: Trace, days: int) -> Moment:
    last = life.moments[-1]
    at = last.at + timedelta(days=days)
    outcome = advance(last.ticket, life.policy, before=at)
    assert outcome.ticket is not None
    return Moment(at, None, outcome.events, outcome.ticket)


_TELLS: Final = (e.NotifyAsked, e.Moved, e.Invited, e.ApprovalAsked)


def _soonest(policy: EscalationPolicy, words: list[Word]) -> tuple[Worst, Word] | None:
    """Return the word that comes first at worst, and how long that takes on the wall."""
    found = []
    for word in words:
        amount_us = word.amount_us
        worst = worst_wall(Promise(policy.calendar(word.clock.calendar), amount_us))
        if worst is not None:
            found.append((worst, word))
    return min(found, key=lambda each: each[0].wall_us, default=None)
