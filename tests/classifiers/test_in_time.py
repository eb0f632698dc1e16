"""Slow, hanging and failing classifiers: what stands between them and a desk."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator

import pytest

from escalate import ABSTAIN, Tier, Verdict
from escalate.classifiers import CircuitBreaker, Comparison, Shadow, TicketText, Timeout, ticket_of
from escalate.classifiers.deadline import MOST_AT_ONCE
from escalate.errors import BadInput, InvalidVerdict
from tests.classifiers.saying import TIERS, Fields, scored

LONG_S = 60.0
NONE_S = 1e-6


@pytest.fixture
def hangs() -> Iterator[Callable[[TicketText], str]]:
    """A classifier that answers only once the test is over."""
    over = threading.Event()

    def hanging(_: TicketText) -> str:
        over.wait(LONG_S)
        return "N1"

    yield hanging
    over.set()


def fails(_: TicketText) -> str:
    """Fail."""
    raise ConnectionError


def exits(_: TicketText) -> str:
    """End the program."""
    raise SystemExit


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


class Scripted:
    """Answers and fails as its script says."""

    name, version = "scripted", "1"

    def __init__(self, *script: str) -> None:
        self.script, self.asked = list(script), 0

    def classify(self, ticket: TicketText, tiers: list[Tier]) -> Verdict:
        """Do what comes next in the script."""
        self.asked += 1
        match self.script.pop(0):
            case "fail":
                raise ConnectionError
            case "late":
                return ABSTAIN("timed out")
            case "nonsense":
                return Verdict("N9")
            case "shy":
                return ABSTAIN("too short")
        return Verdict("N1")


class TestTimeout:
    """An answer in time, or none."""

    def test_in_time_is_the_answer(self) -> None:
        """A classifier that answers in time is not changed."""
        ticket = scored(0.1, 0.9, 0.0)
        assert Timeout(Fields(), LONG_S).classify(ticket, TIERS) == Fields().classify(ticket, TIERS)

    def test_too_late_is_none(self, hangs: Callable[[TicketText], str]) -> None:
        """A classifier that hangs abstains."""
        assert Timeout(hangs, NONE_S).classify(scored(), TIERS) == ABSTAIN("timed out")

    def test_hanging_ones_do_not_pile_up(self, hangs: Callable[[TicketText], str]) -> None:
        """Once eight hang, the next tickets abstain at once and start no further thread."""
        timeout = Timeout(hangs, NONE_S)
        said = [timeout.classify(scored(), TIERS).reason for _ in range(MOST_AT_ONCE + 2)]
        assert said == ["timed out"] * MOST_AT_ONCE + ["busy"] * 2

    def test_what_it_raises_is_let_through(self) -> None:
        """An error is the desk's to record, a timeout that the classifier raises itself included."""

        def impatient(_: TicketText) -> str:
            raise TimeoutError("mine")

        with pytest.raises(ConnectionError):
            Timeout(fails, LONG_S).classify(scored(), TIERS)
        with pytest.raises(TimeoutError, match="mine"):
            Timeout(impatient, LONG_S).classify(scored(), TIERS)

    def test_a_time_is_above_zero(self) -> None:
        """No time at all is no time to answer in."""
        with pytest.raises(BadInput, match=r"Timeout.within_s"):
            Timeout(fails, 0)


class TestCircuitBreaker:
    """A classifier that keeps failing is left alone for a while."""

    def ask(self, breaker: CircuitBreaker) -> str:
        """What came of asking, in a word."""
        try:
            said = breaker.classify(scored(), TIERS)
        except (ConnectionError, InvalidVerdict):
            return "raised"
        return said.tier or said.reason

    def test_it_opens_after_so_many_failures_in_a_row(self) -> None:
        """A timeout, nonsense and an error count; an abstention for its own reasons does not."""
        inner = Scripted("fail", "nonsense", "shy", "fail", "late", "nonsense", "ok")
        breaker = CircuitBreaker(inner, failures=3, clock=Clock())
        said = [self.ask(breaker) for _ in range(8)]
        assert said[:6] == ["raised", "raised", "too short", "raised", "timed out", "raised"]
        assert said[6:] == ["unavailable", "unavailable"]
        assert (inner.asked, breaker.is_open) == (6, True)

    def test_after_a_pause_one_tries(self) -> None:
        """If the trial fails, the pause begins again; if it goes well, all may ask."""
        clock = Clock()
        inner = Scripted("fail", "fail", "ok", "fail", "ok")
        breaker = CircuitBreaker(inner, failures=1, pause_s=10, clock=clock)
        said = []
        for now in (0, 9, 10, 19, 20, 20):
            clock.now = now
            said.append(self.ask(breaker))
        assert said == ["raised", "unavailable", "raised", "unavailable", "N1", "raised"]

    def test_only_one_tries_at_a_time(self) -> None:
        """While the trial is out, nobody else asks; one that hangs is given up after another pause."""
        clock = Clock()
        said: list[str] = []

        def nested(ticket: TicketText) -> str:
            if clock.now == 0:
                raise ConnectionError
            if clock.now < 20:
                said.append(self.ask(breaker))
                clock.now = 20  # the trial has been out for a whole pause
                said.append(self.ask(breaker))
            return "N2"

        breaker = CircuitBreaker(nested, failures=1, pause_s=10, clock=clock)
        self.ask(breaker)
        clock.now = 10
        assert self.ask(breaker) == "N2"
        assert said == ["unavailable", "N2"]

    def test_an_old_answer_does_not_close_it(self) -> None:
        """One that was asked before it opened and answers after says nothing about now."""
        slow = threading.Event()
        started = threading.Event()

        def inner(ticket: TicketText) -> str:
            if ticket.id == "slow":
                started.set()
                slow.wait(LONG_S)
                return "N1"
            raise ConnectionError

        breaker = CircuitBreaker(inner, failures=1, clock=Clock())
        thread = threading.Thread(target=breaker.classify, args=(scored(id="slow"), TIERS))
        thread.start()
        started.wait(LONG_S)
        self.ask(breaker)
        slow.set()
        thread.join(LONG_S)
        assert breaker.is_open

    def test_many_threads_count_each_failure_once(self) -> None:
        """Threads that fail together open it, and none is lost."""
        breaker = CircuitBreaker(fails, failures=64, clock=Clock())
        threads = [
            threading.Thread(target=lambda: [self.ask(breaker) for _ in range(8)]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG_S)
        assert breaker.is_open

    def test_a_copy_in_another_process_starts_anew(self) -> None:
        """What one process has seen of a service is no proof for another."""
        breaker = CircuitBreaker(Fields(), failures=1)
        with pytest.raises(KeyError):
            breaker.classify(ticket_of(), TIERS)  # it has no scores for this one
        assert breaker.is_open
        copy = pickle.loads(pickle.dumps(breaker))  # noqa: S301 - our own bytes
        assert copy == breaker
        assert not copy.is_open


class TestShadow:
    """A candidate beside the champion."""

    def test_the_champion_stands_and_the_verdict_tells(self) -> None:
        """Where the candidate names another tier, so says the first reason; nothing else differs."""
        ticket = scored(0.9, 0.1, 0.0)
        said = Shadow(Fields(), lambda _: Verdict("N3", 0.7), patience_s=LONG_S).classify(
            ticket, TIERS
        )
        alone = Fields().classify(ticket, TIERS)
        assert said.why == (("candidate <lambda> says N3", 0.7), *alone.why)
        assert (said.tier, said.confidence, said.scores) == (
            alone.tier,
            alone.confidence,
            alone.scores,
        )

    def test_where_both_agree_nothing_is_told(self) -> None:
        """A journal is not filled with agreement."""
        ticket = scored(0.9, 0.1, 0.0)
        both = Shadow(Fields(), lambda _: Verdict("N1", 0.1), patience_s=LONG_S)
        assert both.classify(ticket, TIERS) == Fields().classify(ticket, TIERS)

    @pytest.mark.parametrize(
        ("candidate", "told"),
        [
            (fails, "candidate fails failed: ConnectionError"),
            (exits, "candidate exits failed: SystemExit"),
            (lambda _: "N9", "candidate <lambda> failed: InvalidVerdict"),
            (lambda _: None, "candidate <lambda> abstains: no opinion"),
        ],
    )
    def test_whatever_the_candidate_does_the_champion_answers(
        self, candidate: Callable[[TicketText], str], told: str
    ) -> None:
        """Failing, leaving, naming no tier: it is told, and costs nothing."""
        said = Shadow(lambda _: "N1", candidate, patience_s=LONG_S).classify(scored(), TIERS)
        assert (said.tier, said.why) == ("N1", ((told, 1.0),))

    def test_a_slow_candidate_is_not_waited_for(self, hangs: Callable[[TicketText], str]) -> None:
        """It is late; and once too many of its answers are out, it is not asked any more."""
        both = Shadow(lambda _: "N1", hangs, patience_s=0)
        said = [both.classify(scored(), TIERS) for _ in range(MOST_AT_ONCE + 1)]
        assert {each.tier for each in said} == {"N1"}
        assert said[0].why[0][0] == "candidate hanging is late"
        assert said[-1].why[0][0] == "candidate hanging was not asked: busy"

    def test_an_observer_hears_of_every_ticket(self) -> None:
        """Agreement too, so that a rate can be told; one that fails costs nothing."""
        heard: list[Comparison] = []

        def listen(compared: Comparison) -> None:
            heard.append(compared)
            raise ValueError

        both = Shadow(lambda _: "N1", lambda t: t.text, patience_s=LONG_S, observer=listen)
        for text in ("N1", "N2"):
            both.classify(TicketText(scored(id=text), text), TIERS)
        assert [(each.ticket_id, each.agree) for each in heard] == [("N1", True), ("N2", False)]

    def test_a_champion_that_fails_fails_as_without_a_candidate(self) -> None:
        """The desk records it; the candidate does not take its place."""
        with pytest.raises(ConnectionError):
            Shadow(fails, lambda _: "N1").classify(scored(), TIERS)
