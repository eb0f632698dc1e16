"""Who is there, and who gets a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import Actor, Desk, Handoff, MemoryStore, Rule, WorkCalendar
from escalate.core import commands as c
from escalate.errors import BadInput
from escalate.runtime import BySkill, Candidate, LeastLoaded, Person, RoundRobin, Staff
from tests.runtime.shop import ANA, MONDAY, POLICY, STAFF, shop

OFFICE = WorkCalendar("America/Sao_Paulo", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})


def test_who_is_on_duty_follows_hours_and_absences() -> None:
    """Nobody is on duty at lunch, on holiday, or before the office opens in their own zone."""
    away = [(datetime(2026, 3, 2, 18, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))]
    staff = Staff([Person("ana", tiers=["N1"], roles=["lead"], hours=OFFICE, away=away)])
    there = {hour: bool(staff.on_duty("N1", MONDAY.replace(hour=hour))) for hour in range(24)}
    assert [hour for hour, yes in there.items() if yes] == [12, 13, 14, 16, 17]
    assert staff.on_duty("lead", MONDAY.replace(hour=12)) == ("ana",)
    assert staff.on_duty("N2", MONDAY.replace(hour=12)) == ()
    assert staff.having("lead") == ("ana",)
    staff.remove("ana")
    staff.remove("ana")
    assert staff.having("lead") == ()


def test_a_person_is_there_once() -> None:
    """The same id twice is a mistake in the list."""
    with pytest.raises(BadInput, match="each person once"):
        Staff([Person("ana"), Person("ana")])


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.sampled_from("abcdef"),
        st.integers(0, 3),
        st.integers(0, 3),
        st.frozensets(st.sampled_from(["vpn", "mail"])),
    ),
    unique_by=lambda each: each.agent,
)


@given(CANDIDATES)
def test_assigners_choose_one_of_those_who_are_there(candidates: list[Candidate]) -> None:
    """Always a candidate, the same whatever order they come in; nobody when nobody is there."""
    for assigner in (RoundRobin(), LeastLoaded()):
        chosen = assigner.choose(None, candidates)  # type: ignore[arg-type]
        assert (chosen is None) == (not candidates)
        assert chosen in [None, *(each.agent for each in candidates)]
        assert chosen == assigner.choose(None, candidates[::-1])  # type: ignore[arg-type]


@given(CANDIDATES, st.frozensets(st.sampled_from(["vpn", "mail"])))
def test_by_skill_nobody_gets_what_they_cannot_do(
    candidates: list[Candidate], needed: frozenset[str]
) -> None:
    """The chosen one has every skill that is needed; if nobody has, nobody is chosen."""
    fit = {each.agent for each in candidates if needed <= each.skills}
    chosen = BySkill(needs=lambda ticket: needed).choose(None, candidates)  # type: ignore[arg-type]
    assert (chosen in fit) if fit else chosen is None


def test_whoever_has_least_gets_the_next() -> None:
    """Resolved tickets do not count, and moves clear the desk of whoever passed them on."""
    desk, _ = shop(directory=STAFF, assigner=LeastLoaded())
    first, second, third = (desk.open() for _ in range(3))
    assert [first.assignee, second.assignee, third.assignee] == ["ana", "ben", "ana"]
    desk.handle(first.id, c.Resolve(by=ANA))
    desk.handle(third.id, c.Escalate(handoff=Handoff(summary="x"), by=ANA))
    assert [desk.open().assignee for _ in range(3)] == ["ana", "ben", "ana"]
    assert desk.ticket(third.id).assignee == "eve"


def test_a_skill_that_nobody_has_leaves_the_ticket_in_the_queue() -> None:
    """Tags say which skill a ticket needs; one that needs what nobody can do waits for somebody."""
    policy = POLICY.with_rule(
        Rule("vpn", on="opened", when='channel == "vpn form"', tag="skill:vpn")
    )
    desk, _ = shop(policy, directory=STAFF, assigner=BySkill())
    assert [desk.open(channel="vpn form").assignee for _ in range(2)] == ["ben", "ben"]
    alone = desk.open(tags=["skill:cobol"])
    assert alone.assignee is None
    assert alone in desk.queue("N1")
    assert desk.next_for("ana") is None
    with_zoe = Staff([Person("zoe", tiers=["N1"], skills=["cobol"])])
    helped, _ = shop(policy, store=desk._store, directory=with_zoe, assigner=BySkill())
    found = helped.next_for("zoe")
    assert found is not None
    assert found.id == alone.id


def test_nobody_on_duty_leaves_the_ticket_in_the_queue() -> None:
    """At night nobody gets a ticket; in the morning whoever asks does."""
    staff = Staff([Person("ana", tiers=["N1"], hours=POLICY.calendars["office"])])
    desk, clock = shop(directory=staff, assigner=RoundRobin())
    clock.set(MONDAY - timedelta(hours=3))
    ticket = desk.open()
    assert ticket.assignee is None
    clock.set(MONDAY)
    found = desk.next_for(ANA)
    assert found is not None
    assert found.id == ticket.id


def test_an_assigner_that_fails_costs_nothing() -> None:
    """What goes wrong in a host's assigner is recorded, and the ticket waits in its queue."""

    class Odd:
        def skills_for(self, ticket: Any) -> Iterable[str]:
            return ()

        def choose(self, ticket: Any, candidates: Sequence[Candidate]) -> str | None:
            return "nobody I know"

    desk, _ = shop(directory=STAFF, assigner=Odd())
    ticket = desk.open()
    assert ticket.assignee is None
    (failure,) = desk.failures()
    assert failure.where == "assigner"
    assert "none of the candidates" in failure.why


def test_an_assigner_needs_to_know_who_is_there() -> None:
    """Without a directory there is nobody to choose from, and the host is told so at the start."""
    with pytest.raises(BadInput, match="directory"):
        shop(assigner=RoundRobin())


def test_bots_are_given_nothing() -> None:
    """Tickets in a bot's tier are nobody's until they are handed over to people."""
    staff = Staff([Person("ana", tiers=["bot", "N1"])])
    desk, _ = shop(directory=staff, assigner=RoundRobin())
    ticket = desk.open(tier="bot")
    assert ticket.assignee is None
    desk.handle(ticket.id, c.Escalate(by=Actor("robot", "bot")))
    assert desk.ticket(ticket.id).assignee == "ana"


def test_a_directory_that_fails_is_asked_again() -> None:
    """An address book that is down neither loses the notice nor sends it to the wrong person."""
    told: list[tuple[str, ...]] = []
    down = True

    class Flaky(Staff):
        def on_duty(self, name: str, at: datetime) -> tuple[str, ...]:
            if down:
                raise ConnectionError("no answer")
            return super().on_duty(name, at)

    flaky = Flaky([Person("eve", roles=["lead"])])
    desk, clock = shop(directory=flaky, notify=lambda notice: told.append(notice.people))
    ticket = desk.open()
    desk.handle(ticket.id, c.RequestHuman())
    assert desk.failures()[0].where == "directory"
    down = False
    clock.advance(minutes=1)
    desk.tick()
    assert told == [("eve",)]


def test_whose_turn_it_is_holds_though_somebody_is_faster() -> None:
    """A ticket that is given away while we choose makes us choose again."""

    class Busy(MemoryStore):
        meanwhile: list[Desk]

        def turns(self, desk: str, tier: str) -> Mapping[str, int]:
            seen = super().turns(desk, tier)
            if self.meanwhile:
                self.meanwhile.pop().open(id="T-2")
            return seen

    store = Busy()
    store.meanwhile = []
    one, _ = shop(store=store, directory=STAFF, assigner=RoundRobin())
    two, _ = shop(store=store, directory=STAFF, assigner=RoundRobin())
    store.meanwhile.append(two)
    one.open(id="T-1")
    assert {one.ticket("T-1").assignee, one.ticket("T-2").assignee} == {"ana", "ben"}
