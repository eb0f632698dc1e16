"""What the engine made of a log, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from escalate.cli.flowchart import flowchart
from escalate.cli.sections import Section
from escalate.cli.text import count, percent, printable
from escalate.core.policy import EscalationPolicy
from escalate.offline import Replay

_VERDICTS = ("met", "breached", "cancelled", "running")
DEFINITIONS = {
    "journal_events": "Events in the journals of all cases: what happened, timers included.",
    "kept": (
        "Cycles of each target's clock by verdict: met in time, breached, cancelled, or still running "
        "when the log ends. A cycle that a reopening revived counts once, with its last verdict."
    ),
    "violations": (
        "What the log shows and the policy does not allow, by part of the policy, from, to. path: no such "
        "path. bounces: back once more than max_bounces. status: no such edge, or a move while resolved."
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
    body = Group(
        *(Text(printable(line)) for line in lines), Text(), chart, Text(), _promises(replay)
    )
    return Section(f"Under the policy {policy.name!r}", body, {"replay": _json(replay)})


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


def _promises(replay: Replay) -> Table:
    table = Table("target", *_VERDICTS, "kept", box=None, pad_edge=False)
    for target in dict.fromkeys(target for target, _ in replay.cycles):
        cycles = [replay.cycles.get((target, verdict), 0) for verdict in _VERDICTS]
        judged = cycles[0] + cycles[1]
        kept = percent(cycles[0] / judged if judged else None)
        table.add_row(Text(printable(target)), *(count(number) for number in cycles), kept)
    return table


def _json(replay: Replay) -> dict[str, Any]:
    def figure(key: str, value: object) -> dict[str, object]:
        return {"value": value, "definition": DEFINITIONS[key]}

    targets = dict.fromkeys(target for target, _ in replay.cycles)
    return {
        "journal_events": figure("journal_events", replay.events),
        "kept": figure(
            "kept",
            {t: {v: replay.cycles.get((t, v), 0) for v in _VERDICTS} for t in targets},
        ),
        "violations": figure(
            "violations",
            [
                {"why": why, "from": a, "to": b, "times": tally.times, "cases": list(tally.cases)}
                for (why, a, b), tally in replay.violations.items()
            ],
        ),
        "started_elsewhere": figure(
            "started_elsewhere",
            {
                tier: {"times": tally.times, "cases": list(tally.cases)}
                for tier, tally in replay.started_elsewhere.items()
            },
        ),
    }
