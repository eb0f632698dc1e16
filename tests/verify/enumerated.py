"""The oracle: what becomes of tickets, by trying every row of commands and pauses in the real engine.

It shares no code with the search: no outlines, no alphabet, no open time. It only goes as deep as it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from escalate import EscalationPolicy, Ticket
from escalate.core import advance, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.model import Actor, Handoff
from escalate.testing import START

Journal = tuple[e.Event, ...]
_TOLD = Handoff(summary="s", hypothesis="h", ask="a")
_BOT = Actor("b", "bot")


def lives(
    policy: EscalationPolicy, asked: Sequence[c.Command], waits: Sequence[timedelta], depth: int
) -> Iterator[tuple[Ticket, Journal]]:
    """Yield every life of up to *depth* deeds, each a command now or a wait, and its journal."""
    for priority in policy.priorities[:1] + policy.priorities[-1:]:
        opened = step(None, c.Open("T-1", priority=priority), policy, now=START)
        assert opened.ticket is not None
        stack = [(opened.ticket, START, opened.events, 0)]
        while stack:
            ticket, now, journal, used = stack.pop()
            yield ticket, journal
            if used == depth:
                continue
            for command in asked:
                outcome = step(ticket, command, policy, now=now)
                if outcome.refusal is None and outcome.events and outcome.ticket is not None:
                    stack.append((outcome.ticket, now, (*journal, *outcome.events), used + 1))
            for wait in waits:
                later = advance(ticket, policy, before=now + wait)
                if later.events and later.ticket is not None:
                    row = (later.ticket, now + wait, (*journal, *later.events), used + 1)
                    stack.append(row)


def usual(policy: EscalationPolicy) -> list[c.Command]:
    """Return what a desk of that policy asks, moves to every tier included."""
    moves: list[c.Command] = [
        c.Escalate(path.target, _TOLD, override="x")
        if path.kind == "escalate"
        else c.Return("r", path.target)
        for path in policy.paths
    ]
    return [
        c.Reply(then="wait"),
        c.Hold(),
        c.CustomerReply(),
        c.Resolve(),
        c.Signal("alarm", by=_BOT),
        *moves,
    ]
