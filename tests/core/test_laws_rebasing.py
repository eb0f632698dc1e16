"""Laws on tickets that come under another edition of their policy (SEMANTICS 6.1), at a busy desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from escalate import Actor, EscalationPolicy, Path, SLAPolicy, Step, Target, Ticket, Tier
from escalate.core import advance, explain, fold, rebase, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.engine import Outcome
from escalate.errors import NoPlace
from escalate.testing import START, Shifts, Stride, walk
from tests.core.busy_desk import EVERYTHING, busy_lives, busy_policies

BOSS: Final = Actor("boss")
KNOWN: Final = [deed for deed in EVERYTHING if deed != f.TierIs("elsewhere")]
OLD: Final = EscalationPolicy(
    "desk",
    ["N1", "N2"],
    sla=SLAPolicy([Target("resolution", "8h", default=True)]),
    version="1",
)


def again(policy: EscalationPolicy, **changes: Any) -> EscalationPolicy:
    """The same policy in another edition."""
    return attrs.evolve(policy, **{"version": "again", "name": "busy"} | changes)


def moved(ticket: Ticket, policy: EscalationPolicy, to: EscalationPolicy, **more: Any) -> Outcome:
    """What a change of policy comes to, at the ticket's last instant unless told otherwise."""
    return rebase(ticket, policy, to, by=BOSS, **{"now": ticket.changed_at} | more)


def dues(ticket: Ticket) -> dict[str, Any]:
    """What people see of the clocks that run or wait."""
    return {
        name: (clock.state, clock.target, clock.due_us, clock.next_us, clock.next_name, clock.cycle)
        for name, clock in ticket.clocks.items()
        if clock.is_live
    }


@given(busy_policies(), busy_lives(KNOWN), st.integers(0, 9))
def test_another_edition_that_says_the_same_changes_no_clock(
    policy: EscalationPolicy, life: list[Stride], minutes: int
) -> None:
    """6.1: a policy that was only given another version moves no timer and fires nothing."""
    before = walk(policy, life)
    now = before.end + timedelta(minutes=minutes)
    late = advance(before.ticket, policy, before=now)
    found = rebase(before.ticket, policy, again(policy), by=BOSS, now=now)
    assert late.ticket is not None
    assert found.ticket is not None
    (event,) = found.events[len(late.events) :]
    assert (type(event), event.clocks) == (e.Rebased, ())
    assert found.ticket.clocks == late.ticket.clocks
    assert found.ticket.policy == ("busy", "again")


@settings(max_examples=80)
@given(busy_policies(), busy_policies(), busy_lives(KNOWN), busy_lives(KNOWN))
def test_a_ticket_lives_on_under_whatever_edition(
    policy: EscalationPolicy,
    other: EscalationPolicy,
    life: list[Stride],
    rest: list[Stride],
) -> None:
    """6.1: its journal folds to it, each live clock counts on a target of today, and it can be explained."""
    before, to = walk(policy, life), again(other)
    found = moved(before.ticket, policy, to)
    ticket, journal = found.ticket, [*before.journal, *found.events]
    assert ticket is not None
    assert found.refusal is None
    ended = {n: each for n, each in before.ticket.clocks.items() if not each.is_live}
    if before.ticket.status.is_done:
        assert ticket.clocks == before.ticket.clocks
    for name, clock in ended.items():
        after = ticket.clocks.get(name)
        assert after is not None
        assert after.cycle > clock.cycle or after == clock
    now = ticket.changed_at
    for stride in rest:
        now = max(now, stride.instant(ticket, now))
        if isinstance(stride.deed, c.Command):
            outcome = step(ticket, stride.deed, to, now=now)
            journal += outcome.events
            ticket = outcome.ticket
            assert ticket is not None
    assert fold(None, journal) == ticket
    targets = {each.name for each in to.sla.targets} | {None}
    live = [clock for clock in ticket.clocks.values() if clock.is_live]
    assert all(clock.target in targets for clock in live)
    assert explain(ticket, to, now=now)
    assert ticket.shape(to, now=now)


@settings(max_examples=80)
@given(busy_policies(), busy_policies(), busy_lives(KNOWN))
def test_a_change_that_is_taken_back_at_once_leaves_no_trace_on_the_clocks(
    policy: EscalationPolicy, other: EscalationPolicy, life: list[Stride]
) -> None:
    """6.1: reversible: unless something fired meanwhile, every clock is due when it was."""
    before, to = walk(policy, life).ticket, again(other)
    there = moved(before, policy, to)
    assert there.ticket is not None
    assume(len(there.events) == 1)
    back = moved(there.ticket, to, policy, before=before)
    assert back.ticket is not None
    (event,) = back.events
    assert isinstance(event, e.Rebased)
    assert event.undoes == there.events[0].seq
    assert dues(back.ticket) == dues(before)
    assert back.ticket.policy == before.policy


def test_a_promised_date_keeps_its_target_through_a_change_that_is_taken_back() -> None:
    """6.1: an edition without the target of a promised date has no say in it once it is gone again."""
    first = EscalationPolicy(
        "desk",
        ["N1", "N2"],
        [Path("N1", "N2")],
        sla=SLAPolicy([Target("resolution", "8h", tiers=("N1",))]),
        version="1",
    )
    opened = step(None, c.Open("T-1"), first, now=START).ticket
    promised = c.Promise("resolution", START + timedelta(hours=9))
    later = step(opened, promised, first, now=START + timedelta(minutes=1)).ticket
    before = step(later, c.Escalate(), first, now=START + timedelta(minutes=2)).ticket
    assert before is not None
    other = attrs.evolve(
        first, version="2", sla=SLAPolicy([Target("resolution", "3h", tiers=("N1",))])
    )
    there = moved(before, first, other).ticket
    assert there is not None
    back = moved(there, other, first, before=before).ticket
    assert back is not None
    assert dues(back) == dues(before)


@given(busy_policies(), busy_lives(KNOWN), st.integers(1, 60))
def test_a_change_that_is_taken_back_later_was_never_made(
    policy: EscalationPolicy, life: list[Stride], minutes: int
) -> None:
    """6.1: clocks that went on under other promises are due as if they never had."""
    before = walk(policy, life).ticket
    calm = again(policy, rules=(), sla=SLAPolicy([_calm(each) for each in policy.sla.targets]))
    there = moved(before, policy, calm).ticket
    assert there is not None
    now = there.changed_at + timedelta(minutes=minutes)
    stayed = advance(before, policy, before=now)
    assert stayed.ticket is not None
    assume(not stayed.events)
    back = rebase(there, calm, policy, by=BOSS, now=now, before=before).ticket
    assert back is not None
    with_target = {name: each for name, each in dues(before).items() if name != "idle"}
    assert with_target.items() <= dues(back).items()


def _calm(target: Target) -> Target:
    return attrs.evolve(target, within="9000h", days=None, steps=(), name="")


@given(
    st.integers(1, 600), st.integers(0, 900), st.sampled_from(["always", "day"]), st.integers(0, 60)
)
def test_elapsed_time_is_kept(first: int, second: int, hours: str, minutes: int) -> None:
    """6.1: a running clock is due under the new edition as if the ticket had been opened under it."""
    calendars = {"day": Shifts(4, 2)}
    tiers = [Tier("N1", calendar="always")]

    def edition(version: str, amount: int, calendar: str) -> EscalationPolicy:
        target = Target("resolution", f"{amount + 60}m", calendar=calendar, default=True)
        return EscalationPolicy(
            "desk", tiers, sla=SLAPolicy([target]), calendars=calendars, version=version
        )

    old, new = edition("1", first, "always"), edition("2", second, hours)
    opened = step(None, c.Open("T-1"), old, now=START).ticket
    oracle = step(None, c.Open("T-1"), new, now=START).ticket
    assert opened is not None
    assert oracle is not None
    found = rebase(opened, old, new, by=BOSS, now=START + timedelta(minutes=minutes)).ticket
    assert found is not None
    assert found.clocks["resolution"].due_us == oracle.clocks["resolution"].due_us
    assert found.due_us == oracle.due_us


class TestOneByOne:
    def test_what_is_late_by_the_new_edition_happens_at_once(self) -> None:
        """A breach is marked as one of the change, and of the steps passed only the highest runs."""
        steps = [Step("25%", tag="a"), Step("50%", tag="b"), Step("150%", tag="c")]
        new = attrs.evolve(
            OLD, sla=SLAPolicy([Target("resolution", "1h", default=True, steps=steps)]), version="2"
        )
        ticket = step(None, c.Open("T-1"), OLD, now=START).ticket
        assert ticket is not None
        found = rebase(ticket, OLD, new, by=BOSS, now=START + timedelta(minutes=70))
        names = [type(event).__name__ for event in found.events]
        assert names == ["Rebased", "StepReached", "Breached", "Tagged"]
        breach = found.events[2]
        assert isinstance(breach, e.Breached)
        assert breach.on_change
        assert found.ticket is not None
        assert found.ticket.tags == {"b"}

    def test_a_tier_that_is_called_otherwise_keeps_its_tickets(self) -> None:
        """Its past goes by the new name as well, so that a return finds the way."""
        new = attrs.evolve(OLD, tiers=["L1", "L2"], version="2")
        ticket = step(None, c.Open("T-1", tier="N2"), OLD, now=START).ticket
        assert ticket is not None
        ticket = attrs.evolve(ticket, senders=("N1",), left=frozenset({"N1"}))
        names = {"N1": "L1", "N2": "L2", "N3": "L1"}
        found = rebase(ticket, OLD, new, by=BOSS, now=START, tiers=names)
        assert found.ticket is not None
        assert (found.ticket.tier, found.ticket.senders) == ("L2", ("L1",))
        assert found.events[0].renamed == (("N1", "L1"), ("N2", "L2"))  # type: ignore[attr-defined]

    def test_a_ticket_without_a_place_stays_as_it_is(self) -> None:
        """The refusal says which tiers there are; nothing of it is done by half."""
        new = attrs.evolve(OLD, tiers=["L1", "L2"], version="2")
        ticket = step(None, c.Open("T-1"), OLD, now=START).ticket
        assert ticket is not None
        found = rebase(ticket, OLD, new, by=BOSS, now=START)
        assert (found.ticket, found.events) == (ticket, ())
        with pytest.raises(NoPlace, match=r"'T-1' has tier 'N1'.*tiers=.*L1, L2"):
            raise found.refusal or AssertionError
        other = attrs.evolve(OLD, priorities=["p1", "p2"], version="3")
        refusal = rebase(ticket, OLD, other, by=BOSS, now=START).refusal
        assert "give it one of these first: p1, p2" in str(refusal)

    def test_a_clock_that_only_the_new_edition_keeps_begins_with_it(self) -> None:
        """Nobody had promised anything, so nothing of it is used up; and back again it ends."""
        old = attrs.evolve(OLD, sla=SLAPolicy())
        opened = step(None, c.Open("T-1"), old, now=START).ticket
        assert opened is not None
        day = START + timedelta(days=1)
        found = rebase(opened, old, attrs.evolve(OLD, version="2"), by=BOSS, now=day).ticket
        assert found is not None
        assert found.clocks["resolution"].started_at == day
        back = rebase(found, OLD, old, by=BOSS, now=day, before=opened).ticket
        assert back is not None
        assert back.clocks["resolution"].ended_by == "rebased"
        assert back.due_us is None

    def test_a_reopened_ticket_goes_on_under_the_edition_of_today(self) -> None:
        """What ended under an earlier one stays as it was until then."""
        ticket = step(None, c.Open("T-1"), OLD, now=START).ticket
        ticket = step(ticket, c.Resolve(), OLD, now=START + timedelta(hours=1)).ticket
        assert ticket is not None
        new = attrs.evolve(
            OLD, sla=SLAPolicy([Target("resolution", "4h", default=True)]), version="2"
        )
        found = rebase(ticket, OLD, new, by=BOSS, now=START + timedelta(hours=2)).ticket
        assert found is not None
        assert found.clocks == ticket.clocks
        found = step(found, c.Reopen(), new, now=START + timedelta(hours=3)).ticket
        assert found is not None
        assert found.clocks["resolution"].target == "resolution 4h"
        assert found.clocks["resolution"].due_at == START + timedelta(hours=6)
