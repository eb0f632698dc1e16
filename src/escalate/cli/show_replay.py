"""What the engine made of a log, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.flowchart import flowchart
from escalate.cli.sections import Section
from escalate.cli.show_chapters import chapters_body
from escalate.cli.text import count, percent, printable
from escalate.core.policy import EscalationPolicy
from escalate.offline import Replay
from escalate.offline.figures.values import Chapter
from escalate.offline.replays.tallies import Tally

_VERDICTS = ("met", "breached", "cancelled", "running")
DEFINITIONS = {
    "journal_events": "Events in the journals of all cases: what happened, timers included.",
    "kept": (
        "Cycles of each target's clock by verdict: met in time, breached, cancelled, or still running at "
        "the last row; share is that of met among met and breached. A cycle that a reopening revived "
        "counts once, with its last verdict."
    ),
    "violations": (
        "What the log shows and the policy does not allow, by part of the policy, from, to. path: no such "
        "path. bounces: back once more than max_bounces. status: no such edge, or a move while resolved."
    ),
    "advised": (
        "What the policy would have done by itself on the tickets as they were: each step of a target, rule "
        "and limit, with how often, on how many tickets, and the first of these. Nothing was done: a ticket "
        "that a rule would have moved stays where the log has it, and so do all figures."
    ),
    "started_elsewhere": "Cases whose first row lies in another tier than the policy's entry.",
}


def replay_section(replay: Replay, policy: EscalationPolicy) -> Section:
    """Return the section that shows *replay*."""
    lines = [
        f"{count(replay.cases)} tickets, {count(replay.events)} events in their journals",
        *_started(replay),
        *_violations(replay),
    ]
    chart = Text(printable_lines(flowchart(policy, replay.moves)))
    targets = _targets(replay, policy)
    tables = [
        part for table in (_promises(replay, targets), _advised(replay)) for part in (Text(), table)
    ]
    chapters = [chapter for chapter in replay.chapters if chapter.key != "allowed"]
    below = (Text(), chapters_body([_without_grids(chapter) for chapter in chapters]))
    body = Group(*(Text(printable(line)) for line in lines), Text(), chart, *tables, *below)
    figures = {chapter.key: chapter.to_json() for chapter in replay.chapters}
    json = {"replay": _json(replay, targets), "replay_chapters": figures}
    return Section(f"Under the policy {policy.name!r}", body, json)


def _without_grids(chapter: Chapter) -> Chapter:
    """Leave out what the tables above show, and what wants a picture: JSON and reports have all of it."""
    shown = [
        figure
        for figure in chapter.figures
        if figure.chart != "heat"
        and figure.key not in ("verdicts", "kept", "deeds", "deed_tickets")
    ]
    return attrs.evolve(chapter, figures=attrs.evolve(chapter.figures, figures=tuple(shown)))


def printable_lines(text: str) -> str:
    """Return *text*, several lines, with each line printable."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _started(replay: Replay) -> Iterator[str]:
    for tier, tally in replay.started_elsewhere.items():
        yield f"{count(tally.times)} began in {tier} (such as {', '.join(tally.cases)})"


def _violations(replay: Replay) -> Iterator[str]:
    if not replay.violations:
        yield "Nothing that the policy does not allow"
        return
    yield "Followed, though the policy does not allow it:"
    for (why, source, target), tally in replay.violations.items():
        examples = ", ".join(tally.cases)
        yield f"  {why}, {source} > {target}: {count(tally.times)} (such as {examples})"


def _targets(replay: Replay, policy: EscalationPolicy) -> list[str]:
    """Return the targets as the policy declares them, then clocks that ran without one."""
    declared = [target.name for target in policy.sla.targets]
    return list(dict.fromkeys([*declared, *sorted(target for target, _ in replay.cycles)]))


def _promises(replay: Replay, targets: list[str]) -> Table:
    table = Table("target", *_VERDICTS, "kept", box=None, pad_edge=False)
    for target in targets:
        cycles = [replay.cycles.get((target, verdict), 0) for verdict in _VERDICTS]
        kept = percent(replay.kept(target))
        table.add_row(Text(printable(target)), *(count(number) for number in cycles), kept)
    return table


def _advised(replay: Replay) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("would have acted", "doing", "times", "tickets", "such as"):
        table.add_column(heading, justify="right" if heading in ("times", "tickets") else "left")
    for advice in replay.advised.values():
        label, examples = f"{advice.kind} {advice.name}", ", ".join(advice.cases[:2])
        texts = (Text(printable(text)) for text in (label, advice.does))
        counts = (count(number) for number in (advice.times, advice.tickets))
        table.add_row(*texts, *counts, Text(printable(examples)))
    return table


def _json(replay: Replay, targets: list[str]) -> dict[str, Any]:
    def figure(key: str, value: object) -> dict[str, object]:
        return {"value": value, "definition": DEFINITIONS[key]}

    return {
        "journal_events": figure("journal_events", replay.events),
        "kept": figure("kept", {target: _attained(replay, target) for target in targets}),
        "violations": figure(
            "violations",
            [
                {"why": why, "from": a, "to": b, **_counts(tally)}
                for (why, a, b), tally in replay.violations.items()
            ],
        ),
        "advised": figure(
            "advised",
            [
                {"kind": each.kind, "name": each.name, "does": each.does, **_counts(each)}
                for each in replay.advised.values()
            ],
        ),
        "started_elsewhere": figure(
            "started_elsewhere",
            {tier: _counts(tally) for tier, tally in replay.started_elsewhere.items()},
        ),
    }


def _attained(replay: Replay, target: str) -> dict[str, object]:
    return {verdict: replay.cycles.get((target, verdict), 0) for verdict in _VERDICTS} | {
        "share": replay.kept(target)
    }


def _counts(tally: Tally) -> dict[str, object]:
    return {"times": tally.times, "tickets": tally.tickets, "cases": list(tally.cases)}
