"""A log through the engine: what a policy makes of tickets that have already been.

The tickets follow the log; the engine counts their clocks, notes each move and status that the policy
does not allow, and what steps and rules would have done.
"""

from __future__ import annotations

from concurrent.futures import Executor

import attrs

from escalate.core.opentime.timeline import OpenTime
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.offline.gathering import Progress, Source, gather
from escalate.offline.replays.gathering import ReplayGatherer
from escalate.offline.replays.result import Replay

__all__ = ["Promise", "Replay", "first_promise", "replay"]


def replay(
    source: Source,
    policy: EscalationPolicy,
    *,
    executor: Executor | None = None,
    progress: Progress = iter,
) -> Replay:
    """Run every case of *source* through the engine under *policy* and return what came of it.

    The result is the same, to the byte of its JSON, for a log in memory and for its shards, however many
    there are and wherever they are replayed.

    Args:
        source: What happened: a log in memory, or all shards of one.
        policy: What is counted, allowed and advised. It moves nothing: the tickets follow the log.
        executor: Where shards are read and replayed, such as a process pool; else here, one by one. A policy
            that travels to other processes may name Python functions only if they stand in a module.
        progress: Wraps the cases of a log in memory as they are replayed, such as a progress bar does.

    Raises:
        InvalidMapping: The log has a priority that *policy* does not know.
        BadInput: An executor was given with a log in memory, or shards are missing.

    >>> from escalate import EscalationPolicy, Path
    >>> from escalate.offline.log import Case, Log, Row
    >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    >>> log = Log((Case("17", (Row(0, tier="N1"), Row(5, tier="N2"), Row(9, tier="N1"))),))
    >>> dict(replay(log, policy).moves)
    {('N1', 'N2'): 1, ('N2', 'N1'): 1}
    >>> list(replay(log, policy).violations)
    [('path', 'N2', 'N1')]
    """
    empty = ReplayGatherer.under(policy)
    whole, quality = gather(source, empty, executor=executor, progress=progress)
    return whole.result(quality)


@attrs.frozen
class Promise:
    """How long the entry tier may keep a ticket, and when it is open."""

    within: WorkTime
    hours: OpenTime


def first_promise(policy: EscalationPolicy) -> Promise | None:
    """Return what the ownership target of the entry tier promises that asks no condition, if there is one.

    A target for some tickets only, such as the urgent ones, is no promise to the others.
    """
    tables = policy.compiled
    if "ownership" not in tables.clocks:
        return None
    tried = tables.terms_to_try("ownership", policy.entry_tier)
    terms = next((each for each in tried if each.when is None), None)
    if terms is None or terms.within_us is None:
        return None
    return Promise(WorkTime(terms.within_us), terms.hours)
