"""The packet that comes with a ticket: all that the next person needs, so that the customer repeats nothing.

What it holds is here; how it is written as text, Markdown and HTML is in
:mod:`escalate.runtime.packet_forms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.explained import ExplainedClock, local, zone_of
from escalate.core.explaining import explain
from escalate.core.instants import as_instant
from escalate.core.model import ActorKind, Attempt, Ticket
from escalate.core.opentime.zonedays import find_zone
from escalate.core.policy import EscalationPolicy
from escalate.core.protocol import Check
from escalate.runtime.packet_forms import Item, Section, as_html, as_markdown, as_text

NONE_RECORDED: Final = "none recorded"
Texts = Mapping[tuple[int, str], str]


@attrs.frozen
class Said:
    """Something that was said or written.

    Attributes:
        number: The number of its event.
        at: When, in UTC.
        author: agent, customer, bot, rule or system.
        who: The host's key for them; empty if it does not matter.
        public: Whether the customer sees it.
        text: What was said; empty if no text is kept.
    """

    number: int
    at: datetime
    author: ActorKind
    who: str
    public: bool
    text: str


@attrs.frozen
class Passed:
    """One handover on the way.

    Attributes:
        at: When, in UTC.
        source: The tier that handed over.
        target: The tier that received.
        by: Who did it, or the rule or step.
        automatic: Whether a rule or a timer did it.
        reason: The reason code.
        texts: What was written for it, by field.
        missing: What the path requires and nobody recorded.
    """

    at: datetime
    source: str
    target: str
    by: str
    automatic: bool
    reason: str
    texts: Mapping[str, str]
    missing: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Packet:
    """What the next person is given with a ticket; ``str()`` makes a page of it.

    Attributes:
        ticket: The ticket as it is at ``at``.
        at: The instant that the packet speaks of, in UTC.
        timezone: The zone in which it shows instants: that of the tier's calendar.
        subject: What the customer opened it with.
        passed: The handovers so far, oldest first.
        attempts: What was tried.
        done: The checks that were gone through.
        left: The checks of the request type that are left.
        clocks: The promises that run or are paused.
        promised: The last date promised, as (clock, instant); none if none was.
        said: Everything said so far, notes included, oldest first.
        written: Other texts, such as the summary of a resolution, as (event, its words).
    """

    ticket: Ticket
    at: datetime
    timezone: str
    subject: str
    passed: tuple[Passed, ...]
    attempts: tuple[Attempt, ...]
    done: tuple[Check, ...]
    left: tuple[Check, ...]
    clocks: tuple[ExplainedClock, ...]
    promised: tuple[str, datetime] | None
    said: tuple[Said, ...]
    written: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.text()

    @property
    def title(self) -> str:
        """The ticket's id and the first line of what it is about."""
        first = self.subject.strip().partition("\n")[0]
        return f"Ticket {self.ticket.id}: {first}" if first else f"Ticket {self.ticket.id}"

    def text(self) -> str:
        """Return the packet as plain text; control characters of ticket texts are written out."""
        return as_text(self.title, self.sections())

    def markdown(self) -> str:
        """Return the packet as Markdown, in which ticket texts are words and never markup."""
        return as_markdown(self.title, self.sections())

    def html(self) -> str:
        """Return the packet as an HTML fragment, in which ticket texts are words and never markup."""
        return as_html(self.title, self.sections())

    def sections(self) -> tuple[Section, ...]:
        """Return what every form of the packet shows, in order; parts with nothing to say say so."""
        return (
            Section("Where it is", tuple(self._where())),
            Section("Handed over", tuple(self._handovers()), empty="not yet"),
            Section("Tried", tuple(map(_tried, self.attempts)), empty=NONE_RECORDED),
            Section("Checked", tuple(Item(_asked(each)) for each in self.done), empty="nothing"),
            Section("To check", tuple(Item(_asked(each)) for each in self.left), empty="nothing"),
            Section("Promises", tuple(self._promises()), empty="none"),
            Section("Said so far", tuple(self._conversation()), empty="nothing"),
            *self._also_written(),
        )

    def _local(self, at: datetime) -> str:
        # To the second: who reads it is about to write to somebody, not to settle a dispute.
        return local(at.replace(microsecond=0), find_zone(self.timezone))

    def _where(self) -> Iterator[Item]:
        ticket = self.ticket
        yield Item(f"{ticket.status.value} in {ticket.tier}, priority {ticket.priority}")
        told = {
            "request": ticket.request_type,
            "customer": ticket.requester,
            "channel": ticket.channel,
            "assignee": ticket.assignee,
            "tags": ", ".join(sorted(ticket.tags)),
            "waits for approval of": ", ".join(each.receiver for each in ticket.requests),
            "linked": ", ".join(f"{kind} {other}" for kind, other in ticket.links),
        }
        yield from (Item(f"{name}: {value}") for name, value in told.items() if value)
        yield from (Item(f"{name}: {value}") for name, value in sorted(ticket.fields.items()))
        counts = ticket.counts
        yield Item(
            f"opened {self._local(ticket.opened_at)}; "
            f"moves: {counts.moves}, bounces: {counts.bounces}, reopenings: {counts.reopens}"
        )

    def _handovers(self) -> Iterator[Item]:
        for passed in self.passed:
            how = " by itself" if passed.automatic else ""
            by = f" by {passed.by}" if passed.by else ""
            reason = f", reason {passed.reason}" if passed.reason else ""
            head = f"{passed.source} > {passed.target}{how}{by}, {self._local(passed.at)}{reason}"
            missing = dict.fromkeys(passed.missing, NONE_RECORDED)
            written = {**passed.texts, **missing}
            yield Item(head, "\n".join(f"{name}: {text}" for name, text in written.items()))

    def _promises(self) -> Iterator[Item]:
        for clock in self.clocks:
            yield Item(f"{clock.clock.name}: {self._state(clock)}")
        if self.promised is not None:
            name, at = self.promised
            yield Item(f"last promised: {name} by {self._local(at)}")

    def _state(self, told: ExplainedClock) -> str:
        clock = told.clock
        left = f", {told.left} left" if told.left is not None else ""
        left = f", {told.over} over" if told.over is not None else left
        broken = ""
        if clock.breached_us is not None:
            broken = f", broken since {self._local(as_instant(clock.breached_us))}"
        if told.due_at is not None:
            return f"due {self._local(told.due_at)}{left}{broken}"
        state = "paused" if clock.since_us is None else "runs without a date"
        return f"{state}{left}{broken}"

    def _conversation(self) -> Iterator[Item]:
        for said in self.said:
            who = f"{said.author} {said.who}".strip()
            seen = "" if said.public else " (internal)"
            yield Item(f"{self._local(said.at)}, {who}{seen}", said.text or "(no text kept)")

    def _also_written(self) -> Iterator[Section]:
        if self.written:
            items = tuple(Item(what, text) for what, text in self.written)
            yield Section("Also written", items)


def _tried(attempt: Attempt) -> Item:
    return Item(f"{attempt.what}: {'worked' if attempt.worked else 'in vain'}")


def _asked(check: Check) -> str:
    return f"{check.milestone}: {check.ask} ({check.who})" if check.ask else check.milestone


def checks_to_do(ticket: Ticket, policy: EscalationPolicy) -> tuple[Check, ...]:
    """Return the checks of the ticket's request type that nobody has gone through, in declared order."""
    return tuple(each for each in _checklist(ticket, policy) if not _is_done(each, ticket))


def _checklist(ticket: Ticket, policy: EscalationPolicy) -> tuple[Check, ...]:
    protocol = policy.compiled.request_type(ticket.request_type, ticket.channel)
    return () if protocol is None else protocol.checklist


def _is_done(check: Check, ticket: Ticket) -> bool:
    return check.milestone in ticket.milestones


def packet_of(
    ticket: Ticket,
    policy: EscalationPolicy,
    journal: Iterable[Event],
    texts: Texts,
    *,
    now: datetime,
) -> Packet:
    """Return the packet of *ticket* at *now*.

    Args:
        ticket: The ticket as it is.
        policy: The policy that it was opened under.
        journal: All its events.
        texts: Its free texts.
        now: An aware instant.
    """
    by_number = {event.seq: event for event in journal}
    told = explain(ticket, policy, now=now)
    used: set[tuple[int, str]] = set()
    said = tuple(_said(ticket, by_number, texts, used))
    passed = tuple(_passed(by_number.values(), texts, used))
    promised = ticket.promised
    return Packet(
        ticket=ticket,
        at=told.at,
        timezone=zone_of(policy.calendar(policy.calendar_name(ticket.tier))),
        subject=texts.get((1, "subject"), ""),
        passed=passed,
        attempts=ticket.attempts,
        # A milestone may be one of another request type's: it was checked all the same.
        done=_checks_done(ticket, policy),
        left=checks_to_do(ticket, policy),
        clocks=tuple(each for each in told.clocks if each.clock.name not in _INNER),
        promised=None if promised is None else (promised[0], as_instant(promised[1])),
        said=said,
        written=tuple(
            (f"{type(by_number[number]).__name__}, {field}", text)
            for (number, field), text in sorted(texts.items())
            if (number, field) not in used and number in by_number
        ),
    )


_INNER: Final = frozenset({"idle"})


def _checks_done(ticket: Ticket, policy: EscalationPolicy) -> tuple[Check, ...]:
    known = {each.milestone: each for kind in policy.request_types for each in kind.checklist}
    known |= {each.milestone: each for each in _checklist(ticket, policy)}
    return tuple(known.get(name) or Check(name) for name in sorted(ticket.milestones))


def _said(
    ticket: Ticket, journal: Mapping[int, Event], texts: Texts, used: set[tuple[int, str]]
) -> Iterator[Said]:
    for message in ticket.messages:
        field = "subject" if (message.number, "subject") in texts else "text"
        used.add((message.number, field))
        event = journal.get(message.number)
        yield Said(
            message.number,
            as_instant(message.at_us),
            message.author,
            "" if event is None else event.by.id,
            message.public,
            texts.get((message.number, field), ""),
        )


def _passed(journal: Iterable[Event], texts: Texts, used: set[tuple[int, str]]) -> Iterator[Passed]:
    before: tuple[tuple[int, str], ...] = ()
    for event in journal:
        if isinstance(event, e.Moved):
            fresh = [each for each in event.handoff.texts if each not in before]
            before = event.handoff.texts
            used.update(fresh)
            yield Passed(
                event.at,
                event.source,
                event.target,
                event.by.id,
                event.handoff.automatic,
                event.handoff.reason,
                {
                    field: texts[number, field]
                    for number, field in fresh
                    if (number, field) in texts
                },
                event.handoff.missing,
            )
