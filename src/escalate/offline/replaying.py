"""A log through the engine: what a policy makes of tickets that have already been.

The tickets follow the log; the engine counts their clocks, notes each move and status that the policy
does not allow, and what steps and rules would have done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from escalate.core.opentime.timeline import OpenTime
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.errors import InvalidMapping, nearest
from escalate.offline.counting import Counts, Replay
from escalate.offline.following import follow_case
from escalate.offline.log import Case, Log

__all__ = ["Promise", "Replay", "first_promise", "replay"]


def replay(
    log: Log,
    policy: EscalationPolicy,
    *,
    progress: Callable[[Iterable[Case]], Iterable[Case]] = iter,
) -> Replay:
    """Run every case of *log* through the engine under *policy* and return what came of it.

    Args:
        log: What happened.
        policy: What is counted, allowed and advised. It moves nothing: the tickets follow the log.
        progress: Wraps the cases as they are replayed, such as a progress bar does.

    Raises:
        InvalidMapping: The log has a priority that *policy* does not know.

    >>> from escalate import EscalationPolicy, Path
    >>> from escalate.offline.log import Row
    >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    >>> log = Log((Case("17", (Row(0, tier="N1"), Row(5, tier="N2"), Row(9, tier="N1"))),))
    >>> dict(replay(log, policy).moves)
    {('N1', 'N2'): 1, ('N2', 'N1'): 1}
    >>> list(replay(log, policy).violations)
    [('path', 'N2', 'N1')]
    """
    _check_priorities(log, policy)
    advising = policy.advisory()
    counts = Counts.under(advising)
    for case in progress(log.cases):
        counts.add(case.id, (event for _, event in follow_case(case, advising)))
    return counts.result()


def _check_priorities(log: Log, policy: EscalationPolicy) -> None:
    # Conditions compare priorities by rank; one without a rank would quietly fail them all.
    seen = {row.priority for case in log.cases for row in case.rows}
    for priority in sorted(seen - {None, *policy.priorities}, key=str):
        wanted = f"a priority of the policy; {nearest(str(priority), policy.priorities)}"
        raise InvalidMapping("priority.words", priority, wanted)


@attrs.frozen
class Promise:
    """How long the entry tier may keep a ticket, and when it is open."""

    within: WorkTime
    hours: OpenTime


def first_promise(policy: EscalationPolicy) -> Promise | None:
    """Return what the first ownership target of the entry tier promises, if there is one."""
    tables = policy.compiled
    if "ownership" not in tables.clocks:
        return None
    terms = tables.terms_to_try("ownership", policy.entry_tier)[0]
    return None if terms.within_us is None else Promise(WorkTime(terms.within_us), terms.hours)
