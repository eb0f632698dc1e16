"""What follows once a visit is stored: listeners hear of it, and errands are done in the world.

What of the host fails here is logged, recorded, and costs no event; an errand stays until it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from operator import methodcaller
from typing import Final

import attrs

from escalate.classifiers.base import TicketText
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.facts import Did
from escalate.core.model import ABSTAIN, Actor, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import PluginFailed
from escalate.runtime.asking import Answer, Asker, Askers
from escalate.runtime.notices import Carrier, Notice
from escalate.runtime.policybook import PolicyBook
from escalate.runtime.reporting import Reports
from escalate.runtime.surroundings import Surroundings
from escalate.runtime.undone import Job
from escalate.runtime.visiting import Deed, Visit
from escalate.stores.base import Failure

Listener = Callable[[Ticket, tuple[Event, ...]], object]
DESK: Final = Actor("desk", "system")
_MOST_CARRIED: Final = 100
_LONGEST_S: Final = 0.1


@attrs.frozen
class _Carried:
    """A notice that was carried: for which job, when it set out, and how many seconds it took."""

    job: Job
    notice: Notice
    at_us: int
    took_s: float


@attrs.frozen
class Errands:
    """Tells listeners, and does the jobs that visits leave behind.

    Attributes:
        around: What visits look at.
        book: The policies of tickets.
        askers: Who may classify.
        listeners: Who hears what happened.
        carrier: Who carries notices; none if nobody does.
        visit: Makes a visit to a ticket, for noting that an errand is done.
        now_us: Reads the clock.
        reports: Tells the log and the observers.
        strikes: Whether the desk may strike errands off in the store by itself, without a visit.
    """

    around: Surroundings
    book: PolicyBook
    askers: Askers
    listeners: tuple[Listener, ...]
    carrier: Carrier | None
    visit: Callable[[str, Deed], object]
    now_us: Callable[[], int]
    reports: Reports
    strikes: bool = False

    def after(self, ticket_id: str, visit: Visit) -> None:
        """Do all that is to be done after *visit* was stored."""
        self.tell(ticket_id, visit)
        self.run(visit.jobs)
        self.reports.settle()

    def tell(self, ticket_id: str, visit: Visit) -> None:
        """Record what went wrong in a visit, and tell the listeners what happened."""
        self.reports.visited(visit)
        for where, why in visit.troubles:
            self.failed(ticket_id, where, why)
        if visit.events and visit.ticket is not None:
            for listener in self.listeners:
                try:
                    listener(visit.ticket, tuple(visit.events))
                except Exception as why:  # noqa: BLE001 - a listener is anybody's code; recorded
                    called = getattr(listener, "__name__", type(listener).__name__)
                    self.failed(ticket_id, f"listener {called!r}", why)

    def run(self, jobs: Iterable[Job]) -> None:
        """Do *jobs*, each on its own."""
        carried: list[_Carried] = []
        until_s = 0.0
        for job in jobs:
            told = self._tried(job, self._do_ours)
            if told is not None:
                until_s = until_s if carried else time.monotonic() + _LONGEST_S
                carried.append(told)
            # Notices are struck off together, and soon: those of a process that dies go out again.
            if len(carried) >= _MOST_CARRIED or time.monotonic() > until_s:
                self._strike(carried)
                carried = []
        self._strike(carried)

    def _do_ours(self, job: Job) -> _Carried | None:
        return self.do(job) if self._is_ours(job) else None

    def _is_ours(self, job: Job) -> bool:
        """Whether nobody else has taken *job* since: a tick may be long over its mails."""
        if self.now_us() < job.put_off_us:
            return True
        kept = self.around.store.errands(self.around.desk, job.ticket.id)
        return any(
            each.number == job.errand.number and each.at_us == job.put_off_us for each in kept
        )

    def _tried(self, job: Job, do: Callable[[Job], _Carried | None]) -> _Carried | None:
        try:
            return do(job)
        except Exception as why:  # noqa: BLE001 - the errand stays, and is tried again; recorded
            self._failed_at(job, why)
            return None

    def _failed_at(self, job: Job, why: Exception) -> None:
        where = f"{job.errand.kind} for event {job.errand.number}"
        self.failed(job.ticket.id, where, why)
        numbers = [errand.number for errand in job.errands]
        try:
            self.visit(job.ticket.id, lambda visit: visit.failed(*numbers))
        except Exception as again:  # noqa: BLE001 - it was put off before, and is tried again; recorded
            self.failed(job.ticket.id, f"counting a try of {where}", again)

    def _strike(self, carried: list[_Carried]) -> None:
        """Strike the notices that were carried off the list."""
        if self.strikes and len(carried) > 1:
            done = [
                (each.job.ticket.id, one.number) for each in carried for one in each.job.errands
            ]
            try:
                self.around.store.strike(self.around.desk, done)
            except Exception as why:  # noqa: BLE001 - one of them may be what fails: each on its own, below
                self.reports.failed("", "striking off notices, now done one by one", why)
            else:
                for each in carried:
                    self._delivered(each)
                return
        for each in carried:
            self._tried(each.job, partial(self._struck, each))

    def _struck(self, carried: _Carried, job: Job) -> None:
        numbers = [each.number for each in job.errands]
        self.visit(job.ticket.id, lambda visit: visit.done(*numbers))
        self._delivered(carried)

    def _delivered(self, carried: _Carried) -> None:
        # Only now: what an observer hears of as delivered is not delivered again.
        tries = carried.job.errand.tries
        at_us, took_s = carried.at_us, carried.took_s
        self.reports.delivered(carried.notice, tries=tries, at_us=at_us, took_s=took_s)

    def failed(self, ticket_id: str, where: str, why: BaseException) -> None:
        """Tell and keep that something of the host went wrong."""
        self.reports.failed(ticket_id, where, why)
        said = f"{type(why).__name__}: {why}"
        try:
            failure = Failure(at_us=self.now_us(), ticket_id=ticket_id, where=where, why=said)
            self.around.store.fail(self.around.desk, failure)
        except Exception as again:  # noqa: BLE001 - told here, as what failed first was above
            self.reports.failed(ticket_id, "keeping a failure", again)

    def do(self, job: Job) -> _Carried | None:
        """Do one job; a notice is then still to be struck off the list."""
        match job.errand.kind:
            case "notify":
                return self._carry(job)
            case "classify":
                self._classify(job)
            case "follow-up":
                self._follow_up(job)
        return None

    def _carry(self, job: Job) -> _Carried:
        events = tuple(each for each in job.events if isinstance(each, e.NotifyAsked))
        numbers = [errand.number for errand in job.errands]
        assert self.carrier is not None  # without one, no visit leaves such a job
        key = f"{self.around.desk}/{job.ticket.id}/{'+'.join(map(str, numbers))}"
        notice = Notice(key=key, ticket=job.ticket, events=events, people=job.people)
        began_us, began_s = self.now_us(), time.monotonic()
        self.carrier.carry(notice)
        return _Carried(job, notice, began_us, time.monotonic() - began_s)

    def _classify(self, job: Job) -> None:
        ticket, number = job.ticket, job.errand.number
        policy = self.book.policy(ticket.policy)
        answer, name = self._asked(ticket, policy)
        if answer.trouble is not None:
            self.failed(ticket.id, f"classifier {name!r}", answer.trouble)
        command = c.Classify(answer.verdict, by=Actor(name, "bot"), id=f"classify-{number}")

        def record(visit: Visit) -> None:
            visit.done(number)
            visit.ask(command, settled=True)

        self.visit(ticket.id, record)

    def _asked(self, ticket: Ticket, policy: EscalationPolicy) -> tuple[Answer, str]:
        """Return what came of asking whoever looks at tickets under *policy*, and their name."""
        try:
            asker = self.askers.of(policy)
        except PluginFailed as why:
            return Answer(ABSTAIN("unavailable"), why), policy.classifier or ""
        if isinstance(asker, Asker):
            text = self._written(ticket)
            return asker.ask(TicketText(ticket, text), policy.tiers), asker.classifier.name
        missing = LookupError(f"this desk has no classifier {asker!r}")
        return Answer(ABSTAIN("unknown classifier"), missing), asker or ""

    def _written(self, ticket: Ticket) -> str:
        texts = self.around.store.texts(self.around.desk, ticket.id)
        numbers = [each.number for each in ticket.messages if each.author == "customer"]
        fields = [(number, field) for number in numbers for field in ("subject", "text")]
        return "\n\n".join(texts[key] for key in fields if key in texts)

    def _follow_up(self, job: Job) -> None:
        """Open a ticket for a message that came too late, and link the two. Done twice, it is one."""
        old, number = job.ticket, job.errand.number
        texts = self.around.store.texts(self.around.desk, old.id)
        new_id = f"{old.id}.follow-up-{number}"
        policy = self.book.newest()
        known_types = {each.name for each in policy.request_types}
        opening = c.Open(
            new_id,
            subject=texts.get((number - 1, "text"), ""),
            channel=old.channel,
            requester=old.requester,
            priority=old.priority if old.priority in policy.priorities else None,
            request_type=old.request_type if old.request_type in known_types else None,
            by=job.event.by,
        )
        # Seen, not asked for: what a customer wrote is kept, whoever may open tickets by hand.
        facts = [Did(opening), Did(c.Link("follows", old.id), by=DESK)]
        for fact in facts:
            self.visit(new_id, methodcaller("see", fact))

        def link(visit: Visit) -> None:
            visit.done(number)
            visit.see(Did(c.Link("follow-up", new_id, by=DESK), by=DESK), settled=True)

        self.visit(old.id, link)
