"""``escalate explain``: what happens to the tickets of some cases, and why, as a story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from escalate.cli.reasons import causes
from escalate.cli.test import FILE
from escalate.cli.text import printable
from escalate.core import events, evolve
from escalate.core.events import Change, Event
from escalate.core.model import Ticket
from escalate.offline.telling import tell
from escalate.offline.telling_clocks import tell_clocks
from escalate.policies import load_policy
from escalate.testing import CaseRun, load_cases, run_case
from escalate.testing.cases.running import Moment

_COUNTS_ANEW = (Change.START, Change.RESET, Change.RESUME, Change.RETARGET)


@click.command(short_help="Tell what happens to the tickets of cases, and why.")
@click.argument("policy", type=FILE)
@click.argument("cases", type=FILE)
@click.option("--case", "only", help="Tell this case alone, by its name.")
def explain(policy: Path, cases: Path, only: str | None) -> None:
    """Tell what happens to the tickets of CASES, a TOML file, under POLICY, and why.

    Which rule or step moved what, which target applies and why not the others, when clocks are due.
    """
    loaded = load_policy(policy)
    chosen = [case for case in load_cases(cases) if only in (None, case.name)]
    if not chosen:
        raise click.BadParameter(f"no case is called {only!r}", param_hint="--case")
    runs = [run_case(loaded, case) for case in chosen]  # all, before half a story is told
    for number, run in enumerate(runs):
        if number:
            click.echo()
        for line in _story(run):
            click.echo(printable(line))


def _story(run: CaseRun) -> Iterator[str]:
    yield run.case.name
    if run.case.opening.subject:
        yield f"  {run.case.opening.subject!r}"
    ticket: Ticket | None = None
    for moment in run.moments:
        for event in moment.events:
            ticket = evolve(ticket, event)
            yield from _happened(run, event, ticket)
        yield from _refused(run, moment)
        yield from (f"  not as the case expects: {wrong}" for wrong in moment.wrong)
    yield from _closing(run)


def _happened(run: CaseRun, event: Event, ticket: Ticket) -> Iterator[str]:
    yield f"  {run.zone.show(event.at)}  {tell(event)}"
    yield from (f"      because {cause}" for cause in causes(event, run.policy))
    if isinstance(event, events.Moved):
        handoff = event.handoff
        for what, words in (("lacks", handoff.missing), ("leaves to check", handoff.checks_left)):
            if words:
                yield f"      the handoff {what}: {', '.join(words)}"
    if told := tell_clocks(event, run.zone.zone):
        yield f"      clocks: {told}"
    begun = {clock.name for change, clock in event.clocks if change in _COUNTS_ANEW}
    if begun:
        for clock in run.page(ticket, event.at).clocks:
            if clock.clock.name in begun:
                yield from (f"      {line}" for line in clock.lines())


def _refused(run: CaseRun, moment: Moment) -> Iterator[str]:
    if moment.refusal is not None:
        yield f"  {run.zone.show(moment.at)}  refused ({moment.refusal.code}): {moment.refusal}"


def _closing(run: CaseRun) -> Iterator[str]:
    page = run.explain(run.moments[-1])
    if page is None:
        return
    yield "  in the end"
    for line in str(page).splitlines():
        if line.startswith("what ") and line.endswith(" may do"):
            return
        yield f"    {line}"
