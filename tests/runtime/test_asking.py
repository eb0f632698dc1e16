"""Asking a classifier, whatever it does: the ticket starts somewhere, and the journal says why there."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from typing import Any

import pytest

from escalate import ABSTAIN, Verdict
from escalate.classifiers import Registry, as_classifier, ticket_of
from escalate.classifiers.deadline import MOST_AT_ONCE
from escalate.core import events as e
from escalate.core.model import Tier
from escalate.runtime.asking import Asker
from tests.runtime.shop import names, shop

TIERS = [Tier("N1"), Tier("N2")]


class Refuses:
    """The service behind it is down."""

    name, version = "refuses", "1"

    async def classify(self, ticket: Any, tiers: Any) -> Verdict:
        """Fail as a network does."""
        await asyncio.sleep(0)
        raise ConnectionRefusedError("no service")


def exits(ticket: Any) -> str:
    """End the thread."""
    sys.exit("goodbye")


@pytest.mark.parametrize(
    ("classifier", "reason", "why"),
    [
        (Refuses(), "unavailable", "ConnectionRefusedError: no service"),
        (exits, "failed", "SystemExit: goodbye"),
        (lambda ticket: Verdict("N2", why=[("vpn", "much")]), "nonsense", "a finite number"),
        (lambda ticket: 7, "nonsense", "Verdict.tier"),
        (lambda ticket: asyncio.sleep(60), "timed out", "TimeoutError"),
    ],
)
def test_whatever_goes_wrong_is_an_event_and_a_failure(
    classifier: Any, reason: str, why: str
) -> None:
    """4.7: the ticket is where it would have been, the journal has the reason, the desk the details."""
    desk, _ = shop(classifier=classifier, classify_within_s=0.1)
    ticket = desk.open(subject="Hello")
    assert ticket.tier == "N1"
    history = desk.history(ticket.id)
    assert names(history) == ["Opened", "Classified"]
    assert isinstance(history[1], e.Classified)
    assert history[1].verdict == ABSTAIN(reason)
    assert why in desk.failures()[0].why


def test_an_async_classifier_places_a_ticket() -> None:
    """It is awaited, whether or not the host has an event loop."""

    async def later(ticket: Any) -> str:
        await asyncio.sleep(0)
        return "N2"

    async def host() -> str:
        return shop(classifier=later)[0].open().tier

    assert shop(classifier=later)[0].open().tier == "N2"
    assert asyncio.run(host()) == "N2"


def test_async_ones_that_hang_leave_their_place_to_the_next() -> None:
    """What is awaited too long is cancelled; a desk is not full of it for ever."""
    hangs = [True] * 2 * MOST_AT_ONCE

    async def moody(ticket: Any) -> str:
        if hangs and hangs.pop():
            await asyncio.sleep(60)
        return "N2"

    asker = Asker(as_classifier(moody), within_s=0.02)
    for _ in range(2 * MOST_AT_ONCE):
        assert asker.ask(ticket_of(), TIERS).verdict.reason in ("timed out", "busy")
    deadline = time.monotonic() + 30
    while asker.ask(ticket_of(), TIERS).verdict.tier != "N2":
        assert time.monotonic() < deadline


def test_more_tickets_than_places_wait_their_turn() -> None:
    """A rush is no reason to leave tickets unlooked at, as long as there is time."""

    def slow(ticket: Any) -> str:
        time.sleep(0.02)
        return "N2"

    asker = Asker(as_classifier(slow), within_s=30)
    said: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: said.append(asker.ask(ticket_of(), TIERS).verdict.tier))
        for _ in range(2 * MOST_AT_ONCE + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["N2"] * len(threads)


def test_a_full_house_abstains_when_time_is_up() -> None:
    """Threads cannot be ended; those that hang do not pile up beyond the bound."""
    release = threading.Event()
    asker = Asker(as_classifier(lambda ticket: release.wait() and None), within_s=0.02)
    reasons = [asker.ask(ticket_of(), TIERS).verdict.reason for _ in range(MOST_AT_ONCE + 2)]
    release.set()
    assert reasons == ["timed out"] * MOST_AT_ONCE + ["busy"] * 2


def test_a_process_without_a_thread_left_abstains(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the place is given back."""
    asker = Asker(as_classifier(lambda ticket: "N2"), within_s=5)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", _no_thread)
        for _ in range(MOST_AT_ONCE + 1):
            assert asker.ask(ticket_of(), TIERS).verdict == ABSTAIN("busy")
    assert asker.ask(ticket_of(), TIERS).verdict == Verdict("N2")


def _no_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_a_registry_serves_several_desks() -> None:
    """What it makes is made once, and both ask it."""
    made: list[int] = []

    def factory() -> Any:
        made.append(1)
        return lambda ticket: "N2"

    registry = Registry({"outage": factory})
    desks = [shop(classifier="outage", classifiers=registry)[0] for _ in range(2)]
    assert [desk.open().tier for desk in desks] == ["N2", "N2"]
    assert made == [1]
