"""What every host of a desk must keep to, as checks that ship: the contract of ``escalate.runtime.Host``.

Paste this into the tests of a host::

    @pytest.mark.parametrize("check", host_checks(), ids=lambda check: check.__name__)
    def test_keeps_the_host_contract(check):
        check(MyBench)  # called with a policy and a clock; a host without tickets each time
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Protocol
from unittest.mock import patch

from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.facts import Did
from escalate.core.model import Actor
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.rules import Rule
from escalate.core.sla import SLAPolicy, Step, Target
from escalate.errors import UnknownTicket
from escalate.runtime.hosted import HostedDesk
from escalate.runtime.hosts import Happened, Host
from escalate.testing.clocks import ManualClock


class HostBench(Protocol):
    """A host set up for one check, with its people at hand.

    Values go by the names and words of escalate: ``status``, ``tier`` and ``priority``.

    Attributes:
        desk: The desk that is embedded in the host.
        host: What the desk was given as its host.
        vetoes: Whether the host stops an edit that the policy does not allow.
    """

    desk: HostedDesk
    host: Host
    vetoes: bool

    def create(self) -> str:
        """Create a ticket as a customer does: new or open, in N1, of normal priority; return its id."""
        ...

    def edit(self, ticket_id: str, **values: Any) -> None:
        """Edit a ticket as an agent does, by the host's own way, hooks and all; a veto raises."""
        ...

    def bulk_edit(self, ticket_ids: Iterable[str], **values: Any) -> None:
        """Edit many tickets by the host's shortest way, hooks or not."""
        ...

    def shows(self, ticket_id: str) -> Mapping[str, Any] | None:
        """Return what anybody sees of a ticket: status, tier, priority; none if there is no such one."""
        ...

    def tick(self) -> None:
        """Tick, as a process of its own does; it is called from several threads at once."""
        ...


MakeBench = Callable[[EscalationPolicy, Callable[[], datetime]], HostBench]
Check = Callable[[MakeBench], None]

_POLICY: Final = EscalationPolicy(
    "hosted",
    ["N1", "N2", "N3"],
    [Path("N1", "N2"), Path("N2", "N3"), Path("N2", "N1", kind="return")],
    sla=SLAPolicy(
        [
            Target("ownership", "4h", tiers=("N1",), steps=(Step("100%", escalate_to="N2"),)),
            Target("ownership", "40h", default=True),
        ]
    ),
    rules=[
        Rule(
            "urgent",
            on="priority_changed",
            at=["N1"],
            when='priority == "urgent"',
            escalate_to="N2",
        )
    ],
)


def check_host(make: MakeBench) -> None:
    """Hold a host against the whole contract; *make* sets up one without tickets each time.

    Raises:
        AssertionError: It does not keep to it; the message says what it did.
    """
    for check in host_checks():
        check(make)


def host_checks() -> tuple[Check, ...]:
    """Return every check, each of which takes a function that sets up a host."""
    return (
        opens_what_its_customers_write,
        follows_what_its_people_do,
        rolls_back_journal_and_timers,
        takes_a_hook_that_fires_thrice,
        does_not_hear_its_own_echo,
        converges_after_a_bulk_edit,
        escalates_nothing_that_was_closed_in_bulk,
        fires_once_however_many_tick,
        leaves_nothing_half_done,
        keeps_to_the_paths,
    )


def _set_up(make: MakeBench) -> tuple[HostBench, ManualClock]:
    clock = ManualClock()
    return make(_POLICY, clock), clock


def _names(events: Iterable[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def _agree(bench: HostBench, ticket_id: str) -> None:
    """Assert that host and desk say the same of a ticket."""
    ticket, shown = bench.desk.ticket(ticket_id), bench.shows(ticket_id)
    assert shown is not None, f"the host has lost ticket {ticket_id!r}"
    said = {"tier": ticket.tier, "priority": ticket.priority}
    found = {name: shown[name] for name in said}
    assert found == said, f"the host shows {found}, and the journal says {said}"


def opens_what_its_customers_write(make: MakeBench) -> None:
    """A ticket that comes into being in the host is under the policy, and its clocks run."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    ticket = bench.desk.ticket(ticket_id)
    assert (ticket.tier, ticket.priority) == ("N1", "normal"), "it began elsewhere"
    assert ticket.opened_at == clock(), "it was not opened when it was created"
    assert ticket.due_us is not None, "no clock runs"
    _agree(bench, ticket_id)


def follows_what_its_people_do(make: MakeBench) -> None:
    """An edit in the host is in the journal, and what the policy makes of it is in the host."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    clock.advance(minutes=5)
    bench.edit(ticket_id, priority="urgent")
    names = _names(bench.desk.history(ticket_id))
    assert names.count("PrioritySet") == 1, f"the journal has {names}"
    assert names.count("Escalated") == 1, f"the rule for urgent tickets came to {names}"
    shown = bench.shows(ticket_id)
    assert shown is not None
    assert shown["tier"] == "N2", f"the host shows {shown}, after an escalation to N2"
    _agree(bench, ticket_id)


class _ChangedItsMindError(Exception):
    """What a request dies of after it has written."""


def rolls_back_journal_and_timers(make: MakeBench) -> None:
    """What the host rolls back never happened: no ticket, no event, no timer."""
    bench, clock = _set_up(make)
    kept = bench.create()
    before = bench.desk.history(kept), bench.desk.ticket(kept)
    made: list[str] = []

    def changes_its_mind() -> None:
        with bench.host.transaction():
            made.append(bench.create())
            bench.edit(kept, priority="urgent")
            raise _ChangedItsMindError

    with suppress(_ChangedItsMindError):
        changes_its_mind()
    assert bench.shows(made[0]) is None, "the host kept a ticket that it rolled back"
    try:
        left = _names(bench.desk.history(made[0]))
    except UnknownTicket:
        left = []
    assert not left, f"the store kept {left} of a ticket that was rolled back"
    after = bench.desk.history(kept), bench.desk.ticket(kept)
    assert after == before, f"an edit that was rolled back left {_names(after[0])}"
    clock.advance(hours=5)
    bench.tick()
    assert bench.desk.failures() == (), f"timers were left behind: {bench.desk.failures()}"
    _agree(bench, kept)


def takes_a_hook_that_fires_thrice(make: MakeBench) -> None:
    """However often the host tells of one change or one message, it happened once."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    clock.advance(minutes=5)
    bench.edit(ticket_id, priority="high")
    note = Did(c.Note("tried the other cable", by=Actor("ana"), id="note-1"))
    for _ in range(3):
        bench.desk.reconcile(ticket_id)
        bench.desk.observe(ticket_id, note)
    names = _names(bench.desk.history(ticket_id))
    assert names.count("PrioritySet") == 1, f"one change of priority came to {names}"
    assert names.count("Noted") == 1, f"one note came to {names}"


def does_not_hear_its_own_echo(make: MakeBench) -> None:
    """What the desk writes to the host comes back as no news, and re-arms nothing."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    clock.advance(hours=5)
    bench.tick()
    history, ticket = bench.desk.history(ticket_id), bench.desk.ticket(ticket_id)
    names = _names(history)
    assert names.count("Escalated") == 1, f"a step that escalates came to {names}"
    assert not any(isinstance(event, e.PathViolated) for event in history), f"it came to {names}"
    assert history[-1].by.kind in ("rule", "system"), f"our own write came back: {names}"
    _agree(bench, ticket_id)
    clock.advance(minutes=1)
    bench.desk.reconcile(ticket_id)
    bench.tick()
    assert bench.desk.history(ticket_id) == history, "our own write came back as news later"
    assert bench.desk.ticket(ticket_id).due_us == ticket.due_us, "our own write moved a timer"


def converges_after_a_bulk_edit(make: MakeBench) -> None:
    """Many tickets changed at once are followed at the next sweep, and once."""
    bench, clock = _set_up(make)
    tickets = [bench.create() for _ in range(3)]
    clock.advance(minutes=5)
    bench.bulk_edit(tickets, priority="urgent")
    swept = bench.desk.reconcile_all(tickets)
    assert not swept.failed, f"the sweep failed: {bench.desk.failures()}"
    for ticket_id in tickets:
        names = _names(bench.desk.history(ticket_id))
        assert names.count("PrioritySet") == 1, f"after a bulk edit and a sweep: {names}"
        assert bench.desk.ticket(ticket_id).tier == "N2", f"after a bulk edit and a sweep: {names}"
        _agree(bench, ticket_id)
    again = bench.desk.reconcile_all(tickets)
    assert again.tickets == (), f"a second sweep found news of {again.tickets}"


def escalates_nothing_that_was_closed_in_bulk(make: MakeBench) -> None:
    """A ticket that was closed behind everybody's back is not escalated by the next tick."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    clock.advance(hours=1)
    bench.bulk_edit([ticket_id], status="closed")
    clock.advance(hours=5)
    bench.tick()
    names = _names(bench.desk.history(ticket_id))
    assert "Escalated" not in names, f"a closed ticket was escalated: {names}"
    assert bench.desk.ticket(ticket_id).due_us is None, "a closed ticket has a timer"


def fires_once_however_many_tick(make: MakeBench) -> None:
    """Ticks of several processes at the same time fire every timer once."""
    bench, clock = _set_up(make)
    tickets = [bench.create() for _ in range(4)]
    clock.advance(hours=5)
    start = threading.Barrier(2)

    def tick() -> None:
        start.wait()
        bench.tick()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bench.tick()  # for what both left to each other
    for ticket_id in tickets:
        names = _names(bench.desk.history(ticket_id))
        assert names.count("Escalated") == 1, f"two ticks at once came to {names}"
        _agree(bench, ticket_id)


def leaves_nothing_half_done(make: MakeBench) -> None:
    """A crash while the host writes leaves host, journal and timers as they were, for the next tick."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    before, shown = bench.desk.history(ticket_id), bench.shows(ticket_id)
    clock.advance(hours=5)
    write = bench.host.apply

    def crash(ticket_id: str, events: Happened) -> None:
        write(ticket_id, events)
        raise ConnectionError("the host went away while it wrote")

    with patch.object(bench.host, "apply", crash):
        ticked = bench.desk.tick()
    assert ticked.failed == (ticket_id,), f"a crash in apply came to {ticked}"
    assert bench.shows(ticket_id) == shown, "the host kept what it wrote before a crash in apply"
    assert bench.desk.history(ticket_id) == before, "the journal kept what the host could not write"
    bench.tick()
    names = _names(bench.desk.history(ticket_id))
    assert names.count("Escalated") == 1, f"after a crash and a tick: {names}"
    _agree(bench, ticket_id)


def keeps_to_the_paths(make: MakeBench) -> None:
    """A move that the policy does not know is vetoed where the host can, and journalled where not."""
    bench, clock = _set_up(make)
    ticket_id = bench.create()
    before = bench.desk.history(ticket_id)
    clock.advance(minutes=5)
    vetoed = ""
    try:
        bench.edit(ticket_id, tier="N3")
    except Exception as why:  # noqa: BLE001 - each host says no in its own way; it is looked at below
        vetoed = str(why)
    history, shown = bench.desk.history(ticket_id), bench.shows(ticket_id)
    assert shown is not None
    if bench.vetoes:
        assert "N2" in vetoed, f"the veto does not say where it could go: {vetoed!r}"
        assert shown["tier"] == "N1", f"a vetoed edit was written: {shown}"
        assert history == before, f"a vetoed edit is in the journal: {_names(history)}"
    else:
        violations = [event for event in history if isinstance(event, e.PathViolated)]
        assert not vetoed, f"a host that does not veto did: {vetoed}"
        assert [each.target for each in violations] == ["N3"], f"journalled: {_names(history)}"
        assert shown["tier"] == "N3", f"what a person did was written over: {shown}"
    _agree(bench, ticket_id)
