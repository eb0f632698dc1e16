"""A replay as chapters of figures, each with the sentence by which anybody can compute it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from escalate.core.explained import zone_of
from escalate.core.instants import as_instant
from escalate.offline.figures.values import (
    Chapter,
    Chart,
    Figure,
    Figures,
    LeftOut,
    Share,
    Spread,
    Value,
)
from escalate.offline.replays.deeds import OUTCOMES, SAME, Advice
from escalate.offline.replays.promises import DECIDED, VERDICTS, Breach, Decided

if TYPE_CHECKING:
    from escalate.offline.replays.result import Replay

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHARE: Final = "cycles that were met, of those that were met or breached"
_WHERE: Final = "as the cycle was decided: when it breached, else right before it ended"
_MANY_RUNNING: Final = 20  # one in so many


def chapters_of(replay: Replay) -> tuple[Chapter, ...]:
    """Return the chapters of *replay*."""
    return (
        Chapter("promises", "What was promised, and what was kept", _promises(replay)),
        Chapter("warnings", "What would have been warned of", _warnings(replay)),
        Chapter("would_have", "What the policy would have done", _would_have(replay)),
        Chapter("allowed", "What the policy does not allow", _allowed(replay)),
    )


# -- promises


def _promises(replay: Replay) -> Figures:
    tickets = Figure(
        "tickets", "Tickets replayed", replay.cases, "Cases of the log that were followed."
    )
    if not replay.cycles:
        gone = ("verdicts", "kept", "kept_by_tier", "kept_by_priority", "kept_by_month", "breaches")
        why = "no clock ran: the policy promises nothing, or the log has no case"
        return Figures((tickets,), tuple(LeftOut(key, why) for key in gone))
    return Figures((tickets, _verdicts(replay), _kept(replay), *_kept_by(replay), *_broken(replay)))


def _verdicts(replay: Replay) -> Figure:
    value = {
        target: {verdict: replay.cycles.get((target, verdict), 0) for verdict in VERDICTS}
        for target in replay.targets
    }
    definition = (
        "Cycles of each target's clock by verdict: met in time, breached, cancelled, or still running at "
        "the case's last row; what comes after that row the log does not say. A cycle that a reopening "
        "revived counts once, with its last verdict; one that was breached stays so, for the target that "
        "was broken."
    )
    return Figure("verdicts", "Cycles by verdict", value, definition)


def _kept(replay: Replay) -> Figure:
    value = {
        target: _share({key: n for key, n in replay.decided.items() if key.target == target})
        for target in replay.targets
    }
    running = sum(count for (_, verdict), count in replay.cycles.items() if verdict == "running")
    decided = sum(count for (_, verdict), count in replay.cycles.items() if verdict in DECIDED)
    doubt = ""
    if running * _MANY_RUNNING > running + decided:
        doubt = (
            f"{running:,} cycles still ran when their case ends in the log: the slowest ones are among them, "
            "so more promises may have been broken than it says."
        )
    definition = f"For each target: {_SHARE}. What was cancelled or still runs counts in neither."
    return Figure("kept", "Promises kept", value, definition, "bars", doubt)


def _kept_by(replay: Replay) -> Iterable[Figure]:
    whats: Sequence[tuple[str, str, str, Sequence[str]]] = (
        ("tier", "line", f"by the line in which the ticket was {_WHERE}", replay.policy.tier_names),
        (
            "priority",
            "priority",
            f"by the priority of the ticket {_WHERE}",
            replay.policy.priorities,
        ),
        (
            "month",
            "month",
            "by the month, in UTC, in which the cycle was decided: breached, else ended",
            (),
        ),
    )
    for name, title, how, order in whats:
        value: dict[str, Value] = {}
        for target in replay.targets:
            rows = [
                key for key in replay.decided if key.target == target and key.verdict in DECIDED
            ]
            names = {getattr(key, name) for key in rows}
            value[target] = {
                each: _share(
                    {key: replay.decided[key] for key in rows if getattr(key, name) == each}
                )
                for each in [*(one for one in order if one in names), *sorted(names - {*order})]
            }
        definition = f"For each target: {_SHARE}, {how}."
        yield Figure(f"kept_by_{name}", f"Promises kept, by {title}", value, definition)


def _share(cycles: Mapping[Decided, int]) -> Share:
    met, breached = (
        sum(count for key, count in cycles.items() if key.verdict == verdict) for verdict in DECIDED
    )
    return Share(met, met + breached)


def _broken(replay: Replay) -> Iterable[Figure]:
    zone = zone_of(replay.policy.calendar(replay.policy.calendar_name(replay.policy.entry_tier)))
    breaches = replay.breaches
    late: dict[str, list[int]] = {}
    waiting: dict[str, int] = {}
    for each in breaches:
        if each.ended_us is None:
            waiting[each.target] = waiting.get(each.target, 0) + 1
        else:
            late.setdefault(each.target, []).append(each.ended_us - each.broken_us)
    targets = [target for target in replay.targets if target in late or target in waiting]
    yield Figure(
        "breaches", "Promises broken", len(breaches), "Cycles whose breach fired, each once."
    )
    yield Figure(
        "breaches_by_month",
        "Promises broken, by month",
        _by_month(breaches),
        "Breaches by the month, in UTC, in which they fired; named by its first day.",
        "line",
    )
    yield Figure(
        "breaches_by_hour",
        "Promises broken, by hour of the week",
        _by_hour(breaches, zone),
        f"Breaches by the weekday and hour, on the clock of {zone}, at which they fired.",
        "heat",
    )
    yield Figure(
        "late_by",
        "How late what was broken was done",
        {target: Spread.of(late.get(target, ())) for target in targets},
        "For each target: wall-clock hours from the breach to the end of the cycle, of the cycles that "
        "breached and ended.",
    )
    yield Figure(
        "never_done",
        "Broken and not done in the log",
        {target: waiting.get(target, 0) for target in targets},
        "For each target: cycles that breached and had not ended when the case's rows end.",
        "bars",
    )


def _by_month(breaches: Iterable[Breach]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in breaches:  # in order of time
        month = f"{as_instant(each.broken_us):%Y-%m}-01"
        found[month] = found.get(month, 0) + 1
    return found


def _by_hour(breaches: Iterable[Breach], zone: str) -> dict[str, dict[str, int]]:
    place = ZoneInfo(zone)
    found = {day: {f"{hour:02}": 0 for hour in range(24)} for day in _WEEKDAYS}
    for each in breaches:
        there = as_instant(each.broken_us).astimezone(place)
        found[_WEEKDAYS[there.weekday()]][f"{there.hour:02}"] += 1
    return found


# -- warnings


def _warnings(replay: Replay) -> Figures:
    steps = [
        f"{target.name}: {step.name}"
        for target in replay.policy.sla.targets
        for step in target.steps
    ]
    alarms = replay.promises.alarms
    reached = {name: alarms[name] for name in steps if name in alarms}
    if not reached:
        why = "no step of a target was reached before its clock was decided"
        return Figures((), tuple(LeftOut(key, why) for key in ("warned", "ahead", "alarms")))
    warned = {
        target: Share(sum(each.warned_us is not None for each in mine), len(mine))
        for target in replay.targets
        if (mine := [each for each in replay.breaches if each.target == target])
    }
    return Figures(
        (
            Figure(
                "warned",
                "Broken promises that a step would have warned of",
                warned,
                "For each target: breaches before which at least one step of their cycle was reached, its "
                "condition holding, of all its breaches. A step at 100 % comes with the breach and warns of "
                "nothing.",
                "bars",
            ),
            Figure(
                "ahead",
                "How long before the breach",
                {
                    name: Spread.of(alarm.before_us)
                    for name, alarm in reached.items()
                    if alarm.before_us
                },
                "For each step: wall-clock hours from the step to the breach of the same cycle, each time "
                "that the breach came later.",
            ),
            Figure(
                "alarms",
                "Warnings after which the promise was broken",
                {
                    name: Share(
                        alarm.verdicts["breached"], sum(alarm.verdicts[each] for each in DECIDED)
                    )
                    for name, alarm in reached.items()
                },
                "For each step: the cycles that breached later, of those in which it was reached before they "
                "were met or breached. Nobody was warned then; had people been, fewer might have breached.",
                "bars",
            ),
        )
    )


# -- would have


def _would_have(replay: Replay) -> Figures:
    deeds = {each.label: each for each in replay.advised.values()}
    if not deeds:
        why = "the policy has no step and no rule"
        return Figures((), tuple(LeftOut(key, why) for key in ("deeds", "moves", "sooner")))
    movers = {name: each for name, each in deeds.items() if each.people}
    return Figures(
        (
            _bars("deeds", "Deeds", deeds, lambda each: each.times, "times it would have acted"),
            _bars(
                "deed_tickets",
                "Tickets",
                deeds,
                lambda each: each.tickets,
                "tickets on which it would",
            ),
            Figure(
                "until_next",
                "How long until people did anything",
                {
                    name: Spread.of(each.until_next_us)
                    for name, each in deeds.items()
                    if each.until_next_us
                },
                "For each deed: wall-clock hours until the next change of status, line or priority in the "
                "log, each time that there was one.",
            ),
            Figure(
                "moves",
                "Moves that would have been made, and what people did",
                {
                    name: {one: each.people[one] for one in OUTCOMES}
                    for name, each in movers.items()
                },
                "For each deed that moves a ticket, by what the log says of the rest of the ticket's life: "
                f"{'; '.join(OUTCOMES)}. The next move that people made decides; 'finished' is a last status "
                "that means resolved or closed.",
            ),
            Figure(
                "sooner",
                "How long before people made the same move",
                {
                    name: Spread.of(each.sooner_us)
                    for name, each in movers.items()
                    if each.people[SAME]
                },
                "For each deed that moves a ticket: wall-clock hours to the next move that people made, each "
                "time that it led to the same line.",
            ),
            Figure(
                "after_a_move",
                "Deeds of which nobody knows",
                {
                    name: Share(each.after_a_move, each.times)
                    for name, each in deeds.items()
                    if each.after_a_move
                },
                "For each deed: times that come after a move that the policy would have made on the same "
                "ticket, of all its times. The ticket would have been elsewhere by then, so whether they "
                "would have come at all no log can say.",
                "bars",
            ),
        )
    )


def _bars(
    key: str, title: str, deeds: Mapping[str, Advice], count: Callable[[Advice], int], what: str
) -> Figure:
    definition = (
        f"For each step of a target, rule and limit of the policy: {what}, on the tickets as they were. None "
        "of it was done: a ticket that a rule would have moved stays where the log has it."
    )
    return Figure(
        key, title, {name: count(each) for name, each in deeds.items()}, definition, "bars"
    )


# -- allowed


def _allowed(replay: Replay) -> Figures:
    moves: dict[str, dict[str, int]] = {}
    for (source, target), count in replay.moves.items():
        moves.setdefault(source, {})[target] = count
    violations = {
        f"{why}: {source} > {target}": tally.times
        for (why, source, target), tally in replay.violations.items()
    }
    elsewhere = {tier: tally.tickets for tier, tally in replay.started_elsewhere.items()}
    return Figures(
        (
            _plain(
                "moves_made",
                "Moves between lines",
                moves,
                "Moves of all tickets by where they came from and where they went.",
                "flow",
            ),
            _plain(
                "violations",
                "Followed, though the policy does not allow it",
                violations,
                "What the log shows and the policy does not allow, by part of the policy, from, to. path: no "
                "such path. condition: its condition did not hold. bounces: back once more than max_bounces. "
                "status: no such edge, or a move while resolved.",
                "bars",
            ),
            _plain(
                "started_elsewhere",
                "Began in another line than the policy's entry",
                elsewhere,
                "Cases whose first row lies in another line than the policy's entry, by line.",
                "bars",
            ),
        )
    )


def _plain(key: str, title: str, value: Value, definition: str, chart: Chart) -> Figure:
    return Figure(key, title, value, definition, chart if value else "none")
