"""Runs a case under a policy. The engine decides everything; here it is only asked, and its answers kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

import attrs

from escalate.core import commands as c
from escalate.core.engine import Outcome, advance, observe, step
from escalate.core.events import Event
from escalate.core.explained import Explanation, plain, tell
from escalate.core.explaining import explain
from escalate.core.facts import Fact
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import HorizonTooShort, InvalidCalendar, Refused
from escalate.testing.cases.judging import Mismatch, Sight, mismatches
from escalate.testing.cases.times import Time, Zone
from escalate.testing.cases.values import Case, CaseStep, Expected
from escalate.testing.cases.verbs import SOLE
from escalate.testing.cases.words import check_words


@attrs.frozen
class Moment:
    """One step of a case, as it came.

    Attributes:
        label: Which one, such as ``"step 2, escalate"``.
        at: When, in UTC.
        events: What happened since the moment before, timers included, oldest first.
        ticket: The ticket then; none if its opening was refused.
        refusal: Why the command was refused, if it was.
        wrong: What is not as expected.
    """

    label: str
    at: datetime
    events: tuple[Event, ...]
    ticket: Ticket | None
    refusal: Refused | None
    wrong: tuple[Mismatch, ...]


@attrs.frozen
class CaseRun:
    """What came of a case.

    Attributes:
        case: The case.
        policy: What it ran under.
        zone: What its instants are shown in.
        moments: Its opening, its steps and its end, in order.
    """

    case: Case
    policy: EscalationPolicy = attrs.field(repr=False)
    zone: Zone
    moments: tuple[Moment, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not any(moment.wrong for moment in self.moments)

    @property
    def journal(self) -> tuple[Event, ...]:
        """All that happened, oldest first."""
        return tuple(event for moment in self.moments for event in moment.events)

    @property
    def ticket(self) -> Ticket | None:
        """The ticket at the end; none if its opening was refused."""
        return self.moments[-1].ticket

    def explain(self, moment: Moment) -> Explanation | None:
        """Return why the ticket stood at *moment* where it stood, with instants in the case's zone."""
        return None if moment.ticket is None else self.page(moment.ticket, moment.at)

    def page(self, ticket: Ticket, at: datetime) -> Explanation:
        """Return why *ticket* stands at *at* where it stands, with instants in the case's zone."""
        return self.zone.page(explain(ticket, self.policy, now=at))

    def failure(self) -> str:
        """Return what was expected, what came, and why, over several lines; nothing if it passed."""
        return "\n".join(plain(line) for line in self._failure())

    def _failure(self) -> Iterator[str]:
        for index, moment in enumerate(self.moments):
            if not moment.wrong:
                continue
            yield f"{moment.label}, {self.zone.show(moment.at)}:"
            yield from (f"  {wrong}" for wrong in moment.wrong)
            yield "  what happened until then:"
            for past in self.moments[: index + 1]:
                yield from (f"    {self._told(event)}" for event in past.events)
                if past.refusal is not None:
                    yield f"    {self.zone.show(past.at)}: refused: {past.refusal}"
            why = self.explain(moment)
            if why is not None:
                yield "  why it is so:"
                yield from (f"    {line}" for line in _reasons(why))

    def _told(self, event: Event) -> str:
        by = event.by.id or event.by.kind
        return f"{self.zone.show(event.at)}: {tell(event)} (by {by})"


def _reasons(why: Explanation) -> Iterator[str]:
    """Yield the page of an explanation as far as what may be done next, which no case asks about."""
    for line in str(why).splitlines():
        if line.startswith("what ") and line.endswith(" may do"):
            return
        yield line


def run_case(policy: EscalationPolicy, case: Case) -> CaseRun:
    """Return what comes of *case* under *policy*.

    Raises:
        InvalidFile: The case names what the policy does not have or a time zone that is unknown, a step lies
            before the one above it, or something would be due after the years that calendars cover.
        ConditionFailed: A Python function that the policy uses as a condition gave no answer.
    """
    check_words(case, policy)
    try:
        zone = Zone.of(policy, case.timezone)
        return CaseRun(case, policy, zone, tuple(_Runner(policy, zone).moments(case)))
    except (InvalidCalendar, HorizonTooShort) as wrong:  # they know no file
        place = case.place.key("timezone") if isinstance(wrong, InvalidCalendar) else case.place
        raise place.wrong(wrong.got, wrong.wanted) from wrong


@attrs.define
class _Runner:
    policy: EscalationPolicy
    zone: Zone
    ticket: Ticket | None = None
    journal: list[Event] = attrs.field(factory=list)

    def moments(self, case: Case) -> Iterator[Moment]:
        midnight = datetime.combine(case.week, time(), self.zone.zone).astimezone(UTC)
        at = case.opened.instant(self.zone, midnight)
        only = case.expect if not case.steps and case.until is None else None
        yield self._moment("opening", at, self._run(case.opening, at), only)
        if self.ticket is None:
            return
        for number, each in enumerate(case.steps, 1):
            at = self._next(each.at, at)
            verb = each.verb.replace("_", " ") or "a look"
            yield self._moment(f"step {number}, {verb}", at, self._take(each, at), each.expect)
        if case.until is not None or (case.expect is not None and case.steps):
            at = self._next(case.until, at)
            expect = None if case.expect is None else attrs.evolve(case.expect, refused=None)
            yield self._moment("the end", at, self._look(at), expect)

    def _next(self, when: Time | None, last: datetime) -> datetime:
        if when is None:
            return last
        at = when.instant(self.zone, last)
        if at < last:
            wanted = f"{self.zone.show(last)} or later, as the step before"
            raise when.place.wrong(when.text, wanted)
        return at

    def _take(self, each: CaseStep, at: datetime) -> Outcome:
        deed = each.deed
        if deed is None:
            return self._look(at)
        if each.promised is not None and isinstance(deed, c.Promise):
            deed = attrs.evolve(deed, at=each.promised.instant(self.zone, at))
        return self._run(deed, at)

    def _look(self, at: datetime) -> Outcome:
        assert self.ticket is not None  # whoever looks has opened it
        return advance(self.ticket, self.policy, before=at)

    def _run(self, deed: c.Command | Fact, at: datetime) -> Outcome:
        if isinstance(deed, Fact):
            return observe(self.ticket, deed, self.policy, now=at)
        if isinstance(deed, c.Approve | c.Decline) and deed.request == SOLE:
            deed = self._of_pending(deed, at)
        return step(self.ticket, deed, self.policy, now=at)

    def _of_pending(self, deed: c.Approve | c.Decline, at: datetime) -> c.Approve | c.Decline:
        pending = self._look(at).ticket
        requests = () if pending is None else pending.requests
        return attrs.evolve(deed, request=requests[0].number) if requests else deed

    def _moment(
        self, label: str, at: datetime, outcome: Outcome, expect: Expected | None
    ) -> Moment:
        self.ticket = outcome.ticket
        self.journal += outcome.events
        wrong = tuple(self._wrong(outcome, expect, at))
        return Moment(label, at, outcome.events, outcome.ticket, outcome.refusal, wrong)

    def _wrong(self, outcome: Outcome, expect: Expected | None, at: datetime) -> Iterator[Mismatch]:
        wanted = None if expect is None else expect.refused
        got = None if outcome.refusal is None else outcome.refusal.code
        if wanted != got:
            why = "accepted" if outcome.refusal is None else f"refused as {got}: {outcome.refusal}"
            yield Mismatch("the command", f"refused as {wanted}" if wanted else "accepted", why)
        if expect is not None and outcome.ticket is not None:
            sight = Sight(outcome.ticket, self.journal, at, self.policy, self.zone)
            yield from mismatches(expect, sight)
