"""What people did with tickets says where those belonged; what nobody looked at says nothing.

A classifier that learns from its own answers grows surer of its mistakes. So a tier is a label only once a
person has stood by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import attrs

from escalate.classifiers.base import TicketText
from escalate.core import events as e
from escalate.core.engine import fold
from escalate.core.events import Event
from escalate.core.instants import show_instant
from escalate.core.model import Actor
from escalate.core.opentime.timeline import OpenTime
from escalate.core.status import Status
from escalate.core.worktime import WorkTime
from escalate.errors import InvalidJournal


@attrs.frozen(kw_only=True)
class Correction:
    """A label: a person said by what they did in which tier a ticket belongs.

    Attributes:
        ticket_id: The ticket.
        tier: Where it belongs.
        how: ``"moved"``: a person moved it there. ``"resolved"``: a person of that tier resolved it, and it
            was not reopened.
        said: What the last verdict before that named; none if it abstained, or there was none.
        classifier: The name of who gave it; none if there was none.
        seen: The number of the last event before that verdict, or of the opening.
        number: The number of the event by which the person said so.
        by: The person.
        reason: The reason code of the move.
        at_us: When, in microseconds since the epoch.
        wall_us: Microseconds since the verdict, or the opening.
        open: The open time since then; none where no calendar was given.
    """

    ticket_id: str
    tier: str
    how: Literal["moved", "resolved"]
    said: str | None
    classifier: str | None
    seen: int
    number: int
    by: Actor
    reason: str = ""
    at_us: int = attrs.field(repr=show_instant)
    wall_us: int
    open: WorkTime | None = None

    @property
    def confirms(self) -> bool:
        """Whether the classifier was right."""
        return self.said == self.tier


def corrections(
    journal: Iterable[Event], calendar: OpenTime | None = None, *, ignore: Collection[str] = ()
) -> Iterator[Correction]:
    """Yield what people said about the tier of a ticket, oldest first; where several, the last one counts.

    - An agent moves it: it belongs where they moved it.
    - An agent resolves it, and it stays resolved: it belongs there, if it started there or an agent moved
      it there.
    - Rules and timers move it, bots or customers resolve it, nobody touches it: nothing follows. A ticket
      that a rule on ``classified`` moved to the tier of the verdict counts as started there.

    Args:
        journal: The events of one ticket, such as ``desk.history(id)``.
        calendar: In whose hours to count open time.
        ignore: Reason codes of moves that say nothing about the tier, such as ``"overload"``.

    Raises:
        InvalidJournal: The journal does not begin with the opening of a ticket.
    """
    events = iter(journal)
    opened = next(events, None)
    if opened is not None:
        yield from _after(opened, events, calendar, ignore)


def _after(
    opened: Event, events: Iterator[Event], calendar: OpenTime | None, ignore: Collection[str]
) -> Iterator[Correction]:
    if not isinstance(opened, e.Opened):
        wanted = "the whole journal of one ticket, from its opening"
        raise InvalidJournal("corrections", type(opened).__name__, wanted)
    reading = _Reading(opened, calendar)
    held: Correction | None = None
    for event in events:
        match event:
            case e.Classified() | e.RuleFired():
                reading.note(event)
            case e.Moved():
                counts = event.by.kind == "agent" and event.handoff.reason not in ignore
                reading.arrive(event, by_person=counts)
                if counts:
                    yield reading.correction(event, "moved", event.handoff.reason)
            case e.StatusChanged():
                if reading.confirms(event):
                    held = reading.correction(event, "resolved")
                elif not event.status.is_done:
                    held = None  # It came back: whoever resolved it was not done with it.
            case _:
                pass
    if held is not None:
        yield held


class _Reading:
    """What is known while a journal is read."""

    def __init__(self, opened: e.Opened, calendar: OpenTime | None) -> None:
        self._id, self._calendar = opened.id, calendar
        self._tier, self._since_us, self._seen = opened.tier, opened.at_us, opened.seq
        self._said: str | None = None
        self._classifier: str | None = None
        self._sorts = ""
        self._stood_by = True

    def note(self, event: e.Classified | e.RuleFired) -> None:
        if isinstance(event, e.RuleFired):
            self._sorts = event.rule if event.on == "classified" else ""
            return
        self._said, self._classifier = event.verdict.tier, event.by.id
        self._since_us, self._seen = event.at_us, event.seq - 1
        if event.placed is not None:
            self._tier, self._stood_by = event.placed, True

    def arrive(self, event: e.Moved, *, by_person: bool) -> None:
        by_verdict = event.by.kind == "rule" and event.by.id == self._sorts
        self._tier = event.target
        self._stood_by = by_person or (by_verdict and event.target == self._said)

    def confirms(self, event: e.StatusChanged) -> bool:
        resolved = event.status is Status.RESOLVED and not event.source.is_done
        return resolved and event.by.kind == "agent" and self._stood_by

    def correction(
        self, event: Event, how: Literal["moved", "resolved"], reason: str = ""
    ) -> Correction:
        used = None
        if self._calendar is not None:
            used = WorkTime(self._calendar.elapsed_us(self._since_us, event.at_us))
        return Correction(
            ticket_id=self._id,
            tier=self._tier,
            how=how,
            said=self._said,
            classifier=self._classifier,
            seen=self._seen,
            number=event.seq,
            by=event.by,
            reason=reason,
            at_us=event.at_us,
            wall_us=event.at_us - self._since_us,
            open=used,
        )


def as_seen(
    correction: Correction, journal: Sequence[Event], texts: Mapping[tuple[int, str], str]
) -> TicketText:
    """Return the ticket as the classifier saw it: what came later may give the answer away.

    Args:
        correction: The label.
        journal: The events of the ticket.
        texts: What was written on it, as ``desk.texts(id)`` has it.

    Raises:
        InvalidJournal: The journal is that of another ticket, or too short.
    """
    known = [event for event in journal if event.seq <= correction.seen]
    ticket = fold(None, known) if known else None
    if ticket is None or ticket.id != correction.ticket_id or ticket.seq != correction.seen:
        wanted = (
            f"the journal of ticket {correction.ticket_id!r}, to event {correction.seen} at least"
        )
        raise InvalidJournal("as_seen", getattr(ticket, "id", None), wanted)
    numbers = [each.number for each in ticket.messages if each.author == "customer"]
    written = [texts.get((number, field)) for number in numbers for field in ("subject", "text")]
    return TicketText(ticket, "\n\n".join(text for text in written if text is not None))
