"""Taking over tickets in mid-life, so that the first run of a desk surprises nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import attrs

from escalate.core.instants import as_us, show_instant
from escalate.core.model import Actor
from escalate.core.sealing import NOTHING
from escalate.errors import BadInput, InsideApply
from escalate.runtime.context import run_of
from escalate.runtime.doors import as_key, known_actor
from escalate.runtime.hostvisits import Adoption, HostVisits, Way, only_look
from escalate.runtime.hushing import CatchUp, Hush
from escalate.runtime.shadow import takes_part

Since = datetime | Callable[[str], datetime]
_AHEAD: Final = "an instant that is over: since when the ticket counts"


@attrs.frozen(kw_only=True)
class Adopted:
    """What came of taking tickets over; each that was named stands in one of these, in that order.

    Attributes:
        adopted: Taken over, and caught up.
        known: The desk had them already; nothing was done.
        done: The host shows them resolved or closed: nothing is left to decide.
        left_out: They are not of the share of tickets in which the desk takes part.
        failed: They could not be taken over, each with why; asked again, they may be.
        unsent: How many notices that were late did not go out.
    """

    adopted: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    failed: Mapping[str, str] = NOTHING
    unsent: int = 0

    def __str__(self) -> str:
        said = (
            f"{len(self.adopted)} tickets taken over, {self.unsent} late notices not sent; "
            f"{len(self.known)} known before, {len(self.done)} done, {len(self.left_out)} left out"
        )
        lines = [f"  {ticket_id}: {why}" for ticket_id, why in self.failed.items()]
        return "\n".join([said, *([f"{len(lines)} failed:"] if lines else []), *lines])


class Adopting(HostVisits):
    """How an embedded desk takes tickets over that its host had before."""

    def adopt(
        self,
        ticket_ids: Iterable[str],
        since: Since,
        *,
        by: Actor,
        catch_up: CatchUp = "silent",
        stale_after: timedelta | None = None,
    ) -> Adopted:
        """Take over tickets that the host had before the desk came, and return what came of it.

        Each in its own transaction, as if the desk had been there since then and the host had shown what
        it shows now. Timers that lie in between fire, dated when they were due, and what they move and
        breach is journalled and written; *catch_up* decides only what still goes out. One that fails
        holds up no other, and asked again, what is taken over already stays as it is.

        Args:
            ticket_ids: The tickets.
            since: From when on they count, for all or, as a function, for each: when it was opened, or
                the day of the switch.
            by: Who has them taken over; the journal of each names them.
            catch_up: Of the notices that are late by now, ``"silent"`` sends none, ``"latest"`` the last
                one to each receiver, ``"all"`` every one.
            stale_after: How late a notice is that counts as late; none: every one that is found.

        Raises:
            BadInput: *by* is nobody in particular, or *catch_up* or *stale_after* is none.
            NaiveInstant: *since* has no time zone.
            InsideApply: It was asked from within ``host.apply``.
        """
        known_actor("adopt.by", by)
        hush = Hush.of(catch_up, stale_after)
        if isinstance(ticket_ids, str):
            raise BadInput("adopt", ticket_ids, f"several ids, e.g. [{ticket_ids!r}]")
        if isinstance(since, datetime) or not callable(since):
            as_us(since, "adopt.since")
        found: dict[str, list[str]] = {"adopted": [], "known": [], "done": [], "left_out": []}
        failed: dict[str, str] = {}
        unsent = 0
        for ticket_id in dict.fromkeys(ticket_ids):
            run = run_of(self)
            if run is not None:
                raise InsideApply(run.ticket_id, "adopt")
            try:
                kind, quiet = self._adopt(as_key("ticket id", ticket_id), since, hush, by)
            except Exception as why:  # noqa: BLE001 - one broken ticket holds up no other; recorded
                self._errands.failed(str(ticket_id), "adopt", why)
                failed[str(ticket_id)] = f"{type(why).__name__}: {why}"
            else:
                found[kind].append(ticket_id)
                unsent += quiet
        each = {name: tuple(ids) for name, ids in found.items()}
        return Adopted(**each, failed=failed, unsent=unsent)

    def _adopt(self, ticket_id: str, since: Since, hush: Hush, by: Actor) -> tuple[str, int]:
        if not takes_part(ticket_id, self._share):
            return "left_out", 0
        if self._store.load(self.name, ticket_id).ticket is not None:
            return "known", 0
        since_us = as_us(since if isinstance(since, datetime) else since(ticket_id), "adopt.since")
        if since_us > self._now_us():
            raise BadInput("adopt.since", show_instant(since_us), _AHEAD)
        visit = self._visit(ticket_id, only_look, Way(adoption=Adoption(since_us, hush, by)))
        if visit.ticket is None:
            return "done", 0
        if visit.adopted is None:
            return "known", 0  # somebody was faster
        return "adopted", visit.adopted.unsent
