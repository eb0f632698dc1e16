"""May this happen, and if not, what may: for hosts that can stop a change before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from escalate.core import commands as c
from escalate.core.engine import advance, step
from escalate.core.explaining import explain
from escalate.core.lifecycle import status_table
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
from escalate.errors import ApprovalMissing, Refused, StatusNotAllowed

_VERBS: Final[dict[str, type[c.Asked]]] = {
    "take": c.Take,
    "wait": c.Wait,
    "hold": c.Hold,
    "resume": c.Resume,
    "resolve": c.Resolve,
    "reopen": c.Reopen,
    "close": c.Close,
}


@attrs.frozen
class Guarded:
    """The answer; true if the change may happen.

    Attributes:
        refusal: Why it may not; none if it may. ``str()`` of it is a sentence for people.
        may: What may happen to the ticket instead, in words such as ``"escalate to N2"``.
    """

    refusal: Refused | None = None
    may: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it may happen."""
        return self.refusal is None


def guarded(
    ticket: Ticket,
    wanted: c.Command | Mapping[str, Any],
    policy: EscalationPolicy,
    *,
    now: datetime,
    by: Actor | None,
) -> Guarded:
    """Return whether a command may act on *ticket*, or it may be seen to be as *wanted* says."""
    seen = advance(ticket, policy, before=now).ticket or ticket
    if isinstance(wanted, c.Command):
        command = wanted if by is None else attrs.evolve(wanted, by=by)
        refusal = step(seen, command, policy, now=now).refusal
    else:
        refusal = _against(seen, wanted, policy, now, by)
    if refusal is None:
        return Guarded()
    choices = explain(seen, policy, now=now, by=by).choices
    return Guarded(refusal, tuple(each.what for each in choices if each.allowed and each.events))


def _against(
    ticket: Ticket,
    wanted: Mapping[str, Any],
    policy: EscalationPolicy,
    now: datetime,
    by: Actor | None,
) -> Refused | None:
    """Try out, one after the other, the acts by which a ticket comes to be as *wanted* says."""
    for name, value in _in_order(wanted):
        refusal: Refused | None = None
        for ways in _ways(ticket, name, value, policy, by):
            outcomes = [step(ticket, command, policy, now=now) for command in ways]
            good = [each for each in outcomes if each.refusal is None]
            if not good:
                return outcomes[0].refusal
            ticket = good[0].ticket or ticket
        if name == "tier" and ticket.tier != value:
            receivers = [request.receiver for request in ticket.requests if request.target == value]
            refusal = ApprovalMissing(ticket.id, value, receivers[-1] if receivers else "somebody")
        if name == "status" and ticket.status != value:
            refusal = _no_way(ticket, Status(value))
        if refusal is not None:
            return refusal
    return None


def _in_order(wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is wanted in the order in which a snapshot is followed."""
    done = "status" in wanted and Status(wanted["status"]).is_done
    order = ("priority", "tags", "fields", *(("tier", "status") if done else ("status", "tier")))
    for name in (*order, "assignee"):
        if name in wanted:
            yield name, wanted[name]


def _ways(
    ticket: Ticket, name: str, value: Any, policy: EscalationPolicy, by: Actor | None
) -> Iterator[Sequence[c.Asked]]:
    """Yield the acts that lead there, one after the other, each with its alternatives."""
    match name:
        case "priority":
            yield [c.SetPriority(value, by=by)]
        case "tags":
            yield from ([c.Tag(tag, by=by)] for tag in value if tag not in ticket.tags)
            yield from ([c.Untag(tag, by=by)] for tag in sorted(ticket.tags - set(value)))
        case "fields":
            yield from ([c.SetField(field, each, by=by)] for field, each in value.items())
        case "assignee":
            yield [c.Assign(value, by=by)]
        case "tier" if value != ticket.tier:
            yield _moves(ticket, value, policy, by)
        case "status":
            yield from ([verb(by=by)] for verb in _verbs(ticket.status, Status(value)))


def _moves(
    ticket: Ticket, target: str, policy: EscalationPolicy, by: Actor | None
) -> list[c.Asked]:
    found: dict[str, c.Asked] = {
        "escalate": c.Escalate(target, by=by),
        "return": c.Return(to=target, by=by),
        "transfer": c.Transfer(target, by=by),
    }
    kinds = {
        path.kind for path in policy.paths if (path.source, path.target) == (ticket.tier, target)
    }
    return [move for kind, move in found.items() if kind in kinds] or [found["escalate"]]


def _verbs(source: Status, target: Status) -> list[type[c.Asked]]:
    if source is target:
        return []
    if target is Status.CLOSED and not source.is_done:
        return [c.Resolve, c.Close]  # a host without "resolved" closes what it has answered
    table = status_table()
    return [verb for name, verb in _VERBS.items() if table.get((source, name)) is target]


def _no_way(ticket: Ticket, target: Status) -> Refused:
    allowed = tuple(verb for source, verb in status_table() if source is ticket.status)
    return StatusNotAllowed(ticket.id, f"become {target}", ticket.status, allowed)
