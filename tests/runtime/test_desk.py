"""The desk that works out of the box: what it does besides what the engine decides."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from escalate import ABSTAIN, Actor, Desk, Handoff, MemoryStore, Refused, Rule, Verdict
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts, fold, rank
from escalate.errors import (
    AlreadyRefused,
    BadInput,
    ChecksLeft,
    InvalidPolicy,
    UnknownTicket,
    UnknownWord,
)
from escalate.runtime import PolicyBook, RoundRobin
from escalate.runtime.errands import Errands
from escalate.runtime.rows import COLUMNS
from escalate.stores.base import PolicyText, Stored
from escalate.testing import ManualClock
from tests.runtime.shop import ANA, EVE, MONDAY, POLICY, ROBOT, STAFF, names, shop

_SUMMARY = Handoff(summary="no VPN")


class TestOpening:
    def test_a_ticket_has_what_it_was_opened_with(self) -> None:
        """What the customer said is kept beside the journal, the rest is on the ticket."""
        desk, _ = shop()
        ticket = desk.open(
            subject="Can't log in",
            channel="chat",
            requester="cust-81",
            tags=["vip"],
            fields={"n": 1},
        )
        assert (ticket.channel, ticket.requester, ticket.tags) == ("chat", "cust-81", {"vip"})
        assert ticket.fields == {"n": 1}
        assert desk.texts(ticket.id) == {(1, "subject"): "Can't log in"}
        assert desk.ticket(ticket.id) == ticket

    def test_asking_twice_opens_once(self) -> None:
        """A host that gives the id may safely ask again."""
        desk, clock = shop()
        first = desk.open(id="T-1", subject="first")
        clock.advance(minutes=5)
        assert desk.open(id="T-1", subject="second") == first
        assert len(desk.log()) == 1

    def test_ids_that_are_taken_are_drawn_again(self) -> None:
        """Two customers never end up in one ticket because a new id was not new."""
        ids = iter(["T-1", "T-1", "T-1", "T-2"])
        desk, _ = shop(new_id=lambda: next(ids))
        assert [desk.open().id, desk.open().id] == ["T-1", "T-2"]

    def test_a_refused_opening_leaves_no_ticket(self) -> None:
        """A priority that does not exist is refused, and the refusal is kept."""
        desk, _ = shop()
        with pytest.raises(UnknownWord, match="priority 'hot'"):
            desk.open(id="T-1", priority="hot")
        assert [each.asked for each in desk.refusals("T-1")] == ["Open"]
        with pytest.raises(UnknownTicket):
            desk.ticket("T-1")
        assert desk.open(id="T-1").id == "T-1"


class TestAsking:
    def test_an_unknown_ticket_is_named(self) -> None:
        """Whoever mistypes an id is told which desk has no such ticket."""
        desk, _ = shop()
        for ask in (desk.ticket, desk.history, desk.texts, desk.explain, desk.handoff):
            with pytest.raises(UnknownTicket, match="'main' has no ticket 'T-9'"):
                ask("T-9")
        with pytest.raises(UnknownTicket):
            desk.handle("T-9", c.Take())
        with pytest.raises(UnknownTicket):
            desk.observe("T-9", facts.StatusIs("open"))

    def test_a_command_with_an_id_acts_once(self) -> None:
        """A retry changes nothing, also if it comes from another process much later."""
        store = MemoryStore()
        desk, _ = shop(store=store)
        ticket = desk.open()
        reply = c.Reply("Hello", by=ANA, id="r-1")
        assert names(desk.handle(ticket.id, reply)) == ["Replied"]
        for number in range(40):  # more than a ticket itself remembers
            desk.handle(ticket.id, c.Note("x", by=ANA, id=f"n-{number}"))
        again, _ = shop(store=store)
        assert again.handle(ticket.id, reply) == ()
        assert list(desk.texts(ticket.id).values()).count("Hello") == 1

    def test_the_id_of_a_command_without_effect_counts_too(self) -> None:
        """What changed nothing then must not change something when a retry arrives late."""
        desk, _ = shop()
        ticket = desk.open(tags=["vip"])
        assert desk.handle(ticket.id, c.Tag("vip", id="k")) == ()
        desk.handle(ticket.id, c.Untag("vip"))
        assert desk.handle(ticket.id, c.Tag("vip", id="k")) == ()
        assert desk.ticket(ticket.id).tags == frozenset()

    def test_once_refused_stays_refused(self) -> None:
        """A retry of a refused command does not act later, when nobody expects it any more."""
        desk, _ = shop()
        ticket = desk.open(request_type="login")
        ask = c.Escalate(handoff=_SUMMARY, by=ANA, id="k")
        with pytest.raises(ChecksLeft):
            desk.handle(ticket.id, ask)
        for name in ("password_verified", "network_ok"):
            desk.handle(ticket.id, c.ReachMilestone(name))
        with pytest.raises(AlreadyRefused, match="another id"):
            desk.handle(ticket.id, ask)
        assert len(desk.refusals(ticket.id)) == 1
        assert desk.handle(ticket.id, attrs.evolve(ask, id="k2"))

    def test_the_clock_is_read_under_the_lock(self) -> None:
        """Whoever waits for a ticket acts when they have it, not when they came."""
        held: list[bool] = []

        class Watched(MemoryStore):
            def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Any:
                outer = super().locked(desk, ticket_id, wait=wait)

                class Holding:
                    def __enter__(self) -> Stored:
                        held.append(True)
                        return outer.__enter__()

                    def __exit__(self, *error: Any) -> Any:
                        held.pop()
                        return outer.__exit__(*error)

                return Holding()

        read: list[bool] = []

        def clock() -> datetime:
            read.append(bool(held))
            return MONDAY

        desk = Desk(POLICY, Watched(), clock=clock)
        ticket = desk.open()
        read.clear()
        desk.handle(ticket.id, c.Take(by=ANA))
        assert read == [True]

    def test_a_clock_that_runs_back_is_kept_as_claimed(self) -> None:
        """What was asked at an earlier instant stands at the last one, with what was claimed."""
        desk, clock = shop()
        ticket = desk.open()
        clock.advance(hours=1)
        desk.handle(ticket.id, c.Take(by=ANA))
        clock.set(MONDAY)
        (noted,) = desk.handle(ticket.id, c.Note("x", by=ANA))
        assert (noted.at, noted.said_at) == (MONDAY + timedelta(hours=1), MONDAY)

    def test_a_customer_who_writes_too_late_gets_a_linked_ticket(self) -> None:
        """1.3: a message on a closed ticket is kept, and answered in a ticket of its own."""
        store = MemoryStore()
        desk, clock = shop(store=store)
        old = desk.open(subject="No printer", channel="mail", requester="cust-1", priority="high")
        for command in (c.Resolve(by=ANA), c.Close(by=ANA)):
            desk.handle(old.id, command)
        clock.advance(hours=1)
        desk.handle(old.id, c.CustomerReply("It is broken again", id="m-1"))
        desk.handle(old.id, c.CustomerReply("It is broken again", id="m-1"))
        ((_, new_id),) = desk.ticket(old.id).links
        new = desk.ticket(new_id)
        assert new.links == (("follows", old.id),)
        assert (new.requester, new.channel, new.priority) == ("cust-1", "mail", "high")
        assert desk.texts(new_id)[1, "subject"] == "It is broken again"
        assert new in desk.queue("N1")
        assert store.errands("main", old.id) == ()  # done, so nobody does it again
        assert len({row["ticket"] for row in desk.log()}) == 2


class TestTicking:
    def test_one_tick_does_all_that_is_due(self) -> None:
        """A tick after a week is as good as one a minute, and a second finds nothing."""
        desk, clock = shop()
        ids = {desk.open().id for _ in range(3)}
        clock.advance(days=7)
        assert set(desk.tick().tickets) == ids
        assert desk.tick().tickets == ()
        assert {ticket.tier for ticket in desk.queue("N2")} == {"N2"}

    def test_a_timer_at_this_very_instant_waits(self) -> None:
        """An act at the instant of a timer still wins."""
        desk, clock = shop()
        ticket = desk.open()
        clock.advance(hours=4)
        desk.tick()
        assert desk.ticket(ticket.id).tier == "N1"
        desk.handle(ticket.id, c.Escalate(handoff=_SUMMARY, by=ANA))
        assert not any(isinstance(event, e.Breached) for event in desk.history(ticket.id))

    def test_a_ticket_that_is_held_is_left_for_later(self) -> None:
        """A tick does not wait for somebody who is working on a ticket."""
        store = MemoryStore()
        desk, clock = shop(store=store)
        one, two = desk.open(id="T-1"), desk.open(id="T-2")
        clock.advance(hours=3)
        holding, let_go = threading.Event(), threading.Event()

        def hold() -> None:
            with store.locked("main", one.id):
                holding.set()
                let_go.wait(10)

        thread = threading.Thread(target=hold)
        thread.start()
        holding.wait(10)
        assert desk.tick().tickets == (two.id,)
        let_go.set()
        thread.join()
        assert desk.tick().tickets == (one.id,)


class TestSeeing:
    def test_queues_show_tickets_as_they_are_now(self) -> None:
        """A ticket that time has moved stands where it is, although nobody has ticked."""
        desk, clock = shop()
        ticket = desk.open()
        clock.advance(hours=30)
        assert desk.queue("N1") == ()
        assert [each.id for each in desk.queue("N2")] == [ticket.id]
        assert desk.ticket(ticket.id).tier == "N1"
        desk.tick()
        assert desk.queue("N2") == (desk.ticket(ticket.id),)

    def test_a_queue_is_in_the_order_of_rank(self) -> None:
        """The most urgent comes first, whichever came first, and what is done is not there."""
        desk, clock = shop()
        for priority in ("low", "urgent", "normal"):
            desk.open(id=priority, priority=priority)
        done = desk.open(priority="urgent")
        desk.handle(done.id, c.Resolve())
        queue = desk.queue("N1")
        assert [each.id for each in queue] == ["urgent", "normal", "low"]
        assert queue == rank(queue, POLICY, clock())

    def test_a_misspelt_tier_is_no_empty_queue(self) -> None:
        """Whoever asks for a tier that is not there is told which ones are."""
        desk, _ = shop()
        with pytest.raises(BadInput, match="did you mean 'N2'"):
            desk.queue("N22")

    def test_the_next_ticket_is_one_that_an_agent_can_work_on(self) -> None:
        """Their own and nobody's of their tiers; not what waits, and not what others have."""
        desk, _ = shop(directory=STAFF)
        mine, others, waiting, upstairs = (desk.open(id=name) for name in "abcd")
        desk.handle(others.id, c.Take(by=Actor("ben")))
        desk.handle(waiting.id, c.Reply("And?", then="wait", by=ANA))
        desk.handle(upstairs.id, c.Escalate(handoff=_SUMMARY, by=ANA))
        assert _id(desk.next_for(ANA)) == mine.id
        assert _id(desk.next_for("ben")) == mine.id
        desk.handle(mine.id, c.Take(by=ANA))
        assert _id(desk.next_for("ana")) == mine.id
        assert _id(desk.next_for("ben")) == others.id
        assert _id(desk.next_for("eve")) == upstairs.id
        assert desk.next_for("kim") is None

    def test_what_to_ask_now(self) -> None:
        """The checklist of the request, less what was gone through."""
        desk, _ = shop()
        ticket = desk.open(request_type="login")
        asks = [check.ask for check in desk.next_checks(ticket)]
        assert asks == ["Is the password right?", "Does another site open?"]
        desk.handle(ticket.id, c.ReachMilestone("password_verified"))
        assert [check.ask for check in desk.next_checks(ticket.id)] == asks[1:]
        desk.handle(ticket.id, c.Resolve())
        assert desk.next_checks(ticket.id) == ()
        assert desk.next_checks(desk.open()) == ()

    def test_explaining_speaks_of_now(self) -> None:
        """What may be done, and when what falls due, at the desk's own clock."""
        desk, clock = shop()
        ticket = desk.open()
        clock.advance(hours=1)
        page = desk.explain(ticket.id, by=ANA)
        assert page.at == clock()
        assert "what ana may do" in str(page)

    def test_the_log_is_plain_rows(self) -> None:
        """One row an event, always the same keys, plain values, no word that anybody wrote."""
        desk, clock = shop(classifier=lambda ticket: Verdict("N2", 0.9))
        ticket = desk.open(subject="secret", request_type="login")
        for command in (
            c.RecordAttempt("reset", by=ANA),
            c.Return("secret", by=EVE),
            c.Reply("secret", by=ANA),
        ):
            desk.handle(ticket.id, command)
        clock.advance(days=3)
        desk.tick()
        log = desk.log()
        assert len(log) == len(desk.history(ticket.id))
        for row, event in zip(log, desk.history(ticket.id), strict=True):
            assert list(row) == list(COLUMNS)
            assert (row["number"], row["event"]) == (event.seq, type(event).__name__)
            assert all(isinstance(value, str | int | float | bool | None) for value in row.values())
            assert "secret" not in row.values()
        returned = next(row for row in log if row["event"] == "Returned")
        assert (returned["from_tier"], returned["tier"], returned["by"]) == ("N2", "N1", "eve")

    def test_the_log_can_be_read_as_a_log(self) -> None:
        """What a desk of ours did can be measured as any other log."""
        pandas = pytest.importorskip("pandas")
        from escalate.offline import read, replay

        desk, clock = shop()
        ticket = desk.open()
        desk.handle(ticket.id, c.Take(by=ANA))
        clock.advance(hours=1)
        desk.handle(ticket.id, c.Escalate(handoff=_SUMMARY, by=ANA))
        desk.handle(ticket.id, c.Resolve(by=EVE))
        words = {status: status for status in ("new", "open", "resolved")}
        log = read(
            pandas.DataFrame(desk.log()),
            case="ticket",
            at="at",
            status="status",
            words=words,
            tier="tier",
            priority="priority",
        )
        assert (len(log.cases), log.quality.unreadable, log.quality.unmapped_words) == (1, (), ())
        assert dict(replay(log, POLICY).moves) == {("N1", "N2"): 1}


def _id(ticket: Any) -> str | None:
    return None if ticket is None else ticket.id


class TestClassifying:
    def test_a_sure_verdict_places_a_new_ticket(self) -> None:
        """It starts where the classifier says; the classifier reads what the customer wrote."""
        desk, _ = shop(classifier=lambda ticket: "N2" if "VPN" in ticket.text else None)
        assert desk.open(subject="The VPN is down").tier == "N2"
        other = desk.open(subject="Hello")
        assert (other.tier, other.classification) == ("N1", ABSTAIN("no opinion"))

    def test_a_classifier_reads_all_that_the_customer_wrote(self) -> None:
        """Asked again, it sees later messages too, and no words of the desk."""
        read: list[str] = []
        policy = POLICY.with_rule(Rule("again", on="customer_replied", classify=True))
        desk, _ = shop(policy, classifier=lambda ticket: read.append(ticket.text))
        ticket = desk.open(subject="Hello")
        desk.handle(ticket.id, c.Reply("Yes?", by=ANA))
        desk.handle(ticket.id, c.CustomerReply("The VPN"))
        assert read == ["Hello", "Hello\n\nThe VPN"]

    def test_a_policy_names_its_classifier(self) -> None:
        """Only classifiers that the host lists can be named."""
        policy = attrs.evolve(POLICY, classifier="outage")
        desk, _ = shop(policy, classifiers={"outage": lambda ticket: "N2"})
        assert desk.open().tier == "N2"
        with pytest.raises(BadInput, match="outage"):
            shop(policy)
        with pytest.raises(BadInput, match="known: a"):
            shop(classifier="b", classifiers={"a": lambda ticket: None})
        with pytest.raises(BadInput, match="name, version and classify"):
            shop(classifier=7)

    @pytest.mark.parametrize(
        ("classify", "reason"),
        [
            (lambda ticket: 1 / 0, "failed"),
            (lambda ticket: "N7", "nonsense"),
            (lambda ticket: Verdict("N2", 7), "failed"),
            (lambda ticket: time.sleep(0.2), "timed out"),
        ],
    )
    def test_whatever_a_classifier_does_a_ticket_starts_somewhere(
        self, classify: Any, reason: str
    ) -> None:
        """4.7: a failure, a hang or nonsense leaves it in the starting tier, and says why."""
        desk, _ = shop(classifier=classify, classify_within_s=0.05)
        ticket = desk.open()
        assert (ticket.tier, ticket.classification) == ("N1", ABSTAIN(reason))
        assert [each.ticket_id for each in desk.failures()] == [ticket.id]

    def test_an_object_that_answers_no_verdict(self) -> None:
        """A plug-in that returns a plain word is nonsense, and it is told what it said."""

        class Plain:
            name, version = "plain", "1"

            def classify(self, ticket: Any, tiers: Any) -> Any:
                return "N2"

        desk, _ = shop(classifier=Plain())
        assert desk.open().classification == ABSTAIN("nonsense")
        (failure,) = desk.failures()
        assert failure.where == "classifier 'plain'"
        assert "'N2'" in failure.why

    def test_a_process_that_ends_before_the_verdict_leaves_it_to_the_next(self) -> None:
        """The errand stays in the store until the verdict is in the journal, and it is there once."""
        store = MemoryStore()
        desk, clock = shop(store=store, classifier=lambda ticket: "N2")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Errands, "run", _killed)
            with pytest.raises(KeyboardInterrupt):
                desk.open(id="T-1")
        assert desk.ticket("T-1").classification is None
        second = Desk(POLICY, store, clock=clock, classifier=lambda ticket: "N2")
        second.tick()
        clock.advance(minutes=5)
        second.tick()
        second.tick()
        assert names(second.history("T-1")) == ["Opened", "Classified"]
        assert second.ticket("T-1").tier == "N2"

    def test_people_get_a_ticket_only_once_it_is_clear_where_it_starts(self) -> None:
        """The verdict comes before the assignment, so that it can still place the ticket."""
        desk, _ = shop(classifier=lambda t: "N2", directory=STAFF, assigner=RoundRobin())
        ticket = desk.open()
        assert (ticket.tier, ticket.assignee) == ("N2", "eve")


class TestPolicies:
    def test_tickets_stay_on_the_version_they_were_opened_under(self) -> None:
        """6.1: a new version is for new tickets; those in flight live by the old."""
        desk, _ = shop()
        old = desk.open()
        stricter = [attrs.evolve(path, requires=("hypothesis",)) for path in POLICY.paths]
        second = attrs.evolve(POLICY, version="2", paths=stricter)
        desk.publish(second, by=EVE, proof=False)
        new = desk.open()
        assert (old.policy, new.policy) == (("shop", "draft"), ("shop", "2"))
        assert desk.handle(old.id, c.Escalate(handoff=_SUMMARY, by=ANA))
        with pytest.raises(Refused, match="hypothesis"):
            desk.handle(new.id, c.Escalate(to="N2", handoff=_SUMMARY, by=ANA))
        assert [each.by for each in desk.policies()][1:] == [EVE]
        assert desk.queue("N1") == (new,)

    def test_a_version_means_one_policy(self) -> None:
        """Another policy under a version that tickets have is refused, here and at the next start."""
        store = MemoryStore()
        desk, _ = shop(store=store)
        other = attrs.evolve(POLICY, max_bounces=7)
        with pytest.raises(InvalidPolicy, match="a version of its own"):
            desk.publish(other, by=EVE)
        with pytest.raises(InvalidPolicy, match="a version of its own"):
            shop(other, store=store)
        assert desk.publish(POLICY, by=EVE).by != EVE
        assert len(desk.policies()) == 1

    def test_a_restart_does_not_bring_an_old_version_back(self) -> None:
        """What was published stays the newest, also if the program starts with an older one."""
        store = MemoryStore()
        desk, _ = shop(store=store)
        desk.publish(attrs.evolve(POLICY, version="2"), by=EVE, proof=False)
        again, _ = shop(store=store)
        assert again.policy.version == "2"
        third, _ = shop(attrs.evolve(POLICY, version="3"), store=store)
        assert [each.policy.version for each in third.policies()] == ["draft", "2", "3"]
        assert desk.open().policy == ("shop", "3")  # what another process published is seen

    def test_publishing_needs_somebody(self) -> None:
        """Nobody publishes a policy without a name."""
        desk, _ = shop()
        with pytest.raises(BadInput, match="who has it so"):
            desk.publish(attrs.evolve(POLICY, version="2"), by="eve")  # type: ignore[arg-type]

    def test_a_ticket_whose_policy_is_lost_stops_alone(self) -> None:
        """6.3: a ticket that cannot be worked on is named; the tick goes on."""

        class Forgetful(MemoryStore):
            def policies(self, desk: str) -> tuple[PolicyText, ...]:
                kept = super().policies(desk)
                return tuple(each for each in kept if each.version not in lost)

        lost: list[str] = []
        store = Forgetful()
        desk, clock = shop(store=store)
        desk.open(id="T-1")
        desk.publish(attrs.evolve(POLICY, version="2"), by=EVE, proof=False)
        desk.open(id="T-2")
        lost.append("draft")
        fresh, _ = shop(attrs.evolve(POLICY, version="2"), store=store)
        fresh._clock = clock
        clock.advance(hours=3)
        ticked = fresh.tick()
        assert (ticked.tickets, ticked.failed) == (("T-2",), ("T-1",))
        assert "no policy 'shop' version 'draft'" in fresh.failures()[0].why

    def test_desks_share_a_store(self) -> None:
        """Two desks in one store have their own tickets and policies."""
        store = MemoryStore()
        clock = ManualClock()
        east = Desk(POLICY, store, name="east", clock=clock)
        west = Desk(attrs.evolve(POLICY, max_bounces=5), store, name="west", clock=clock)
        east.open(id="T-1", subject="east")
        west.open(id="T-1", subject="west")
        assert west.texts("T-1")[1, "subject"] == "west"
        assert east.policy.max_bounces == 2
        assert isinstance(PolicyBook(store, "east").newest(), type(POLICY))


class TestThreads:
    def test_many_threads_on_one_ticket_and_many(self) -> None:
        """Nothing is lost and nothing twice, whoever acts when, with ticks in between."""
        heard: dict[str, list[int]] = {}
        lock = threading.Lock()

        def listen(ticket: Any, events: tuple[e.Event, ...]) -> None:
            with lock:
                heard.setdefault(ticket.id, []).extend(event.seq for event in events)

        start = time.monotonic()
        desk = Desk(
            POLICY,
            # A second is three hours here, so that timers fall between what the threads do.
            clock=lambda: MONDAY + (time.monotonic() - start) * timedelta(hours=3),
            listeners=[listen],
            directory=STAFF,
            assigner=RoundRobin(),
        )
        shared = desk.open(id="shared").id
        own = [desk.open().id for _ in range(6)]
        wrong: list[BaseException] = []

        def work(me: int) -> None:
            try:
                for turn in range(25):
                    ticket = shared if turn % 2 else own[(me + turn) % len(own)]
                    note = c.Note(f"{me}/{turn}", by=Actor(f"a{me}"), id=f"{me}/{turn}")
                    desk.handle(ticket, note)
                    desk.handle(ticket, note)
                    desk.tick()
                    desk.open(subject=f"{me}/{turn}")
            except BaseException as why:  # noqa: BLE001 - told to the test
                wrong.append(why)

        threads = [threading.Thread(target=work, args=(me,)) for me in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
        assert desk.failures() == ()
        ids = {row["ticket"] for row in desk.log()}
        assert len(ids) == 1 + 6 + 6 * 25
        notes = [text for key in ids for (_, f), text in desk.texts(key).items() if f == "text"]
        assert sorted(notes) == sorted(f"{me}/{turn}" for me in range(6) for turn in range(25))
        for key in ids:
            history = desk.history(key)
            assert fold(None, history) == desk.ticket(key)
            assert sorted(heard[key]) == [event.seq for event in history]
        given = [
            row["assignee"]
            for row in desk.log()
            if row["event"] == "Assigned" and row["tier"] == "N1"
        ]
        assert (
            abs(given.count("ana") - given.count("ben")) <= 1
        )  # in turn, also when all come at once


def test_robots_may_speak_where_they_belong() -> None:
    """A bot answers in a tier of its own, and greets in a tier of people it never left."""
    desk, _ = shop()
    for tier in ("bot", "N1"):
        ticket = desk.open(tier=tier)
        assert names(desk.handle(ticket.id, c.Reply("Hello", by=ROBOT))) == ["BotReplied"]


def test_hosts_may_say_what_they_saw() -> None:
    """A fact is followed, never refused, and set in the journal with the rest."""
    desk, _ = shop()
    ticket = desk.open()
    events = desk.observe(ticket.id, facts.Seen(status="open", tier="N2"))
    assert names(events) == ["Taken", "Escalated"]
    assert desk.ticket(ticket.id).tier == "N2"


def test_open_is_not_for_handling() -> None:
    """Whoever hands an Open to handle is told where it belongs."""
    desk, _ = shop()
    with pytest.raises(BadInput, match=r"desk.open\(...\)"):
        desk.handle("T-1", c.Open("T-1"))


def _killed(errands: Errands, jobs: object) -> None:
    raise KeyboardInterrupt
