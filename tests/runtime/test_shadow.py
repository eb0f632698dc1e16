"""The pilot before the switch: a desk that looks on, and what it would have done."""

from __future__ import annotations

from typing import Any

import pytest

from escalate import HostedDesk
from escalate.core import commands as c
from escalate.core.facts import Seen
from escalate.errors import BadInput
from escalate.runtime.shadow import takes_part
from tests.runtime.hosting import hosted
from tests.runtime.shop import POLICY, STAFF, names


def shadow(**more: Any) -> Any:
    """A desk that looks on."""
    return hosted(mode="shadow", **more)


def test_a_shadow_writes_nothing_tells_nobody_and_vetoes_nothing() -> None:
    """Whatever the policy would do is in a journal apart, and the host is as its people left it."""
    told: list[object] = []
    desk, host, clock = shadow(notify=told.append, directory=STAFF)
    host.save("T-1", status="new", tier="N1")
    before = dict(host.rows["T-1"])
    clock.advance(hours=5)
    desk.tick()
    assert host.rows["T-1"] == before
    assert host.applied == []
    assert told == []
    assert desk.outbox() == ()
    assert desk.ticket("T-1").tier == "N1"
    assert "Advised" in names(desk.history("T-1"))
    assert desk.guard("T-1", Seen(tier="N9"))
    assert desk.name == "main.shadow"
    with pytest.raises(BadInput, match="it only looks on"):
        desk.handle("T-1", c.Take())


def test_the_report_holds_advice_against_what_people_did() -> None:
    """Agreed, otherwise, not at all, and what people did unasked."""
    desk, host, clock = shadow()
    for number in range(4):
        host.save(f"T-{number}", status="new", tier="N1")
    host.save("T-3", tier="N2")
    host.save("T-3", tier="bot")
    clock.advance(hours=5)
    desk.tick()
    host.save("T-0", tier="N2")
    host.save("T-1", tier="bot")
    report = desk.shadow_report()
    assert (report.tickets, report.agreed, report.otherwise) == (4, 1, 1)
    assert (report.unmoved, report.unadvised) == (1, 2)
    assert report.breaches == 3
    assert report.notices == {"lead": 6}
    assert report.violations == {"path": 1}
    assert "1 as people did, 1 otherwise, 1 where nobody moved" in str(report)


def test_shadow_and_live_stand_side_by_side_in_one_store() -> None:
    """A new version looks on while the old one works."""
    live, host, clock = hosted()
    watching = HostedDesk(POLICY, host, host.store, clock=clock, mode="shadow")
    host.hooks.append(watching.reconcile)
    host.save("T-1", status="new", tier="N1")
    clock.advance(hours=5)
    live.tick()
    watching.tick()
    assert host.rows["T-1"]["tier"] == live.ticket("T-1").tier == "N2"
    watching.reconcile("T-1")
    assert watching.ticket("T-1").tier == "N2"
    assert live.shadow_report().tickets == 1


def test_a_share_takes_part_and_always_the_same() -> None:
    """A tenth means about a tenth; the desk keeps out of the others."""
    ids = [f"T-{number}" for number in range(1_000)]
    chosen = [ticket_id for ticket_id in ids if takes_part(ticket_id, 0.1)]
    assert 60 < len(chosen) < 140
    assert set(chosen) <= {ticket_id for ticket_id in ids if takes_part(ticket_id, 0.5)}
    inside, outside = chosen[0], next(each for each in ids if each not in chosen)
    desk, host, _ = hosted(share=0.1)
    for ticket_id in (inside, outside):
        host.save(ticket_id, status="new", tier="N1")
    assert [ticket.id for ticket in desk.live()] == [inside]
    assert desk.open(outside) is None
    assert desk.guard(outside, Seen(tier="N9"))
    with pytest.raises(BadInput, match="keeps out of this ticket"):
        desk.handle(outside, c.Take())


@pytest.mark.parametrize(
    ("more", "says"), [({"mode": "dark"}, "shadow"), ({"share": 10}, "0 to 1")]
)
def test_a_pilot_that_cannot_be_is_an_error(more: Any, says: str) -> None:
    """Ten is no share: a tenth is 0.1."""
    with pytest.raises(BadInput, match=says):
        hosted(**more)
