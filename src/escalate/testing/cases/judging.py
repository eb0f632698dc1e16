"""What was expected of a ticket, held against what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from escalate.core import events as e
from escalate.core.clocks import Clock
from escalate.core.events import Event
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.testing.cases.times import Time, Zone
from escalate.testing.cases.values import (
    NONE,
    Expected,
    ExpectedClock,
    ExpectedHandoff,
    ExpectedNotice,
)
from escalate.testing.cases.verbs import NOBODY, in_words


@attrs.frozen
class Mismatch:
    """Something that is not as expected.

    Attributes:
        what: What of the ticket, such as ``"tier"`` or ``"clocks.ownership.due"``.
        wanted: What was expected, as it reads.
        got: What came, as it reads.
    """

    what: str
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.what}: expected {self.wanted}, got {self.got}"


_PLAIN: Final[dict[str, Callable[[Ticket], Any]]] = {
    "tier": lambda ticket: ticket.tier,
    "status": lambda ticket: ticket.status.value,
    "priority": lambda ticket: ticket.priority,
    "request_type": lambda ticket: ticket.request_type,
    "assignee": lambda ticket: ticket.assignee or NOBODY,
    "moves": lambda ticket: ticket.moves,
    "bounces": lambda ticket: ticket.bounces,
    "reopens": lambda ticket: ticket.reopens,
}
_SETS: Final[dict[str, Callable[[Ticket], Iterable[str]]]] = {
    "tags": lambda ticket: ticket.tags,
    "milestones": lambda ticket: ticket.milestones,
    "invited": lambda ticket: ticket.invited,
    "approvals": lambda ticket: [request.receiver for request in ticket.requests],
}


@attrs.frozen
class Sight:
    """What there is to look at.

    Attributes:
        ticket: The ticket at ``at``.
        journal: All that happened to it so far.
        at: The instant of the look, in UTC.
        policy: What it was opened under.
        zone: What instants are shown in.
    """

    ticket: Ticket
    journal: Sequence[Event]
    at: datetime
    policy: EscalationPolicy
    zone: Zone

    def used(self, clock: Clock) -> WorkTime:
        """Return the open time that *clock* has used by now."""
        if clock.since_us is None:
            return WorkTime(clock.used_us)
        hours = self.policy.calendar(clock.calendar)
        return WorkTime(clock.used_us + hours.elapsed_us(clock.since_us, as_us(self.at)))


def mismatches(expect: Expected, sight: Sight) -> Iterator[Mismatch]:
    """Yield what is not as expected, refusals left out."""
    ticket = sight.ticket
    for what, get in _PLAIN.items():
        yield from _equal(what, getattr(expect, what), get(ticket))
    for what, find in _SETS.items():
        yield from _same_set(what, getattr(expect, what), find(ticket))
    for name, value in (expect.fields or {}).items():
        yield from _equal(f"fields.{name}", value, ticket.fields.get(name))
    for name, clock in (expect.clocks or {}).items():
        yield from _of_clock(f"clocks.{name}", clock, ticket.clocks.get(name), sight)
    if expect.handoff is not None:
        yield from _of_handoff(expect.handoff, ticket)
    yield from _of_journal(expect, sight.journal, sight.zone)


def show(value: object) -> str:
    """Return how a value reads: words as they are, a list with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or NONE
    return NONE if value is None else str(value)


def _equal(what: str, wanted: object, got: object) -> Iterator[Mismatch]:
    if wanted is not None and (wanted != got or isinstance(wanted, bool) != isinstance(got, bool)):
        yield Mismatch(what, show(wanted), show(got))


def _same_set(what: str, wanted: Iterable[str] | None, got: Iterable[str]) -> Iterator[Mismatch]:
    if wanted is not None and sorted(wanted) != sorted(got):
        yield Mismatch(what, show(sorted(wanted)), show(sorted(got)))


def _of_clock(
    what: str, expect: ExpectedClock, clock: Clock | None, sight: Sight
) -> Iterator[Mismatch]:
    if clock is None or expect.state == NONE:
        if (clock is None) != (expect.state == NONE):
            wanted = expect.state or "a clock of that name"
            yield Mismatch(what, wanted, "no such clock" if clock is None else clock.state.value)
        return
    yield from _equal(f"{what}.state", expect.state, clock.state.value)
    yield from _equal(f"{what}.breached", expect.breached, clock.breached)
    yield from _equal(f"{what}.target", expect.target, clock.target or NONE)
    yield from _equal(f"{what}.cycle", expect.cycle, clock.cycle)
    yield from _equal(f"{what}.used", expect.used, str(sight.used(clock)))
    zone, due = sight.zone, clock.due_at
    if expect.due == NONE:
        yield from _equal(f"{what}.due", NONE, NONE if due is None else zone.show(due))
    elif isinstance(expect.due, Time):
        yield from _same_instant(f"{what}.due", expect.due, due, clock.started_at, zone)
    if expect.breached_at is not None:
        at = None if clock.breached_us is None else as_instant(clock.breached_us)
        yield from _same_instant(
            f"{what}.breached_at", expect.breached_at, at, clock.started_at, zone
        )


def _same_instant(
    what: str, wanted: Time, got: datetime | None, after: datetime, zone: Zone
) -> Iterator[Mismatch]:
    at = wanted.instant(zone, after)
    if at != got:
        yield Mismatch(what, zone.show(at), NONE if got is None else zone.show(got))


def _of_handoff(expect: ExpectedHandoff, ticket: Ticket) -> Iterator[Mismatch]:
    handoff = ticket.handoff
    if handoff is None:
        yield Mismatch("handoff", "one", "none, the ticket was never handed over")
        return
    yield from _equal("handoff.from", expect.source, handoff.source)
    yield from _equal("handoff.automatic", expect.automatic, handoff.automatic)
    yield from _equal("handoff.overridden", expect.overridden, handoff.overridden)
    yield from _equal("handoff.accepted", expect.accepted, ticket.accepted)
    yield from _equal("handoff.reason", expect.reason, handoff.reason)
    for key in ("given", "missing", "checks_left"):
        yield from _same_set(f"handoff.{key}", getattr(expect, key), getattr(handoff, key))
    yield from _same_set("handoff.tried", expect.tried, [each.what for each in handoff.tried])


def _of_journal(expect: Expected, journal: Sequence[Event], zone: Zone) -> Iterator[Mismatch]:
    if expect.rules is not None:
        fired = tuple(event.rule for event in journal if isinstance(event, e.RuleFired))
        yield from _equal("rules", expect.rules, fired)
    if expect.notices is not None:
        yield from _of_notices(expect.notices, journal, zone)
    if expect.journal is not None:
        words = [in_words(type(event).__name__) for event in journal]
        rest = iter(words)
        if not all(word in rest for word in expect.journal):
            yield Mismatch("journal", f"in this order {show(expect.journal)}", show(words))


def _of_notices(
    wanted: Sequence[ExpectedNotice], journal: Sequence[Event], zone: Zone
) -> Iterator[Mismatch]:
    sent = [event for event in journal if isinstance(event, e.NotifyAsked)]
    after = journal[0].at
    for index in range(max(len(wanted), len(sent))):
        what = f"notices[{index}]"
        if index >= len(sent):
            missing = wanted[index]
            at = f" at {missing.at.text}" if missing.at else ""
            yield Mismatch(what, f"{missing.receiver}{at}", "no more notices")
        elif index >= len(wanted):
            yield Mismatch(what, "no more notices", _show_notice(sent[index], zone))
        else:
            yield from _of_notice(what, wanted[index], sent[index], after, zone)
            after = sent[index].at


def _of_notice(
    what: str, wanted: ExpectedNotice, sent: e.NotifyAsked, after: datetime, zone: Zone
) -> Iterator[Mismatch]:
    at = sent.at if wanted.at is None else wanted.at.instant(zone, after)
    deliver_at = as_instant(sent.deliver_us)
    deliver = deliver_at if wanted.deliver is None else wanted.deliver.instant(zone, sent.at)
    about = sent.about if wanted.about is None else wanted.about
    if (wanted.receiver, at, about, deliver) != (sent.receiver, sent.at, sent.about, deliver_at):
        told = "" if wanted.about is None else f", about {wanted.about!r}"
        when = "" if wanted.at is None else f" at {zone.show(at)}"
        later = "" if wanted.deliver is None else f", to go out at {zone.show(deliver)}"
        yield Mismatch(what, f"{wanted.receiver}{when}{told}{later}", _show_notice(sent, zone))


def _show_notice(sent: e.NotifyAsked, zone: Zone) -> str:
    later = as_instant(sent.deliver_us)
    out = "" if later == sent.at else f", to go out at {zone.show(later)}"
    return f"{sent.receiver} at {zone.show(sent.at)}, about {sent.about!r}{out}"
