"""A comparison of two policies as a chapter of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from escalate.offline.figures.values import Chapter, Figure, Figures, LeftOut, Share
from escalate.offline.intervals import Estimate, mcnemar, paired_difference

if TYPE_CHECKING:
    from escalate.offline.comparing import Comparison, Pair

_TICKET = (
    "A ticket's verdict on a clock is the worst of its cycles: broken if any breached, else kept if any was "
    "met, else undecided (cancelled, or still running at its last row); none where no target applies."
)


def chapters_of(comparison: Comparison) -> tuple[Chapter, ...]:
    """Return the chapter of *comparison*."""
    return (Chapter("comparison", "Two policies over the same tickets", _figures(comparison)),)


def _figures(comparison: Comparison) -> Figures:
    first, second = comparison.first, comparison.second
    both = (
        f"the first is {first.name!r} {first.version}, the second {second.name!r} {second.version}"
    )
    cases = Figure(
        "tickets", "Tickets compared", comparison.cases, f"Cases followed under both; {both}."
    )
    if not comparison.tickets:
        gone = ("verdicts", "kept", "difference", "by_chance", "why")
        why = "no clock has a target under either policy, or the log has no case"
        return Figures((cases,), tuple(LeftOut(key, why) for key in gone))
    fourfold = {clock: _fourfold(pairs) for clock, pairs in comparison.tickets.items()}
    return Figures(
        (
            cases,
            Figure(
                "changed_tickets",
                "Tickets judged differently",
                len({change.case for change in comparison.changes}),
                "Tickets with at least one cycle of a clock whose verdict differs.",
            ),
            Figure(
                "verdicts",
                "Tickets by verdict under the first > under the second",
                {clock: _named(pairs) for clock, pairs in comparison.tickets.items()},
                f"For each clock: tickets by their pair of verdicts. {_TICKET}",
            ),
            Figure(
                "kept",
                "Tickets whose promise was kept",
                {
                    clock: {
                        "first": Share(a + b, a + b + c + d),
                        "second": Share(a + c, a + b + c + d),
                    }
                    for clock, (a, b, c, d) in fourfold.items()
                },
                "For each clock: tickets that were kept, of those that both policies judge kept or broken.",
            ),
            Figure(
                "difference",
                "Share kept under the second less that under the first",
                {clock: paired_difference(*counts) for clock, counts in fourfold.items()},
                "Of the tickets that both judge kept or broken: (only the second kept - only the first kept) "
                "/ all of them, with Newcombe's 95 % interval for paired shares (1998, method 10).",
            ),
            Figure(
                "by_chance",
                "How likely so uneven a change is by chance",
                {clock: Estimate(mcnemar(b, c)) for clock, (_, b, c, _) in fourfold.items()},
                "McNemar's exact test: twice the smaller tail of a binomial distribution with a half, over "
                "the tickets that only one of the two kept; 1 if there are none.",
            ),
            Figure(
                "cycles",
                "Cycles by target, and by verdict under the first > under the second",
                {
                    f"{a or 'no cycle'} > {b or 'no cycle'}": _named(pairs)
                    for (a, b), pairs in comparison.targets.items()
                },
                "For each pair of targets that decided the same cycle of a clock under the two policies: "
                "cycles by their pair of verdicts.",
            ),
            Figure(
                "why",
                "Why verdicts differ",
                _why(comparison),
                "Cycles whose verdict differs, by clock, verdicts, and the terms of the two targets that are "
                "not the same.",
                "bars" if comparison.changes else "none",
            ),
        )
    )


def _fourfold(pairs: Mapping[Pair, int]) -> tuple[int, int, int, int]:
    """Return how many were kept by both, by the first only, by the second only, and by neither."""
    order = (("kept", "kept"), ("kept", "broken"), ("broken", "kept"), ("broken", "broken"))
    both, only_first, only_second, neither = (pairs.get(pair, 0) for pair in order)
    return both, only_first, only_second, neither


def _named(pairs: Mapping[Pair, int]) -> dict[str, int]:
    return {f"{was} > {now}": count for (was, now), count in pairs.items()}


def _why(comparison: Comparison) -> dict[str, int]:
    found = Counter(
        f"{each.clock.partition(':')[0]}, {each.was} > {each.now}: {each.why}"
        for each in comparison.changes
    )
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
