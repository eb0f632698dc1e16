"""A desk that is embedded: the host owns the tickets, and whatever it forgets to tell is found out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Actor, Handoff, HostedDesk, MemoryStore, Path, Refused, Rule
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.core.facts import Did, Seen
from escalate.errors import BadInput, HostUnsettled, InsideApply, UnknownTicket
from escalate.runtime import Happened, RoundRobin, at_instant
from escalate.testing import ManualClock
from tests.runtime.hosting import MemoryHost, hosted
from tests.runtime.shop import ANA, MONDAY, POLICY, STAFF, names

STEPS = st.one_of(
    st.tuples(
        st.just("edit"),
        st.integers(0, 2),
        st.fixed_dictionaries(
            {},
            optional={
                "priority": st.sampled_from(["low", "normal", "urgent"]),
                "tier": st.sampled_from(["N1", "N2"]),
                "status": st.sampled_from(["open", "pending", "resolved", "closed"]),
                "assignee": st.sampled_from([None, "ana", "ben"]),
                "tags": st.sets(st.sampled_from(["vip", "vpn"])),
                "fields": st.dictionaries(
                    st.sampled_from(["plan", "seats"]), st.sampled_from(["gold", 1, True, None])
                ),
            },
        ),
    ),
    st.tuples(st.just("wait"), st.integers(1, 300), st.just({})),
    st.tuples(st.just("say"), st.integers(0, 2), st.just({})),
)


def run(script: list[tuple[str, int, dict[str, Any]]], *, hooks: int, ticks: bool) -> Any:
    """A script in a host whose hooks fire so often; without hooks somebody sweeps after each step."""
    rules = [*POLICY.rules, Rule("vip", on="field_changed", when='"vip" in tags', escalate_to="N2")]
    policy = attrs.evolve(POLICY, rules=rules, paths=[*POLICY.paths, Path("N1", "N2")])
    desk, host, clock = hosted(policy)
    host.hooks = [desk.reconcile] * hooks
    for number in range(3):
        host.save(f"T-{number}", status="new", priority="normal", tier="N1")
    desk.reconcile_all(host.rows)
    for number, (what, which, values) in enumerate(script):
        ticket_id = f"T-{which % 3}"
        if what == "wait":
            clock.advance(minutes=which)
        elif what == "say":
            for _ in range(max(hooks, 1)):
                desk.observe(ticket_id, Did(c.CustomerReply("and?", id=f"m-{number}")))
        else:
            host.save(ticket_id, **values)
        if ticks or not hooks:
            desk.tick()
            desk.reconcile_all(host.rows)
    desk.tick()
    return desk, host


class TestReconciling:
    @settings(max_examples=60)
    @given(script=st.lists(STEPS, max_size=12))
    def test_a_hook_that_fires_thrice_comes_to_the_same_as_one(self, script: Any) -> None:
        """Three calls for one edit, and a tick in between or none, leave the same journals and rows."""
        once, first = run(script, hooks=1, ticks=False)
        thrice, second = run(script, hooks=3, ticks=True)
        assert first.rows == second.rows
        for ticket_id in first.rows:
            assert once.history(ticket_id) == thrice.history(ticket_id)

    @settings(max_examples=60)
    @given(script=st.lists(STEPS, max_size=12))
    def test_without_any_hook_a_sweep_converges(self, script: Any) -> None:
        """Host and journal say the same after a sweep, though nobody ever told of anything."""
        desk, host = run(script, hooks=0, ticks=True)
        desk.reconcile_all(host.rows)
        for ticket_id, row in host.rows.items():
            ticket = desk.ticket(ticket_id)
            assert fold(None, desk.history(ticket_id)) == ticket
            for name, value in row.items():
                if name == "fields":
                    assert {key: ticket.fields.get(key) for key in value} == value
                else:
                    assert getattr(ticket, name) == value, name
        assert desk.reconcile_all(host.rows).tickets == ()
        assert desk.failures() == ()

    def test_a_ticket_is_opened_as_the_host_shows_it(self) -> None:
        """What the host shows is so from the start; what it does not, the policy says and it writes."""
        desk, host, _ = hosted()
        host.save("T-1", priority="high", tags={"vip"}, fields={"plan": "gold"})
        ticket = desk.ticket("T-1")
        assert (ticket.priority, ticket.tags, ticket.fields["plan"]) == ("high", {"vip"}, "gold")
        assert host.rows["T-1"]["tier"] == "N1"
        assert "priority" not in host.applied[0][1]

    def test_more_can_be_told_of_a_new_ticket_than_its_row_shows(self) -> None:
        """Subject, channel, customer and request type come with open(); a second call is no news."""
        desk, host, _ = hosted()
        host.hooks.clear()
        host.save("T-1", status="new")
        for _ in range(2):
            desk.open(
                "T-1", subject="No net", channel="chat", requester="c-1", request_type="login"
            )
        assert names(desk.history("T-1")) == ["Opened"]
        assert desk.texts("T-1")[1, "subject"] == "No net"
        assert [check.milestone for check in desk.next_checks("T-1")] == [
            "password_verified",
            "network_ok",
        ]

    def test_a_ticket_that_was_over_before_anybody_told_is_left_alone(self) -> None:
        """The first sweep over an old archive opens nothing, and so tells nobody of it."""
        desk, host, _ = hosted()
        host.save("T-1", status="closed")
        assert desk.reconcile("T-1") == ()
        with pytest.raises(UnknownTicket):
            desk.ticket("T-1")

    def test_a_ticket_that_the_host_deletes_has_no_timers_left(self) -> None:
        """Nothing is escalated that is not there any more."""
        desk, host, clock = hosted()
        host.save("T-1", status="new")
        del host.rows["T-1"]
        clock.advance(hours=5)
        desk.tick()
        assert "Escalated" not in names(desk.history("T-1"))
        assert desk.ticket("T-1").status == "closed"
        assert desk.reconcile("T-1") == ()

    def test_a_ticket_that_nobody_has_is_an_error(self) -> None:
        """A wrong id says so, and in a sweep it stops nobody."""
        desk, host, _ = hosted()
        host.hooks.clear()
        host.save("T-2", status="new")
        with pytest.raises(UnknownTicket, match="no ticket 'T-1'"):
            desk.reconcile("T-1")
        swept = desk.reconcile_all(["T-1", "T-2"])
        assert (swept.tickets, swept.failed) == (("T-2",), ("T-1",))

    def test_who_changed_it_is_in_the_journal(self) -> None:
        """The host says who saved the form."""
        desk, host, _ = hosted()
        host.save("T-1", status="new")
        host.bulk(["T-1"], priority="high")
        (event,) = desk.reconcile("T-1", by=ANA)
        assert (type(event).__name__, event.by) == ("PrioritySet", ANA)

    def test_a_field_may_go_from_one_to_true(self) -> None:
        """1 == True in Python, and yet they are two values."""
        desk, host, _ = hosted()
        host.save("T-1", fields={"seats": 1})
        host.save("T-1", fields={"seats": True})
        assert desk.ticket("T-1").fields["seats"] is True

    def test_a_value_that_no_journal_can_hold_is_refused(self) -> None:
        """A date in a field is an error that names the field."""
        _, host, _ = hosted()
        with pytest.raises(BadInput, match="born"):
            host.save("T-1", fields={"born": MONDAY})
        assert "T-1" not in host.rows


class _TwoWords(MemoryHost):
    """A host that knows only open and closed."""

    def load(self, ticket_id: str) -> Seen | None:
        seen = super().load(ticket_id)
        if seen is None:
            return None
        row = self.rows[ticket_id]
        return attrs.evolve(seen, status="closed" if row["status"] == "closed" else "open")


def embedded(
    host_type: type[MemoryHost], **more: Any
) -> tuple[HostedDesk, MemoryHost, ManualClock]:
    """A desk in a host of another kind."""
    clock, store = ManualClock(MONDAY), MemoryStore()
    host = host_type(store)
    desk = HostedDesk(POLICY, host, store, clock=clock, **more)
    host.hooks.append(desk.reconcile)
    return desk, host, clock


class TestWriting:
    def test_what_the_host_has_no_word_for_stays_as_it_is(self) -> None:
        """A ticket that waits for its customer is not taken up again because its host says open."""
        desk, host, clock = embedded(_TwoWords)
        host.save("T-1", status="open")
        desk.handle("T-1", c.Wait(by=ANA))
        clock.advance(minutes=1)
        host.save("T-1", priority="high")
        desk.tick()
        assert desk.ticket("T-1").status == "pending"

    def test_the_host_s_own_edits_are_not_written_back(self) -> None:
        """What its people set, in words finer than ours perhaps, is nothing to be written over."""
        desk, host, _ = hosted()
        host.save("T-1", status="new", tier="N1")
        host.save("T-1", status="pending", priority="high")
        assert names(desk.history("T-1")) == ["Opened", "PrioritySet", "Waiting"]
        assert host.applied[-1][1] == {}

    def test_a_command_is_written_to_the_host(self) -> None:
        """What handle() decides is in the row, assignee included."""
        desk, host, _ = hosted()
        host.save("T-1", status="new", tier="N1", assignee=None)
        desk.handle("T-1", c.Reply("Try again", then="wait", by=ANA))
        assert (host.rows["T-1"]["status"], host.rows["T-1"]["assignee"]) == ("pending", "ana")
        before = dict(host.rows["T-1"])
        with pytest.raises(Refused, match="fill in: summary"):
            desk.handle("T-1", c.Escalate("N2", by=ANA))
        assert host.rows["T-1"] == before
        assert [each.asked for each in desk.refusals()] == ["Escalate"]

    def test_fields_tags_and_priority_are_written(self) -> None:
        """A rule's tag and priority come to the row, and another field stays as the host has it."""
        rule = Rule("vip", on="opened", set_priority="urgent", tag="vip")
        desk, host, _ = hosted(POLICY.with_rule(rule))
        host.save("T-1", priority="low", tags=set(), fields={"plan": "gold"})
        assert host.rows["T-1"]["priority"] == "urgent"
        assert host.rows["T-1"]["tags"] == {"vip"}
        desk.handle("T-1", c.SetField("seats", 3))
        assert host.applied[-1][1] == {"fields": {"seats": 3}}

    def test_somebody_gets_the_ticket(self) -> None:
        """An assigner works for hosted tickets too, and the row says who got it."""
        _, host, _ = hosted(directory=STAFF, assigner=RoundRobin())
        host.save("T-1", status="new", assignee=None)
        assert host.rows["T-1"]["assignee"] == "ana"

    def test_what_the_host_adds_while_it_writes_is_news(self) -> None:
        """A host that gives escalated tickets to somebody by itself: that is journalled, once."""

        class Eager(MemoryHost):
            def apply(self, ticket_id: str, events: Happened) -> None:
                super().apply(ticket_id, events)
                if "tier" in events.changes and events.changes["tier"] == "N2":
                    self.rows[ticket_id]["assignee"] = "eve"

        desk, host, clock = embedded(Eager)
        host.save("T-1", status="new", tier="N1", assignee=None)
        clock.advance(hours=5)
        desk.tick()
        assert names(desk.history("T-1"))[-2:] == ["Escalated", "Assigned"]
        assert desk.ticket("T-1").assignee == "eve"
        assert desk.reconcile("T-1") == ()

    def test_host_and_desk_that_disagree_for_ever_are_stopped(self) -> None:
        """A host that contradicts whatever is written is an error that says so; nothing is kept."""

        class Contrary(MemoryHost):
            def apply(self, ticket_id: str, events: Happened) -> None:
                super().apply(ticket_id, events)
                number = self.rows[ticket_id].get("fields", {}).get("n", 0)
                self.rows[ticket_id]["fields"] = {"n": number + 1}

        _, host, _ = embedded(Contrary)
        with pytest.raises(HostUnsettled, match="what does the host change of its own accord"):
            host.save("T-1", status="new", fields={"n": 0})
        assert "T-1" not in host.rows


class TestHooksWithinHooks:
    def test_a_hook_on_another_ticket_waits_its_turn(self) -> None:
        """A host that edits the parent while we write the child: both end up right."""

        class Family(MemoryHost):
            def apply(self, ticket_id: str, events: Happened) -> None:
                super().apply(ticket_id, events)
                if ticket_id == "child" and events.changes.get("tier") == "N2":
                    self.save("parent", priority="urgent")

        desk, host, clock = embedded(Family)
        host.save("parent", status="new", priority="normal", tier="N1")
        clock.advance(hours=2)
        host.save("child", status="new", tier="N1")
        host.save("parent", status="pending")
        clock.advance(hours=6)
        desk.tick()
        assert desk.ticket("child").tier == host.rows["child"]["tier"] == "N2"
        assert names(desk.history("parent")).count("PrioritySet") == 1

    def test_our_own_note_in_the_host_is_no_message(self) -> None:
        """A host that writes a comment when we escalate, and tells of each comment, tells of ours too."""

        class Chatty(MemoryHost):
            desk: HostedDesk

            def apply(self, ticket_id: str, events: Happened) -> None:
                super().apply(ticket_id, events)
                self.desk.observe(ticket_id, Did(c.Note("escalated", id="comment-1")))

        desk, host, clock = embedded(Chatty)
        host.desk = desk  # type: ignore[attr-defined]
        host.save("T-1", status="new")
        clock.advance(hours=5)
        desk.tick()
        assert "Noted" not in names(desk.history("T-1"))

    def test_a_command_from_within_apply_is_an_error_that_says_so(self) -> None:
        """It would act on a ticket that is at work; nothing is half done."""

        class Pushy(MemoryHost):
            desk: HostedDesk

            def apply(self, ticket_id: str, events: Happened) -> None:
                self.desk.handle(ticket_id, c.Take(by=ANA))

        desk, host, _ = embedded(Pushy)
        host.desk = desk  # type: ignore[attr-defined]
        with pytest.raises(InsideApply, match="ask once it has returned"):
            host.save("T-1", status="new")
        assert "T-1" not in host.rows


class TestMessages:
    def test_a_message_told_often_is_one(self) -> None:
        """Also when many others came in between."""
        desk, host, _ = hosted()
        host.save("T-1", status="new")
        fact = Did(c.CustomerReply("hello?", id="m-1"))
        desk.observe("T-1", fact)
        for number in range(40):
            desk.observe("T-1", Did(c.Note(id=f"n-{number}")))
        assert desk.observe("T-1", fact) == ()
        assert names(desk.history("T-1")).count("CustomerReplied") == 1

    def test_a_customer_who_answers_takes_the_ticket_up_again(self) -> None:
        """What a message does to the status is written to the host."""
        desk, host, _ = hosted()
        host.save("T-1", status="pending")
        desk.observe("T-1", Did(c.CustomerReply("here", id="m-1")))
        assert host.rows["T-1"]["status"] == "open"

    def test_a_customer_who_writes_too_late_is_the_host_s_to_answer(self) -> None:
        """The host is told that a new ticket is wanted; the desk makes up none."""
        desk, host, _ = hosted()
        host.save("T-1", status="open")
        host.save("T-1", status="closed")
        events = desk.observe("T-1", Did(c.CustomerReply("again", id="m-1")))
        assert any(isinstance(event, e.FollowUpWanted) for event in events)
        desk.tick()
        assert desk.outbox() == ()
        assert list(host.rows) == ["T-1"]


class TestReachingOut:
    def test_notices_go_out_once_the_host_has_committed(self) -> None:
        """And not at all if it rolls back."""
        told: list[str] = []
        desk, host, _ = hosted(notify=lambda notice: told.append(notice.ticket.id))
        for ticket_id in ("T-1", "T-2"):
            host.save(ticket_id, status="new")
        with host.transaction():
            desk.handle("T-1", c.RequestHuman())
            assert told == []
        assert told == ["T-1"]

        def changes_its_mind() -> None:
            with host.transaction():
                desk.handle("T-2", c.RequestHuman())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            changes_its_mind()
        desk.tick()
        assert told == ["T-1"]
        assert desk.outbox() == ()

    def test_without_on_commit_they_go_out_with_the_next_tick(self) -> None:
        """Nothing is sent that may be rolled back yet, and nothing is forgotten."""
        told: list[str] = []
        desk, host, _ = hosted(notify=lambda notice: told.append(notice.event.receiver))
        host.on_commit = None  # type: ignore[assignment, method-assign]
        host.save("T-1", status="new")
        desk.handle("T-1", c.RequestHuman())
        assert told == []
        assert [letter.tries for letter in desk.outbox()] == [0]
        desk.tick()
        assert told == ["lead"]
        assert desk.outbox() == ()

    def test_a_classifier_is_asked_after_the_commit(self) -> None:
        """It may be slow; the host's transaction does not wait for it."""
        asked: list[int] = []
        _, host, _ = hosted(classifier=lambda ticket: asked.append(1) or "N2")
        with host.transaction():
            host.save("T-1", status="new")
            assert asked == []
        assert host.rows["T-1"]["tier"] == "N2"


class TestGuard:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (Seen(tier="N9"), "paths from N1: N2"),
            (Seen(tier="N2"), "fill in: summary"),
            (Seen(status="new"), "does not allow to become new"),
            (Seen(priority="sky-high"), "no priority 'sky-high'"),
            (c.Close(), "does not allow to close"),
        ],
        ids=str,
    )
    def test_a_veto_says_why_and_what_may_happen(self, change: Any, says: str) -> None:
        """A form can show both."""
        desk, host, _ = hosted()
        host.save("T-1", status="open", tier="N1")
        desk.reconcile("T-1")
        answer = desk.guard("T-1", change, ANA)
        assert not answer
        assert says in str(answer.refusal)
        assert "return to bot" in answer.may
        assert names(desk.history("T-1")) == ["Opened", "Taken"]

    @pytest.mark.parametrize(
        "change",
        [
            Seen(priority="high", tags={"vip"}, assignee="ana", fields={"n": 1}),
            Seen(status="pending"),
            Seen(status="closed"),
            Seen(status="open", tier="N1"),
            Seen(tier="bot"),
            c.Resolve(),
        ],
        ids=str,
    )
    def test_what_is_allowed_passes(self, change: Any) -> None:
        """And asking changes nothing."""
        desk, host, _ = hosted()
        host.save("T-1", status="open", tier="N1")
        assert desk.guard("T-1", change, ANA)
        assert names(desk.history("T-1")) == ["Opened", "Taken"]

    def test_what_comes_at_once_is_tried_in_the_order_it_can_have_come_about(self) -> None:
        """Handed over and then solved; taken up again and then handed over."""
        desk, host, _ = hosted()
        host.save("T-1", status="open", tier="N1")
        assert desk.guard("T-1", Seen(status="resolved", tier="bot"), ANA)
        host.save("T-1", status="resolved")
        assert desk.guard("T-1", Seen(status="open", tier="bot"), ANA)

    def test_a_move_that_waits_for_approval_is_not_made_by_a_form(self) -> None:
        """The veto names who approves."""
        policy = attrs.evolve(POLICY, paths=[Path("N1", "N2", approval="boss")])
        desk, host, _ = hosted(policy)
        host.save("T-1", status="open", tier="N1")
        assert "once boss has approved" in str(desk.guard("T-1", Seen(tier="N2"), ANA).refusal)

    def test_what_was_so_before_is_not_held_against_anybody(self) -> None:
        """A ticket that already stands where no path leads can still be edited."""
        desk, host, _ = hosted()
        host.save("T-1", status="open", tier="N1")
        host.save("T-1", tier="N2")
        assert desk.guard("T-1", Seen(tier="N2", priority="high"), ANA)

    def test_a_ticket_that_is_not_known_may_do_anything(self) -> None:
        """Whoever creates one is not in anybody's way."""
        desk, _, _ = hosted()
        assert desk.guard("T-1", Seen(tier="N9"))

    def test_our_own_writes_pass(self) -> None:
        """A host that vetoes in its save() must not veto what was decided."""
        vetoed: list[str] = []

        class Strict(MemoryHost):
            desk: HostedDesk

            def save(self, ticket_id: str, **values: Any) -> None:
                if not self.desk.guard(ticket_id, Seen(**values)):
                    vetoed.append(ticket_id)
                super().save(ticket_id, **values)

        desk, host, clock = embedded(Strict)
        host.desk = desk  # type: ignore[attr-defined]
        host.save("T-1", status="open", tier="N1")
        clock.advance(hours=5)
        desk.tick()
        assert host.rows["T-1"]["tier"] == "N2"
        host.save("T-2", status="open", tier="N1")
        handoff = Handoff(summary="no light")
        desk.handle("T-2", c.Escalate("N2", handoff=handoff, by=ANA))
        assert host.rows["T-2"]["tier"] == "N2"
        assert vetoed == []


class TestTime:
    def test_a_request_has_one_instant(self) -> None:
        """What a host does in one request is dated as one, in this thread alone."""
        desk, host, clock = hosted()
        host.save("T-1", status="new")
        clock.advance(minutes=9)
        with at_instant(MONDAY + timedelta(minutes=5)):
            host.save("T-1", priority="high")
        assert desk.history("T-1")[-1].at == MONDAY + timedelta(minutes=5)
        host.save("T-1", priority="low")
        assert desk.history("T-1")[-1].at == MONDAY + timedelta(minutes=9)

    def test_a_tick_may_end_after_a_few(self) -> None:
        """The next one goes on where it ended."""
        desk, host, clock = hosted()
        for number in range(5):
            host.save(f"T-{number}", status="new")
        clock.advance(hours=3)
        ticked: list[str] = []
        while done := desk.tick(limit=2).tickets:
            assert len(done) <= 2
            ticked += done
        assert sorted(ticked) == [f"T-{number}" for number in range(5)]
        with pytest.raises(BadInput, match="1 or more"):
            desk.tick(limit=0)

    def test_one_broken_ticket_holds_up_no_other(self) -> None:
        """A row that cannot be read is a failure that can be read, and the others go on."""

        class Cracked(MemoryHost):
            broken = False

            def load(self, ticket_id: str) -> Seen | None:
                if self.broken and ticket_id == "T-0":
                    raise KeyError("queue")
                return super().load(ticket_id)

        desk, host, clock = embedded(Cracked)
        for number in range(3):
            host.save(f"T-{number}", status="new")
        host.broken = True  # type: ignore[attr-defined]
        clock.advance(hours=5)
        ticked = desk.tick()
        assert (ticked.tickets, ticked.failed) == (("T-1", "T-2"), ("T-0",))
        assert desk.failures()[0].why == "KeyError: 'queue'"


def test_a_policy_can_be_chosen_for_each_ticket() -> None:
    """A host with two teams has two policies, and tickets keep theirs."""
    other = attrs.evolve(POLICY, name="vip desk", version="7")
    clock, store = ManualClock(MONDAY), MemoryStore()
    host = MemoryHost(store)
    desk = HostedDesk(
        lambda ticket_id: other if "vip" in ticket_id else POLICY, host, store, clock=clock
    )
    for ticket_id in ("T-1", "vip-1"):
        host.save(ticket_id, status="new")
        desk.reconcile(ticket_id)
    assert desk.ticket("T-1").policy == ("shop", "draft")
    assert desk.ticket("vip-1").policy == ("vip desk", "7")
    assert [ticket.id for ticket in desk.queue("N1")] == ["T-1", "vip-1"]


def test_a_hosted_ticket_can_be_explained_and_handed_over() -> None:
    """What there is to see of a ticket does not depend on who owns it."""
    desk, host, _ = hosted()
    host.save("T-1", status="new")
    desk.observe(
        "T-1", Did(c.CustomerReply("It is still dark", id="m-1", by=Actor("c", "customer")))
    )
    assert "ownership" in str(desk.explain("T-1"))
    assert "It is still dark" in str(desk.handoff("T-1"))
