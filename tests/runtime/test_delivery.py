"""What is promised of notices, over any life: joined, one key for ever, bounded, nobody in the way."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate import Desk, MemoryStore, Rule, SQLiteStore
from escalate.core import commands as c
from escalate.core import events as e
from escalate.errors import GivenUp
from escalate.runtime import Notice, Observer, Person, Staff
from escalate.stores import Store
from escalate.testing import ManualClock
from tests.runtime.shop import MONDAY, POLICY, shop

CHATTY = POLICY.with_rule(
    Rule("again", on="human_requested", notify=["lead", "boss"], times=99)
).with_rule(Rule("more", on="priority_changed", notify="lead", times=99))


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What fails here fails on purpose."""
    with caplog.at_level(logging.CRITICAL, logger="escalate"):
        yield


class Killed(BaseException):
    """The process ends here."""


class Mail:
    """A mail server on which things happen: it fails, or the process ends before or after it has sent."""

    def __init__(self) -> None:
        self.mood = "well"
        self.deaf: str | None = None
        self.tried: list[Notice] = []
        self.told: list[Notice] = []

    def __call__(self, notice: Notice) -> None:
        """Carry it, or not."""
        self.tried.append(notice)
        if self.mood == "dies before":
            raise Killed
        if self.mood == "fails" or notice.event.receiver == self.deaf:
            raise ConnectionError("no mail server")
        self.told.append(notice)
        if self.mood == "dies after":
            raise Killed


ACTS = st.one_of(
    st.sampled_from(["well", "fails", "dies before", "dies after", "lead deaf", "nobody deaf"]),
    st.sampled_from(["ask", "urgent", "low", "tick"]),
    st.integers(1, 90).map(lambda minutes: minutes * 5),
)


def live(store: Store, acts: list[str | int], mail: Mail) -> tuple[Desk, ManualClock]:
    """Live through *acts*; whoever is killed is followed by another process."""
    clock = ManualClock(MONDAY)

    def begin() -> Desk:
        return Desk(CHATTY, store, clock=clock, notify=mail, notify_within_s=None)

    desk = begin()
    desk.open(id="T-1")
    for act in acts:
        try:
            _do(act, desk, clock, mail)
        except Killed:
            desk = begin()
    return desk, clock


def _do(act: str | int, desk: Desk, clock: ManualClock, mail: Mail) -> None:
    match act:
        case int():
            clock.advance(minutes=act)
            desk.tick()
        case "ask":
            desk.handle("T-1", c.RequestHuman())
        case "urgent" | "low":
            desk.handle("T-1", c.SetPriority(act))
        case "tick":
            desk.tick()
        case "lead deaf":
            mail.deaf = "lead"
        case "nobody deaf":
            mail.deaf = None
        case _:
            mail.mood = act


@given(acts=st.lists(ACTS, max_size=25))
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_each_notice_goes_out_under_one_key(acts: list[str | int]) -> None:
    """Failures, crashes, restarts: a notice never changes its key, its receiver or its company."""
    mail = Mail()
    desk, clock = live(MemoryStore(), acts, mail)
    mail.mood, mail.deaf = "well", None
    for letter in desk.outbox(dead=True):
        if any(each.number == letter.number for each in desk.outbox(dead=True)):
            desk.resend("T-1", letter.number)
    for _ in range(3):
        clock.advance(hours=20)
        desk.tick()
    wanted = [each for each in desk.history("T-1") if isinstance(each, e.NotifyAsked)]
    assert desk.outbox() == desk.outbox(dead=True) == ()
    keys: dict[int, set[str]] = {}
    for notice in mail.tried:
        assert notice.key == f"main/T-1/{'+'.join(str(each.seq) for each in notice.events)}"
        assert len({(each.receiver, each.deliver_us) for each in notice.events}) == 1
        for event in notice.events:
            keys.setdefault(event.seq, set()).add(notice.key)
    assert keys.keys() == {event.seq for event in wanted}
    assert all(len(each) == 1 for each in keys.values())
    assert {event for notice in mail.told for event in notice.events} == set(wanted)


@given(crashes=st.integers(0, 40), failures=st.integers(0, 14))
@settings(max_examples=20)
def test_only_failures_count_toward_the_dead_letter(crashes: int, failures: int) -> None:
    """A worker that is killed a hundred times over gives nothing up; a mail that fails a dozen times is."""
    mail = Mail()
    acts: list[str | int] = ["dies before", "ask", *[60] * crashes, "fails", *[120] * failures]
    desk, _ = live(MemoryStore(), acts, mail)
    letters = {each.number: each for each in (*desk.outbox(), *desk.outbox(dead=True))}
    first = min(letters)
    assert letters[first].tries == min(failures, 12)
    assert letters[first].is_dead == (failures >= 12)
    gone = [each for each in desk.failures() if each.why.startswith("GivenUp")]
    assert bool(gone) == any(each.is_dead for each in letters.values())


def test_a_worker_that_always_dies_here_does_so_ever_more_seldom() -> None:
    """A mail that kills the process is tried after 1, 2, 4, 8 minutes, then each quarter of an hour."""
    mail = Mail()
    mail.mood = "dies before"
    clock, store = ManualClock(MONDAY), MemoryStore()
    desk = Desk(POLICY, store, clock=clock, notify=mail, notify_within_s=None)
    desk.open(id="T-1")
    tried: list[int] = []
    for minute in range(90):
        clock.set(MONDAY + timedelta(minutes=minute))
        before = len(mail.tried)
        try:
            if minute:
                desk.tick()
            else:
                desk.handle("T-1", c.RequestHuman())
        except Killed:
            tried.append(minute)
            desk = Desk(POLICY, store, clock=clock, notify=mail, notify_within_s=None)
        assert len(mail.tried) - before == (tried[-1:] == [minute])
    assert tried == [0, 1, 2, 4, 8, 16, 31, 46, 61, 76]
    assert [each.tries for each in desk.outbox()] == [0]


def test_a_mail_that_fails_is_tried_a_dozen_times_each_time_later() -> None:
    """After 1, 3, 7, 15, 31, 63 minutes and then each hour; then it is a dead letter, and told once."""
    mail, given_up = Mail(), []
    mail.mood = "fails"

    class Alarm(Observer):
        def failed(self, trouble: Any) -> None:
            if isinstance(trouble.error, GivenUp):
                given_up.append(trouble.error)

    desk, clock = shop(notify=mail, observers=[Alarm()])
    desk.open(id="T-1")
    desk.handle("T-1", c.RequestHuman())
    minutes = []
    for _ in range(100):
        (letter,) = (
            each for each in (*desk.outbox(), *desk.outbox(dead=True)) if each.about == "call"
        )
        if letter.at is None:
            break
        clock.set(letter.at)
        minutes.append(round((letter.at - MONDAY).total_seconds() / 60))
        desk.tick()
    assert minutes == [1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]
    assert [(each.ticket_id, each.tries, each.code) for each in given_up][:1] == [
        ("T-1", 12, "given-up")
    ]


def test_a_receiver_that_fails_is_in_nobodys_way() -> None:
    """While one address bounces, all others hear at once, and timers fire."""
    mail = Mail()
    mail.deaf = "lead"
    desk, clock = shop(CHATTY, notify=mail)
    for name in ("T-1", "T-2", "T-3"):
        desk.open(id=name)
        desk.handle(name, c.RequestHuman())
    assert Counter(each.event.receiver for each in mail.told) == {"boss": 3}
    clock.advance(hours=5)
    assert set(desk.tick().tickets) == {"T-1", "T-2", "T-3"}
    assert {each.tier for each in desk.live()} == {"N2"}
    assert {each.receiver for each in desk.outbox()} == {"lead"}


@pytest.mark.parametrize("resend", ["dead", "waiting"])
def test_what_went_together_is_sent_again_together(resend: str) -> None:
    """An operator who sends one half again sends the whole of it, under the key that it had."""
    mail = Mail()
    mail.mood = "fails"
    desk, clock = shop(CHATTY, notify=mail)
    desk.open(id="T-1")
    desk.handle("T-1", c.RequestHuman())
    if resend == "dead":
        for _ in range(12):
            clock.advance(hours=1)
            desk.tick()
    letters = desk.outbox(dead=resend == "dead")
    both = [
        each.number for each in letters if each.receiver == "lead" and each.about != "ownership"
    ]
    mail.mood = "well"
    desk.resend("T-1", both[-1])
    assert [each.key for each in mail.told] == [f"main/T-1/{both[0]}+{both[1]}"]
    assert not {each.number for each in desk.outbox()} & set(both)


def test_a_receiver_who_is_missing_goes_back_into_the_engine() -> None:
    """4.5: nobody behind a role is a fact of the journal, at the notice's instant, and asks the fallback."""
    mail = Mail()
    desk, _ = shop(notify=mail, directory=Staff([Person("kim", roles=["boss"])]))
    desk.open(id="T-1")
    desk.handle("T-1", c.RequestHuman())
    (missed,) = (each for each in desk.history("T-1") if isinstance(each, e.ReceiverMissed))
    asked = [each for each in desk.history("T-1") if isinstance(each, e.NotifyAsked)]
    assert (missed.receiver, missed.at_us) == ("lead", asked[0].deliver_us)
    assert (asked[1].receiver, asked[1].instead_of, asked[1].at_us) == (
        "boss",
        "lead",
        missed.at_us,
    )
    assert [(each.event.receiver, each.people) for each in mail.told] == [("boss", ("kim",))]
    assert desk.outbox() == ()


def test_a_worker_who_is_slow_leaves_the_rest_to_others() -> None:
    """What another worker has carried while the first was long over one mail is not carried again."""
    store, clock, told = MemoryStore(), ManualClock(MONDAY), Counter[str]()

    def quick(notice: Notice) -> None:
        told[f"quick {notice.ticket.id}"] += 1

    def slow(notice: Notice) -> None:
        told[f"slow {notice.ticket.id}"] += 1
        clock.advance(minutes=20)
        other.tick()

    other = Desk(POLICY, store, clock=clock, notify=quick, notify_within_s=None)
    desk = Desk(POLICY, store, clock=clock, notify=slow, notify_within_s=None)
    for name in ("T-1", "T-2", "T-3"):
        desk.open(id=name)
    clock.advance(hours=2, minutes=30)
    desk.tick()
    assert told == {"slow T-1": 1, "quick T-1": 1, "quick T-2": 1, "quick T-3": 1}
    assert desk.outbox() == ()


def test_a_crash_between_tickets_of_a_tick_loses_none(tmp_path: Path) -> None:
    """A process that ends in the middle of its mails leaves the rest to the next, none twice but one."""
    mail = Mail()
    with SQLiteStore(tmp_path / "desk.db") as store:
        clock = ManualClock(MONDAY)

        def begin() -> Desk:
            return Desk(POLICY, store, clock=clock, notify=mail, notify_within_s=None)

        desk = begin()
        for number in range(5):
            desk.open(id=f"T-{number}")
        clock.advance(hours=3)
        mail.mood = "dies after"
        with pytest.raises(Killed):
            desk.tick()
        mail.mood = "well"
        clock.advance(hours=1)
        begin().tick()
        told = Counter(each.ticket.id for each in mail.told)
    assert sorted(told.values()) == [1, 1, 1, 1, 2]
