"""Reports of a desk's work: each goes to the log and to every observer, once it was kept."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import attrs

from escalate.core.events import Event
from escalate.core.instants import show_instant
from escalate.core.model import Ticket
from escalate.errors import EscalateError
from escalate.runtime.hearing import Ear
from escalate.runtime.notices import Notice
from escalate.runtime.watching import (
    TIMERS,
    Decision,
    Delivery,
    Firing,
    Observer,
    Rejection,
    Tick,
    Trouble,
    due_us_of,
)

if TYPE_CHECKING:
    from escalate.runtime.visiting import Visit

_log: Final = logging.getLogger("escalate.runtime")


@attrs.frozen
class Reports:
    """Tells the log and the observers of one desk.

    Attributes:
        desk: The name of the desk.
        observers: Who hears.
        within_s: How many seconds to wait for one of them.
    """

    desk: str
    observers: tuple[Observer, ...] = ()
    within_s: float = 1.0
    _ears: tuple[Ear, ...] = attrs.field(init=False, repr=False)

    @_ears.default
    def _grown(self) -> tuple[Ear, ...]:
        return tuple(Ear(each, self.within_s, self.desk) for each in self.observers)

    def visited(self, visit: Visit) -> None:
        """Tell what a visit has brought: what happened, which timers fired, what was refused."""
        if visit.events and visit.ticket is not None:
            self._happened(visit.ticket, tuple(visit.events), visit.now_us)
        if visit.noted is not None:
            refusal = visit.noted
            self._tell("refused", lambda: Rejection(desk=self.desk, refusal=refusal))
            if _log.isEnabledFor(logging.INFO):
                self._say(
                    "refused",
                    f"{refusal.asked} refused: {refusal.code}",
                    ticket_id=refusal.ticket_id,
                    asked=refusal.asked,
                    code=refusal.code,
                    by_kind=None if refusal.by is None else refusal.by.kind,
                )

    def _happened(self, ticket: Ticket, events: tuple[Event, ...], at_us: int) -> None:
        self._tell(
            "decided",
            lambda: Decision(desk=self.desk, ticket=ticket, events=events, at_us=at_us),
        )
        if not self.observers and not _log.isEnabledFor(logging.INFO):
            return
        for event in events:
            timer = isinstance(event, TIMERS) and not getattr(event, "on_change", False)
            late_s = max(0, at_us - due_us_of(event)) / 1e6 if timer else None
            if late_s is not None and isinstance(event, TIMERS):
                firing = Firing(desk=self.desk, ticket=ticket, event=event, late_s=late_s)
                self._tell("fired", lambda firing=firing: firing)  # type: ignore[misc]
            if _log.isEnabledFor(logging.INFO):
                self._say_event(ticket, event, late_s)

    def _say_event(self, ticket: Ticket, event: Event, late_s: float | None) -> None:
        name = type(event).__name__
        more: dict[str, Any] = {}
        if late_s is not None:
            more = {
                "due_at": show_instant(due_us_of(event)),
                "late_s": late_s,
                "clock": getattr(event, "clock", None),
                "target": getattr(event, "target", None),
                "step": getattr(event, "step", None),
                "rule": getattr(event, "rule", None),
            }
        self._say(
            "decided" if late_s is None else "fired",
            name if late_s is None else f"{name} fired {late_s:g} s late",
            ticket_id=ticket.id,
            tier=ticket.tier,
            event=name,
            number=event.seq,
            at=show_instant(event.at_us),
            by_kind=event.by.kind,
            **more,
        )

    def delivered(self, notice: Notice, *, tries: int, at_us: int, took_s: float) -> None:
        """Tell that *notice* was carried at *at_us*, after so many tries that failed."""
        due_us = notice.event.deliver_us
        late_s = max(0, at_us - due_us) / 1e6
        self._tell(
            "delivered",
            lambda: Delivery(
                desk=self.desk, notice=notice, tries=tries, late_s=late_s, took_s=took_s
            ),
        )
        if _log.isEnabledFor(logging.INFO):
            self._say(
                "delivered",
                f"{notice.event.receiver} told",
                ticket_id=notice.ticket.id,
                tier=notice.ticket.tier,
                receiver=notice.event.receiver,
                key=notice.key,
                tries=tries,
                due_at=show_instant(due_us),
                late_s=late_s,
                took_s=took_s,
            )

    def failed(self, ticket_id: str, where: str, why: BaseException) -> None:
        """Tell that something failed. The words of an error may be anybody's, so no log line has them."""
        self._tell(
            "failed",
            lambda: Trouble(desk=self.desk, ticket_id=ticket_id, where=where, error=why),
        )
        self._say(
            "failed",
            f"{where} failed: {type(why).__name__}",
            level=logging.ERROR,
            exc_info=why if _log.isEnabledFor(logging.DEBUG) else None,
            ticket_id=ticket_id,
            where=where,
            error=type(why).__name__,
            code=why.code if isinstance(why, EscalateError) else "",
            raised_at=_raised_at(why),
        )

    def ticked(self, tickets: tuple[str, ...], failed: tuple[str, ...], took_s: float) -> None:
        """Tell that a tick came to its end, and let the observers hear the last of it."""
        self._tell(
            "ticked", lambda: Tick(desk=self.desk, tickets=tickets, failed=failed, took_s=took_s)
        )
        level = logging.INFO if tickets or failed else logging.DEBUG
        if _log.isEnabledFor(level):
            self._say(
                "ticked",
                f"tick: {len(tickets)} moved on, {len(failed)} failed",
                level=level,
                tickets=len(tickets),
                failed=len(failed),
                took_s=took_s,
            )
        self.settle()

    def settle(self) -> None:
        """Wait a little until the observers have heard what they were told."""
        for ear in self._ears:
            ear.settle()

    def _tell(self, method: str, report: Callable[[], object]) -> None:
        if self.observers:
            made = report()
            for ear in self._ears:
                ear.tell(method, made)

    def _say(
        self,
        what: str,
        message: str,
        *,
        level: int = logging.INFO,
        exc_info: BaseException | None = None,
        **fields: Any,
    ) -> None:
        known = {name: value for name, value in fields.items() if value is not None}
        ticket_id = fields.get("ticket_id", "")
        _log.log(
            level,
            "%s%s",
            f"{ticket_id}: " if ticket_id else "",
            message,
            exc_info=exc_info,
            extra={"what": what, "desk": self.desk, **known},
        )


def _raised_at(why: BaseException) -> str:
    """Return where *why* was raised, without its words: ``"mail.py:31 in send"``."""
    frames: Iterable[traceback.FrameSummary] = traceback.extract_tb(why.__traceback__)[-1:]
    for frame in frames:
        return f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}"
    return ""
